package tui

import (
	"image"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/tui/theme"
)

func (f *formDialog) draw(a *App, rows []string) *tea.Cursor {
	k := a.ink
	nodes := f.root.rows()
	r := a.dialogArea(min(92, a.width-2), len(nodes)+5)
	w, room := r.Dx()-2, r.Dy()-4
	lines, cursor := f.lines(a, r, room)
	for len(lines) < room {
		lines = append(lines, blanks(w))
	}
	note := new(line).add(&k.muted, " "+cut(clean(f.root.data()), w-2))
	if f.note != "" {
		note.end(&k.info, f.note+" ")
	}
	lines = append(lines, k.rule[plain].Paint(strings.Repeat("─", w)), note.draw(w, &k.text))
	title := clean(f.handler.script + "." + f.name)
	if len(nodes) > room {
		title += "  " + strconv.Itoa(f.at+1) + "/" + strconv.Itoa(len(nodes))
	}
	a.drawBox(rows, r, title, lines)
	return cursor
}

// lines draws the rows round the one with the cursor, at most so many, as the
// first ones of a box.
func (f *formDialog) lines(a *App, r image.Rectangle, room int) (lines []string, cursor *tea.Cursor) {
	k, w := a.ink, r.Dx()-2
	nodes := f.root.rows()
	labels := 6
	for _, n := range nodes {
		labels = max(labels, 2*n.depth()+width(clean(n.label()))+1)
	}
	labels = min(labels, w/3)
	f.current()
	f.top = max(min(f.top, f.at), f.at-room+1, 0)
	f.top = min(f.top, max(len(nodes)-room, 0))
	for i := f.top; i < len(nodes) && i < f.top+room; i++ {
		y := r.Min.Y + 1 + len(lines)
		line, at := f.row(k, nodes[i], i == f.at, labels, w)
		lines = append(lines, line)
		a.zone(image.Rect(r.Min.X, y, r.Max.X, y+1), func() tea.Cmd {
			if f.at == i {
				f.turn(nodes[i])
			}
			f.at, f.inKey = i, false
			return nil
		})
		if i == f.at && at >= 0 {
			cursor = tea.NewCursor(min(r.Min.X+1+at, r.Max.X-2), y)
			cursor.Shape = tea.CursorBar
		}
	}
	return lines, cursor
}

// row draws a row of the form in w cells and gives the cell of the cursor, -1
// where it has none.
func (f *formDialog) row(k *inks, n *formNode, on bool, labels, w int) (row string, cursor int) {
	l := line{}
	if on {
		l.tone = selected
	}
	indent := 2 * n.depth()
	name := clean(n.label())
	in := &k.strong
	if n.optional && n.absent() {
		in = &k.muted
	}
	cursor = -1
	if n.key != nil {
		shown, at := n.key.view(max(labels-indent-1, 1))
		if on && f.inKey {
			cursor = 1 + indent + at
		}
		name = shown
		if name == "" && !(on && f.inKey) {
			name = `key`
			in = &k.faint
		}
	}
	l.add(&k.text, " "+blanks(indent)).add(in, fit(name, max(labels-indent, 1))+" ")
	left := labels + 2
	problem := n.problem()
	kind := clean(n.shape.Type)
	if n.optional {
		kind += ", optional"
	}
	switch {
	case n.holds():
		what := ""
		switch {
		case !n.on:
			what = "left out; space puts it in"
		case n.grows():
			what = plural(len(n.kids), "entry", "entries") + "; ctrl+n adds"
		}
		l.add(&k.muted, what)
	default:
		room := max((w-left)/2, w-left-36, 8)
		text, at := n.text.view(room)
		if on && !f.inKey {
			cursor = left + at
		}
		in := &k.fireText
		if problem != "" && n.keyProblem() == "" && (!n.text.empty() || f.strict) {
			in = &k.bad
		}
		switch {
		case n.shape.Kind == interp.ShapeBool && n.text.String() == "true":
			l.add(&k.good, "["+theme.SignOK+"] ")
			cursor = shift(cursor, 4)
		case n.shape.Kind == interp.ShapeBool:
			l.add(&k.muted, "[ ] ")
			cursor = shift(cursor, 4)
		}
		l.add(in, text)
	}
	switch {
	case problem != "" && (f.strict || !n.text.empty() || n.keyProblem() != "" && !n.key.empty()):
		l.end(&k.bad, problem+" ")
	case on && len(n.seen) > 0 && !f.inKey:
		l.end(&k.info, cut(clean(strings.Join(n.seen, " · ")), w/3)+" ")
	default:
		l.end(&k.faint, cut(kind, w/3)+" ")
	}
	l.soft = true
	return l.draw(w, &k.text), cursor
}

func shift(cursor, by int) int {
	if cursor < 0 {
		return cursor
	}
	return cursor + by
}
