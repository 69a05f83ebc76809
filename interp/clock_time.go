package interp

import (
	"reflect"
	"sync/atomic"
	"time"
)

// symbols are the functions of package time.
func (c *clock) symbols(guard func(func()) func()) symbolMap {
	return symbolMap{
		"Now":       reflect.ValueOf(c.tell),
		"Since":     reflect.ValueOf(func(t time.Time) time.Duration { return c.tell().Sub(t) }),
		"Until":     reflect.ValueOf(func(t time.Time) time.Duration { return t.Sub(c.tell()) }),
		"Sleep":     reflect.ValueOf(func(d time.Duration) { <-c.sleep(d) }),
		"After":     reflect.ValueOf(func(d time.Duration) <-chan time.Time { return c.newTimer(d).C }),
		"NewTimer":  reflect.ValueOf(c.newTimer),
		"NewTicker": reflect.ValueOf(c.newTicker),
		"Tick": reflect.ValueOf(func(d time.Duration) <-chan time.Time {
			if d <= 0 {
				return nil
			}
			return c.newTicker(d).C
		}),
		"AfterFunc": reflect.ValueOf(func(d time.Duration, f func()) *time.Timer { return c.afterFunc(d, guard(f)) }),
	}
}

// newTimer makes a timer whose channel the clock sends to. The real one behind
// it only knows whether it was stopped.
func (c *clock) newTimer(d time.Duration) *time.Timer {
	t := time.NewTimer(farAway)
	ch := make(chan time.Time, 1)
	t.C = ch
	c.addOf(t, d, 0, func(now time.Time) func() bool {
		if !t.Stop() { // the script has stopped it
			return nil
		}
		select {
		case ch <- now:
		default:
		}
		return func() bool { return len(ch) == 0 }
	})
	return t
}

func (c *clock) afterFunc(d time.Duration, f func()) *time.Timer {
	var runs atomic.Int32
	t := time.AfterFunc(farAway, func() {
		defer runs.Add(-1)
		f()
	})
	c.addOf(t, d, 0, func(time.Time) func() bool {
		if !t.Stop() {
			return nil
		}
		runs.Add(1)
		t.Reset(0)
		return func() bool { return runs.Load() == 0 }
	})
	return t
}

func (c *clock) newTicker(d time.Duration) *time.Ticker {
	if d <= 0 {
		return time.NewTicker(d) // panics in its own words
	}
	t := time.NewTicker(farAway)
	ch := make(chan time.Time, 1)
	t.C = ch
	ignored := 0 // times in a row that nobody took a tick
	c.addOf(t, d, d, func(now time.Time) func() bool {
		select {
		case ch <- now:
			ignored = 0
			return func() bool { return len(ch) == 0 }
		default:
			ignored++
			return func() bool { return ignored > 1 || len(ch) == 0 }
		}
	})
	return t
}

// What scripts call for the methods of timers and tickers that say when these
// are due. c is nil where time is real.

func (c *clock) resetTimer(t *time.Timer, d time.Duration) bool {
	fire := c.fires(t)
	if fire == nil {
		return t.Reset(d)
	}
	active := t.Stop()
	empty(t.C)
	t.Reset(farAway)
	c.addOf(t, d, 0, fire)
	return active
}

func (c *clock) resetTicker(t *time.Ticker, d time.Duration) {
	fire := c.fires(t)
	if fire == nil || d <= 0 {
		t.Reset(d)
		return
	}
	empty(t.C)
	c.addOf(t, d, d, fire)
}

func (c *clock) stopTicker(t *time.Ticker) {
	t.Stop()
	if c.fires(t) != nil {
		empty(t.C)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.drop(t)
	}
}

// fires gives what a timer or ticker of the clock does.
func (c *clock) fires(of any) func(time.Time) func() bool {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[of]
}

// empty takes out what nobody has received, as resetting and stopping do.
func empty(ch <-chan time.Time) {
	select {
	case <-ch:
	default:
	}
}
