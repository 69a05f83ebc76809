package session

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// turns bounds how many engines load at a time: many at once take longer, all
// together, than one after the other, and none is live early.
type turns chan struct{}

func newTurns() turns { return make(turns, max(4, 2*runtime.GOMAXPROCS(0))) }

// longTurn is how long a load has others wait. One that takes longer most likely
// waits for something itself.
const longTurn = 500 * time.Millisecond

// take waits for a turn, or for the end of ctx. release ends it and may be called
// more than once.
func (t turns) take(ctx context.Context) (release func()) {
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return func() {}
	}
	give := sync.OnceFunc(func() { <-t })
	timer := time.AfterFunc(longTurn, give)
	return func() {
		timer.Stop()
		give()
	}
}
