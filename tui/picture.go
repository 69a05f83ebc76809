package tui

import (
	"context"
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// changed takes a picture of the session over and waits for the next one.
func (a *App) changed(m sessionChanged) tea.Cmd {
	a.counter, a.pictured = m.counter, m.at
	a.info, a.pending, a.running = m.info, m.pending, m.running
	if a.wanted != "" {
		a.info.Apply = a.wanted
	}
	a.scripts.passes(m.at)
	for i := range m.reports {
		r := &m.reports[i]
		a.lastReport = max(a.lastReport, r.ID)
		if r.Status != interp.StatusRefused {
			a.stamps[r.Script] = r.ID
		}
		if a.started {
			a.scripts.markFresh(r, m.at)
		}
		if r.Cause != interp.CauseLoad && (r.Status == interp.StatusLive || r.Status == interp.StatusReloaded) && r.Timing.Total > 0 {
			a.liveIn = r.Timing.Total
		}
	}
	var fades tea.Cmd
	if a.started && len(m.reports) > 0 {
		fades = a.fade()
	}
	troubles := len(a.trouble.items)
	a.diff.arrived(m.reports)
	if a.started && !a.shows(tabDiff) && (len(m.reports) > 0 || len(m.pending) > len(a.diff.pending)) {
		a.detail.unread[tabDiff] = true
	}
	a.diff.pending, a.diff.scripts = m.pending, m.scripts
	a.scripts.show(m.scripts)
	a.trouble.crashed(m.entries)
	a.trouble.show(m.scripts)
	if n := len(a.trouble.items); n == 0 {
		a.detail.unread[tabTrouble] = false
	} else if n > troubles && a.detail.tab != tabTrouble {
		a.detail.unread[tabTrouble] = true
	}
	a.fire.scripts, a.fire.saved = m.scripts, m.saved
	more := a.log.arrived(m.entries, m.next)
	a.nextSeq = m.next
	notes := a.notify(m)
	a.started = true
	cmds := []tea.Cmd{a.drain(), a.selected(), a.scanOn(more), a.followForm(), fades, notes, a.beats(), a.wantShape()}
	if len(m.entries) > 0 || len(m.reports) > 0 {
		cmds = append(cmds, a.refreshState(), a.refreshWatches())
	}
	if m.failed != nil {
		cmds = append(cmds, a.say(true, "%v", m.failed))
	}
	return tea.Batch(cmds...)
}

// fade lets marks fade when their time has come.
func (a *App) fade() tea.Cmd {
	pass := func(at time.Time) tea.Msg { return timePassed{at} }
	return tea.Batch(a.tick(freshFor, pass), a.tick(recentFor, pass))
}

// selected asks for what the detail pane shows of the selection, if it is not
// there yet. It is called after everything that may have moved the selection.
func (a *App) selected() tea.Cmd {
	var cmds []tea.Cmd
	if u := a.scripts.unit(); u != nil && (a.detail.tab == tabSource || a.detail.tab == tabVersions) {
		if id := a.scripts.unitID(); a.unit.wants(id, u.Version) {
			cmds = append(cmds, a.readUnit(id, u.Version))
		}
	}
	if a.shows(tabState) && a.state.script != a.scripts.scriptName() {
		cmds = append(cmds, a.refreshState(), a.refreshWatches())
	}
	if a.diff.only != "" {
		a.diff.only = a.scripts.scriptName()
	}
	return tea.Batch(cmds...)
}

// refreshState reads the variables again if they are shown. One reading is
// under way at a time; what happens meanwhile makes for one more.
func (a *App) refreshState() tea.Cmd {
	name := a.scripts.scriptName()
	if !a.shows(tabState) || name == "" {
		return nil
	}
	if a.state.reading {
		a.state.again = true
		return nil
	}
	a.state.reading, a.state.again = true, false
	return tea.Batch(a.readState(name, false), a.polls())
}

func (a *App) stateArrived(m stateRead) tea.Cmd {
	a.state.reading = false
	if m.script == a.scripts.scriptName() {
		a.state.read(m)
		if m.refused != nil {
			return tea.Batch(a.say(true, "%v", m.refused), a.refreshStateAgain())
		}
	}
	return a.refreshStateAgain()
}

// refreshStateAgain reads the state once more if something happened meanwhile.
func (a *App) refreshStateAgain() tea.Cmd {
	if a.state.again || a.state.script != a.scripts.scriptName() {
		return a.refreshState()
	}
	return nil
}

// scanOn lets a filter go on with the log after the screen had its turn.
func (a *App) scanOn(more bool) tea.Cmd {
	if !more {
		return nil
	}
	return func() tea.Msg { return logScanned{} }
}

// reported says how a verb ended when nothing else on the screen does.
func (a *App) reported(m reportMade) tea.Cmd {
	a.done(m.work)
	switch {
	case m.err != nil && errors.Is(m.err, context.Canceled):
		return nil
	case m.err != nil:
		return a.say(true, "%s: %v", m.what, m.err)
	case m.report.Status == interp.StatusRefused:
		return a.say(true, "%s refused: %s", m.what, refusal(&m.report, false))
	case m.report.Status == interp.StatusUnchanged:
		return a.say(false, "%s: nothing to do", m.what)
	}
	return nil
}
