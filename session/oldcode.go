package session

import (
	"context"
	"errors"

	"hotloop/interp"
)

// OldCode is what can still run code of earlier versions in a script. Whole is
// false when there was too much to look through it all.
type OldCode struct {
	Old   []interp.OldCode `json:"old"`
	Whole bool             `json:"whole"`
}

// oldTeller is what an engine can also do: tell what runs old code.
type oldTeller interface {
	// Old lists it, see interp.Live.Old.
	Old(ctx context.Context) (OldCode, error)
}

var (
	_ oldTeller = (*inProcess)(nil)
	_ oldTeller = (*process)(nil)
)

var errNoOldTeller = errors.New("this engine does not tell what runs old code")

// Old lists what can still run code of earlier versions in a script.
func (s *Session) Old(ctx context.Context, script string) (out OldCode, err error) {
	out, err = asked(ctx, s, script, errNoOldTeller, func(t oldTeller) (OldCode, error) { return t.Old(ctx) })
	out.Old = orEmpty(out.Old)
	return out, err
}

func (e *inProcess) Old(context.Context) (OldCode, error) {
	live, err := e.running()
	if err != nil {
		return OldCode{}, err
	}
	return oldOf(live)
}

func (p *process) Old(ctx context.Context) (out OldCode, err error) {
	a, err := p.ask(ctx, &request{kind: frameOld}, nil, nil)
	if err == nil {
		err = a.frame.decode(&out)
	}
	return out, err
}

// oldOf asks a live script.
func oldOf(script any) (out OldCode, err error) {
	l, ok := script.(interface {
		Old() ([]interp.OldCode, bool)
	})
	if !ok {
		return out, errNoOldTeller
	}
	out.Old, out.Whole = l.Old()
	return out, nil
}
