package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// showTab brings a tab to the front; where there is no room for the detail
// pane beside what is shown, it takes the place.
func (a *App) showTab(t tab) tea.Cmd {
	a.detail.show(t)
	if !a.layout.shown(paneDetail) {
		if a.focused == paneFire {
			a.last = paneDetail
			a.relayout()
		} else {
			a.focus(paneDetail)
		}
	}
	a.relayout()
	return tea.Batch(a.selected(), a.refreshState())
}

func (a *App) toggleScope() tea.Cmd {
	if a.diff.only != "" {
		a.diff.only = ""
		return a.say(false, "reports of all scripts")
	}
	a.diff.only, a.diff.at = a.scripts.scriptName(), 0
	return a.say(false, "reports of the selected script: %s", clean(a.diff.only))
}

// openFilter lets the filter of the focused pane be typed; the detail pane has
// none, so there it is the tree's.
func (a *App) openFilter() tea.Cmd {
	if a.focused == paneDetail {
		a.focus(paneScripts)
	}
	switch a.focused {
	case paneLog:
		a.log.filter.open = true
		a.log.filter.key("end")
	case paneScripts:
		a.scripts.openFilter()
	}
	return nil
}

// ask turns the line at the bottom to the selected script.
func (a *App) ask(what asking, variable string) tea.Cmd {
	name := a.scripts.scriptName()
	if name == "" {
		return a.say(false, "no script is selected")
	}
	text := ""
	if what == askValue {
		if n := a.state.current(); n != nil {
			text = n.text
		}
	}
	a.fire.ask(what, name, variable, text)
	a.focus(paneFire)
	return nil
}

// enter is the main thing one does with the row under the cursor.
func (a *App) enter() tea.Cmd {
	switch a.focused {
	case paneLog:
		a.log.toggle()
	case paneDetail:
		switch a.detail.tab {
		case tabState:
			return a.partsIf(a.state.toggle())
		case tabTrouble:
			return a.edit()
		case tabVersions:
			return a.rollBack()
		}
	case paneScripts:
		u := a.scripts.unit()
		switch {
		case u == nil:
			a.scripts.toggle()
			return a.selected()
		case isHandler(u):
			a.fire.put(a.fire.lineFor(a.scripts.scriptName(), u))
			a.focus(paneFire)
			a.fire.toGap(false)
		case u.Kind == interp.KindVar:
			cmd := a.showTab(tabState)
			a.state.SelectID(u.Name)
			return cmd
		default:
			return a.showTab(tabSource)
		}
	}
	return nil
}

// partsIf reads the state again if parts of a value are missing. The reading
// under way was made without them.
func (a *App) partsIf(missing bool) tea.Cmd {
	if !missing {
		return nil
	}
	return a.refreshState()
}

// rollBack makes the version under the cursor live.
func (a *App) rollBack() tea.Cmd {
	v, id := a.unit.current(), a.unit.shown
	if v == nil || id != a.scripts.unitID() {
		return nil
	}
	if v.Version == a.unit.text.Version {
		return a.say(false, "v%d is live already", v.Version)
	}
	version := v.Version
	return a.makeReport("rollback", func(ctx context.Context) (interp.Report, error) {
		return a.session.Rollback(ctx, id.script, id.key, version, 0)
	})
}

// open shows more of the log entry under the cursor: a report in Diff, an
// event in the fire line, trouble in its tab.
func (a *App) open() tea.Cmd {
	e, ok := a.log.current()
	switch {
	case !ok:
	case e.Report != nil:
		a.diff.only = ""
		a.diff.goTo(e.Report.ID)
		return a.showTab(tabDiff)
	case e.Crash != nil:
		return a.showTab(tabTrouble)
	case e.Event != nil:
		name := e.Event.Name
		if e.Event.Script != "" && !strings.Contains(name, ".") {
			name = e.Event.Script + "." + name
		}
		a.fire.put(strings.TrimSpace(name + " " + string(e.Event.Data)))
		a.focus(paneFire)
	}
	return nil
}

// back takes the last thing on top away: a list, a filter, the fire line's
// focus, a notice, the zoom.
func (a *App) back() tea.Cmd {
	switch f := a.filtering(); {
	case f != nil && a.focused == paneLog:
		f.clear()
		return a.filterChanged()
	case f != nil:
		a.scripts.dropFilter()
		return a.selected()
	case a.focused == paneFire && a.fire.popup.open():
		a.fire.popup = popup{closed: true}
	case a.focused == paneFire:
		a.focus(a.last)
	case a.focused == paneScripts && a.scripts.filter.active():
		a.scripts.dropFilter()
		return a.selected()
	case a.focused == paneLog && a.log.filter.active():
		a.log.filter.clear()
		return a.scanOn(a.log.refilter())
	case a.notice.text != "":
		a.notice.text = ""
	case a.zoom:
		a.zoom = false
		a.relayout()
	}
	return nil
}
