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
