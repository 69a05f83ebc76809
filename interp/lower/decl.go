package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// Type lowers a declared type under an emitted name.
func (l *Lowerer) Type(t *types.Named, pos token.Pos, name string) (d ast.Decl, err error) {
	defer catch(&err)
	l.begin(pos, nil)
	spec := &ast.TypeSpec{Name: l.id(name), Type: l.underlying(t, name)}
	return &ast.GenDecl{TokPos: l.at, Tok: token.TYPE, Specs: []ast.Spec{spec}}, nil
}

// underlying writes what a declared type is made of.
func (l *Lowerer) underlying(t *types.Named, name string) ast.Expr {
	u := l.subst(t.Underlying())
	if st, ok := u.(*types.Struct); ok {
		return l.structType(st, name)
	}
	return l.typ(u)
}

// Var writes the declaration of a package variable without its initializer.
func (l *Lowerer) Var(v *types.Var, name string) (d ast.Decl, err error) {
	defer catch(&err)
	l.begin(v.Pos(), nil)
	return l.VarDecl(name, l.typ(v.Type())), nil
}

// VarDecl writes var name typ at the position of the last walk.
func (l *Lowerer) VarDecl(name string, typ ast.Expr) ast.Decl {
	spec := &ast.ValueSpec{Names: []*ast.Ident{l.id(name)}, Type: typ}
	return &ast.GenDecl{TokPos: l.at, Tok: token.VAR, Specs: []ast.Spec{spec}}
}

// Init writes the statements that run the initializer of package variables. lhs
// holds their emitted names, "_" for blanks. Between the evaluation and the
// assignment a goroutine that is to end does so: an initializer that took too
// long, and was given up, sets nothing any more.
func (l *Lowerer) Init(lhs []string, vars []*types.Var, rhs ast.Expr) (list []ast.Stmt, err error) {
	defer catch(&err)
	l.begin(rhs.Pos(), nil)
	x := l.expr(rhs)
	l.move(rhs.Pos())
	if len(lhs) == 2 {
		x = l.withOk(rhs, x)
	}
	x = l.copied(x)
	list = []ast.Stmt{l.Here(rhs.Pos())}
	if !l.callsOthers(&ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: rhs}}}) {
		return append(list, l.assign(token.ASSIGN, l.ids(lhs...), []ast.Expr{x})), nil
	}
	temps := make([]string, len(lhs))
	for i := range temps {
		temps[i] = l.temp()
	}
	if len(vars) == 1 {
		d := l.VarDecl(temps[0], l.typ(vars[0].Type())).(*ast.GenDecl)
		d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{x}
		list = append(list, &ast.DeclStmt{Decl: d})
	} else {
		list = append(list, l.assign(token.DEFINE, l.ids(temps...), []ast.Expr{x}))
	}
	check := l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), CheckFunc), l.place()...))
	return append(list, check, l.assign(token.ASSIGN, l.ids(lhs...), l.ids(temps...))), nil
}

// Zero writes the assignment that gives a package variable its zero value.
func (l *Lowerer) Zero(v *types.Var, name string) (s ast.Stmt, err error) {
	defer catch(&err)
	l.begin(v.Pos(), nil)
	zero := &ast.StarExpr{Star: l.at, X: l.call(l.id("new"), l.typ(v.Type()))}
	return l.assign(token.ASSIGN, l.ids(name), []ast.Expr{zero}), nil
}

// Expr lowers an expression that stands in a function of its own.
func (l *Lowerer) Expr(e ast.Expr) (x ast.Expr, err error) {
	defer catch(&err)
	l.begin(e.Pos(), nil)
	return l.expr(e), nil
}

// TypeExpr writes a type, at the position of the last walk.
func (l *Lowerer) TypeExpr(t types.Type) (x ast.Expr, err error) {
	defer catch(&err)
	return l.typ(t), nil
}

// HiddenFunc writes a function without parameters that no person wrote.
func (l *Lowerer) HiddenFunc(name string, body ...ast.Stmt) ast.Decl {
	l.at = l.Hidden
	return &ast.FuncDecl{Name: l.id(name), Type: l.plainFunc(), Body: l.block(body...)}
}

// HiddenCall writes fun(args...) as a statement that no person wrote, fun being
// a function of the runtime package.
func (l *Lowerer) HiddenCall(fun string, args ...ast.Expr) ast.Stmt {
	l.at = l.Hidden
	return l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), fun), args...))
}

// HiddenExpr writes fun(args...) as an operand, fun being a function of the
// runtime package.
func (l *Lowerer) HiddenExpr(fun string, args ...ast.Expr) ast.Expr {
	l.at = l.Hidden
	return l.call(l.sel(l.id(l.Names.Import(RuntimePath)), fun), args...)
}

// HiddenIf writes if cond { body } that no person wrote.
func (l *Lowerer) HiddenIf(cond ast.Expr, body ...ast.Stmt) ast.Stmt {
	l.at = l.Hidden
	return l.ifStmt(cond, body...)
}

// NilPointer writes (*name)(nil).
func (l *Lowerer) NilPointer(name string) ast.Expr {
	l.at = l.Hidden
	return l.call(l.paren(&ast.StarExpr{Star: l.at, X: l.id(name)}), l.id("nil"))
}

// HiddenAssign writes lhs = rhs for two names.
func (l *Lowerer) HiddenAssign(lhs, rhs string) ast.Stmt {
	l.at = l.Hidden
	return l.assign(token.ASSIGN, l.ids(lhs), l.ids(rhs))
}

// Ident, Text and AddressOf write operands for HiddenCall.
func (l *Lowerer) Ident(name string) ast.Expr { return &ast.Ident{NamePos: l.Hidden, Name: name} }

func (l *Lowerer) Text(s string) ast.Expr {
	l.at = l.Hidden
	return l.lit(token.STRING, strconv.Quote(s))
}

func (l *Lowerer) AddressOf(name string) ast.Expr {
	l.at = l.Hidden
	return &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.id(name)}
}

// Thunk writes a function without parameters that returns an expression's
// values, or only evaluates it when results is empty.
func (l *Lowerer) Thunk(e ast.Expr, results *types.Tuple) (f ast.Expr, err error) {
	defer catch(&err)
	l.begin(e.Pos(), nil)
	x := l.expr(e)
	l.move(e.Pos())
	sig := types.NewSignatureType(nil, nil, nil, nil, results, false)
	if results.Len() == 0 {
		return l.funcLit(l.plainFunc(), l.exprStmt(x)), nil
	}
	return l.funcLit(l.funcType(sig, nil, nil), l.ret(x)), nil
}

// SelfType is a type of the runtime package: struct{ Value any }.
const SelfType = "Self"

// Self writes a method As by which an error of the script's that is no pointer
// gives its own value to a host that asks for a *Self: the interpreter keeps
// only a part of such a value when compiled code gets it as an error.
//
//	func (e T) As(target interface{}) bool {
//		p, ok := target.(*rt.Self)
//		if ok {
//			p.Value = e
//		}
//		return ok
//	}
func (l *Lowerer) Self(typeName string) ast.Decl {
	l.at = l.Hidden
	e, target, p, ok := l.temp(), l.temp(), l.temp(), l.temp()
	self := &ast.StarExpr{Star: l.at, X: l.sel(l.id(l.Names.Import(RuntimePath)), SelfType)}
	any := &ast.InterfaceType{Interface: l.at, Methods: &ast.FieldList{Opening: l.at, Closing: l.at}}
	field := func(name string, t ast.Expr) *ast.FieldList {
		f := &ast.Field{Type: t}
		if name != "" {
			f.Names = []*ast.Ident{l.id(name)}
		}
		return &ast.FieldList{Opening: l.at, Closing: l.at, List: []*ast.Field{f}}
	}
	return &ast.FuncDecl{
		Recv: field(e, l.id(typeName)), Name: l.id("As"),
		Type: &ast.FuncType{Func: l.at, Params: field(target, any), Results: field("", l.id("bool"))},
		Body: l.block(
			l.assign(token.DEFINE, l.ids(p, ok), []ast.Expr{&ast.TypeAssertExpr{X: l.id(target), Lparen: l.at, Type: self, Rparen: l.at}}),
			l.ifStmt(l.id(ok), l.assign(token.ASSIGN, []ast.Expr{l.sel(l.id(p), "Value")}, l.ids(e))),
			l.ret(l.id(ok))),
	}
}
