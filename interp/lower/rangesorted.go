package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeSorted lowers a range loop over a map to one over its keys in their
// order. As in Go, what is deleted meanwhile is not visited; what is added is
// not either.
//
//	m := x; ks := make([]K, 0, len(m))
//	for k := range m { ks = append(ks, k) }
//	rt.Sort(ks)
//	for _, k := range ks { v, ok := m[k]; if !ok { continue }; body }
func (l *Lowerer) rangeSorted(s *ast.RangeStmt, t types.Type) []ast.Stmt {
	m, ks, one, k, v, ok := l.temp(), l.temp(), l.temp(), l.temp(), l.temp(), l.temp()
	key, value := l.subst(rangeKey(t)), l.subst(rangeValue(t))
	pre := []ast.Stmt{l.define(m, l.expr(s.X))}
	l.move(s.Pos())
	length := l.call(l.id("len"), l.id(m))
	pre = append(pre, l.define(ks, l.call(l.id("make"), l.typ(types.NewSlice(key)), l.lit(token.INT, "0"), length)),
		&ast.RangeStmt{For: l.at, Key: l.id(one), TokPos: l.at, Tok: token.DEFINE, Range: l.at, X: l.id(m), Body: l.block(l.guard(),
			l.assign(token.ASSIGN, l.ids(ks), []ast.Expr{l.call(l.id("append"), l.id(ks), l.id(one))}))},
		l.exprStmt(l.rt(SortFunc, l.id(ks))))
	list := []ast.Stmt{l.guard(),
		l.assign(token.DEFINE, l.ids(v, ok), []ast.Expr{&ast.IndexExpr{X: l.id(m), Lbrack: l.at, Index: l.id(k), Rbrack: l.at}}),
		l.ifStmt(&ast.UnaryExpr{OpPos: l.at, Op: token.NOT, X: l.id(ok)}, &ast.BranchStmt{TokPos: l.at, Tok: token.CONTINUE}),
		l.assign(token.ASSIGN, l.ids("_"), []ast.Expr{l.id(v)})}
	var existing, taken []ast.Expr
	variable := func(e ast.Expr, name string, from types.Type) {
		id, isID := e.(*ast.Ident)
		switch {
		case e == nil || isID && id.Name == "_":
		case s.Tok == token.DEFINE:
			l.move(e.Pos())
			list = append(list, l.define(localName(id.Name), l.id(name)))
		default:
			existing = append(existing, e)
			taken = append(taken, l.convert(l.id(name), from, l.typeOf(e)))
		}
	}
	variable(s.Key, k, key)
	variable(s.Value, v, value)
	list = append(list, l.takeOver(existing, taken)...)
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	loop := &ast.RangeStmt{For: l.at, Key: l.id("_"), Value: l.id(k), TokPos: l.at, Tok: token.DEFINE, Range: l.at, X: l.id(ks),
		Body: l.block(append(list, l.block(body.List...))...)}
	return append(pre, loop)
}

// HasOrder tells whether keys of a type have an order that is the same each
// time. Those that are not equal to themselves could not be looked up; a
// pointer has another address each time.
func HasOrder(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsInteger|types.IsString|types.IsBoolean) != 0
	case *types.Array:
		return HasOrder(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !HasOrder(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
