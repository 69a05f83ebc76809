package session

import (
	"fmt"
	"slices"

	"hotloop/interp"
)

// Every outcome lists all units of a script. As with sources, only the
// difference to the outcome before travels: runs of units that are equal but for
// a shift of their lines, and the units that are not.

type outcomeDelta struct {
	Report      interp.Report   `json:"report"`
	NeedsReload bool            `json:"needsReload,omitempty"`
	Units       []unitRun       `json:"units"`
	Versions    interp.Baseline `json:"versions,omitempty"` // new and changed ones
	Gone        []string        `json:"gone,omitempty"`     // keys without a version now
}

// unitRun stands for N units from index From of the list before, each Shift
// lines further down, followed by Units as they are.
type unitRun struct {
	From  int           `json:"from,omitempty"`
	N     int           `json:"n,omitempty"`
	Shift int           `json:"shift,omitempty"`
	Units []interp.Unit `json:"units,omitempty"`
}

// outcomeLists is what one end remembers. It is shared with the outcomes given
// out and never written.
type outcomeLists struct{ units []interp.Unit }

// encode gives the delta from the outcome sent last to out, and remembers out.
func (l *outcomeLists) encode(out interp.Outcome) outcomeDelta {
	delta := outcomeDelta{Report: out.Report, NeedsReload: out.NeedsReload, Versions: out.Versions, Gone: out.Gone}
	if len(out.Units) > 0 && len(out.Units) == len(l.units) && &out.Units[0] == &l.units[0] {
		delta.Units = []unitRun{{N: len(l.units)}}
	} else {
		delta.Units = unitRuns(l.units, out.Units)
	}
	l.units = out.Units
	return delta
}

// decode gives the outcome of a delta and remembers it.
func (l *outcomeLists) decode(delta outcomeDelta) (interp.Outcome, error) {
	units, runs := []interp.Unit(nil), delta.Units
	if len(runs) == 1 && runs[0].N == len(l.units) && runs[0].From+runs[0].Shift+len(runs[0].Units) == 0 {
		units, runs = l.units, nil // all as it was
	}
	for _, run := range runs {
		if run.From < 0 || run.N < 0 || run.From > len(l.units)-run.N {
			return interp.Outcome{}, fmt.Errorf("wire: outcome refers to units %d to %d of %d", run.From, run.From+run.N, len(l.units))
		}
		start := len(units)
		units = slices.Grow(units, max(run.N+len(run.Units), len(l.units)-start))
		units = append(units, l.units[run.From:run.From+run.N]...)
		if run.Shift != 0 {
			for i := start; i < len(units); i++ {
				units[i].Line += run.Shift
			}
		}
		units = append(units, run.Units...)
	}
	l.units = units
	return interp.Outcome{Report: delta.Report, NeedsReload: delta.NeedsReload, Units: units, Versions: delta.Versions, Gone: delta.Gone}, nil
}

// unitRuns describes the list now by the list before.
func unitRuns(before, now []interp.Unit) []unitRun {
	var runs []unitRun
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
				runs = appendUnit(runs, u)
				continue
			}
			at = found
		}
		expect = at + 1
		if !sameButLine(&before[at], &u) {
			runs = appendUnit(runs, u)
			continue
		}
		shift := u.Line - before[at].Line
		if n := len(runs); n > 0 {
			last := &runs[n-1]
			if last.N > 0 && len(last.Units) == 0 && last.From+last.N == at && last.Shift == shift {
				last.N++
				continue
			}
		}
		runs = append(runs, unitRun{From: at, N: 1, Shift: shift})
	}
	return runs
}

func appendUnit(runs []unitRun, u interp.Unit) []unitRun {
	if len(runs) == 0 {
		runs = append(runs, unitRun{})
	}
	last := &runs[len(runs)-1]
	last.Units = append(last.Units, u)
	return runs
}

// sameButLine tells whether two units differ in nothing but their line.
func sameButLine(a, b *interp.Unit) bool {
	return a.Key == b.Key && a.Kind == b.Kind && a.Name == b.Name && a.Receiver == b.Receiver &&
		a.Signature == b.Signature && a.File == b.File && a.Version == b.Version &&
		a.Calls == b.Calls && a.Errors == b.Errors && a.LastUs == b.LastUs &&
		slices.EqualFunc(a.Params, b.Params, func(p, q interp.Param) bool {
			return p.Name == q.Name && p.Type == q.Type && slices.Equal(p.Fields, q.Fields)
		})
}
