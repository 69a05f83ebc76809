package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hotloop/interp"
)

// Pin is an event that fires by itself after each report of its script that
// went live. Unless it is Live, it fires on a copy of the script's state.
type Pin struct {
	ID     int             `json:"id"`
	Event  string          `json:"event"`
	Script string          `json:"script"`
	Data   json.RawMessage `json:"data,omitempty"`
	Live   bool            `json:"live,omitempty"`
	// Before and Last are the last two runs; nil until there were any. Changes
	// is how they differ, Report what Last was fired after.
	Before  *PinRun  `json:"before,omitempty"`
	Last    *PinRun  `json:"last,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	// Paused says why the pin does not fire for the time being.
	Paused string `json:"paused,omitempty"`
}

// PinRun is one run of a pin. Report is the last report of the script before it.
type PinRun struct {
	interp.Trial
	Report int       `json:"report"`
	Time   time.Time `json:"time"`
}

// PinResult is what a run of a pin came to against the run before it.
type PinResult struct {
	ID      int             `json:"id"`
	Event   string          `json:"event"`
	Script  string          `json:"script"`
	Data    json.RawMessage `json:"data,omitempty"`
	Report  int             `json:"report"` // what it was fired after
	Before  *PinRun         `json:"before"` // nil when there was none
	After   *PinRun         `json:"after"`
	Changed bool            `json:"changed"`
	Diff    []Change        `json:"diff"`
	// Moved says that events changed the state between the two runs, so that
	// not everything in Diff need come from the edit.
	Moved bool `json:"moved,omitempty"`
}

// PinReport is what the pins of a script came to after a report.
type PinReport struct {
	Script    string      `json:"script"`
	Report    int         `json:"report"`
	Unchanged int         `json:"unchanged"`
	Results   []PinResult `json:"results"` // all, by ID
}

// PinRequest asks for a pin. Script empty means every script that has a handler
// of that name.
type PinRequest struct {
	Event  string
	Script string
	Data   json.RawMessage
	Live   bool
}

// Bounds of pins.
const (
	maxPins     = 200
	pinTimeout  = 2 * time.Second        // at most: saves wait for what is on its way
	pinQuiet    = 300 * time.Millisecond // without events before pins are brought up to date
	pinCheap    = 200 * time.Millisecond // what that may have taken the last time
	pinPatience = 10 * time.Second       // over the deadlines of the calls
)

var errTooManyPins = fmt.Errorf("there are %d pins already", maxPins)

// Pin pins an event and fires it for the first time, so that there is something
// to compare with. What is pinned already is not pinned again.
func (s *Session) Pin(ctx context.Context, req PinRequest) ([]Pin, error) {
	if len(req.Data) > 0 && !json.Valid(req.Data) {
		var v any
		return nil, fmt.Errorf("%w: %w", ErrBadData, json.Unmarshal(req.Data, &v))
	}
	if h := s.handlerOf(FireRequest{Event: req.Event, Script: req.Script}); h != nil {
		return nil, fmt.Errorf("%s is answered by the program: only functions of scripts can be pinned", h.Name)
	}
	targets, function, err := s.targets(ctx, FireRequest{Event: req.Event, Script: req.Script})
	if err != nil {
		return nil, err
	}
	var ids []int
	for _, sc := range targets {
		p := Pin{Event: function, Script: sc.title(), Data: slices.Clone(req.Data), Live: req.Live}
		id, err := s.pins.add(p)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	s.savePins()
	for _, sc := range targets {
		s.runPins(ctx, sc, 0, false)
	}
	s.changed.bump()
	return slices.DeleteFunc(s.Pins(), func(p Pin) bool { return !slices.Contains(ids, p.ID) }), nil
}

// Unpin takes a pin away.
func (s *Session) Unpin(id int) error {
	if !s.pins.remove(id) {
		return &NotFoundError{What: "pin", Name: fmt.Sprint(id)}
	}
	s.savePins()
	s.changed.bump()
	return nil
}

// Pins lists the pins, by ID.
func (s *Session) Pins() []Pin { return s.pins.snapshot() }

// runPins fires the pins of a script and, unless quiet, logs what they came to.
// report is what they are fired after; 0 fires only those that never ran, and
// brings the others up to date when quiet is set.
func (s *Session) runPins(ctx context.Context, sc *script, report int, quiet bool) {
	s.pins.running.Lock()
	defer s.pins.running.Unlock()
	name := sc.title()
	list, moved := s.pins.due(name, report, quiet)
	if len(list) == 0 {
		return
	}
	began := time.Now()
	runs, err := s.tryPins(ctx, sc, list)
	if report == 0 {
		report = s.lastReport(name)
	}
	out := PinReport{Script: name, Report: report}
	pace := map[int]Change{}
	if err == nil && !moved { // with another state another time may be right
		pace = s.paces(ctx, sc, list, runs)
	}
	for i := range list {
		var more []Change
		if c, ok := pace[list[i].ID]; ok && !quiet {
			more = append(more, c)
		}
		r := s.pins.took(list[i].ID, runs[i], report, moved, quiet, more)
		if r == nil {
			continue
		}
		if out.Results = append(out.Results, *r); !r.Changed {
			out.Unchanged++
		}
	}
	s.pins.spent(name, time.Since(began))
	switch {
	case errors.Is(err, ErrClosed) || ctx.Err() != nil:
	case err != nil && !quiet:
		s.notice(name, fmt.Sprintf("the pins of %s could not be fired: %v", name, err))
	}
	if len(out.Results) > 0 && !quiet {
		s.append(Entry{Script: name, Pins: &out})
	}
}

// tryPins makes the calls of pins. Those that were under way when the script's
// process ended are nil and paused.
func (s *Session) tryPins(ctx context.Context, sc *script, list []Pin) (runs []*interp.Trial, err error) {
	runs = make([]*interp.Trial, len(list))
	timeout := pinTimeout
	if s.cfg.Timeout > 0 {
		timeout = min(timeout, s.cfg.Timeout)
	}
	for i := 0; i < len(list); {
		// After an end of the process they go one by one, until it is known
		// which of them ends it.
		n := len(list)
		if list[i].alone() {
			n = i + 1
		}
		var reqs []interp.TrialRequest
		for _, p := range list[i:n] {
			reqs = append(reqs, interp.TrialRequest{Live: p.Live, CallRequest: interp.CallRequest{Function: p.Event, Data: p.Data, Timeout: timeout}})
		}
		e, err := sc.acquire(ctx)
		if err != nil {
			return runs, err
		}
		t, ok := e.Engine.(trier)
		if !ok {
			s.release(e)
			return runs, errNoTrier
		}
		bounded, cancel := context.WithTimeout(ctx, time.Duration(len(reqs))*(timeout+s.overdue)+pinPatience)
		trials, err := t.Try(bounded, reqs)
		cancel()
		s.release(e)
		if err != nil {
			err = s.goneError(sc, e, err)
			if errors.Is(err, ErrEngineGone) && ctx.Err() == nil {
				s.pins.pause(list[i:n])
			}
			return runs, err
		}
		for k := range trials {
			trials[k].Call.Script = list[i+k].Script
			runs[i+k] = &trials[k]
		}
		i = n
	}
	return runs, nil
}

// lastReport is the number of the last report of a script that went live.
func (s *Session) lastReport(script string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range slices.Backward(s.reports) {
		if r.Script == script && wentLive(&r) {
			return r.ID
		}
	}
	return 0
}

func wentLive(r *interp.Report) bool {
	return r.Status == interp.StatusLive || r.Status == interp.StatusReloaded
}

// firePins is the goroutine that fires pins after reports, and brings those on
// copies up to date when events were fired and none is any more: what an edit
// did then shows against the state as it was right before.
func (s *Session) firePins() {
	defer s.wg.Done()
	quiet := time.NewTimer(time.Hour)
	defer quiet.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-quiet.C:
			for _, name := range s.pins.stale() {
				if sc, err := s.script(name); err == nil {
					s.runPins(s.ctx, sc, 0, true)
				}
			}
		case <-s.pins.wake:
			for {
				due, ok := s.pins.next()
				if !ok {
					break
				}
				if sc, err := s.script(due.script); err == nil {
					s.runPins(s.ctx, sc, due.report, false)
				}
			}
			quiet.Reset(pinQuiet)
		}
	}
}

// comparePins says how a run differs from the one before.
func comparePins(before, after *PinRun) []Change {
	var c comparison
	c.calls(&before.Call, &after.Call)
	if before.Why == "" && after.Why == "" {
		c.touched(before.Touched, after.Touched)
	}
	return c.changes()
}
