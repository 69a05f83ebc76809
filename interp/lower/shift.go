package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// shift lowers x << y and x >> y. The interpreter has another idea than Go of
// what type a constant on the left has, takes only integers for constant counts,
// and shifts by a negative count as if it were a huge one.
func (l *Lowerer) shift(e *ast.BinaryExpr) ast.Expr {
	x, y := l.expr(e.X), l.count(e.Y)
	l.move(e.Pos())
	if l.Info.Types[e.X].Value != nil {
		x = l.call(l.paren(l.typ(l.typeOf(e))), x)
	}
	return &ast.BinaryExpr{X: x, OpPos: l.Map(e.OpPos), Op: e.Op, Y: y}
}

// count lowers the right operand of a shift.
func (l *Lowerer) count(e ast.Expr) ast.Expr {
	if tv := l.Info.Types[e]; tv.Value != nil {
		l.move(e.Pos())
		return l.call(l.id("uint"), l.number(token.INT, constant.ToInt(tv.Value).ExactString()))
	}
	x := l.expr(e)
	l.move(e.Pos())
	b, ok := l.typeOf(e).Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsUnsigned != 0 || l.notNegative(e) {
		return x
	}
	return l.call(l.sel(l.id(l.Names.Import(RuntimePath)), CountFunc), l.call(l.id("int"), x))
}

// notNegative tells whether an expression can be seen not to be negative.
func (l *Lowerer) notNegative(e ast.Expr) bool {
	e = ast.Unparen(e)
	if tv := l.Info.Types[e]; tv.Value != nil {
		return constant.Sign(tv.Value) >= 0
	}
	switch e := e.(type) {
	case *ast.Ident:
		return l.counts[l.objectOf(e)]
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		if ok && l.Info.Types[e.Fun].IsBuiltin() && (id.Name == "len" || id.Name == "cap") {
			return true
		}
		if tv := l.Info.Types[e.Fun]; tv.IsType() && len(e.Args) == 1 { // int(u), for a small u
			from, ok := l.typeOf(e.Args[0]).Underlying().(*types.Basic)
			to, isBasic := tv.Type.Underlying().(*types.Basic)
			return ok && isBasic && to.Kind() == types.Int &&
				(from.Kind() == types.Uint8 || from.Kind() == types.Uint16 || from.Kind() == types.Uint32 || l.notNegative(e.Args[0]))
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.AND:
			return l.notNegative(e.X) || l.notNegative(e.Y)
		case token.REM, token.QUO, token.SHR, token.OR:
			return l.notNegative(e.X) && (e.Op == token.REM || l.notNegative(e.Y))
		}
	}
	return false
}

// countVars finds the variables of a function body that only ever count up from
// a constant that is not negative, in a loop's clause, or over something.
func (l *Lowerer) countVars(b *ast.BlockStmt) map[types.Object]bool {
	vars := map[types.Object]bool{}
	start := map[ast.Stmt]bool{} // statements that give them what they may have
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			id, ok := n.Key.(*ast.Ident)
			if _, isMap := coreType(l.typeOf(n.X)).(*types.Map); ok && n.Tok == token.DEFINE && !isMap && !l.isFuncRange(n) {
				vars[l.Info.Defs[id]] = true
			}
		case *ast.ForStmt:
			init, ok := n.Init.(*ast.AssignStmt)
			if !ok || init.Tok != token.DEFINE || len(init.Lhs) != len(init.Rhs) {
				break
			}
			start[n.Post] = true
			for i, x := range init.Lhs {
				if l.notNegative(init.Rhs[i]) && l.countsUp(n.Post, l.Info.Defs[x.(*ast.Ident)]) {
					vars[l.Info.Defs[x.(*ast.Ident)]] = true
				}
			}
		}
		return true
	})
	for obj := range vars {
		ast.Inspect(b, func(n ast.Node) bool {
			if s, ok := n.(ast.Stmt); ok && start[s] {
				return false
			}
			switch n := n.(type) {
			case *ast.AssignStmt:
				for _, x := range n.Lhs {
					if id, ok := ast.Unparen(x).(*ast.Ident); ok && l.Info.Uses[id] == obj {
						delete(vars, obj)
					}
				}
			case *ast.IncDecStmt:
				if id, ok := ast.Unparen(n.X).(*ast.Ident); ok && n.Tok == token.DEC && l.Info.Uses[id] == obj {
					delete(vars, obj)
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND && obj != nil && l.rootIs(n.X, obj) {
					delete(vars, obj)
				}
			case *ast.RangeStmt:
				for _, x := range []ast.Expr{n.Key, n.Value} {
					if id, ok := x.(*ast.Ident); ok && l.Info.Uses[id] == obj {
						delete(vars, obj)
					}
				}
			}
			return true
		})
	}
	return vars
}

// countsUp tells whether the post statement of a loop leaves a variable alone or
// adds to it.
func (l *Lowerer) countsUp(post ast.Stmt, obj types.Object) bool {
	switch s := post.(type) {
	case nil:
		return true
	case *ast.IncDecStmt:
		id, ok := ast.Unparen(s.X).(*ast.Ident)
		return ok && (s.Tok == token.INC || l.Info.Uses[id] != obj)
	case *ast.AssignStmt:
		return len(s.Lhs) == 1 && s.Tok == token.ADD_ASSIGN && l.notNegative(s.Rhs[0])
	}
	return false
}

// shiftAssign lowers x <<= y and x >>= y.
func (l *Lowerer) shiftAssign(s *ast.AssignStmt) []ast.Stmt {
	x := l.expr(s.Lhs[0])
	y := l.count(s.Rhs[0])
	l.move(s.Pos())
	return one(&ast.AssignStmt{Lhs: []ast.Expr{x}, TokPos: l.Map(s.TokPos), Tok: s.Tok, Rhs: []ast.Expr{y}})
}
