package session

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"hotloop/interp"
)

// ReplayRequest says which events are to be fired again. Without a record they
// are those of the log: by default what the script was sent in its last life,
// from a start to the crash, reload or restart that ended it; Script empty
// stands for all scripts whose last life ended in a crash. With a record they
// are all of that file. From and To bound the numbers in the log or record,
// both included; 0 is no bound.
type ReplayRequest struct {
	Script string
	Record string
	From   uint64
	To     uint64
}

// Replay is what came of firing events again.
type Replay struct {
	Differences []Difference   `json:"differences"`
	Same        int            `json:"same"`
	Skipped     []SkippedEvent `json:"skipped"`
	Missing     uint64         `json:"missing,omitempty"` // numbers of the range that the log has let go of
	Notices     []string       `json:"notices,omitempty"` // what of a record could not be read
}

// Difference is a call that did not end as it did before.
type Difference struct {
	Seq    uint64          `json:"seq"` // of the event that was fired again
	Script string          `json:"script"`
	Event  string          `json:"event"`
	Data   json.RawMessage `json:"data,omitempty"`
	Before interp.Call     `json:"before"`
	After  interp.Call     `json:"after"`
	What   []string        `json:"what"` // "returns", "error", "output"
	// Changes says where in these, as far as that was looked for.
	Changes []Change `json:"changes,omitempty"`
}

// SkippedEvent is an event that was not fired again.
type SkippedEvent struct {
	Seq    uint64 `json:"seq"`
	Script string `json:"script"`
	Event  string `json:"event"`
	Why    string `json:"why"`
}

// life is a span of the log: from the load of a script to its end.
type life struct {
	from, to uint64 // to is not part of it
	crashed  bool   // a crash ended it
	// died is when that was seen, zero when a call was in flight.
	died time.Time
}

// newLife begins a life with mu held, at the load of an engine.
func (sc *script) newLife() {
	_, next := sc.s.log.Bounds()
	if sc.began > 0 {
		sc.last.from, sc.last.to = sc.began, next
		sc.last.crashed, sc.last.died = sc.died != time.Time{}, sc.died
		if sc.fatal {
			sc.last.died = time.Time{}
		}
	}
	sc.began, sc.died, sc.fatal = next, time.Time{}, false
}

// pastCall is a call of a script as the log or a record has it.
type pastCall struct {
	seq    uint64
	time   time.Time
	began  time.Time // as time where that is not known
	script string
	event  string
	data   json.RawMessage
	source string
	call   interp.Call
	// program says that no script was called.
	program bool
}

// callsOf gives the calls of an event, of one script or, for "", of all.
func callsOf(seq uint64, at time.Time, e *Event, script string) (out []pastCall) {
	for _, c := range e.Calls {
		if script == "" || c.Script == script {
			out = append(out, pastCall{seq, at, at, c.Script, e.Name, e.Data, e.Source, c, e.Program})
			if !e.At.IsZero() {
				out[len(out)-1].began = e.At
			}
		}
	}
	return out
}

// logged gives the calls of a span of the log, and how many entries of it the
// log no longer holds.
func (s *Session) logged(from, to uint64, script string) (out []pastCall, missing uint64) {
	first, _ := s.log.Bounds()
	if first > from {
		missing = min(first, to) - from
	}
	for from < to {
		entries := s.log.Window(from, 1024)
		if len(entries) == 0 {
			break
		}
		for i := range entries {
			if e := &entries[i]; e.Event != nil && e.Seq < to {
				out = append(out, callsOf(e.Seq, e.Time, e.Event, script)...)
			}
		}
		from = entries[len(entries)-1].Seq + 1
	}
	return out, missing
}

// killGap is how soon before a crash an event must have ended to be taken for
// its cause when no call was in flight.
const killGap = time.Second

// worthReplaying says of each call why it is not to be fired again, "" for
// those that are. died is when the life crashed, or zero.
func worthReplaying(calls []pastCall, died time.Time) []string {
	why := make([]string, len(calls))
	killer := false
	for i, c := range calls {
		kind := ""
		if c.call.Error != nil {
			kind = c.call.Error.Kind
		}
		switch {
		case c.program:
			why[i] = "the program answered it, no script"
		case c.source == "main":
			why[i] = "main is fired by the load"
		case kind == interp.ErrCrashed:
			why[i], killer = "the script's process ended in it", true
		case kind == interp.ErrTimeout, kind == interp.ErrStopped:
			why[i] = "it did not come to its end"
		case kind == interp.ErrArguments:
			why[i] = "it did not begin"
		}
	}
	if last := len(calls) - 1; !killer && !died.IsZero() && last >= 0 && died.Sub(calls[last].time) < killGap {
		why[last] = "the script's process ended right after it"
	}
	return why
}

// offered says how many calls of the life that has just ended can be fired
// again, with no lock held.
func (sc *script) offered(from uint64, died time.Time) (n int) {
	s := sc.s
	s.mu.Lock()
	if sc.fatal {
		died = time.Time{}
	}
	s.mu.Unlock()
	_, next := s.log.Bounds()
	calls, _ := s.logged(from, next, sc.title())
	for _, why := range worthReplaying(calls, died) {
		if why == "" {
			n++
		}
	}
	return n
}

// Replay fires events again, one after the other, and compares what their calls
// come to with what they came to before. An event that ended the script's
// process, or did not come to an end, is skipped. When the process ends again,
// the rest of that script is skipped too.
func (s *Session) Replay(ctx context.Context, req ReplayRequest) (Replay, error) {
	out := Replay{Differences: []Difference{}, Skipped: []SkippedEvent{}}
	calls, why, err := s.replayed(&out, req)
	if err != nil {
		return out, err
	}
	lost := make(map[string]bool)
	for i, c := range calls {
		if why[i] == "" && lost[c.script] {
			why[i] = "the script's process ended again before it"
		}
		if why[i] != "" {
			out.Skipped = append(out.Skipped, SkippedEvent{c.seq, c.script, c.event, why[i]})
			continue
		}
		e, err := s.Fire(ctx, FireRequest{Event: c.call.Function, Script: c.script, Data: c.data, Source: "replay"})
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err != nil:
			e.Calls = []interp.Call{{Script: c.script, Function: c.call.Function, Returns: []interp.Value{}, Error: &interp.CallError{Kind: interp.ErrArguments, Message: err.Error()}}}
		}
		after := e.Calls[0]
		if after.Error != nil && after.Error.Kind == interp.ErrCrashed {
			lost[c.script] = true
		}
		if what := differs(&c.call, &after); len(what) > 0 {
			out.Differences = append(out.Differences, Difference{c.seq, c.script, c.event, c.data, c.call, after, what, compareCalls(&c.call, &after)})
		} else {
			out.Same++
		}
	}
	return out, nil
}

// replayed gives the calls that a request is about.
func (s *Session) replayed(out *Replay, req ReplayRequest) (calls []pastCall, why []string, err error) {
	if req.Script != "" {
		if _, err := s.script(req.Script); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case req.Record != "":
		calls, out.Notices, err = readCalls(req)
		return calls, worthReplaying(calls, time.Time{}), err
	case req.From > 0 || req.To > 0:
		_, next := s.log.Bounds()
		if req.To > 0 {
			next = min(next, req.To+1)
		}
		calls, out.Missing = s.logged(max(req.From, 1), next, req.Script)
		return calls, worthReplaying(calls, time.Time{}), nil
	}
	for _, sc := range s.list() {
		s.mu.Lock()
		name, l := sc.name, sc.last
		s.mu.Unlock()
		if l.from == 0 || req.Script != name && (req.Script != "" || !l.crashed) {
			continue
		}
		some, missing := s.logged(l.from, l.to, name)
		calls, why = append(calls, some...), append(why, worthReplaying(some, l.died)...)
		out.Missing += missing
	}
	return calls, why, nil
}

// readCalls gives the calls of a record.
func readCalls(req ReplayRequest) (calls []pastCall, notices []string, err error) {
	f, err := os.Open(req.Record)
	if err != nil {
		return nil, nil, fmt.Errorf("replay: %w", err)
	}
	defer f.Close()
	notices, err = ReadRecord(f, func(l RecordLine) bool {
		if l.Event != nil && l.Seq >= req.From && (req.To == 0 || l.Seq <= req.To) {
			calls = append(calls, callsOf(l.Seq, l.Time, l.Event, req.Script)...)
		}
		return true
	})
	return calls, notices, err
}

// differs says in what two calls of the same event differ. Times, versions and
// the lines of traces do not count.
func differs(before, after *interp.Call) (what []string) {
	texts := func(c *interp.Call) []string {
		var out []string
		for _, v := range c.Returns {
			out = append(out, v.Type+" "+v.Text)
		}
		return out
	}
	if !slices.Equal(texts(before), texts(after)) {
		what = append(what, "returns")
	}
	if failure(before) != failure(after) {
		what = append(what, "error")
	}
	if before.Output != after.Output {
		what = append(what, "output")
	}
	return what
}

func failure(c *interp.Call) string {
	if c.Error == nil {
		return ""
	}
	return c.Error.Kind + ": " + strings.TrimSpace(c.Error.Message)
}
