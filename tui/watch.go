package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"hotloop/tui/theme"
)

// watches are values that stay in sight whatever else is shown: at the lower
// end of the scripts pane. They are read after each event and report.
type watches struct {
	all     []watch
	reading bool
	again   bool
}

type watch struct {
	spot
	typ, text string
	was       string // the text before the last change
	changed   bool   // by the last reading that changed anything
	failed    string
}

// watchRead brings what watched values are now.
type watchRead struct{ all []watch }

const mostWatched = 8

// watching says whether a value is watched.
func (w *watches) watching(s spot) bool {
	return slices.ContainsFunc(w.all, func(x watch) bool { return x.spot == s })
}

// toggleWatch watches the value under the cursor of the state, or no longer.
func (a *App) toggleWatch() tea.Cmd {
	n := a.state.current()
	switch {
	case n == nil || n.left > 0:
		return nil
	case a.watches.watching(n.spot):
		a.watches.all = slices.DeleteFunc(a.watches.all, func(x watch) bool { return x.spot == n.spot })
	case len(a.watches.all) == mostWatched:
		return a.say(false, "%d values are watched already; w on one of them ends that", mostWatched)
	default:
		a.watches.all = append(a.watches.all, watch{spot: n.spot, typ: n.typ, text: n.text})
	}
	a.state.version++
	a.state.Refresh()
	a.relayout()
	return a.polls()
}

// refreshWatches reads the watched values again, one reading at a time.
func (a *App) refreshWatches() tea.Cmd {
	w := &a.watches
	if len(w.all) == 0 {
		return nil
	}
	if w.reading {
		w.again = true
		return nil
	}
	w.reading, w.again = true, false
	all := slices.Clone(w.all)
	return a.guard(watching, func(ctx context.Context) tea.Msg {
		for i := range all {
			x := &all[i]
			list, err := a.session.Parts(ctx, x.script, x.name, x.steps(), 0, 0)
			if x.failed = ""; err != nil {
				x.failed = err.Error()
				continue
			}
			x.typ, x.text = list.Self.Type, list.Self.Text
		}
		return watchRead{all}
	})
}

const watching = "read watched values"

// watchesArrived takes a reading over.
func (a *App) watchesArrived(m watchRead) tea.Cmd {
	w := &a.watches
	w.reading = false
	news := false
	for i := range w.all {
		for _, x := range m.all {
			news = news || x.spot == w.all[i].spot && x.failed == "" && x.text != w.all[i].text
		}
	}
	for i := range w.all {
		old := &w.all[i]
		for _, x := range m.all {
			if x.spot != old.spot {
				continue
			}
			if news {
				old.changed = x.failed == "" && x.text != old.text
			}
			if x.failed == "" && x.text != old.text {
				old.was = old.text
			}
			old.typ, old.text, old.failed = x.typ, x.text, x.failed
		}
	}
	if w.again {
		return a.refreshWatches()
	}
	return nil
}

// watchRows are the rows of the scripts pane that watched values take, where
// the pane has h rows: a title and one each, never more than a third.
func (a *App) watchRows(h int) int {
	if n := len(a.watches.all); n > 0 && h >= 9 {
		return min(n+1, h/3)
	}
	return 0
}

// drawWatches draws n rows.
func (a *App) drawWatches(w, n int) []string {
	k := a.ink
	rows := make([]string, 0, n)
	var l line
	l.add(&k.faint, " ── ").add(&k.muted, "watched ").add(&k.faint, repeat("─", w-12))
	rows = append(rows, l.draw(w, &k.faint))
	for i := range a.watches.all[:n-1] {
		x := &a.watches.all[i]
		var l line
		sign := " " + theme.SignPin + " "
		in := &k.text
		if x.changed {
			sign, in = " "+theme.SignChanged+" ", &k.result
		}
		l.add(&k.changed, sign).add(&k.strong, cutLeft(clean(x.script)+"."+clean(x.expression()), w/2)).add(&k.faint, " ")
		switch {
		case x.failed != "":
			l.add(&k.bad, clean(x.failed))
		default:
			l.add(in, clean(x.text))
			if x.changed {
				l.add(&k.was, "  was "+clean(x.was))
			}
		}
		rows = append(rows, l.draw(w, &k.text))
	}
	return rows
}
