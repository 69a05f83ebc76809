package interp

import (
	"go/ast"
	"go/constant"
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

// constants evaluates declarations of constants that changed, and those that
// mention what is other then, until nothing is.
func (r *rechecker) constants() bool {
	type decl struct {
		at   redrawn
		text string
	}
	var list []decl
	listed := map[redrawn]bool{}
	for _, e := range r.edits {
		for _, c := range e.consts {
			list = append(list, decl{redrawn{e.layout, c.decl}, c.text})
			listed[redrawn{e.layout, c.decl}] = true
		}
	}
	if len(list) == 0 {
		return true
	}
	n := r.is
	for round := 0; ; round++ {
		if round > 8 {
			return false
		}
		swapped := len(r.swapped)
		for _, d := range list {
			if !r.constant(d.at, d.text) {
				return false
			}
		}
		if len(r.swapped) == swapped {
			return true
		}
		gone := map[types.Object]bool{}
		for _, s := range r.swapped {
			gone[s.was] = s.was != nil
		}
		for li, l := range r.is.layouts { // what they lead to
			for di, at := range l.now {
				if at.n == 0 || at.unit >= 0 || at.first < 0 || r.was.units[at.first].kind != KindConst || listed[redrawn{li, di}] {
					continue
				}
				u := n.units[at.first]
				found := false
				ast.Inspect(u.decl, func(n ast.Node) bool {
					id, ok := n.(*ast.Ident)
					found = found || ok && gone[u.info.Uses[id]]
					return !found
				})
				if found {
					if u.pkg != r.was.main() {
						return false
					}
					listed[redrawn{li, di}] = true
					text := r.was.declText(li, r.before(li, di))
					list = append(list, decl{redrawn{li, di}, text})
				}
			}
		}
	}
}

// before is the index of a declaration in the old layout.
func (r *rechecker) before(layout, decl int) int {
	for _, e := range r.edits {
		if e.layout == layout {
			return e.before(decl)
		}
	}
	return decl
}

// declText is a declaration as it stands in its file.
func (p *program) declText(layout, decl int) string {
	name, at := p.layouts[layout].name, p.layouts[layout].now[decl]
	for _, list := range append([]SourcePackage{{Files: p.src.Files}}, p.src.Imports...) {
		for _, f := range list.Files {
			if f.Name == name {
				return f.Text[at.start:at.end]
			}
		}
	}
	return ""
}

// constant evaluates a declaration of constants, and puts those that are other
// now into the scope.
func (r *rechecker) constant(at redrawn, text string) bool {
	n := r.is
	d, tf := r.parse(at, text)
	g, ok := d.(*ast.GenDecl)
	if !ok {
		return false
	}
	info := newInfo(len(text))
	lit := &ast.FuncLit{
		Type: &ast.FuncType{Func: g.Pos(), Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: g.Pos(), List: []ast.Stmt{&ast.DeclStmt{Decl: g}}, Rbrace: g.End()},
	}
	pk := r.was.main()
	if !r.check(at, pk, lit, info) {
		return false
	}
	own := map[string]bool{}
	for _, spec := range g.Specs {
		for _, id := range spec.(*ast.ValueSpec).Names {
			own[id.Name] = true
		}
	}
	for _, o := range info.Uses { // one that stands further down is that of before
		if o.Pkg() == pk.types && o.Parent() == pk.types.Scope() && own[o.Name()] {
			return false
		}
	}
	index := n.layouts[at.layout].now[at.decl].first
	first := true
	for _, spec := range g.Specs {
		s := spec.(*ast.ValueSpec)
		pos, end := s.Pos(), s.End()
		if !g.Lparen.IsValid() {
			pos, end = g.Pos(), g.End()
		}
		for _, id := range s.Names {
			local, ok := info.Defs[id].(*types.Const)
			if !ok {
				return false
			}
			was := n.units[index]
			if first {
				r.replace(was.pos)
				first = false
			}
			u := *was
			u.decl, u.spec, u.pos, u.end, u.info = g, s, pos, end, info
			u.own = text[tf.Offset(pos)-len(redrawnHead) : tf.Offset(end)-len(redrawnHead)]
			if old, ok := was.obj.(*types.Const); !ok || !types.Identical(old.Type(), local.Type()) || !sameValue(old.Val(), local.Val()) {
				obj := types.NewConst(was.obj.Pos(), pk.types, id.Name, local.Type(), local.Val())
				u.obj = obj
				if id.Name != "_" {
					if !ok || pk.types.Scope().Lookup(id.Name) != was.obj {
						return false
					}
					r.swap(pk.types.Scope(), was.obj, obj)
				}
				n.objects[obj] = index
			}
			(&fingerprinter{}).unit(&u)
			n.units[index] = &u
			if !slices.Contains(n.changed, index) {
				n.changed = append(n.changed, index)
			}
			index++
		}
	}
	n.redrawn[tf] = at
	return true
}

func sameValue(a, b constant.Value) bool {
	return a.Kind() == b.Kind() && a.ExactString() == b.ExactString()
}
