package tui

import (
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// Len, ID, Version and Rows make the state a list.

func (t *stateTab) Len() int          { return len(t.rows) }
func (t *stateTab) ID(i int) string   { return spotID(t.rows[i].spot) }
func (t *stateTab) Version(i int) int { return t.version }

func (t *stateTab) Rows(i int, look list.Look) []string {
	k, n := t.ink, t.rows[i]
	l := line{tone: toneOf(look)}
	indent := 2 * n.depth
	if n.left > 0 {
		l.add(&k.text, blanks(5+indent)).add(&k.info, theme.SignFold+" "+plural(n.left, "part")+" more; enter shows them")
		return []string{l.draw(look.Width, &k.text)}
	}
	names := min(t.names, max(look.Width/3, 8))
	types := min(t.types, max(look.Width/5, 6))
	before, changed := t.was[n.spot]
	sign := " "
	switch {
	case changed:
		sign = theme.SignChanged
	case t.watched(n.spot):
		sign = theme.SignPin
	}
	l.add(&k.changed, " "+sign)
	fold := "  "
	switch {
	case t.want[n.spot] > 0:
		fold = theme.SignOpen + " "
	case n.parts > 0:
		fold = theme.SignClosed + " "
	}
	in := &k.strong
	if n.depth > 0 {
		in = &k.text
	}
	l.add(&k.faint, blanks(indent)+fold).add(in, fit(n.label, max(names-indent, 4))+"  ")
	if look.Width >= 50 {
		l.add(&k.muted, fit(n.typ, types)+"  ")
	}
	value := clean(n.text)
	if !t.whole[n.spot] {
		in := &k.text
		switch {
		case t.want[n.spot] > 0:
			in, value = &k.faint, plural(n.parts, "part") // they stand below
		case changed:
			in = &k.result
		}
		l.add(in, value)
		if changed && t.want[n.spot] == 0 {
			l.add(&k.was, "  was "+clean(before))
		}
		if look.Width >= 70 && n.setBy != "" && n.setBy != "script" && n.setBy != "load" {
			l.end(&k.muted, "by "+clean(n.setBy)+" ")
		}
		return []string{l.draw(look.Width, &k.text)}
	}
	if n.setBy != "" {
		l.add(&k.muted, "set by "+clean(n.setBy))
	}
	rows := []string{l.draw(look.Width, &k.text)}
	lead := 5 + indent
	put := func(in *ink, s string) {
		for _, part := range wrap(s, max(look.Width-lead-2, 8)) {
			l := line{tone: toneOf(look)}
			rows = append(rows, l.add(in, blanks(lead)+part).draw(look.Width, &k.text))
		}
	}
	put(&k.muted, n.typ)
	for _, part := range prettyGo(value, max(look.Width-lead-2, 8)) {
		put(&k.text, part)
	}
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
