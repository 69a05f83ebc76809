package watch

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// settler decides which files are pending, when to look at them, and when they
// are a batch. It keeps no goroutine and no timer: settle says when it wants to
// be called again. It tells the time by time.Now alone.
type settler struct {
	pace pace
	// blind says that nothing but looking tells of further changes.
	blind bool

	look   func(path string) sight
	ready  func([]Change) bool        // may be nil
	locked func() bool                // a version control command is at work
	ended  func(since time.Time) bool // one has ended since then

	files    map[string]*file
	pending  map[string]*file
	first    time.Time // first touch of what is pending
	last     time.Time // last sign of a change to what is pending
	storm    time.Time // first of the changes that came without a pause until last
	lockedAt time.Time // when a lock was found last
	stirred  bool      // last was no touch
	several  bool      // more than one file was pending, or just before
	asked    bool      // answer is ready's, for what was seen
	answer   bool
	took     time.Duration // looking, since first
	touches  int           // ever

	sent      time.Time // of the batch before
	sentPaths map[string]bool
}

func newSettler(p pace) *settler {
	return &settler{
		pace:    p,
		look:    look,
		locked:  func() bool { return false },
		ended:   func(time.Time) bool { return false },
		files:   map[string]*file{},
		pending: map[string]*file{},
	}
}

// file gives the record of a path, a new one if there is none.
func (s *settler) file(path, abs string) *file {
	f := s.files[path]
	if f == nil {
		f = &file{path: path, abs: abs}
		s.files[path] = f
	}
	return f
}

// touch says that f may have changed at the given time.
func (s *settler) touch(f *file, at time.Time) {
	if !f.pending {
		f.pending, f.away, f.again = true, time.Time{}, time.Time{}
		s.pending[f.path] = f
		if len(s.pending) == 1 {
			s.first, s.storm, s.last, s.took = at, at, at, 0
			s.several = at.Sub(s.sent) < s.pace.follow && (len(s.sentPaths) > 1 || !s.sentPaths[f.path])
		} else {
			s.several = true
		}
	}
	f.stale = true
	s.touches++
	s.changed(at)
}

// stir says that some other file was created: perhaps the beginning of the
// next file's save. It only matters between two touches.
func (s *settler) stir(at time.Time) {
	if len(s.pending) > 0 && at.After(s.last) {
		s.last, s.stirred = at, true
	}
}

// changed notes a sign of a change to what is pending.
func (s *settler) changed(at time.Time) {
	if at.Sub(s.last) > s.pace.several {
		s.storm = at
	}
	if at.After(s.last) {
		s.last = at
	}
	s.stirred, s.asked = false, false
}

// settle looks at what is pending and reports whether it is a batch now. If it
// is not, until says when to call again if nothing is touched before; zero
// means never.
func (s *settler) settle() (done bool, until time.Time) {
	for {
		now := time.Now()
		if len(s.pending) == 0 {
			return false, time.Time{}
		}
		// One file is looked at eagerly, so that its reading and checking fall
		// into the quiet time, unless that gets expensive. Many are looked at
		// once, when they are quiet.
		if len(s.pending) == 1 && s.took < s.pace.eager {
			if s.lookAll(now); s.single() == writerGone {
				s.isReady()
			}
			now = time.Now()
		}
		if quiet := s.quiet(); now.Before(quiet) && !s.overdue() {
			return false, quiet
		}
		if s.lookAll(now) {
			continue // the looks took time; what they found may want a different window
		}
		s.dropUnchanged()
		if len(s.pending) == 0 {
			return false, time.Time{}
		}
		if now.Sub(s.first) >= s.pace.limit {
			return s.anything(), s.due(now.Add(s.pace.short))
		}
		if s.locked() {
			s.lockedAt, s.several = now, true
			return false, now.Add(s.pace.locked)
		}
		if !s.several && s.ended(s.first) {
			// It was faster than the look at its lock, and the events of its
			// other files may still be on their way.
			s.lockedAt, s.several = now, true
			continue
		}
		if end := s.graceEnd(); now.Before(end) {
			return false, s.due(end)
		} else if s.confirmMissing(now, end) {
			continue
		}
		if end := s.holdEnd(now); now.Before(end) {
			return false, s.due(end)
		}
		return true, time.Time{}
	}
}

// quiet is until when nothing may happen.
func (s *settler) quiet() time.Time {
	since := s.last
	if s.lockedAt.After(since) {
		since = s.lockedAt
	}
	return since.Add(s.window())
}

// overdue reports whether changes have come for so long without a pause that
// what is pending goes out in between.
func (s *settler) overdue() bool { return s.last.Sub(s.storm) >= s.pace.burst }

// window is how long it must be quiet.
func (s *settler) window() time.Duration {
	switch {
	case s.several:
		return s.pace.several
	case s.stirred:
		return s.pace.stirred
	case s.single() == writerGone:
		return s.pace.closed
	case s.blind:
		return s.pace.several
	}
	return s.pace.single
}

// single says who writes to the only pending file, if it is the only one and
// was read since it was touched.
func (s *settler) single() writer {
	if len(s.pending) != 1 {
		return writerUnknown
	}
	for _, f := range s.pending {
		if !f.stale && f.seen.text != nil && !f.seen.torn {
			return f.seen.writer
		}
	}
	return writerUnknown
}

// lookAll looks at the pending files that are stale or due and reports whether
// there were any.
func (s *settler) lookAll(now time.Time) (any bool) {
	for _, f := range s.pending {
		due := !f.again.IsZero() && !now.Before(f.again)
		if !f.stale && !due {
			continue
		}
		any = true
		start := time.Now()
		seen := s.look(f.abs)
		s.took += time.Since(start)
		if seen.torn || !f.stale && !seen.same(f.seen) {
			s.changed(time.Now()) // nobody told, or nobody told yet
		}
		if !seen.same(f.seen) {
			s.asked = false
		}
		f.seen, f.stale, f.again = seen, false, time.Time{}
		switch {
		case !seen.missing:
			f.away = time.Time{}
		case f.away.IsZero():
			f.away = s.last
		}
		switch {
		case seen.torn:
			f.again = now.Add(s.pace.locked)
		case seen.writer == writerPresent:
			// Closing a file is no event. The longer it stays open, the less
			// often it is asked.
			f.again = now.Add(max(s.pace.locked, now.Sub(s.last)/4))
		case s.blind:
			f.again = now.Add(s.pace.several)
		}
	}
	return any
}

// lookNow looks at all that is pending and forgets what is unchanged.
func (s *settler) lookNow() {
	now := time.Now()
	for _, f := range s.pending {
		f.again = now
	}
	s.lookAll(now)
	s.dropUnchanged()
}

// due is the earliest of t and the next look that is due.
func (s *settler) due(t time.Time) time.Time {
	for _, f := range s.pending {
		if !f.again.IsZero() && f.again.Before(t) {
			t = f.again
		}
	}
	return t
}

// dropUnchanged forgets pending files that are as they were committed.
func (s *settler) dropUnchanged() {
	for _, f := range s.pending {
		if f.stale || f.seen.torn || f.seen.err != nil {
			continue
		}
		if f.seen.missing && !f.known || f.known && !f.seen.missing && bytes.Equal(f.seen.text, f.text) {
			s.release(f)
			if !f.known {
				delete(s.files, f.path)
			}
		}
	}
}

// release ends f's being pending.
func (s *settler) release(f *file) {
	delete(s.pending, f.path)
	f.pending, f.stale, f.again, f.away = false, false, time.Time{}, time.Time{}
	f.seen.text = nil // f.text is the same
}

// changes is what a batch of all that is pending would hold. Files that cannot
// be read have no part in it.
func (s *settler) changes() (changes []Change) {
	for _, f := range s.sorted() {
		if c, ok := f.change(); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// sorted gives the pending files by path.
func (s *settler) sorted() []*file {
	files := make([]*file, 0, len(s.pending))
	for _, f := range s.pending {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b *file) int { return strings.Compare(a.path, b.path) })
	return files
}

// commit makes what was seen the committed content of every deliverable
// pending file and gives the changes, and the files that could not be read.
// What is not deliverable stays pending.
func (s *settler) commit() (b Batch, failed []*file) {
	now := time.Now()
	b = Batch{First: s.first, Settled: now, ReadTook: s.took}
	s.sent, s.sentPaths = now, map[string]bool{}
	for _, f := range s.sorted() {
		if !s.deliverable(f) {
			continue
		}
		if f.seen.err != nil {
			failed = append(failed, f)
		}
		if c, ok := f.change(); ok {
			b.Changes = append(b.Changes, c)
			f.known, f.text = !c.Removed, c.Text
			s.sentPaths[f.path] = true
		}
		s.release(f)
	}
	s.first, s.storm, s.last, s.took, s.asked = now, now, now, 0, false // of what stays pending, if anything
	return b, failed
}
