package session

import (
	"context"
	"errors"
	"slices"

	"hotloop/interp"
)

// reload evaluates src in a fresh engine and swaps it in; when it does not load
// the old engine stays. plan is what the old engine said a reload would do; nil
// when it has not been asked.
func (sc *script) reload(ctx context.Context, src source, cause interp.Cause, plan *interp.Outcome, took timing) (interp.Report, error) {
	s := sc.s
	s.mu.Lock()
	old, before, oldUnits := sc.eng, sc.live, sc.units
	s.mu.Unlock()
	if old == nil { // it has crashed meanwhile
		return sc.load(ctx, src, cause, took)
	}
	// A restart is what helps when the old engine is stuck: it is not asked.
	if plan == nil && cause != interp.CauseRestart && !sameSource(src.Source, before) {
		out, err := s.ask(ctx, old, func() (interp.Outcome, error) { return old.Apply(ctx, src.Source, true) })
		switch {
		case err != nil:
			return interp.Report{}, sc.applyFailed(ctx, old, err, cause, took)
		case out.Report.Status == interp.StatusRefused && !out.NeedsReload:
			return sc.refuse(out.Report, cause, took), nil
		case out.Report.Status == interp.StatusUnchanged && cause == interp.CauseWatch:
			// No meaning changed: there is nothing to evaluate anew.
			return sc.put(ctx, src, cause, ApplyFunctions, took)
		default:
			plan = &out
		}
	}
	oldValues := make(chan map[string]string, 1)
	go func() { oldValues <- s.values(ctx, old) }()
	inFlight := s.inFlight(old)
	e, out, err := sc.start(ctx, src.Source)
	if err != nil {
		if errors.Is(err, errSuperseded) || ctx.Err() != nil {
			return interp.Report{}, err
		}
		rep, _ := sc.failure(err, src.Source)
		if plan != nil {
			rep.Reasons = append(slices.Clone(plan.Report.Reasons), rep.Reasons...)
		}
		rep.Reasons = append(rep.Reasons, "a reload was needed and failed; what was live stays live")
		return sc.refuse(rep, cause, took), nil
	}
	was := <-oldValues // while there is still somebody to ask
	sc.install(e, src.Source, &out)
	reason := "the script was reloaded while the call ran"
	if cause == interp.CauseRestart {
		reason = "the script was restarted while the call ran"
	}
	closed := s.retire(old, reason)
	rep := sc.stamp(reloadReport(plan, &out), cause, took)
	rep.InFlight = inFlight
	units := sc.listed()
	if plan == nil || len(rep.Units) == 0 {
		rep.Units = changesBetween(oldUnits, units, before, src.Source)
	}
	rep.Vars = startedOver(rep.Vars, oldUnits, units, was, s.values(ctx, e))
	s.mu.Lock()
	sc.stand(&rep, cause)
	s.mu.Unlock()
	return sc.up(e, rep, before, src.Source, closed), nil
}

// reloadReport joins what the plan said would change with how the load went.
func reloadReport(plan, load *interp.Outcome) interp.Report {
	rep := interp.Report{Status: interp.StatusReloaded, Diagnostics: load.Report.Diagnostics, Seed: load.Report.Seed}
	if plan != nil {
		rep.Units = slices.Clone(plan.Report.Units)
		rep.Vars = slices.Clone(plan.Report.Vars)
		rep.Reasons = slices.Clone(plan.Report.Reasons)
		t := plan.Report.Timing
		rep.Timing = interp.Timing{Parse: t.Parse, Check: t.Check, Compile: t.Compile, Apply: t.Apply}
	}
	for i := range rep.Units {
		if v, ok := load.Versions[rep.Units[i].Key]; ok && rep.Units[i].To > 0 {
			rep.Units[i].To = v.Version
		}
	}
	rep.Reasons = append(rep.Reasons, load.Report.Reasons...)
	t := load.Report.Timing
	rep.Timing.Parse += t.Parse
	rep.Timing.Check += t.Check
	rep.Timing.Compile += t.Compile
	rep.Timing.Apply += t.Apply
	return rep
}

// Reload applies the files as they are now; mode "" takes the session's, in
// which "ask" counts as "functions", since this is the answer.
func (s *Session) Reload(ctx context.Context, script string, mode ApplyMode) (interp.Report, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Report{}, err
	}
	if err := s.rescan(ctx, sc); err != nil {
		return interp.Report{}, err
	}
	return sc.doLoad(ctx, func(ctx context.Context, took timing) (interp.Report, error) {
		s.mu.Lock()
		if mode == "" {
			mode = s.apply
		}
		running := sc.eng != nil
		s.mu.Unlock()
		sc.calm()
		src, ok := sc.current()
		if !ok {
			return interp.Report{}, sc.over()
		}
		if mode == ApplyFile && running && len(src.wrong) == 0 {
			s.mu.Lock()
			sc.pending, sc.tried = nil, src.Source
			e := sc.eng
			s.mu.Unlock()
			if rep, refused := sc.vetoed(ctx, e, src, interp.CauseReload, took); refused {
				return rep, nil
			}
			return sc.reload(ctx, src, interp.CauseReload, nil, took)
		}
		return sc.put(ctx, src, interp.CauseReload, ApplyFunctions, took)
	})
}

// Restart loads the files in a fresh engine; state starts over. It also ends
// the waiting of a crash loop.
func (s *Session) Restart(ctx context.Context, script string) (interp.Report, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Report{}, err
	}
	if err := s.rescan(ctx, sc); err != nil {
		return interp.Report{}, err
	}
	return sc.doLoad(ctx, func(ctx context.Context, took timing) (interp.Report, error) {
		sc.calm()
		src, ok := sc.current()
		if !ok {
			return interp.Report{}, sc.over()
		}
		s.mu.Lock()
		sc.pending, sc.tried = nil, src.Source
		running := sc.eng != nil
		s.mu.Unlock()
		switch {
		case len(src.wrong) > 0:
			return sc.refuse(interp.Report{Diagnostics: src.wrong}, interp.CauseRestart, took), nil
		case !running:
			return sc.load(ctx, src, interp.CauseRestart, took)
		}
		return sc.reload(ctx, src, interp.CauseRestart, nil, took)
	})
}
