package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// The interpreter has a called function write its results where they go: the
// result variable of the callee is the caller's variable, or the place for what
// the call gives, with whatever is in it. So named results are set to zero where
// a function begins, and a call whose result is assigned gets a place of its own
// first, since the callee may read the variable.

// zeroResults sets a function's named results to zero.
func (l *Lowerer) zeroResults(names []string) []ast.Stmt {
	var out []ast.Stmt
	for i, name := range names {
		out = append(out, l.assign(token.ASSIGN, l.ids(name), []ast.Expr{l.zero(l.fn.sig.Results().At(i).Type())}))
	}
	return out
}

// zero writes the zero value of a type.
func (l *Lowerer) zero(t types.Type) ast.Expr {
	t = l.subst(t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsString != 0:
			return l.lit(token.STRING, `""`)
		case u.Info()&types.IsBoolean != 0:
			return l.id("false")
		case u.Info()&(types.IsInteger|types.IsFloat) != 0:
			return l.lit(token.INT, "0")
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		return l.id("nil")
	}
	return &ast.StarExpr{Star: l.at, X: l.call(l.id("new"), l.typ(t))}
}

// readsResults tells whether a body can see what its named results are before it
// returns: it mentions one, or has a return without operands.
func readsResults(b *ast.BlockStmt, names []string) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			found = found || len(n.Results) == 0
		case *ast.Ident:
			for _, name := range names {
				found = found || localName(n.Name) == name
			}
		}
		return !found
	})
	return found
}

// placed gives the result of a call a place of its own.
func (l *Lowerer) placed(source, lowered ast.Expr) ast.Expr {
	c, ok := ast.Unparen(source).(*ast.CallExpr)
	if !ok {
		return lowered
	}
	tv := l.Info.Types[c.Fun]
	if l.Info.Types[c].Value != nil || tv.IsType() || tv.IsBuiltin() || l.isCompiled(c.Fun) {
		return lowered
	}
	if _, ok := lowered.(*ast.CallExpr); !ok {
		return lowered
	}
	return &ast.ParenExpr{Lparen: l.at, X: lowered, Rparen: l.at}
}
