package session

import (
	"context"
	"sync"
)

// changes counts what a screen would have to draw again. It coalesces: who
// waits is woken once, however many changes came. It owns no goroutine; a
// waiter whose context ends leaves nothing behind.
type changes struct {
	mu     sync.Mutex
	n      uint64        // changes so far, from 1: who starts at 0 draws at once
	woken  chan struct{} // closed at the next change; nil when nobody waits
	closed bool
}

func newChanges() *changes { return &changes{n: 1} }

// bump counts one change and wakes all who wait.
func (c *changes) bump() {
	c.mu.Lock()
	c.n++
	c.wake()
	c.mu.Unlock()
}

// close ends all waiting; wait then fails with ErrClosed once the caller has
// seen the last change.
func (c *changes) close() {
	c.mu.Lock()
	c.closed = true
	c.wake()
	c.mu.Unlock()
}

func (c *changes) wake() {
	if c.woken != nil {
		close(c.woken)
		c.woken = nil
	}
}

// wait returns the counter as soon as it is above since.
func (c *changes) wait(ctx context.Context, since uint64) (uint64, error) {
	for {
		c.mu.Lock()
		n, closed := c.n, c.closed
		if n > since {
			c.mu.Unlock()
			return n, nil
		}
		if closed {
			c.mu.Unlock()
			return n, ErrClosed
		}
		if c.woken == nil {
			c.woken = make(chan struct{})
		}
		woken := c.woken
		c.mu.Unlock()
		select {
		case <-woken:
		case <-ctx.Done():
			return n, ctx.Err()
		}
	}
}
