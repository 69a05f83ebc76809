package interp

import "time"

// While values are carried over to new types, code that runs on in the old
// types would change values that have been left already. So a patch that
// carries values over holds the script's goroutines where they ask whether they
// are to end, at the beginning of a function or of a loop's body, until the new
// versions are live. Functions ask before they look whether there is a newer
// version of themselves: what is held there goes on in the new one.
//
// Goroutines that wait for something are not held, nor are functions without
// loops that call nothing; these are over in a moment.

// held is one such time.
type held struct {
	by   int64         // the goroutine that patches
	over chan struct{} // closed at its end
}

// holdSettles is how long goroutines that run have to come to where they are
// held: it takes them microseconds.
const holdSettles = time.Millisecond

// hold makes goroutines wait from now on, all but the one that begins, which
// calls from then on what it patches with. release must follow.
func (s *stopper) hold() {
	s.mu.Lock()
	s.held = &held{over: make(chan struct{})}
	raise(s.flag, true)
	s.mu.Unlock()
	time.Sleep(holdSettles)
}

// exempt lets the calling goroutine go on while others are held.
func (s *stopper) exempt() {
	g := goid()
	s.mu.Lock()
	if s.held != nil {
		s.held.by = g
	}
	s.mu.Unlock()
}

// release lets them all go on. It may be called again.
func (s *stopper) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		close(s.held.over)
		s.held = nil
		s.lower()
	}
}

// waitHeld holds the calling goroutine, g, while values are carried over; one that
// is to end meanwhile is told by true.
func (s *stopper) waitHeld(g int64, at place) (end bool) {
	for {
		s.mu.Lock()
		h, wake := s.held, s.wake
		end := s.due(g, at)
		s.mu.Unlock()
		if end || h == nil || h.by == g {
			return end
		}
		select {
		case <-h.over:
		case <-wake:
		}
	}
}
