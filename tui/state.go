package tui

import (
	"hotloop/interp"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// stateTab lists the variables of the selected script with their values. It is
// read again after each event and report; what the last reading changed is
// marked with the value before.
type stateTab struct {
	*list.Index
	ink     *inks
	script  string // whose variables these are, "" before the first reading
	vars    []interp.Var
	was     map[string]string // values that the last reading changed
	open    map[string]bool
	failed  string // why the variables could not be read
	names   int    // width of the column of names
	types   int
	version int
	reading bool // a reading is under way
	again   bool // something happened meanwhile
}

func newStateTab(k *inks) *stateTab {
	t := &stateTab{ink: k, open: map[string]bool{}, was: map[string]string{}}
	t.Index = list.NewIndex(t)
	return t
}

// read takes a reading over.
func (t *stateTab) read(m stateRead) {
	t.failed = ""
	if m.err != nil {
		t.failed = m.err.Error()
	}
	same := t.script == m.script
	if !same {
		t.script, t.was, t.open = m.script, map[string]string{}, map[string]bool{}
	} else if m.err == nil {
		before := map[string]string{}
		for _, v := range t.vars {
			before[v.Name] = v.Text
		}
		was := map[string]string{}
		for _, v := range m.vars {
			if b, ok := before[v.Name]; ok && b != v.Text {
				was[v.Name] = b
			}
		}
		// A reading that found nothing new leaves the marks of the one before.
		if len(was) > 0 {
			t.was = was
		}
	}
	if m.err == nil || !same {
		t.vars = m.vars
	}
	t.names, t.types = 0, 0
	for _, v := range t.vars {
		t.names = max(t.names, width(clean(v.Name)))
		t.types = max(t.types, width(clean(v.Type)))
	}
	t.version++
	t.Refresh()
}

// current is the variable under the cursor.
func (t *stateTab) current() *interp.Var {
	if i := t.Cursor(); i >= 0 && i < len(t.vars) {
		return &t.vars[i]
	}
	return nil
}

// toggle shows the whole value of the variable under the cursor, or one row.
func (t *stateTab) toggle() {
	if v := t.current(); v != nil {
		t.open[v.Name] = !t.open[v.Name]
		t.version++
		t.Refresh()
	}
}

func (t *stateTab) Len() int          { return len(t.vars) }
func (t *stateTab) ID(i int) string   { return t.vars[i].Name }
func (t *stateTab) Version(i int) int { return t.version }

func (t *stateTab) Rows(i int, look list.Look) []string {
	k, v := t.ink, &t.vars[i]
	names := min(t.names, max(look.Width/4, 8))
	types := min(t.types, max(look.Width/4, 6))
	l := line{tone: toneOf(look)}
	before, changed := t.was[v.Name]
	sign := "  "
	if changed {
		sign = theme.SignChanged + " "
	}
	l.add(&k.changed, " "+sign).add(&k.strong, fit(clean(v.Name), names)+"  ")
	if look.Width >= 50 {
		l.add(&k.muted, fit(clean(v.Type), types)+"  ")
	}
	value := clean(v.Text)
	if !t.open[v.Name] {
		in := &k.text
		if changed {
			in = &k.result
		}
		l.add(in, value)
		if changed {
			l.add(&k.was, "  was "+clean(before))
		}
		if look.Width >= 70 && v.SetBy != "" && v.SetBy != "script" && v.SetBy != "load" {
			l.end(&k.muted, "by "+clean(v.SetBy)+" ")
		}
		return []string{l.draw(look.Width, &k.text)}
	}
	if v.SetBy != "" {
		l.add(&k.muted, "set by "+clean(v.SetBy))
	}
	rows := []string{l.draw(look.Width, &k.text)}
	put := func(in *ink, s string) {
		for _, part := range wrap(s, max(look.Width-7, 8)) {
			l := line{tone: toneOf(look)}
			rows = append(rows, l.add(in, "     "+part).draw(look.Width, &k.text))
		}
	}
	put(&k.muted, clean(v.Type))
	put(&k.text, value)
	if changed {
		put(&k.was, "was "+clean(before))
	}
	return rows
}

// rowsNow are the rows of the tab.
func (t *stateTab) rowsNow(w, h int, selected string) []string {
	switch {
	case selected == "":
		return emptyRows(w, h, t.ink, "No script is selected.")
	case t.script != selected:
		return emptyRows(w, h, t.ink, "Reading ...")
	case t.failed != "" && len(t.vars) == 0:
		return emptyRows(w, h, t.ink, "The variables cannot be read:", clean(t.failed))
	case len(t.vars) == 0:
		return emptyRows(w, h, t.ink, clean(selected)+" has no package variables.")
	}
	return t.View()
}
