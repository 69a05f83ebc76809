package interp

import (
	"context"
	"fmt"
	"reflect"
	"time"
)

// Trial is what came of a call that was made to see what it does.
type Trial struct {
	Call Call `json:"call"`
	// Touched lists the variables that the call changed, sorted by name.
	Touched []Touch `json:"touched"`
	// OnCopy says that the state was put back as it was. Why says why it was
	// not, though that was asked for; then the call was not made.
	OnCopy bool   `json:"onCopy"`
	Why    string `json:"why,omitempty"`
	// Notes say in whole sentences what was not put back.
	Notes []string `json:"notes,omitempty"`
}

// Touch is a variable that a call changed. When what changed lies too deep for
// the texts to show, these are equal.
type Touch struct {
	Name   string `json:"name"`
	Before Value  `json:"before"`
	After  Value  `json:"after"`
}

// TrialRequest is a call to try. Live asks for its effects to stay.
type TrialRequest struct {
	CallRequest
	Live bool `json:"live,omitempty"`
}

// trialPatience bounds how long calls that are in flight may keep trials
// waiting, and trialTurn for how long trials keep others waiting before they
// let them through: what is under way then ends first.
const (
	trialPatience = 500 * time.Millisecond
	trialTurn     = 300 * time.Millisecond
)

// Try makes calls one after the other to see what they do. Unless a request
// says otherwise, the script's state is copied before and put back after each:
// every call starts from the state of now, and none is seen by the calls that
// follow. Other calls, and patches, wait meanwhile.
func (l *Live) Try(ctx context.Context, reqs []TrialRequest) []Trial {
	out := make([]Trial, len(reqs))
	for i := 0; i < len(reqs); {
		if reqs[i].Live {
			out[i] = l.tryLive(ctx, reqs[i].CallRequest)
			i++
			continue
		}
		n := i
		for n < len(reqs) && !reqs[n].Live {
			n++
		}
		i += l.tryOnCopy(ctx, reqs[i:n], out[i:n])
	}
	return out
}

// tryLive makes a call whose effects stay.
func (l *Live) tryLive(ctx context.Context, req CallRequest) Trial {
	before := l.State()
	t := Trial{Call: l.Call(ctx, req), Touched: []Touch{}}
	t.Touched = touched(before, l.State(), nil)
	return t
}

// tryOnCopy makes as many of the calls as one turn has time for, at least one.
func (l *Live) tryOnCopy(ctx context.Context, reqs []TrialRequest, out []Trial) (done int) {
	refuse := func(format string, args ...any) int {
		for i := range reqs {
			out[i] = Trial{Call: Call{Function: reqs[i].Function, Returns: []Value{}}, Touched: []Touch{}, Why: fmt.Sprintf(format, args...)}
		}
		return len(reqs)
	}
	l.applying.Lock()
	defer l.applying.Unlock()
	if left := l.gate.close(trialPatience); left > 0 {
		l.gate.open()
		return refuse("%d calls are in flight, so the state cannot be copied", left)
	}
	defer l.gate.open()
	var c *checkpoint
	var err error
	// What goroutines of the script do while values are read or put back would
	// be torn, or tear these.
	var before []Var
	l.mu.Lock()
	p := l.prog
	l.mu.Unlock()
	l.holding(p, func() {
		if c, err = l.checkpoint(); err == nil {
			before = l.State()
		}
	})
	if err != nil {
		return refuse("%v", err)
	}
	numbers := l.host.dice.state()
	until := time.Now().Add(trialTurn)
	for i := range reqs {
		if i > 0 && time.Now().After(until) {
			return i
		}
		t := Trial{OnCopy: true}
		var behind bool
		t.Call, behind = l.callShut(ctx, reqs[i].CallRequest)
		l.host.dice.set(numbers)
		changed := map[string]bool{}
		var after []Var
		var back []*unit
		l.holding(p, func() { after, back = l.State(), c.restore() })
		for _, u := range back {
			if !u.hidden() {
				changed[u.shownName()] = true
			}
		}
		t.Touched = touched(before, after, changed)
		t.Notes = c.sortedNotes()
		if behind {
			t.Notes = append(t.Notes, "the call has not ended; what it still does is not undone")
		}
		out[i] = t
	}
	return len(reqs)
}

// callShut makes a call while the gate is shut by the caller. behind tells that
// it had to be left behind.
func (l *Live) callShut(ctx context.Context, req CallRequest) (c Call, behind bool) {
	c = Call{Function: req.Function, Returns: []Value{}}
	if req.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, req.Timeout)
		defer cancel()
	}
	h, fail := l.handler(req)
	if fail != nil {
		c.Error = fail
		return c, false
	}
	l.gate.pass()
	fn, version := l.newest(h.unit)
	h.version = version
	returned := make(chan struct{})
	l.makeCall(ctx, req, h, func(args []reflect.Value) []reflect.Value {
		defer close(returned)
		return fn.Call(args)
	}, &c)
	select {
	case <-returned:
	default:
		behind = true
	}
	return c, behind
}

// touched lists what is another value now, or was found changed.
func touched(before, after []Var, changed map[string]bool) []Touch {
	was := map[string]Var{}
	for _, v := range before {
		was[v.Name] = v
	}
	out := []Touch{}
	for _, v := range after {
		w, ok := was[v.Name]
		if !ok || w.Text == v.Text && !changed[v.Name] {
			continue
		}
		out = append(out, Touch{v.Name, Value{w.Type, w.Text, w.Value}, Value{v.Type, v.Text, v.Value}})
	}
	return out
}
