package session

import (
	"context"
	"encoding/json"
	"time"

	"hotloop/interp"
)

// The methods that a screen on a session elsewhere needs beside the others.

// screenSession is what they ask of a session.
type screenSession interface {
	SavedEvents() []SavedEvent
	SaveEvent(script string, e SavedEvent) (path string, err error)
	Pending() []Pending
	Running() int
	Versions(script, unit string) ([]UnitText, error)
	Parts(ctx context.Context, script, name string, path []string, from, n int) (interp.PartList, error)
	Shape(ctx context.Context, script, function string) ([]interp.FieldShape, error)
	Confirm(ctx context.Context, script string, ok bool) (interp.Report, error)
	SetApply(mode ApplyMode)
	Handlers(ctx context.Context) ([]Handler, error)
}

var _ screenSession = (*Session)(nil)

type watchParams struct {
	Since uint64 `json:"since"` // counter of the last answer; 0 answers at once
	From  uint64 `json:"from"`  // first entry of the log wanted
	Limit int    `json:"limit"` // most entries in the answer
}

// watchReply is what changed. There may be more entries than fit: Next then is
// after the last one given.
type watchReply struct {
	Counter uint64         `json:"counter"`
	Next    uint64         `json:"next"`
	More    bool           `json:"more"`
	Running int            `json:"running"`
	Entries []entryMessage `json:"entries"`
}

// entryMessage is an entry of the log. At most one of the pointers is set.
type entryMessage struct {
	Time    time.Time      `json:"time"`
	Script  string         `json:"script,omitempty"`
	Event   *Event         `json:"event,omitempty"`
	Report  *interp.Report `json:"report,omitempty"`
	Output  *Output        `json:"output,omitempty"`
	Crash   *Crash         `json:"crash,omitempty"`
	Dropped *Dropped       `json:"dropped,omitempty"`
	Pins    *PinReport     `json:"pins,omitempty"`
	Notice  string         `json:"notice,omitempty"`
}

type saveEventParams struct {
	Script string     `json:"script"`
	Event  SavedEvent `json:"event"`
}

type unitParams struct {
	Script string `json:"script"`
	Unit   string `json:"unit"`
}

type partsParams struct {
	Script string   `json:"script"`
	Name   string   `json:"name"`
	Path   []string `json:"path"`
	From   int      `json:"from"`
	Limit  int      `json:"limit"`
}

type shapeParams struct {
	Script   string `json:"script"`
	Function string `json:"function"`
}

type confirmParams struct {
	Script string `json:"script"`
	OK     bool   `json:"ok"`
}

type applyParams struct {
	Mode ApplyMode `json:"mode"`
}

// mostEntries is what one answer of session.watch has at most.
const mostEntries = 1000

// screenMethod is method for those that need a screenSession.
func screenMethod[P any](do func(context.Context, screenSession, P) (any, error)) rpcMethod {
	return method(func(ctx context.Context, s rpcSession, p P) (any, error) {
		full, ok := s.(screenSession)
		if !ok {
			return nil, &rpcError{Code: codeNoMethod, Message: "this session has no screen elsewhere"}
		}
		return do(ctx, full, p)
	})
}

func init() { // a literal would refer to itself through the fake of the tests
	for name, m := range map[string]rpcMethod{
		"session.watch": method(watchLog),
		"session.events": screenMethod(func(_ context.Context, s screenSession, _ noParams) (any, error) {
			return map[string]any{"events": orEmpty(s.SavedEvents())}, nil
		}),
		"session.saveEvent": screenMethod(func(_ context.Context, s screenSession, p saveEventParams) (any, error) {
			path, err := s.SaveEvent(p.Script, p.Event)
			return orError(map[string]any{"path": path}, err)
		}),
		"session.pending": screenMethod(func(_ context.Context, s screenSession, _ noParams) (any, error) {
			return map[string]any{"pending": orEmpty(s.Pending())}, nil
		}),
		"session.confirm": screenMethod(func(ctx context.Context, s screenSession, p confirmParams) (any, error) {
			if err := need("script", p.Script); err != nil {
				return nil, err
			}
			return reportOrError(s.Confirm(ctx, p.Script, p.OK))
		}),
		"session.versions": screenMethod(func(_ context.Context, s screenSession, p unitParams) (any, error) {
			if err := need("script", p.Script, "unit", p.Unit); err != nil {
				return nil, err
			}
			list, err := s.Versions(p.Script, p.Unit)
			return orError(map[string]any{"versions": orEmpty(list)}, err)
		}),
		"session.parts": screenMethod(func(ctx context.Context, s screenSession, p partsParams) (any, error) {
			if err := need("script", p.Script, "name", p.Name); err != nil {
				return nil, err
			}
			return orError(s.Parts(ctx, p.Script, p.Name, p.Path, p.From, p.Limit))
		}),
		"session.shape": screenMethod(func(ctx context.Context, s screenSession, p shapeParams) (any, error) {
			if err := need("script", p.Script, "function", p.Function); err != nil {
				return nil, err
			}
			shape, err := s.Shape(ctx, p.Script, p.Function)
			return orError(map[string]any{"params": orEmpty(shape)}, err)
		}),
		"session.handlers": screenMethod(func(ctx context.Context, s screenSession, _ noParams) (any, error) {
			list, err := s.Handlers(ctx)
			return orError(map[string]any{"handlers": orEmpty(list)}, err)
		}),
		"session.apply": screenMethod(func(_ context.Context, s screenSession, p applyParams) (any, error) {
			switch p.Mode {
			case ApplyFunctions, ApplyFile, ApplyAsk:
				s.SetApply(p.Mode)
				return struct{}{}, nil
			}
			return nil, paramsError(`mode must be "functions", "file" or "ask", not %q`, p.Mode)
		}),
	} {
		rpcMethods[name] = m
	}
}

// watchLog waits for a change and gives what the log has got since.
func watchLog(ctx context.Context, s rpcSession, p watchParams) (any, error) {
	limit := mostEntries
	if p.Limit > 0 {
		limit = min(limit, p.Limit)
	}
	counter := p.Since
	if _, next := s.Log().Bounds(); p.From >= next { // else there is something to tell already
		var err error
		if counter, err = s.Changed(ctx, p.Since); err != nil {
			return nil, err
		}
	}
	entries := s.Log().Window(p.From, limit)
	reply := watchReply{Counter: counter, Next: p.From, Entries: []entryMessage{}}
	for _, e := range entries {
		reply.Entries = append(reply.Entries, messageOf(e))
		reply.Next = e.Seq + 1
	}
	_, next := s.Log().Bounds()
	reply.More = reply.Next < next && len(entries) > 0
	if full, ok := s.(screenSession); ok {
		reply.Running = full.Running()
	}
	return reply, nil
}

func messageOf(e Entry) entryMessage {
	m := entryMessage{Time: e.Time, Script: e.Script, Output: e.Output, Crash: e.Crash, Dropped: e.Dropped, Notice: e.Notice}
	if e.Event != nil {
		event := wireEvent(*e.Event)
		m.Event = &event
	}
	if e.Report != nil {
		report := wireReport(*e.Report)
		m.Report = &report
	}
	if e.Pins != nil {
		pins := *e.Pins
		pins.Results = make([]PinResult, len(e.Pins.Results))
		for i := range pins.Results {
			pins.Results[i] = wirePinResult(e.Pins.Results[i])
		}
		m.Pins = &pins
	}
	return m
}

// entry is the other way. Values come as JSON, as they do from a child process.
func (m *entryMessage) entry() Entry {
	return Entry{Time: m.Time, Script: m.Script, Event: m.Event, Report: m.Report, Output: m.Output, Crash: m.Crash, Dropped: m.Dropped, Pins: m.Pins, Notice: m.Notice}
}

// errorData reads what an error of the protocol carries.
func errorData(e *rpcError, into any) bool {
	text, err := json.Marshal(e.Data)
	return err == nil && json.Unmarshal(text, into) == nil
}
