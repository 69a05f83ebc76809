package session

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

func TestHandler(t *testing.T) {
	s := embedded(t, Host{Sources: map[string]string{"door.go": doorText + "func knock() int { return 1 }\n"}})
	refused := errors.New("nobody is there")
	s.Handle(Handler{
		Script: "door", Name: "knock", Example: json.RawMessage(`3`), Params: []interp.FieldShape{{Name: "times"}},
		Check: func(data json.RawMessage) error {
			if string(data) == `0` {
				return errors.New("at least once")
			}
			return nil
		},
		Handle: func(ctx context.Context, data json.RawMessage) (Answer, error) {
			switch string(data) {
			case `9`:
				<-ctx.Done()
				return Answer{}, ctx.Err()
			case `5`:
				return Answer{Details: []Detail{{Label: "door", Text: "shut"}}}, refused
			}
			return Answer{Type: "int", Text: string(data), Value: data, Details: []Detail{{Label: "door", Text: "open"}}}, nil
		},
	})
	fire := func(event, data string) Event {
		t.Helper()
		short := int64(20)
		e, err := s.Fire(t.Context(), FireRequest{Event: event, Data: json.RawMessage(data), TimeoutMs: &short})
		if err != nil || len(e.Calls) != 1 || !e.Program || e.Script != "door" || e.Name != "knock" {
			t.Fatalf("%+v, %v", e, err)
		}
		return e
	}
	// The program comes before the script, with and without its name.
	for _, name := range []string{"knock", "door.knock"} {
		if e := fire(name, `3`); e.Calls[0].Returns[0].Text != "3" || e.Details[0].Text != "open" || e.Source != "" {
			t.Errorf("%+v", e)
		}
	}
	for data, kind := range map[string]string{`0`: interp.ErrArguments, `5`: interp.ErrError, `9`: interp.ErrTimeout} {
		if e := fire("knock", data); e.Calls[0].Error == nil || e.Calls[0].Error.Kind != kind {
			t.Errorf("%s: %+v", data, e.Calls[0].Error)
		}
	}
	if shape, err := s.Shape(t.Context(), "door", "knock"); err != nil || len(shape) != 1 || shape[0].Name != "times" {
		t.Errorf("%+v, %v", shape, err)
	}
	if saved := s.SavedEvents(); len(saved) != 1 || saved[0].Script != "door" || string(saved[0].Data) != "3" {
		t.Errorf("%+v", saved)
	}
	if m := s.Metrics(); m.Calls != 5 || m.Errors != 3 || m.InFlight != 0 {
		t.Errorf("%+v", m)
	}
	s.TellEvent(Event{Name: "knock", Script: "door", Calls: []interp.Call{{Script: "door", Function: "knock"}}})
	if _, err := s.Call(t.Context(), "Total"); err != nil {
		t.Fatal(err)
	}
	// None of these is an event to be fired again at a script.
	calls, _ := s.logged(1, 1000, "door")
	for i, why := range worthReplaying(calls, time.Time{}) {
		if why != "the program answered it, no script" {
			t.Errorf("%d: %q", i, why)
		}
	}
	if len(calls) != 6 {
		t.Errorf("%d calls in the log", len(calls))
	}
	// The next one of that name takes its place.
	s.Handle(Handler{Script: "door", Name: "knock", Handle: func(context.Context, json.RawMessage) (Answer, error) { return Answer{Text: "new"}, nil }})
	if e := fire("knock", `3`); e.Calls[0].Returns[0].Text != "new" {
		t.Errorf("%+v", e)
	}
}

// TestHandlerElsewhere finds and fires an event of the program's over the socket.
func TestHandlerElsewhere(t *testing.T) {
	s, _, r := attached(t)
	s.Handle(Handler{
		Script: "door", Name: "knock", About: "knock at the door", Notes: []Detail{{Label: "door", Text: "oak"}},
		Params: []interp.FieldShape{{Name: "word", Shape: interp.Shape{Kind: interp.ShapeText, Pattern: "[a-z]+", Wants: "small letters"}}},
		Handle: func(_ context.Context, data json.RawMessage) (Answer, error) {
			return Answer{Text: "open", Value: map[string]any{"wide": true}, Details: []Detail{{Label: "said", Text: string(data), Mark: true}}}, nil
		},
	})
	ctx := t.Context()
	list, err := r.Handlers(ctx)
	if err != nil || len(list) != 1 || list[0].About != "knock at the door" || list[0].Params[0].Shape.Wants != "small letters" || list[0].Notes[0].Text != "oak" {
		t.Fatalf("%+v, %v", list, err)
	}
	e, err := r.Fire(ctx, FireRequest{Event: "knock", Script: "door", Data: json.RawMessage(`"please"`)})
	if err != nil || len(e.Details) != 1 || e.Details[0] != (Detail{"said", `"please"`, true}) || e.Calls[0].Returns[0].Text != "open" {
		t.Errorf("%+v, %v", e, err)
	}
	logged := waitLog(t, r, func(e Entry) bool { return e.Event != nil })
	if !logged.Event.Program || len(logged.Event.Details) != 1 {
		t.Errorf("%+v", logged.Event)
	}
	if _, err := r.Pin(ctx, PinRequest{Event: "door.knock"}); err == nil || err.Error() != "knock is answered by the program: only functions of scripts can be pinned" {
		t.Errorf("%v", err)
	}
}

// TestLogOfLargeAnswers fills the log with answers of the program's that are
// large: their size counts.
func TestLogOfLargeAnswers(t *testing.T) {
	large := json.RawMessage(`"` + strings.Repeat("x", 200_000) + `"`)
	r := newRing(ringEntries, ringBytes)
	for range 200 {
		r.append(Entry{Event: &Event{
			Program: true, Details: []Detail{{Label: "body", Text: string(large)}},
			Calls: []interp.Call{{Returns: []interp.Value{{Text: "ok", Value: large}}}},
		}})
	}
	first, next := r.Bounds()
	if n := int(next - first); n == 0 || n*2*len(large) > ringBytes {
		t.Errorf("%d entries are kept", n)
	}
}
