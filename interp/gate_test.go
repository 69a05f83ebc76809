package interp

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func newGate() *gate {
	g := &gate{}
	g.init()
	return g
}

const never = time.Hour // a grace that no test waits for

func TestGateCloseWaitsForCalls(t *testing.T) {
	g := newGate()
	g.enter()
	g.enter()
	closed := make(chan int)
	go func() { closed <- g.close(never) }()
	eventually(t, "the gate shuts", func() bool { g.mu.Lock(); defer g.mu.Unlock(); return g.shut > 0 })
	select {
	case <-closed:
		t.Fatal("closed with two calls inside")
	default:
	}
	g.leave()
	g.leave()
	if left := <-closed; left != 0 {
		t.Errorf("%d calls are said to be left", left)
	}
}

func TestGateCloseTellsWhatIsLeft(t *testing.T) {
	g := newGate()
	g.enter()
	g.enter()
	if left := g.close(time.Millisecond); left != 2 {
		t.Errorf("%d calls are said to be left, want 2", left)
	}
	g.open()
	g.leave()
	g.leave()
	if left := g.close(never); left != 0 {
		t.Errorf("%d calls are said to be left, want 0", left)
	}
}

func TestGateHoldsCallsBack(t *testing.T) {
	g := newGate()
	g.close(never)
	var inside atomic.Int32
	var wg sync.WaitGroup
	started := make(chan bool)
	for range 4 {
		wg.Go(func() {
			started <- true
			g.enter()
			inside.Add(1)
			g.leave()
		})
	}
	for range 4 {
		<-started
	}
	if n := inside.Load(); n != 0 {
		t.Errorf("%d calls are through a shut gate", n)
	}
	g.open()
	wg.Wait()
	if n := inside.Load(); n != 4 {
		t.Errorf("%d calls came through", n)
	}
}

// TestGateExcludes has calls and patches change one number without a lock: the
// race detector tells when they meet, and so does the number.
func TestGateExcludes(t *testing.T) {
	g := newGate()
	half := 0 // of two steps that a patch takes
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				g.enter()
				if half%2 != 0 {
					t.Error("a call is inside half a patch")
				}
				g.leave()
			}
		})
	}
	for range 100 {
		if left := g.close(never); left != 0 {
			t.Errorf("%d left", left)
		}
		half++
		half++
		g.open()
	}
	wg.Wait()
}

// A gate that two have shut is shut until both have opened it.
func TestGateShutTwice(t *testing.T) {
	g := newGate()
	g.close(never)
	g.close(0) // who only looks in
	g.open()
	through := make(chan bool, 1)
	go func() {
		g.enter()
		through <- true
	}()
	select {
	case <-through:
		t.Fatal("a call is through a gate that somebody keeps shut")
	case <-time.After(20 * time.Millisecond):
	}
	g.open()
	<-through
}
