package watch

import (
	"bytes"
	"slices"
	"time"
)

// graceEnd is when all missing files will have been away long enough; zero
// when none is missing.
func (s *settler) graceEnd() (end time.Time) {
	for _, f := range s.pending {
		if !f.seen.missing {
			continue
		}
		grace := s.pace.grace
		if s.moved(f) || s.ended(s.first) {
			grace = s.pace.short
		}
		if e := f.away.Add(grace); e.After(end) {
			end = e
		}
	}
	return end
}

// moved reports whether the text of a missing file turned up under a new name.
func (s *settler) moved(f *file) bool {
	for _, g := range s.pending {
		if !g.known && !g.seen.missing && g.seen.err == nil && len(g.seen.text) > 0 && bytes.Equal(g.seen.text, f.text) {
			return true
		}
	}
	return false
}

// confirmMissing makes another look due at the missing files that were last
// looked at before the grace ended, and reports whether there are such. A
// removal is too much to be believed on one look.
func (s *settler) confirmMissing(now, end time.Time) (any bool) {
	for _, f := range s.pending {
		if f.seen.missing && f.seen.at.Before(end) {
			f.again, any = now, true
		}
	}
	return any
}

// holdEnd is until when content that is not whole is held back; zero when all
// is whole. A process that still has a file open gets as much time even if the
// text is whole, and more if it is not. One that never stops writing, a log,
// holds up whole text no longer than a burst.
func (s *settler) holdEnd(now time.Time) time.Time {
	open, bad := false, false
	for _, f := range s.pending {
		open = open || f.seen.writer == writerPresent
		bad = bad || f.seen.err != nil || f.seen.torn || !f.seen.missing && len(f.seen.text) == 0
	}
	end := s.last.Add(s.pace.hold)
	if open {
		// Not asked yet: the answer could only be about half a file.
		closed := s.first.Add(s.pace.burst)
		if end.Before(closed) {
			closed = end
		}
		if now.Before(closed) {
			return closed
		}
		end = s.last.Add(4 * s.pace.hold)
	}
	if bad || !s.isReady() {
		return end
	}
	return time.Time{}
}

// isReady asks the hook, once for what was seen. Empty text is never ready.
func (s *settler) isReady() bool {
	if s.ready == nil {
		return true
	}
	if !s.asked {
		changes := s.changes()
		empty := slices.ContainsFunc(changes, func(c Change) bool { return !c.Removed && len(c.Text) == 0 })
		s.asked, s.answer = true, len(changes) == 0 || !empty && s.ready(changes)
	}
	return s.answer
}

// anything reports whether there is anything that could be delivered by force.
func (s *settler) anything() bool {
	return slices.ContainsFunc(s.sorted(), s.deliverable)
}

// deliverable reports whether f could be part of a batch now: it was looked
// at, and if it is missing, for long enough.
func (s *settler) deliverable(f *file) bool {
	if f.seen.at.IsZero() {
		return false
	}
	return !f.seen.missing || f.seen.at.Sub(f.away) >= s.pace.short
}
