package interp

import (
	"runtime"
	"sync"
	"time"
)

// stopper ends goroutines of a script. Emitted code looks at one variable at
// the top of every loop and function; while that is up, it asks check, which
// ends the goroutine if it is one of those to end. Ending is runtime.Goexit:
// the script's deferred calls run, but it cannot recover, and other goroutines
// do not notice.
type stopper struct {
	mu      sync.Mutex
	flag    *bool              // the script's variable; nil before it is there
	targets map[int64]*running // goroutines to end
	running map[*running]bool  // calls in flight
	places  map[int64]place    // where a goroutine said it is
	closing bool               // end every goroutine that asks
	pulsing bool               // a goroutine raises the flag now and then
}

// running is one call of a script by the host.
type running struct {
	id     int64 // goroutine
	kind   string
	place  place         // where check ended it
	done   chan struct{} // closed when the goroutine is through
	cancel func()        // of the context a handler may have
	once   sync.Once
}

// place is where a goroutine is, as code says it of itself: the emitted
// function, and file and line as they were when that was compiled.
type place struct {
	function, file string
	line           int
	text           string // what a panic there says, when only the script can tell
}

func (s *stopper) init() {
	s.targets, s.running, s.places = map[int64]*running{}, map[*running]bool{}, map[int64]place{}
}

// use takes the address of the script's variable.
func (s *stopper) use(flag *bool) {
	s.mu.Lock()
	s.flag = flag
	s.mu.Unlock()
}

// raise writes the script's variable. Scripts read it without a lock, as they
// must at that price; a bool is never torn, and reading the old value once more
// only delays the stop. The race detector is kept out of this one write.
//
//go:norace
func raise(flag *bool, up bool) {
	if flag != nil {
		*flag = up
	}
}

// check is called by script code while the flag is up.
func (s *stopper) check(function, file string, line int) {
	g := goid()
	s.mu.Lock()
	r := s.targets[g]
	if r != nil {
		r.place = place{function, file, line, ""}
		delete(s.targets, g)
		s.lower()
	}
	end := r != nil || s.closing
	s.mu.Unlock()
	if end {
		runtime.Goexit()
	}
}

// lower takes the flag down when nobody is left to end. mu is held.
func (s *stopper) lower() {
	if len(s.targets) == 0 && !s.closing {
		raise(s.flag, false)
	}
}

// at notes where the calling goroutine is, for code that is about to panic.
func (s *stopper) at(p place) {
	g := goid()
	s.mu.Lock()
	if len(s.places) > 1024 { // of goroutines that recovered by themselves
		clear(s.places)
	}
	s.places[g] = p
	s.mu.Unlock()
}

// takePlace gives what the calling goroutine said last, and forgets it.
func (s *stopper) takePlace() (place, bool) {
	g := goid()
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.places[g]
	delete(s.places, g)
	return p, ok
}

func (s *stopper) add(r *running) {
	s.mu.Lock()
	s.running[r] = true
	s.mu.Unlock()
}

// remove forgets a call whose goroutine is through, and tells whether it was
// asked to end.
func (s *stopper) remove(r *running) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, r)
	if s.targets[r.id] == r {
		delete(s.targets, r.id)
		s.lower()
	}
	return r.kind != ""
}

// wasStopped tells whether a call was asked to end before it did.
func (s *stopper) wasStopped(r *running) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return r.kind != ""
}

// end asks for the end of a call's goroutine.
func (s *stopper) end(r *running, kind string) {
	r.once.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.running[r] {
			return
		}
		r.kind = kind
		r.cancel()
		s.targets[r.id] = r
		raise(s.flag, true)
		if !s.pulsing {
			s.pulsing = true
			go s.pulse()
		}
	})
}

// calls ends all calls in flight.
func (s *stopper) calls(kind string) int {
	s.mu.Lock()
	var list []*running
	for r := range s.running {
		if s.targets[r.id] != r {
			list = append(list, r)
		}
	}
	s.mu.Unlock()
	for _, r := range list {
		s.end(r, kind)
	}
	return len(list)
}

// all ends every goroutine of the script, for good.
func (s *stopper) all() {
	s.mu.Lock()
	s.closing = true
	raise(s.flag, true)
	s.mu.Unlock()
}

// Steady is how long the flag stays up for a goroutine to end; one that does
// not is blocked, and the flag goes up only now and then from there on, because
// everything else runs slower while it is up.
const (
	steady     = 300 * time.Millisecond
	pulseEvery = 50 * time.Millisecond
	pulseWidth = time.Millisecond
)

// pulse runs while there are goroutines to end.
func (s *stopper) pulse() {
	time.Sleep(steady)
	for {
		s.mu.Lock()
		if len(s.targets) == 0 || s.closing {
			s.pulsing = false
			s.lower()
			s.mu.Unlock()
			return
		}
		raise(s.flag, true)
		s.mu.Unlock()
		time.Sleep(pulseWidth)
		s.mu.Lock()
		if !s.closing {
			raise(s.flag, false)
		}
		s.mu.Unlock()
		time.Sleep(pulseEvery)
	}
}
