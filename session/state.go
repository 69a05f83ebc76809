package session

import (
	"context"
	"errors"

	"hotloop/interp"
)

// setter says what gave a variable its value, and which value that was.
type setter struct {
	by   string // "load", "report 3", "set"
	text string // empty when not known
}

// Eval evaluates an expression, or runs a statement, in a script's package.
func (s *Session) Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Value{}, nil, err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return interp.Value{}, nil, err
	}
	defer s.release(e)
	defer s.changed.bump() // it may have set anything
	defer s.pins.fired(sc.title())
	v, fail, err := e.Eval(ctx, code)
	return v, fail, s.goneError(sc, e, err)
}

// State lists the variables of a script, sorted by name.
func (s *Session) State(ctx context.Context, script string) ([]interp.Var, error) {
	sc, err := s.script(script)
	if err != nil {
		return nil, err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer s.release(e)
	vars, err := e.State(ctx)
	if err != nil {
		return nil, s.goneError(sc, e, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range vars {
		v := &vars[i]
		set, known := sc.setBy[v.Name]
		switch {
		case known && (set.text == "" || set.text == v.Text):
			v.SetBy = set.by
		case known:
			v.SetBy = "script"
		case v.SetBy == "":
			v.SetBy = "load"
		}
	}
	return vars, nil
}

// Set assigns the value of an expression to a variable of a script.
func (s *Session) Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	sc, err := s.script(script)
	if err != nil {
		return before, after, nil, err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return before, after, nil, err
	}
	defer s.release(e)
	before, after, fail, err = e.Set(ctx, name, expr)
	if err == nil && fail == nil {
		s.mu.Lock()
		sc.setBy[name] = setter{by: "set", text: after.Text}
		title := sc.name
		s.mu.Unlock()
		s.pins.fired(title)
		s.notice(title, name+" was set from "+before.Text+" to "+after.Text)
	}
	return before, after, fail, s.goneError(sc, e, err)
}

// stopCalls has an engine end its calls. One that does not answer is ended.
func (s *Session) stopCalls(ctx context.Context, e *engine) (int, error) {
	bounded, cancel := context.WithTimeout(ctx, s.overdue)
	defer cancel()
	n, err := e.Stop(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		s.probe(e)
		err = errors.New("the script's process does not answer; it is ended if that goes on")
	}
	return n, err
}

// Stop ends all calls in flight of a script, or of all for an empty name, and
// says how many there were.
func (s *Session) Stop(ctx context.Context, name string) (int, error) {
	all := s.list()
	if name != "" {
		sc, err := s.script(name)
		if err != nil {
			return 0, err
		}
		all = []*script{sc}
	}
	stopped := 0
	for _, sc := range all {
		s.mu.Lock()
		e := sc.eng
		if e != nil {
			e.calls++ // borrowed, without waiting for a load
		}
		s.mu.Unlock()
		if e == nil {
			continue
		}
		n, err := s.stopCalls(ctx, e)
		s.release(e)
		if errors.Is(err, ErrEngineGone) {
			continue // and its calls with it
		}
		if err != nil {
			return stopped, err
		}
		stopped += n
	}
	return stopped, nil
}
