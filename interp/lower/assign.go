package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// assignStmt lowers an assignment, or a definition with :=, where it stands by
// itself.
//
// Of several operands in one assignment the interpreter loses all but the one
// that is a call, and it finds out late where to put the values. So unless there
// are names on the left and no calls on the right, the places are evaluated
// first, then the operands, then one is assigned after the other.
func (l *Lowerer) assignStmt(s *ast.AssignStmt) []ast.Stmt {
	switch {
	case s.Tok == token.SHL_ASSIGN || s.Tok == token.SHR_ASSIGN:
		return l.shiftAssign(s)
	case len(s.Lhs) == 1 && len(s.Rhs) == 1 && l.losesNil(s):
		return l.assignLoaded(s)
	case len(s.Lhs) == 2 && len(s.Rhs) == 1 && l.hasOk(s.Rhs[0]):
		if ids, ok := l.declaredAll(s); ok {
			return l.defineOk(ids, s.Rhs[0])
		}
		return l.assignSeveral(s)
	case len(s.Lhs) == 1 && s.Tok == token.DEFINE && l.sharesPlace(s.Rhs[0]):
		if id := s.Lhs[0].(*ast.Ident); id.Name != "_" {
			return l.defineLiteral(id, s.Rhs[0])
		}
		return one(l.assignment(s))
	case l.isPlain(s):
		return one(l.assignment(s))
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
		return l.opAssign(s)
	case len(s.Lhs) != len(s.Rhs):
		return l.assignSeveral(s)
	}
	var out []ast.Stmt
	places := make([]ast.Expr, len(s.Lhs))
	for i, x := range s.Lhs {
		if id, ok := x.(*ast.Ident); ok {
			places[i] = l.local(id)
			continue
		}
		places[i] = l.hold(x, &out)
	}
	values := make([]ast.Expr, len(s.Rhs))
	for i, x := range s.Rhs {
		v := l.exprTo(x, l.targetType(s, i))
		l.move(s.Pos())
		if tv := l.Info.Types[x]; tv.Value != nil || tv.IsNil() {
			values[i] = v
			continue
		}
		t := l.temp()
		out = append(out, l.define(t, v))
		values[i] = l.id(t)
	}
	l.move(s.Pos())
	for i, x := range s.Lhs {
		tok := token.ASSIGN
		if id, ok := x.(*ast.Ident); ok {
			if id.Name == "_" {
				continue
			}
			if s.Tok == token.DEFINE && l.Info.Defs[id] != nil {
				tok = token.DEFINE
			}
		}
		out = append(out, &ast.AssignStmt{Lhs: places[i : i+1], TokPos: l.Map(s.TokPos), Tok: tok, Rhs: values[i : i+1]})
	}
	return out
}

// declaredAll gives the names on the left of a definition, if it declares all
// that are not blank.
func (l *Lowerer) declaredAll(s *ast.AssignStmt) (ids []*ast.Ident, ok bool) {
	if s.Tok != token.DEFINE {
		return nil, false
	}
	for _, x := range s.Lhs {
		id, isName := x.(*ast.Ident)
		if !isName || id.Name != "_" && l.Info.Defs[id] == nil {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// losesNil tells whether an assignment of *p to a blank or a map element loses
// that p is nil: the interpreter loads nothing for the one, and for the other
// takes what it has loaded as a wish to delete the element. It cannot compare
// for nothing either.
func (l *Lowerer) losesNil(s *ast.AssignStmt) bool {
	_, loads := ast.Unparen(s.Rhs[0]).(*ast.StarExpr)
	_, computes := ast.Unparen(s.Rhs[0]).(*ast.BinaryExpr)
	if x, indexes := ast.Unparen(s.Rhs[0]).(*ast.IndexExpr); indexes && !l.isGenericFunc(x.X) {
		computes = true
	}
	if !loads && !computes || s.Tok != token.ASSIGN || l.Info.Types[s.Rhs[0]].Value != nil {
		return false
	}
	switch x := ast.Unparen(s.Lhs[0]).(type) {
	case *ast.Ident:
		return x.Name == "_"
	case *ast.IndexExpr:
		_, isMap := coreType(l.typeOf(x.X)).(*types.Map)
		return isMap && loads
	}
	return false
}

// assignLoaded loads *p into a variable, and assigns that.
func (l *Lowerer) assignLoaded(s *ast.AssignStmt) []ast.Stmt {
	t := l.temp()
	load := l.define(t, l.expr(s.Rhs[0]))
	if id, ok := s.Lhs[0].(*ast.Ident); ok && id.Name == "_" {
		return one(l.block(load, l.assign(token.ASSIGN, l.ids("_"), l.ids(t))))
	}
	x := l.expr(s.Lhs[0])
	l.move(s.Pos())
	return []ast.Stmt{load, &ast.AssignStmt{Lhs: []ast.Expr{x}, TokPos: l.Map(s.TokPos), Tok: s.Tok, Rhs: l.ids(t)}}
}

// opAssign lowers x op= y where evaluating y may change what x depends on.
func (l *Lowerer) opAssign(s *ast.AssignStmt) []ast.Stmt {
	var out []ast.Stmt
	if isOperand(s.Lhs[0]) {
		// What is called may change the variables that lead to the place: the
		// compiler reads these afterwards.
		y := l.temp()
		out = one(l.define(y, l.expr(s.Rhs[0])))
		x := l.expr(s.Lhs[0])
		l.move(s.Pos())
		return append(out, &ast.AssignStmt{Lhs: []ast.Expr{x}, TokPos: l.Map(s.TokPos), Tok: s.Tok, Rhs: l.ids(y)})
	}
	x := l.hold(s.Lhs[0], &out)
	y := l.expr(s.Rhs[0])
	l.move(s.Pos())
	return append(out, &ast.AssignStmt{Lhs: []ast.Expr{x}, TokPos: l.Map(s.TokPos), Tok: s.Tok, Rhs: []ast.Expr{y}})
}

// clauseStmt lowers the init or post statement of an if, for or switch, which
// has to stay one statement: what assignStmt would write as several goes into a
// function with several results.
func (l *Lowerer) clauseStmt(s ast.Stmt) ast.Stmt {
	a, ok := s.(*ast.AssignStmt)
	if !ok || l.isPlain(a) {
		return l.one(s)
	}
	l.move(s.Pos())
	if a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
		return l.assignment(a)
	}
	if len(a.Lhs) != len(a.Rhs) {
		return l.severalInClause(a)
	}
	vars := make([]*types.Var, len(a.Rhs))
	for i, x := range a.Rhs {
		t := types.Default(l.typeOf(x))
		if id, isID := a.Lhs[i].(*ast.Ident); !isID || id.Name != "_" {
			t = l.typeOf(a.Lhs[i])
			if isID && l.Info.Defs[id] != nil {
				t = l.subst(l.Info.Defs[id].Type())
			}
		}
		vars[i] = types.NewParam(token.NoPos, nil, "", t)
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(vars...), false)
	var body []ast.Stmt
	results := make([]ast.Expr, len(a.Rhs))
	for i, x := range a.Rhs {
		v := l.exprTo(x, vars[i].Type())
		l.move(s.Pos())
		results[i] = v
		if tv := l.Info.Types[x]; tv.Value == nil && !tv.IsNil() {
			t := l.temp()
			body = append(body, l.define(t, v))
			results[i] = l.id(t)
		}
	}
	return l.clauseAssign(a, l.call(l.funcLit(l.funcType(sig, nil, nil), append(body, l.ret(results...))...)))
}

// clauseAssign assigns the results of a call to the places of an assignment.
func (l *Lowerer) clauseAssign(a *ast.AssignStmt, values ast.Expr) ast.Stmt {
	lhs := make([]ast.Expr, len(a.Lhs))
	for i, x := range a.Lhs {
		if id, ok := x.(*ast.Ident); ok {
			lhs[i] = l.local(id)
		} else {
			lhs[i] = l.expr(x)
		}
	}
	l.move(a.Pos())
	return &ast.AssignStmt{Lhs: lhs, TokPos: l.Map(a.TokPos), Tok: a.Tok, Rhs: []ast.Expr{values}}
}

// isPlain tells whether the interpreter gets an assignment right as it is.
func (l *Lowerer) isPlain(s *ast.AssignStmt) bool {
	if len(s.Lhs) == 1 && s.Tok == token.DEFINE && l.sharesPlace(s.Rhs[0]) {
		return false
	}
	if len(s.Lhs) == 1 {
		_, isName := ast.Unparen(s.Lhs[0]).(*ast.Ident)
		return isName || s.Tok == token.ASSIGN || s.Tok == token.DEFINE || isOperand(s.Rhs[0])
	}
	if len(s.Lhs) != len(s.Rhs) {
		if len(s.Lhs) == 2 && l.hasOk(s.Rhs[0]) {
			return false
		}
		for _, x := range s.Lhs {
			if id, ok := x.(*ast.Ident); !ok || id.Name != "_" && (s.Tok != token.DEFINE || l.Info.Defs[id] == nil) {
				return false
			}
		}
		return !l.severalNeedAdapting(s)
	}
	fresh := 0
	for _, x := range s.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			return false
		}
		if s.Tok == token.DEFINE && id.Name != "_" && l.Info.Defs[id] != nil {
			fresh++
		}
	}
	if s.Tok == token.DEFINE && fresh < len(s.Lhs) {
		return false // some are assigned to, which the others may read
	}
	for i, x := range s.Rhs {
		if tv := l.Info.Types[x]; tv.Value == nil && (!isOperand(x) || mayPanic(x)) || l.needsAdapting(l.typeOf(x), l.targetType(s, i)) {
			return false
		}
	}
	return true
}

// assignment lowers an assignment to one.
func (l *Lowerer) assignment(s *ast.AssignStmt) ast.Stmt {
	lhs := make([]ast.Expr, len(s.Lhs))
	for i, x := range s.Lhs {
		if id, ok := x.(*ast.Ident); ok {
			lhs[i] = l.local(id)
			continue
		}
		lhs[i] = l.expr(x)
	}
	rhs := make([]ast.Expr, len(s.Rhs))
	for i, x := range s.Rhs {
		if len(s.Lhs) == len(s.Rhs) {
			rhs[i] = l.exprTo(x, l.targetType(s, i))
		} else {
			rhs[i] = l.expr(x)
		}
	}
	l.move(s.Pos())
	if len(s.Lhs) == 2 && len(s.Rhs) == 1 {
		rhs[0] = l.withOk(s.Rhs[0], rhs[0])
	}
	if s.Tok == token.ASSIGN && len(s.Lhs) == len(s.Rhs) {
		for i := range rhs {
			rhs[i] = l.assigned(s.Lhs[i], s.Rhs[i], rhs[i], len(rhs) > 1)
		}
	}
	return &ast.AssignStmt{Lhs: lhs, TokPos: l.Map(s.TokPos), Tok: s.Tok, Rhs: rhs}
}

// withOk adapts a lowered operand with two results, value and ok.
func (l *Lowerer) withOk(source, lowered ast.Expr) ast.Expr {
	switch e := ast.Unparen(source).(type) {
	case *ast.TypeAssertExpr:
		x := l.expr(e.X)
		l.move(e.Pos())
		return l.commaOk(x, l.typeOf(e.X), l.typeOf(e.Type))
	case *ast.UnaryExpr:
		return bareReceive(lowered)
	}
	return lowered
}

// bareReceive takes the parentheses off a receive where it may stand bare, and
// must when it has two results.
func bareReceive(x ast.Expr) ast.Expr {
	p, ok := x.(*ast.ParenExpr)
	if !ok {
		return x
	}
	if u, ok := ast.Unparen(p.X).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u
	}
	return x
}
