package session

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"hotloop/interp"
	"hotloop/watch"
)

// loop is the goroutine that takes batches. It alone changes the tree and the
// set of scripts, and it waits for no engine: what is to be done to a script
// goes to the script's own goroutine.
func (s *Session) loop() {
	defer s.wg.Done()
	for {
		select {
		case <-s.ctx.Done():
			return
		case do := <-s.tasks:
			do()
		case b, ok := <-s.files.Batches():
			if !ok {
				return
			}
			s.batch(b, nil)
		}
	}
}

// batch puts a batch in and sets going what follows from it, save for a script
// that is seen to by whoever asks.
func (s *Session) batch(b watch.Batch, but *script) {
	for _, n := range b.Notices {
		s.notice("", n.String())
	}
	var changes []change
	for _, c := range b.Changes {
		path := c.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.wd, path)
		}
		s.mu.Lock()
		_, events := s.saved[path]
		s.mu.Unlock()
		if events || eventsName(path) {
			s.setEvents(path, textOf(c.Text), c.Removed)
			continue
		}
		changes = append(changes, change{path: path, text: textOf(c.Text), removed: c.Removed})
	}
	changed := s.tree.update(changes)
	if len(changed) == 0 {
		return
	}
	took := timing{first: b.First, settled: b.Settled, read: b.ReadTook}
	if took.settled.IsZero() {
		took = timingNow()
	}
	s.follow(changed, took, but)
}

// follow brings the set of scripts in line with the tree and has every script
// that the changed files belong to apply them, save one that is seen to by
// whoever asks.
func (s *Session) follow(changed []string, took timing, but *script) {
	fresh := s.reconcile(changed)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sc := range s.scripts {
		if sc == but || slices.Contains(fresh, sc) || !sc.touched(changed) {
			continue
		}
		j := newJob(sc.save)
		j.save, j.loads, j.took = true, true, took
		sc.push(j, false)
	}
}

// touched says whether changed files are the script's business, with s.mu held.
func (sc *script) touched(changed []string) bool {
	for _, path := range changed {
		dir := filepath.Dir(path)
		if sc.uses[dir] || filepath.Base(path) == "go.mod" {
			return true
		}
		// A file that left the script is in the directory, and in its plan no more.
		if sc.plan.dir == dir && (!sc.plan.alone || sc.plan.files[0] == path) {
			return true
		}
	}
	return false
}

// reconcile makes a script for every plan that has none, follows renames, and
// lets go of scripts whose files are gone. It gives the new ones, whose first
// load is on its way.
func (s *Session) reconcile(changed []string) (fresh []*script) {
	plans := s.tree.current()
	var notices []Entry
	var removed []*script
	s.mu.Lock()
	byKey := make(map[string]*script)
	for _, sc := range s.scripts {
		byKey[sc.key] = sc
	}
	var news []*plan
	for _, p := range plans {
		if sc := byKey[p.key]; sc != nil {
			delete(byKey, p.key)
			if !slices.Equal(sc.plan.files, p.files) || sc.plan.pkg != p.pkg {
				sc.plan = p
				sc.touch()
			}
			continue
		}
		news = append(news, p)
	}
	// What is left in byKey has lost its plan: renamed, or removed.
	gone := slices.SortedFunc(maps.Values(byKey), func(a, b *script) int { return strings.Compare(a.key, b.key) })
	news = slices.DeleteFunc(news, func(p *plan) bool {
		i := slices.IndexFunc(gone, func(sc *script) bool { return sc.movedTo(p) })
		if i < 0 {
			return false
		}
		sc := gone[i]
		gone = slices.Delete(gone, i, i+1)
		if was := s.rename(sc, p); was != sc.name {
			notices = append(notices, Entry{Script: sc.name, Notice: fmt.Sprintf("%s is called %s now", was, sc.name)})
		}
		return true
	})
	for _, sc := range gone {
		delete(s.scripts, sc.name)
		removed = append(removed, sc)
	}
	taken := make(map[string]bool)
	for name := range s.scripts {
		taken[name] = true
	}
	named := names(news, taken)
	for _, p := range news {
		sc := s.newScript(p, named[p.key])
		j := newJob(sc.first)
		j.always = true
		sc.push(j, false)
		fresh = append(fresh, sc)
	}
	s.mu.Unlock()
	for _, e := range notices {
		s.append(e)
	}
	for _, sc := range removed {
		s.remove(sc)
	}
	for _, sc := range fresh {
		if len(changed) > 0 {
			s.readEvents(filepath.Join(sc.plan.dir, eventsFileName))
		}
	}
	if len(fresh)+len(removed)+len(notices) > 0 {
		s.changed.bump()
	}
	return fresh
}

// movedTo says whether a plan is what became of a script whose own is gone: its
// package was renamed, so it has files of it; or its directory or file was, so
// it has the same package and the same file names.
func (sc *script) movedTo(p *plan) bool {
	if sc.plan.alone != p.alone {
		return false
	}
	if sc.plan.dir == p.dir && !p.alone {
		return slices.ContainsFunc(p.files, func(f string) bool { return slices.Contains(sc.plan.files, f) })
	}
	if sc.plan.pkg != p.pkg || len(sc.plan.files) != len(p.files) {
		return false
	}
	if p.alone && sc.plan.dir == p.dir {
		return true // one file of a directory, under another name
	}
	for i := range p.files {
		if filepath.Base(p.files[i]) != filepath.Base(sc.plan.files[i]) {
			return false
		}
	}
	return true
}

// rename gives a script another plan and, unless it is taken, the name that
// goes with it; with mu held. It gives the name it had.
func (s *Session) rename(sc *script, p *plan) (was string) {
	was = sc.name
	delete(s.scripts, was)
	taken := make(map[string]bool)
	for name := range s.scripts {
		taken[name] = true
	}
	if sc.plan.title() != p.title() || was != sc.plan.title() {
		sc.name = names([]*plan{p}, taken)[p.key]
	}
	sc.plan, sc.key, sc.memory.key = p, p.key, p.key
	s.scripts[sc.name] = sc
	sc.touch()
	return was
}

// first is the job that loads a new script.
func (sc *script) first(ctx context.Context, took timing) (interp.Report, error) {
	src, ok := sc.current()
	if !ok {
		return interp.Report{}, nil
	}
	return sc.put(ctx, src, interp.CauseLoad, ApplyFunctions, took)
}

// remove ends a script whose files are gone and reports it. Its versions and
// counts are remembered in case it comes back.
func (s *Session) remove(sc *script) {
	s.mu.Lock()
	live, units, name := sc.live, slices.Clone(sc.units), sc.name
	s.gone = append(s.gone, sc.memory)
	if over := len(s.gone) - maxGone; over > 0 {
		s.gone = slices.Delete(s.gone, 0, over)
	}
	s.mu.Unlock()
	sc.cancel() // its goroutine closes the engine
	rep := interp.Report{
		Status:  interp.StatusLive,
		Units:   changesBetween(units, nil, live, interp.Source{}),
		Vars:    startedOver(nil, units, nil, nil, nil),
		Reasons: []string{fmt.Sprintf("the files of %s are gone; it was unloaded", name)},
	}
	sc.publish(sc.stamp(rep, interp.CauseWatch, timingNow()), live, interp.Source{})
}

// rescan puts in what the files say now, without waiting for it to settle, on
// the loop goroutine. The script itself is left to the caller; others that
// share the files apply them. It is the watcher that reads: it tells only what
// is other than what it gave before, so if somebody else read a text that is
// undone a moment later, nobody would be told.
func (s *Session) rescan(ctx context.Context, sc *script) error {
	done := make(chan struct{})
	do := func() {
		defer close(done)
		if b, err := s.files.Rescan(s.ctx); err == nil { // else the session is closing
			s.batch(b, sc)
		}
		s.readEvents(filepath.Join(sc.dir(), eventsFileName))
	}
	select {
	case s.tasks <- do:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return ErrClosed
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.ctx.Done():
		return ErrClosed
	}
}

// dir is the directory of a script.
func (sc *script) dir() string {
	sc.s.mu.Lock()
	defer sc.s.mu.Unlock()
	return sc.plan.dir
}
