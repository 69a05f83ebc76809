package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hotloop/interp"
)

// request is one frame that waits for its answer.
type request struct {
	kind     frameKind
	function string // of a call
	answer   chan answer
}

// answer is a reply frame; outcome is set for loads and applies.
type answer struct {
	frame   frame
	outcome interp.Outcome
	err     error
}

// answer hands a reply to whoever waits. Outcomes are decoded here, in the
// order they were made, whether or not somebody still waits.
func (p *process) answer(f frame) error {
	p.mu.Lock()
	r := p.pending[f.id]
	delete(p.pending, f.id)
	p.mu.Unlock()
	if r == nil {
		return fmt.Errorf("wire: %s to request %d, which was not made", f.kind, f.id)
	}
	a := answer{frame: f}
	switch {
	case f.kind == frameFail:
		var text string
		if err := f.decode(&text); err != nil {
			return err
		}
		a.err = errors.New(text)
	case r.kind == frameLoad || r.kind == frameApply:
		if err := f.decode(&a.outcome); err != nil {
			return err
		}
		p.mu.Lock()
		units, err := interp.FollowUnits(p.units, a.outcome.Units)
		p.units = units
		p.mu.Unlock()
		if err != nil {
			return fmt.Errorf("wire: outcome of %w", err)
		}
	}
	r.answer <- a
	return nil
}

// gone is the error of every request to an ended engine.
func (p *process) gone() error {
	if p.exit.Reason == "" {
		return ErrEngineGone
	}
	return fmt.Errorf("%w: %s", ErrEngineGone, p.exit.Reason)
}

// register makes a request known before it is sent.
func (p *process) register(r *request) (uint64, error) {
	id := p.nextID.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pending == nil {
		return 0, p.gone()
	}
	if p.closing {
		return 0, ErrEngineGone
	}
	p.pending[id] = r
	return id, nil
}

// ask sends a request and waits for its answer.
func (p *process) ask(ctx context.Context, r *request, head any, blob []byte) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	r.answer = make(chan answer, 1)
	id, err := p.register(r)
	if err != nil {
		return answer{}, err
	}
	if err := p.out.send(r.kind, id, head, blob); err != nil {
		return p.unsent(id, r, err)
	}
	return p.wait(ctx, id, r)
}

// unsent ends a request whose frame could not be sent. When the stream is
// broken the process is ending, and how it ends is the better error.
func (p *process) unsent(id uint64, r *request, err error) (answer, error) {
	if p.out.failed() == nil {
		p.mu.Lock()
		delete(p.pending, id)
		p.mu.Unlock()
		return answer{}, err
	}
	a := <-r.answer
	return a, a.err
}

func (p *process) wait(ctx context.Context, id uint64, r *request) (answer, error) {
	select {
	case a := <-r.answer:
		return a, a.err
	case <-ctx.Done():
	}
	p.out.send(frameCancel, id, nil, nil)
	select {
	case a := <-r.answer:
		return a, a.err
	case <-time.After(cancelGrace):
		return answer{}, ctx.Err()
	}
}

func (p *process) Load(ctx context.Context, src interp.Source, base interp.Baseline) (interp.Outcome, error) {
	p.mu.Lock()
	repeat := p.repeat
	p.mu.Unlock()
	return p.askSource(ctx, frameLoad, src, func(d sourceDelta) any { return loadMessage{d, base, repeat} })
}

func (p *process) Apply(ctx context.Context, src interp.Source, planOnly bool) (interp.Outcome, error) {
	return p.askSource(ctx, frameApply, src, func(d sourceDelta) any { return applyMessage{d, planOnly} })
}

// askSource sends a source as the difference to the one sent before.
func (p *process) askSource(ctx context.Context, kind frameKind, src interp.Source, head func(sourceDelta) any) (interp.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return interp.Outcome{}, err
	}
	r := &request{kind: kind, answer: make(chan answer, 1)}
	id, err := p.register(r)
	if err != nil {
		return interp.Outcome{}, err
	}
	p.sendSource.Lock()
	delta, blob := p.texts.encode(src)
	err = p.out.send(kind, id, head(delta), blob)
	if err != nil {
		p.texts = nil // not sent: what the child remembers is unknown, so the next goes whole
	}
	p.sendSource.Unlock()
	var a answer
	if err != nil {
		a, err = p.unsent(id, r, err)
	} else {
		a, err = p.wait(ctx, id, r)
	}
	return a.outcome, err
}

func (p *process) Call(ctx context.Context, req interp.CallRequest) (interp.Call, error) {
	r := &request{kind: frameCall, function: req.Function}
	a, err := p.ask(ctx, r, callMessage{ID: req.ID, Function: req.Function, Timeout: req.Timeout, At: req.At}, req.Data)
	if err != nil {
		return interp.Call{}, err
	}
	var reply callReply
	if err := a.frame.decode(&reply); err != nil {
		return interp.Call{}, err
	}
	return reply.call(), nil
}

func (p *process) Eval(ctx context.Context, code string) (interp.Value, *interp.CallError, error) {
	a, err := p.ask(ctx, &request{kind: frameEval}, code, nil)
	if err != nil {
		return interp.Value{}, nil, err
	}
	var reply evalReply
	if err := a.frame.decode(&reply); err != nil {
		return interp.Value{}, nil, err
	}
	return reply.Value.value(), reply.Fail, nil
}

func (p *process) State(ctx context.Context) ([]interp.Var, error) {
	a, err := p.ask(ctx, &request{kind: frameState}, nil, nil)
	if err != nil {
		return nil, err
	}
	var reply []varReply
	if err := a.frame.decode(&reply); err != nil {
		return nil, err
	}
	vars := make([]interp.Var, len(reply))
	for i, v := range reply {
		vars[i] = v.variable()
	}
	return vars, nil
}

func (p *process) Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	a, err := p.ask(ctx, &request{kind: frameSet}, setMessage{name, expr}, nil)
	if err != nil {
		return before, after, nil, err
	}
	var reply setReply
	if err := a.frame.decode(&reply); err != nil {
		return before, after, nil, err
	}
	return reply.Before.value(), reply.After.value(), reply.Fail, nil
}

func (p *process) Stop(ctx context.Context) (int, error) {
	a, err := p.ask(ctx, &request{kind: frameStop}, nil, nil)
	if err != nil {
		return 0, err
	}
	var n int
	err = json.Unmarshal(a.frame.head, &n)
	return n, err
}

// Probe waits for a sign of life of the child. While the pipe to it is full it
// gives none.
func (p *process) Probe(ctx context.Context) error {
	asked := make(chan error, 1)
	go func() {
		_, err := p.ask(ctx, &request{kind: framePing}, nil, nil)
		asked <- err
	}()
	select {
	case err := <-asked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
