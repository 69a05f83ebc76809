package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// What may wait for ever goes through the host, which knows then where a
// goroutine waits and can end it: sending to a channel, receiving from one, and
// what waits in package sync and for time to pass. Of v, ok := <-c that is so
// where it is a statement by itself; in the clause of an if or switch it is the
// interpreter's own.

// waits lowers such a statement; nil for all others.
func (l *Lowerer) waits(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.SendStmt:
		l.move(s.Pos())
		ch, val := l.temp(), l.temp()
		return []ast.Stmt{l.define(ch, l.expr(s.Chan)), l.define(val, l.room(s.Chan)),
			&ast.SendStmt{Chan: l.id(val), Arrow: l.at, Value: l.exprTo(s.Value, l.elemOf(s.Chan))},
			l.exprStmt(l.choose(l.id(ch), l.id(val), l.id("true")))}
	case *ast.ExprStmt:
		switch x := ast.Unparen(s.X).(type) {
		case *ast.UnaryExpr:
			if x.Op != token.ARROW {
				return nil
			}
			l.move(s.Pos())
			ch := l.expr(x.X)
			l.move(s.Pos())
			return one(l.exprStmt(l.choose(ch, l.id("false"), l.id("false"))))
		case *ast.CallExpr:
			return l.waitingCall(x)
		}
	case *ast.AssignStmt:
		return l.waitingAssign(s)
	}
	return nil
}

// receive lowers a receive inside an expression, where there is no place for
// statements:
//
//	func() T { c := ch; v := make(chan T, 1); rt.Select(place, false, c, v, false); return <-v }()
func (l *Lowerer) receive(e *ast.UnaryExpr) ast.Expr {
	x, list := l.receiving(e.X, e.OpPos)
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", l.elemOf(e.X))), false)
	return l.call(l.funcLit(l.funcType(sig, nil, nil), append(list, l.ret(x))...))
}

// receiving writes the statements of a receive and what stands for the value.
func (l *Lowerer) receiving(from ast.Expr, at token.Pos) (x ast.Expr, list []ast.Stmt) {
	ch, val := l.temp(), l.temp()
	list = []ast.Stmt{l.define(ch, l.expr(from)), l.define(val, l.room(from))}
	l.move(at)
	list = append(list, l.exprStmt(l.choose(l.id(ch), l.id(val), l.id("false"))))
	return &ast.ParenExpr{Lparen: l.at, X: &ast.UnaryExpr{OpPos: l.at, Op: token.ARROW, X: l.id(val)}, Rparen: l.at}, list
}

// receivedFrom gives the channel of a receive; nil for other expressions.
func receivedFrom(e ast.Expr) ast.Expr {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u.X
	}
	return nil
}

// waitingSum lowers x += <-c and the like, where x is a variable of a basic type.
func (l *Lowerer) waitingSum(s *ast.AssignStmt) []ast.Stmt {
	id, ok := s.Lhs[0].(*ast.Ident)
	if !ok {
		return nil
	}
	if _, basic := l.typeOf(id).(*types.Basic); !basic {
		return nil
	}
	switch s.Tok {
	case token.ADD_ASSIGN, token.SUB_ASSIGN, token.MUL_ASSIGN, token.AND_ASSIGN, token.OR_ASSIGN, token.XOR_ASSIGN:
	default:
		return nil
	}
	x, list := l.receiving(receivedFrom(s.Rhs[0]), s.Pos())
	return append(list, l.assign(s.Tok, []ast.Expr{l.expr(id)}, []ast.Expr{x}))
}

// choose writes a select of one case, here.
func (l *Lowerer) choose(operands ...ast.Expr) *ast.CallExpr {
	args := append(l.place(), l.id("false"))
	return l.call(l.sel(l.id(l.Names.Import(RuntimePath)), SelectFunc), append(args, operands...)...)
}

// waitingAssign lowers v = <-c and v, ok := <-c. What is on the left may not
// have to be evaluated before the receive.
func (l *Lowerer) waitingAssign(s *ast.AssignStmt) []ast.Stmt {
	if len(s.Rhs) != 1 || receivedFrom(s.Rhs[0]) == nil {
		return nil
	}
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		return l.waitingSum(s)
	}
	x, ok := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
	if !ok || x.Op != token.ARROW {
		return nil
	}
	for _, v := range s.Lhs {
		id, ok := v.(*ast.Ident)
		if !ok || s.Tok == token.DEFINE && id.Name != "_" && l.Info.Defs[id] == nil {
			return nil // an operand, or a variable that := only assigns to
		}
	}
	l.move(s.Pos())
	ch, val, chosen, received := l.temp(), l.temp(), l.temp(), l.temp()
	out := []ast.Stmt{l.define(ch, l.expr(x.X)), l.define(val, l.room(x.X))}
	l.move(s.Pos())
	out = append(out, l.assign(token.DEFINE, l.ids(chosen, received), []ast.Expr{l.choose(l.id(ch), l.id(val), l.id("false"))}))
	return append(out, l.take(s, l.elemOf(x.X), val, received)...)
}

// rangeChannel lowers a range loop over a channel.
func (l *Lowerer) rangeChannel(s *ast.RangeStmt) []ast.Stmt {
	ch, val, chosen, received := l.temp(), l.temp(), l.temp(), l.temp()
	from := l.define(ch, l.expr(s.X))
	room := l.define(val, l.room(s.X))
	l.move(s.Pos())
	list := []ast.Stmt{l.guard(), room,
		l.assign(token.DEFINE, l.ids(chosen, received), []ast.Expr{l.choose(l.id(ch), l.id(val), l.id("false"))}),
		l.ifStmt(&ast.UnaryExpr{OpPos: l.at, Op: token.NOT, X: l.id(received)}, &ast.BranchStmt{TokPos: l.at, Tok: token.BREAK})}
	if s.Key != nil {
		list = append(list, l.take(&ast.AssignStmt{Lhs: []ast.Expr{s.Key}, Tok: s.Tok}, l.elemOf(s.X), val, received)...)
	}
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	out := &ast.ForStmt{For: l.at, Body: l.block(append(list, body)...)}
	return []ast.Stmt{from, out}
}

// waitingCall lowers a call, as a statement, of a function that waits: of a lock,
// a wait group, a condition, or for time to pass.
func (l *Lowerer) waitingCall(e *ast.CallExpr) []ast.Stmt {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	fn, ok := l.Info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil {
		return nil
	}
	s := l.Info.Selections[sel]
	switch {
	case fn.Pkg().Path() == "time" && fn.Name() == "Sleep" && s == nil:
		args := l.args(e)
		l.move(e.Pos())
		return one(l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), SleepFunc), append(l.place(), args...)...)))
	case fn.Pkg().Path() == "sync" && s != nil && s.Kind() == types.MethodVal && waitingMethod(fn):
		if _, isParam := types.Unalias(l.Info.TypeOf(sel.X)).(*types.TypeParam); isParam {
			return nil
		}
		x, t := l.path(l.expr(sel.X), l.typeOf(sel.X), s.Index()[:len(s.Index())-1])
		l.move(e.Pos())
		if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
			x = &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.parenOperand(x)}
		}
		how := l.lit(token.STRING, `"`+fn.Name()+`"`)
		return one(l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), WaitFunc), append(l.place(), how, x)...)))
	}
	return nil
}

// waitingMethod tells whether a method of package sync waits for others. The
// method of the interface Locker may be anybody's.
func waitingMethod(fn *types.Func) bool {
	t := types.Unalias(fn.Signature().Recv().Type())
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok {
		return false
	}
	switch n.Obj().Name() + "." + fn.Name() {
	case "Mutex.Lock", "RWMutex.Lock", "RWMutex.RLock", "WaitGroup.Wait", "Cond.Wait":
		return true
	}
	return false
}
