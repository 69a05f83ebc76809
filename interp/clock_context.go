package interp

import (
	"context"
	"reflect"
	"sync"
	"time"
)

// contextSymbols are the functions of package context whose contexts end by
// themselves at a time.
func (c *clock) contextSymbols() symbolMap {
	return symbolMap{
		"WithDeadline": reflect.ValueOf(func(parent context.Context, at time.Time) (context.Context, context.CancelFunc) {
			return c.withDeadline(parent, at, nil)
		}),
		"WithDeadlineCause": reflect.ValueOf(c.withDeadline),
		"WithTimeout": reflect.ValueOf(func(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			return c.withDeadline(parent, c.tell().Add(d), nil)
		}),
		"WithTimeoutCause": reflect.ValueOf(func(parent context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
			return c.withDeadline(parent, c.tell().Add(d), cause)
		}),
		"Cause": reflect.ValueOf(causeOf),
	}
}

// timeLimited is a context with a deadline on the virtual clock.
type timeLimited struct {
	context.Context // the parent
	at              time.Time
	done            chan struct{}

	mu    sync.Mutex
	err   error
	cause error
}

func (t *timeLimited) Deadline() (time.Time, bool) { return t.at, true }
func (t *timeLimited) Done() <-chan struct{}       { return t.done }

func (t *timeLimited) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// limitKey finds the nearest such context.
type limitKey struct{}

func (t *timeLimited) Value(key any) any {
	if key == (limitKey{}) {
		return t
	}
	return t.Context.Value(key)
}

func (t *timeLimited) end(err, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err, t.cause = err, cause
		close(t.done)
	}
}

func (c *clock) withDeadline(parent context.Context, at time.Time, cause error) (context.Context, context.CancelFunc) {
	if sooner, ok := parent.Deadline(); ok && sooner.Before(at) {
		return context.WithCancel(parent)
	}
	t := &timeLimited{Context: parent, at: at, done: make(chan struct{})}
	if cause == nil {
		cause = context.DeadlineExceeded
	}
	stop := context.AfterFunc(parent, func() { t.end(parent.Err(), causeOf(parent)) })
	now := c.tell()
	if !at.After(now) {
		t.end(context.DeadlineExceeded, cause)
	} else {
		c.addOf(t, at.Sub(now), 0, func(time.Time) func() bool {
			t.end(context.DeadlineExceeded, cause)
			return nil
		})
	}
	return t, func() {
		stop()
		c.mu.Lock()
		c.drop(t)
		delete(c.made, t)
		c.mu.Unlock()
		t.end(context.Canceled, context.Canceled)
	}
}

// causeOf is context.Cause. That one does not see what ended such a context, and
// those made of it.
func causeOf(ctx context.Context) error {
	t, ok := ctx.Value(limitKey{}).(*timeLimited)
	err := ctx.Err()
	if !ok || err == nil {
		return context.Cause(ctx)
	}
	t.mu.Lock()
	own, cause := t.err, t.cause
	t.mu.Unlock()
	if own != err {
		return context.Cause(ctx)
	}
	return cause
}

// limited is what a handler gets in place of a context with a real deadline. It
// ends when that one does, too.
func (c *clock) limited(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return c.withDeadline(withoutDeadline{ctx}, c.tell().Add(timeout), nil)
}

type withoutDeadline struct{ context.Context }

func (withoutDeadline) Deadline() (at time.Time, ok bool) { return at, false }
