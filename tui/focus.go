package tui

// pane names the places that can have the keyboard.
type pane int

const (
	paneScripts pane = iota
	paneDetail
	paneLog
	paneFire
	paneCount
)

func (p pane) String() string {
	return [...]string{"scripts", "detail", "log", "fire line"}[p]
}

// focus gives the keyboard to p. The pane that had it last is remembered: it is
// what esc in the fire line goes back to, and what small screens show.
func (a *App) focus(p pane) {
	if a.focused == p {
		return
	}
	if a.focused == paneFire {
		a.fire.blur()
	}
	a.focused = p
	if p == paneFire {
		a.fire.focus()
	} else {
		a.last = p
	}
	a.relayout()
}

// focusNext moves the keyboard by step panes, round and round.
func (a *App) focusNext(step int) {
	a.focus(pane((int(a.focused) + step + int(paneCount)) % int(paneCount)))
}

// filtering is the filter being typed, nil when there is none.
func (a *App) filtering() *filter {
	switch a.focused {
	case paneScripts:
		if a.scripts.filter.open {
			return &a.scripts.filter
		}
	case paneLog:
		if a.log.filter.open {
			return &a.log.filter
		}
	}
	return nil
}
