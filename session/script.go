package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hotloop/interp"
)

// script is one script of the session: what runs of it, what is known of it,
// and what is still to be done to it.
//
// One goroutine, work, does one job after the other: it alone loads, applies,
// installs engines and closes them. Fired events and questions do not pass
// through it; they borrow the engine that is installed.
type script struct {
	s      *Session
	ctx    context.Context // ends when the script is removed or the session closes
	cancel context.CancelFunc
	wake   chan struct{} // one place; something was put into jobs

	// Owned by the work goroutine.
	retry *time.Timer // the next try of a crash loop; nil when none is set

	// Guarded by s.mu.
	key  string
	name string
	plan *plan
	jobs []*job
	busy bool // a job is being done
	// abort ends the load that is being done, because something newer came.
	abort context.CancelFunc

	eng *engine // nil while nothing runs
	// settled is open while no engine is installed but a load is due or being
	// done, and closed when that has ended either way. Nil otherwise.
	settled chan struct{}
	live    interp.Source // what eng runs, or ran last
	loaded  bool          // live has run
	tried   interp.Source // what was put to an engine last, taken or not
	uses    map[string]bool
	units   []interp.Unit  // of live
	index   map[string]int // into units, by key
	state   interp.State
	diags   []interp.Diagnostic
	why     string // why it is behind, when no diagnostic says so
	differs bool
	pending *pendingSave
	crashes strikes
	began   uint64    // number of the log at the load of what runs, or ran last; 0 before the first
	died    time.Time // when the engine of that load ended by itself
	fatal   bool      // a call was in flight then
	last    life      // the one before
	setBy   map[string]setter
	memory  *memory        // versions and counts; outlives the engine and, for a time, the script
	shown   *interp.Script // what describe made last; nil when something changed
}

// counts are the counters of one handler. They survive reloads and crashes.
type counts struct {
	calls, errors, lastUs int64
}

// job is one thing to be done to a script. Its result goes to done, which has
// room for it, so nobody need wait.
type job struct {
	save bool // made by a batch: a second one that waits says nothing new
	// loads: it applies the files as they are when it runs, so a load that is
	// being done for what they were is not worth finishing.
	loads bool
	// always: it runs even where changes wait for a point; point lets what waits
	// before it run.
	always, point bool
	took          timing
	run           task
	done          chan jobResult
}

type jobResult struct {
	report interp.Report
	err    error
}

// timing is when a job was asked for. For a save first and settled are the
// batch's; for all else they are equal.
type timing struct {
	first, settled time.Time
	read           time.Duration
}

func timingNow() timing {
	now := time.Now()
	return timing{first: now, settled: now}
}

// errSuperseded ends a load that something newer took the place of.
var errSuperseded = errors.New("something newer took its place")

// newScript adds a script under a name, with mu held, and starts its goroutine.
// Nothing is loaded yet.
func (s *Session) newScript(p *plan, name string) *script {
	sc := &script{
		s:       s,
		wake:    make(chan struct{}, 1),
		key:     p.key,
		name:    name,
		plan:    p,
		state:   interp.StateStopped,
		settled: make(chan struct{}),
		index:   make(map[string]int),
		setBy:   make(map[string]setter),
		memory:  s.recall(p.key),
	}
	sc.ctx, sc.cancel = context.WithCancel(s.ctx)
	s.scripts[name] = sc
	s.wg.Add(1)
	go sc.work()
	return sc
}

// push puts a job at the end of the queue, with s.mu held. A save that waits
// already takes in a second one: when it runs it applies the files as they are
// then. urgent jobs go before all others.
func (sc *script) push(j *job, urgent bool) {
	switch n := len(sc.jobs); {
	case urgent:
		sc.jobs = slices.Insert(sc.jobs, 0, j)
	case j.save && n > 0 && sc.jobs[n-1].save:
		sc.jobs[n-1].took.settled = j.took.settled
		sc.jobs[n-1].took.read += j.took.read
	default:
		sc.jobs = append(sc.jobs, j)
	}
	if sc.abort != nil && j.loads {
		sc.abort()
	}
	select {
	case sc.wake <- struct{}{}:
	default:
	}
}

// task is what a job does.
type task func(ctx context.Context, took timing) (interp.Report, error)

// newJob gives a job that nobody waits for.
func newJob(run task) *job {
	return &job{took: timingNow(), run: run, done: make(chan jobResult, 1)}
}

// doLoad is do for a job that applies the files. When they change meanwhile it
// begins again with what they are then.
func (sc *script) doLoad(ctx context.Context, run task) (interp.Report, error) {
	return sc.wait(ctx, &job{loads: true, run: func(ctx context.Context, took timing) (interp.Report, error) {
		for {
			rep, err := run(ctx, took)
			if !errors.Is(err, errSuperseded) {
				return rep, err
			}
		}
	}})
}

// do has a job done and waits for its result. When the caller's context ends
// first the job is done all the same.
func (sc *script) do(ctx context.Context, run task) (interp.Report, error) {
	return sc.wait(ctx, &job{run: run})
}

func (sc *script) wait(ctx context.Context, j *job) (interp.Report, error) {
	j.took, j.done = timingNow(), make(chan jobResult, 1)
	sc.s.mu.Lock()
	if sc.s.closed {
		sc.s.mu.Unlock()
		return interp.Report{}, ErrClosed
	}
	sc.push(j, false)
	sc.s.mu.Unlock()
	select {
	case r := <-j.done:
		return r.report, r.err
	case <-ctx.Done():
		return interp.Report{}, ctx.Err()
	case <-sc.ctx.Done():
		// The job may have ended together with the script.
		select {
		case r := <-j.done:
			return r.report, r.err
		default:
			return interp.Report{}, sc.over()
		}
	}
}

// take gives the next job that may run now, nil for none, with s.mu held.
func (sc *script) take() *job {
	at := 0
	if sc.s.cfg.Host.Points && !slices.ContainsFunc(sc.jobs, func(j *job) bool { return j.point }) {
		at = slices.IndexFunc(sc.jobs, func(j *job) bool { return j.always })
	}
	if at < 0 || len(sc.jobs) == 0 {
		return nil
	}
	j := sc.jobs[at]
	sc.jobs = slices.Delete(sc.jobs, at, at+1)
	return j
}

// over says why nothing more is done to a script: the session is closed, or the
// script is no longer there.
func (sc *script) over() error {
	s := sc.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	return &NotFoundError{What: "script", Name: sc.name, Nearest: nearest(sc.name, slices.Collect(maps.Keys(s.scripts)))}
}

// work is the goroutine of the script.
func (sc *script) work() {
	defer sc.s.wg.Done()
	defer sc.shut()
	for {
		select {
		case <-sc.ctx.Done():
			return
		case <-sc.wake:
		}
		for sc.ctx.Err() == nil {
			sc.s.mu.Lock()
			j := sc.take()
			sc.busy = j != nil
			sc.s.mu.Unlock()
			if j == nil {
				break
			}
			rep, err := j.run(sc.ctx, j.took)
			j.done <- jobResult{rep, err}
		}
	}
}

// shut ends what runs of the script. It is the last thing work does.
func (sc *script) shut() {
	if sc.retry != nil {
		sc.retry.Stop()
	}
	sc.s.mu.Lock()
	eng := sc.eng
	sc.eng = nil
	if eng != nil {
		eng.retired = "the script was closed"
	}
	sc.settle()
	sc.s.mu.Unlock()
	if eng != nil {
		sc.s.closeEngine(eng)
	}
}

// settle lets go of everybody who waits for a load, with s.mu held.
func (sc *script) settle() {
	if sc.settled != nil {
		close(sc.settled)
		sc.settled = nil
	}
}

// describe gives the script as the protocol shows it, with s.mu held.
func (sc *script) describe() *interp.Script {
	if sc.shown != nil {
		return sc.shown
	}
	units := slices.Clone(sc.units)
	for i := range units {
		if c := sc.memory.counts[units[i].Key]; c != nil {
			units[i].Calls, units[i].Errors, units[i].LastUs = c.calls, c.errors, c.lastUs
		}
	}
	files := make([]string, 0, len(sc.plan.files))
	for _, f := range sc.plan.files {
		files = append(files, sc.s.tree.show(f))
	}
	sc.shown = &interp.Script{
		Name:        sc.name,
		Package:     sc.plan.pkg,
		Path:        sc.plan.path,
		Files:       files,
		State:       sc.state,
		Units:       units,
		Diagnostics: sc.diags,
		Differs:     sc.differs,
	}
	return sc.shown
}

// touch says that describe has something new to say, with s.mu held.
func (sc *script) touch() { sc.shown = nil }

// setUnits takes over what an engine says of the script, with s.mu held: loaded
// is set when it is a fresh one, which tells all versions and not what changed.
// It is on the way of every save, so what need not be made anew is kept.
func (sc *script) setUnits(out *interp.Outcome, loaded bool) {
	m := sc.memory
	if loaded {
		maps.Copy(m.gone, m.live)
		m.live = interp.Baseline{}
		sc.units = nil // was may be in use
	}
	for _, key := range out.Gone { // they keep their number, to go on from if they come back
		m.gone[key] = m.live[key]
	}
	m.live.Update(out.Versions, out.Gone)
	for key := range out.Versions {
		delete(m.gone, key)
	}
	same := keepsKeys(sc.units, out.Units)
	units, err := interp.FollowUnits(sc.units, out.Units)
	if err != nil {
		return // a child that tells nonsense has been ended for it
	}
	sc.units = units
	sc.touch()
	if same {
		return // and so the index holds
	}
	sc.index = make(map[string]int, len(units))
	for i := range units {
		sc.index[units[i].Key] = i
	}
}

// keepsKeys tells whether a list has the same units in the same order after runs.
func keepsKeys(list []interp.Unit, runs []interp.UnitRun) bool {
	at := 0
	for _, r := range runs {
		if r.N > 0 && r.From != at {
			return false
		}
		at += r.N
		for i := range r.Units {
			if at >= len(list) || list[at].Key != r.Units[i].Key {
				return false
			}
			at++
		}
	}
	return at == len(list)
}

// notLoaded says why nothing of a script runs, with s.mu held.
func (sc *script) notLoaded() error {
	why := "it is " + string(sc.state)
	if sc.why != "" {
		why = sc.why
	}
	for _, d := range sc.diags {
		if d.Severity == interp.SeverityError {
			why = fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
			break
		}
	}
	if sc.state == interp.StateCrashed && sc.crashes.reason != "" {
		why = sc.crashes.reason
	}
	return fmt.Errorf("%s is %w: %s", sc.name, ErrNotLoaded, why)
}

// listed gives the script's units, of which setUnits may change those that are
// listed now: they are for the script's own goroutine.
func (sc *script) listed() []interp.Unit {
	sc.s.mu.Lock()
	defer sc.s.mu.Unlock()
	return sc.units
}
