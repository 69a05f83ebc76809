package tui

import (
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// TestWidths draws every kind of row at every width from 20 to 200 in every
// theme and says that each is exactly as wide as asked.
func TestWidths(t *testing.T) {
	f := freshFake()
	f.events()
	f.breakRouter()
	f.crash()
	f.bigPatch()
	f.fired("wide", "お", `{"名":"日本語の長い名前"}`, interp.Call{Returns: text("string", `"👩‍👩‍👧‍👦 family and 🇩🇪 flag"`), Output: "漢字\n" + nasty})
	f.log(session.Entry{Script: "door", Notice: "a notice that is rather long and goes on and on until it does not fit any more, whatever the width is"})
	for _, name := range []string{"dark", "light", "none"} {
		k := newInks(theme.New(name, true))
		s := openScreen(t, f, 120, 40, Options{Theme: name})
		s.f.self = nil
		check := func(what string, w int, rows ...string) {
			t.Helper()
			for i, r := range rows {
				if got := ansi.StringWidth(r); got != w {
					t.Fatalf("%s, %s row %d in %d cells takes %d: %q", name, what, i, w, got, ansi.Strip(r))
				}
			}
		}
		for w := 20; w <= 200; w++ {
			for i := range f.entries {
				for _, open := range []bool{false, true} {
					for _, l := range (logRows{ink: k, width: w, was: []string{"before"}, frame: 0}).entry(&f.entries[i], open) {
						check(fmt.Sprintf("log entry %d", i), w, l.draw(w, &k.text))
					}
				}
			}
			for i := range s.a.scripts.rows {
				check("tree", w, s.a.scripts.Rows(i, list.Look{Width: w, Selected: i%2 == 0})...)
			}
			for i := range s.a.trouble.items {
				check("trouble", w, s.a.trouble.Rows(i, list.Look{Width: w})...)
			}
			d := s.a.diff
			d.SetSize(w, 10)
			for _, p := range d.pages() {
				check("diff", w, d.page(p)...)
			}
			s.a.watches.all = []watch{{spot: spot{"door", "locks", "\x00[\"日本\"]"}, text: "漢字漢字", was: "x", changed: true}, {spot: spot{"a", "b", ""}, failed: "gone"}}
			check("watched", w, s.a.drawWatches(w, 3)...)
			s.a.width = w
			s.a.running, s.a.liveIn = 3, 1234
			check("header", w, s.a.header())
			s.a.layout.header.Max.X = w
			check("footer", w, s.a.footer())
			row, _ := s.a.fire.draw(w, true)
			check("fire line", w, row)
		}
	}
}

// TestResizes changes the size at any moment, dialogs open or not.
func TestResizes(t *testing.T) {
	for _, open := range []string{"", "P", "F", "?", "f", "w"} {
		s := openForm(t, 120, 40)
		s.keys("esc")
		s.f.events()
		s.refresh()
		if open == "w" {
			s.a.focus(paneLog)
		}
		if open != "" {
			s.keys(open)
		}
		for w := 0; w <= 250; w += 7 {
			for h := 0; h <= 70; h += 3 {
				s.send(tea.WindowSizeMsg{Width: w, Height: h})
			}
		}
		s.send(tea.WindowSizeMsg{Width: 120, Height: 40})
		s.keys("esc")
		s.want("Scripts")
	}
}
