package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
)

// fireRequest fires and remembers the event for "again".
func (a *App) fireRequest(req session.FireRequest) tea.Cmd {
	a.fire.last = req
	a.notice.text = ""
	return a.fireEvent(req)
}

// fireNow fires the selected handler with its saved event. A handler that
// needs data nobody saved goes to the fire line instead.
func (a *App) fireNow() tea.Cmd {
	u := a.scripts.handler()
	if u == nil {
		return nil
	}
	name := a.scripts.scriptName()
	req := session.FireRequest{Event: u.Name, Script: name}
	if e, ok := savedFor(a.fire.saved, name, u.Name); ok {
		req.Data = e.Data
		return a.fireRequest(req)
	}
	if last := a.fire.last; last.Event == u.Name && last.Script == name {
		return a.fireRequest(last)
	}
	if len(u.Params) == 0 {
		return a.fireRequest(req)
	}
	cmd := a.enter()
	return tea.Batch(cmd, a.say(false, "%s has no saved event; fill in its data", clean(u.Name)))
}

// send sends what was typed: an event, an expression, a value, or keeps a
// filter.
func (a *App) send() tea.Cmd {
	if f := a.filtering(); f != nil {
		f.open = false
		return nil
	}
	f := a.fire
	if f.popup.open() && (f.popup.moved || f.popup.history || f.asks == askEvent && !f.known()) {
		f.accept()
		return nil
	}
	if f.asks != askEvent {
		return a.sendExpression()
	}
	if strings.TrimSpace(f.String()) == "" {
		f.complete(true)
		return nil
	}
	// A handler that takes data and was given none gets it filled in first.
	if _, data, _ := splitEvent(f.String()); data == "" {
		if script, u := f.target(); u != nil && len(u.Params) > 0 {
			if text := f.lineFor(script, u); text != strings.TrimSpace(f.String()[lastStep(f.String()):]) && strings.Contains(text, " ") {
				f.set(f.String()[:lastStep(f.String())] + text)
				f.edited()
				f.popup = popup{}
				f.toGap(false)
				return a.say(false, "check the data; enter fires")
			}
		}
	}
	p, ok := f.plan()
	if !ok {
		return nil
	}
	f.remember(f.String())
	f.popup = popup{}
	if p.single() {
		return a.fireRequest(p.steps[0])
	}
	return a.startRun(p)
}

// sendExpression evaluates an expression, or sets a variable.
func (a *App) sendExpression() tea.Cmd {
	f := a.fire
	text := strings.TrimSpace(f.String())
	if text == "" {
		return nil
	}
	f.remember(text)
	if f.asks == askValue && strings.ContainsAny(f.variable, ".[") { // a part
		return a.evaluate(f.script, f.variable+" = "+text)
	}
	if f.asks == askValue {
		return a.setVariable(f.script, f.variable, text)
	}
	f.set("")
	return a.evaluate(f.script, text)
}

// completeOrGo is the tab key in the fire line: it takes the completion, or
// goes to the next gap, or lists what could stand here. It never leaves the
// line: what is typed next would be commands.
func (a *App) completeOrGo() tea.Cmd {
	f := a.fire
	switch {
	case f.popup.open():
		f.accept()
	case f.asks != askEvent:
		return a.say(false, "nothing to complete here; esc leaves the line")
	case f.toGap(true):
		f.popup = popup{}
	default:
		f.complete(true)
		if !f.popup.open() {
			return a.say(false, "nothing to complete here; esc leaves the line")
		}
	}
	return nil
}

// inList moves in the open list, or in the history.
func (a *App) inList(act action) {
	n := 1
	if act == actListUp {
		n = -1
	}
	if a.fire.popup.open() {
		a.fire.popup.move(n)
		return
	}
	a.fire.walk(-n)
}
