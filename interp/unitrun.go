package interp

import (
	"fmt"
	"slices"
)

// UnitRun is a part of a list of units, told by the list before: N units from
// index From of that, each Shift lines further down, followed by Units as they
// are. Most saves change one unit and move others.
type UnitRun struct {
	From  int    `json:"from,omitempty"`
	N     int    `json:"n,omitempty"`
	Shift int    `json:"shift,omitempty"`
	Units []Unit `json:"units,omitempty"`
}

// AllUnits tells a list without one before it.
func AllUnits(list []Unit) []UnitRun { return []UnitRun{{Units: list}} }

// FollowUnits gives the list that runs tell of, of which list is the one before.
// It may do so in list itself, which then belongs to the result. An error, for
// runs that do not fit, leaves it as it was.
func FollowUnits(list []Unit, runs []UnitRun) ([]Unit, error) {
	total, inPlace := 0, true
	for _, r := range runs {
		if r.From < 0 || r.N < 0 || r.From > len(list)-r.N {
			return nil, fmt.Errorf("units %d to %d of %d", r.From, r.From+r.N, len(list))
		}
		inPlace = inPlace && (r.N == 0 || r.From == total)
		total += r.N + len(r.Units)
	}
	out := list
	if !inPlace || total != len(list) {
		out = make([]Unit, total)
	}
	at := 0
	for _, r := range runs {
		if !inPlace || total != len(list) {
			copy(out[at:], list[r.From:r.From+r.N])
		}
		for i := at; i < at+r.N && r.Shift != 0; i++ {
			out[i].Line += r.Shift
		}
		at += r.N
		at += copy(out[at:], r.Units)
	}
	return out, nil
}

// runs describes the list now by the list before.
func runs(before, now []Unit) []UnitRun {
	var out []UnitRun
	var index map[string]int // of before, made at the first unit that is not where it is expected
	expect := 0
	for _, u := range now {
		at := expect
		if at >= len(before) || before[at].Key != u.Key {
			if index == nil {
				index = make(map[string]int, len(before))
				for i := range before {
					index[before[i].Key] = i
				}
			}
			found, ok := index[u.Key]
			if !ok {
				out = appendUnit(out, u)
				continue
			}
			at = found
		}
		expect = at + 1
		if !sameButLine(&before[at], &u) {
			out = appendUnit(out, u)
			continue
		}
		shift := u.Line - before[at].Line
		if n := len(out); n > 0 {
			last := &out[n-1]
			if last.N > 0 && len(last.Units) == 0 && last.From+last.N == at && last.Shift == shift {
				last.N++
				continue
			}
		}
		out = append(out, UnitRun{From: at, N: 1, Shift: shift})
	}
	return out
}

func appendUnit(runs []UnitRun, u Unit) []UnitRun {
	if len(runs) == 0 {
		runs = append(runs, UnitRun{})
	}
	last := &runs[len(runs)-1]
	last.Units = append(last.Units, u)
	return runs
}

// sameButLine tells whether two units differ in nothing but their line.
func sameButLine(a, b *Unit) bool {
	return a.Key == b.Key && a.Kind == b.Kind && a.Name == b.Name && a.Receiver == b.Receiver &&
		a.Signature == b.Signature && a.File == b.File && a.Version == b.Version &&
		a.Calls == b.Calls && a.Errors == b.Errors && a.LastUs == b.LastUs &&
		slices.EqualFunc(a.Params, b.Params, func(p, q Param) bool {
			return p.Name == q.Name && p.Type == q.Type && slices.Equal(p.Fields, q.Fields)
		})
}
