package session

import (
	"context"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hotloop/interp"
)

// world makes fake engines and remembers them. The engines do what the sources
// tell them to, in comments:
//
//	//fake:refuse MESSAGE    refuse this source at this line
//	//fake:reload REASON     needs a reload to go live, when something changed
//	//fake:crashload REASON  end while loading
//	//fake:hangload          load until the context or the engine ends
//	//fake:failapply TEXT    Apply fails with an error of the engine's own
//
// A handler gives back its first string literal, so that a test sees which
// version ran. In a handler,
//
//	//do:block    waits until the call is stopped or the engine closed
//	//do:crash    ends the engine
//	//do:inc VAR  adds 1 to a variable
type world struct {
	mu      sync.Mutex
	engines []*fake
	broken  error // of NewEngine
	refusal string
}

// refuse makes every engine refuse everything from now on, with this message.
func (w *world) refuse(message string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refusal = message
}

func (w *world) refused() []interp.Diagnostic {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refusal == "" {
		return nil
	}
	return []interp.Diagnostic{{Severity: interp.SeverityError, Message: w.refusal}}
}

func (w *world) newEngine(ctx context.Context, script string) (Engine, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken != nil {
		return nil, w.broken
	}
	f := &fake{
		script:  script,
		world:   w,
		done:    make(chan struct{}),
		notices: make(chan interp.Notice),
		feed:    make(chan interp.Notice),
		stop:    make(chan struct{}),
		vars:    make(map[string]string),
	}
	go f.forward()
	w.engines = append(w.engines, f)
	return f, nil
}

// of gives the engines of a script, oldest first.
func (w *world) of(script string) []*fake {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*fake
	for _, f := range w.engines {
		if f.script == script {
			out = append(out, f)
		}
	}
	return out
}

func (w *world) last(script string) *fake {
	all := w.of(script)
	return all[len(all)-1]
}

type fake struct {
	script  string
	world   *world
	done    chan struct{}
	notices chan interp.Notice
	feed    chan interp.Notice // to notices, until the end

	mu      sync.Mutex
	ended   bool
	exit    Exit
	src     interp.Source
	units   []fakeUnit
	applied []string // what was asked: "load", "plan", "apply"
	vars    map[string]string
	stop    chan struct{} // closed by Stop, then made anew
	calls   int
	base    interp.Baseline // given to Load
}

type fakeUnit struct {
	interp.Unit
	text, print string
}

func (f *fake) forward() {
	defer close(f.notices)
	for {
		select {
		case n := <-f.feed:
			select {
			case f.notices <- n:
			case <-f.done:
				return
			}
		case <-f.done:
			return
		}
	}
}

// say makes the script write something outside calls.
func (f *fake) say(n interp.Notice) {
	select {
	case f.feed <- n:
	case <-f.done:
	}
}

// die ends the engine by itself.
func (f *fake) die(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	f.ended = true
	f.exit = Exit{Reason: reason, Tail: "last words\n", Trace: []interp.Frame{{Function: "f", File: f.script + ".go", Line: 1}}}
	if reason == "" {
		f.exit = Exit{}
	}
	close(f.done)
}

func (f *fake) Close() error                  { f.die(""); return nil }
func (f *fake) Done() <-chan struct{}         { return f.done }
func (f *fake) Notices() <-chan interp.Notice { return f.notices }
func (f *fake) gone() error                   { return fmt.Errorf("fake: %w", ErrEngineGone) }
func (f *fake) log() []string                 { f.mu.Lock(); defer f.mu.Unlock(); return slices.Clone(f.applied) }
func (f *fake) Exit() Exit                    { f.mu.Lock(); defer f.mu.Unlock(); return f.exit }
func (f *fake) running() bool                 { f.mu.Lock(); defer f.mu.Unlock(); return !f.ended }
func (f *fake) source() interp.Source         { f.mu.Lock(); defer f.mu.Unlock(); return f.src }
func (f *fake) note(what string)              { f.mu.Lock(); f.applied = append(f.applied, what); f.mu.Unlock() }
func (f *fake) inFlight() int                 { f.mu.Lock(); defer f.mu.Unlock(); return f.calls }
func (f *fake) baseline() interp.Baseline {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.base)
}

var directive = regexp.MustCompile(`//fake:(\w+) ?(.*)`)

// told gives the directives of a source, and where they stand.
func told(src interp.Source) map[string]interp.Diagnostic {
	out := make(map[string]interp.Diagnostic)
	for _, file := range allFiles(&src) {
		n := 0
		for line := range strings.Lines(file.Text) {
			n++
			if m := directive.FindStringSubmatch(line); m != nil {
				out[m[1]] = interp.Diagnostic{Severity: interp.SeverityError, File: file.Name, Line: n, Column: 1, Message: m[2]}
			}
		}
	}
	return out
}

// read takes a source apart, or says what is wrong with it.
func read(src interp.Source) (units []fakeUnit, wrong []interp.Diagnostic) {
	for i, file := range allFiles(&src) {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file.Name, file.Text, 0)
		if err != nil {
			if list, ok := err.(scanner.ErrorList); ok {
				pos := list[0].Pos
				wrong = append(wrong, interp.Diagnostic{Severity: interp.SeverityError, File: file.Name, Line: pos.Line, Column: pos.Column, Message: list[0].Msg})
			}
			continue
		}
		spans, _ := spansOf(file.Text)
		for _, sp := range spans {
			u := fakeUnit{text: file.Text[sp.start:sp.end]}
			u.Kind, u.Name, u.File, u.Line = sp.kind, sp.name, file.Name, sp.line
			if i >= len(src.Files) {
				u.Name = parsed.Name.Name + "." + u.Name
			}
			u.Key = string(sp.kind) + " " + u.Name
			if sp.kind == interp.KindMethod {
				u.Receiver = sp.recv
				u.Key = fmt.Sprintf("method (%s).%s", sp.recv, sp.name)
			}
			u.print = tokens(u.text)
			units = append(units, u)
		}
	}
	return units, wrong
}

// tokens gives a text without comments and formatting.
func tokens(text string) string {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", fset.Base(), len(text)), []byte(text), nil, 0)
	var out []string
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return strings.TrimSuffix(strings.Join(out, " "), " ;")
		}
		if lit == "" || tok == token.SEMICOLON {
			lit = tok.String()
		}
		out = append(out, lit)
	}
}

func (f *fake) Load(ctx context.Context, src interp.Source, base interp.Baseline) (interp.Outcome, error) {
	f.note("load")
	do := told(src)
	if d, ok := do["crashload"]; ok {
		f.die(d.Message)
		return interp.Outcome{}, f.gone()
	}
	if _, ok := do["hangload"]; ok {
		select {
		case <-ctx.Done():
			return interp.Outcome{}, ctx.Err()
		case <-f.done:
			return interp.Outcome{}, f.gone()
		}
	}
	units, wrong := read(src)
	wrong = append(wrong, f.world.refused()...)
	if d, ok := do["refuse"]; ok {
		wrong = append(wrong, d)
	}
	if len(wrong) > 0 {
		return interp.Outcome{Report: interp.Report{Status: interp.StatusRefused, Diagnostics: wrong}}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.base = base
	rep := interp.Report{Status: interp.StatusLive}
	for i := range units {
		u := &units[i]
		u.Version = 1
		if b, ok := base[u.Key]; ok {
			if u.Version = b.Version; b.Fingerprint != u.print {
				u.Version++
			}
		}
		rep.Units = append(rep.Units, interp.UnitChange{Key: u.Key, Change: interp.ChangeAdded, To: u.Version, File: u.File, Line: u.Line, NewText: u.text})
		f.initialise(u)
	}
	f.src, f.units = src, units
	return f.outcome(rep), nil
}

func (f *fake) initialise(u *fakeUnit) {
	if u.Kind == interp.KindVar {
		_, value, _ := strings.Cut(u.print, "= ")
		f.vars[u.Name] = value
	}
}

func (f *fake) outcome(rep interp.Report) interp.Outcome {
	out := interp.Outcome{Report: rep, Versions: make(interp.Baseline)}
	var units []interp.Unit
	for _, u := range f.units {
		units = append(units, u.Unit)
		out.Versions[u.Key] = interp.UnitVersion{Fingerprint: u.print, Version: u.Version}
	}
	out.Units = interp.AllUnits(units)
	return out
}

func (f *fake) Apply(ctx context.Context, src interp.Source, planOnly bool) (interp.Outcome, error) {
	what := "apply"
	if planOnly {
		what = "plan"
	}
	f.note(what)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return interp.Outcome{}, f.gone()
	}
	do := told(src)
	if d, ok := do["failapply"]; ok {
		return interp.Outcome{}, fmt.Errorf("%s", d.Message)
	}
	units, wrong := read(src)
	wrong = append(wrong, f.world.refused()...)
	if d, ok := do["refuse"]; ok {
		wrong = append(wrong, d)
	}
	if len(wrong) > 0 {
		return f.outcome(interp.Report{Status: interp.StatusRefused, Diagnostics: wrong}), nil
	}
	rep, changed := f.compare(units)
	out := f.outcome(rep)
	if d, ok := do["reload"]; ok && len(rep.Units) > 0 {
		out.NeedsReload = true
		out.Report.Reasons = append(out.Report.Reasons, d.Message)
		return out, nil
	}
	if planOnly {
		return out, nil
	}
	for _, u := range changed {
		f.initialise(u)
	}
	f.src, f.units = src, units
	return f.outcome(rep), nil
}

// compare makes the report of going over to units and sets their versions.
// changed are the variables to set anew.
func (f *fake) compare(units []fakeUnit) (rep interp.Report, changed []*fakeUnit) {
	was := make(map[string]*fakeUnit)
	for i := range f.units {
		was[f.units[i].Key] = &f.units[i]
	}
	for i := range units {
		u := &units[i]
		o := was[u.Key]
		delete(was, u.Key)
		c := interp.UnitChange{Key: u.Key, Change: interp.ChangeAdded, File: u.File, Line: u.Line, NewText: u.text}
		u.Version = 1
		if o != nil {
			if u.Version = o.Version; o.print == u.print {
				continue
			}
			u.Version++
			c.Change, c.From, c.OldText, c.OldLine = interp.ChangeChanged, o.Version, o.text, o.Line
		}
		c.To = u.Version
		rep.Units = append(rep.Units, c)
		if u.Kind == interp.KindVar {
			rep.Vars = append(rep.Vars, interp.VarChange{Name: u.Name, Effect: interp.VarInitialised})
			changed = append(changed, u)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(was)) {
		o := was[key]
		rep.Units = append(rep.Units, interp.UnitChange{Key: key, Change: interp.ChangeRemoved, From: o.Version, File: o.File, Line: o.Line, OldLine: o.Line, OldText: o.text})
	}
	rep.Status = interp.StatusLive
	if len(rep.Units) == 0 {
		rep.Status = interp.StatusUnchanged
	}
	return rep, changed
}

var (
	literal = regexp.MustCompile(`"[^"]*"`)
	order   = regexp.MustCompile(`//do:(\w+) ?(\w*)`)
)

func (f *fake) Call(ctx context.Context, req interp.CallRequest) (interp.Call, error) {
	f.mu.Lock()
	if f.ended {
		f.mu.Unlock()
		return interp.Call{}, f.gone()
	}
	f.calls++
	defer func() { f.mu.Lock(); f.calls--; f.mu.Unlock() }()
	c := interp.Call{Script: "wrong", Function: req.Function}
	var text string
	for _, u := range f.units {
		if u.Key == "func "+req.Function {
			text, c.Version = u.text, u.Version
		}
	}
	stop := f.stop
	f.mu.Unlock()
	for _, m := range order.FindAllStringSubmatch(text, -1) {
		switch m[1] {
		case "crash":
			f.die("os.Exit(7)")
			return interp.Call{}, f.gone()
		case "inc":
			f.mu.Lock()
			n, _ := strconv.Atoi(f.vars[m[2]])
			f.vars[m[2]] = strconv.Itoa(n + 1)
			f.mu.Unlock()
		case "block":
			select {
			case <-stop:
				c.Error = &interp.CallError{Kind: interp.ErrStopped, Message: "stopped"}
				return c, nil
			case <-ctx.Done():
				return interp.Call{}, ctx.Err()
			case <-f.done:
				return interp.Call{}, f.gone()
			}
		}
	}
	if lit := literal.FindString(text); lit != "" {
		v, _ := strconv.Unquote(lit)
		c.Returns = []interp.Value{{Type: "string", Text: lit, Value: v}}
	}
	c.DurationUs = 1
	return c, nil
}

func (f *fake) Eval(ctx context.Context, code string) (interp.Value, *interp.CallError, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return interp.Value{}, nil, f.gone()
	}
	return interp.Value{Type: "int", Text: f.vars[code]}, nil, nil
}

func (f *fake) State(ctx context.Context) ([]interp.Var, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return nil, f.gone()
	}
	var out []interp.Var
	for _, name := range slices.Sorted(maps.Keys(f.vars)) {
		out = append(out, interp.Var{Name: name, Type: "int", Text: f.vars[name]})
	}
	return out, nil
}

func (f *fake) Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before.Text, after.Text = f.vars[name], expr
	f.vars[name] = expr
	return before, after, nil, nil
}

func (f *fake) Stop(ctx context.Context) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.stop)
	f.stop = make(chan struct{})
	return f.calls, nil
}
