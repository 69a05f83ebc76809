package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hotloop/interp"
)

// pendingSave is a save that waits for Confirm.
type pendingSave struct {
	src source
	out interp.Outcome // of the plan
}

// save is the job of a batch that touched a script: it applies the files as
// they are now, which may be newer than the batch. It gives no report when
// there is nothing to tell.
func (sc *script) save(ctx context.Context, took timing) (interp.Report, error) {
	src, ok := sc.current()
	if !ok {
		return interp.Report{}, nil
	}
	s := sc.s
	s.mu.Lock()
	same := sameSource(src.Source, sc.tried) && len(src.wrong) == 0 && sc.pending == nil
	mode, running := s.apply, sc.eng != nil
	s.mu.Unlock()
	if same {
		return interp.Report{}, nil
	}
	sc.calm()
	if mode == ApplyAsk && running && len(src.wrong) == 0 {
		return sc.askFirst(ctx, src, took)
	}
	return sc.put(ctx, src, interp.CauseWatch, mode, took)
}

// current gives the sources as the files are now and notes what else they use.
func (sc *script) current() (source, bool) {
	s := sc.s
	s.mu.Lock()
	key, name := sc.key, sc.name
	s.mu.Unlock()
	src, ok := s.tree.source(key, name)
	if ok {
		s.mu.Lock()
		sc.uses = src.uses
		s.mu.Unlock()
	}
	return src, ok
}

// put makes src what runs, by a patch where the mode and the engine allow it,
// else by a reload, and publishes the report. Whatever fails leaves the engine
// that runs as it was. An error says that there is no report.
func (sc *script) put(ctx context.Context, src source, cause interp.Cause, mode ApplyMode, took timing) (interp.Report, error) {
	s := sc.s
	s.mu.Lock()
	if cause != interp.CauseRollback { // which does not come from the files
		sc.pending, sc.tried = nil, src.Source
	}
	e, live := sc.eng, sc.live
	s.mu.Unlock()
	if len(src.wrong) > 0 {
		return sc.refuse(interp.Report{Diagnostics: src.wrong}, cause, took), nil
	}
	if e == nil {
		return sc.load(ctx, src, cause, took)
	}
	if mode == ApplyFile {
		if rep, refused := sc.vetoed(ctx, e, src, cause, took); refused {
			return rep, nil
		}
		return sc.reload(ctx, src, cause, nil, took)
	}
	if sameSource(src.Source, live) {
		return sc.restored(src, cause, took), nil
	}
	if rep, refused := sc.vetoed(ctx, e, src, cause, took); refused {
		return rep, nil
	}
	inFlight := s.inFlight(e)
	out, err := s.ask(ctx, e, func() (interp.Outcome, error) { return e.Apply(ctx, src.Source, false) })
	if err != nil {
		return interp.Report{}, sc.applyFailed(ctx, e, err, cause, took)
	}
	out.Report.InFlight = max(out.Report.InFlight, inFlight)
	out.Report.Reasons = append(out.Report.Reasons, src.notes...)
	switch {
	case out.NeedsReload:
		return sc.reload(ctx, src, cause, &out, took)
	case out.Report.Status == interp.StatusRefused:
		return sc.refuse(out.Report, cause, took), nil
	}
	rep := sc.stamp(out.Report, cause, took)
	s.mu.Lock()
	before := sc.live
	sc.live = src.Source
	sc.setUnits(&out, false)
	sc.stand(&rep, cause)
	s.mu.Unlock()
	return sc.publish(rep, before, src.Source), nil
}

// applyFailed handles an error of Apply. A crash is seen to by the job that it
// sets off, which loads the same files; any other error is the engine's own
// failure and stands as a refusal, so that nobody believes the save went live.
func (sc *script) applyFailed(ctx context.Context, e *engine, err error, cause interp.Cause, took timing) error {
	s := sc.s
	switch {
	case ctx.Err() != nil:
		return superseded(sc, ctx.Err())
	case errors.Is(err, ErrEngineGone):
		s.mu.Lock()
		sc.lost(e)
		s.mu.Unlock()
		return fmt.Errorf("apply to %s: %w", sc.title(), err)
	}
	sc.refuse(interp.Report{Reasons: []string{"the engine could not apply it: " + err.Error()}}, cause, took)
	return fmt.Errorf("apply to %s: %w", sc.title(), err)
}

// restored is what happens when the files say again what is live: nothing is
// compiled, and nothing is wrong any more.
func (sc *script) restored(src source, cause interp.Cause, took timing) interp.Report {
	rep := sc.stamp(interp.Report{Status: interp.StatusUnchanged}, cause, took)
	sc.s.mu.Lock()
	sc.stand(&rep, cause)
	sc.s.mu.Unlock()
	return sc.publish(rep, src.Source, src.Source)
}

// refuse publishes that nothing changed and why, and marks the script as behind
// its files until a good save.
func (sc *script) refuse(rep interp.Report, cause interp.Cause, took timing) interp.Report {
	rep.Status = interp.StatusRefused
	rep = sc.stamp(rep, cause, took)
	s := sc.s
	s.mu.Lock()
	// A rollback that does not fit says nothing about the files.
	if cause != interp.CauseRollback {
		sc.state = interp.StateBehind
		sc.diags = rep.Diagnostics
		sc.why = strings.Join(rep.Reasons, "; ")
	}
	sc.touch()
	s.mu.Unlock()
	rep = sc.publish(rep, interp.Source{}, interp.Source{})
	s.mu.Lock()
	sc.settle()
	s.mu.Unlock()
	return rep
}

// stand marks a script as live after a good report, with s.mu held.
func (sc *script) stand(rep *interp.Report, cause interp.Cause) {
	if cause == interp.CauseRollback {
		// Memory has left the files on purpose; what was wrong with them
		// still is.
		sc.differs = !sameSource(sc.live, sc.tried)
	} else {
		sc.diags, sc.why = rep.Diagnostics, ""
		sc.differs = false
		if sc.eng != nil { // else it has crashed meanwhile
			sc.state = interp.StateLive
		}
	}
	sc.touch()
}

// askFirst finds out what a save would do and keeps it for Confirm. What would
// change nothing, or cannot be done, needs no asking.
func (sc *script) askFirst(ctx context.Context, src source, took timing) (interp.Report, error) {
	s := sc.s
	s.mu.Lock()
	e, live := sc.eng, sc.live
	s.mu.Unlock()
	if e == nil || sameSource(src.Source, live) {
		return sc.put(ctx, src, interp.CauseWatch, ApplyFunctions, took)
	}
	out, err := s.ask(ctx, e, func() (interp.Outcome, error) { return e.Apply(ctx, src.Source, true) })
	if err != nil {
		return interp.Report{}, sc.applyFailed(ctx, e, err, interp.CauseWatch, took)
	}
	if !out.NeedsReload && (out.Report.Status == interp.StatusUnchanged || out.Report.Status == interp.StatusRefused) {
		return sc.put(ctx, src, interp.CauseWatch, ApplyFunctions, took)
	}
	out.Report = sc.stamp(out.Report, interp.CauseWatch, took)
	fillDiffs(&out.Report)
	s.mu.Lock()
	sc.tried = src.Source
	sc.pending = &pendingSave{src: src, out: out}
	sc.state, sc.diags = interp.StateBehind, nil
	sc.touch()
	name := sc.name
	s.mu.Unlock()
	s.notice(name, fmt.Sprintf("a save of %s waits for an answer: %s", name, plural(len(out.Report.Units), "unit")))
	return interp.Report{}, nil
}

// Pending lists the saves that wait for Confirm, by script.
func (s *Session) Pending() []Pending {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Pending
	for _, sc := range s.sorted() {
		if p := sc.pending; p != nil {
			out = append(out, Pending{Script: sc.name, Report: p.out.Report, NeedsReload: p.out.NeedsReload})
		}
	}
	return out
}

// Confirm applies (ok) or drops a pending save. A dropped save leaves the
// script behind its files until the next one.
func (s *Session) Confirm(ctx context.Context, script string, ok bool) (interp.Report, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Report{}, err
	}
	return sc.do(ctx, func(ctx context.Context, took timing) (interp.Report, error) {
		s.mu.Lock()
		p := sc.pending
		sc.pending = nil
		s.mu.Unlock()
		switch {
		case p == nil:
			return interp.Report{}, &NotFoundError{What: "pending save", Name: script}
		case !ok:
			return sc.refuse(interp.Report{Reasons: []string{"the save was not confirmed"}}, interp.CauseWatch, took), nil
		}
		// The wait for an answer is not part of how long the save took.
		return sc.put(ctx, p.src, interp.CauseWatch, ApplyFunctions, took)
	})
}

// stamp fills in what the session knows of a report. Total runs from the
// settled batch, or the request, to now.
func (sc *script) stamp(rep interp.Report, cause interp.Cause, took timing) interp.Report {
	rep.Script = sc.title()
	rep.Cause = cause
	rep.Timing.Detect = took.settled.Sub(took.first).Microseconds()
	rep.Timing.Read = took.read.Microseconds()
	rep.Timing.Total = max(1, time.Since(took.settled).Microseconds()-rep.Timing.Look)
	return rep
}

// publish gives a report its number, logs it and remembers the texts that it
// replaced. before and after are the live sources; equal when nothing changed.
func (sc *script) publish(rep interp.Report, before, after interp.Source) interp.Report {
	s := sc.s
	fillDiffs(&rep)
	// The protocol has lists, never null.
	if rep.Units == nil {
		rep.Units = []interp.UnitChange{}
	}
	if rep.Vars == nil {
		rep.Vars = []interp.VarChange{}
	}
	if rep.Diagnostics == nil {
		rep.Diagnostics = []interp.Diagnostic{}
	}
	good := rep.Status == interp.StatusLive || rep.Status == interp.StatusReloaded
	var texts map[string][]*version
	if good && before.Files != nil { // else nothing ran before
		s.mu.Lock()
		since := sc.memory.since
		s.mu.Unlock()
		texts = replaced(&rep, &before, &after, since)
	}
	s.mu.Lock()
	s.nextReport++
	rep.ID = s.nextReport
	if good {
		sc.remember(&rep, texts, before, after)
	}
	s.keep(rep)
	s.mu.Unlock()
	s.append(Entry{Script: rep.Script, Report: &rep})
	if good {
		s.pins.after(&rep)
	}
	if after := s.cfg.Host.After; after != nil {
		after(rep)
	}
	return rep
}

// keep adds a report to those that Reports gives, and lets the oldest go when
// there are too many or they are too large together; with mu held.
func (s *Session) keep(rep interp.Report) {
	s.reports = append(s.reports, rep)
	s.reportBytes += reportSize(&rep)
	drop := 0
	for n := len(s.reports); n-drop > maxReports || n-drop > 1 && s.reportBytes > maxReportBytes; drop++ {
		s.reportBytes -= reportSize(&s.reports[drop])
	}
	s.reports = slices.Delete(s.reports, 0, drop)
}

// title is the script's name now.
func (sc *script) title() string {
	sc.s.mu.Lock()
	defer sc.s.mu.Unlock()
	return sc.name
}

// inFlight counts the calls that borrow an engine.
func (s *Session) inFlight(e *engine) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.calls
}

// sameSource says whether two sources are the same text.
func sameSource(a, b interp.Source) bool {
	if a.GoVersion != b.GoVersion || len(a.Imports) != len(b.Imports) || !sameFiles(a.Files, b.Files) {
		return false
	}
	for i := range a.Imports {
		if a.Imports[i].Path != b.Imports[i].Path || !sameFiles(a.Imports[i].Files, b.Imports[i].Files) {
			return false
		}
	}
	return true
}

func sameFiles(a, b []interp.File) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
