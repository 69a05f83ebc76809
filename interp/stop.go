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
	agents  map[int64]int64    // goroutines that run on behalf of another one
	running map[*running]bool  // calls in flight
	places  map[int64]place    // where a goroutine said it is
	closing bool               // end every goroutine that asks
	wake    chan struct{}      // closed, and replaced, when those that wait are to ask
	holds   holds              // reasons why goroutines wait where they ask
	pulsing bool               // a goroutine raises the flag now and then
	stacks  stackWatch
	clock   *clock // the script's virtual time; nil when its time is real. Fixed.
	// overflow is told where a goroutine that no call made was too deep. Fixed.
	overflow func(at place)
}

// running is one call of a script by the host.
type running struct {
	id     int64  // goroutine
	what   string // its name for a person; of a handler that of the unit
	kind   string
	place  place     // where check ended it
	ending time.Time // when check ended it, last
	call   bool      // false for what a patch runs
	began  time.Time
	done   chan struct{} // closed when the goroutine is through
	cancel func()        // of the context a handler may have
	once   sync.Once
	deep   bool // ended because its stack was too deep
	interrupts
}

// place is where a goroutine is, as code says it of itself: the emitted
// function, and file and line as they were when that was compiled.
type place struct {
	function, file string
	line           int
}

func (s *stopper) init() {
	s.agents = map[int64]int64{}
	s.targets, s.running, s.places = map[int64]*running{}, map[*running]bool{}, map[int64]place{}
	s.wake = make(chan struct{})
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
	at := place{function, file, line}
	if s.askedForDepth() && s.tooDeep(at) {
		runtime.Goexit()
	}
	s.mu.Lock()
	asked := len(s.targets) > 0 || s.closing || len(s.holds.all) > 0
	s.mu.Unlock()
	if !asked {
		return // goid costs the more the deeper the stack is
	}
	if s.waitHeld(goid(), at) {
		runtime.Goexit()
	}
}

// delegate notes that a goroutine runs on behalf of another one: an iterator
// that is pulled. 0 takes it back.
func (s *stopper) delegate(goroutine, of int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if of == 0 {
		delete(s.agents, goroutine)
		return
	}
	s.agents[goroutine] = of
}

// due tells whether the goroutine g is to end now. Deferred calls that run
// because it does get some time; when they do not come to an end, they are ended
// too. mu is held.
func (s *stopper) due(g int64, at place) bool {
	for of := s.agents[g]; of != 0; of = s.agents[g] {
		g = of
	}
	r := s.targets[g]
	if r == nil {
		return s.closing
	}
	now := time.Now()
	switch {
	case r.ending.IsZero():
		r.place = at
	case now.Sub(r.ending) < stopGrace && !s.closing:
		return false
	}
	r.ending = now
	return true
}

// ask has all goroutines of the script ask whether they are to end: those that
// run, and those that wait in a select statement. mu is held.
func (s *stopper) ask() {
	raise(s.flag, true)
	close(s.wake)
	s.wake = make(chan struct{})
}

// lower takes the flag down when nobody is left to end. mu is held.
func (s *stopper) lower() {
	if len(s.targets) == 0 && !s.closing && !s.stacks.alarm && len(s.holds.all) == 0 {
		raise(s.flag, false)
	}
}

// at notes where the calling goroutine is, for code that is about to panic or
// to run an initializer. One that is to end does so instead.
func (s *stopper) at(p place) {
	s.mu.Lock()
	asked := len(s.targets) > 0 || s.closing
	s.mu.Unlock()
	if asked {
		s.check(p.function, p.file, p.line)
	}
	s.putPlace(p)
}

// putPlace notes where the calling goroutine is.
func (s *stopper) putPlace(p place) {
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
	delete(s.places, r.id) // said by the call that had the goroutine before
	s.watchStacks()
	s.mu.Unlock()
}

// remove forgets a call whose goroutine is through, and tells whether it was
// asked to end, and whether the goroutine may have a stack too large to keep.
func (s *stopper) remove(r *running) (stopped, worn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, r)
	if s.targets[r.id] == r {
		delete(s.targets, r.id)
		s.lower()
	}
	return r.kind != "", s.stacks.alarm
}

// forget forgets what a goroutine said of itself in a call.
func (s *stopper) forget(g int64) {
	s.mu.Lock()
	delete(s.places, g)
	s.mu.Unlock()
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
		s.interrupt(r)
		s.targets[r.id] = r
		s.ask()
		if !s.pulsing {
			s.pulsing = true
			go s.pulse()
		}
	})
}

// calls ends all calls in flight, and what a patch runs when that takes longer
// than a patch does: an initializer that does not come to its end.
func (s *stopper) calls(kind string) int {
	s.mu.Lock()
	var list []*running
	for r := range s.running {
		if s.targets[r.id] != r && (r.call || time.Since(r.began) > stopGrace) {
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
	s.ask()
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
		for _, r := range s.targets {
			if !r.ending.IsZero() { // its deferred calls may wait
				s.ask()
				break
			}
		}
		s.mu.Unlock()
		time.Sleep(pulseWidth)
		s.mu.Lock()
		if !s.closing && !s.stacks.alarm && len(s.holds.all) == 0 {
			raise(s.flag, false)
		}
		s.mu.Unlock()
		time.Sleep(pulseEvery)
	}
}
