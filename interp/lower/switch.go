package lower

import (
	"go/ast"
	"go/token"
)

func (l *Lowerer) switchStmt(s *ast.SwitchStmt) ast.Stmt {
	out := &ast.SwitchStmt{Switch: l.Map(s.Switch)}
	out.Init = l.clauseStmt(s.Init)
	out.Tag = l.expr(s.Tag)
	var clauses []ast.Stmt
	for _, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		list := l.exprs(cc.List)
		switch {
		case cc.List == nil:
			list = nil
		case s.Tag == nil:
			list = l.anyOf(list)
		}
		clauses = append(clauses, &ast.CaseClause{Case: l.Map(cc.Case), List: list, Colon: l.Map(cc.Colon), Body: l.clauseBody(cc.Body)})
	}
	out.Body = &ast.BlockStmt{Lbrace: l.Map(s.Body.Lbrace), List: clauses, Rbrace: l.Map(s.Body.Rbrace)}
	return out
}

// anyOf makes one condition of a list of them: of several conditions in a case
// of a switch without a tag the interpreter sees the first only.
func (l *Lowerer) anyOf(conds []ast.Expr) []ast.Expr {
	if len(conds) < 2 {
		return conds
	}
	any := conds[0]
	for _, c := range conds[1:] {
		any = &ast.BinaryExpr{X: any, OpPos: l.at, Op: token.LOR, Y: c}
	}
	return []ast.Expr{any}
}

// typeSwitch lowers a type switch to assertions and a switch over their
// outcomes: the interpreter's own misses struct types in an empty interface,
// recursive pointers and the error interface.
//
//	v0, ok0 := x.(T0)
//	v1, ok1 := x.(T1)
//	switch { case ok0: v := v0; ...; case ok1: ... }
func (l *Lowerer) typeSwitch(s *ast.TypeSwitchStmt) []ast.Stmt {
	var symbol string
	var asserted ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		symbol = a.Lhs[0].(*ast.Ident).Name
		asserted = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		asserted = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	}
	out := l.stmt(s.Init)
	from := l.typeOf(asserted)
	x := l.temp()
	value := l.expr(asserted)
	l.move(s.Pos())
	out = append(out, l.define(x, value))
	sw := &ast.SwitchStmt{Switch: l.at}
	var clauses []ast.Stmt
	for _, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		l.move(cc.Pos())
		clause := &ast.CaseClause{Case: l.at, Colon: l.at}
		var only string // the variable of a clause with one type
		for _, te := range cc.List {
			l.move(te.Pos())
			if l.Info.Types[te].IsNil() {
				clause.List = append(clause.List, &ast.BinaryExpr{X: l.id(x), OpPos: l.at, Op: token.EQL, Y: l.id("nil")})
				continue
			}
			v, ok := l.temp(), l.temp()
			out = append(out, l.assign(token.DEFINE, l.ids(v, ok), []ast.Expr{l.commaOk(l.id(x), from, l.typeOf(te))}))
			clause.List = append(clause.List, l.id(ok))
			if len(cc.List) == 1 {
				only = v
			}
		}
		clause.List = l.anyOf(clause.List)
		if symbol != "" && symbol != "_" && l.symbolUsed(cc) {
			if only == "" {
				only = x
			}
			clause.Body = append(clause.Body, l.define(symbol, l.id(only)))
		}
		clause.Body = append(clause.Body, l.clauseBody(cc.Body)...)
		clauses = append(clauses, clause)
	}
	l.move(s.Pos())
	sw.Body = l.block(clauses...)
	if s.Init != nil && l.fn.labelNext == "" {
		// What the init statement declares must not leak into the block.
		return one(l.block(append(out, sw)...))
	}
	return append(out, sw)
}

// symbolUsed tells whether a clause uses the switch's symbol.
func (l *Lowerer) symbolUsed(cc *ast.CaseClause) bool {
	obj := l.Info.Implicits[cc]
	if obj == nil {
		return false
	}
	used := false
	for _, s := range cc.Body {
		used = used || l.mentions(s, obj)
	}
	return used
}

// clauseBody lowers the statements of a clause. The interpreter finds labels in
// blocks only.
func (l *Lowerer) clauseBody(list []ast.Stmt) []ast.Stmt {
	labels := false
	for _, s := range list {
		_, isLabel := s.(*ast.LabeledStmt)
		labels = labels || isLabel
	}
	out := l.stmts(list)
	if !labels {
		return out
	}
	last := len(out) - 1
	if b, ok := out[last].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
		return []ast.Stmt{l.block(out[:last]...), b}
	}
	return one(l.block(out...))
}
