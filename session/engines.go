package session

import (
	"context"
	"errors"
	"sync"
	"time"

	"hotloop/interp"
)

// engine is an Engine with what the session knows of it. It has one goroutine
// of its own, pump, which lives as long as the engine.
type engine struct {
	Engine
	pumped chan struct{} // closed when the last notice has been logged
	left   chan struct{} // closed by leave

	leave sync.Once

	// Guarded by Session.mu.
	calls   int           // in flight
	idle    chan struct{} // made by retire; closed when calls falls to 0
	ended   bool          // Done was seen
	retired string        // why the session let go of it; empty while it is in use
	loaded  time.Time     // when it was installed
	probing bool          // somebody finds out whether it answers
}

// newEngine starts an empty engine for a script and its pump.
func (s *Session) newEngine(ctx context.Context, sc *script) (*engine, error) {
	s.mu.Lock()
	name := sc.name
	s.mu.Unlock()
	inner, err := s.cfg.NewEngine(ctx, name)
	if err != nil {
		return nil, err
	}
	e := &engine{Engine: inner, pumped: make(chan struct{}), left: make(chan struct{})}
	s.wg.Add(1)
	go s.pump(sc, e)
	return e, nil
}

// gone says whether the engine has ended, whether or not that was noticed.
func (e *engine) gone() bool {
	select {
	case <-e.Done():
		return true
	default:
		return false
	}
}

// lost is told by the pump, or by whoever finds the engine of a script ended,
// that it has. The first to tell has the script loaded again. It is called with
// s.mu held.
func (sc *script) lost(e *engine) {
	if e.ended {
		return
	}
	e.ended = true
	if sc.eng != e || e.retired != "" || sc.s.closed {
		return
	}
	sc.eng = nil
	if sc.settled == nil {
		sc.settled = make(chan struct{})
	}
	sc.state = interp.StateCrashed
	sc.touch()
	j := newJob(sc.afterCrash(e))
	j.always = true
	sc.push(j, true)
}

// acquire borrows the engine of a script; release gives it back. While a load
// is on its way it waits for that to end. The error is ErrClosed, a context's,
// or wraps ErrNotLoaded.
func (sc *script) acquire(ctx context.Context) (*engine, error) {
	s := sc.s
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return nil, ErrClosed
		}
		if e := sc.eng; e != nil {
			if !e.gone() {
				e.calls++
				s.mu.Unlock()
				return e, nil
			}
			sc.lost(e)
		}
		settled := sc.settled
		if settled == nil {
			err := sc.notLoaded()
			s.mu.Unlock()
			return nil, err
		}
		s.mu.Unlock()
		select {
		case <-settled:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (s *Session) release(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.calls--
	if e.calls == 0 && e.idle != nil {
		close(e.idle)
		e.idle = nil
	}
}

// retire lets go of an engine that has been replaced: its calls get a moment to
// end, then it is closed. It returns at once, with a channel that is closed
// when the engine is. The reason is what calls that did not make it report.
func (s *Session) retire(e *engine, reason string) <-chan struct{} {
	closed := make(chan struct{})
	if e == nil {
		close(closed)
		return closed
	}
	s.mu.Lock()
	e.retired = reason
	var idle chan struct{}
	if e.calls > 0 {
		idle = make(chan struct{})
		e.idle = idle
	}
	s.mu.Unlock()
	s.wg.Add(1) // by the work goroutine, which the session waits for as well
	go func() {
		defer s.wg.Done()
		defer close(closed)
		if idle != nil {
			timer := time.NewTimer(s.grace)
			defer timer.Stop()
			select {
			case <-idle:
			case <-timer.C:
			case <-s.ctx.Done():
			}
		}
		s.closeEngine(e)
	}()
	return closed
}

// closeEngine closes an engine and waits for it, a bounded time. An engine that
// does not end is left behind; there is nothing else to be done about it.
func (s *Session) closeEngine(e *engine) {
	ended := make(chan struct{})
	go func() {
		_ = e.Close()
		close(ended)
	}()
	timer := time.NewTimer(s.closeWait)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
		e.leave.Do(func() { close(e.left) })
	}
}

// ask has an engine load or apply something. When the context ends first, the
// engine is closed: whoever ends it wants nothing of this engine any more.
func (s *Session) ask(ctx context.Context, e *engine, f func() (interp.Outcome, error)) (interp.Outcome, error) {
	type answer struct {
		out interp.Outcome
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		out, err := f()
		answered <- answer{out, err}
	}()
	select {
	case a := <-answered:
		return a.out, a.err
	case <-ctx.Done():
		s.closeEngine(e)
		return interp.Outcome{}, ctx.Err()
	}
}

// exitOf waits a moment for an engine that is ending and says how it ended.
func (s *Session) exitOf(e *engine) Exit {
	timer := time.NewTimer(s.closeWait)
	defer timer.Stop()
	select {
	case <-e.Done():
	case <-timer.C:
		return Exit{Reason: "it does not answer any more"}
	}
	exit := e.Exit()
	if exit.Reason == "" {
		exit.Reason = "its process ended"
	}
	return exit
}

// superseded turns the end of a context into what it means for a job.
func superseded(sc *script, err error) error {
	if errors.Is(err, context.Canceled) && sc.ctx.Err() == nil {
		return errSuperseded
	}
	return err
}
