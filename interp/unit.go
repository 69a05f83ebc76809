package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// unit is one top-level declaration of a program.
type unit struct {
	id   string // the key; unique in a program
	kind Kind
	name string
	recv string // a method's receiver as written in the key: "T" or "*T"
	pkg  *pkg
	obj  types.Object // nil for imports and blank variables
	decl ast.Decl
	spec ast.Spec // of a grouped declaration
	fn   *ast.FuncDecl
	init *types.Initializer // of a variable that has one; shared by the variables of one declaration
	info *types.Info        // of its syntax; units that were checked together share it
	pos  token.Pos
	end  token.Pos
	own  string // its text, when that was parsed by itself

	// shape is equal for units that read the same, whatever their formatting;
	// meaning also holds the constants and types that the text leads to. Equal
	// meanings behave alike as long as what they use keeps its signature.
	shape, meaning string
	sig            string         // type of a function, method or variable; definition of a type
	initial        string         // shape of a variable's initializer alone
	mentions       []types.Object // functions: what of the script's package scopes it mentions, each once
	goes           bool           // it has go statements
	serves         bool           // it may ask compiled code to start goroutines
	keep           bool           // a variable marked //hotloop:keep
	runs           int            // functions: which init of its package it is, from 1
}

func (u *unit) generic() bool {
	f, ok := u.obj.(*types.Func)
	if !ok {
		n, ok := u.obj.(*types.TypeName)
		if !ok {
			return false
		}
		t, ok := n.Type().(*types.Named)
		return ok && t.TypeParams().Len() > 0
	}
	return f.Signature().TypeParams().Len() > 0 || f.Signature().RecvTypeParams().Len() > 0
}

// isCode tells whether a unit is a function or method.
func (u *unit) isCode() bool { return u.kind == KindFunc || u.kind == KindMethod }

// unit finds a unit by its key; nil when there is none.
func (p *program) unit(id string) *unit {
	if i, ok := p.byID[id]; ok {
		return p.units[i]
	}
	return nil
}

// text is the unit as it stands in its file: a copy, because reports and traces
// keep it for longer than the file.
func (p *program) text(u *unit) string {
	if u.own != "" {
		return u.own
	}
	for i, f := range u.pkg.files {
		if f.FileStart <= u.pos && u.pos <= f.FileEnd {
			base := p.fset.File(f.FileStart).Base()
			text := u.pkg.texts[i]
			from, to := int(u.pos)-base, int(u.end)-base
			if from >= 0 && to <= len(text) && from <= to {
				return strings.Clone(text[from:to])
			}
		}
	}
	return ""
}

// findUnits lists the units of all packages.
func (p *program) findUnits() {
	inits := map[types.Object]*types.Initializer{}
	for _, pk := range p.pkgs {
		for _, in := range pk.order {
			for _, v := range in.Lhs {
				inits[v] = in
			}
		}
		counts := map[string]int{}
		for _, f := range pk.files {
			for _, d := range f.Decls {
				p.declUnits(pk, d, inits, counts)
			}
		}
	}
	fp := &fingerprinter{}
	for _, u := range p.units {
		fp.unit(u)
	}
}

func (p *program) add(u *unit, counts map[string]int) {
	qualified := u.name
	if u.pkg != p.main() {
		qualified = u.pkg.types.Name() + "." + u.name
	}
	switch u.kind {
	case KindMethod:
		recv := u.recv
		if u.pkg != p.main() {
			if recv[0] == '*' {
				recv = "*" + u.pkg.types.Name() + "." + recv[1:]
			} else {
				recv = u.pkg.types.Name() + "." + recv
			}
		}
		u.id = fmt.Sprintf("method (%s).%s", recv, u.name)
	default:
		u.id = string(u.kind) + " " + qualified
	}
	counts[u.id]++
	if n := counts[u.id]; n > 1 { // several init functions, several blanks
		u.id += "#" + strconv.Itoa(n)
	}
	u.runs = counts[u.id]
	u.info = p.info
	p.units = append(p.units, u)
	p.byID[u.id] = len(p.units) - 1
	if u.obj != nil {
		p.byObj[u.obj] = len(p.units) - 1
	}
}

func (p *program) declUnits(pk *pkg, d ast.Decl, inits map[types.Object]*types.Initializer, counts map[string]int) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		u := &unit{kind: KindFunc, name: d.Name.Name, pkg: pk, decl: d, fn: d, pos: d.Pos(), end: d.End(), obj: p.info.Defs[d.Name]}
		if d.Recv != nil && len(d.Recv.List) > 0 {
			u.kind = KindMethod
			u.recv = receiverName(d.Recv.List[0].Type)
		}
		p.add(u, counts)
	case *ast.GenDecl:
		for i, spec := range d.Specs {
			pos, end := spec.Pos(), spec.End()
			if !d.Lparen.IsValid() {
				pos, end = d.Pos(), d.End()
			}
			switch s := spec.(type) {
			case *ast.ImportSpec:
				path, _ := strconv.Unquote(s.Path.Value)
				u := &unit{kind: KindImport, name: path, pkg: pk, decl: d, spec: s, pos: pos, end: end}
				if pk == p.main() && p.unit("import "+path) == nil {
					p.add(u, counts)
				}
			case *ast.TypeSpec:
				p.add(&unit{kind: KindType, name: s.Name.Name, pkg: pk, decl: d, spec: s, pos: pos, end: end, obj: p.info.Defs[s.Name]}, counts)
			case *ast.ValueSpec:
				kind := KindVar
				if d.Tok == token.CONST {
					kind = KindConst
				}
				for _, id := range s.Names {
					u := &unit{kind: kind, name: id.Name, pkg: pk, decl: d, spec: s, pos: pos, end: end, obj: p.info.Defs[id]}
					u.keep = marked(s.Doc) || (len(d.Specs) == 1 || i == 0) && marked(d.Doc)
					if v, ok := u.obj.(*types.Var); ok {
						u.init = inits[v]
					}
					p.add(u, counts)
				}
			}
		}
	}
}

const keepMark = "//hotloop:keep"

// marked tells whether a comment says to keep a variable's value.
func marked(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if c.Text == keepMark {
			return true
		}
	}
	return false
}

// receiverName writes a receiver type as keys have it, without type parameters.
func receiverName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		return "*" + receiverName(e.X)
	case *ast.Ident:
		return e.Name
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	}
	return "?"
}
