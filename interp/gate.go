package interp

import (
	"sync"
	"time"
)

// patchGrace is how long a patch waits by itself for calls in flight to end. After it the
// patch lands under them and they finish in the code they started in.
const patchGrace = 20 * time.Millisecond

// gate lets calls through and a patch between them. While it is shut new calls
// wait, so that a call that starts after a report runs only new code.
type gate struct {
	mu       sync.Mutex
	changed  *sync.Cond
	shut     int // how many have shut it
	inFlight int
}

func (g *gate) init() { g.changed = sync.NewCond(&g.mu) }

func (g *gate) enter() {
	g.mu.Lock()
	for g.shut > 0 {
		g.changed.Wait()
	}
	g.inFlight++
	g.mu.Unlock()
}

// pass lets a call of whoever shut the gate through.
func (g *gate) pass() {
	g.mu.Lock()
	g.inFlight++
	g.mu.Unlock()
}

func (g *gate) leave() {
	g.mu.Lock()
	g.inFlight--
	g.changed.Broadcast()
	g.mu.Unlock()
}

// close shuts the gate and waits for the calls in flight, at most for the
// grace. It says how many are left. open must follow. When several shut it, it is
// open when all have opened it again.
func (g *gate) close(grace time.Duration) (left int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut++
	if g.inFlight == 0 {
		return 0
	}
	late := false
	timer := time.AfterFunc(grace, func() {
		g.mu.Lock()
		late = true
		g.changed.Broadcast()
		g.mu.Unlock()
	})
	defer timer.Stop()
	for g.inFlight > 0 && !late {
		g.changed.Wait()
	}
	return g.inFlight
}

func (g *gate) open() {
	g.mu.Lock()
	g.shut--
	g.changed.Broadcast()
	g.mu.Unlock()
}

// InFlight says how many calls are under way.
func (l *Live) InFlight() int {
	l.gate.mu.Lock()
	defer l.gate.mu.Unlock()
	return l.gate.inFlight
}
