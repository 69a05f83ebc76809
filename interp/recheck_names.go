package interp

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// Functions with another head, functions that have come or gone, and constants
// with another value are other objects. They take the places of those before in
// the scope of the package, and what mentions these is checked again.

// swap is an object that took the place of another one in a scope; either may be
// nil.
type swap struct {
	scope    *types.Scope
	was, now types.Object
}

// scopeElems is where a scope has its objects; -1 when it is not known, and then
// they cannot be replaced.
var scopeElems = sync.OnceValue(func() int {
	f, ok := reflect.TypeFor[types.Scope]().FieldByName("elems")
	if !ok || f.Type != reflect.TypeFor[map[string]types.Object]() {
		return -1
	}
	return int(f.Offset)
})

// swap puts an object into the place of another one.
func (r *rechecker) swap(scope *types.Scope, was, now types.Object) {
	put(scope, was, now)
	r.swapped = append(r.swapped, swap{scope, was, now})
}

func (r *rechecker) swapBack() {
	for _, s := range slices.Backward(r.swapped) {
		put(s.scope, s.now, s.was)
	}
	r.swapped = nil
}

func put(scope *types.Scope, was, now types.Object) {
	elems := *(*map[string]types.Object)(unsafe.Add(unsafe.Pointer(scope), scopeElems()))
	if was != nil {
		delete(elems, was.Name())
	}
	if now != nil {
		scope.Insert(now)
	}
}

// names declares what is declared anew, and adds to bodies what has to be
// checked for it.
func (r *rechecker) names() bool {
	p, n := r.was, r.is
	var heads []int // indices in bodies
	any := false
	for _, e := range r.edits {
		any = any || len(e.consts)+len(e.gone) > 0 || slices.ContainsFunc(e.funcs, func(f funcEdit) bool { return f.head })
	}
	if !any {
		return true
	}
	if scopeElems() < 0 {
		return false
	}
	pk := p.main()
	scope := pk.types.Scope()
	for _, e := range r.edits {
		for _, i := range e.gone {
			n.gone = append(n.gone, p.units[i])
			r.swap(scope, p.units[i].obj, nil)
		}
	}
	if !r.constants() {
		return false
	}
	for _, e := range r.edits {
		for _, f := range e.funcs {
			if !f.head {
				continue
			}
			b := body{at: redrawn{e.layout, f.decl}, text: f.text}
			if f.unit >= 0 {
				b.was = p.units[f.unit]
			}
			if !r.head(&b) {
				return false
			}
			heads = append(heads, len(r.bodies))
			r.bodies = append(r.bodies, b)
		}
	}
	for _, i := range heads { // all of them, before any body is checked
		b := r.bodies[i]
		if b.was != nil {
			r.swap(scope, b.was.obj, b.obj)
		} else {
			if scope.Lookup(b.obj.Name()) != nil || types.Universe.Lookup(b.obj.Name()) != nil || imports(pk, b.obj.Name()) {
				return false
			}
			r.swap(scope, nil, b.obj)
		}
	}
	return r.dependents()
}

// imports tells whether a file of a package imports something under a name.
func imports(pk *pkg, name string) bool {
	for i := range pk.types.Scope().NumChildren() {
		if pk.types.Scope().Child(i).Lookup(name) != nil {
			return true
		}
	}
	return false
}

// head makes the object of a function from its head.
func (r *rechecker) head(b *body) bool {
	decl, _ := r.parse(b.at, b.text)
	d, ok := decl.(*ast.FuncDecl)
	if !ok {
		return false
	}
	lit := asLiteral(d)
	endless := &ast.ForStmt{For: d.Body.Lbrace, Body: &ast.BlockStmt{Lbrace: d.Body.Lbrace, Rbrace: d.Body.Rbrace}}
	lit.Body = &ast.BlockStmt{Lbrace: d.Body.Lbrace, List: []ast.Stmt{endless}, Rbrace: d.Body.Rbrace}
	info := newInfo(0)
	pk := r.was.main()
	if !r.check(b.at, pk, lit, info) {
		return false
	}
	sig, ok := info.TypeOf(lit).(*types.Signature)
	if !ok {
		return false
	}
	pos := d.Name.Pos()
	if b.was != nil {
		pos = b.was.obj.Pos() // objects are put in order by where they were declared
	}
	b.decl, b.obj = d, types.NewFunc(pos, pk.types, d.Name.Name, sig)
	return true
}

// dependents finds what mentions objects that are not there any more.
func (r *rechecker) dependents() bool {
	gone := map[types.Object]bool{}
	for _, s := range r.swapped {
		if s.was != nil {
			gone[s.was] = true
		}
	}
	edited := map[*unit]bool{}
	for _, b := range r.bodies {
		edited[b.was] = true
	}
	for _, u := range r.is.gone {
		edited[u] = true
	}
	hit := func(n ast.Node, info *types.Info) bool {
		found := false
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && gone[info.Uses[id]]
			return !found
		})
		return found
	}
	for li, l := range r.was.layouts {
		for di, at := range l.now {
			for _, u := range r.was.units[at.first : at.first+at.n] {
				switch {
				case edited[u] || u.kind == KindImport || u.kind == KindConst: // constants have been seen to
				case u.fn == nil:
					if hit(u.decl, u.info) {
						return false
					}
				case !slices.ContainsFunc(u.mentions, func(o types.Object) bool { return gone[o] }):
				case u.generic() || hit(u.fn.Type, u.info) || u.fn.Recv != nil && hit(u.fn.Recv, u.info):
					return false
				default:
					decl := r.now(li, di)
					r.bodies = append(r.bodies, body{was: u, obj: u.obj, at: redrawn{li, decl}, text: r.was.text(u)})
				}
			}
		}
	}
	return true
}

// now is the index of a declaration in the new layout.
func (r *rechecker) now(layout, decl int) int {
	for _, e := range r.edits {
		if e.layout == layout && e.was != nil {
			return slices.Index(e.was, decl)
		}
	}
	return decl
}
