package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"hotloop/tui/theme"
)

const codeStep = 8 // columns that code is moved by at once

// scrollCode moves the code of the tab shown by columns.
func (a *App) scrollCode(n int) {
	if a.detail.tab == tabSource {
		a.unit.source.ScrollXBy(n)
		return
	}
	a.diff.look.x = max(a.diff.look.x+n, 0)
}

// nextTheme goes on to the next theme.
func (a *App) nextTheme() tea.Cmd {
	names := theme.Names()
	a.opt.Theme = names[(slices.Index(names, a.opt.Theme)+1)%len(names)]
	a.restyle()
	return a.say(false, "colours: %s", a.opt.Theme)
}

// stepTrouble brings the diagnostics up, and when they are up goes on to the
// next one.
func (a *App) stepTrouble(n int) tea.Cmd {
	all := len(a.trouble.items)
	if all == 0 || a.detail.tab != tabTrouble || !a.layout.shown(paneDetail) {
		return a.showTab(tabTrouble)
	}
	a.trouble.SetCursor((a.trouble.Cursor() + n + all) % all)
	return nil
}

// move moves in the focused pane.
func (a *App) move(act action) tea.Cmd {
	v := a.view(a.focused)
	if v == nil {
		return nil
	}
	switch act {
	case actUp:
		v.MoveBy(-1)
	case actDown:
		v.MoveBy(1)
	case actPageUp:
		v.PageBy(-1)
	case actPageDown:
		v.PageBy(1)
	case actHome:
		v.Top()
	case actEnd:
		v.Bottom()
	}
	return a.selected()
}
