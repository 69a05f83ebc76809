package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

func quoted(s string) string { return strconv.Quote(s) }

// Entry writes a function of a type's method table: it takes the value as an
// interface holds it and the method's arguments, and calls the method that sel
// selects on the type, through embedded fields if need be.
//
//	func name(v rt.Any, a A) R { x := v.(T); return T__m_M(&x.Embedded, a) }
func (l *Lowerer) Entry(name string, sel *types.Selection) (d ast.Decl, err error) {
	defer catch(&err)
	l.begin(sel.Obj().Pos(), nil)
	l.at = l.Hidden
	recv := sel.Recv()
	fn := sel.Obj().(*types.Func)
	sig := sel.Type().(*types.Signature)
	names := l.temps(sig.Params().Len())
	v, x := l.temp(), l.temp()
	call := l.invoke(l.id(x), recv, sel.Index(), fn, l.ids(names...))
	ft := l.withReceiver(l.funcType(sig, names, nil), v)
	return &ast.FuncDecl{Name: l.id(name), Type: ft,
		Body: l.block(l.define(x, l.opened(l.id(v), recv)), l.tail(sig, call))}, nil
}

// EntryValue writes a function of a method table as the value that the table
// holds.
func (l *Lowerer) EntryValue(name string, sig *types.Signature) (x ast.Expr, err error) {
	defer catch(&err)
	l.at = l.Hidden
	if l.Values == nil {
		l.Values = map[string]bool{}
	}
	l.Values[name] = true
	return l.call(l.paren(l.withReceiver(l.funcType(sig, nil, nil), "")), l.id(name)), nil
}

// Dispatcher writes the function that calls a method through an interface.
//
//	func name(x rt.Any, a A) R { f, v := rt.Find(x, "M"); return f.(func(rt.Any, A) R)(v, a) }
func (l *Lowerer) Dispatcher(name, id string, sig *types.Signature) (d ast.Decl, err error) {
	defer catch(&err)
	l.begin(token.NoPos, nil)
	l.at = l.Hidden
	names := l.temps(sig.Params().Len())
	x, f, v, g := l.temp(), l.temp(), l.temp(), l.temp()
	find := l.assign(token.DEFINE, l.ids(f, v), []ast.Expr{l.rt(FindFunc, l.id(x), l.lit(token.STRING, quoted(id)))})
	typ := l.withReceiver(l.funcType(sig, nil, nil), "")
	bind := l.define(g, &ast.TypeAssertExpr{X: l.id(f), Lparen: l.at, Type: typ, Rparen: l.at})
	call := l.call(l.id(g), append(l.ids(v), l.ids(names...)...)...)
	ft := l.withReceiver(l.funcType(sig, names, nil), x)
	return &ast.FuncDecl{Name: l.id(name), Type: ft, Body: l.block(find, bind, l.tail(sig, call))}, nil
}

func (l *Lowerer) temps(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = l.temp()
	}
	return names
}

// withReceiver puts a parameter for an interface value before the others.
func (l *Lowerer) withReceiver(ft *ast.FuncType, name string) *ast.FuncType {
	f := &ast.Field{Type: l.anyType()}
	if name != "" {
		f.Names = []*ast.Ident{l.id(name)}
	}
	ft.Params.List = append([]*ast.Field{f}, ft.Params.List...)
	return ft
}

// invoke writes the call of a method that is found on a value of type t by
// index, the last element of which stands for the method itself. x must be
// addressable where the method needs its address.
func (l *Lowerer) invoke(x ast.Expr, t types.Type, index []int, fn *types.Func, args []ast.Expr) ast.Expr {
	x, t = l.path(x, t, index[:len(index)-1])
	if types.IsInterface(t) {
		return l.throughInterface(x, t, fn, args)
	}
	target, ptr := l.methodFunc(fn, t)
	if target == "" {
		return l.call(l.sel(x, fn.Name()), args...)
	}
	_, isPtr := t.Underlying().(*types.Pointer)
	switch {
	case ptr && !isPtr:
		x = &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.parenOperand(x)}
	case !ptr && isPtr:
		x = &ast.StarExpr{Star: l.at, X: x}
	}
	return l.call(l.id(target), append([]ast.Expr{x}, args...)...)
}

// throughInterface writes the call of a method on a value of an interface type.
func (l *Lowerer) throughInterface(x ast.Expr, t types.Type, fn *types.Func, args []ast.Expr) *ast.CallExpr {
	if l.isCompiledInterface(t) {
		return l.call(l.sel(x, fn.Name()), args...)
	}
	return l.call(l.id(l.dispatcher(t, fn)), append([]ast.Expr{x}, args...)...)
}

// dispatcher names the function that calls a method of an interface type.
func (l *Lowerer) dispatcher(t types.Type, fn *types.Func) string {
	// In an instance the signature is that of the instance's interface.
	obj, _, _ := types.LookupFieldOrMethod(t, false, fn.Pkg(), fn.Name())
	if m, ok := obj.(*types.Func); ok {
		fn = m
	}
	sig := l.subst(fn.Type()).(*types.Signature)
	return l.Names.Dispatch(fn.Id(), types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic()))
}

// NilPointer writes (*T)(nil), by which the host learns what a type is for the
// interpreter.
func (l *Lowerer) NilPointer(t types.Type) (x ast.Expr, err error) {
	defer catch(&err)
	l.begin(token.NoPos, nil)
	l.at = l.Hidden
	return l.call(l.paren(&ast.StarExpr{Star: l.at, X: l.typ(t)}), l.id("nil")), nil
}

// Number writes an integer operand for HiddenCall.
func (l *Lowerer) Number(n int) ast.Expr {
	l.at = l.Hidden
	return l.int(n)
}

// Underlying is a type's underlying type in the walk's binding of type
// parameters.
func (l *Lowerer) Underlying(t types.Type) types.Type { return l.subst(t.Underlying()) }
