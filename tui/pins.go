package tui

import (
	"bytes"
	"context"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// Pinner is a session that can pin events.
type Pinner interface {
	Pin(ctx context.Context, req session.PinRequest) ([]session.Pin, error)
	Unpin(id int) error
	Pins() []session.Pin
	Bisect(ctx context.Context, id int) (session.Culprit, error)
}

var (
	_ Pinner = (*session.Session)(nil)
	_ Pinner = (*session.Remote)(nil)
)

// pinned says what came of pinning or unpinning.
type pinned struct {
	text string
	list []session.Pin
	err  error
}

// bisected says what changed a pin.
type bisected struct {
	pin     session.Pin
	culprit session.Culprit
	err     error
}

// pinner gives the session as one that pins, or says that it does not.
func (a *App) pinner() (Pinner, tea.Cmd) {
	if p, ok := a.session.(Pinner); ok {
		return p, nil
	}
	return nil, a.say(false, "this session has no pins")
}

// togglePin pins the event under the cursor of the log, or the selected handler
// with its saved event, and unpins what is pinned.
func (a *App) togglePin() tea.Cmd {
	p, no := a.pinner()
	if p == nil {
		return no
	}
	var reqs []session.PinRequest
	if a.focused == paneLog {
		for _, e := range a.log.chosen() {
			if e.Event == nil {
				continue
			}
			for i := range e.Event.Calls {
				reqs = append(reqs, session.PinRequest{Event: e.Event.Calls[i].Function, Script: e.Event.Calls[i].Script, Data: e.Event.Data})
			}
		}
		if len(reqs) == 0 {
			return a.say(false, "only events can be pinned")
		}
	} else {
		u := a.scripts.handler()
		if u == nil {
			return a.say(false, "select a handler, or an event of the log, to pin it")
		}
		req := session.PinRequest{Event: u.Name, Script: a.scripts.scriptName()}
		if e, ok := savedFor(a.fire.saved, req.Script, u.Name); ok {
			req.Data = e.Data
		} else if last := a.fire.last; last.Event == u.Name && last.Script == req.Script {
			req.Data = last.Data
		}
		reqs = append(reqs, req)
	}
	return a.guard("pin", func(ctx context.Context) tea.Msg {
		text := ""
		for _, req := range reqs {
			if old := findPin(p.Pins(), req); old != nil {
				if err := p.Unpin(old.ID); err != nil {
					return pinned{err: err}
				}
				text = req.Script + "." + req.Event + " is no longer pinned"
				continue
			}
			if _, err := p.Pin(ctx, req); err != nil {
				return pinned{err: err}
			}
			text = req.Script + "." + req.Event + " is pinned: it fires on a copy of the state after every report"
		}
		if len(reqs) > 1 {
			text = plural(len(reqs), "pin") + " changed"
		}
		return pinned{text: text, list: p.Pins()}
	})
}

func findPin(list []session.Pin, req session.PinRequest) *session.Pin {
	for i := range list {
		if p := &list[i]; p.Event == req.Event && p.Script == req.Script && bytes.Equal(p.Data, req.Data) {
			return p
		}
	}
	return nil
}

// pinsDone tells what came of it, and brings an open list up to date.
func (a *App) pinsDone(m pinned) tea.Cmd {
	if d, ok := a.dialog.(*pinsDialog); ok && m.err == nil {
		d.take(m.list)
	}
	if m.err != nil {
		return a.say(true, "pin: %v", m.err)
	}
	if m.text == "" {
		return nil
	}
	return a.say(false, "%s", m.text)
}

// bisect looks for what changed a pin.
func (a *App) bisect(pin session.Pin) tea.Cmd {
	p, no := a.pinner()
	if p == nil {
		return no
	}
	said := a.say(false, "looking for what changed %s.%s", pin.Script, pin.Event)
	return tea.Batch(said, a.guard("bisect", func(ctx context.Context) tea.Msg {
		c, err := p.Bisect(ctx, pin.ID)
		return bisected{pin, c, err}
	}))
}

func (a *App) bisectDone(m bisected) tea.Cmd {
	if m.err != nil {
		return a.say(true, "bisect: %v", m.err)
	}
	if d, ok := a.dialog.(*pinsDialog); ok {
		d.culprits[m.pin.ID] = m.culprit
	}
	return a.say(false, "%s.%s was changed by %s", m.pin.Script, m.pin.Event, culpritText(m.culprit))
}

func culpritText(c session.Culprit) string {
	if c.Unit == "" {
		return "report " + lineNo(c.Report) + ", by several of its units together"
	}
	return c.Unit + " in report " + lineNo(c.Report)
}

// undoCulprit rolls back the unit, or the report, that changed a pin.
func (a *App) undoCulprit(c session.Culprit) tea.Cmd {
	return a.makeReport("undo", func(ctx context.Context) (interp.Report, error) {
		if c.Unit == "" {
			return a.session.Rollback(ctx, c.Script, "", 0, c.Report)
		}
		return a.session.Rollback(ctx, c.Script, c.Unit, c.From, 0)
	})
}
