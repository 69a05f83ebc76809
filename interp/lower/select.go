package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// selectStmt lowers a select statement. The interpreter keeps the channels of a
// select in its code: two goroutines in the same one take each other's. So the
// host selects, which can end a goroutine that waits, too. What is sent and
// received goes through channels of the same type with room for one, because
// only the interpreter's own operations know how it holds a value.
//
//	c0 := ch; v0 := make(chan T, 1)
//	c1 := other; v1 := make(chan U, 1); v1 <- x
//	i, ok := rt.Select(place, hasDefault, c0, v0, false, c1, v1, true)
//	switch i { case 0: v := <-v0; body; case 1: body; default: body }
func (l *Lowerer) selectStmt(s *ast.SelectStmt) []ast.Stmt {
	var pre []ast.Stmt
	var cases []ast.Expr
	var clauses []ast.Stmt
	chosen, ok := l.temp(), l.temp()
	hasDefault := "false"
	for _, c := range s.Body.List {
		cc := c.(*ast.CommClause)
		l.move(cc.Pos())
		clause := &ast.CaseClause{Case: l.at, Colon: l.at}
		if cc.Comm == nil {
			hasDefault = "true"
			clause.Body = l.clauseBody(cc.Body)
			clauses = append(clauses, clause)
			continue
		}
		index := len(cases) / 3
		clause.List = []ast.Expr{l.number(token.INT, strconv.Itoa(index))}
		ch, val := l.temp(), l.temp()
		switch comm := cc.Comm.(type) {
		case *ast.SendStmt:
			pre = append(pre, l.define(ch, l.expr(comm.Chan)), l.define(val, l.room(comm.Chan)))
			pre = append(pre, &ast.SendStmt{Chan: l.id(val), Arrow: l.at, Value: l.exprTo(comm.Value, valueType(l.typeOf(comm.Chan)))})
			cases = append(cases, l.id(ch), l.id(val), l.id("true"))
		case *ast.ExprStmt:
			pre = append(pre, l.define(ch, l.expr(received(comm.X))))
			cases = append(cases, l.id(ch), l.id("false"), l.id("false"))
		case *ast.AssignStmt:
			from := received(comm.Rhs[0])
			pre = append(pre, l.define(ch, l.expr(from)), l.define(val, l.room(from)))
			cases = append(cases, l.id(ch), l.id(val), l.id("false"))
			l.move(comm.Pos())
			clause.Body = append(clause.Body, l.take(comm, l.elemOf(from), val, ok)...)
		}
		clause.Body = append(clause.Body, l.clauseBody(cc.Body)...)
		clauses = append(clauses, clause)
	}
	l.move(s.Pos())
	args := append(l.place(), l.id(hasDefault))
	call := l.call(l.sel(l.id(l.Names.Import(RuntimePath)), SelectFunc), append(args, cases...)...)
	pre = append(pre, l.assign(token.DEFINE, l.ids(chosen, ok), []ast.Expr{call}))
	return append(pre, &ast.SwitchStmt{Switch: l.at, Tag: l.id(chosen), Body: l.block(clauses...)})
}

// received is the channel of a receive expression.
func received(e ast.Expr) ast.Expr { return ast.Unparen(e).(*ast.UnaryExpr).X }

// elemOf is the element type of a channel.
func (l *Lowerer) elemOf(ch ast.Expr) types.Type {
	return coreType(l.typeOf(ch)).(*types.Chan).Elem()
}

// room makes a channel with the element type of another one and room for one.
func (l *Lowerer) room(ch ast.Expr) ast.Expr {
	elem := l.elemOf(ch)
	return l.call(l.id("make"), l.typ(types.NewChan(types.SendRecv, elem)), l.number(token.INT, "1"))
}

// take writes what a receive clause assigns, from the channel that holds the
// value and the variable that says whether there was one.
func (l *Lowerer) take(s *ast.AssignStmt, elem types.Type, val, ok string) []ast.Stmt {
	// A bare receive makes the place it is assigned to unassignable, and gives a
	// variable no address.
	receive := &ast.UnaryExpr{OpPos: l.at, Op: token.ARROW, X: l.id(val)}
	from := []ast.Expr{&ast.ParenExpr{Lparen: l.at, X: receive, Rparen: l.at}, l.id(ok)}
	var out []ast.Stmt
	for i, x := range s.Lhs {
		if id, isID := x.(*ast.Ident); isID && id.Name == "_" {
			continue
		}
		if s.Tok == token.DEFINE {
			if id := x.(*ast.Ident); l.Info.Defs[id] != nil {
				out = append(out, l.define(localName(id.Name), from[i]))
				continue
			}
		}
		t := types.Type(types.Typ[types.Bool])
		if i == 0 {
			t = elem
		}
		v := l.convert(from[i], t, l.typeOf(x))
		out = append(out, l.assign(token.ASSIGN, []ast.Expr{l.expr(x)}, []ast.Expr{v}))
	}
	return out
}
