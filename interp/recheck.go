package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"time"
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

// recheck makes the program of src from the one before it, if only functions
// and constants changed and are right. Else it gives nil, and src has to be
// checked as a whole; that also tells what is wrong with it. The two programs
// share what did not change, the scopes too: if the new one is not made live,
// it has to be dropped. Nothing else may check code in p meanwhile.
func (p *program) recheck(src Source) *program {
	start := time.Now()
	if p.whole != "" {
		return nil
	}
	edits := p.edits(src)
	if edits == nil {
		return nil
	}
	for _, tf := range p.replaced { // nothing has them any more
		p.fset.RemoveFile(tf)
	}
	p.replaced = nil
	n := &program{
		src: src, offer: p.offer, fset: p.fset, info: p.info, ctxt: p.ctxt, pkgs: p.pkgs, owner: p.owner,
		units: p.units, byID: p.byID, byObj: p.byObj, objects: p.objects, layouts: slices.Clone(p.layouts), starts: p.starts,
		rev: revisions.Add(1), before: p.rev, moved: true, redrawn: p.redrawn,
	}
	for _, e := range edits {
		n.layouts[e.layout] = e.after
		if e.lines {
			n.shifted = append(n.shifted, e.layout)
		}
	}
	r := &rechecker{was: p, is: n, edits: edits}
	if !r.run() {
		n.drop()
		return nil
	}
	n.parsed = max(0, time.Since(start)-n.checked)
	return n
}

// drop undoes what making a program did to what it shares with the one before.
func (p *program) drop() {
	if p.undo != nil {
		p.undo()
		p.undo = nil
	}
}

// rechecker makes one program from another.
type rechecker struct {
	was, is *program
	edits   []fileEdit
	bodies  []body  // to be checked
	checked []*unit // what came of them
	files   []*token.File
	swapped []swap
}

// body is a declaration that is checked by itself: a function, of which the head
// is known, or constants.
type body struct {
	was  *unit        // nil for a new one
	obj  types.Object // what it declares
	at   redrawn
	text string
	decl *ast.FuncDecl // if it has been parsed
}

func (r *rechecker) run() bool {
	n := r.is
	n.undo = r.undo
	r.copy()
	for _, e := range r.edits {
		for _, f := range e.funcs {
			if !f.head {
				u := r.was.units[f.unit]
				r.bodies = append(r.bodies, body{was: u, obj: u.obj, at: redrawn{e.layout, f.decl}, text: f.text})
			}
		}
	}
	if !r.names() {
		return false
	}
	for _, b := range r.bodies {
		began := time.Now()
		u := r.checkBody(b)
		n.checked += time.Since(began)
		if u == nil {
			return false
		}
		r.checked = append(r.checked, u)
	}
	if len(r.bodies)+len(n.gone)+len(n.changed) == 0 {
		return true
	}
	r.place()
	return len(n.redrawn) <= maxRedrawn && r.importsUsed() && r.sameStart()
}

// undo takes back what was done to what both programs share.
func (r *rechecker) undo() {
	for _, tf := range r.files {
		r.is.fset.RemoveFile(tf)
	}
	r.swapBack()
}

// parse reads a declaration by itself.
func (r *rechecker) parse(at redrawn, text string) (ast.Decl, *token.File) {
	f, err := parser.ParseFile(r.is.fset, r.is.layouts[at.layout].name, redrawnHead+text, parser.SkipObjectResolution)
	if f == nil {
		return nil, nil
	}
	tf := r.is.fset.File(f.FileStart)
	r.files = append(r.files, tf)
	if err != nil || len(f.Decls) != 1 || hasReserved(f) {
		return nil, nil
	}
	return f.Decls[0], tf
}

// check checks an expression where the package-level names of a file are seen.
// The checker ends at the first error, and panics after some of them.
func (r *rechecker) check(at redrawn, pk *pkg, x ast.Expr, info *types.Info) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	pos := pk.files[slices.Index(pk.names, r.is.layouts[at.layout].name)].Package
	defer keepScopes(pk.types, pos)()
	return types.CheckExpr(r.is.fset, pk.types, pos, x, info) == nil
}

// checkBody parses and checks a function in the package as it is; nil if
// something is wrong with it.
func (r *rechecker) checkBody(b body) *unit {
	d := b.decl
	if d == nil {
		decl, _ := r.parse(b.at, b.text)
		d, _ = decl.(*ast.FuncDecl)
	}
	if d == nil || d.Body == nil {
		return nil
	}
	u := &unit{kind: KindFunc, name: d.Name.Name, pkg: r.was.main(), runs: 1}
	if b.was != nil {
		*u = *b.was
	} else {
		u.id = "func " + u.name
	}
	u.obj, u.decl, u.fn, u.pos, u.end, u.own = b.obj, d, d, d.Pos(), d.End(), b.text
	u.info = newInfo(len(b.text))
	if !r.check(b.at, u.pkg, asLiteral(d), u.info) || r.is.newer(u) {
		return nil
	}
	u.info.Defs[d.Name] = u.obj
	(&fingerprinter{}).unit(u)
	return u
}

// place puts the checked functions where they belong in the new program.
func (r *rechecker) place() {
	n := r.is
	r.reorder()
	for i, u := range r.checked {
		b := r.bodies[i]
		if b.was != nil {
			r.replace(b.was.pos)
		}
		n.redrawn[n.fset.File(u.pos)] = b.at
		index := n.layouts[b.at.layout].now[b.at.decl].unit
		n.units[index] = u
		n.changed = append(n.changed, index)
		if b.was == nil || b.obj != b.was.obj {
			n.objects[b.obj] = index
		}
	}
	for _, u := range n.gone {
		r.replace(u.pos)
	}
	if n.reordered {
		n.index()
	}
}

// index makes the tables of a program's units.
func (p *program) index() {
	p.byID, p.byObj, p.objects = make(map[string]int, len(p.units)), make(map[types.Object]int, len(p.units)), nil
	for i, u := range p.units {
		p.byID[u.id] = i
		if u.obj != nil {
			p.byObj[u.obj] = i
		}
	}
}

// copy gives the new program what will be changed in it.
func (r *rechecker) copy() {
	n := r.is
	n.units, n.objects = slices.Clone(n.units), maps.Clone(n.objects)
	if n.objects == nil {
		n.objects = map[types.Object]int{}
	}
	redraw := map[*token.File]redrawn{}
	for tf, at := range n.redrawn {
		if at.decl = r.now(at.layout, at.decl); at.decl >= 0 {
			redraw[tf] = at
		} else {
			n.replaced = append(n.replaced, tf)
		}
	}
	n.redrawn = redraw
}

// reorder brings the units into the order of the new layouts, with room for new
// ones, when there are others than before.
func (r *rechecker) reorder() {
	n := r.is
	if !slices.ContainsFunc(r.edits, func(e fileEdit) bool { return e.order }) {
		return
	}
	n.reordered = true
	to := map[int]int{} // of units that are there already
	units := slices.DeleteFunc(slices.Clone(n.units), func(u *unit) bool { return !u.hidden() })
	for i, l := range n.layouts {
		after := *l
		after.now = slices.Clone(l.now)
		for k := range after.now {
			at := &after.now[k]
			first := len(units)
			if at.unit < 0 && at.n == 1 && at.first < 0 {
				units = append(units, nil)
			} else {
				for j := range at.n {
					to[at.first+j] = first + j
				}
				units = append(units, n.units[at.first:at.first+at.n]...)
			}
			if at.unit >= 0 || at.first < 0 {
				at.unit = first
			}
			at.first = first
		}
		n.layouts[i] = &after
	}
	n.units = units
	for i, at := range n.changed {
		n.changed[i] = to[at]
	}
}

// replace notes that nothing has a function that was parsed by itself any more,
// once the new program is live.
func (r *rechecker) replace(pos token.Pos) {
	tf := r.is.fset.File(pos)
	if _, alone := r.is.redrawn[tf]; alone {
		delete(r.is.redrawn, tf)
		r.is.replaced = append(r.is.replaced, tf)
	}
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
