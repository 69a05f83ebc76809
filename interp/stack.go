package interp

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"
)

// A stack overflow ends a Go process, and recursion without an end gets there
// within half a second. So while calls run, the memory of all stacks is looked
// at now and then, and when it is a lot every goroutine is asked how deep it
// is. One that is too deep is ended, which costs that call and nothing else.
// Function literals that call themselves are not asked, and end the process.
const (
	stackEvery = 10 * time.Millisecond
	// stackAlarm is by how many bytes stacks must have grown for goroutines to be
	// asked for their depth, and alarmFor how long they are at least, and askedFor
	// how often, which a busy machine may have no time for: everything is slow
	// meanwhile, and many goroutines have large stacks without being deep.
	stackAlarm = 48 << 20
	alarmFor   = 200 * time.Millisecond
	askedFor   = 40
	// depthEvery is the least time between two looks of goroutines at their own
	// depth, which takes some milliseconds.
	depthEvery = 5 * time.Millisecond
	// maxDepth is in frames of compiled code, two for each function of a script.
	maxDepth = 200_000
)

// stackWatch is the part of a stopper that looks at stacks. Guarded by its mu.
type stackWatch struct {
	armed  bool
	base   uint64         // bytes of stacks that are no reason for alarm
	since  time.Time      // of the alarm
	idle   int            // looks since the last call
	alarm  bool           // goroutines are asked for their depth
	deep   map[int64]bool // that were too deep and are ending
	looked time.Time      // when a goroutine was asked last
	asked  int            // how often since the alarm began
}

// watchStacks begins to look, if nobody does. mu is held.
func (s *stopper) watchStacks() {
	s.stacks.idle = 0
	if !s.stacks.armed {
		s.stacks.armed, s.stacks.base = true, stackBytes()
		time.AfterFunc(stackEvery, s.lookAtStacks)
	}
}

// stackBytes is the memory of all stacks of the process.
func stackBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// lookAtStacks looks once, and goes on while calls run and a while longer:
// goroutines that they started may go deep as well.
func (s *stopper) lookAtStacks() {
	total := stackBytes()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	s.stacks.base = min(s.stacks.base, total)
	high := total > s.stacks.base+stackAlarm
	switch {
	case high && !s.stacks.alarm:
		s.stacks.alarm, s.stacks.since, s.stacks.asked = true, time.Now(), 0
		raise(s.flag, true)
	case high && s.stacks.asked >= askedFor && time.Since(s.stacks.since) > alarmFor*time.Duration(1+10*len(s.stacks.deep)):
		s.stacks.base, high = total, false // nobody is too deep, or has ended long ago
		fallthrough
	case !high && s.stacks.alarm:
		s.stacks.alarm, s.stacks.deep = false, nil
		s.lower()
	}
	if len(s.running) == 0 && !high {
		s.stacks.idle++
	}
	if s.stacks.armed = s.stacks.idle < 100; s.stacks.armed {
		time.AfterFunc(stackEvery, s.lookAtStacks)
	}
}

// askedForDepth tells whether the calling goroutine is to look how deep it is.
// Only one at a time is asked: the one that calls most is the one that is meant.
func (s *stopper) askedForDepth() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.stacks.alarm || now.Sub(s.stacks.looked) < depthEvery {
		return false
	}
	s.stacks.looked = now
	s.stacks.asked++
	return true
}

// tooDeep tells whether the calling goroutine is to end because of its depth,
// and notes that it does.
func (s *stopper) tooDeep(at place) bool {
	var pc [1]uintptr
	if runtime.Callers(maxDepth, pc[:]) == 0 {
		return false
	}
	g := goid()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stacks.deep[g] {
		return false // its deferred calls run, on top of the deep stack
	}
	if s.stacks.deep == nil {
		s.stacks.deep = map[int64]bool{}
	}
	s.stacks.deep[g] = true
	if r := s.byID(g); r != nil {
		r.deep, r.place = true, at
	} else if s.overflow != nil {
		go s.overflow(at)
	}
	return true
}

// overflowError describes a call that was ended for its depth.
func (l *Live) overflowError(at place) *CallError {
	f := l.frameAt(at)
	return &CallError{Kind: ErrPanic, Trace: []Frame{f},
		Message: fmt.Sprintf("stack overflow: more than %d calls within each other, at %s:%d", maxDepth/2, f.File, f.Line)}
}
