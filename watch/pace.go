package watch

import "time"

// pace is how long the settler waits for what.
type pace struct {
	closed  time.Duration // quiet after the last event of one file that nobody writes to any more
	single  time.Duration // the same when nobody knows whether it is still written to
	stirred time.Duration // the same when an unrelated file was created beside it, as if for a next save
	several time.Duration // quiet after the last event of more than one file
	follow  time.Duration // how long after a batch another file's save counts as one of several
	eager   time.Duration // spent on looking before it is quiet
	hold    time.Duration // no change to content that is not whole
	grace   time.Duration // a missing file counts as removed
	short   time.Duration // the same when it was moved, or a version control command ended
	locked  time.Duration // between two looks at a lock or a file open for writing
	burst   time.Duration // events that never pause, a file that is never closed: whole content goes out in between
	limit   time.Duration // after this a batch goes out whatever speaks against it
}

// paceOf derives the waits from a configuration with defaults filled in.
func paceOf(c Config) pace {
	p := pace{
		closed:  400 * time.Microsecond,
		single:  time.Millisecond,
		stirred: 5 * time.Millisecond,
		several: 20 * time.Millisecond,
		follow:  50 * time.Millisecond,
		eager:   2 * time.Millisecond,
		hold:    c.HoldFor,
		grace:   c.Grace,
		short:   c.Grace / 10,
		locked:  time.Millisecond,
		burst:   time.Second,
	}
	if c.Settle > 0 {
		p.closed, p.single, p.stirred, p.several = c.Settle, c.Settle, c.Settle, c.Settle
		p.burst = max(p.burst, 4*c.Settle)
	}
	p.limit = 5*time.Second + 4*p.hold + p.grace + p.burst
	return p
}
