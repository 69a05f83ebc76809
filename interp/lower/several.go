package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// targetType is the type of what operand i of an assignment is assigned to, nil
// when the assignment declares it, or throws the value away.
func (l *Lowerer) targetType(s *ast.AssignStmt, i int) types.Type {
	x := s.Lhs[i]
	if id, ok := x.(*ast.Ident); ok {
		if id.Name == "_" || s.Tok == token.DEFINE && l.Info.Defs[id] != nil {
			return nil
		}
		if obj := l.objectOf(id); obj != nil {
			return l.subst(obj.Type())
		}
		return nil
	}
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		return nil
	}
	return l.typeOf(x)
}

// severalTypes are the types of the values that one expression gives: a call of
// several results, or an operand with two, value and ok.
func (l *Lowerer) severalTypes(e ast.Expr) []types.Type {
	if t, ok := l.typeOf(e).(*types.Tuple); ok {
		out := make([]types.Type, t.Len())
		for i := range out {
			out[i] = l.subst(t.At(i).Type())
		}
		return out
	}
	return []types.Type{l.typeOf(e), types.Typ[types.Bool]}
}

// severalNeedAdapting tells whether an assignment of several values from one
// operand converts one of them.
func (l *Lowerer) severalNeedAdapting(s *ast.AssignStmt) bool {
	for i, from := range l.severalTypes(s.Rhs[0]) {
		if i < len(s.Lhs) && l.needsAdapting(from, l.targetType(s, i)) {
			return true
		}
	}
	return false
}

// assignSeveral lowers a, b = f() where what f gives has to be converted.
func (l *Lowerer) assignSeveral(s *ast.AssignStmt) []ast.Stmt {
	var out []ast.Stmt
	places := make([]ast.Expr, len(s.Lhs))
	for i, x := range s.Lhs {
		if id, ok := x.(*ast.Ident); ok {
			places[i] = l.local(id)
			continue
		}
		places[i] = l.hold(x, &out)
	}
	temps := l.temps(len(s.Lhs))
	out = append(out, l.intoNew(temps, s.Rhs[0])...)
	l.move(s.Pos())
	for i, from := range l.severalTypes(s.Rhs[0]) {
		tok := token.ASSIGN
		if id, ok := s.Lhs[i].(*ast.Ident); ok {
			if id.Name == "_" {
				continue
			}
			if s.Tok == token.DEFINE && l.Info.Defs[id] != nil {
				tok = token.DEFINE
			}
		}
		var v ast.Expr = l.id(temps[i])
		if to := l.targetType(s, i); to != nil {
			v = l.convert(v, from, to)
		}
		out = append(out, l.assign(tok, places[i:i+1], []ast.Expr{v}))
	}
	return out
}

// severalInClause is assignSeveral where one statement has to do: the values
// come, converted, out of a function.
func (l *Lowerer) severalInClause(s *ast.AssignStmt) ast.Stmt {
	from := l.severalTypes(s.Rhs[0])
	temps := l.temps(len(s.Lhs))
	vars := make([]*types.Var, len(s.Lhs))
	results := make([]ast.Expr, len(s.Lhs))
	x := l.withOk(s.Rhs[0], l.expr(s.Rhs[0]))
	l.move(s.Pos())
	for i := range s.Lhs {
		to := l.targetType(s, i)
		results[i] = l.id(temps[i])
		if to == nil {
			to = from[i]
		} else {
			results[i] = l.convert(results[i], from[i], to)
		}
		vars[i] = types.NewParam(token.NoPos, nil, "", to)
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(vars...), false)
	values := l.call(l.funcLit(l.funcType(sig, nil, nil),
		l.assign(token.DEFINE, l.ids(temps...), []ast.Expr{x}), l.ret(results...)))
	return l.clauseAssign(s, values)
}

// hasOk tells whether an operand has two values, value and ok: an element of a
// map, what a channel gives, or a type assertion. Where there is none the
// interpreter leaves the variable for the value as it was, in whatever way that
// came about; and the variables that := declares in a loop are the same in every
// turn. So they are declared ahead.
func (l *Lowerer) hasOk(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		_, isMap := coreType(l.typeOf(e.X)).(*types.Map)
		return isMap
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	case *ast.TypeAssertExpr:
		return true
	}
	return false
}

// intoNew evaluates an operand with several values into new variables.
func (l *Lowerer) intoNew(names []string, e ast.Expr) []ast.Stmt {
	x := l.withOk(e, l.expr(e))
	l.move(e.Pos())
	if len(names) != 2 || !l.hasOk(e) {
		return one(l.assign(token.DEFINE, l.ids(names...), []ast.Expr{x}))
	}
	var out []ast.Stmt
	for i, t := range l.severalTypes(e) {
		if names[i] != "_" {
			out = append(out, &ast.DeclStmt{Decl: l.VarDecl(names[i], l.typ(types.Default(t)))})
		}
	}
	return append(out, l.assign(token.ASSIGN, l.ids(names...), []ast.Expr{x}))
}

// defineOk lowers v, ok := x for an operand with these two values, where that
// declares all that is not blank.
func (l *Lowerer) defineOk(lhs []*ast.Ident, e ast.Expr) []ast.Stmt {
	names := make([]string, len(lhs))
	shadows := false
	for i, id := range lhs {
		names[i] = "_"
		if id.Name != "_" {
			names[i] = l.local(id).(*ast.Ident).Name
			shadows = shadows || hasName(e, id.Name)
		}
	}
	if !shadows {
		return l.intoNew(names, e)
	}
	temps := l.temps(len(names))
	out := l.intoNew(temps, e)
	for i, name := range names {
		if name != "_" {
			out = append(out, l.define(name, l.id(temps[i])))
		}
	}
	return out
}

// hasName tells whether an expression has a name in it.
func hasName(e ast.Expr, name string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(*ast.Ident)
		found = found || ok && x.Name == name
		return !found
	})
	return found
}

// sharesPlace tells whether the interpreter makes the value of a literal in the
// very variable that := declares, in a loop in every turn the same: it does so
// with arrays, slices and maps.
func (l *Lowerer) sharesPlace(e ast.Expr) bool {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return false
	}
	switch l.typeOf(lit).Underlying().(type) {
	case *types.Array, *types.Slice, *types.Map:
		return true
	}
	return false
}

// defineLiteral lowers v := literal where the variable has to be declared ahead.
func (l *Lowerer) defineLiteral(id *ast.Ident, e ast.Expr) []ast.Stmt {
	name := l.local(id).(*ast.Ident).Name
	if hasName(e, id.Name) {
		t := l.temp()
		x := l.expr(e)
		l.move(e.Pos())
		return []ast.Stmt{l.define(t, x), l.define(name, l.id(t))}
	}
	x := l.expr(e)
	l.move(e.Pos())
	return []ast.Stmt{&ast.DeclStmt{Decl: l.VarDecl(name, l.typ(l.typeOf(e)))}, l.assign(token.ASSIGN, l.ids(name), []ast.Expr{x})}
}
