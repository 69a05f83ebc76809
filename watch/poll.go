package watch

import "time"

// How often roots are scanned when nobody asked for a certain interval.
const (
	fallbackEvery = 500 * time.Millisecond // no, or not enough, notification
	remoteEvery   = time.Second            // notification that may miss what other machines do
	absentEvery   = 250 * time.Millisecond // a root is not there, so nothing can be watched
	scanShare     = 50                     // unasked for, scans take at most this fraction of the time
)

// clock says when the next scan is due. The zero clock never wants one.
type clock struct {
	every  time.Duration // 0 for no polling
	exact  bool          // every is what the user asked for
	absent bool          // a root is not there
	last   time.Time     // end of the last scan
	took   time.Duration // by it
}

// next is when to scan; zero for never.
func (c clock) next() time.Time {
	wait := c.every
	if wait > 0 && !c.exact {
		wait = max(wait, scanShare*c.took)
	}
	if c.absent && (wait == 0 || wait > absentEvery) {
		wait = absentEvery
	}
	if wait == 0 {
		return time.Time{}
	}
	return c.last.Add(wait)
}

// due reports whether it is time for a scan.
func (c clock) due() bool {
	next := c.next()
	return !next.IsZero() && !time.Now().Before(next)
}

// ran notes a scan that has ended.
func (c *clock) ran(start time.Time) {
	c.last = time.Now()
	c.took = c.last.Sub(start)
}
