package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// hold evaluates what a place on the left of an assignment depends on, so that
// it stays the same place, and gives the place.
func (l *Lowerer) hold(x ast.Expr, out *[]ast.Stmt) ast.Expr {
	keep := func(e ast.Expr) ast.Expr {
		v := l.expr(e)
		l.move(e.Pos())
		if tv := l.Info.Types[e]; tv.Value != nil {
			return v
		}
		t := l.temp()
		*out = append(*out, l.define(t, v))
		return l.id(t)
	}
	switch e := x.(type) {
	case *ast.ParenExpr:
		return l.hold(e.X, out)
	case *ast.StarExpr:
		return &ast.StarExpr{Star: l.Map(e.Star), X: keep(e.X)}
	case *ast.IndexExpr:
		var of ast.Expr
		if _, isArray := l.typeOf(e.X).Underlying().(*types.Array); isArray {
			of = l.hold(e.X, out)
		} else {
			of = keep(e.X)
		}
		return &ast.IndexExpr{X: of, Lbrack: l.Map(e.Lbrack), Index: keep(e.Index), Rbrack: l.Map(e.Rbrack)}
	case *ast.SelectorExpr:
		s := l.Info.Selections[e]
		if s == nil || s.Kind() != types.FieldVal {
			break
		}
		var of ast.Expr
		if _, isPtr := l.typeOf(e.X).Underlying().(*types.Pointer); isPtr {
			of = keep(e.X)
		} else {
			of = l.hold(e.X, out)
		}
		of, _ = l.path(of, l.typeOf(e.X), s.Index())
		return of
	}
	return l.expr(x)
}

// local lowers a name on the left of an assignment, which may be new there.
func (l *Lowerer) local(id *ast.Ident) ast.Expr {
	if obj := l.Info.Defs[id]; id.Name == "_" || obj != nil {
		l.move(id.Pos())
		if to, ok := l.renamed[obj]; ok && obj != nil {
			return l.id(to)
		}
		return l.id(localName(id.Name))
	}
	return l.expr(id)
}

// assigned adapts an operand of an assignment to an existing variable.
func (l *Lowerer) assigned(lhs, source, lowered ast.Expr, several bool) ast.Expr {
	switch ast.Unparen(source).(type) {
	case *ast.CompositeLit:
		return l.copied(lowered)
	case *ast.CallExpr:
		return l.placed(source, lowered)
	case *ast.Ident:
		if _, converted := lowered.(*ast.CallExpr); several && !converted && l.Info.Types[source].IsNil() {
			// The interpreter finds no type for a nil among several operands.
			if t := l.typeOf(lhs); t != nil && l.canWrite(t) {
				return l.call(l.paren(l.typ(t)), lowered)
			}
		}
	}
	return lowered
}

// copied makes a composite literal a value to copy: assigned as it is, it would
// replace the variable itself, and pointers and closures would keep the old one.
func (l *Lowerer) copied(lit ast.Expr) ast.Expr {
	if _, ok := lit.(*ast.CompositeLit); !ok {
		return lit
	}
	return &ast.StarExpr{Star: l.at, X: &ast.ParenExpr{Lparen: l.at, Rparen: l.at,
		X: &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: lit}}}
}

// isOperand tells whether evaluating an expression is all arithmetic on names
// and elements.
func isOperand(x ast.Expr) bool {
	plain := true
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.FuncLit, *ast.CompositeLit, *ast.TypeAssertExpr:
			plain = false
		case *ast.UnaryExpr:
			plain = plain && n.Op != token.ARROW && n.Op != token.AND
		}
		return plain
	})
	return plain
}

// mayPanic tells whether evaluating an operand may fail: then nothing may have
// been assigned before.
func mayPanic(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM
		}
		return !found
	})
	return found
}
