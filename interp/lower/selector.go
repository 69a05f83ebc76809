package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// selector lowers x.f where it is not the function of a call.
func (l *Lowerer) selector(e *ast.SelectorExpr) ast.Expr {
	s := l.Info.Selections[e]
	if s == nil {
		return l.qualified(e)
	}
	switch s.Kind() {
	case types.FieldVal:
		x := l.expr(e.X)
		x, _ = l.path(x, l.typeOf(e.X), s.Index())
		l.move(e.Pos())
		return x
	case types.MethodVal:
		return l.methodValue(e, s)
	default:
		return l.methodExpr(e, s)
	}
}

// qualified lowers pkg.Name.
func (l *Lowerer) qualified(e *ast.SelectorExpr) ast.Expr {
	obj := l.Info.Uses[e.Sel]
	if obj == nil || obj.Pkg() == nil {
		l.fail(e.Pos(), "", "cannot tell what %s means", e.Sel.Name)
	}
	if l.Names.IsSource(obj.Pkg()) {
		if inst, ok := l.Info.Instances[e.Sel]; ok {
			if f, isFunc := obj.(*types.Func); isFunc {
				return l.id(l.Names.Instance(f.Origin(), l.substAll(inst.TypeArgs)))
			}
		}
		return l.id(l.Names.Object(obj))
	}
	x := l.id(l.Names.Import(obj.Pkg().Path()))
	out := &ast.SelectorExpr{X: x, Sel: &ast.Ident{NamePos: l.Map(e.Sel.Pos()), Name: e.Sel.Name}}
	if v, isVar := obj.(*types.Var); isVar {
		if _, basic := v.Type().Underlying().(*types.Basic); basic {
			// The interpreter takes a variable of a basic type for a constant:
			// it computes with what it held before the script ran, and refuses
			// to assign to it. Behind its address it is a variable.
			l.move(e.Pos())
			return l.paren(&ast.StarExpr{Star: l.at, X: l.paren(&ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: out})})
		}
	}
	return out
}

// isQualified tells whether an expression is pkg.Name.
func (l *Lowerer) isQualified(x ast.Expr) bool {
	sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
	return ok && l.Info.Selections[sel] == nil
}

// path writes the selection of a (possibly promoted) field step by step and
// gives the type it ends in.
func (l *Lowerer) path(x ast.Expr, t types.Type, index []int) (ast.Expr, types.Type) {
	for _, i := range index {
		u := t.Underlying()
		if p, ok := u.(*types.Pointer); ok {
			u = p.Elem().Underlying()
		}
		st := u.(*types.Struct)
		if f := st.Field(i); f.Exported() || f.Pkg() == nil || l.Names.IsSource(f.Pkg()) {
			x = &ast.SelectorExpr{X: x, Sel: l.id(fieldName(st, i))}
		} // else what it promotes is found on the compiled struct itself
		t = l.subst(st.Field(i).Type())
	}
	return x, t
}

// method finds out what x.M calls. For a method declared in a source package it
// gives the name of its function and the receiver to pass; otherwise no name
// and the value to select M on.
func (l *Lowerer) method(sel *ast.SelectorExpr, s *types.Selection) (target string, recv ast.Expr) {
	x := l.expr(sel.X)
	t := l.typeOf(sel.X)
	fn, index := l.selected(s)
	x, t = l.path(x, t, index[:len(index)-1])
	l.move(sel.Pos())
	if l.isAny(t) {
		return l.dispatcher(t, fn), x
	}
	target, ptr := l.methodFunc(fn, t)
	if target == "" {
		return "", x
	}
	_, isPtr := t.Underlying().(*types.Pointer)
	switch {
	case ptr && !isPtr:
		x = &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.parenOperand(x)}
	case !ptr && isPtr:
		x = &ast.StarExpr{Star: l.at, X: x}
	}
	return target, x
}

// selected is the method that a selection means, and the way to it. In an
// instance a method of a type parameter is one of its argument.
func (l *Lowerer) selected(s *types.Selection) (*types.Func, []int) {
	fn := s.Obj().(*types.Func)
	recv := types.Unalias(s.Recv())
	pointer := false
	if p, ok := recv.(*types.Pointer); ok {
		recv, pointer = types.Unalias(p.Elem()), true
	}
	if _, isParam := recv.(*types.TypeParam); !isParam {
		return fn, s.Index()
	}
	t := l.subst(recv)
	if pointer {
		t = types.NewPointer(t)
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, fn.Pkg(), fn.Name())
	m, ok := obj.(*types.Func)
	if !ok {
		l.fail(l.src, "", "no method %s on %s", fn.Name(), t)
	}
	return m, index
}

func (l *Lowerer) parenOperand(x ast.Expr) ast.Expr {
	if _, ok := x.(*ast.StarExpr); ok {
		return &ast.ParenExpr{Lparen: l.at, X: x, Rparen: l.at}
	}
	return x
}

// methodFunc names the function of a method that a source package declares on a
// concrete type and says whether its receiver is a pointer. recv is the type it
// is selected on.
func (l *Lowerer) methodFunc(fn *types.Func, recv types.Type) (name string, ptr bool) {
	if fn.Pkg() == nil || !l.Names.IsSource(fn.Pkg()) {
		return "", false
	}
	rt := types.Unalias(fn.Signature().Recv().Type())
	p, ptr := rt.(*types.Pointer)
	if ptr {
		rt = types.Unalias(p.Elem())
	}
	named, ok := rt.(*types.Named)
	if !ok || types.IsInterface(named) {
		return "", false
	}
	if named.TypeParams().Len() == 0 {
		return l.Names.Method(fn), ptr
	}
	if p, ok := types.Unalias(recv).(*types.Pointer); ok {
		recv = p.Elem()
	}
	at, ok := types.Unalias(l.subst(recv)).(*types.Named)
	if !ok {
		return "", false
	}
	return l.Names.MethodInstance(fn.Origin(), l.substAll(at.TypeArgs())), ptr
}

// methodValue lowers x.M used as a value: the receiver is evaluated and copied
// now, the method's function is called with it later.
func (l *Lowerer) methodValue(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	target, recv := l.method(e, s)
	if rt := l.receiverType(s); l.isAny(rt) {
		l.move(e.Pos())
		recv = l.rt(BoundFunc, recv) // a nil interface fails now, not when it is called
	}
	sig := l.typeOf(e).Underlying().(*types.Signature)
	if target == "" && (types.IsInterface(s.Recv()) || types.IsInterface(l.typeOf(e.X))) {
		return &ast.SelectorExpr{X: recv, Sel: &ast.Ident{NamePos: l.Map(e.Sel.Pos()), Name: e.Sel.Name}}
	}
	rt := l.receiverType(s)
	if !l.canWrite(sig) || !l.canWrite(rt) {
		return &ast.SelectorExpr{X: l.expr(e.X), Sel: l.id(e.Sel.Name)}
	}
	if target == "" { // a method of a compiled type: the interpreter takes it for one with a receiver
		return l.compiledMethod(e, s, recv, sig, rt)
	}
	return l.call(l.id(l.binder(target, rt, sig)), recv)
}

// binder names the function that makes method values of a method's function:
//
//	func name(r T) func(A) R {
//		f := func(a A) R { return target(r, a) }
//		return rt.Bind(key, r, f).(func(A) R)
//	}
func (l *Lowerer) binder(target string, recv types.Type, sig *types.Signature) string {
	write := func(name, key string) ast.Decl {
		l.at = l.Hidden // a trace leaves out what only hands on
		r, f := l.temp(), l.temp()
		inner := l.forward(sig, func(args []ast.Expr) ast.Expr {
			return l.call(l.id(target), append(l.ids(r), args...)...)
		})
		outer := types.NewSignatureType(nil, nil, nil,
			types.NewTuple(types.NewParam(token.NoPos, nil, r, recv)),
			types.NewTuple(types.NewParam(token.NoPos, nil, "", sig)), false)
		noted := l.call(l.sel(l.id(l.Names.Import(RuntimePath)), BindFunc), l.lit(token.STRING, strconv.Quote(key)), l.id(r), l.id(f))
		return &ast.FuncDecl{Name: l.id(name), Type: l.funcType(outer, []string{r}, nil), Body: l.block(
			l.define(f, inner),
			l.ret(&ast.TypeAssertExpr{X: noted, Lparen: l.at, Type: l.paren(l.funcType(sig, nil, nil)), Rparen: l.at}))}
	}
	return l.Names.Binder(target, write)
}

// MethodBinder names the function that makes method values of a method, whose
// function is target.
func (l *Lowerer) MethodBinder(fn *types.Func, inst Instance, target string) {
	l.begin(fn.Pos(), inst)
	sig := l.subst(fn.Signature()).(*types.Signature)
	l.binder(target, l.receiver(fn), types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
}

// compiledMethod lowers x.M where a compiled type declares M.
func (l *Lowerer) compiledMethod(e *ast.SelectorExpr, s *types.Selection, recv ast.Expr, sig *types.Signature, rt types.Type) ast.Expr {
	l.at = l.Hidden
	_, index := l.selected(s)
	if _, isPtr := coreType(rt).(*types.Pointer); isPtr {
		if _, isVar := l.through(l.typeOf(e.X), index).Underlying().(*types.Pointer); !isVar {
			recv = &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.parenOperand(recv)}
		}
	}
	r := l.temp()
	inner := l.forward(sig, func(args []ast.Expr) ast.Expr { return l.call(l.sel(l.id(r), e.Sel.Name), args...) })
	outer := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(token.NoPos, nil, r, rt)),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", sig)), false)
	if _, isPtr := coreType(rt).(*types.Pointer); !isPtr {
		if p, isVar := l.through(l.typeOf(e.X), index).Underlying().(*types.Pointer); isVar && !types.IsInterface(p.Elem()) {
			recv = &ast.StarExpr{Star: l.at, X: recv}
		}
	}
	return l.call(l.funcLit(l.funcType(outer, []string{r}, nil), l.ret(inner)), recv)
}

// through is the type of what a method is selected on, behind embedded fields.
func (l *Lowerer) through(t types.Type, index []int) types.Type {
	for _, i := range index[:len(index)-1] {
		u := t.Underlying()
		if p, ok := u.(*types.Pointer); ok {
			u = p.Elem().Underlying()
		}
		t = l.subst(u.(*types.Struct).Field(i).Type())
	}
	return t
}

// receiverType is the type of the receiver that a selected method takes.
func (l *Lowerer) receiverType(s *types.Selection) types.Type {
	fn, index := l.selected(s)
	t := l.through(l.subst(s.Recv()), index)
	_, isPtr := t.Underlying().(*types.Pointer)
	_, ptr := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	switch {
	case ptr && !isPtr:
		return types.NewPointer(t)
	case !ptr && isPtr:
		return t.Underlying().(*types.Pointer).Elem()
	}
	return t
}

// methodExpr lowers T.M: a function whose first parameter is the receiver.
func (l *Lowerer) methodExpr(e *ast.SelectorExpr, s *types.Selection) ast.Expr {
	sig := l.typeOf(e).Underlying().(*types.Signature)
	recv := l.subst(s.Recv())
	l.move(e.Pos())
	fn, index := l.selected(s)
	if len(index) == 1 && !types.IsInterface(recv) {
		if target, ptr := l.methodFunc(fn, recv); target != "" {
			if _, isPtr := recv.Underlying().(*types.Pointer); isPtr == ptr {
				return l.id(target)
			}
		}
	}
	l.at = l.Hidden
	return l.forward(sig, func(args []ast.Expr) ast.Expr {
		return l.invoke(args[0], recv, index, fn, args[1:])
	})
}

// forward writes a closure of the given signature that returns what the call
// made of its parameters returns.
func (l *Lowerer) forward(sig *types.Signature, call func(args []ast.Expr) ast.Expr) ast.Expr {
	names := make([]string, sig.Params().Len())
	for i := range names {
		names[i] = l.temp()
	}
	ft := l.funcType(sig, names, nil)
	return l.funcLit(ft, l.tail(sig, call(l.ids(names...))))
}

// tail writes the statement that calls on behalf of a function with sig and
// passes its variadic parameter on.
func (l *Lowerer) tail(sig *types.Signature, call ast.Expr) ast.Stmt {
	if c, ok := call.(*ast.CallExpr); ok && sig.Variadic() {
		c.Ellipsis = l.at
	}
	if sig.Results().Len() == 0 {
		return l.exprStmt(call)
	}
	return l.ret(call)
}
