package tui

import (
	"slices"
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// asking is what the line at the bottom takes.
type asking int

const (
	askEvent asking = iota // an event to fire
	askExpr                // an expression for a script
	askValue               // a value for a variable
	askCount
)

const historyKept = 500

// fireLine is the line at the bottom. It never loses what was typed: leaving
// it, an error, and the other things it can ask for all keep the text.
type fireLine struct {
	input
	ink     *inks
	scripts []interp.Script
	saved   []session.SavedEvent

	asks     asking
	drafts   [askCount]string // texts of what is not being asked now
	script   string           // whom an expression or value is for
	variable string

	history [askCount][]string
	kept    LineHistory // nil when the session keeps none
	walked  int         // how far up the history, 0 for the draft
	draft   string

	popup  popup
	check  dataCheck // of the data typed
	strict bool      // somebody tried to fire it: say what is missing too
	last   session.FireRequest
	shown  []answer // outcomes of expressions, newest last
	shapes map[unitID]knownShape
}

const answersShown = 6

func newFireLine(k *inks) *fireLine { return &fireLine{ink: k, shapes: map[unitID]knownShape{}} }

func (f *fireLine) focus() { f.edited() }

// blur leaves the line: it takes events again, with what was typed for one.
func (f *fireLine) blur() {
	if f.asks != askEvent {
		f.ask(askEvent, "", "", "")
	}
	f.popup = popup{}
}

// ask switches what the line takes and brings back what was typed for it.
func (f *fireLine) ask(what asking, script, variable, text string) {
	f.drafts[f.asks] = f.String()
	fresh := what == askValue && (f.script != script || f.variable != variable)
	if what != askEvent {
		f.script, f.variable = script, variable
	}
	if f.asks != what || fresh {
		f.set(f.drafts[what])
	}
	f.asks = what
	if fresh {
		f.set(text)
	}
	f.walked = 0
	f.edited()
}

// put replaces an event's text, keeping what was typed in the history.
func (f *fireLine) put(text string) {
	f.ask(askEvent, "", "", "")
	if old := f.String(); old != text {
		f.remember(old)
	}
	f.set(text)
	f.walked = 0
	f.edited()
	f.popup = popup{}
}

// edited follows a change of the text or the cursor.
func (f *fireLine) edited() {
	f.strict = false
	f.recheck()
	f.complete(false)
}

// recheck looks at the data typed.
func (f *fireLine) recheck() {
	f.check = dataCheck{}
	if f.asks == askEvent {
		_, data, _ := splitEvent(f.String())
		f.check = checkData(data)
	}
}

// remember puts a line at the end of the history, once.
func (f *fireLine) remember(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	h := f.history[f.asks]
	if i := slices.Index(h, text); i >= 0 {
		h = slices.Delete(h, i, i+1)
	}
	h = append(h, text)
	if len(h) > historyKept {
		h = h[1:]
	}
	f.history[f.asks] = h
	f.keep(text)
	f.walked = 0
}

// walk goes n lines back (or forth, n < 0) in the history. What was being
// typed is the last line of it.
func (f *fireLine) walk(n int) {
	h := f.history[f.asks]
	to := min(max(f.walked+n, 0), len(h))
	if to == f.walked {
		return
	}
	if f.walked == 0 {
		f.draft = f.String()
	}
	f.walked = to
	if to == 0 {
		f.set(f.draft)
	} else {
		f.set(h[len(h)-to])
	}
	f.strict = false
	f.recheck()
	f.popup = popup{}
}

// request makes a fire request of "script.Handler" or "Handler".
func request(name, data string) session.FireRequest {
	req := session.FireRequest{Event: name, Data: rawData(strings.TrimSpace(data))}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		req.Script, req.Event = name[:i], name[i+1:]
	}
	return req
}

// splitEvent cuts the last event of a line into its name and data; at is where
// the data begins.
func splitEvent(text string) (name, data string, at int) {
	lead := lastStep(text)
	end := strings.IndexAny(text[lead:], " {[\"")
	if end < 0 {
		return text[lead:], "", len(text)
	}
	end += lead
	at = end
	for at < len(text) && text[at] == ' ' {
		at++
	}
	return text[lead:end], text[at:], at
}

// target is the handler that the typed event names, nil when it names none or
// several with the same name.
func (f *fireLine) target() (script string, u *interp.Unit) {
	name, _, _ := splitEvent(f.String())
	found := 0
	for i := range f.scripts {
		sc := &f.scripts[i]
		for j := range sc.Units {
			v := &sc.Units[j]
			if isHandler(v) && (v.Name == name || sc.Name+"."+v.Name == name) {
				script, u = sc.Name, v
				found++
			}
		}
	}
	if found != 1 {
		return "", nil
	}
	return script, u
}

// known says whether some handler has the typed name.
func (f *fireLine) known() bool {
	name, _, _ := splitEvent(f.String())
	for i := range f.scripts {
		sc := &f.scripts[i]
		for j := range sc.Units {
			if v := &sc.Units[j]; isHandler(v) && (v.Name == name || sc.Name+"."+v.Name == name) {
				return true
			}
		}
	}
	return false
}

// savedName is a saved event as the fire line writes it: "script.Handler".
func savedName(e session.SavedEvent) string {
	if e.Script != "" && !strings.Contains(e.Event, ".") {
		return e.Script + "." + e.Event
	}
	return e.Event
}

// savedFor gives the first saved event of a handler.
func savedFor(saved []session.SavedEvent, script, handler string) (session.SavedEvent, bool) {
	for _, e := range saved {
		name, of := e.Event, e.Script
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			of, name = name[:i], name[i+1:]
		}
		if name == handler && (of == script || of == "") {
			return e, true
		}
	}
	return session.SavedEvent{}, false
}

// lineFor is what the fire line holds for a handler: its name with saved data,
// or else an example.
func (f *fireLine) lineFor(script string, u *interp.Unit) string {
	name := script + "." + u.Name
	if e, ok := savedFor(f.saved, script, u.Name); ok {
		return strings.TrimSpace(name + " " + string(e.Data))
	}
	return strings.TrimSpace(name + " " + exampleData(u.Params))
}
