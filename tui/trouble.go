package tui

import (
	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// troubleTab lists the diagnostics that stand between the files and what is
// live. It is made from the scripts' own state, so it is empty again as soon
// as a save is good.
type troubleTab struct {
	*list.Index
	ink     *inks
	items   []troubleItem
	crashes map[string]*session.Crash // the last one of each script
	version int
}

// troubleItem is a diagnostic of a script, or a script that is not live for
// another reason (no diagnostic).
type troubleItem struct {
	script string
	state  interp.State
	d      interp.Diagnostic
}

func newTroubleTab(k *inks) *troubleTab {
	t := &troubleTab{ink: k, crashes: map[string]*session.Crash{}}
	t.Index = list.NewIndex(t)
	return t
}

// crashed notes why a script's process ended; it shows while the script is down.
func (t *troubleTab) crashed(entries []session.Entry) {
	for i := range entries {
		if c := entries[i].Crash; c != nil && !c.Contained {
			t.crashes[c.Script] = c
		}
	}
}

func (t *troubleTab) show(scripts []interp.Script) {
	t.items = t.items[:0]
	for i := range scripts {
		sc := &scripts[i]
		for _, d := range sc.Diagnostics {
			t.items = append(t.items, troubleItem{sc.Name, sc.State, d})
		}
		if len(sc.Diagnostics) == 0 && sc.State != interp.StateLive && !isLoading(sc) {
			t.items = append(t.items, troubleItem{script: sc.Name, state: sc.State})
		}
	}
	t.version++
	t.Refresh()
}

// current is the diagnostic under the cursor.
func (t *troubleTab) current() *troubleItem {
	if i := t.Cursor(); i >= 0 && i < len(t.items) {
		return &t.items[i]
	}
	return nil
}

func (t *troubleTab) Len() int          { return len(t.items) }
func (t *troubleTab) Version(i int) int { return t.version }
func (t *troubleTab) ID(i int) string {
	it := &t.items[i]
	return it.script + "\x00" + place(it.d.File, it.d.Line, it.d.Column) + it.d.Message
}

func (t *troubleTab) Rows(i int, look list.Look) []string {
	k, it := t.ink, &t.items[i]
	var lines []line
	if i == 0 || t.items[i-1].script != it.script {
		var l line
		l.add(&k.strong, " "+clean(it.script)+"  ")
		switch it.state {
		case interp.StateBehind:
			l.add(&k.behind, "behind").add(&k.muted, ": the file is ahead of what is live; the old code answers")
		case interp.StateCrashed:
			l.add(&k.crashed, "crashed").add(&k.muted, ": it comes back from its files; R restarts it")
			lines = append(lines, l)
			l = line{}
			if c := t.crashes[it.script]; c != nil {
				lines = append(lines, crashLines(k, c, look.Width)...)
			}
		case interp.StateStopped:
			l.add(&k.stopped, "stopped").add(&k.muted, ": nothing is loaded; a good save or R loads it")
		}
		if len(l.left) > 0 {
			lines = append(lines, l)
		}
	}
	if it.d.Message != "" {
		lines = append(lines, diagnosticLines(k, &it.d, look.Width)...)
	}
	rows := make([]string, 0, len(lines)+1)
	for _, l := range lines {
		l.tone = toneOf(look)
		rows = append(rows, l.draw(look.Width, &k.text))
	}
	return append(rows, blanks(look.Width))
}

// crashLines says why a script is down, and where it was then.
func crashLines(k *inks, c *session.Crash, w int) []line {
	var lines []line
	for _, part := range wrap(clean(firstLine(c.Reason)), max(w-4, 8)) {
		var l line
		lines = append(lines, *l.add(&k.bad, "   "+part))
	}
	for _, f := range c.Trace {
		var l line
		lines = append(lines, *l.add(&k.trace, "   in "+clean(f.Function)+"  "+place(f.File, f.Line, 0)))
	}
	return lines
}

// rowsNow are the rows of the tab.
func (t *troubleTab) rowsNow(w, h int) []string {
	if len(t.items) == 0 {
		return emptyRows(w, h, t.ink, theme.SignOK+" No trouble: what is live is what the files say.")
	}
	return t.View()
}
