package interp

import (
	"runtime"
	"testing"
	"time"
)

// stopped is a stopper over a flag that no script has, and a goroutine that
// works as emitted code does.
type stopped struct {
	stopper
	up bool
}

func newStopped() *stopped {
	s := &stopped{}
	s.init()
	s.use(&s.up)
	return s
}

// isUp reads the script's variable as the stopper writes it.
func (s *stopped) isUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up
}

// loop starts a call that runs until it is ended; deferred runs at its end.
func (s *stopped) loop(line int, deferred func()) *running {
	r := &running{call: true, done: make(chan struct{}), cancel: func() {}}
	ready := make(chan bool)
	go func() {
		r.id = goid()
		s.add(r)
		close(ready)
		defer close(r.done)
		defer s.remove(r)
		if deferred != nil {
			defer deferred()
		}
		for {
			if s.isUp() {
				s.check("f", "a.go", line)
			}
			runtime.Gosched()
		}
	}()
	<-ready
	return r
}

func await(t *testing.T, r *running) {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(20 * time.Second):
		t.Fatal("the goroutine does not end")
	}
}

func TestStopperEndsOne(t *testing.T) {
	s := newStopped()
	one, other := s.loop(1, nil), s.loop(2, nil)
	s.end(one, ErrTimeout)
	await(t, one)
	if one.kind != ErrTimeout || one.place != (place{"f", "a.go", 1}) {
		t.Errorf("ended as %s at %v", one.kind, one.place)
	}
	if s.isUp() {
		t.Error("the flag is up with nobody to end")
	}
	select {
	case <-other.done:
		t.Fatal("another goroutine ended")
	default:
	}
	if s.wasStopped(other) || !s.wasStopped(one) {
		t.Error("it is not known who was stopped")
	}
	s.end(one, ErrStopped) // too late
	if one.kind != ErrTimeout || s.isUp() {
		t.Error("a call was stopped after its end")
	}
	if n := s.calls(ErrStopped); n != 1 {
		t.Errorf("%d calls stopped, want 1", n)
	}
	await(t, other)
	if other.kind != ErrStopped {
		t.Errorf("ended as %s", other.kind)
	}
}

// TestStopperDeferred has deferred calls that run, one that does not end, and
// one that loops for a moment only.
func TestStopperDeferred(t *testing.T) {
	s := newStopped()
	short := false
	r := s.loop(1, func() {
		for range 10 {
			if s.isUp() {
				s.check("d", "a.go", 5)
			}
		}
		short = true
	})
	s.end(r, ErrTimeout)
	await(t, r)
	if !short {
		t.Error("a deferred call was cut off")
	}
	r = s.loop(1, func() {
		for {
			if s.isUp() {
				s.check("d", "a.go", 5)
			}
			time.Sleep(time.Millisecond)
		}
	})
	s.end(r, ErrTimeout)
	await(t, r)
	if r.place.line != 1 {
		t.Errorf("said to be ended at line %d, want the place of the loop", r.place.line)
	}
}

// TestStopperPulse ends a call that is blocked when it is told to, long after
// the flag went down.
func TestStopperPulse(t *testing.T) {
	s := newStopped()
	wake := make(chan bool)
	r := &running{call: true, done: make(chan struct{}), cancel: func() {}}
	ready := make(chan bool)
	go func() {
		r.id = goid()
		s.add(r)
		close(ready)
		defer close(r.done)
		defer s.remove(r)
		<-wake
		for {
			if s.isUp() {
				s.check("f", "a.go", 9)
			}
			runtime.Gosched()
		}
	}()
	<-ready
	s.end(r, ErrTimeout)
	eventually(t, "the flag goes down", func() bool { return !s.isUp() })
	eventually(t, "the flag goes up now and then", s.isUp)
	close(wake)
	await(t, r)
	eventually(t, "the pulse ends", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return !s.pulsing && !s.up })
}

func TestStopperAll(t *testing.T) {
	s := newStopped()
	a, b := s.loop(1, nil), s.loop(2, nil)
	s.all()
	await(t, a)
	await(t, b)
	if !s.isUp() {
		t.Error("goroutines to come would not end")
	}
}

// TestStopperPlaces keeps what goroutines say apart, and not for ever.
func TestStopperPlaces(t *testing.T) {
	s := newStopped()
	s.at(place{"f", "a.go", 1})
	done := make(chan bool)
	go func() {
		s.at(place{"g", "a.go", 2})
		if p, ok := s.takePlace(); !ok || p.function != "g" {
			t.Errorf("got %v %t", p, ok)
		}
		if _, ok := s.takePlace(); ok {
			t.Error("a place was given twice")
		}
		close(done)
	}()
	<-done
	if p, ok := s.takePlace(); !ok || p.line != 1 {
		t.Errorf("got %v %t", p, ok)
	}
	for range 3000 {
		done := make(chan bool)
		go func() { s.at(place{}); close(done) }()
		<-done
	}
	if n := len(s.places); n > 1100 {
		t.Errorf("%d places are kept", n)
	}
}
