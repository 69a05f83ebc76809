package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// print lowers print and println, whose form is not that of the interpreter's.
// Of values that are no text or number they write the address alone.
func (l *Lowerer) print(e *ast.CallExpr, newline bool) ast.Expr {
	args := l.exprs(e.Args)
	l.move(e.Pos())
	f := l.sel(l.id(l.Names.Import(RuntimePath)), PrintFunc)
	if tuple, ok := l.spreads(e); ok {
		names := l.temps(tuple.Len())
		ts := make([]types.Type, tuple.Len())
		for i := range ts {
			ts[i] = tuple.At(i).Type()
		}
		return l.spread(args[0], names, nil, l.call(f, append([]ast.Expr{l.id(strconv.FormatBool(newline))}, l.printed(ts, l.ids(names...))...)...))
	}
	ts := make([]types.Type, len(args))
	for i, a := range e.Args {
		ts[i] = types.Default(l.typeOf(a))
		if b, ok := l.typeOf(a).(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && b.Info()&types.IsInteger != 0 {
			ts[i] = types.Typ[types.Int64]
		}
	}
	return l.call(f, append([]ast.Expr{l.id(strconv.FormatBool(newline))}, l.printed(ts, args)...)...)
}

// printed converts arguments to what the host prints: basic types as they are,
// without the name that a script gave them.
func (l *Lowerer) printed(ts []types.Type, args []ast.Expr) []ast.Expr {
	out := make([]ast.Expr, len(args))
	for i, a := range args {
		out[i] = a
		if b, ok := ts[i].Underlying().(*types.Basic); ok && b.Kind() != types.UntypedNil && b.Kind() != types.UnsafePointer {
			out[i] = l.call(l.id(b.Name()), a)
		}
	}
	return out
}

// spread writes a call of a function that takes several results into variables
// and gives what is made of them; result is nil for nothing.
func (l *Lowerer) spread(x ast.Expr, names []string, result types.Type, use ast.Expr) ast.Expr {
	take := l.assign(token.DEFINE, l.ids(names...), []ast.Expr{x})
	if result == nil {
		return l.call(l.funcLit(l.plainFunc(), take, l.exprStmt(use)))
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", result)), false)
	return l.call(l.funcLit(l.funcType(sig, nil, nil), take, l.ret(use)))
}
