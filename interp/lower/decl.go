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

// Made writes the declaration of a type that the host has made: a name for it.
func (l *Lowerer) Made(name, importPath, symbol string) ast.Decl {
	l.at = l.Hidden
	spec := &ast.TypeSpec{Name: l.id(name), Assign: l.at, Type: l.sel(l.id(l.Names.Import(importPath)), symbol)}
	return &ast.GenDecl{TokPos: l.at, Tok: token.TYPE, Specs: []ast.Spec{spec}}
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
	list = []ast.Stmt{l.Here(rhs.Pos())}
	if len(vars) > 1 {
		return l.initSeveral(list, lhs, vars, rhs), nil
	}
	x := l.copied(l.exprTo(rhs, vars[0].Type()))
	l.move(rhs.Pos())
	if !l.CallsOthers(&ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: rhs}}}) {
		return append(list, l.assign(token.ASSIGN, l.ids(lhs...), []ast.Expr{x})), nil
	}
	t := l.temp()
	d := l.VarDecl(t, l.typ(vars[0].Type())).(*ast.GenDecl)
	d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{x}
	return append(list, &ast.DeclStmt{Decl: d}, l.exprStmt(l.rt(CheckFunc, l.place()...)), l.assign(token.ASSIGN, l.ids(lhs...), l.ids(t))), nil
}

// initSeveral writes the initializer of several variables.
func (l *Lowerer) initSeveral(list []ast.Stmt, lhs []string, vars []*types.Var, rhs ast.Expr) []ast.Stmt {
	x := l.withOk(rhs, l.expr(rhs))
	l.move(rhs.Pos())
	temps := l.temps(len(lhs))
	list = append(list, l.assign(token.DEFINE, l.ids(temps...), []ast.Expr{x}), l.exprStmt(l.rt(CheckFunc, l.place()...)))
	for i, from := range l.severalTypes(rhs) {
		if lhs[i] == "_" {
			continue
		}
		v := l.convert(l.id(temps[i]), from, l.subst(vars[i].Type()))
		list = append(list, l.assign(token.ASSIGN, l.ids(lhs[i]), []ast.Expr{v}))
	}
	return list
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

// NilNamed writes (*name)(nil) for an emitted type.
func (l *Lowerer) NilNamed(name string) ast.Expr {
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
