package session

import (
	"context"
	"errors"

	"hotloop/interp"
)

// trier is what an engine can also do: make calls to see what they do.
type trier interface {
	// Try makes calls one after the other, see interp.Live.Try.
	Try(ctx context.Context, reqs []interp.TrialRequest) ([]interp.Trial, error)
}

var (
	_ trier = (*inProcess)(nil)
	_ trier = (*process)(nil)
)

var errNoTrier = errors.New("this engine does not try calls")

func (e *inProcess) Try(ctx context.Context, reqs []interp.TrialRequest) ([]interp.Trial, error) {
	live, err := e.running()
	if err != nil {
		return nil, err
	}
	out := live.Try(ctx, reqs)
	if e.hasEnded() {
		return out, ErrEngineGone
	}
	return out, nil
}

func (p *process) Try(ctx context.Context, reqs []interp.TrialRequest) ([]interp.Trial, error) {
	a, err := p.ask(ctx, &request{kind: frameTry}, reqs, nil)
	if err != nil {
		return nil, err
	}
	var replies []trialReply
	if err := a.frame.decode(&replies); err != nil {
		return nil, err
	}
	out := make([]interp.Trial, len(replies))
	for i, r := range replies {
		out[i] = r.trial()
	}
	return out, nil
}

// trialReply is a trial whose values keep the text that the child made of them.
type trialReply struct {
	interp.Trial
	Call    callReply    `json:"call"`    // hides Trial.Call
	Touched []touchReply `json:"touched"` // hides Trial.Touched
}

type touchReply struct {
	Name   string     `json:"name"`
	Before valueReply `json:"before"`
	After  valueReply `json:"after"`
}

func (r trialReply) trial() interp.Trial {
	t := r.Trial
	t.Call = r.Call.call()
	t.Touched = make([]interp.Touch, len(r.Touched))
	for i, v := range r.Touched {
		t.Touched[i] = interp.Touch{Name: v.Name, Before: v.Before.value(), After: v.After.value()}
	}
	return t
}

// try carries such a request out in the child.
func try(ctx context.Context, script live, f frame) (any, error) {
	t, ok := script.(interface {
		Try(ctx context.Context, reqs []interp.TrialRequest) []interp.Trial
	})
	if !ok {
		return nil, errNoTrier
	}
	var reqs []interp.TrialRequest
	if err := f.decode(&reqs); err != nil {
		return nil, err
	}
	return t.Try(ctx, reqs), nil
}
