package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// outlives tells whether a variable may be reached after the iteration that it
// belongs to: a closure mentions it, or its address is taken.
func (l *Lowerer) outlives(body ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = found || l.mentions(n, obj)
			return false
		case *ast.UnaryExpr:
			if n.Op == token.AND && l.rootIs(n.X, obj) {
				found = true
			}
		case *ast.SliceExpr:
			if _, isArray := l.typeOf(n.X).Underlying().(*types.Array); isArray && l.rootIs(n.X, obj) {
				found = true
			}
		case *ast.SelectorExpr:
			// A method with a pointer receiver takes the address.
			if s := l.Info.Selections[n]; s != nil && s.Kind() == types.MethodVal && l.rootIs(n.X, obj) {
				found = true
			}
		}
		return !found
	})
	return found
}

func (l *Lowerer) mentions(n ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && l.Info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// rootIs tells whether e is a part of the variable itself: the variable, or
// fields and array elements of it.
func (l *Lowerer) rootIs(e ast.Expr, obj types.Object) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return l.Info.Uses[x] == obj
		case *ast.SelectorExpr:
			if _, ptr := l.typeOf(x.X).Underlying().(*types.Pointer); ptr {
				return false
			}
			e = x.X
		case *ast.IndexExpr:
			if _, isArray := l.typeOf(x.X).Underlying().(*types.Array); !isArray {
				return false
			}
			e = x.X
		default:
			return false
		}
	}
}

// changed tells whether code may assign to a variable: directly, or through an
// address that it takes.
func (l *Lowerer) changed(body ast.Node, obj types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				found = found || l.rootIs(x, obj)
			}
		case *ast.IncDecStmt:
			found = found || l.rootIs(n.X, obj)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && l.rootIs(n.X, obj)
		case *ast.RangeStmt:
			found = found || n.Key != nil && l.rootIs(n.Key, obj) || n.Value != nil && l.rootIs(n.Value, obj)
		case *ast.SelectorExpr:
			if s := l.Info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				found = found || l.rootIs(n.X, obj)
			}
		}
		return !found
	})
	return found
}
