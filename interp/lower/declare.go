package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// declStmt lowers a declaration inside a function. Constants are gone, types
// are written anew, variables get their types written out.
func (l *Lowerer) declStmt(s *ast.DeclStmt) []ast.Stmt {
	d := s.Decl.(*ast.GenDecl)
	var out []ast.Stmt
	for _, spec := range d.Specs {
		l.move(spec.Pos())
		var gen ast.Spec
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			continue // emitted at top level, where something mentions it
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				continue
			}
			v := &ast.ValueSpec{}
			for _, id := range spec.Names {
				v.Names = append(v.Names, l.id(localName(id.Name)))
			}
			if spec.Type != nil && len(spec.Values) == 1 && len(spec.Names) > 1 {
				out = append(out, l.declareSeveral(spec)...)
				continue
			}
			var to types.Type
			if spec.Type != nil {
				to = l.Info.TypeOf(spec.Type)
				v.Type = l.typ(to)
			}
			if len(spec.Names) == 1 && len(spec.Values) == 1 && spec.Names[0].Name != "_" && l.sharesPlace(spec.Values[0]) &&
				(to == nil || types.Identical(l.subst(to), l.typeOf(spec.Values[0]))) {
				out = append(out, l.defineLiteral(spec.Names[0], spec.Values[0])...)
				continue
			}
			if l.declaresApart(spec, to) {
				out = append(out, l.declareApart(spec, to)...)
				continue
			}
			v.Values = l.exprsTo(spec.Values, func(int) types.Type { return to })
			if v.Type != nil {
				for i := range v.Values {
					v.Values[i] = l.copied(v.Values[i])
				}
			}
			if len(spec.Names) == 2 && len(spec.Values) == 1 && l.hasOk(spec.Values[0]) {
				out = append(out, l.defineOk(spec.Names, spec.Values[0])...)
				continue
			}
			if len(spec.Values) == 1 && len(spec.Names) > 1 {
				// var a, b = f(): the interpreter takes the := form right.
				if lhs := l.ids(identNames(spec.Names)...); v.Type == nil {
					out = append(out, l.assign(token.DEFINE, lhs, v.Values))
					continue
				}
			}
			gen = v
		default:
			continue
		}
		out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: l.at, Tok: d.Tok, Specs: []ast.Spec{gen}}})
	}
	return out
}

// declaresApart tells whether a declaration of several variables converts values:
// of several operands the interpreter loses those.
func (l *Lowerer) declaresApart(spec *ast.ValueSpec, to types.Type) bool {
	if to == nil || len(spec.Values) < 2 {
		return false
	}
	for _, x := range spec.Values {
		if l.needsAdapting(l.typeOf(x), to) {
			return true
		}
	}
	return false
}

// declareApart lowers var a, b T = x, y one after the other.
func (l *Lowerer) declareApart(spec *ast.ValueSpec, to types.Type) []ast.Stmt {
	var out []ast.Stmt
	temps := l.temps(len(spec.Names))
	for i, x := range spec.Values {
		v := l.exprTo(x, to)
		l.move(spec.Pos())
		out = append(out, l.declare(temps[i], to, v))
	}
	for i, id := range spec.Names {
		if id.Name == "_" {
			out = append(out, l.assign(token.ASSIGN, l.ids("_"), l.ids(temps[i])))
			continue
		}
		out = append(out, l.declare(id.Name, to, l.id(temps[i])))
	}
	return out
}

// declare writes var name t = value.
func (l *Lowerer) declare(name string, t types.Type, value ast.Expr) ast.Stmt {
	d := l.VarDecl(name, l.typ(t)).(*ast.GenDecl)
	d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{value}
	return &ast.DeclStmt{Decl: d}
}

// declareSeveral lowers var a, b T = f(), where what f gives may have to be
// converted: it is assigned to variables that are declared first.
func (l *Lowerer) declareSeveral(spec *ast.ValueSpec) []ast.Stmt {
	t := l.Info.TypeOf(spec.Type)
	names := identNames(spec.Names)
	temps := l.temps(len(names))
	from := l.severalTypes(spec.Values[0])
	out := l.intoNew(temps, spec.Values[0])
	l.move(spec.Pos())
	for i, name := range names {
		if name == "_" {
			out = append(out, l.assign(token.ASSIGN, l.ids("_"), l.ids(temps[i])))
			continue
		}
		out = append(out, l.declare(name, t, l.convert(l.id(temps[i]), from[i], l.subst(t))))
	}
	return out
}

func identNames(ids []*ast.Ident) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = localName(id.Name)
	}
	return out
}
