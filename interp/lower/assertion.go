package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// asserted is one type that a value in an interface is asked for.
type asserted struct {
	to       types.Type
	from     types.Type // the interface
	compiled bool       // to is an interface of compiled code
	iface    bool       // to is an interface
}

func (l *Lowerer) asserted(from, to types.Type) asserted {
	return asserted{to, from, l.isCompiledInterface(to), types.IsInterface(to)}
}

// opened writes the type assertion of what the host found to be a value of a
// concrete type. The interpreter looks into structs that come out of an
// interface of compiled code, and fails on one without fields.
func (l *Lowerer) opened(x ast.Expr, to types.Type) *ast.TypeAssertExpr {
	if st, ok := to.Underlying().(*types.Struct); ok && st.NumFields() == 0 {
		x = l.call(l.paren(&ast.InterfaceType{Interface: l.at, Methods: &ast.FieldList{Opening: l.at, Closing: l.at}}), x)
	}
	return &ast.TypeAssertExpr{X: x, Lparen: l.at, Type: l.typ(to), Rparen: l.at}
}

// assertion writes x.(T) for use with one result.
func (l *Lowerer) assertion(x ast.Expr, from, to types.Type) ast.Expr {
	a := l.asserted(from, to)
	source := l.lit(token.STRING, quoted(TypeName(from)))
	switch {
	case a.compiled:
		return l.rt(MustPrefix+l.Names.Interface(to), x, source)
	case a.iface:
		return l.rt(AsFunc, l.int(l.Names.Dynamic(to)), x, source)
	}
	return l.opened(l.rt(MustFunc, l.int(l.Names.Dynamic(to)), x, source), to)
}

// commaOk writes x.(T) for use with two results.
func (l *Lowerer) commaOk(x ast.Expr, from, to types.Type) ast.Expr {
	a := l.asserted(from, to)
	switch {
	case a.compiled:
		return l.rt(AsPrefix+l.Names.Interface(to), x)
	case a.iface:
		return l.rt(IsFunc, l.int(l.Names.Dynamic(to)), x)
	}
	return l.opened(l.rt(InFunc, l.int(l.Names.Dynamic(to)), x), to)
}

// typeSwitch lowers a type switch to one question to the host, which of the
// types it is, and a switch over the answer.
//
//	x := value
//	switch rt.Case(x, 3, 4, 5) {
//	case 0: v := x.(T0); ...
//	case 1, 2: v := x; ...
//	}
func (l *Lowerer) typeSwitch(s *ast.TypeSwitchStmt) []ast.Stmt {
	var symbol string
	var subject ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		symbol = a.Lhs[0].(*ast.Ident).Name
		subject = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		subject = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	}
	label := l.fn.labelNext
	l.fn.labelNext = ""
	out := l.stmt(s.Init)
	from := l.typeOf(subject)
	x := l.temp()
	value := l.expr(subject)
	l.move(s.Pos())
	out = append(out, l.define(x, value))
	args := l.ids(x)
	sw := &ast.SwitchStmt{Switch: l.at}
	var clauses []ast.Stmt
	for _, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		l.move(cc.Pos())
		clause := &ast.CaseClause{Case: l.at, Colon: l.at}
		for _, te := range cc.List {
			l.move(te.Pos())
			clause.List = append(clause.List, l.int(len(args)-1))
			if l.Info.Types[te].IsNil() {
				args = append(args, l.int(0)) // no type has this number
				continue
			}
			args = append(args, l.int(l.Names.Dynamic(l.typeOf(te))))
		}
		if symbol != "" && symbol != "_" && l.symbolUsed(cc) {
			var v ast.Expr = l.id(x)
			if len(cc.List) == 1 && !l.Info.Types[cc.List[0]].IsNil() {
				v = l.assertion(v, from, l.typeOf(cc.List[0]))
			}
			clause.Body = append(clause.Body, l.define(symbol, v))
		}
		clause.Body = append(clause.Body, l.clauseBody(cc.Body)...)
		clauses = append(clauses, clause)
	}
	l.move(s.Pos())
	if len(args) > 1 {
		sw.Tag = l.rt(CaseFunc, args...)
	} else {
		sw.Tag = l.number(token.INT, "0")
	}
	sw.Body = l.block(clauses...)
	if s.Init != nil && label == "" {
		// What the init statement declares must not leak into the block.
		return one(l.block(append(out, sw)...))
	}
	return append(out, sw)
}
