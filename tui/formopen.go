package tui

import (
	"context"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// shapeRead brings what the data of a handler looks like.
type shapeRead struct {
	handler unitID
	name    string
	stamp   int
	fields  []interp.FieldShape
	data    string // to fill in
	open    bool   // a form was asked for
	err     error
}

// readShape asks what a handler takes.
func (a *App) readShape(script string, u *interp.Unit, data string, open bool) tea.Cmd {
	m := shapeRead{handler: unitID{script, u.Key}, name: u.Name, stamp: a.stamps[script], data: data, open: open}
	return a.guard("read the handler's parameters", func(ctx context.Context) tea.Msg {
		m.fields, m.err = a.session.Shape(ctx, m.handler.script, m.name)
		return m
	})
}

// openForm asks for a form of the handler that is meant: the one typed in the
// fire line, or the one under the cursor, with the data it would be fired with.
func (a *App) openForm() tea.Cmd {
	if a.focused == paneFire {
		if script, u := a.fire.target(); u != nil {
			_, data, _ := splitEvent(a.fire.String())
			if data == "" {
				_, data, _ = splitEvent(a.fire.lineFor(script, u))
			}
			return a.readShape(script, u, data, true)
		}
		if name, data, _ := splitEvent(a.fire.String()); name != "" {
			return a.openComposerWith(name, data)
		}
		return a.say(false, "type a handler's name first")
	}
	u := a.scripts.handler()
	if u == nil {
		return a.say(false, "select a handler to fill in its data")
	}
	_, data, _ := splitEvent(a.fire.lineFor(a.scripts.scriptName(), u))
	return a.readShape(a.scripts.scriptName(), u, data, true)
}

// shapeArrived opens a form, or brings the open one up to date.
func (a *App) shapeArrived(m shapeRead) tea.Cmd {
	f, _ := a.dialog.(*formDialog)
	if m.err == nil {
		a.fire.shapes[m.handler] = knownShape{m.stamp, m.fields}
		if a.focused == paneFire && !a.fire.popup.history && !a.fire.popup.moved {
			a.fire.complete(false)
		}
	}
	switch {
	case m.err != nil && m.open:
		return a.say(true, "%v", m.err)
	case m.err != nil:
		return nil
	case m.open && len(m.fields) == 0:
		return a.say(false, "%s takes no data", clean(m.name))
	case m.open:
		f = &formDialog{handler: m.handler, name: m.name, stamp: m.stamp, root: newForm(m.fields)}
		if left := f.root.fill(m.data); len(left) > 0 {
			f.note = "left out: " + strings.Join(left, ", ")
		}
		a.dialog = f
	case f != nil && f.handler == m.handler:
		was := f.root
		f.stamp, f.root = m.stamp, newForm(m.fields)
		f.root.adopt(was)
		if !f.root.like(was) {
			f.note = clean(m.name) + " has changed; what fits was kept"
		}
		f.at = min(f.at, max(len(f.root.rows())-1, 0))
		f.inKey = false
	default:
		return nil
	}
	f.suggest(a.fire.seen(m.handler.script, m.name))
	return nil
}

// followForm looks whether the script of the open form has changed: what the
// handler takes may be another thing though the handler itself is as it was.
func (a *App) followForm() tea.Cmd {
	f, ok := a.dialog.(*formDialog)
	if !ok {
		return nil
	}
	u := a.scripts.find(f.handler.script, f.name)
	if u == nil || f.stamp == a.stamps[f.handler.script] {
		return nil
	}
	f.stamp = a.stamps[f.handler.script]
	return a.readShape(f.handler.script, u, "", false)
}

// seen collects the values that a handler was given before: in the history and
// in saved events.
func (f *fireLine) seen(script, handler string) map[string][]string {
	into := map[string][]string{}
	h := f.history[askEvent]
	for i := len(h) - 1; i >= 0; i-- {
		name, data, _ := splitEvent(h[i])
		if (name == handler || name == script+"."+handler) && json.Valid([]byte(data)) {
			seenValues(into, "", json.RawMessage(data))
		}
	}
	for _, e := range f.saved {
		if name := savedName(e); name == script+"."+handler || name == handler {
			seenValues(into, "", e.Data)
		}
	}
	return into
}
