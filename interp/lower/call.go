package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// callExpr lowers a call, a conversion, or a use of a builtin.
func (l *Lowerer) callExpr(e *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(e.Fun)
	tv := l.Info.Types[e.Fun]
	switch {
	case tv.IsType():
		x := l.expr(e.Args[0])
		l.move(e.Pos())
		return &ast.CallExpr{Fun: l.paren(l.typ(tv.Type)), Lparen: l.Map(e.Lparen), Args: []ast.Expr{x}, Rparen: l.Map(e.Rparen)}
	case tv.IsBuiltin():
		return l.builtin(e, fun)
	}
	if sel, ok := fun.(*ast.SelectorExpr); ok {
		if s := l.Info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			return l.methodCall(e, sel, s)
		}
	}
	f := l.callee(e.Fun)
	args := l.args(e)
	l.move(e.Pos())
	return l.withEllipsis(&ast.CallExpr{Fun: f, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}, e)
}

func (l *Lowerer) withEllipsis(out, in *ast.CallExpr) *ast.CallExpr {
	if in.Ellipsis.IsValid() {
		out.Ellipsis = l.Map(in.Ellipsis)
	}
	return out
}

// args lowers the arguments of a call. f(nil...) gets its nil converted, as the
// interpreter cannot spread an untyped one.
func (l *Lowerer) args(e *ast.CallExpr) []ast.Expr {
	out := l.exprs(e.Args)
	if n := len(e.Args); e.Ellipsis.IsValid() && n > 0 && l.Info.Types[e.Args[n-1]].IsNil() {
		if sig, ok := l.typeOf(e.Fun).Underlying().(*types.Signature); ok {
			t := sig.Params().At(sig.Params().Len() - 1).Type()
			out[n-1] = l.call(l.paren(l.typ(t)), out[n-1])
		}
	}
	if !e.Ellipsis.IsValid() {
		for i, a := range e.Args {
			if l.losesError(e, i, a) {
				out[i] = l.call(l.id(ErrorFunc), out[i])
			}
		}
	}
	return out
}

// losesError tells whether an argument is an error of the script's that a
// compiled function takes as an empty interface. Passed as it is, it arrives
// without its methods; as an error it keeps them.
func (l *Lowerer) losesError(e *ast.CallExpr, i int, arg ast.Expr) bool {
	sig, ok := l.typeOf(e.Fun).Underlying().(*types.Signature)
	if !ok || !l.isCompiled(e.Fun) {
		return false
	}
	var pt types.Type
	switch n := sig.Params().Len(); {
	case sig.Variadic() && i >= n-1:
		pt = variadicElem(sig.Params().At(n - 1).Type())
	case i < n:
		pt = sig.Params().At(i).Type()
	}
	it, ok := pt.(*types.Interface)
	if pt == nil || !ok && !isEmptyInterface(pt) || ok && it.NumMethods() > 0 {
		return false
	}
	t := l.typeOf(arg)
	if t == nil || types.IsInterface(t) {
		return false
	}
	isError := func(t types.Type) bool {
		return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && isError(p.Elem()) {
		return false // a pointer to an error, as errors.As takes it
	}
	return isError(t) && l.ofScript(t)
}

func isEmptyInterface(t types.Type) bool {
	it, ok := t.Underlying().(*types.Interface)
	return ok && it.NumMethods() == 0
}

// isCompiled tells whether the function of a call is one of an interpreter
// package.
func (l *Lowerer) isCompiled(fun ast.Expr) bool {
	sel, ok := ast.Unparen(fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := l.Info.Uses[sel.Sel].(*types.Func)
	return ok && fn.Pkg() != nil && !l.Names.IsSource(fn.Pkg())
}

// ofScript tells whether a type, or what it points to, is declared in a source
// package.
func (l *Lowerer) ofScript(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && l.Names.IsSource(n.Obj().Pkg())
}

// spreads tells whether a call's only argument is a call of several results.
func (l *Lowerer) spreads(e *ast.CallExpr) (*types.Tuple, bool) {
	if len(e.Args) != 1 {
		return nil, false
	}
	t, ok := l.typeOf(e.Args[0]).(*types.Tuple)
	return t, ok
}

// methodCall lowers x.M(args). A method of the script becomes a direct call of
// its function; others stay calls through the value, with the way through
// embedded fields written out.
func (l *Lowerer) methodCall(e *ast.CallExpr, sel *ast.SelectorExpr, s *types.Selection) ast.Expr {
	target, recv := l.method(sel, s)
	if target == "" {
		args := l.args(e)
		l.move(e.Pos())
		f := &ast.SelectorExpr{X: recv, Sel: &ast.Ident{NamePos: l.Map(sel.Sel.Pos()), Name: sel.Sel.Name}}
		return l.withEllipsis(&ast.CallExpr{Fun: f, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}, e)
	}
	if tuple, ok := l.spreads(e); ok {
		return l.spreadCall(e, target, recv, tuple)
	}
	args := append([]ast.Expr{recv}, l.args(e)...)
	l.move(e.Pos())
	return l.withEllipsis(&ast.CallExpr{Fun: l.id(target), Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}, e)
}

// spreadCall lowers x.M(f()) where f has several results: the receiver is one
// argument more, and Go spreads only a call that stands alone.
func (l *Lowerer) spreadCall(e *ast.CallExpr, target string, recv ast.Expr, tuple *types.Tuple) ast.Expr {
	names := make([]string, tuple.Len())
	for i := range names {
		names[i] = l.temp()
	}
	r := l.temp()
	bind := l.define(r, recv)
	inner := l.expr(e.Args[0])
	l.move(e.Pos())
	spread := l.assign(token.DEFINE, l.ids(names...), []ast.Expr{inner})
	call := l.call(l.id(target), append(l.ids(r), l.ids(names...)...)...)
	if sig := l.typeOf(e.Fun).Underlying().(*types.Signature); sig.Results().Len() > 0 {
		ft := l.funcType(types.NewSignatureType(nil, nil, nil, nil, sig.Results(), false), nil, nil)
		return l.call(l.funcLit(ft, bind, spread, l.ret(call)))
	}
	return l.call(l.funcLit(&ast.FuncType{Func: l.at, Params: &ast.FieldList{}}, bind, spread, l.exprStmt(call)))
}

// builtin lowers a use of a predeclared function.
func (l *Lowerer) builtin(e *ast.CallExpr, fun ast.Expr) ast.Expr {
	id, ok := fun.(*ast.Ident)
	if !ok { // unsafe.X
		l.fail(e.Pos(), "", "package unsafe is not available to scripts")
	}
	switch id.Name {
	case "recover":
		if from := l.recoverFrom(); from != "" {
			return l.call(l.id(TakeFunc), l.id(from))
		}
	case "panic":
		x := l.expr(e.Args[0])
		l.move(e.Pos())
		return l.raise(x, l.typeOf(e.Args[0]))
	case "min", "max":
		return l.minMax(e, id.Name)
	case "clear":
		return l.clear(e)
	case "new":
		if !l.Info.Types[e.Args[0]].IsType() {
			return l.newOf(e)
		}
	}
	args := l.args(e)
	if id.Name == "append" && !e.Ellipsis.IsValid() {
		if s, ok := l.typeOf(e).Underlying().(*types.Slice); ok {
			for i, a := range e.Args {
				if i > 0 && l.Info.Types[a].IsNil() {
					args[i] = l.call(l.paren(l.typ(s.Elem())), args[i])
				}
			}
		}
	}
	l.move(e.Pos())
	c := &ast.CallExpr{Fun: &ast.Ident{NamePos: l.Map(id.Pos()), Name: id.Name}, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}
	return l.withEllipsis(c, e)
}

// minMax lowers min and max to a closure that compares its arguments. A NaN
// among floats wins, as Go has it.
func (l *Lowerer) minMax(e *ast.CallExpr, name string) ast.Expr {
	t := l.typeOf(e)
	op := token.LSS
	if name == "max" {
		op = token.GTR
	}
	args := l.exprs(e.Args)
	l.move(e.Pos())
	best := l.temp()
	names := make([]string, len(args))
	vars := make([]*types.Var, len(args))
	for i := range args {
		names[i] = l.temp()
		vars[i] = types.NewParam(token.NoPos, nil, names[i], t)
	}
	res := types.NewTuple(types.NewParam(token.NoPos, nil, "", t))
	ft := l.funcType(types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), res, false), names, nil)
	body := []ast.Stmt{l.define(best, l.id(names[0]))}
	basic, _ := t.Underlying().(*types.Basic)
	for _, n := range names[1:] {
		var cond ast.Expr = &ast.BinaryExpr{X: l.id(n), OpPos: l.at, Op: op, Y: l.id(best)}
		if basic != nil && basic.Info()&types.IsFloat != 0 {
			nan := &ast.BinaryExpr{X: l.id(n), OpPos: l.at, Op: token.NEQ, Y: l.id(n)}
			cond = &ast.BinaryExpr{X: cond, OpPos: l.at, Op: token.LOR, Y: nan}
		}
		body = append(body, l.ifStmt(cond, l.assign(token.ASSIGN, l.ids(best), l.ids(n))))
	}
	body = append(body, l.ret(l.id(best)))
	return l.call(l.funcLit(ft, body...), args...)
}

// clear lowers clear(x) to the loop that does it.
func (l *Lowerer) clear(e *ast.CallExpr) ast.Expr {
	t := l.typeOf(e.Args[0])
	x := l.expr(e.Args[0])
	l.move(e.Pos())
	p, k := l.temp(), l.temp()
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, p, t)), nil, false)
	var do ast.Stmt
	if _, isMap := t.Underlying().(*types.Map); isMap {
		do = l.exprStmt(l.call(l.id("delete"), l.ids(p, k)...))
	} else {
		elem := t.Underlying().(*types.Slice).Elem()
		zero := &ast.StarExpr{Star: l.at, X: l.call(l.id("new"), l.typ(elem))}
		do = l.assign(token.ASSIGN, []ast.Expr{&ast.IndexExpr{X: l.id(p), Lbrack: l.at, Index: l.id(k), Rbrack: l.at}}, []ast.Expr{zero})
	}
	loop := &ast.RangeStmt{For: l.at, Key: l.id(k), TokPos: l.at, Tok: token.DEFINE, Range: l.at, X: l.id(p), Body: l.block(do)}
	return l.call(l.funcLit(l.funcType(sig, []string{p}, nil), loop), x)
}

// newOf lowers new(expression).
func (l *Lowerer) newOf(e *ast.CallExpr) ast.Expr {
	t := l.typeOf(e).(*types.Pointer)
	x := l.expr(e.Args[0])
	l.move(e.Pos())
	p := l.temp()
	sig := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(token.NoPos, nil, p, t.Elem())),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	return l.call(l.funcLit(l.funcType(sig, []string{p}, nil),
		l.ret(&ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.id(p)})), x)
}
