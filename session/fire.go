package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"hotloop/interp"
)

// Fire fires an event and waits for the calls it makes: of the handler of that
// name in the script that is asked for, or in every script that has one, at the
// same time. Calls are sorted by script. What a handler does wrong is in its
// call; an error means that nothing was called: there is no such script or
// handler (NotFoundError), the data is not JSON (ErrBadData), the script named
// does not run (ErrNotLoaded), or the session is closed.
//
// An event that the program answers itself (Handle) has the one call that its
// handler stands for.
//
// It waits for no save: an engine finishes what is in flight with the code it
// began with. It does wait for a script that is being loaded, no longer than
// its timeout.
func (s *Session) Fire(ctx context.Context, req FireRequest) (Event, error) {
	if len(req.Data) > 0 && !json.Valid(req.Data) {
		var v any
		return Event{}, fmt.Errorf("%w: %w", ErrBadData, json.Unmarshal(req.Data, &v))
	}
	timeout := s.cfg.Timeout
	if req.TimeoutMs != nil {
		timeout = time.Duration(*req.TimeoutMs) * time.Millisecond
	}
	wait := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	if h := s.handlerOf(req); h != nil {
		return s.answer(wait, h, req)
	}
	targets, function, err := s.targets(wait, req)
	if err != nil {
		return Event{}, err
	}
	ev, first, done, err := s.begin(req, function, len(targets))
	if err != nil {
		return Event{}, err
	}
	defer done()

	var wg sync.WaitGroup
	for i, sc := range targets {
		call := interp.CallRequest{ID: first + int64(i), Function: function, Data: ev.Data, Timeout: timeout}
		if i == len(targets)-1 {
			ev.Calls[i] = s.call(ctx, wait, sc, call)
			break
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			ev.Calls[i] = s.call(ctx, wait, sc, call)
		}()
	}
	wg.Wait()
	if len(targets) == 1 {
		ev.Script = ev.Calls[0].Script
	}
	for i := range ev.Calls {
		s.pins.fired(ev.Calls[i].Script)
	}
	logged := ev
	s.append(Entry{Script: ev.Script, Event: &logged})
	return ev, nil
}

// begin makes an event of so many calls; the numbers of these begin with first.
// done is to be called once they have ended.
func (s *Session) begin(req FireRequest, function string, calls int) (ev Event, first int64, done func(), err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return Event{}, 0, nil, ErrClosed
	}
	s.calls.Add(1)
	s.running += calls
	s.nextEvent++
	ev = Event{
		ID:     s.nextEvent,
		Source: req.Source,
		Name:   function,
		Script: req.Script,
		Data:   slices.Clone(req.Data),
		Calls:  make([]interp.Call, calls),
		At:     time.Now().Round(0),
	}
	first = s.nextCall + 1
	s.nextCall += int64(calls)
	s.mu.Unlock()
	records := []*record{s.record, s.history}
	for _, r := range records {
		if r != nil {
			r.began(ev)
		}
	}
	s.changed.bump()
	return ev, first, func() {
		for _, r := range records {
			if r != nil {
				r.ended(ev.ID)
			}
		}
		s.calls.Done()
	}, nil
}

// targets finds the scripts that an event reaches and the handler's name.
func (s *Session) targets(ctx context.Context, req FireRequest) ([]*script, string, error) {
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, "", ErrClosed
		}
		found, function, loading, err := s.lookup(req)
		s.mu.Unlock()
		if err == nil {
			return found, function, nil
		}
		if loading == nil {
			return nil, "", err
		}
		// A script that has never been up may have it.
		select {
		case <-loading:
		case <-ctx.Done():
			return nil, "", err
		}
	}
}

// lookup is one look of targets, with mu held. When it fails, loading is the
// settled channel of a script that might yet turn out to have the handler.
func (s *Session) lookup(req FireRequest) (found []*script, function string, loading <-chan struct{}, err error) {
	function = req.Event
	name := req.Script
	if name == "" {
		if i := strings.LastIndexByte(function, '.'); i >= 0 {
			name, function = function[:i], function[i+1:]
		}
	}
	var scripts []*script
	if name == "" {
		scripts = s.sorted()
	} else {
		sc, err := s.find(name)
		if err != nil {
			return nil, function, nil, err
		}
		scripts = []*script{sc}
	}
	var handlers []string
	for _, sc := range scripts {
		if sc.handles(function) {
			found = append(found, sc)
			continue
		}
		if !sc.loaded && sc.settled != nil {
			loading = sc.settled
		}
		handlers = append(handlers, sc.handlers()...)
	}
	switch {
	case len(found) > 0:
		return found, function, nil, nil
	case name != "" && !scripts[0].loaded && loading == nil:
		return nil, function, nil, scripts[0].notLoaded()
	}
	slices.Sort(handlers)
	handlers = slices.Compact(handlers)
	return nil, function, loading, &NotFoundError{What: "handler", Name: function, In: name, Nearest: nearest(function, handlers)}
}

// handles says whether a function of this name can be fired, with s.mu held.
func (sc *script) handles(function string) bool {
	i, ok := sc.index["func "+function]
	return ok && fireable(&sc.units[i])
}

// handlers names what can be fired, with s.mu held.
func (sc *script) handlers() []string {
	var out []string
	for i := range sc.units {
		if fireable(&sc.units[i]) {
			out = append(out, sc.units[i].Name)
		}
	}
	return out
}

// fireable says whether a unit is a handler: a function of the script's own
// that Go lets one call by its name.
func fireable(u *interp.Unit) bool {
	return u.Kind == interp.KindFunc && u.Name != "init" && u.Name != "_" && u.Key == "func "+u.Name && !strings.Contains(u.Name, ".")
}

// call makes one call of an event. wait bounds the waiting for a load, ctx the
// call itself.
func (s *Session) call(ctx, wait context.Context, sc *script, req interp.CallRequest) interp.Call {
	defer func() {
		s.mu.Lock()
		s.running--
		s.mu.Unlock()
	}()
	began := time.Now()
	c := interp.Call{Function: req.Function}
	e, err := sc.acquire(wait)
	if err == nil {
		// The engine ends a call at its deadline. One that cannot, because its
		// process was stopped or starves, must not keep whoever fired.
		bounded, cancel := ctx, context.CancelFunc(func() {})
		if req.Timeout > 0 {
			bounded, cancel = context.WithTimeout(ctx, req.Timeout+s.overdue)
		}
		c, err = e.Call(bounded, req)
		if err != nil {
			c = interp.Call{Function: req.Function, Error: s.callError(bounded, e, err)}
			if c.Error.Kind == interp.ErrCrashed {
				s.mu.Lock()
				sc.fatal = true
				s.mu.Unlock()
			}
		}
		cancel()
		s.release(e)
	} else {
		c.Error = &interp.CallError{Kind: interp.ErrCrashed, Message: err.Error()}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			c.Error = &interp.CallError{Kind: interp.ErrTimeout, Message: "the script was still being loaded"}
		case errors.Is(err, context.Canceled), errors.Is(err, ErrClosed):
			c.Error.Kind = interp.ErrStopped
		}
	}
	if c.DurationUs == 0 {
		c.DurationUs = time.Since(began).Microseconds()
	}
	if c.Returns == nil {
		c.Returns = []interp.Value{}
	}
	s.count(sc, &c)
	return c
}

// count books a call on the unit of its handler.
func (s *Session) count(sc *script, c *interp.Call) {
	s.metrics.call(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Script = sc.name
	key := "func " + c.Function
	if i, ok := sc.index[key]; ok && c.Version == 0 {
		c.Version = sc.units[i].Version
	}
	n := sc.memory.counts[key]
	if n == nil {
		n = new(counts)
		sc.memory.counts[key] = n
	}
	n.calls++
	if c.Error != nil {
		n.errors++
	}
	if c.Error == nil || c.Error.Kind != interp.ErrCrashed {
		sc.crashes.n = 0 // it works in between, so it is not a loop
	}
	n.lastUs = c.DurationUs
	sc.touch()
}

// callError says how a call ended whose engine gave an error.
func (s *Session) callError(ctx context.Context, e *engine, err error) *interp.CallError {
	if !errors.Is(err, ErrEngineGone) {
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			s.probe(e)
			return &interp.CallError{Kind: interp.ErrTimeout, Message: "its time is over and the script's process does not answer; it is ended if that goes on"}
		case ctx.Err() != nil:
			return &interp.CallError{Kind: interp.ErrStopped, Message: "whoever fired it went away"}
		}
		return &interp.CallError{Kind: interp.ErrError, Message: "the engine could not make the call: " + err.Error()}
	}
	s.mu.Lock()
	retired, closed := e.retired, s.closed
	s.mu.Unlock()
	switch {
	case retired != "":
		return &interp.CallError{Kind: interp.ErrStopped, Message: retired}
	case closed:
		return &interp.CallError{Kind: interp.ErrStopped, Message: ErrClosed.Error()}
	}
	exit := s.exitOf(e)
	return &interp.CallError{Kind: interp.ErrCrashed, Message: exit.Reason, Trace: exit.Trace}
}

// goneError says more about the error of an engine that ended, and lets every
// other error be.
func (s *Session) goneError(sc *script, e *engine, err error) error {
	if !errors.Is(err, ErrEngineGone) {
		return err
	}
	return fmt.Errorf("%s: %w: %s", sc.title(), ErrEngineGone, s.callError(context.Background(), e, err).Message)
}
