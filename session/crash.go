package session

import (
	"context"
	"fmt"
	"time"

	"hotloop/interp"
)

// A script that crashes is loaded again at once. One that crashes while it is
// being loaded, or soon after and before it answered a call, earns a strike;
// from the third on the next try waits, twice as long each time, until a save
// or a restart.
const (
	maxStrikes = 3
	maxBackoff = time.Minute
)

// strikes is the memory of a crash loop, guarded by Session.mu.
type strikes struct {
	n      int    // crashes in a row, each soon after a load
	reason string // of the last crash; empty once the script is up for good
}

// afterCrash gives the job that follows the end of an engine.
func (sc *script) afterCrash(e *engine) task {
	return func(ctx context.Context, took timing) (interp.Report, error) {
		s := sc.s
		exit := s.exitOf(e)
		// Its calls come back at once. What they were tells what killed it.
		for end := time.Now().Add(s.grace); s.inFlight(e) > 0 && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		sc.logCrash(exit, true)
		// Its last words come before what the next engine says.
		select {
		case <-e.pumped:
		case <-time.After(s.closeWait):
		}
		s.retire(e, "")
		s.mu.Lock()
		loaded := e.loaded
		s.mu.Unlock()
		return sc.again(ctx, sc.strike(loaded))
	}
}

// strike counts a crash of an engine loaded at a time; the zero time stands for
// one that was still loading. It gives how long to wait before the next try.
func (sc *script) strike(loaded time.Time) time.Duration {
	s := sc.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if !loaded.IsZero() && time.Since(loaded) > s.strikeGap {
		sc.crashes.n = 0
	}
	sc.crashes.n++
	over := sc.crashes.n - maxStrikes
	if over < 0 {
		return 0
	}
	if over > 16 {
		return maxBackoff
	}
	return min(s.backoff<<over, maxBackoff)
}

// calm forgets a crash loop, because somebody did something about it.
func (sc *script) calm() {
	if sc.retry != nil {
		sc.retry.Stop()
		sc.retry = nil
	}
	sc.s.mu.Lock()
	sc.crashes = strikes{reason: sc.crashes.reason}
	sc.s.mu.Unlock()
}

// again loads a crashed script, now or after a delay.
func (sc *script) again(ctx context.Context, delay time.Duration) (interp.Report, error) {
	s := sc.s
	if delay == 0 {
		return sc.recover(ctx, timingNow())
	}
	s.mu.Lock()
	if sc.eng != nil { // something else has loaded it meanwhile
		s.mu.Unlock()
		return interp.Report{}, nil
	}
	sc.state = interp.StateCrashed
	sc.touch()
	n, name := sc.crashes.n, sc.name
	sc.settle() // nobody should wait that long
	s.mu.Unlock()
	s.notice(name, fmt.Sprintf("%s crashed %d times in a row; the next try is in %v, or at the next save or restart", name, n, delay))
	sc.retry = time.AfterFunc(delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed || sc.eng != nil {
			return
		}
		if sc.settled == nil {
			sc.settled = make(chan struct{})
		}
		j := newJob(sc.recover)
		j.always = true
		sc.push(j, false)
	})
	return interp.Report{}, nil
}

// recover loads a script whose engine ended, from the files as they are now;
// what waits to be confirmed is not let in that way.
func (sc *script) recover(ctx context.Context, took timing) (interp.Report, error) {
	s := sc.s
	s.mu.Lock()
	running, pending, live := sc.eng != nil, sc.pending, sc.live
	s.mu.Unlock()
	if running {
		return interp.Report{}, nil
	}
	src, ok := sc.current()
	if !ok {
		return interp.Report{}, nil
	}
	if pending != nil {
		// The save goes on waiting; what it would change is what ran.
		return sc.loadBehind(ctx, source{Source: live}, pending, took)
	}
	s.mu.Lock()
	loaded := sc.loaded
	sc.tried = src.Source
	s.mu.Unlock()
	if len(src.wrong) > 0 {
		if !loaded {
			return sc.refuse(interp.Report{Diagnostics: src.wrong}, interp.CauseCrash, took), nil
		}
		wrong := &refusedError{interp.Outcome{Report: interp.Report{Diagnostics: src.wrong}}}
		return sc.loadFailed(ctx, src, wrong, interp.CauseCrash, took)
	}
	return sc.load(ctx, src, interp.CauseCrash, took)
}

// loadBehind loads what ran last while a newer save waits for an answer.
func (sc *script) loadBehind(ctx context.Context, src source, pending *pendingSave, took timing) (interp.Report, error) {
	rep, err := sc.load(ctx, src, interp.CauseCrash, took)
	s := sc.s
	s.mu.Lock()
	if sc.eng != nil && sc.pending == pending {
		sc.state = interp.StateBehind
		sc.touch()
	}
	s.mu.Unlock()
	return rep, err
}

// logCrash tells that the engine of a script ended by itself; lived is unset for
// one that was being loaded.
func (sc *script) logCrash(exit Exit, lived bool) {
	s := sc.s
	s.mu.Lock()
	name, began, died := sc.name, sc.began, time.Now()
	sc.crashes.reason = exit.Reason
	if lived {
		sc.died = died
	}
	s.mu.Unlock()
	events := 0
	if lived {
		events = sc.offered(began, died)
	}
	s.append(Entry{Script: name, Crash: &Crash{
		Script: name,
		Reason: exit.Reason,
		Tail:   exit.Tail,
		Trace:  exit.Trace,
		Events: events,
	}})
}

// crashReason gives the reason of the last crash, once.
func (sc *script) crashReason() string {
	sc.s.mu.Lock()
	defer sc.s.mu.Unlock()
	reason := sc.crashes.reason
	sc.crashes.reason = ""
	return reason
}

// crashDiagnostic points at the place of a crash during a load, or at the top
// of the script when the place is not known.
func crashDiagnostic(crash *crashError, src interp.Source) interp.Diagnostic {
	d := interp.Diagnostic{Severity: interp.SeverityError, Line: 1, Column: 1, Message: crash.Error()}
	if len(src.Files) > 0 {
		d.File = src.Files[0].Name
	}
	if len(crash.exit.Trace) > 0 {
		d.File, d.Line = crash.exit.Trace[0].File, crash.exit.Trace[0].Line
	}
	for _, f := range src.Files {
		if f.Name == d.File {
			d.Excerpt = lineOf(f.Text, d.Line)
		}
	}
	return d
}
