package session

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"hotloop/interp"
)

// Handler answers an event in the program itself. To whoever fires it, on a
// screen, over the socket or as a tool, it is one more handler of its script.
type Handler struct {
	Script string `json:"script"` // that it stands with
	Name   string `json:"name"`   // of the event, a word
	// About says what it does, for the title of a form: "request through Stamp
	// on http://localhost:8080".
	About string `json:"about,omitempty"`
	// Params is what data it takes, for forms; Check what is wrong with some
	// that its shape allows. Nil allows everything.
	Params  []interp.FieldShape              `json:"params"`
	Check   func(data json.RawMessage) error `json:"-"`
	Example json.RawMessage                  `json:"example,omitempty"` // data to begin with; it is among SavedEvents
	// Notes are shown with the form, such as how the program is configured.
	Notes []Detail `json:"notes,omitempty"`
	// Handle does it. The context ends with the event's time or with whoever
	// fired it. Its error is that of the call.
	Handle func(ctx context.Context, data json.RawMessage) (Answer, error) `json:"-"`
}

// Answer is what a Handler gives: a value as text and as what JSON can hold,
// and details to be shown with it. A large value is best given as a
// json.RawMessage: then the log, which is bounded, knows its size.
type Answer struct {
	Type, Text string
	Value      any
	Details    []Detail
	Output     string // that the script wrote meanwhile
}

// Handle has the program answer an event, in place of a function of that name
// and of the Handler before, if there was one.
func (s *Session) Handle(h Handler) {
	h.Params, h.Notes = slices.Clone(h.Params), slices.Clone(h.Notes)
	s.mu.Lock()
	s.handlers = append(slices.DeleteFunc(slices.Clone(s.handlers), func(o *Handler) bool {
		return o.Script == h.Script && o.Name == h.Name
	}), &h)
	s.mu.Unlock()
	s.changed.bump()
}

// Handlers lists the events that the program answers itself. What it gives is
// to be read; events are fired with Fire.
func (s *Session) Handlers(context.Context) ([]Handler, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Handler
	for _, h := range s.handlers {
		out = append(out, *h)
	}
	return out, nil
}

// handlerOf finds what the program itself answers an event with, if it does.
func (s *Session) handlerOf(req FireRequest) *Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	script, name := req.Script, req.Event
	if i := strings.LastIndexByte(name, '.'); script == "" && i >= 0 {
		script, name = name[:i], name[i+1:]
	}
	for _, h := range s.handlers {
		if h.Name == name && (script == "" || script == h.Script) {
			return h
		}
	}
	return nil
}

// answer fires an event at a handler of the program's.
func (s *Session) answer(ctx context.Context, h *Handler, req FireRequest) (Event, error) {
	ev, _, done, err := s.begin(req, h.Name, 1)
	if err != nil {
		return Event{}, err
	}
	defer done()
	c := interp.Call{Script: h.Script, Function: h.Name, Returns: []interp.Value{}}
	began := time.Now()
	a, err := Answer{}, error(nil)
	kind := interp.ErrArguments
	if h.Check != nil {
		err = h.Check(ev.Data)
	}
	if err == nil {
		kind = interp.ErrError
		a, err = h.Handle(ctx, ev.Data)
	}
	c.DurationUs = time.Since(began).Microseconds()
	switch {
	case err != nil && ctx.Err() != nil:
		c.Error = endedBy(ctx)
	case err != nil:
		c.Error = &interp.CallError{Kind: kind, Message: err.Error()}
	default:
		c.Returns = append(c.Returns, interp.Value{Type: a.Type, Text: a.Text, Value: a.Value})
	}
	c.Output = a.Output
	ev.Script, ev.Calls[0], ev.Program, ev.Details = h.Script, c, true, a.Details
	s.mu.Lock()
	s.running--
	s.mu.Unlock()
	s.metrics.call(&c)
	s.pins.fired(h.Script)
	logged := ev
	s.append(Entry{Script: ev.Script, Event: &logged})
	return ev, nil
}

// TellEvent puts an event into the log that the program made and answered in
// its own way. It gets a number, and a time if it has none.
func (s *Session) TellEvent(e Event) {
	e.Program, e.Data = true, slices.Clone(e.Data)
	if e.At.IsZero() {
		e.At = time.Now().Round(0)
	}
	s.mu.Lock()
	s.nextEvent++
	e.ID = s.nextEvent
	s.mu.Unlock()
	if e.Script != "" {
		s.pins.fired(e.Script)
	}
	s.append(Entry{Script: e.Script, Event: &e})
}

// examples are the events to begin with that handlers of the program's have.
func (s *Session) examples() (out []SavedEvent) {
	for _, h := range s.handlers {
		if len(h.Example) > 0 {
			out = append(out, SavedEvent{Name: h.Name, Event: h.Name, Script: h.Script, Data: h.Example})
		}
	}
	return out
}

// endedBy says how a call ended whose context did.
func endedBy(ctx context.Context) *interp.CallError {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &interp.CallError{Kind: interp.ErrTimeout, Message: "its time is over"}
	}
	return &interp.CallError{Kind: interp.ErrStopped, Message: "whoever fired it went away"}
}
