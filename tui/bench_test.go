package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

func largeApp(b *testing.B) (*App, *fake) {
	b.Helper()
	f := large(2000, 100_000)
	a := newApp(b.Context(), f, f, Options{Theme: "dark"})
	a.tick = func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil }
	a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
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
	b.Run("same", func(b *testing.B) {
		a, _ := largeApp(b)
		for b.Loop() {
			a.View()
		}
	})
	b.Run("cursor", func(b *testing.B) {
		a, _ := largeApp(b)
		for b.Loop() {
			a.Update(tea.KeyPressMsg{Code: tea.KeyDown})
			a.View()
		}
	})
	b.Run("scrolling-log", func(b *testing.B) {
		a, _ := largeApp(b)
		a.focus(paneLog)
		for b.Loop() {
			a.Update(tea.KeyPressMsg{Code: tea.KeyUp})
			a.View()
		}
	})
	b.Run("typing", func(b *testing.B) {
		a, _ := largeApp(b)
		a.focus(paneFire)
		for b.Loop() {
			a.fire.set("script1.Han")
			a.Update(tea.KeyPressMsg{Code: 'd', Text: "d"})
			a.View()
		}
	})
	b.Run("event", func(b *testing.B) {
		a, f := largeApp(b)
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
	a, _ := largeApp(b)
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
