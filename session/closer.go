package session

import (
	"context"
	"errors"
	"fmt"

	"hotloop/interp"
)

// closer is what an engine can also do that lets a screen look into values and
// make forms. Engines that only stand in for one need not.
type closer interface {
	// Parts lists parts of a value, see interp.Live.Parts.
	Parts(ctx context.Context, name string, path []string, from, n int) (interp.PartList, error)
	// Shape describes the parameters of a handler, see interp.Live.Shape.
	Shape(ctx context.Context, function string) ([]interp.FieldShape, error)
}

var (
	_ closer = (*inProcess)(nil)
	_ closer = (*process)(nil)
)

var errNoCloser = errors.New("this engine does not look into values")

// Parts lists parts of a value: those from..from+n of what a path of part names
// leads to from a variable of a script.
func (s *Session) Parts(ctx context.Context, script, name string, path []string, from, n int) (interp.PartList, error) {
	return closely(ctx, s, script, func(c closer) (interp.PartList, error) { return c.Parts(ctx, name, path, from, n) })
}

// Shape describes the data that a handler takes, parameter by parameter.
func (s *Session) Shape(ctx context.Context, script, function string) ([]interp.FieldShape, error) {
	if h := s.handlerOf(FireRequest{Event: function, Script: script}); h != nil {
		return h.Params, nil
	}
	return closely(ctx, s, script, func(c closer) ([]interp.FieldShape, error) { return c.Shape(ctx, function) })
}

// closely asks the engine of a script.
func closely[T any](ctx context.Context, s *Session, script string, ask func(closer) (T, error)) (T, error) {
	return asked(ctx, s, script, errNoCloser, ask)
}

// asked asks the engine of a script something that not every engine E can
// answer; cannot is the error then.
func asked[E, T any](ctx context.Context, s *Session, script string, cannot error, ask func(E) (T, error)) (out T, err error) {
	sc, err := s.script(script)
	if err != nil {
		return out, err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return out, err
	}
	defer s.release(e)
	c, ok := e.Engine.(E)
	if !ok {
		return out, cannot
	}
	out, err = ask(c)
	return out, s.goneError(sc, e, err)
}

func (e *inProcess) Parts(_ context.Context, name string, path []string, from, n int) (interp.PartList, error) {
	live, err := e.running()
	if err != nil {
		return interp.PartList{}, err
	}
	return live.Parts(name, path, from, n)
}

func (e *inProcess) Shape(_ context.Context, function string) ([]interp.FieldShape, error) {
	live, err := e.running()
	if err != nil {
		return nil, err
	}
	return live.Shape(function)
}

// partsMessage is what frameParts carries.
type partsMessage struct {
	Name string   `json:"name"`
	Path []string `json:"path,omitempty"`
	From int      `json:"from,omitempty"`
	N    int      `json:"n"`
}

func (p *process) Parts(ctx context.Context, name string, path []string, from, n int) (list interp.PartList, err error) {
	a, err := p.ask(ctx, &request{kind: frameParts}, partsMessage{name, path, from, n}, nil)
	if err == nil {
		err = a.frame.decode(&list)
	}
	return list, err
}

func (p *process) Shape(ctx context.Context, function string) (fields []interp.FieldShape, err error) {
	a, err := p.ask(ctx, &request{kind: frameShape}, function, nil)
	if err == nil {
		err = a.frame.decode(&fields)
	}
	return fields, err
}

// lookCloser carries such a request out in the child.
func lookCloser(script live, f frame) (any, error) {
	c, ok := script.(interface {
		Parts(name string, path []string, from, n int) (interp.PartList, error)
		Shape(function string) ([]interp.FieldShape, error)
	})
	if !ok {
		return nil, errNoCloser
	}
	switch f.kind {
	case frameParts:
		var m partsMessage
		if err := f.decode(&m); err != nil {
			return nil, err
		}
		return c.Parts(m.Name, m.Path, m.From, m.N)
	case frameShape:
		var function string
		if err := f.decode(&function); err != nil {
			return nil, err
		}
		return c.Shape(function)
	}
	return nil, fmt.Errorf("unknown request %s", f.kind)
}
