package tui

import (
	"image"

	tea "charm.land/bubbletea/v2"
)

const wheelRows = 3

// click does what the frame shows at the place: a title or hint does its
// action, a row gets the cursor, a row that has it already is entered.
func (a *App) click(m tea.MouseClickMsg) tea.Cmd {
	if m.Button != tea.MouseLeft || a.layout.arrangement == tooSmall {
		return nil
	}
	at := image.Pt(m.X, m.Y)
	a.drag = noBorder
	for i := len(a.zones) - 1; i >= 0; i-- {
		if at.In(a.zones[i].Rectangle) {
			return a.zones[i].do()
		}
	}
	if a.help != nil || a.dialog != nil {
		a.help, a.dialog = nil, nil
		return nil
	}
	switch a.drag = a.borderAt(at); a.drag {
	case besideTree, besideDetail:
		return nil
	case aboveTheLog:
		a.focus(paneLog)
		return nil
	}
	if at.In(a.layout.side) {
		a.focus(paneDetail)
		return a.showTab(a.sideTab())
	}
	p, ok := a.paneAt(at)
	if !ok {
		return nil
	}
	again := a.focused == p
	a.focus(p)
	r := inner(*a.layout.pane(p))
	y := m.Y - r.Min.Y
	switch p {
	case paneFire:
		a.fire.click(m.X - width(a.fire.promptText()))
		a.fire.edited()
	case paneScripts:
		return a.clickTree(m.X-r.Min.X, y, again)
	case paneLog:
		if n, at, ok := a.log.list.At(y); ok {
			if e, found := a.log.entry(a.log.seq(n)); found && a.log.open[e.Seq] {
				if lines := a.log.lines(&e, r.Dx()); at < len(lines) && lines[at].frame > 0 {
					a.log.list.Select(n)
					return a.showFrame(&e, lines[at].frame-1)
				}
			}
			if was, held := a.log.list.Cursor(); again && held && was == n {
				a.log.toggle()
				return nil
			}
			a.log.list.Select(n)
			a.log.list.Hold()
		}
	case paneDetail:
		return a.clickDetail(y, again)
	}
	return nil
}

func (a *App) clickTree(x, y int, again bool) tea.Cmd {
	i, _, ok := a.scripts.list.At(y)
	if !ok || i >= len(a.scripts.rows) {
		return nil
	}
	a.scripts.settled = true
	same := a.scripts.list.Cursor() == i
	a.scripts.list.SetCursor(i)
	if r := a.scripts.rows[i]; r.unit < 0 && r.file == "" && x < 3 {
		a.scripts.toggle()
	} else if same && again {
		return a.enter()
	}
	return a.selected()
}

func (a *App) clickDetail(y int, again bool) tea.Cmd {
	l := a.state.Index
	switch a.detail.tab {
	case tabTrouble:
		l = a.trouble.Index
	case tabVersions:
		l = a.unit.versions
	case tabDiff:
		if a.diff.click(y) {
			return a.do(actContext)
		}
		return nil
	case tabSource:
		return nil
	}
	i, _, ok := l.At(y)
	if !ok {
		return nil
	}
	same := l.Cursor() == i
	l.SetCursor(i)
	if same && again && a.detail.tab == tabState {
		return a.enter()
	}
	return nil
}

// paneAt is the pane at a cell, its title rule included.
func (a *App) paneAt(at image.Point) (pane, bool) {
	for p := range paneCount {
		if at.In(*a.layout.pane(p)) {
			return p, true
		}
	}
	return 0, false
}

// wheel scrolls what is under the pointer; the keyboard stays where it is.
func (a *App) wheel(m tea.MouseWheelMsg) tea.Cmd {
	n := wheelRows
	switch m.Button {
	case tea.MouseWheelUp:
		n = -n
	case tea.MouseWheelDown:
	default:
		return nil
	}
	if a.help != nil {
		a.help.scroll(n)
		return nil
	}
	if a.dialog != nil {
		a.dialog.scroll(n / wheelRows)
		return nil
	}
	if a.layout.arrangement == tooSmall {
		return nil
	}
	if image.Pt(m.X, m.Y).In(a.layout.side) {
		a.tabView(a.sideTab()).ScrollBy(n)
		return nil
	}
	if p, ok := a.paneAt(image.Pt(m.X, m.Y)); ok {
		if v := a.view(p); v != nil {
			v.ScrollBy(n)
		}
	}
	return nil
}
