package tui

// relayout computes the layout and gives every pane its size.
func (a *App) relayout() {
	a.layout = arrange(a.width, a.height, a.last, a.zoom, a.sizes)
	size := func(v rowsView, p pane) {
		r := inner(*a.layout.pane(p))
		if !r.Empty() {
			v.SetSize(r.Dx(), r.Dy())
		}
		v.SetFocused(a.focused == p)
	}
	size(a.scripts.list, paneScripts)
	if r := inner(a.layout.scripts); !r.Empty() {
		a.scripts.list.SetSize(r.Dx(), r.Dy()-a.watchRows(r.Dy()))
	}
	place := a.layout.scripts
	if place.Empty() {
		place = *a.layout.pane(a.layout.top) // where it would be
	}
	a.scripts.setHeight(inner(place).Dy())
	size(a.log.list, paneLog)
	for t := range tabCount {
		size(a.tabView(t), paneDetail)
		if a.shows(t) {
			a.detail.unread[t] = false
		}
	}
	if r := inner(a.layout.side); !r.Empty() {
		v := a.tabView(a.sideTab())
		v.SetSize(r.Dx(), r.Dy())
		v.SetFocused(false)
	}
}

// sideTab is the tab that wide screens show beside the one in front: the state
// while one looks at code, what changed while one looks at the state.
func (a *App) sideTab() tab {
	if a.detail.tab == tabState {
		return tabDiff
	}
	return tabState
}

// shows says whether a tab is on the screen.
func (a *App) shows(t tab) bool {
	return a.layout.shown(paneDetail) && (a.detail.tab == t || !a.layout.side.Empty() && a.sideTab() == t)
}

// tabView is the rows of a tab.
func (a *App) tabView(t tab) rowsView {
	switch t {
	case tabSource:
		return sourceTab{a.unit}
	case tabState:
		return a.state
	case tabVersions:
		return versionsView{a.unit}
	case tabTrouble:
		return a.trouble
	}
	return a.diff
}

// view is the rows of a pane, nil for the fire line.
func (a *App) view(p pane) rowsView {
	switch p {
	case paneScripts:
		return a.scripts.list
	case paneDetail:
		return a.tabView(a.detail.tab)
	case paneLog:
		return a.log.list
	}
	return nil
}
