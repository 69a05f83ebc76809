package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Hot names a function that can be replaced.
type Hot struct {
	Name string // what others call
	// Body is what is replaced, when that is not Name: a function that calls
	// recover itself is a shell around its body, so that recover is always called
	// in the frame that was deferred.
	Body string
}

// UsesRecover tells whether a function calls recover itself (not in a closure).
// Such a function needs Hot.Body.
func UsesRecover(d *ast.FuncDecl, info *types.Info) bool {
	found := false
	if d.Body == nil {
		return false
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "recover" && info.Types[n.Fun].IsBuiltin() {
				found = true
			}
		}
		return !found
	})
	return found
}

// Instance binds the type parameters of a generic declaration for one walk.
type Instance map[*types.TypeParam]types.Type

// Func lowers a function or method. A method's receiver is the first parameter.
// With shell set and Hot.Body given, the shell is emitted as well; a later
// version brings only a new body.
//
// The interpreter's trace shows a function where its name stands. With deferred
// calls the closure that holds the body is what a trace shows instead.
func (l *Lowerer) Func(d *ast.FuncDecl, fn *types.Func, inst Instance, h Hot, shell bool) (decls []ast.Decl, err error) {
	defer catch(&err)
	l.begin(d.Pos(), inst)
	sig := l.flatten(fn)
	l.fn = &function{sig: sig, recovery: h.Body != ""}
	l.inside = h.Name
	if h.Body != "" {
		l.inside = h.Body
	}
	if d.Body != nil {
		l.counts = l.countVars(d.Body)
	}
	names := l.paramNames(d.Type.Params, fn.Signature().Params().Len())
	if d.Recv != nil {
		names = append(l.paramNames(d.Recv, 1), names...)
	}
	if d.Body == nil {
		l.fail(d.Pos(), "", "%s has no body", fn.Name())
	}
	body, results := l.funcBody(d.Body, d.Type.Results)
	l.at = l.Map(d.Name.Pos())
	at := l.at
	if l.fn.deferred != "" {
		at = l.Hidden
	}
	if h.Body == "" {
		ft := l.funcType(sig, names, results)
		name := &ast.Ident{NamePos: at, Name: h.Name}
		return []ast.Decl{&ast.FuncDecl{Name: name, Type: ft, Body: body}}, nil
	}
	inner := l.withRecovery(sig)
	innerNames := append([]string{recoveryParam}, names...)
	ft := l.recoveryParamType(l.funcType(inner, innerNames, results))
	name := &ast.Ident{NamePos: at, Name: h.Body}
	decls = append(decls, &ast.FuncDecl{Name: name, Type: ft, Body: body})
	if shell {
		decls = append(decls, l.shell(sig, h, names))
	}
	return decls, nil
}

func (l *Lowerer) begin(pos token.Pos, inst Instance) {
	l.env = inst
	l.fn = &function{}
	l.inside = ""
	l.counts = nil
	l.move(pos)
}

// receiver is a method's receiver type; for a method of a generic type it is
// the instance that the walk is for.
func (l *Lowerer) receiver(fn *types.Func) types.Type {
	return l.subst(fn.Signature().Recv().Type())
}

// flatten gives a function's signature with the receiver as first parameter and
// type parameters bound.
func (l *Lowerer) flatten(fn *types.Func) *types.Signature {
	sig := fn.Signature()
	var params []*types.Var
	if sig.Recv() != nil {
		params = append(params, types.NewParam(token.NoPos, nil, "", l.receiver(fn)))
	}
	for i := range sig.Params().Len() {
		params = append(params, types.NewParam(token.NoPos, nil, "", l.subst(sig.Params().At(i).Type())))
	}
	results, _ := l.subst(sig.Results()).(*types.Tuple)
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), results, sig.Variadic())
}

// CallsOthers tells whether a body may call a function of the script.
func (l *Lowerer) CallsOthers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		found = found || l.isFuncRange(n)
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return !found
		}
		tv := l.Info.Types[c.Fun]
		if tv.IsType() || tv.IsBuiltin() {
			return true
		}
		switch f := ast.Unparen(c.Fun).(type) {
		case *ast.SelectorExpr:
			obj := l.Info.Uses[f.Sel]
			fn, isFunc := obj.(*types.Func)
			found = found || !isFunc || fn.Pkg() == nil || l.Names.IsSource(fn.Pkg())
		default:
			found = true
		}
		return !found
	})
	return found
}

// withRecovery gives sig a first parameter for what was recovered. Its type is
// a stand-in; recoveryParamType writes the real one.
func (l *Lowerer) withRecovery(sig *types.Signature) *types.Signature {
	params := []*types.Var{types.NewParam(token.NoPos, nil, "", types.Typ[types.Int])}
	for i := range sig.Params().Len() {
		params = append(params, sig.Params().At(i))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
}

func (l *Lowerer) recoveryParamType(ft *ast.FuncType) *ast.FuncType {
	ft.Params.List[0].Type = &ast.StarExpr{Star: l.at, X: l.id(DeferType)}
	return ft
}

// WithoutRecovery writes a function that has the place of a body that called
// recover itself, and calls another one that does not:
//
//	func name(rec *deferred__h, params) (results) { return target(params...) }
func (l *Lowerer) WithoutRecovery(fn *types.Func, name, target string) (d ast.Decl, err error) {
	defer catch(&err)
	l.begin(fn.Pos(), nil)
	l.at = l.Hidden
	sig := l.flatten(fn)
	inner := l.withRecovery(sig)
	names := make([]string, inner.Params().Len())
	for i := range names {
		names[i] = l.temp()
	}
	ft := l.recoveryParamType(l.funcType(inner, names, nil))
	body := l.block(l.tail(sig, l.call(l.id(target), l.ids(names[1:]...)...)))
	return &ast.FuncDecl{Name: l.id(name), Type: ft, Body: body}, nil
}

// shell writes the function that others call: it recovers, hands what it got to
// the body, and panics again with it if the body did not ask.
func (l *Lowerer) shell(sig *types.Signature, h Hot, names []string) ast.Decl {
	l.at = l.Hidden
	ft := l.funcType(sig, names, nil)
	rec, got := l.temp(), l.temp()
	rt := l.id(l.Names.Import(RuntimePath))
	val := func() ast.Expr { return l.sel(l.id(rec), "val") }
	list := []ast.Stmt{
		l.define(rec, &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: &ast.CompositeLit{Type: l.id(DeferType), Lbrace: l.at, Rbrace: l.at}}),
		&ast.IfStmt{If: l.at, Init: l.define(got, l.call(l.id("recover"))),
			Cond: &ast.BinaryExpr{X: l.id(got), OpPos: l.at, Op: token.NEQ, Y: l.id("nil")},
			Body: l.block(l.assign(token.ASSIGN, []ast.Expr{val()}, []ast.Expr{l.call(l.sel(rt, RecoveredFunc), l.id(got))}))},
	}
	call := l.call(l.id(h.Body), append(l.ids(rec), l.ids(names...)...)...)
	if sig.Variadic() {
		call.Ellipsis = l.at
	}
	again := l.ifStmt(&ast.BinaryExpr{X: val(), OpPos: l.at, Op: token.NEQ, Y: l.id("nil")},
		l.exprStmt(l.call(l.sel(rt, PanicFunc), val())))
	if n := sig.Results().Len(); n > 0 {
		out := make([]string, n)
		for i := range out {
			out[i] = l.temp()
		}
		list = append(list, l.assign(token.DEFINE, l.ids(out...), []ast.Expr{call}), again, l.ret(l.ids(out...)...))
	} else {
		list = append(list, l.exprStmt(call), again)
	}
	return &ast.FuncDecl{Name: l.id(h.Name), Type: ft, Body: l.block(list...)}
}
