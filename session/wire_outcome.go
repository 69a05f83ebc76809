package session

import (
	"fmt"
	"maps"
	"slices"

	"hotloop/interp"
)

// Every outcome lists all units and versions of a script. As with sources,
// only the difference to the outcome before travels: runs of units that are
// equal but for a shift of their lines, the units that are not, and the
// versions that changed.

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

// outcomeLists is what one end remembers. The encoding end keeps copies of its
// own, since a live script may hand out the same map again and again. At the
// decoding end they are shared with the outcomes given out and never written.
type outcomeLists struct {
	units    []interp.Unit
	versions interp.Baseline
}

// encode gives the delta from the outcome sent last to out, and remembers out.
func (l *outcomeLists) encode(out interp.Outcome) outcomeDelta {
	if l.versions == nil {
		l.versions = make(interp.Baseline, len(out.Versions))
	}
	delta := outcomeDelta{Report: out.Report, NeedsReload: out.NeedsReload, Units: unitRuns(l.units, out.Units)}
	for key, v := range out.Versions {
		if before, ok := l.versions[key]; !ok || before != v {
			if delta.Versions == nil {
				delta.Versions = interp.Baseline{}
			}
			delta.Versions[key] = v
			l.versions[key] = v
		}
	}
	if len(l.versions) > len(out.Versions) { // it holds all of those by now
		for key := range l.versions {
			if _, ok := out.Versions[key]; !ok {
				delta.Gone = append(delta.Gone, key)
				delete(l.versions, key)
			}
		}
	}
	l.units = append(l.units[:0], out.Units...)
	return delta
}

// decode gives the outcome of a delta and remembers it.
func (l *outcomeLists) decode(delta outcomeDelta) (interp.Outcome, error) {
	var units []interp.Unit
	for _, run := range delta.Units {
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
	versions := l.versions
	if len(delta.Versions)+len(delta.Gone) > 0 || versions == nil {
		versions = maps.Clone(l.versions)
		if versions == nil {
			versions = make(interp.Baseline, len(delta.Versions))
		}
		maps.Copy(versions, delta.Versions)
		for _, key := range delta.Gone {
			delete(versions, key)
		}
	}
	l.units, l.versions = units, versions
	return interp.Outcome{Report: delta.Report, NeedsReload: delta.NeedsReload, Units: units, Versions: versions}, nil
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
