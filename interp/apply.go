package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Apply goes from the live program to src, whole or not at all. With planOnly
// it changes nothing and tells what would be done. When the edit cannot be
// patched soundly the outcome has NeedsReload set and nothing was changed.
func (l *Live) Apply(src Source, planOnly bool) Outcome {
	l.applying.Lock()
	defer l.applying.Unlock()
	out, pl := l.apply(src, planOnly)
	if pl == nil {
		return out
	}
	rep := &out.Report
	concurrent := rep.InFlight > 0 || l.program().concurrent()
	if !nodeFields().known || planOnly {
		rep.Reasons = append(rep.Reasons, pl.stale...)
	} else if rep.Status == StatusLive && (concurrent || pl.closures) {
		began := time.Now()
		l.oldAfter(rep, concurrent, pl.closures)
		rep.Timing.Look = time.Since(began).Microseconds()
	}
	return out
}

// apply is Apply without a look at what goes on in old code. There is a plan
// when something was, or would be, patched.
func (l *Live) apply(src Source, planOnly bool) (Outcome, *plan) {
	start := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	var ds []Diagnostic
	p := l.prog.recheck(src)
	if p == nil {
		l.mu.Unlock() // what follows may take its time
		p, ds = checkWith(src, l.opt.Packages)
		l.mu.Lock()
	} else {
		defer func() {
			if l.prog == p {
				p.undo = nil
			} else {
				p.drop()
			}
		}()
	}
	if p == nil {
		return l.refuse(src, ds, start, Timing{}), nil
	}
	t := Timing{Parse: p.parsed.Microseconds(), Check: p.checked.Microseconds()}
	pl := makePlan(l.prog, p, l.versions)
	for _, u := range pl.code {
		if u.generic() && l.orphaned(p, u) {
			pl.reload = append(pl.reload, fmt.Sprintf("%s changed, and was used with type arguments that cannot be named any more: values of these would keep the old code", u.display()))
		}
	}
	var c *carrier
	if len(pl.fresh) > 0 && len(pl.reload) == 0 {
		c = l.newCarrier(l.prog, p, pl)
		c.search(c.variables())
		pl.reload = append(pl.reload, c.hopeless()...)
	}
	rep := Report{Script: src.Name, Cause: CauseWatch, Status: StatusLive, Units: pl.changes, Vars: pl.vars, Reasons: pl.notes, Timing: t}
	switch {
	case len(pl.reload) > 0:
		rep.Status, rep.Reasons = StatusReloaded, pl.reload
		rep.Vars = startedOver(p, pl.vars)
	case pl.nothing():
		rep.Status = StatusUnchanged
		if !planOnly {
			l.adopt(p) // positions may have moved
		}
	case planOnly:
		if c != nil {
			rep.Vars = c.report(rep.Vars)
		}
	default:
		ds := l.patch(p, pl, &rep)
		if len(ds) > 0 {
			return l.refuse(src, ds, start, rep.Timing), nil
		}
	}
	rep.Timing.Total = time.Since(start).Microseconds()
	out := l.outcome(rep)
	if out.NeedsReload = len(pl.reload) > 0; out.NeedsReload || pl.nothing() {
		return out, nil
	}
	return out, pl
}

func (l *Live) refuse(src Source, ds []Diagnostic, start time.Time, t Timing) Outcome {
	out := refused(src, CauseWatch, ds, start, &t)
	now := l.outcome(out.Report)
	return now
}

// startedOver lists all variables of a program as a reload leaves them.
func startedOver(p *program, changed []VarChange) []VarChange {
	why := map[string]VarChange{}
	for _, c := range changed {
		why[c.Name] = c
	}
	var out []VarChange
	for _, u := range p.units {
		if u.kind != KindVar || u.name == "_" || u.hidden() {
			continue
		}
		c := VarChange{Name: u.shownName(), Effect: VarReset, Why: "started over"}
		if was, ok := why[c.Name]; ok && was.Effect == VarInitialised {
			c = was
		}
		out = append(out, c)
	}
	for _, c := range changed {
		if c.Effect == VarRemoved {
			out = append(out, c)
		}
	}
	return out
}

// patchTimeout bounds what a patch runs, the initializers of its variables:
// calls wait while it lands.
const patchTimeout = 2 * time.Second

// patch compiles what changed and makes it live. On diagnostics nothing is
// changed: names are entered last, new versions are published after everything
// compiled, and what initializers did is undone when one of them fails.
func (l *Live) patch(p *program, pl *plan, rep *Report) []Diagnostic {
	began := time.Now()
	l.sweep()
	l.gen++
	e := newEmission(p, l.names, l.gen, l.i.FileSet())
	e.hide = pl.hidden(l.prog, l.names)
	e.carried = map[string]bool{}
	for _, m := range pl.moves {
		e.carried[m.new.id] = !m.anew
	}
	var runs []ast.Stmt
	err := guarded(func() error {
		l.emitCode(e, pl)
		if !l.sameTypes(p) || e.byName && !l.prog.usesMethods() {
			e.retable()
		}
		if slices.ContainsFunc(pl.added, (*unit).reads) {
			for _, u := range p.main().handlers(p) {
				e.queue = append(e.queue, func() error { e.readers(u.obj.(*types.Func)); return nil })
			}
		}
		want := map[*unit]bool{}
		for _, u := range pl.rerun {
			want[u] = true
		}
		for _, u := range pl.added {
			if u.kind == KindVar {
				want[u] = true
			}
		}
		fresh := func(pk *pkg) bool { return pk != p.main() && l.prog.pkg(pk.path) == nil }
		var err error
		if runs, err = e.zeros(pl.rerun); err != nil {
			return err
		}
		inits, err := e.initialisers(func(u *unit) bool { return want[u] || e.carried[u.id] }, fresh)
		if err != nil {
			return err
		}
		runs = append(runs, inits...)
		return e.drain()
	})
	if err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	undo := l.undo(e)
	body := append(e.register(), l.reregister(e, pl)...)
	if len(pl.fresh) > 0 {
		body = append(body, e.registerTypes()...)
		body = append(body, e.low.HiddenCall(rtCarry))
	}
	body = append(body, e.publish()...)
	if len(pl.fresh) > 0 {
		body = append(body, e.low.HiddenCall(rtCarried))
	}
	body = append(body, runs...)
	if l.opt.Exclusive {
		rep.InFlight = l.gate.close(l.opt.PatchGrace)
		defer l.gate.open()
	}
	if err := l.useAll(e); err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	prog, err := l.compile(e, e.assemble(body))
	if err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	rep.Timing.Compile = time.Since(began).Microseconds()

	began = time.Now()
	if !l.opt.Exclusive {
		rep.InFlight = l.gate.close(l.opt.PatchGrace)
		defer l.gate.open()
	}
	before := l.values(pl.rerun)
	c := l.carry(p, pl)
	if c != nil && (rep.InFlight > 0 || l.prog.concurrent()) {
		c.held = l.stop.hold()
		defer c.held.release()
		awaitHeld()
	}
	l.know(e.symbols)
	unpublish := e.publishTypes()
	fail := l.run(min(l.opt.InitTimeout, patchTimeout), nil, func() error {
		_, err := l.i.Execute(prog)
		return err
	})
	if fail != nil {
		for id, v := range before {
			if !pl.fresh[id] { // others were somewhere else
				l.pointer(id).Elem().Set(v)
			}
		}
		if c != nil {
			c.rollback()
		}
		undo()
		unpublish()
		l.unname(e, true)
		return []Diagnostic{initDiagnostic(p, fail)}
	}
	e.commit()
	l.unname(e, false)
	l.unsettle(e)
	l.describe(pl, before, rep)
	if c != nil {
		rep.Vars = c.report(rep.Vars)
	}
	l.adopt(p)
	if e.retyped != nil {
		l.dyns.retype(e.retyped)
	}
	ran := map[string]bool{}
	for _, u := range append(pl.rerun, pl.added...) {
		ran[u.id] = u.kind == KindVar
	}
	if c != nil {
		for id := range c.resets {
			ran[id] = true
		}
	}
	l.tables.Lock()
	for _, u := range pl.removed {
		l.names.forget(u)
		delete(l.handlers, u.id)
	}
	l.tables.Unlock()
	for _, c := range pl.changes {
		if c.Change == ChangeRemoved {
			continue
		}
		setBy := ""
		if ran[c.Key] {
			setBy = fmt.Sprintf("version %d", c.To)
		}
		l.setVersion(c.Key, c.To, setBy)
	}
	l.numbered(e.symbols)
	rep.Timing.Apply = time.Since(began).Microseconds()
	return nil
}

// undo prepares taking back what a patch does when it runs: functions are again
// what they were, and the host holds what it held.
func (l *Live) undo(e *emission) func() {
	back := l.publish(e)
	l.tables.Lock()
	handlers, vars := maps.Clone(l.handlers), maps.Clone(l.vars)
	l.tables.Unlock()
	return func() {
		back()
		l.tables.Lock()
		l.handlers, l.vars = handlers, vars
		l.tables.Unlock()
	}
}

// values copies the values of variables that are about to be initialised again.
func (l *Live) values(units []*unit) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	for _, u := range units {
		if p := l.pointer(u.id); p.IsValid() {
			v := reflect.New(p.Type().Elem()).Elem()
			v.Set(p.Elem())
			out[u.id] = v
		}
	}
	return out
}

// describe adds old and new values to what the report says of variables.
func (l *Live) describe(pl *plan, before map[string]reflect.Value, rep *Report) {
	for i := range rep.Vars {
		c := &rep.Vars[i]
		was := l.prog // the types of old values
		if c.Effect != VarInitialised {
			continue
		}
		for _, u := range append(append([]*unit{}, pl.rerun...), pl.added...) {
			if u.kind != KindVar || u.shownName() != c.Name || u.obj == nil {
				continue
			}
			if v, ok := before[u.id]; ok {
				c.Old = formatText(v, was.unit(u.id).obj.Type())
			}
			if ptr := l.pointer(u.id); ptr.IsValid() {
				c.New = formatText(ptr.Elem(), u.obj.Type())
			}
		}
	}
}

// pkg finds a package by import path.
func (p *program) pkg(path string) *pkg {
	for _, pk := range p.pkgs {
		if pk.path == path {
			return pk
		}
	}
	return nil
}

func replacePath(s string) string { return strings.ReplaceAll(s, mainPath+".", "") }
