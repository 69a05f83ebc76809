package tui

import (
	"context"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
)

// askSaveEvent asks for the name under which an event is written to the file
// beside its script.
func (a *App) askSaveEvent(script, handler, data string) tea.Cmd {
	back := a.dialog
	p := &prompt{title: "Save " + clean(script+"."+handler), about: "its name in events.jsonl; an event with the same name is replaced"}
	for _, e := range a.fire.saved {
		if savedName(e) == script+"."+handler && sameJSON(string(e.Data), data) {
			p.set(e.Name)
		}
	}
	p.done = func(a *App, name string) tea.Cmd {
		a.dialog = back
		e := session.SavedEvent{Name: name, Event: handler, Data: rawData(strings.TrimSpace(data))}
		return a.guard("save the event", func(context.Context) tea.Msg {
			path, err := a.session.SaveEvent(script, e)
			return eventSaved{name, path, err}
		})
	}
	a.dialog = p
	return nil
}

// saveTyped saves the event typed in the fire line.
func (a *App) saveTyped() tea.Cmd {
	script, u := a.fire.target()
	if u == nil {
		return a.say(false, "only an event of a known handler can be saved")
	}
	_, data, _ := splitEvent(a.fire.String())
	if a.fire.check = checkData(data); a.fire.check.problem != "" {
		a.fire.strict = true
		return nil
	}
	return a.askSaveEvent(script, u.Name, data)
}

// eventSaved says that an event is in its file.
type eventSaved struct {
	name, path string
	err        error
}

func sameJSON(x, y string) bool {
	compact := func(s string) string {
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			return s
		}
		b, err := json.Marshal(v)
		if err != nil {
			return s
		}
		return string(b)
	}
	return compact(x) == compact(y)
}
