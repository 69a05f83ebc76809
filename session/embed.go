package session

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"hotloop/interp"
	"hotloop/watch"
)

// Host is what a program that embeds a session adds to it. The zero value adds
// nothing.
//
// Before and After are called on the goroutine that changes the script, one
// change at a time per script. They must not wait for another change of that
// script, so Reload, Save and Patch are not for them; firing is fine.
type Host struct {
	// Packages is what scripts can import of the program; see Offer. A package
	// that is offered comes before one of the same path on disk, so that a
	// program can offer a package of its own module, which editors know, too.
	// Scripts in child processes do not have it.
	Packages *interp.Packages
	// Sources are scripts held in memory, by file name, beside those in Paths.
	// The files of one directory and package are one script. Save changes them. Where there are no Paths
	// besides, packages that they import from the disk are not watched.
	Sources map[string]string
	// Points makes every change wait (saves, reloads, rollbacks, restarts) until
	// the program calls Patch. Loading a new script, and loading again after a
	// crash, do not wait.
	Points bool
	// Grace is how long a change waits for the calls in flight to end, while new
	// ones wait; 0 takes a second. One that takes longer goes on in the code it
	// began with, while the change lands under it.
	Grace time.Duration
	// Before is asked before a change of a script that runs. It may take its
	// time, while the old code runs on, and its error refuses the change; the
	// report has its text among the reasons. Its context ends when the script
	// does. Restart and crashes do not ask.
	Before func(ctx context.Context, c Edit) error
	// After is told every report, once what it tells of is live.
	After func(interp.Report)
	// Logger gets a record for every entry of the log: calls that give a result
	// at the level Debug, that give an error of their own at Info, that fail in
	// another way at Error; refused changes at Warn, the others at Info.
	Logger *slog.Logger
}

// Edit is a change that is about to be made.
type Edit struct {
	Script string
	Cause  interp.Cause

	plan func(context.Context) (interp.Outcome, error)
}

// Plan finds out what the change would do, unit by unit. It takes about as long
// as the check of the script.
func (c Edit) Plan(ctx context.Context) (interp.Outcome, error) { return c.plan(ctx) }

// Offer makes what Host.Packages takes of plain functions, values and types, by
// import path and name; see interp.Export for what becomes of each. For packages
// in the form of yaegi's extractor there is interp.NewPackages.
func Offer(packages map[string]map[string]any) (*interp.Packages, error) {
	var all []interp.Exports
	for _, path := range slices.Sorted(maps.Keys(packages)) {
		e, err := interp.Export(path, packages[path])
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return interp.NewPackages(all...)
}

// memoryDir stands for the directory of the sources that are held in memory. No
// file system has such a name.
const memoryDir = "\x00memory"

// withSources adds the place of the sources held in memory to the roots.
func (s *Session) withSources(roots []root) []root {
	if len(s.cfg.Host.Sources) == 0 {
		return roots
	}
	s.tree.sources = s.cfg.Host.Sources
	return append(slices.Clip(roots), root{path: s.tree.memory})
}

// inMemory gives the sources that are held in memory at the start.
func (t *tree) inMemory() []change {
	var out []change
	for _, name := range slices.Sorted(maps.Keys(t.sources)) {
		out = append(out, change{path: t.memoryPath(name), text: t.sources[name]})
	}
	return out
}

func (t *tree) memoryPath(name string) string {
	return filepath.Join(t.memory, filepath.Join("/", filepath.FromSlash(name)))
}

// Save changes sources that are held in memory, all together: it is to them
// what a save is to files. It waits until what follows is done and gives the
// reports; where changes wait for Patch it returns none.
func (s *Session) Save(ctx context.Context, sources map[string]string) ([]interp.Report, error) {
	return s.change(ctx, sources, nil)
}

// Remove takes sources that are held in memory away, as Save.
func (s *Session) Remove(ctx context.Context, names ...string) ([]interp.Report, error) {
	return s.change(ctx, nil, names)
}

func (s *Session) change(ctx context.Context, sources map[string]string, removed []string) ([]interp.Report, error) {
	if len(s.cfg.Host.Sources) == 0 {
		return nil, fmt.Errorf("no sources are held in memory: %w", ErrNoScripts)
	}
	s.mu.Lock()
	since := s.nextReport
	s.mu.Unlock()
	var b watch.Batch
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		b.Changes = append(b.Changes, watch.Change{Path: s.tree.memoryPath(name), Text: []byte(sources[name])})
	}
	for _, name := range removed {
		b.Changes = append(b.Changes, watch.Change{Path: s.tree.memoryPath(name), Removed: true})
	}
	done := make(chan struct{})
	select {
	case s.tasks <- func() { defer close(done); s.batch(b, nil) }:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, ErrClosed
	}
	select {
	case <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.ctx.Done():
		return nil, ErrClosed
	}
	if s.cfg.Host.Points {
		return nil, nil
	}
	if err := s.settleAll(ctx); err != nil {
		return nil, err
	}
	return s.Reports("", since)
}

// Patch makes the changes that wait, where Host.Points has them wait, and gives
// their reports. Of several saves of one script the last counts. Calls in
// flight finish in the code they began with, so a program that wants none calls
// it between its frames or requests.
func (s *Session) Patch(ctx context.Context) ([]interp.Report, error) {
	s.mu.Lock()
	since := s.nextReport
	s.mu.Unlock()
	if err := s.settleAll(ctx); err != nil {
		return nil, err
	}
	return s.Reports("", since)
}

// settleAll waits until what was asked of every script so far is done.
func (s *Session) settleAll(ctx context.Context) error {
	for _, sc := range s.list() {
		s.mu.Lock()
		idle := len(sc.jobs) == 0 && !sc.busy
		s.mu.Unlock()
		if idle {
			continue
		}
		_, err := sc.wait(ctx, &job{point: true, run: func(context.Context, timing) (interp.Report, error) {
			return interp.Report{}, nil
		}})
		if err != nil && sc.ctx.Err() == nil { // else the script has gone meanwhile
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	return nil
}

// Waiting says how many scripts have changes that wait for Patch.
func (s *Session) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, sc := range s.scripts {
		if len(sc.jobs) > 0 {
			n++
		}
	}
	return n
}

// vetoed asks the program whether a change may be made; the report is that of
// the refusal.
func (sc *script) vetoed(ctx context.Context, e *engine, src source, cause interp.Cause, took timing) (interp.Report, bool) {
	before := sc.s.cfg.Host.Before
	if before == nil || e == nil {
		return interp.Report{}, false
	}
	err := before(ctx, Edit{Script: sc.title(), Cause: cause, plan: func(ctx context.Context) (interp.Outcome, error) {
		return sc.s.ask(ctx, e, func() (interp.Outcome, error) { return e.Apply(ctx, src.Source, true) })
	}})
	if err == nil {
		return interp.Report{}, false
	}
	return sc.refuse(interp.Report{Reasons: []string{"the program refused it: " + err.Error()}}, cause, took), true
}

// Follow gives the entries of the log from now on, until ctx ends or the session
// closes. A reader that is slower than what happens misses what the log has let
// go of; the numbers of the entries then leave a gap.
func (s *Session) Follow(ctx context.Context) iter.Seq[Entry] {
	_, next := s.log.Bounds()
	return s.followFrom(ctx, next)
}

func (s *Session) followFrom(ctx context.Context, next uint64) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		var counter uint64
		for {
			now, err := s.changed.wait(ctx, counter)
			for {
				entries := s.log.Window(next, 256)
				for _, e := range entries {
					if ctx.Err() != nil || !yield(e) {
						return
					}
					next = e.Seq + 1
				}
				if len(entries) == 0 {
					break
				}
			}
			if err != nil {
				return
			}
			counter = now
		}
	}
}
