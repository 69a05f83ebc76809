package interp

import (
	"go/ast"
	"go/types"
	"go/version"
	"maps"
	"slices"
	"strings"

	"hotloop/interp/lower"
)

// What a change of some functions may do beyond them: to the imports of their
// files and to the order in which variables are initialised.

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

// hasReserved tells whether a declaration uses a name that could clash with
// emitted ones.
func hasReserved(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && strings.Contains(id.Name, lower.Reserved)
		return !found
	})
	return found
}

// importsUsed tells whether every import that something changed mentioned is
// still mentioned in its file: one that nothing uses is an error.
func (r *rechecker) importsUsed() bool {
	was := map[*types.PkgName]int{} // -> layout
	for _, b := range r.bodies {
		if b.was != nil {
			imported(b.was.fn, b.was.info, b.at.layout, was)
		}
	}
	for _, e := range r.edits {
		for _, i := range e.gone {
			imported(r.was.units[i].fn, r.was.units[i].info, e.layout, was)
		}
		for _, c := range e.consts {
			u := r.was.units[r.was.layouts[e.layout].now[e.before(c.decl)].first]
			imported(u.decl, u.info, e.layout, was)
		}
	}
	for pkg, layout := range was {
		if !r.is.importUsed(pkg, r.is.layouts[layout]) {
			return false
		}
	}
	return true
}

func (p *program) importUsed(pkg *types.PkgName, l *fileLayout) bool {
	for _, at := range l.now {
		for _, u := range p.units[at.first : at.first+at.n] {
			if mentionsPackage(u.decl, u.info, pkg) {
				return true
			}
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

// imported adds the imports that a declaration mentions.
func imported(n ast.Node, info *types.Info, layout int, to map[*types.PkgName]int) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if pkg, ok := info.Uses[id].(*types.PkgName); ok {
				to[pkg] = layout
			}
		}
		return true
	})
}

// sameStart tells whether the initializers of the package's variables run in
// the order they ran in: what a function mentions counts for that if an
// initializer leads to the function.
func (r *rechecker) sameStart() bool {
	for i, b := range r.bodies {
		if b.was == nil || !r.was.starts.has(r.was, b.was.obj) {
			continue
		}
		if b.obj != b.was.obj || !maps.Equal(declared(b.was), declared(r.checked[i])) {
			return false
		}
	}
	return !slices.ContainsFunc(r.is.gone, func(u *unit) bool { return r.was.starts.has(r.was, u.obj) })
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
