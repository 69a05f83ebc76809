package interp

import (
	"slices"
	"sync"
	"time"
)

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
	// made has the timers and tickers of the script with what they do when they
	// are due.
	made map[any]func(now time.Time) (taken func() bool)
}

// virtual is something that is due at a virtual time.
type virtual struct {
	of     any // the timer or ticker that it is of; may be nil
	at     time.Time
	seq    int
	period time.Duration                           // of tickers
	ticks  int                                     // since the clock was put forward by a call
	fire   func(now time.Time) (taken func() bool) // taken may be nil
}

func newClock(start time.Time) *clock {
	return &clock{now: start.UTC().Round(0), made: map[any]func(time.Time) func() bool{}}
}

// tell gives the time. It goes on by a microsecond each time it is asked for,
// so that times differ that differ in life.
func (c *clock) tell() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *clock) add(d, period time.Duration, fire func(time.Time) func() bool) {
	c.addOf(nil, d, period, fire)
}

// addOf has what belongs to a timer or ticker be due; nothing else of it is then.
func (c *clock) addOf(of any, d, period time.Duration, fire func(time.Time) func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if of != nil {
		c.made[of] = fire
		c.drop(of)
	}
	c.seq++
	c.insert(&virtual{of: of, at: c.now.Add(max(d, 0)), seq: c.seq, period: period, fire: fire})
}

// drop takes away what is due of a timer or ticker. mu is held.
func (c *clock) drop(of any) {
	c.timers = slices.DeleteFunc(c.timers, func(v *virtual) bool { return v.of == of })
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
