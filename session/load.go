package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hotloop/interp"
)

// crashError says that an engine ended while it was loading.
type crashError struct{ exit Exit }

func (e *crashError) Error() string {
	return "the script crashed while it was being loaded: " + e.exit.Reason
}

// refusedError carries the outcome of a load that was refused.
type refusedError struct{ out interp.Outcome }

func (e *refusedError) Error() string { return "the load was refused" }

// start loads src into a fresh engine, which is returned running but not
// installed. When it fails nothing is left of it; the error is a refusedError,
// a crashError, errSuperseded, or says that no engine could be started.
func (sc *script) start(ctx context.Context, src interp.Source) (*engine, interp.Outcome, error) {
	s := sc.s
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	base := sc.memory.base()
	sc.abort = cancel
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		sc.abort = nil
		s.mu.Unlock()
	}()
	release := s.loads.take(ctx)
	defer release()
	e, err := s.newEngine(ctx, sc)
	if err != nil {
		if ctx.Err() != nil {
			return nil, interp.Outcome{}, superseded(sc, ctx.Err())
		}
		return nil, interp.Outcome{}, fmt.Errorf("start an engine: %w", err)
	}
	out, err := s.ask(ctx, e, func() (interp.Outcome, error) { return e.Load(ctx, src, base) })
	switch {
	case err == nil && out.Report.Status == interp.StatusRefused:
		s.retire(e, "")
		return nil, out, &refusedError{out}
	case err == nil:
		return e, out, nil
	case ctx.Err() != nil:
		err = superseded(sc, ctx.Err())
	case errors.Is(err, ErrEngineGone):
		err = &crashError{s.exitOf(e)}
	default:
		err = fmt.Errorf("load: %w", err)
	}
	s.retire(e, "")
	if errors.Is(err, errSuperseded) {
		// Whatever comes next, even the same text, has not been tried.
		s.mu.Lock()
		sc.tried = interp.Source{}
		s.mu.Unlock()
	}
	return nil, interp.Outcome{}, err
}

// install puts a loaded engine in the place of the one that runs, which is
// given back to be retired.
func (sc *script) install(e *engine, src interp.Source, out *interp.Outcome) (old *engine) {
	s := sc.s
	s.mu.Lock()
	defer s.mu.Unlock()
	old = sc.eng
	sc.eng, sc.live, sc.loaded = e, src, true
	e.loaded = time.Now()
	sc.newLife()
	clear(sc.setBy)
	sc.setUnits(out, true)
	if e.ended {
		// It ended between the load and now, when nobody minded.
		e.ended = false
		sc.lost(e)
	}
	return old
}

// load brings up a script of which nothing runs. When the files cannot be
// loaded, what ran last is, and the script stands behind its files.
func (sc *script) load(ctx context.Context, src source, cause interp.Cause, took timing) (interp.Report, error) {
	s := sc.s
	s.mu.Lock()
	before, oldUnits, again := sc.live, sc.units, sc.loaded
	s.mu.Unlock()
	e, out, err := sc.start(ctx, src.Source)
	if err != nil {
		return sc.loadFailed(ctx, src, err, cause, took)
	}
	sc.install(e, src.Source, &out)
	rep := sc.stamp(out.Report, cause, took)
	rep.Status = interp.StatusLive
	if again {
		rep.Status = interp.StatusReloaded
		units := sc.listed()
		rep.Units = changesBetween(oldUnits, units, before, src.Source)
		rep.Vars = startedOver(nil, oldUnits, units, nil, nil)
		if reason := sc.crashReason(); reason != "" {
			rep.Reasons = append([]string{reason + "; it was loaded again"}, rep.Reasons...)
		}
	} else {
		before = interp.Source{}
	}
	s.mu.Lock()
	sc.stand(&rep, cause)
	s.mu.Unlock()
	return sc.up(e, rep, before, src.Source, nil), nil
}

// up publishes the report of an engine that was just installed, lets everybody
// go who waits for it, and fires main where that is wanted, once closed is.
func (sc *script) up(e *engine, rep interp.Report, before, after interp.Source, closed <-chan struct{}) interp.Report {
	s := sc.s
	rep = sc.publish(rep, before, after)
	s.mu.Lock()
	if sc.eng != nil {
		sc.settle()
	}
	_, hasMain := sc.index["func main"]
	name := sc.name
	s.mu.Unlock()
	if s.cfg.Main && hasMain {
		s.wg.Add(1) // by the work goroutine
		go func() {
			defer s.wg.Done()
			if closed != nil {
				// What the old main held (ports, files) must be free.
				<-closed
			}
			none := int64(0)
			_, _ = s.Fire(s.ctx, FireRequest{Event: "main", Script: name, TimeoutMs: &none, Source: "main"})
		}()
	}
	return rep
}

// loadFailed handles a load that failed while nothing runs.
func (sc *script) loadFailed(ctx context.Context, src source, err error, cause interp.Cause, took timing) (interp.Report, error) {
	s := sc.s
	if errors.Is(err, errSuperseded) || ctx.Err() != nil {
		return interp.Report{}, err // what comes next settles it
	}
	rep, crash := sc.failure(err, src.Source)
	s.mu.Lock()
	good, oldUnits := sc.live, sc.units
	fallback := sc.loaded && !sameSource(good, src.Source)
	s.mu.Unlock()
	if fallback {
		e, out, err := sc.start(ctx, good)
		if errors.Is(err, errSuperseded) || ctx.Err() != nil {
			return interp.Report{}, err
		}
		if err == nil {
			sc.install(e, good, &out)
			return sc.behind(e, rep, oldUnits, cause, took), nil
		}
		if _, c := sc.failure(err, good); c != nil {
			crash = c
		}
	}
	if crash == nil {
		return sc.refuse(rep, cause, took), nil
	}
	return sc.crashedLoading(ctx, rep, cause, took)
}

// crashedLoading goes on after a crash during a load with nothing to fall back
// on: the first of a row is reported, then it is tried again.
func (sc *script) crashedLoading(ctx context.Context, rep interp.Report, cause interp.Cause, took timing) (interp.Report, error) {
	s := sc.s
	delay := sc.strike(time.Time{})
	rep.Status = interp.StatusRefused
	rep = sc.stamp(rep, cause, took)
	s.mu.Lock()
	first := sc.crashes.n == 1
	sc.state, sc.diags = interp.StateCrashed, rep.Diagnostics
	sc.touch()
	s.mu.Unlock()
	if first {
		rep = sc.publish(rep, interp.Source{}, interp.Source{})
	}
	later, err := sc.again(ctx, delay)
	if later.ID != 0 {
		return later, err
	}
	return rep, err
}

// behind publishes that what ran last runs again, because the files do not
// load; failed is the report of that.
func (sc *script) behind(e *engine, failed interp.Report, oldUnits []interp.Unit, cause interp.Cause, took timing) interp.Report {
	s := sc.s
	rep := sc.stamp(failed, cause, took)
	rep.Status = interp.StatusReloaded
	rep.Units = nil
	rep.Vars = startedOver(nil, oldUnits, oldUnits, nil, nil)
	rep.Reasons = append(rep.Reasons, "the files as they are now do not load; what ran last was loaded again")
	s.mu.Lock()
	live := sc.live
	sc.diags = rep.Diagnostics
	sc.differs = false
	if sc.eng != nil {
		sc.state = interp.StateBehind
	}
	sc.touch()
	s.mu.Unlock()
	return sc.up(e, rep, live, live, nil)
}

// failure turns the error of start into the report of a refusal; a crash is
// logged as well and given back.
func (sc *script) failure(err error, src interp.Source) (interp.Report, *Exit) {
	var refused *refusedError
	var crash *crashError
	switch {
	case errors.As(err, &refused):
		return refused.out.Report, nil
	case errors.As(err, &crash):
		sc.logCrash(crash.exit, false)
		return interp.Report{Diagnostics: []interp.Diagnostic{crashDiagnostic(crash, src)}}, &crash.exit
	}
	return interp.Report{Reasons: []string{err.Error()}}, nil
}
