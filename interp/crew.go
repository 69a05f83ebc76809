package interp

import (
	"sync"
	"time"
)

// Calls run on goroutines that stay for the next one: these have a number that is
// known and a stack that has grown. What a call leaves under its goroutine's
// number is cleared before another one begins.
type crew struct {
	mu     sync.Mutex
	idle   []*worker // last used last
	closed bool
	timer  *time.Timer // lets go of those that were idle for long; nil when there are none
}

// worker is a goroutine for calls, one after the other.
type worker struct {
	id   int64
	jobs chan func(id int64)
	used time.Time
}

// workerIdle is how long a worker without work stays, and workersIdle how many
// do.
const (
	workerIdle  = 5 * time.Second
	workersIdle = 16
)

// run has a worker do something. When f does not return, because it panics or
// ends its goroutine, the worker is gone.
func (c *crew) run(f func(id int64)) {
	c.mu.Lock()
	if n := len(c.idle); n > 0 {
		w := c.idle[n-1]
		c.idle[n-1] = nil
		c.idle = c.idle[:n-1]
		c.mu.Unlock()
		w.jobs <- f
		return
	}
	c.mu.Unlock()
	go func() {
		w := &worker{id: goid(), jobs: make(chan func(int64), 1)}
		f(w.id)
		for c.rest(w) {
			f, ok := <-w.jobs
			if !ok {
				return
			}
			f(w.id)
		}
	}()
}

// rest puts a worker among the idle ones; it is false when it is not needed.
func (c *crew) rest(w *worker) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.idle) >= workersIdle {
		return false
	}
	w.used = time.Now()
	c.idle = append(c.idle, w)
	if c.timer == nil {
		c.timer = time.AfterFunc(workerIdle, c.thin)
	}
	return true
}

// thin ends workers that were idle for long.
func (c *crew) thin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for n < len(c.idle) && time.Since(c.idle[n].used) >= workerIdle {
		close(c.idle[n].jobs)
		n++
	}
	c.idle = append([]*worker(nil), c.idle[n:]...)
	if c.timer = nil; len(c.idle) > 0 && !c.closed {
		c.timer = time.AfterFunc(workerIdle, c.thin)
	}
}

// close ends all workers that are idle; others end with their work.
func (c *crew) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	for _, w := range c.idle {
		close(w.jobs)
	}
	c.idle = nil
}
