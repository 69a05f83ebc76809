package interp

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
)

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
