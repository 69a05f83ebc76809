package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// Scripts with goroutines and timers change their state between events, so
// values that are in sight are also read every so often.
const pollEvery = time.Second

// pollDue says that it is time to read values again.
type pollDue struct{}

// polls sees to it that values in sight are read again in a while.
func (a *App) polls() tea.Cmd {
	if a.polling || !a.showsValues() {
		return nil
	}
	a.polling = true
	return a.tick(pollEvery, func(time.Time) tea.Msg { return pollDue{} })
}

func (a *App) showsValues() bool {
	state := a.shows(tabState) && a.scripts.scriptName() != ""
	return state || len(a.watches.all) > 0
}

// poll reads them.
func (a *App) poll() tea.Cmd {
	a.polling = false
	cmds := []tea.Cmd{a.refreshWatches(), a.polls()}
	if name := a.scripts.scriptName(); a.shows(tabState) && name != "" && !a.state.reading && !a.state.costly() {
		a.state.reading = true
		cmds = append(cmds, a.readState(name, true))
	}
	return tea.Batch(cmds...)
}
