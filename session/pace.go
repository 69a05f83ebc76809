package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hotloop/interp"
)

// How long a call takes varies with everything else that a machine does, so a
// difference is only told when it is large and comes again.
const (
	paceFactor = 3                    // one takes as many times as long as the other
	paceGap    = 5 * time.Millisecond // and is that much apart
	paceRuns   = 3                    // of each, at least
	paceKept   = 8                    // runs of a pin that are remembered
)

// otherPace tells whether times of one call, in microseconds, are that much
// apart: the least and the middle one of both.
func otherPace(before, after []int64) (was, is int64, other bool) {
	if len(before) < paceRuns || len(after) < paceRuns {
		return 0, 0, false
	}
	b, a := slices.Sorted(slices.Values(before)), slices.Sorted(slices.Values(after))
	was, is = b[len(b)/2], a[len(a)/2]
	apart := func(fast, slow int64) bool {
		return slow >= paceFactor*fast && slow-fast >= paceGap.Microseconds()
	}
	slower := apart(was, is) && apart(b[0], a[0])
	faster := apart(is, was) && apart(a[0], b[0])
	return was, is, slower || faster
}

func paceChange(was, is int64) Change {
	text := func(us int64) string { return fmt.Sprintf("%.1f ms", float64(us)/1000) }
	return Change{Changed, "duration", text(was), text(is)}
}

// paces looks, after pins on copies ran, for those that take much longer now, or
// much less: these run again, to see whether that was by chance.
func (s *Session) paces(ctx context.Context, sc *script, list []Pin, runs []*interp.Trial) map[int]Change {
	out := map[int]Change{}
	for i, p := range list {
		t := runs[i]
		if t == nil || !t.OnCopy || t.Call.Error != nil {
			continue
		}
		before := s.pins.pace(p.ID)
		now := []int64{t.Call.DurationUs}
		sameAgain := slices.Repeat(now, paceRuns)
		if _, _, other := otherPace(before, sameAgain); other {
			again, err := s.tryPins(ctx, sc, slices.Repeat([]Pin{p}, paceRuns-1))
			for _, r := range again {
				if err == nil && r != nil && r.OnCopy && r.Call.Error == nil {
					now = append(now, r.Call.DurationUs)
				}
			}
			if was, is, other := otherPace(before, now); other {
				out[p.ID] = paceChange(was, is)
				s.pins.forgetPace(p.ID)
			}
		}
		s.pins.notePace(p.ID, now)
	}
	return out
}

// pace gives how long the last runs of a pin took.
func (l *pinList) pace(id int) []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.paces[id])
}

func (l *pinList) forgetPace(id int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.paces, id)
}

func (l *pinList) notePace(id int, us []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := append(l.paces[id], us...)
	l.paces[id] = list[max(0, len(list)-paceKept):]
}

// paceNotices tells of functions that take much longer with one version of the
// code than with the other. Calls are in pairs.
func paceNotices(script string, before, after []interp.Call, why []string) (notices []string) {
	was, is := map[string][]int64{}, map[string][]int64{}
	var names []string
	for i := range after {
		if why[i] != "" || before[i].Error != nil || after[i].Error != nil {
			continue
		}
		f := after[i].Function
		if !slices.Contains(names, f) {
			names = append(names, f)
		}
		was[f], is[f] = append(was[f], before[i].DurationUs), append(is[f], after[i].DurationUs)
	}
	for _, f := range names {
		if b, a, other := otherPace(was[f], is[f]); other {
			c := paceChange(b, a)
			notices = append(notices, fmt.Sprintf("%s.%s takes %s, the other code %s", script, f, c.After, c.Before))
		}
	}
	return notices
}
