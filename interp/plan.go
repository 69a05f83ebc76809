package interp

import (
	"fmt"
	"go/types"
	"slices"
	"sort"

	"hotloop/interp/lower"
)

// plan is what has to be done to go from one program to another: plain data,
// made without touching the interpreter. Tests assert it, apply consumes it.
type plan struct {
	changes []UnitChange // what happened to every unit that is not as it was
	code    []*unit      // functions and methods to compile as new versions
	added   []*unit      // functions, variables and types that did not exist
	removed []*unit      // what is gone
	rerun   []*unit      // variables whose initializer runs again
	moves   []move       // variables that live in another place from now on
	vars    []VarChange
	// fresh holds the ids of types, functions and variables that exist on both
	// sides and are declared anew under other names, because the interpreter
	// keeps what it knows of a name. See rebase.go.
	fresh map[string]bool
	// renamed are types that are the same under another name.
	renamed map[*types.TypeName]*types.TypeName
	notes   []string // what a person should know although it went live
	stale   []string // what may go on running old code, told from the text
	// closures tells that changed code may have made some that differ now.
	closures bool
	reload   []string // why this cannot be patched; empty when it can
}

// nothing tells whether both programs mean the same.
func (pl *plan) nothing() bool { return len(pl.changes) == 0 }

// makePlan compares two programs unit by unit. versions gives the versions that
// the units of the old one have.
func makePlan(old, new *program, versions map[string]int) *plan {
	pl := &plan{fresh: map[string]bool{}}
	if new.before == old.rev {
		slices.Sort(new.changed)
		for _, i := range new.changed {
			if u := new.units[i]; old.unit(u.id) == nil {
				pl.addUnit(old, new, u, versions)
			} else {
				pl.compare(old, new, old.unit(u.id), u, versions)
			}
		}
		for _, o := range new.gone {
			pl.remove(old, new, o, versions)
		}
	} else {
		pl.compareAll(old, new, versions)
	}
	pl.rebase(old, new, versions)
	sort.SliceStable(pl.vars, func(i, j int) bool { return pl.vars[i].Name < pl.vars[j].Name })
	return pl
}

// compareAll compares programs that were checked apart.
func (pl *plan) compareAll(old, new *program, versions map[string]int) {
	pl.renamed = renames(old, new)
	blank, gone := pairBlanks(old, new)
	for _, u := range new.units {
		o := old.unit(u.id)
		if u.isBlankVar() {
			o = blank[u]
		}
		if o == nil {
			pl.addUnit(old, new, u, versions)
		} else {
			pl.compare(old, new, o, u, versions)
		}
	}
	for _, o := range old.units {
		if o.isBlankVar() && gone[o] || !o.isBlankVar() && new.unit(o.id) == nil {
			pl.remove(old, new, o, versions)
		}
	}
}

// pairBlanks finds for every blank variable the one it was before: they have no
// name, and one that comes or goes must not make the others run again. gone are
// those that are nothing now.
func pairBlanks(old, new *program) (was map[*unit]*unit, gone map[*unit]bool) {
	was, gone = map[*unit]*unit{}, map[*unit]bool{}
	same := map[string][]*unit{} // by meaning
	for _, o := range old.units {
		if o.isBlankVar() {
			gone[o] = true
			same[o.meaning] = append(same[o.meaning], o)
		}
	}
	var left []*unit
	for _, u := range new.units {
		if !u.isBlankVar() {
			continue
		}
		if list := same[u.meaning]; len(list) > 0 {
			was[u], same[u.meaning] = list[0], list[1:]
			delete(gone, list[0])
		} else {
			left = append(left, u)
		}
	}
	for _, o := range old.units {
		if gone[o] && len(left) > 0 {
			was[left[0]], left = o, left[1:]
			delete(gone, o)
		}
	}
	return was, gone
}

func (u *unit) isBlankVar() bool { return u.kind == KindVar && u.name == "_" }

// record notes a change of a unit; text and place come from both programs.
func (pl *plan) record(old, new *program, o, u *unit, change, why string, versions map[string]int) {
	c := UnitChange{Change: change, Why: why}
	if o != nil {
		if o.hidden() {
			return
		}
		c.Key, c.From = o.id, versions[o.id]
		c.OldText = old.text(o)
		pos := old.position(o.pos)
		c.File, c.Line, c.OldLine = pos.Filename, pos.Line, pos.Line
	}
	if u != nil {
		if u.hidden() {
			return
		}
		c.Key, c.To = u.id, c.From+1
		if o == nil && !u.isBlankVar() {
			c.To = versions[u.id] + 1 // one that comes back goes on counting
		}
		c.NewText = new.text(u)
		pos := new.position(u.pos)
		c.File, c.Line = pos.Filename, pos.Line
	}
	pl.changes = append(pl.changes, c)
}

// hidden units belong to the standard library's generic packages.
func (u *unit) hidden() bool { return u.pkg.std }

func (pl *plan) addUnit(old, new *program, u *unit, versions map[string]int) {
	why := ""
	switch u.kind {
	case KindFunc:
		pl.added = append(pl.added, u)
		if u.name == "init" && old.pkg(u.pkg.path) != nil {
			why = "added, but not run: init runs at load"
		}
	case KindMethod:
		pl.added = append(pl.added, u)
	case KindVar:
		pl.added = append(pl.added, u)
		if u.name != "_" {
			pl.vars = append(pl.vars, VarChange{Name: u.shownName(), Effect: VarInitialised, Why: "new"})
		}
	case KindType:
		pl.added = append(pl.added, u)
	}
	pl.record(old, new, nil, u, ChangeAdded, why, versions)
}

func (pl *plan) remove(old, new *program, o *unit, versions map[string]int) {
	pl.removed = append(pl.removed, o)
	switch o.kind {
	case KindVar:
		if o.name != "_" {
			pl.vars = append(pl.vars, VarChange{Name: o.shownName(), Effect: VarRemoved})
		}
	}
	pl.closures = pl.closures || len(closures(o)) > 0
	pl.record(old, new, o, nil, ChangeRemoved, "", versions)
}

func (pl *plan) compare(old, new *program, o, u *unit, versions map[string]int) {
	if o.meaning == u.meaning {
		return
	}
	switch u.kind {
	case KindImport, KindConst:
		pl.record(old, new, o, u, ChangeChanged, "", versions)
	case KindType:
		// An alias is written out everywhere: what mentions it changes with it.
		if !o.alias() || !u.alias() {
			pl.fresh[u.id] = true
		}
		pl.record(old, new, o, u, ChangeChanged, "", versions)
	case KindVar:
		pl.compareVar(old, new, o, u, versions)
	default:
		pl.compareCode(old, new, o, u, versions)
	}
}

func (pl *plan) compareVar(old, new *program, o, u *unit, versions map[string]int) {
	pl.closures = pl.closures || len(closures(o)) > 0
	retyped, changed := o.sig != u.sig, o.initial != u.initial
	if changed && len(pl.renamed) > 0 {
		changed = old.initialUnder(o, pl.renamed) != u.initial
	}
	if retyped && u.name != "_" {
		pl.fresh[u.id] = true
	}
	switch {
	case changed && !u.keep:
		pl.record(old, new, o, u, ChangeChanged, "", versions)
		pl.rerun = append(pl.rerun, u)
		if retyped && u.name != "_" {
			pl.moves = append(pl.moves, move{old: o, new: u, anew: true})
		}
		if u.name != "_" {
			why := "its initializer changed"
			if retyped {
				why += ", and its type " + fromTo(o, u)
			}
			pl.vars = append(pl.vars, VarChange{Name: u.shownName(), Effect: VarInitialised, Why: why})
		}
	case changed && !retyped:
		why := "marked //hotloop:keep: its initializer changed and was not run"
		pl.record(old, new, o, u, ChangeChanged, why, versions)
		pl.vars = append(pl.vars, VarChange{Name: u.shownName(), Effect: VarKept, Why: why})
	case retyped:
		pl.record(old, new, o, u, ChangeChanged, "", versions)
		pl.moves = append(pl.moves, move{old: o, new: u, why: "its type changed " + fromTo(o, u)})
	default:
		why := "its initializer uses something that changed; it was not run again"
		pl.record(old, new, o, u, ChangeRecompiled, why, versions)
		if u.name != "_" {
			pl.vars = append(pl.vars, VarChange{Name: u.shownName(), Effect: VarStale, Why: why})
		}
	}
}

func (pl *plan) compareCode(old, new *program, o, u *unit, versions map[string]int) {
	pl.closures = pl.closures || closuresChanged(o, u) || o.shape == u.shape && len(closures(o)) > 0
	switch {
	case o.sig != u.sig:
		pl.fresh[u.id] = true
		pl.record(old, new, o, u, ChangeSignature, fromTo(o, u), versions)
		return
	case lower.UsesRecover(o.fn, o.info) != lower.UsesRecover(u.fn, u.info):
		pl.fresh[u.id] = true
	default:
		pl.code = append(pl.code, u)
	}
	switch {
	case o.shape == u.shape:
		pl.record(old, new, o, u, ChangeRecompiled, "a constant or type it uses changed", versions)
	case u.name == "init" && u.kind == KindFunc:
		pl.record(old, new, o, u, ChangeChanged, "changed, but not run again", versions)
		if note := "init changed; it was not run again (restart the script to run it)"; !slices.Contains(pl.notes, note) {
			pl.notes = append(pl.notes, note)
		}
	default:
		pl.record(old, new, o, u, ChangeChanged, "", versions)
		pl.stale = append(pl.stale, staleNotes(old, new, o, u)...)
	}
}

// typeID is the unit of the type that a method belongs to.
func (u *unit) typeID() string {
	recv := u.recv
	if recv != "" && recv[0] == '*' {
		recv = recv[1:]
	}
	if u.pkg.path != mainPath {
		recv = u.pkg.types.Name() + "." + recv
	}
	return "type " + recv
}

// alias tells whether a unit is another name of a type.
func (u *unit) alias() bool {
	tn, ok := u.obj.(*types.TypeName)
	return ok && tn.IsAlias()
}

// typeText is a unit's type as its author would write it.
func (u *unit) typeText() string {
	if u.obj == nil {
		return "func()"
	}
	return typeText(u.obj.Type())
}

// fromTo tells a unit's type before and after; in full where the short forms
// read the same.
func fromTo(o, u *unit) string {
	before, after := o.typeText(), u.typeText()
	if before == after {
		before, after = o.sig, u.sig
	}
	return fmt.Sprintf("from %s to %s", before, after)
}

// shownName is a unit's name as a person reads it: packages other than the
// script's own are named.
func (u *unit) shownName() string {
	if u.pkg.path != mainPath {
		return u.pkg.types.Name() + "." + u.name
	}
	return u.name
}

// display names a function or method for people: "OnOpen", "Lock.Try".
func (u *unit) display() string {
	name := u.name
	if u.kind == KindMethod {
		recv := u.recv
		if recv[0] == '*' {
			recv = recv[1:]
		}
		name = recv + "." + name
	}
	if u.pkg.path != mainPath {
		return u.pkg.types.Name() + "." + name
	}
	return name
}
