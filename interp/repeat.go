package interp

import (
	randv1 "math/rand"
	"math/rand/v2"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"hotloop/interp/generics/compiled"
)

// Repeat makes what a script does repeatable: its random numbers follow from
// Seed, and its time is a virtual one that begins at Start and goes on from
// call to call as CallRequest.At says. Waiting takes no real time.
//
// What it covers: the top-level functions of math/rand and math/rand/v2, and of
// package time those that tell the time, sleep and make timers. What it does
// not: crypto/rand, the order in which maps are iterated, deadlines of contexts
// and of package net, Reset of a timer, and how goroutines take turns.
type Repeat struct {
	Seed  int64     `json:"seed"`
	Start time.Time `json:"start"`
}

// newSeed makes a seed that JSON numbers hold everywhere.
func newSeed() int64 { return int64(rand.Uint64N(1<<52)) + 1 }

// dice is the source of a script's random numbers. It may be used from any
// goroutine.
type dice struct {
	mu  sync.Mutex
	pcg rand.PCG
}

func newDice(seed int64) *dice {
	d := &dice{}
	d.Seed(seed)
	return d
}

func (d *dice) Uint64() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pcg.Uint64()
}

func (d *dice) Int63() int64 { return int64(d.Uint64() >> 1) }

// Seed is what rand.Seed does of math/rand.
func (d *dice) Seed(seed int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pcg.Seed(uint64(seed), 0x9e3779b97f4a7c15)
}

// state gives where the numbers stand; set goes back there.
func (d *dice) state() rand.PCG {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pcg
}

func (d *dice) set(s rand.PCG) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pcg = s
}

// symbols are the top-level functions of a package that throws dice, and of what
// its generic ones are made of.
func (d *dice) symbols(importPath string, syms symbolMap) symbolMap {
	switch importPath {
	case "math/rand":
		return methodsFor(syms, reflect.ValueOf(randv1.New(d)))
	case "math/rand/v2", compiled.Path:
		return methodsFor(syms, reflect.ValueOf(rand.New(d)))
	}
	return nil
}

// methodsFor gives, for the functions of a package that are also methods of the
// same type of an object, these.
func methodsFor(syms symbolMap, object reflect.Value) symbolMap {
	out := symbolMap{}
	for i := range object.NumMethod() {
		fn, ok := syms[object.Type().Method(i).Name]
		if m := object.Method(i); ok && fn.Kind() == reflect.Func && fn.Type() == m.Type() {
			out[object.Type().Method(i).Name] = m
		}
	}
	return out
}

// maxTicks bounds how often one ticker ticks while the clock is put forward.
const maxTicks = 100

// farAway is how long the timers that stand behind virtual ones run: they never
// go off by themselves.
const farAway = 100 * 365 * 24 * time.Hour

// clock is the virtual time of a script that is repeated. Timers are real ones
// that never go off until the clock has them do so, so that what a script does
// with them works.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	seq    int
	timers []*virtual // by time, then in the order they were made
}

// virtual is something that is due at a virtual time.
type virtual struct {
	at     time.Time
	seq    int
	period time.Duration                           // of tickers
	ticks  int                                     // since the clock was put forward by a call
	fire   func(now time.Time) (taken func() bool) // taken may be nil
}

func newClock(start time.Time) *clock { return &clock{now: start.UTC().Round(0)} }

// tell gives the time. It goes on by a microsecond each time it is asked for,
// so that times differ that differ in life.
func (c *clock) tell() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *clock) add(d, period time.Duration, fire func(time.Time) func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	c.insert(&virtual{at: c.now.Add(max(d, 0)), seq: c.seq, period: period, fire: fire})
}

func (c *clock) insert(v *virtual) {
	i := len(c.timers)
	for i > 0 && (c.timers[i-1].at.After(v.at) || c.timers[i-1].at.Equal(v.at) && c.timers[i-1].seq > v.seq) {
		i--
	}
	c.timers = append(c.timers, nil)
	copy(c.timers[i+1:], c.timers[i:])
	c.timers[i] = v
}

// step goes on to the next timer that is due until a time; zero is no bound. It
// is false when there is none.
func (c *clock) step(until time.Time) bool {
	c.mu.Lock()
	if len(c.timers) == 0 || !until.IsZero() && c.timers[0].at.After(until) {
		c.mu.Unlock()
		return false
	}
	v := c.timers[0]
	c.timers = c.timers[1:]
	if v.at.After(c.now) {
		c.now = v.at
	}
	now := c.now
	if v.period > 0 {
		v.at = now.Add(v.period)
		if v.ticks++; v.ticks >= maxTicks && until.After(v.at) {
			v.at = until.Add(v.period) // nobody keeps up with so many
		}
		c.insert(v)
	}
	c.mu.Unlock()
	if taken := v.fire(now); taken != nil && (v.period > 0 || !until.IsZero()) {
		for end := time.Now().Add(takeWait); !taken() && time.Now().Before(end); {
			time.Sleep(takeWait / 100)
		}
	}
	return true
}

// takeWait is how long time stands still for a goroutine to take notice. On a
// busy machine it may need that.
const takeWait = 20 * time.Millisecond

// settle is how long goroutines that a timer woke get before time goes on.
const settle = 2 * time.Millisecond

// forward puts the clock to a time; what is due until then happens first, each
// at its time.
func (c *clock) forward(to time.Time) {
	if to.IsZero() {
		return
	}
	to = to.UTC().Round(0)
	c.mu.Lock()
	for _, v := range c.timers {
		v.ticks = 0
	}
	c.mu.Unlock()
	for c.step(to) {
		time.Sleep(settle)
	}
	c.mu.Lock()
	if to.After(c.now) {
		c.now = to
	}
	c.mu.Unlock()
}

// forward puts the script's clock to the time of a call. Goroutines that the
// call before has left running get a moment to come to where they wait.
func (l *Live) forward(to time.Time) {
	l.mu.Lock()
	alone := !l.prog.concurrent()
	l.mu.Unlock()
	if !alone {
		time.Sleep(settle)
	}
	l.host.clock.forward(to)
}

// sleep waits until the clock is so much further.
func (c *clock) sleep(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	c.add(d, 0, func(time.Time) func() bool { close(done); return nil })
	return done
}

// symbols are the functions of package time.
func (c *clock) symbols(guard func(func()) func()) symbolMap {
	after := func(d time.Duration) <-chan time.Time {
		ch := make(chan time.Time, 1)
		c.add(d, 0, func(now time.Time) func() bool { ch <- now; return func() bool { return len(ch) == 0 } })
		return ch
	}
	tick := func(d time.Duration, ch chan time.Time) {
		ignored := 0 // times in a row that nobody took a tick
		c.add(d, d, func(now time.Time) func() bool {
			select {
			case ch <- now:
				ignored = 0
				return func() bool { return len(ch) == 0 }
			default:
				ignored++
				return func() bool { return ignored > 1 || len(ch) == 0 }
			}
		})
	}
	goOff := func(t *time.Timer) func(time.Time) func() bool {
		return func(time.Time) func() bool {
			if t.Stop() { // the script has not stopped it
				t.Reset(0)
			}
			return nil
		}
	}
	return symbolMap{
		"Now":   reflect.ValueOf(c.tell),
		"Since": reflect.ValueOf(func(t time.Time) time.Duration { return c.tell().Sub(t) }),
		"Until": reflect.ValueOf(func(t time.Time) time.Duration { return t.Sub(c.tell()) }),
		"After": reflect.ValueOf(after),
		"Tick": reflect.ValueOf(func(d time.Duration) <-chan time.Time {
			if d <= 0 {
				return nil
			}
			ch := make(chan time.Time, 1)
			tick(d, ch)
			return ch
		}),
		"NewTimer": reflect.ValueOf(func(d time.Duration) *time.Timer {
			t := time.NewTimer(farAway)
			c.add(d, 0, goOff(t))
			return t
		}),
		"AfterFunc": reflect.ValueOf(func(d time.Duration, f func()) *time.Timer {
			var done atomic.Bool
			t := time.AfterFunc(farAway, func() {
				defer done.Store(true)
				guard(f)()
			})
			c.add(d, 0, func(time.Time) func() bool {
				if !t.Stop() {
					return nil
				}
				t.Reset(0)
				return done.Load
			})
			return t
		}),
		"NewTicker": reflect.ValueOf(func(d time.Duration) *time.Ticker {
			if d <= 0 {
				return time.NewTicker(d) // panics in its own words
			}
			t := time.NewTicker(farAway)
			ch := make(chan time.Time, 1)
			t.C = ch
			tick(d, ch)
			return t
		}),
		"Sleep": reflect.ValueOf(func(d time.Duration) { <-c.sleep(d) }),
	}
}

// idle gives a channel that is ready soon when a call waits and only the clock
// can end that: nil when time is real, or when the goroutine belongs to no
// call. Time goes on by itself for calls alone; what runs in the background
// follows it from call to call.
func (s *stopper) idle() <-chan time.Time {
	if s.clock == nil {
		return nil
	}
	g := goid()
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.running {
		if r.id == g {
			return time.After(settle)
		}
	}
	return nil
}
