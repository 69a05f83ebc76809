package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// callExpr lowers a call, a conversion, or a use of a builtin.
func (l *Lowerer) callExpr(e *ast.CallExpr) ast.Expr {
	fun := ast.Unparen(e.Fun)
	tv := l.Info.Types[e.Fun]
	switch {
	case tv.IsType():
		if to := l.subst(tv.Type); types.IsInterface(to) {
			return l.explicit(e, to)
		}
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
	if tuple, ok := l.spreads(e); ok && l.spreadNeedsAdapting(e, tuple) {
		return l.spreadCall(e, f, nil, tuple)
	}
	return l.applied(e, f)
}

// applied writes the call of a lowered function, with what leads goes before
// the arguments as they were written.
//
// The interpreter takes an argument that is a slice of the variadic parameter's
// elements for all of them, which it is not where the elements are such slices.
func (l *Lowerer) applied(e *ast.CallExpr, f ast.Expr, lead ...ast.Expr) *ast.CallExpr {
	args := append(lead, l.args(e)...)
	l.move(e.Pos())
	out := l.withEllipsis(&ast.CallExpr{Fun: f, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}, e)
	sig, ok := l.typeOf(e.Fun).Underlying().(*types.Signature)
	if _, spread := l.spreads(e); !ok || spread || !sig.Variadic() || e.Ellipsis.IsValid() {
		return out
	}
	fixed := len(lead) + sig.Params().Len() - 1
	rest := l.subst(sig.Params().At(sig.Params().Len() - 1).Type())
	for _, a := range e.Args[sig.Params().Len()-1:] {
		if types.Identical(l.typeOf(a).Underlying(), rest.Underlying()) {
			list := &ast.CompositeLit{Type: l.typ(rest), Lbrace: l.at, Elts: slices.Clone(out.Args[fixed:]), Rbrace: l.at}
			out.Args, out.Ellipsis = append(out.Args[:fixed:fixed], list), l.at
			break
		}
	}
	return out
}

// explicit lowers the conversion I(x) to an interface type.
func (l *Lowerer) explicit(e *ast.CallExpr, to types.Type) ast.Expr {
	arg := e.Args[0]
	x := l.expr(arg)
	l.move(e.Pos())
	from := l.typeOf(arg)
	if b, ok := from.(*types.Basic); ok {
		if b.Kind() == types.UntypedNil {
			return l.call(l.paren(l.typ(to)), x)
		}
		from = types.Default(from)
		if l.Info.Types[arg].Value != nil {
			x = l.typedConstant(x, from)
		}
	}
	return l.asInterface(x, from, to)
}

func (l *Lowerer) withEllipsis(out, in *ast.CallExpr) *ast.CallExpr {
	if in.Ellipsis.IsValid() {
		out.Ellipsis = l.Map(in.Ellipsis)
	}
	return out
}

// args lowers the arguments of a call, converted to what the parameters are.
// The interpreter cannot spread an untyped nil, and takes a slice of a named
// type for one element.
func (l *Lowerer) args(e *ast.CallExpr) []ast.Expr {
	sig, ok := l.typeOf(e.Fun).Underlying().(*types.Signature)
	if !ok {
		return l.exprs(e.Args)
	}
	if _, spread := l.spreads(e); spread {
		return l.exprs(e.Args)
	}
	callee := l.compiledCallee(e.Fun)
	out := make([]ast.Expr, len(e.Args))
	for i := range e.Args {
		out[i] = l.argument(e, i, sig, callee)
	}
	if n := len(e.Args); e.Ellipsis.IsValid() && n > 0 {
		rest := l.subst(sig.Params().At(sig.Params().Len() - 1).Type())
		last := l.typeOf(e.Args[n-1])
		if l.Info.Types[e.Args[n-1]].IsNil() || callee == nil && !types.Identical(last, rest) && !untyped(last) && isSlice(last) {
			out[n-1] = l.call(l.paren(l.typ(rest)), out[n-1])
		}
	}
	return out
}

func isSlice(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// spreadNeedsAdapting tells whether a call f(g()) changes what g gives on the way.
func (l *Lowerer) spreadNeedsAdapting(e *ast.CallExpr, tuple *types.Tuple) bool {
	sig, ok := l.typeOf(e.Fun).Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for i := range tuple.Len() {
		if l.needsAdapting(tuple.At(i).Type(), paramType(sig, i, false)) {
			return true
		}
	}
	return false
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
// its function, one of an interface of the script's a call through the method
// table; others stay calls through the value, with the way through embedded
// fields written out.
func (l *Lowerer) methodCall(e *ast.CallExpr, sel *ast.SelectorExpr, s *types.Selection) ast.Expr {
	target, recv := l.method(sel, s)
	tuple, spread := l.spreads(e)
	if target == "" {
		if host, ok := hostMethods[s.Obj().(*types.Func).FullName()]; ok && !spread {
			return l.rt(host, append([]ast.Expr{recv}, l.args(e)...)...)
		}
		f := &ast.SelectorExpr{X: recv, Sel: &ast.Ident{NamePos: l.Map(sel.Sel.Pos()), Name: sel.Sel.Name}}
		if spread && l.spreadNeedsAdapting(e, tuple) {
			return l.spreadCall(e, f, nil, tuple)
		}
		return l.applied(e, f)
	}
	if spread {
		return l.spreadCall(e, l.id(target), recv, tuple)
	}
	return l.applied(e, l.id(target), recv)
}

// spreadCall lowers f(g()) where g has several results, and either they have to
// be converted, or a receiver is one argument more: Go spreads only a call that
// stands alone.
func (l *Lowerer) spreadCall(e *ast.CallExpr, fun, recv ast.Expr, tuple *types.Tuple) ast.Expr {
	names := l.temps(tuple.Len())
	var list []ast.Stmt
	var args []ast.Expr
	if recv != nil {
		r := l.temp()
		list = append(list, l.define(r, recv))
		args = l.ids(r)
	}
	inner := l.expr(e.Args[0])
	l.move(e.Pos())
	list = append(list, l.assign(token.DEFINE, l.ids(names...), []ast.Expr{inner}))
	sig := l.typeOf(e.Fun).Underlying().(*types.Signature)
	callee := l.compiledCallee(e.Fun)
	for i, name := range names {
		from, to := l.subst(tuple.At(i).Type()), l.subst(paramType(sig, i, false))
		x := l.convert(l.id(name), from, to)
		if callee != nil && l.isAny(to) {
			x = l.passedAs(x, l.id(name), from, callee)
		}
		args = append(args, x)
	}
	call := l.call(fun, args...)
	if sig.Results().Len() > 0 {
		ft := l.funcType(types.NewSignatureType(nil, nil, nil, nil, sig.Results(), false), nil, nil)
		return l.call(l.funcLit(ft, append(list, l.ret(call))...))
	}
	return l.call(l.funcLit(l.plainFunc(), append(list, l.exprStmt(call))...))
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
		x := l.exprTo(e.Args[0], emptyInterface)
		l.move(e.Pos())
		return l.rt(PanicFunc, x)
	case "len", "cap":
		t := l.typeOf(e.Args[0])
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if a, ok := coreType(t).(*types.Array); ok {
			x := l.expr(e.Args[0])
			l.move(e.Pos())
			return l.sized(e.Args[0], x, a.Len(), func(n ast.Expr) (ast.Expr, types.Type) { return n, types.Typ[types.Int] })
		}
	case "print", "println":
		return l.print(e, id.Name == "println")
	case "min", "max":
		return l.minMax(e, id.Name)
	case "clear":
		return l.clear(e)
	case "new":
		if !l.Info.Types[e.Args[0]].IsType() {
			return l.newOf(e)
		}
	}
	if tuple, ok := l.spreads(e); ok {
		return l.spreadBuiltin(e, id.Name, tuple)
	}
	args := l.exprs(e.Args)
	if c, ok := coreType(l.typeOf(e)).(*types.Chan); ok && id.Name == "make" && c.Dir() != types.SendRecv {
		args[0] = l.typ(types.NewChan(types.SendRecv, c.Elem()))
		return l.call(l.paren(l.typ(l.typeOf(e))), l.call(l.id("make"), args...))
	}
	if n := len(e.Args); e.Ellipsis.IsValid() && l.Info.Types[e.Args[n-1]].IsNil() {
		args[n-1] = l.call(l.paren(l.typ(l.typeOf(e))), args[n-1])
	}
	switch {
	case id.Name == "append" && !e.Ellipsis.IsValid():
		if s, ok := l.typeOf(e).Underlying().(*types.Slice); ok {
			for i, a := range e.Args {
				if i > 0 {
					args[i] = l.element(args[i], a, s.Elem())
					if len(args) > 2 && l.isPlace(a) {
						args[i] = l.valueOf(args[i], s.Elem())
					}
				}
			}
			if len(args) == 2 && types.Identical(coreType(l.typeOf(e.Args[1])), s) {
				// The interpreter would take an element of the slice's own type for
				// more elements.
				l.move(e.Pos())
				c := l.call(l.id("append"), args[0], &ast.CompositeLit{Type: l.typ(s), Lbrace: l.at, Elts: args[1:], Rbrace: l.at})
				c.Ellipsis = l.at
				return c
			}
		}
	case id.Name == "delete":
		args[1] = l.key(args[1], e.Args[1], keyType(l.typeOf(e.Args[0])))
	}
	l.move(e.Pos())
	c := &ast.CallExpr{Fun: &ast.Ident{NamePos: l.Map(id.Pos()), Name: id.Name}, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}
	return l.withEllipsis(c, e)
}

// spreadBuiltin lowers a use of a predeclared function whose operands are the
// results of one call.
func (l *Lowerer) spreadBuiltin(e *ast.CallExpr, name string, tuple *types.Tuple) ast.Expr {
	names := l.temps(tuple.Len())
	inner := l.expr(e.Args[0])
	l.move(e.Pos())
	args := l.ids(names...)
	for i := range args {
		from, to := l.subst(tuple.At(i).Type()), types.Type(nil)
		switch {
		case name == "append" && i > 0:
			to = valueType(l.typeOf(e))
		case name == "delete" && i == 1:
			to = keyType(l.subst(tuple.At(0).Type()))
		}
		if to != nil {
			args[i] = l.convert(args[i], from, l.subst(to))
		}
	}
	bind := l.assign(token.DEFINE, l.ids(names...), []ast.Expr{inner})
	call := l.call(l.id(name), args...)
	t := l.typeOf(e)
	if tuple, none := t.(*types.Tuple); t == nil || none && tuple.Len() == 0 {
		return l.call(l.funcLit(l.plainFunc(), bind, l.exprStmt(call)))
	}
	results := types.NewTuple(types.NewParam(token.NoPos, nil, "", t))
	ft := l.funcType(types.NewSignatureType(nil, nil, nil, nil, results, false), nil, nil)
	return l.call(l.funcLit(ft, bind, l.ret(call)))
}

// isPlace tells whether an expression is a part of a variable, which may change
// between its evaluation and its use.
func (l *Lowerer) isPlace(e ast.Expr) bool {
	switch ast.Unparen(e).(type) {
	case *ast.IndexExpr, *ast.SelectorExpr, *ast.StarExpr:
		return l.Info.Types[e].Value == nil
	}
	return false
}

// valueOf writes the value of a place, of type t, as it is now.
func (l *Lowerer) valueOf(x ast.Expr, t types.Type) ast.Expr {
	p := l.temp()
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, p, t)),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	return l.call(l.funcLit(l.funcType(sig, []string{p}, nil), l.ret(l.id(p))), x)
}

// element adapts an operand that is appended. The interpreter finds no type for
// a nil there.
func (l *Lowerer) element(x, e ast.Expr, to types.Type) ast.Expr {
	if l.Info.Types[e].IsNil() {
		return l.call(l.paren(l.typ(to)), x)
	}
	return l.adapt(x, e, to)
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

// clear lowers clear(x): the host does it, as keys that are not equal to
// themselves can be reached in no other way.
func (l *Lowerer) clear(e *ast.CallExpr) ast.Expr {
	x := l.expr(e.Args[0])
	l.move(e.Pos())
	return l.rt(ClearFunc, x)
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
