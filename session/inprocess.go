package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hotloop/interp"
)

// inProcess runs a script in this process. What kills a process (stack
// overflow, concurrent map writes, running out of memory) kills this one; it is
// for programs that embed a session and trust their scripts, and for tests.
// os.Exit in a script ends the engine, not the process.
type inProcess struct {
	notices *noticeQueue
	done    chan struct{} // closed by end
	host    Host          // fixed

	mu   sync.Mutex
	live *interp.Live
	exit Exit
	over bool

	repeat *interp.Repeat // for Load
}

// InProcess starts an empty engine in this process.
func InProcess(ctx context.Context, script string) (Engine, error) {
	return inProcessWith(Host{})(ctx, script)
}

// inProcessWith is InProcess with what a program adds.
func inProcessWith(h Host) func(context.Context, string) (Engine, error) {
	return func(context.Context, string) (Engine, error) {
		return &inProcess{notices: newNoticeQueue(), done: make(chan struct{}), host: h}, nil
	}
}

var errNothingLoaded = errors.New("nothing is loaded")

// running gives the live script, or why there is none.
func (e *inProcess) running() (*interp.Live, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.over:
		return nil, ErrEngineGone
	case e.live == nil:
		return nil, errNothingLoaded
	}
	return e.live, nil
}

func (e *inProcess) Load(ctx context.Context, src interp.Source, base interp.Baseline) (interp.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return interp.Outcome{}, err
	}
	e.mu.Lock()
	repeat := e.repeat
	e.mu.Unlock()
	live, out := interp.Load(src, base, interp.Options{
		Repeat:     repeat,
		Packages:   e.host.Packages,
		Exclusive:  true,
		PatchGrace: cmp.Or(e.host.Grace, time.Second),
		Notice:     e.notices.add,
		Exit:       func(code int) { e.end(Exit{Reason: fmt.Sprintf("os.Exit(%d)", code)}) },
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		if live != nil {
			live.Close()
		}
		return out, ErrEngineGone
	}
	e.live = live
	return out, nil
}

func (e *inProcess) Apply(ctx context.Context, src interp.Source, planOnly bool) (interp.Outcome, error) {
	live, err := e.running()
	if err != nil {
		return interp.Outcome{}, err
	}
	return live.Apply(src, planOnly), nil
}

func (e *inProcess) Call(ctx context.Context, req interp.CallRequest) (interp.Call, error) {
	live, err := e.running()
	if err != nil {
		return interp.Call{}, err
	}
	call := live.Call(ctx, req)
	if e.hasEnded() {
		return call, ErrEngineGone
	}
	return call, nil
}

func (e *inProcess) Eval(ctx context.Context, code string) (interp.Value, *interp.CallError, error) {
	live, err := e.running()
	if err != nil {
		return interp.Value{}, nil, err
	}
	v, fail := live.Eval(ctx, code)
	return v, fail, nil
}

func (e *inProcess) State(ctx context.Context) ([]interp.Var, error) {
	live, err := e.running()
	if err != nil {
		return nil, err
	}
	return live.State(), nil
}

func (e *inProcess) Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	live, err := e.running()
	if err != nil {
		return before, after, nil, err
	}
	before, after, fail = live.Set(ctx, name, expr)
	return before, after, fail, nil
}

func (e *inProcess) Stop(ctx context.Context) (int, error) {
	live, err := e.running()
	if err != nil {
		return 0, err
	}
	return live.Stop(), nil
}

func (e *inProcess) Notices() <-chan interp.Notice { return e.notices.out }

func (e *inProcess) Done() <-chan struct{} { return e.done }

// Exit is valid once Done is closed.
func (e *inProcess) Exit() Exit {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.exit
}

func (e *inProcess) hasEnded() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.over
}

// end ends the engine, once. It may be called on a goroutine of the script,
// which closing the script would wait for, so that is left to another one.
func (e *inProcess) end(exit Exit) (first bool) {
	e.mu.Lock()
	if e.over {
		e.mu.Unlock()
		return false
	}
	e.over, e.exit = true, exit
	live := e.live
	e.mu.Unlock()
	go func() {
		if live != nil {
			live.Close()
		}
		e.notices.end()
		close(e.done)
	}()
	return true
}

// Close ends the script and waits until what it started has been told.
func (e *inProcess) Close() error {
	e.end(Exit{})
	<-e.done
	e.notices.abandon()
	return nil
}
