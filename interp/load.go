package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"time"
)

// Load checks a script, evaluates it in a fresh interpreter and runs its
// initializers and init functions. The result is nil when it was refused; the
// outcome says why. base continues the versions of an earlier life.
func Load(src Source, base Baseline, opt Options) (*Live, Outcome) {
	start := time.Now()
	p, ds := checkWith(src, opt.Packages)
	if p == nil {
		return nil, refused(src, CauseLoad, ds, start, nil)
	}
	l := newLive(src.Name, opt)
	rep := Report{Script: src.Name, Cause: CauseLoad, Status: StatusLive, Seed: l.seed}
	rep.Timing.Parse, rep.Timing.Check = p.parsed.Microseconds(), p.checked.Microseconds()
	if ds := l.load(p, &rep); len(ds) > 0 {
		l.Close()
		return nil, refused(src, CauseLoad, ds, start, &rep.Timing)
	}
	l.number(p, base, &rep)
	rep.Timing.Total = time.Since(start).Microseconds()
	return l, l.outcome(rep)
}

// load emits, compiles and runs a whole program.
func (l *Live) load(p *program, rep *Report) []Diagnostic {
	began := time.Now()
	if err := l.start(); err != nil {
		return []Diagnostic{compileDiagnostic(p, fmt.Errorf("start the interpreter: %w", err))}
	}
	l.gen = 1
	e := newEmission(p, l.names, l.gen, l.i.FileSet())
	f, err := e.whole()
	if err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	if err := l.useAll(e); err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	prog, err := l.compile(e, f)
	if err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	rep.Timing.Compile = time.Since(began).Microseconds()
	began = time.Now()
	e.commit()
	l.adopt(p)
	l.know(e.symbols)
	e.publishTypes()
	fail := l.run(l.opt.InitTimeout, nil, func() error {
		_, err := l.i.Execute(prog)
		return err
	})
	rep.Timing.Apply = time.Since(began).Microseconds()
	if fail != nil {
		return []Diagnostic{initDiagnostic(p, fail)}
	}
	if l.opt.Exclusive {
		if err := l.holdAll(); err != nil {
			return []Diagnostic{compileDiagnostic(p, err)}
		}
	}
	return nil
}

// whole emits a program with what runs at its start.
func (e *emission) whole() (*ast.File, error) {
	var body []ast.Stmt
	err := guarded(func() error {
		e.everything()
		inits, err := e.initialisers(func(*unit) bool { return true }, func(*pkg) bool { return true })
		if err != nil {
			return err
		}
		if err := e.drain(); err != nil {
			return err
		}
		body = append(e.register(), inits...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e.assemble(body), nil
}

// emitCheck finds what cannot be emitted, or compiled, in a program that passed
// the type check.
func emitCheck(p *program) []Diagnostic {
	l := newLive(p.src.Name, Options{Packages: p.offer})
	defer l.Close()
	if err := l.start(); err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	e := newEmission(p, l.names, 1, l.i.FileSet())
	f, err := e.whole()
	if err == nil {
		err = l.useAll(e)
	}
	if err == nil {
		_, err = l.compile(e, f)
	}
	if err != nil {
		return []Diagnostic{compileDiagnostic(p, err)}
	}
	return nil
}

// initDiagnostic tells what went wrong at load, at the innermost script line.
func initDiagnostic(p *program, fail *CallError) Diagnostic {
	rep := newDiagnoser(p.src)
	pos := token.Position{Line: 1, Column: 1}
	if len(p.main().names) > 0 {
		pos.Filename = p.main().names[0]
	}
	if len(fail.Trace) > 0 {
		pos.Filename, pos.Line = fail.Trace[0].File, fail.Trace[0].Line
	}
	rep.add(pos, fmt.Sprintf("%s at load: %s", fail.Kind, fail.Message), "initializers and init functions run when a script is loaded")
	return rep.list()[0]
}

// number gives every unit its version, from what is remembered, and lists in
// the report what is new or another version.
func (l *Live) number(p *program, base Baseline, rep *Report) {
	defer func() { l.numbered(l.symbols) }()
	for _, u := range p.units {
		if u.hidden() {
			continue
		}
		was, known := base[u.id]
		v := 1
		change := ChangeAdded
		if known {
			v, change = was.Version, ""
			if was.Fingerprint != u.meaning {
				v, change = was.Version+1, ChangeChanged
			}
		}
		setBy := ""
		if u.kind == KindVar {
			setBy = "load"
		}
		l.setVersion(u.id, v, setBy)
		if change != "" {
			at := p.position(u.pos)
			rep.Units = append(rep.Units, UnitChange{Key: u.id, Change: change, From: was.Version, To: v,
				File: at.Filename, Line: at.Line, NewText: p.text(u)})
		}
		if u.kind == KindVar && u.name != "_" {
			c := VarChange{Name: u.shownName(), Effect: VarInitialised}
			if known {
				c.Effect, c.Why = VarReset, "started over"
			}
			rep.Vars = append(rep.Vars, c)
		}
	}
}

// refused makes the outcome of something that changed nothing.
func refused(src Source, cause Cause, ds []Diagnostic, start time.Time, t *Timing) Outcome {
	rep := Report{Script: src.Name, Cause: cause, Status: StatusRefused, Diagnostics: ds}
	if t != nil {
		rep.Timing = *t
	}
	rep.Timing.Total = time.Since(start).Microseconds()
	return Outcome{Report: rep.filled()}
}

// filled replaces nil lists, which the protocol does not have.
func (r Report) filled() Report {
	if r.Units == nil {
		r.Units = []UnitChange{}
	}
	if r.Vars == nil {
		r.Vars = []VarChange{}
	}
	if r.Diagnostics == nil {
		r.Diagnostics = []Diagnostic{}
	}
	return r
}

// typeText writes a type as the script's author would.
func typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == mainPath {
			return ""
		}
		return p.Name()
	})
}
