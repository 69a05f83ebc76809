package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// key adapts the key of a map, so that one that cannot be hashed is found out.
func (l *Lowerer) key(x, e ast.Expr, to types.Type) ast.Expr {
	out := l.adapt(x, e, to)
	if to == nil {
		return out
	}
	to = l.subst(to)
	if l.Info.Types[e].IsNil() {
		if types.IsInterface(to) {
			return out
		}
		return l.call(l.paren(l.typ(to)), out) // the interpreter finds no type for it
	}
	from := l.typeOf(e)
	switch {
	case !types.IsInterface(to), l.hashes(from):
		return out
	case l.isCompiledInterface(to):
		return l.rt(KeyPrefix+l.Names.Interface(to), out)
	}
	return l.rt(KeyFunc, out)
}

// hashes tells whether all values of a type can be keys.
func (l *Lowerer) hashes(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic, *types.Pointer, *types.Chan:
		return true
	case *types.Array:
		return l.hashes(l.subst(u.Elem()))
	case *types.Struct:
		for f := range u.Fields() {
			if !l.hashes(l.subst(f.Type())) {
				return false
			}
		}
		return true
	}
	return false
}

// compares tells whether a comparison is one of interface values, neither of
// them the literal nil.
func (l *Lowerer) comparesInterfaces(e *ast.BinaryExpr) bool {
	if e.Op != token.EQL && e.Op != token.NEQ {
		return false
	}
	if l.Info.Types[e.X].IsNil() || l.Info.Types[e.Y].IsNil() {
		return false
	}
	x, y := l.typeOf(e.X), l.typeOf(e.Y)
	return x != nil && y != nil && (types.IsInterface(x) || types.IsInterface(y))
}

// same writes x == y where one of them is an interface: the host compares, as
// the other side is converted to an interface as well.
func (l *Lowerer) same(x, y ast.Expr) ast.Expr { return l.rt(SameFunc, x, y) }

// operand lowers an operand of a comparison of interface values.
func (l *Lowerer) operand(e ast.Expr) ast.Expr {
	if t := l.typeOf(e); types.IsInterface(t) {
		return l.expr(e)
	}
	return l.exprTo(e, emptyInterface)
}

func (l *Lowerer) interfacesEqual(e *ast.BinaryExpr) ast.Expr {
	x, y := l.operand(e.X), l.operand(e.Y)
	l.move(e.Pos())
	equal := l.same(x, y)
	if e.Op == token.NEQ {
		return &ast.UnaryExpr{OpPos: l.at, Op: token.NOT, X: equal}
	}
	return equal
}
