package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"go/version"
	"maps"
	"slices"
	"strings"
	"time"

	"hotloop/interp/lower"
)

// A save that changes nothing but the bodies of some functions is checked in a
// time that does not follow the size of the script: the text is compared with
// the one before, the changed functions alone are parsed and type-checked in
// the scope that the package has already, and everything else is taken over.
// The idea is that of the type checkers in editors, which keep a package's
// declarations while one types in a body. What may have an influence beyond the
// bodies goes the long way.

// maxRedrawn bounds the functions that are checked by themselves before the
// whole is checked again, which forgets them.
const maxRedrawn = 256

// redrawnHead stands before the text of a function that is parsed by itself;
// redrawnLine is the line on which that then begins.
const (
	redrawnHead = "package p\n"
	redrawnLine = 2
)

// recheck makes the program of src from the one before it, if only bodies of
// functions changed and they are right. Else it gives nil, and src has to be
// checked as a whole; that also tells what is wrong with it. The two programs
// share what did not change.
func (p *program) recheck(src Source) *program {
	start := time.Now()
	edits := p.edits(src)
	if edits == nil || p.whole != "" {
		return nil
	}
	for _, tf := range p.replaced { // nothing has them any more
		p.fset.RemoveFile(tf)
	}
	n := &program{
		src: src, offer: p.offer, fset: p.fset, info: p.info, ctxt: p.ctxt, pkgs: p.pkgs, owner: p.owner,
		units: p.units, byID: p.byID, byObj: p.byObj, layouts: slices.Clone(p.layouts), starts: p.starts,
		rev: revisions.Add(1), before: p.rev, moved: true, redrawn: p.redrawn,
	}
	var bodies []body
	for _, e := range edits {
		n.layouts[e.layout] = e.after
		if e.lines {
			n.shifted = append(n.shifted, e.layout)
		}
		for _, f := range e.funcs {
			bodies = append(bodies, body{p.units[f.unit], redrawn{e.layout, f.decl}, f.text})
		}
	}
	if len(bodies) == 0 {
		n.parsed = time.Since(start)
		return n
	}
	n.redrawn = maps.Clone(p.redrawn)
	n.units = slices.Clone(p.units)
	if n.redrawn == nil {
		n.redrawn = map[*token.File]redrawn{}
	}
	var checked []*unit
	for _, b := range bodies {
		u, took := n.checkBody(b)
		if u == nil {
			for _, u := range checked {
				n.fset.RemoveFile(n.fset.File(u.pos))
			}
			return nil
		}
		checked = append(checked, u)
		n.checked += took
	}
	for i, u := range checked {
		b := bodies[i]
		tf := n.fset.File(u.pos)
		was := n.fset.File(b.was.pos)
		if _, before := n.redrawn[was]; before {
			delete(n.redrawn, was)
			n.replaced = append(n.replaced, was)
		}
		n.redrawn[tf] = b.at
		index := n.layouts[b.at.layout].now[b.at.decl].unit
		n.units[index] = u
		n.changed = append(n.changed, index)
	}
	n.parsed = time.Since(start) - n.checked
	if len(n.redrawn) > maxRedrawn || !n.importsUsed(bodies, checked) || !p.sameStart(bodies, checked) {
		for _, u := range checked {
			n.fset.RemoveFile(n.fset.File(u.pos))
		}
		return nil
	}
	return n
}

// body is a function whose body is to be checked.
type body struct {
	was  *unit
	at   redrawn
	text string // of the whole declaration
}

// checkBody parses and checks a function in the package as it is. It gives nil
// if that cannot be done, or if something is wrong; the program's file set is
// then as it was. took is the time that the check took.
func (p *program) checkBody(b body) (_ *unit, took time.Duration) {
	was, file := b.was, p.layouts[b.at.layout].name
	f, err := parser.ParseFile(p.fset, file, redrawnHead+b.text, parser.SkipObjectResolution)
	bad := true
	defer func() {
		if bad && f != nil {
			p.fset.RemoveFile(p.fset.File(f.FileStart))
		}
	}()
	if err != nil || len(f.Decls) != 1 {
		return nil, 0
	}
	d, ok := f.Decls[0].(*ast.FuncDecl)
	if !ok || d.Body == nil || hasReserved(d) {
		return nil, 0
	}
	began := time.Now()
	u := *was
	u.decl, u.fn, u.pos, u.end = d, d, d.Pos(), d.End()
	u.own = b.text
	u.info = newInfo(len(b.text))
	scope := was.pkg.files[slices.Index(was.pkg.names, file)].Package
	defer keepScopes(was.pkg.types, scope)()
	if err := types.CheckExpr(p.fset, was.pkg.types, scope, asLiteral(d), u.info); err != nil {
		return nil, 0
	}
	if p.newer(&u) {
		return nil, 0
	}
	(&fingerprinter{}).unit(&u)
	if u.sig != was.sig {
		return nil, 0
	}
	bad = false
	return &u, time.Since(began)
}

// asLiteral writes a function or method as a function literal with the same
// parameters, results and body; the receiver is the first parameter.
func asLiteral(d *ast.FuncDecl) *ast.FuncLit {
	fields := d.Type.Params.List
	if d.Recv != nil {
		fields = slices.Concat(d.Recv.List, fields)
	}
	named := slices.ContainsFunc(fields, func(f *ast.Field) bool { return len(f.Names) > 0 })
	params := &ast.FieldList{Opening: d.Type.Params.Opening, Closing: d.Type.Params.Closing}
	for _, f := range fields {
		if named && len(f.Names) == 0 { // all have names, or none
			f = &ast.Field{Names: []*ast.Ident{{NamePos: f.Type.Pos(), Name: "_"}}, Type: f.Type}
		}
		params.List = append(params.List, f)
	}
	// The type is a node of its own: that of a declaration has no type recorded.
	return &ast.FuncLit{Type: &ast.FuncType{Func: d.Type.Func, Params: params, Results: d.Type.Results}, Body: d.Body}
}

// newer tells whether a body may use something of the language that came after
// the version it is written in: a body that is checked by itself is checked as
// of the newest.
func (p *program) newer(u *unit) bool {
	v := p.version(u.pkg)
	if v == "" {
		return false
	}
	found := false
	ast.Inspect(u.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			switch t := u.info.TypeOf(n.X); {
			case t == nil:
			default:
				switch t.Underlying().(type) {
				case *types.Basic, *types.Signature:
					found = found || version.Compare(v, "go1.23") < 0
				}
			}
		case *ast.CallExpr:
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			if ok && id.Name == "new" && u.info.Types[id].IsBuiltin() && len(n.Args) == 1 && !u.info.Types[n.Args[0]].IsType() {
				found = found || version.Compare(v, "go1.26") < 0
			}
		}
		return !found
	})
	return found
}

// hasReserved tells whether a function uses a name that could clash with
// emitted ones.
func hasReserved(d *ast.FuncDecl) bool {
	found := false
	ast.Inspect(d, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && strings.Contains(id.Name, lower.Reserved)
		return !found
	})
	return found
}

// importsUsed tells whether every import that a changed function mentioned is
// still mentioned in its file: one that nothing uses is an error.
func (p *program) importsUsed(bodies []body, checked []*unit) bool {
	for i, b := range bodies {
		now := imported(checked[i])
		for pkg := range imported(b.was) {
			if !now[pkg] && !p.importUsed(pkg, p.layouts[b.at.layout]) {
				return false
			}
		}
	}
	return true
}

func (p *program) importUsed(pkg *types.PkgName, l *fileLayout) bool {
	for _, at := range l.now {
		if at.unit >= 0 && mentionsPackage(p.units[at.unit].fn, p.units[at.unit].info, pkg) {
			return true
		}
	}
	for _, u := range p.units {
		if u.fn == nil && u.decl != nil && l.from <= u.pos && u.pos <= l.to && mentionsPackage(u.decl, u.info, pkg) {
			return true
		}
	}
	return false
}

func mentionsPackage(n ast.Node, info *types.Info, pkg *types.PkgName) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && info.Uses[id] == pkg {
			found = true
		}
		return !found
	})
	return found
}

// imported gives the imports that a function mentions.
func imported(u *unit) map[*types.PkgName]bool {
	out := map[*types.PkgName]bool{}
	ast.Inspect(u.fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if pkg, ok := u.info.Uses[id].(*types.PkgName); ok {
				out[pkg] = true
			}
		}
		return true
	})
	return out
}

// sameStart tells whether the initializers of the package's variables run in
// the order they ran in: what a function mentions counts for that if an
// initializer leads to the function.
func (p *program) sameStart(bodies []body, checked []*unit) bool {
	for i, b := range bodies {
		if p.starts.has(p, b.was.obj) && !maps.Equal(declared(b.was), declared(checked[i])) {
			return false
		}
	}
	return true
}

// declared gives the package-level variables, functions and methods of the
// script that a declaration mentions.
func declared(u *unit) map[types.Object]bool {
	out := map[types.Object]bool{}
	var n ast.Node = u.decl
	if u.spec != nil {
		n = u.spec
	}
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch o := u.info.Uses[id].(type) {
		case *types.Func:
			out[o.Origin()] = true
		case *types.Var:
			if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
				out[o] = true
			}
		}
		return true
	})
	return out
}

// starts is what the initializers of a program's variables lead to.
type starts struct {
	reached map[types.Object]bool // nil until it is asked for
}

// has tells whether an initializer leads to a function. It is asked by what
// goes from one program to the next, one at a time.
func (s *starts) has(p *program, fn types.Object) bool {
	if s.reached == nil {
		s.reached = map[types.Object]bool{}
		var queue []*unit
		for _, u := range p.units {
			if u.kind == KindVar {
				queue = append(queue, u)
			}
		}
		for len(queue) > 0 {
			u := queue[0]
			queue = queue[1:]
			for o := range declared(u) {
				if to := p.unitOf(o); to != nil && !s.reached[o] {
					s.reached[o] = true
					queue = append(queue, to)
				}
			}
		}
	}
	return s.reached[fn]
}
