package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"hotloop/interp/lower"
)

// Functions of the runtime package that emitted code calls besides those that
// lowering knows.
const (
	rtVar     = "Var"     // func(name string, pointer any): where a variable lives
	rtFunc    = "Func"    // func(name string, f any): a handler as a Go func
	rtForm    = "Form"    // func(key string, nilPointer any): what a declared type is
	rtValue   = "Value"   // func(key string, pointer any): where the func value of a function is
	rtBinder  = "Binder"  // func(key string, f any): what makes method values
	rtCarry   = "Carry"   // func(): values move to where they are from now on
	rtCarried = "Carried" // func(): they have, and new code is live
	rtPublish = "Publish" // func(): new versions become live
	rtReset   = "Reset"   // func(id string) bool: a variable could not be carried over
)

// unitOf finds the unit that declares a package-level object or method.
func (p *program) unitOf(obj types.Object) *unit {
	if f, ok := obj.(*types.Func); ok {
		obj = f.Origin()
	}
	i, ok := p.objects[obj]
	if !ok {
		if i, ok = p.byObj[obj]; !ok {
			return nil
		}
	}
	return p.units[i]
}

// everything asks for all that a fresh script needs: its types, functions and
// variables; generic ones follow from their uses.
func (e *emission) everything() {
	for _, u := range e.p.units {
		if u.generic() || u.hidden() {
			continue
		}
		switch u.kind {
		case KindFunc:
			if u.name == "_" {
				continue
			}
			if u.name == "init" { // not an object that others could mention
				e.name(u.id, func() string { return e.function(u, u.id, nil) })
				continue
			}
			e.Object(u.obj)
		case KindType:
			if tn, ok := u.obj.(*types.TypeName); ok && u.name != "_" && !tn.IsAlias() {
				e.Object(tn)
			}
		case KindVar:
			if u.name != "_" {
				e.Object(u.obj)
			}
		}
	}
}

// zeros writes the assignments that set those variables to zero that have no
// initializer.
func (e *emission) zeros(units []*unit) ([]ast.Stmt, error) {
	var out []ast.Stmt
	for _, u := range units {
		if u.init != nil || u.name == "_" {
			continue
		}
		e.at(u)
		s, err := e.low.Zero(u.obj.(*types.Var), e.Object(u.obj))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// initialisers writes the assignments that run the initializers of the
// variables that want selects, in the order Go runs them, package by package;
// and after those of each package calls of its init functions, where inits
// selects the package.
func (e *emission) initialisers(want func(*unit) bool, inits func(*pkg) bool) ([]ast.Stmt, error) {
	var out []ast.Stmt
	for _, pk := range e.p.pkgs {
		if pk.std {
			continue
		}
		for _, in := range pk.order {
			s, err := e.initialiser(in, want)
			if err != nil {
				return nil, err
			}
			out = append(out, s...)
		}
		if !inits(pk) {
			continue
		}
		for _, u := range e.p.units {
			if u.pkg == pk && u.kind == KindFunc && u.name == "init" {
				name := e.name(u.id, func() string { return e.function(u, u.id, nil) })
				out = append(out, &ast.ExprStmt{X: &ast.CallExpr{Fun: e.low.Ident(name), Lparen: e.file.hidden, Rparen: e.file.hidden}})
			}
		}
	}
	return out, nil
}

func (e *emission) initialiser(in *types.Initializer, want func(*unit) bool) ([]ast.Stmt, error) {
	lhs := make([]string, len(in.Lhs))
	wanted := false
	var first *unit
	for i, v := range in.Lhs {
		u := e.p.unitOf(v)
		if u == nil && v.Name() == "_" {
			u = e.p.blankOf(in.Rhs)
		}
		if u == nil {
			return nil, fmt.Errorf("variable %s has no unit", v.Name())
		}
		if first == nil {
			first = u
		}
		lhs[i] = "_"
		if !want(u) {
			continue
		}
		wanted = true
		if v.Name() != "_" {
			lhs[i] = e.Object(v)
		}
	}
	if !wanted || len(lhs) == 1 && lhs[0] == "_" && !hasEffect(in.Rhs) {
		return nil, nil
	}
	e.at(first)
	init := e.symbolOf(first)
	init.display = "init"
	e.symbols[fmt.Sprintf("init %d %s", e.gen, first.id)] = init
	list, err := e.low.Init(lhs, in.Lhs, in.Rhs)
	if err == nil && e.carried[first.id] {
		list = []ast.Stmt{e.low.HiddenIf(e.low.HiddenExpr(rtReset, e.low.Text(first.id)), list...)}
	}
	return list, err
}

// blankOf finds the unit of a blank variable by its initializer.
func (p *program) blankOf(rhs ast.Expr) *unit {
	for _, u := range p.units {
		if u.kind == KindVar && u.pos <= rhs.Pos() && rhs.End() <= u.end {
			return u
		}
	}
	return nil
}

// hasEffect tells whether evaluating an expression may do something.
func hasEffect(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

// register writes the calls that tell the host where variables live.
func (e *emission) register() []ast.Stmt {
	var out []ast.Stmt
	for _, u := range e.named() {
		if u.kind == KindVar {
			out = append(out, e.low.HiddenCall(rtVar, e.low.Text(u.id), e.low.AddressOf(e.of[u.id])))
		}
	}
	return out
}

// named lists the units that the emission gave names to, in their order.
func (e *emission) named() []*unit {
	var at []int
	for id := range e.of {
		if i, ok := e.p.byID[id]; ok {
			at = append(at, i)
		}
	}
	slices.Sort(at)
	out := make([]*unit, len(at))
	for i, n := range at {
		out[i] = e.p.units[n]
	}
	return out
}

// publish writes what makes new versions live.
func (e *emission) publish() []ast.Stmt {
	for _, c := range e.emitted {
		if c.target != c.name {
			return []ast.Stmt{e.low.HiddenCall(rtPublish)}
		}
	}
	return nil
}

// assemble makes the file to compile. body is what runs when it is executed.
func (e *emission) assemble(body []ast.Stmt) *ast.File {
	body = append(e.setValues(), body...)
	pos := e.file.hidden
	f := &ast.File{Package: pos, Name: &ast.Ident{NamePos: pos, Name: "main"}}
	body = append(slices.Clip(e.tables), body...)
	if len(body) > 0 {
		e.funcs = append(e.funcs, e.low.HiddenFunc("init", body...))
	}
	for _, path := range e.paths {
		spec := &ast.ImportSpec{
			Name: &ast.Ident{NamePos: pos, Name: e.imports[path]},
			Path: &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(path)},
		}
		f.Decls = append(f.Decls, &ast.GenDecl{TokPos: pos, Tok: token.IMPORT, Specs: []ast.Spec{spec}})
		f.Imports = append(f.Imports, spec)
	}
	f.Decls = append(f.Decls, sortTypes(e.types)...)
	f.Decls = append(f.Decls, e.vars...)
	f.Decls = append(f.Decls, valuesFirst(e.funcs, e.low.Values)...)
	return f
}

// valuesFirst puts the functions that are used as values before all others.
func valuesFirst(funcs []ast.Decl, values map[string]bool) []ast.Decl {
	first := func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && f.Recv == nil && values[f.Name.Name]
	}
	out := make([]ast.Decl, 0, len(funcs))
	for _, d := range funcs {
		if first(d) {
			out = append(out, d)
		}
	}
	for _, d := range funcs {
		if !first(d) {
			out = append(out, d)
		}
	}
	return out
}

// sortTypes puts every type after those it is made of, as far as there is such
// an order: the interpreter does not look ahead everywhere.
func sortTypes(decls []ast.Decl) []ast.Decl {
	byName := map[string]ast.Decl{}
	spec := func(d ast.Decl) *ast.TypeSpec { return d.(*ast.GenDecl).Specs[0].(*ast.TypeSpec) }
	for _, d := range decls {
		byName[spec(d).Name.Name] = d
	}
	var out []ast.Decl
	done := map[ast.Decl]bool{}
	var visit func(d ast.Decl)
	visit = func(d ast.Decl) {
		if done[d] {
			return
		}
		done[d] = true
		ast.Inspect(spec(d).Type, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if dep := byName[id.Name]; dep != nil && dep != d {
					visit(dep)
				}
			}
			return true
		})
		out = append(out, d)
	}
	for _, d := range decls {
		visit(d)
	}
	return out
}

// prelude declares what emitted code expects of its name space. It is compiled
// before anything else.
const prelude = `package main

import rt "` + lower.RuntimePath + `"

var ` + lower.StopFlag + ` bool

type ` + lower.DeferType + ` struct {
	val   rt.Any
	trace rt.Any
	calls []func()
}

func ` + lower.TakeFunc + `(d *` + lower.DeferType + `) rt.Any { v := d.val; d.val = nil; return v }

func ` + lower.RunFunc + `(d *` + lower.DeferType + `) {
	if v := recover(); v != nil {
		d.val, d.trace = rt.Recovered(v), rt.Trace()
	}
	n := len(d.calls)
	if n == 0 {
		if d.val != nil {
			rt.Retrace(d.trace)
			rt.Panic(d.val)
		}
		return
	}
	f := d.calls[n-1]
	d.calls = d.calls[:n-1]
	defer ` + lower.RunFunc + `(d)
	f()
}

func init() { rt.StopFlag(&` + lower.StopFlag + `) }
`
