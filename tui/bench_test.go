package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

func largeApp(b *testing.B, w, h int) (*App, *fake) {
	b.Helper()
	f := large(2000, 100_000)
	a := newApp(b.Context(), f, f, Options{Theme: "dark"})
	a.tick = func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil }
	a.Update(tea.WindowSizeMsg{Width: w, Height: h})
	a.Update(picture(f, f, 1, 0, 1))
	for _, sc := range f.scripts {
		a.scripts.folded[sc.Name] = false
	}
	a.scripts.rebuild()
	a.View()
	return a, f
}

// BenchmarkView draws a frame of a session with 2,000 units and 100,000 log
// entries: as it was, after a key, and after something new.
func BenchmarkView(b *testing.B) {
	for _, size := range [][2]int{{120, 40}, {250, 70}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) { benchmarkView(b, size[0], size[1]) })
	}
}

func benchmarkView(b *testing.B, w, h int) {
	b.Run("same", func(b *testing.B) {
		a, _ := largeApp(b, w, h)
		for b.Loop() {
			a.View()
		}
	})
	b.Run("cursor", func(b *testing.B) {
		a, _ := largeApp(b, w, h)
		for b.Loop() {
			a.Update(tea.KeyPressMsg{Code: tea.KeyDown})
			a.View()
		}
	})
	b.Run("scrolling-log", func(b *testing.B) {
		a, _ := largeApp(b, w, h)
		a.focus(paneLog)
		for b.Loop() {
			a.Update(tea.KeyPressMsg{Code: tea.KeyUp})
			a.View()
		}
	})
	b.Run("typing", func(b *testing.B) {
		a, _ := largeApp(b, w, h)
		a.focus(paneFire)
		for b.Loop() {
			a.fire.set("script1.Han")
			a.Update(tea.KeyPressMsg{Code: 'd', Text: "d"})
			a.View()
		}
	})
	b.Run("palette", func(b *testing.B) {
		a, _ := largeApp(b, w, h)
		a.dialog = newPalette(a)
		p := a.dialog.(*palette)
		for b.Loop() {
			p.set("Handle7")
			a.Update(tea.KeyPressMsg{Code: '7', Text: "7"})
			a.View()
		}
	})
	b.Run("flood-key", func(b *testing.B) {
		// A thousand lines and a key between two frames.
		a, f := largeApp(b, w, h)
		line := session.Entry{Script: "script1", Output: &session.Output{Script: "script1", Stream: "stdout", Text: "a line of output that is not short"}}
		for b.Loop() {
			b.StopTimer()
			for range 1000 {
				f.log(line)
			}
			if len(f.entries) > 120_000 {
				f.first += 20_000
				f.entries = f.entries[20_000:]
			}
			b.StartTimer()
			a.Update(picture(f, f, 1, a.lastReport, a.nextSeq))
			a.Update(tea.KeyPressMsg{Code: tea.KeyDown})
			a.View()
		}
	})
	b.Run("event", func(b *testing.B) {
		a, f := largeApp(b, w, h)
		for b.Loop() {
			f.fired("script1", "Handle1", `{"n":1}`, interp.Call{Returns: text("int", "1")})
			a.Update(picture(f, f, 1, a.lastReport, a.nextSeq))
			a.View()
		}
	})
}

// BenchmarkFilterLog types a letter into the log's filter, with all the steps
// until the whole log has been looked at.
func BenchmarkFilterLog(b *testing.B) {
	a, _ := largeApp(b, 120, 40)
	a.focus(paneLog)
	a.Update(tea.KeyPressMsg{Code: '/', Text: "/"})
	for b.Loop() {
		a.log.filter.set("handle7 xx")
		for more := a.log.refilter(); more; {
			more = a.log.scan()
		}
		a.View()
	}
}

// BenchmarkFirstFrame makes the screen of a session with 2,000 units and draws
// it for the first time.
func BenchmarkFirstFrame(b *testing.B) {
	f := large(2000, 100)
	for b.Loop() {
		a := newApp(b.Context(), f, f, Options{Theme: "dark"})
		a.tick = func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil }
		a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
		a.Update(picture(f, f, 1, 0, 1))
		a.View()
	}
}
