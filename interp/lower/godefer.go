package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// goStmt lowers a go statement. The function and its arguments are evaluated
// now, as Go has it, and the goroutine gets a guard: a panic that reaches its
// top is reported and ends this goroutine alone.
func (l *Lowerer) goStmt(s *ast.GoStmt) []ast.Stmt {
	pre, call := l.later(s.Call)
	l.move(s.Pos())
	r := l.temp()
	crash := l.call(l.sel(l.id(l.Names.Import(RuntimePath)), CrashFunc), l.id(r))
	// The guard uses the interpreter's own defer: nothing that it calls was made
	// in the frame it runs for, see defers.go.
	guard := l.funcLit(l.plainFunc(),
		&ast.IfStmt{If: l.at, Init: l.define(r, l.call(l.id("recover"))),
			Cond: &ast.BinaryExpr{X: l.id(r), OpPos: l.at, Op: token.NEQ, Y: l.id("nil")},
			Body: l.block(l.exprStmt(crash))})
	body := l.funcLit(l.plainFunc(),
		&ast.DeferStmt{Defer: l.at, Call: l.call(guard)},
		l.exprStmt(call))
	f := l.apartFromFrame(body)
	if f != ast.Expr(body) {
		t := l.temp()
		pre = append(pre, l.define(t, f))
		f = l.id(t)
	}
	return l.scoped(pre, &ast.GoStmt{Go: l.at, Call: l.call(f)})
}

func (l *Lowerer) plainFunc() *ast.FuncType {
	return &ast.FuncType{Func: l.at, Params: &ast.FieldList{Opening: l.at, Closing: l.at}}
}

// scoped keeps temporaries in a block of their own.
func (l *Lowerer) scoped(pre []ast.Stmt, s ast.Stmt) []ast.Stmt {
	if len(pre) == 0 {
		return one(s)
	}
	return one(l.block(append(pre, s)...))
}

// later lowers a call that happens later than its operands are evaluated:
// statements that evaluate them now, and the call on what they gave.
func (l *Lowerer) later(e *ast.CallExpr) (pre []ast.Stmt, call *ast.CallExpr) {
	lowered := l.callExpr(e)
	call, ok := lowered.(*ast.CallExpr)
	if !ok {
		l.fail(e.Pos(), "", "this call cannot be deferred")
	}
	l.move(e.Pos())
	_, spread := l.spreads(e)
	if inner, isLit := call.Fun.(*ast.FuncLit); spread && isLit && len(call.Args) == 0 {
		pre, call = spreadParts(inner)
		pre = append(l.holdSpread(e, call), pre...)
		if _, viaTable := call.Fun.(*ast.Ident); viaTable && l.callsInterface(e) {
			pre = append(pre, l.exprStmt(l.rt(BoundFunc, call.Args[0])))
		}
		return pre, call
	}
	if _, isLit := call.Fun.(*ast.FuncLit); !isLit && l.isValue(e.Fun) {
		f := l.temp()
		pre = append(pre, l.define(f, call.Fun))
		call.Fun = l.id(f)
	}
	pre = append(pre, l.holdReceiver(e, call)...)
	if spread {
		tuple := l.typeOf(e.Args[0]).(*types.Tuple)
		last := len(call.Args) - 1
		names := make([]string, tuple.Len())
		for i := range names {
			names[i] = l.temp()
		}
		pre = append(pre, l.assign(token.DEFINE, l.ids(names...), call.Args[last:]))
		call.Args = append(call.Args[:last:last], l.ids(names...)...)
		return pre, call
	}
	// A receiver passed as first argument comes before the written ones.
	lead := len(call.Args) - len(e.Args)
	for i, a := range call.Args {
		if lead >= 0 && i >= lead {
			tv := l.Info.Types[e.Args[i-lead]]
			if tv.Value != nil || tv.IsNil() || tv.IsType() {
				continue
			}
		}
		if _, isFunc := a.(*ast.FuncLit); isFunc {
			continue
		}
		t := l.temp()
		pre = append(pre, l.define(t, a))
		call.Args[i] = l.id(t)
		if i < lead && l.callsInterface(e) {
			// A nil interface fails now, not when its method is called.
			pre = append(pre, l.exprStmt(l.rt(BoundFunc, l.id(t))))
		}
	}
	return pre, call
}

// spreadParts takes apart the closure that spreadCall or spreadBuiltin writes:
// what evaluates the operands, and the call of what they gave.
func spreadParts(lit *ast.FuncLit) (pre []ast.Stmt, call *ast.CallExpr) {
	list := lit.Body.List
	last := len(list) - 1
	if ret, ok := list[last].(*ast.ReturnStmt); ok {
		return list[:last], ret.Results[0].(*ast.CallExpr)
	}
	return list[:last], list[last].(*ast.ExprStmt).X.(*ast.CallExpr)
}

// holdSpread evaluates the function of such a call, or what its method is called
// on, where that is a value.
func (l *Lowerer) holdSpread(e, call *ast.CallExpr) []ast.Stmt {
	if _, isLit := call.Fun.(*ast.FuncLit); !isLit && l.isValue(e.Fun) {
		f := l.temp()
		hold := l.define(f, call.Fun)
		call.Fun = l.id(f)
		return one(hold)
	}
	return l.holdReceiver(e, call)
}

// holdReceiver evaluates what a method of a compiled type is called on.
func (l *Lowerer) holdReceiver(e, call *ast.CallExpr) []ast.Stmt {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	s := l.Info.Selections[sel]
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if s == nil || s.Kind() != types.MethodVal || !ok {
		return nil
	}
	t := l.through(l.typeOf(sel.X), s.Index())
	recv := fun.X
	_, isPtr := coreType(t).(*types.Pointer)
	_, wantsPtr := types.Unalias(s.Obj().(*types.Func).Signature().Recv().Type()).(*types.Pointer)
	if wantsPtr && !isPtr && !types.IsInterface(t) {
		recv = &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.parenOperand(recv)}
	}
	name := l.temp()
	fun.X = l.id(name)
	pre := one(l.define(name, recv))
	if types.IsInterface(t) {
		pre = append(pre, l.exprStmt(l.rt(BoundFunc, l.id(name))))
	}
	return pre
}

// callsInterface tells whether a call is one of an interface's method.
func (l *Lowerer) callsInterface(e *ast.CallExpr) bool {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := l.Info.Selections[sel]
	return s != nil && s.Kind() == types.MethodVal && types.IsInterface(l.through(l.typeOf(sel.X), s.Index()))
}

// isValue tells whether the function of a call is a value that may be another
// one later: a variable, field, element or result, not a declared function.
func (l *Lowerer) isValue(fun ast.Expr) bool {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		_, isVar := l.objectOf(f).(*types.Var)
		return isVar
	case *ast.SelectorExpr:
		if s := l.Info.Selections[f]; s != nil {
			return s.Kind() == types.FieldVal
		}
		_, isVar := l.Info.Uses[f.Sel].(*types.Var)
		return isVar
	case *ast.IndexExpr:
		return !l.isGenericFunc(f.X)
	case *ast.IndexListExpr:
		return false
	case *ast.CallExpr:
		return true
	}
	return false
}
