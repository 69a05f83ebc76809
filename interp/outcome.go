package interp

import (
	"go/types"
	"slices"
)

// listing is what the outcomes of a live script have told of its units.
type listing struct {
	rev   int64 // the program's that it lists; 0 for none
	units []Unit
	index []int    // of a unit of the program in units; -1 when it is not listed
	told  Baseline // versions as they were handed out
}

// outcome completes a report with how the script is now. mu is held, or nobody
// else has the script yet.
func (l *Live) outcome(rep Report) Outcome {
	out := Outcome{Report: rep.filled()}
	was, p := &l.listed, l.prog
	switch {
	case was.rev == p.rev:
		out.Units = []UnitRun{{N: len(was.units)}}
	case was.rev == p.before && p.before != 0 && !p.reordered:
		out.Units, out.Versions = l.relist(p, rep.Units)
	default:
		before := was.units
		out.Versions, out.Gone = l.list(p)
		out.Units = runs(before, was.units)
	}
	was.rev = p.rev
	return out
}

// list lists all units anew and gives the versions that changed since the last
// outcome.
func (l *Live) list(p *program) (changed Baseline, gone []string) {
	is := &l.listed
	is.units, is.index = nil, make([]int, len(p.units))
	changed = Baseline{}
	for i, u := range p.units {
		is.index[i] = -1
		if u.hidden() {
			continue
		}
		v := UnitVersion{Fingerprint: u.meaning, Version: l.versions[u.id]}
		if is.told[u.id] != v {
			changed[u.id] = v
		}
		if u.name != "_" {
			is.index[i] = len(is.units)
			is.units = append(is.units, p.describe(u, v.Version))
		}
	}
	for id := range is.told {
		if u := p.unit(id); u == nil || u.hidden() {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	if is.told == nil {
		is.told = Baseline{}
	}
	is.told.Update(changed, gone)
	return changed, gone
}

// relist changes in the list what a program changed that was made from the one
// before by checking some functions; changes are those of its report.
func (l *Live) relist(p *program, changes []UnitChange) ([]UnitRun, Baseline) {
	is := &l.listed
	versions, other := Baseline{}, map[int]bool{} // other: indices in is.units
	tell := func(u *unit) {
		if u == nil || u.hidden() {
			return
		}
		v := UnitVersion{Fingerprint: u.meaning, Version: l.versions[u.id]}
		if is.told[u.id] == v {
			return
		}
		versions[u.id], is.told[u.id] = v, v
		if at := is.index[p.byID[u.id]]; at >= 0 {
			is.units[at], other[at] = p.describe(u, v.Version), true
		}
	}
	for _, i := range p.changed {
		tell(p.units[i])
	}
	for _, c := range changes {
		tell(p.unit(c.Key))
	}
	shifts := map[int]int{} // index in is.units -> lines
	move := func(unit, line int) {
		if at := is.index[unit]; at >= 0 && line != is.units[at].Line {
			shifts[at] = line - is.units[at].Line
			is.units[at].Line = line
		}
	}
	for _, m := range p.shifted {
		for _, at := range p.layouts[m].now {
			for i := at.first; i < at.first+at.n; i++ {
				if i == at.unit {
					move(i, at.line)
				} else {
					move(i, p.position(p.units[i].pos).Line)
				}
			}
		}
	}
	var out []UnitRun
	for at := range is.units {
		if other[at] {
			out = appendUnit(out, is.units[at])
			continue
		}
		if n := len(out) - 1; n >= 0 && len(out[n].Units) == 0 && out[n].Shift == shifts[at] {
			out[n].N++
			continue
		}
		out = append(out, UnitRun{From: at, N: 1, Shift: shifts[at]})
	}
	return out, versions
}

// describe is what the protocol tells of a unit.
func (p *program) describe(u *unit, version int) Unit {
	at := p.position(u.pos)
	x := Unit{Key: u.id, Kind: u.kind, Name: u.shownName(), File: at.Filename, Line: at.Line, Version: version}
	if u.kind == KindMethod {
		x.Name, x.Receiver = u.name, u.recv
	}
	switch {
	case u.isCode():
		if fn, ok := u.obj.(*types.Func); ok {
			x.Signature = typeText(fn.Type())
			x.Params = params(fn)
		}
	case u.obj != nil && u.kind != KindImport:
		x.Signature = typeText(u.obj.Type())
	}
	return x
}
