package tui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"
)

var screenSizes = [][2]int{{250, 70}, {160, 50}, {120, 40}, {80, 24}, {60, 20}, {40, 10}, {20, 5}}

// TestViews compares whole frames of the main states at all sizes with the
// files in testdata. Run with -update after a change, and look at them.
func TestViews(t *testing.T) {
	states := []struct {
		name string
		open func(t *testing.T, w, h int) *screen
	}{
		{"fresh", func(t *testing.T, w, h int) *screen {
			return openScreen(t, freshFake(), w, h, Options{Editor: "vim"})
		}},
		{"patched", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{Editor: "vim"})
			s.keys("1")
			s.f.events()
			s.refresh()
			return s
		}},
		{"behind", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.keys("5")
			s.f.events()
			s.f.breakRouter()
			s.refresh()
			return s
		}},
		{"crashed", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.events()
			s.f.crash()
			s.refresh()
			s.a.focus(paneLog)
			s.keys("enter")
			return s
		}},
		{"state", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.keys("s")
			s.f.vars["door"][0].Text = "11"
			s.f.events()
			s.refresh()
			return s
		}},
		{"source", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.keys("2")
			return s
		}},
		{"versions", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.patch()
			s.refresh()
			s.keys("4")
			s.a.focus(paneDetail)
			s.keys("down")
			return s
		}},
		{"help", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{Editor: "vim"})
			s.keys("?")
			return s
		}},
		{"palette", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{Editor: "vim"})
			s.f.events()
			s.refresh()
			s.keys("P")
			s.typed("open")
			return s
		}},
		{"form", func(t *testing.T, w, h int) *screen {
			s := openForm(t, w, h)
			s.keys("tab", "backspace")
			s.typed("1000")
			return s
		}},
		{"completion", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.events()
			s.refresh()
			s.keys("f")
			s.typed("on")
			return s
		}},
		{"badjson", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.keys("f")
			s.typed(`door.OnOpen {"door":front}`)
			return s
		}},
		{"filter", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.events()
			s.refresh()
			s.keys("/")
			s.typed("onr")
			return s
		}},
		{"ask", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, askingFake(), w, h, Options{})
			s.keys("1")
			s.a.focus(paneDetail)
			return s
		}},
		{"eval", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.keys(":")
			s.f.evalText = "7"
			s.typed("count")
			s.keys("enter")
			s.f.evalText = ""
			s.typed("cuont")
			s.keys("enter")
			s.typed("len(lo")
			return s
		}},
		{"zoomed", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.events()
			s.refresh()
			s.a.focus(paneDetail)
			s.keys("z")
			return s
		}},
		{"unfolded", func(t *testing.T, w, h int) *screen {
			s := openScreen(t, freshFake(), w, h, Options{})
			s.f.events()
			s.refresh()
			s.a.focus(paneLog)
			s.keys("up", "enter")
			return s
		}},
	}
	for _, st := range states {
		for _, size := range screenSizes {
			if size[0] < minWidth && st.name != "fresh" {
				continue
			}
			t.Run(fmt.Sprintf("%s/%dx%d", st.name, size[0], size[1]), func(t *testing.T) {
				s := st.open(t, size[0], size[1])
				text := s.text()
				golden.RequireEqual(t, text)
				// Colours are all that tells themes apart.
				for _, name := range []string{"light", "none"} {
					s.a.opt.Theme = name
					s.a.restyle()
					if got := s.text(); got != text {
						t.Errorf("the theme %s shows something else:\n%s", name, got)
					}
				}
			})
		}
	}
}

// TestBeforeSize draws before the first size message came.
func TestBeforeSize(t *testing.T) {
	a := newApp(t.Context(), freshFake(), freshFake(), Options{})
	if v := a.View(); v.Content != "" {
		t.Errorf("a terminal of no size got %q", v.Content)
	}
	a.Update(tea.KeyPressMsg{Code: 'f', Text: "f"})
	a.Update(tea.MouseClickMsg{X: 3, Y: 3, Button: tea.MouseLeft})
	a.View()
}
