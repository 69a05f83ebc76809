package interp

import (
	"runtime"
	"strings"
	"time"
)

// While values are carried over to new types, code that runs on in the old
// types would change values that have been left already. So a patch that
// carries values over holds the script's goroutines where they ask whether they
// are to end, at the beginning of a function or of a loop's body, until the new
// versions are live. Functions ask before they begin in their newest version:
// what is held there goes on in the new one.
//
// Goroutines that wait for something are not held, nor are functions without
// loops that call nothing; these are over in a moment.

// The same is done while values are read: a map that is written to while it is
// read ends the process.

// holds are the times that go on. Guarded by the stopper's mu.
type holds struct {
	all  map[*held]bool
	over chan struct{} // closed when there are none any more
}

// held is one time for which goroutines are held.
type held struct {
	s  *stopper
	by int64 // the goroutine that goes on; 0 for none
}

// Goroutines that run come to where they are held within microseconds, unless the
// processor is taken from them on the way. So it is looked, a few times, whether
// one is still at work; with very many of them a look would take too long.
const (
	holdSettles    = 500 * time.Microsecond
	holdLooks      = 40
	holdGoroutines = 500
)

// awaitHeld waits until the goroutines of scripts are held, or wait for something.
func awaitHeld() {
	for range holdLooks {
		time.Sleep(holdSettles)
		if runtime.NumGoroutine() > holdGoroutines || !scriptRuns() {
			return
		}
	}
}

// scriptRuns tells whether any goroutine is running interpreted code, or is
// about to, from the stacks of all: of one that waits its state says so.
func scriptRuns() bool {
	buf := make([]byte, 1<<20)
	for block := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		head, frames, _ := strings.Cut(block, "\n")
		if (strings.Contains(head, "[running") || strings.Contains(head, "[runnable")) &&
			(strings.Contains(frames, "yaegi/interp.runCfg") || strings.Contains(frames, "(*Live).execute.func")) && !strings.Contains(frames, ".awaitHeld(") {
			return true
		}
	}
	return false
}

// hold makes goroutines wait from now on, and calls before they begin; those
// that are under way come to it within the time of awaitHeld. release must follow.
func (s *stopper) hold() *held {
	h := &held{s: s}
	s.mu.Lock()
	if len(s.holds.all) == 0 {
		s.holds = holds{map[*held]bool{}, make(chan struct{})}
	}
	s.holds.all[h] = true
	raise(s.flag, true)
	s.mu.Unlock()
	return h
}

// busy says whether calls are in flight, those that wait to begin among them.
func (s *stopper) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.running) > 0
}

// exempt lets the calling goroutine go on while others are held. h may be nil.
func (h *held) exempt() {
	if h == nil {
		return
	}
	g := goid()
	h.s.mu.Lock()
	h.by = g
	h.s.mu.Unlock()
}

// release lets them all go on, unless something else holds them too. It may be
// called again; h may be nil.
func (h *held) release() {
	if h == nil {
		return
	}
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holds.all[h] {
		delete(s.holds.all, h)
		if len(s.holds.all) == 0 {
			close(s.holds.over)
			s.lower()
		}
	}
}

// waitHeld holds the calling goroutine, g, while there is a reason; one that is
// to end meanwhile is told by true.
func (s *stopper) waitHeld(g int64, at place) (end bool) {
	for {
		s.mu.Lock()
		over, wake := s.holds.over, s.wake
		free := len(s.holds.all) == 0
		for h := range s.holds.all {
			free = free || h.by == g
		}
		end := s.due(g, at)
		s.mu.Unlock()
		if end || free {
			return end
		}
		select {
		case <-over:
		case <-wake:
		}
	}
}

// holding does something while the goroutines of the script are held, and calls
// in flight with them, if there can be any. p is the program that is live.
func (l *Live) holding(p *program, f func()) {
	h := l.stop.hold()
	defer h.release()
	if p.concurrent() || l.stop.busy() {
		awaitHeld()
	}
	h.exempt()
	f()
}
