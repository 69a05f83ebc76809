package tui

import (
	"image"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// seg is a title in a rule: a pane's name or a tab.
type seg struct {
	text string
	on   bool // it is what is shown
	warn bool
	do   func() tea.Cmd
}

// rule draws a title rule: titles at the left, words at the right, a line
// through the rest. It gives the cell behind the last title.
func (a *App) rule(r image.Rectangle, segs []seg, focused bool, right []span) (row string, x int) {
	k := a.ink
	line0, title := &k.rule, &k.title
	switch {
	case focused && len(segs) > 1:
		line0, title = &k.ruleOn, &k.tabOn
	case focused:
		line0, title = &k.ruleOn, &k.titleOn
	case len(segs) > 1:
		title = &k.tabShown
	}
	var l line
	l.add(line0, "─ ")
	x = r.Min.X + 2
	for i, s := range segs {
		if i > 0 {
			l.add(line0, " │ ")
			x += 3
		}
		in := &k.tab
		switch {
		case s.on:
			in = title
		case s.warn:
			in = &k.warn
		}
		l.add(in, s.text)
		if s.do != nil {
			a.zone(image.Rect(x, r.Min.Y, x+width(s.text), r.Min.Y+1), s.do)
		}
		x += width(s.text)
	}
	l.add(line0, " ")
	n := r.Dx() - widthOf(l.left)
	if len(right) > 0 && widthOf(right)+3 <= n {
		n -= widthOf(right) + 3
	} else {
		right = nil
	}
	if n > 0 {
		l.add(line0, a.lineWithJoint(r, r.Max.X-n-joinedWidth(right), n))
	}
	if len(right) > 0 {
		l.add(line0, " ")
		l.left = append(l.left, right...)
		l.add(line0, " ─")
	}
	return l.draw(r.Dx(), line0), x
}

func joinedWidth(right []span) int {
	if len(right) == 0 {
		return 0
	}
	return widthOf(right) + 3
}

// lineWithJoint is a horizontal line of n cells from cell x on, with joints
// where dividers between panes end on it.
func (a *App) lineWithJoint(r image.Rectangle, x, n int) string {
	var b strings.Builder
	for _, d := range []image.Rectangle{a.layout.divider, a.layout.sideDivider} {
		if at := d.Min.X - x; !d.Empty() && d.Max.Y == r.Min.Y && at >= 0 && at < n {
			b.WriteString(strings.Repeat("─", at) + "┴")
			x, n = x+at+1, n-at-1
		}
	}
	return b.String() + strings.Repeat("─", n)
}

// filterSpans are a pane's filter in its title, and the cell of the cursor.
func (a *App) filterSeg(f *filter, name string, hits int) (text string, cursor int) {
	if !f.active() {
		return name, 0
	}
	room := 16
	if f == &a.log.filter && a.width >= fullWidth {
		room = 40
	}
	shown, at := f.view(room)
	text = name + " /" + shown
	cursor = width(name) + 2 + at
	if f.open && at >= width(shown) {
		text += " "
	}
	if !f.empty() {
		text += " " + strconv.Itoa(hits)
	}
	return text, cursor
}

func (a *App) focusOn(p pane) func() tea.Cmd {
	return func() tea.Cmd { a.focus(p); return nil }
}

func (a *App) titleCursor(f *filter, r image.Rectangle, x int) *tea.Cursor {
	if !f.open || a.filtering() != f {
		return nil
	}
	c := tea.NewCursor(min(r.Min.X+2+x, r.Max.X-1), r.Min.Y)
	c.Shape = tea.CursorBar
	return c
}

func (a *App) scriptsTitle(r image.Rectangle) (string, *tea.Cursor) {
	text, at := a.filterSeg(&a.scripts.filter, "Scripts", a.scripts.hits())
	row, _ := a.rule(r, []seg{{text: text, on: true, do: a.focusOn(paneScripts)}}, a.focused == paneScripts, a.scriptsNote())
	return row, a.titleCursor(&a.scripts.filter, r, at)
}

// scriptsNote is the order of the units where it is not the usual one.
func (a *App) scriptsNote() []span {
	if a.scripts.order == byKind {
		return nil
	}
	return []span{{&a.ink.figure, a.scripts.order.String()}}
}

// tabSegs are the tabs of the detail pane. short leaves only the one shown.
func (a *App) tabSegs(all bool) []seg {
	var segs []seg
	for t := range tabCount {
		s := seg{text: t.String(), on: t == a.detail.tab, do: func() tea.Cmd { return a.showTab(t) }}
		if t == tabTrouble {
			if n := len(a.trouble.items); n > 0 {
				s.text += " " + strconv.Itoa(n)
				s.warn = true
			}
		} else if a.detail.unread[t] {
			s.text += "•"
		}
		if t == a.detail.tab && !all {
			s.text += " " + strconv.Itoa(int(t)+1) + "/" + strconv.Itoa(int(tabCount))
		}
		if all || t == a.detail.tab {
			segs = append(segs, s)
		}
	}
	return segs
}

func (a *App) detailTitle(r image.Rectangle, segs []seg, focused bool) string {
	row, _ := a.rule(r, segs, focused, a.detailNote())
	return row
}

// sideTitle is the title of the second tab; a click brings it to the front.
func (a *App) sideTitle(r image.Rectangle) string {
	t := a.sideTab()
	name := t.String()
	if t == tabDiff && a.detail.unread[t] {
		name += "•"
	}
	row, _ := a.rule(r, []seg{{text: name, on: true, do: func() tea.Cmd { return a.showTab(t) }}}, false, a.tabNote(t))
	return row
}

// detailNote is what stands at the right of the detail pane's title.
func (a *App) detailNote() []span { return a.tabNote(a.detail.tab) }

func (a *App) tabNote(t tab) []span {
	k := a.ink
	switch t {
	case tabDiff:
		_, at, n := a.diff.current()
		if n == 0 {
			return nil
		}
		spans := []span{}
		if a.diff.only != "" {
			spans = append(spans, span{&k.accent, clean(a.diff.only) + " only  "})
		}
		if below := a.diff.more(); below > 0 {
			spans = append(spans, span{&k.figure, "↓" + strconv.Itoa(below) + "  "})
		}
		if !a.diff.following() {
			spans = append(spans, span{&k.fresher, "newer ]  "})
		}
		return append(spans, span{&k.figure, strconv.Itoa(at) + "/" + strconv.Itoa(n)})
	case tabState:
		if name := a.scripts.scriptName(); name != "" {
			return []span{{&k.figure, clean(name)}}
		}
	case tabTrouble:
		for i := range a.scripts.scripts {
			if a.scripts.scripts[i].State == interp.StateBehind {
				return []span{{&k.figure, "old code stays live"}}
			}
		}
	}
	return nil
}

func (a *App) logTitle(r image.Rectangle) (string, *tea.Cursor) {
	text, at := a.filterSeg(&a.log.filter, "Log", a.logHits())
	segs := []seg{{text: text, on: true, do: a.focusOn(paneLog)}}
	right := a.logNote(r)
	row, _ := a.rule(r, segs, a.focused == paneLog, right)
	return row, a.titleCursor(&a.log.filter, r, at)
}

func (a *App) logHits() int {
	if a.log.filtered == nil {
		return 0
	}
	first, next := a.log.filtered.Bounds()
	return int(next - first)
}

// logNote says whether the log follows, and is the place to click to do so.
func (a *App) logNote(r image.Rectangle) []span {
	k := a.ink
	if a.log.list.Following() {
		return nil
	}
	text, in := "paused", &k.figure
	if n := a.log.list.New(); n > 0 {
		text, in = "+"+strconv.Itoa(n)+" new", &k.fresher
	}
	spans := []span{{in, text}, {&k.muted, "  end follows"}}
	n := widthOf(spans)
	a.zone(image.Rect(r.Max.X-2-n, r.Min.Y, r.Max.X-2, r.Min.Y+1), func() tea.Cmd {
		a.log.list.Follow()
		return nil
	})
	return spans
}

// sharedTitle is the title where panes take turns in one place: all that could
// be here, what is here marked.
func (a *App) sharedTitle(r image.Rectangle) (string, *tea.Cursor) {
	l := &a.layout
	scripts, at := a.filterSeg(&a.scripts.filter, "Scripts", a.scripts.hits())
	segs := []seg{{text: scripts, on: l.top == paneScripts, do: a.focusOn(paneScripts)}}
	build := func(all bool) []seg {
		out := segs[:1:1]
		for _, s := range a.tabSegs(all) {
			if l.top != paneDetail {
				s.on = false
			}
			out = append(out, s)
		}
		if l.arrangement == single {
			text, _ := a.filterSeg(&a.log.filter, "Log", a.logHits())
			out = append(out, seg{text: text, on: l.top == paneLog, do: a.focusOn(paneLog)})
		}
		return out
	}
	all := build(true)
	n := 3
	for _, s := range all {
		n += width(s.text) + 3
	}
	if n > r.Dx() {
		all = build(false)
	}
	var right []span
	var cursor *tea.Cursor
	switch l.top {
	case paneLog:
		right = a.logNote(r)
		off := 0
		for _, s := range all[:len(all)-1] {
			off += width(s.text) + 3
		}
		_, lat := a.filterSeg(&a.log.filter, "Log", a.logHits())
		cursor = a.titleCursor(&a.log.filter, r, off+lat)
	case paneScripts:
		cursor = a.titleCursor(&a.scripts.filter, r, at)
	default:
		right = a.detailNote()
	}
	row, _ := a.rule(r, all, a.focused == l.top, right)
	return row, cursor
}

func (a *App) fireTitle(r image.Rectangle) string {
	var right []span
	if text, bad := a.fire.message(); text != "" {
		in := &a.ink.figure
		if bad {
			in = &a.ink.bad
		}
		right = []span{{in, cut(text, r.Dx()-16)}}
	}
	row, _ := a.rule(r, []seg{{text: a.fire.title(), on: true, do: a.focusOn(paneFire)}}, a.focused == paneFire, right)
	return row
}
