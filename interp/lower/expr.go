package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expr lowers an expression.
func (l *Lowerer) expr(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	l.move(e.Pos())
	if tv, ok := l.Info.Types[e]; ok {
		switch {
		case tv.IsType():
			return l.typ(tv.Type)
		case tv.Value != nil:
			return l.constant(e, tv)
		}
	}
	switch e := e.(type) {
	case *ast.Ident:
		return l.funcValue(e, l.ident(e))
	case *ast.BasicLit:
		return &ast.BasicLit{ValuePos: l.at, Kind: e.Kind, Value: e.Value}
	case *ast.ParenExpr:
		// The tree needs none, and the interpreter loses a name in parentheses
		// on the way to && and ||.
		return l.expr(e.X)
	case *ast.SelectorExpr:
		return l.funcValue(e, l.selector(e))
	case *ast.CallExpr:
		return l.callExpr(e)
	case *ast.FuncLit:
		return l.funcLiteral(e)
	case *ast.CompositeLit:
		return l.composite(e)
	case *ast.UnaryExpr:
		if _, several := l.Info.TypeOf(e).(*types.Tuple); e.Op == token.ARROW && !several {
			return l.receive(e)
		}
		x := l.expr(e.X)
		if e.Op == token.AND {
			if star, ok := ast.Unparen(x).(*ast.StarExpr); ok && l.isQualified(e.X) {
				return ast.Unparen(star.X) // see qualified
			}
			x = l.ofPointer(ast.Unparen(e.X), x)
		}
		u := &ast.UnaryExpr{OpPos: l.move(e.OpPos), Op: e.Op, X: x}
		if e.Op == token.ARROW {
			// A bare receive makes the place it is assigned to unassignable.
			return &ast.ParenExpr{Lparen: l.at, X: u, Rparen: l.at}
		}
		return u
	case *ast.BinaryExpr:
		if l.comparesInterfaces(e) {
			return l.interfacesEqual(e)
		}
		if e.Op == token.SHL || e.Op == token.SHR {
			return l.shift(e)
		}
		x, y := l.loaded(e.X), l.loaded(e.Y)
		l.move(e.Pos())
		x, y = l.ofOneType(e, x, y)
		return &ast.BinaryExpr{X: x, OpPos: l.Map(e.OpPos), Op: e.Op, Y: y}
	case *ast.StarExpr:
		x := l.expr(e.X)
		return &ast.StarExpr{Star: l.move(e.Star), X: x}
	case *ast.IndexExpr:
		if l.isGenericFunc(e.X) {
			return l.funcValue(e, l.callee(e.X))
		}
		x, i := l.expr(e.X), l.index(e)
		l.move(e.Pos())
		return &ast.IndexExpr{X: x, Lbrack: l.Map(e.Lbrack), Index: i, Rbrack: l.Map(e.Rbrack)}
	case *ast.IndexListExpr:
		return l.funcValue(e, l.callee(e.X))
	case *ast.SliceExpr:
		x := l.expr(e.X)
		if _, isPtr := coreType(l.typeOf(e.X)).(*types.Pointer); isPtr {
			x = &ast.ParenExpr{Lparen: l.at, X: &ast.StarExpr{Star: l.at, X: x}, Rparen: l.at}
		}
		s := &ast.SliceExpr{X: x, Lbrack: l.Map(e.Lbrack), Slice3: e.Slice3, Rbrack: l.Map(e.Rbrack)}
		s.Low, s.High, s.Max = l.expr(e.Low), l.expr(e.High), l.expr(e.Max)
		l.move(e.Pos())
		return s
	case *ast.TypeAssertExpr:
		x := l.expr(e.X)
		l.move(e.Pos())
		return l.assertion(x, l.typeOf(e.X), l.typeOf(e.Type))
	}
	l.fail(e.Pos(), "", "expression %T is not supported", e)
	return nil
}

// ofOneType converts one of the operands of a comparison to the type of the other
// where Go compares two types that are assignable.
func (l *Lowerer) ofOneType(e *ast.BinaryExpr, x, y ast.Expr) (ast.Expr, ast.Expr) {
	if e.Op != token.EQL && e.Op != token.NEQ {
		return x, y
	}
	return l.unified(x, y, l.typeOf(e.X), l.typeOf(e.Y))
}

func (l *Lowerer) unified(x, y ast.Expr, tx, ty types.Type) (ast.Expr, ast.Expr) {
	if types.Identical(tx, ty) && !l.exact(tx) {
		switch tx.Underlying().(type) {
		case *types.Struct, *types.Array, *types.Pointer, *types.Chan:
			// One of them may have come out of a recursive type, without its name.
			return l.call(l.paren(l.typ(tx)), x), l.call(l.paren(l.typ(ty)), y)
		}
	}
	if types.Identical(tx, ty) || untyped(tx) || untyped(ty) {
		return x, y
	}
	if types.AssignableTo(ty, tx) {
		return x, l.call(l.paren(l.typ(tx)), y)
	}
	return l.call(l.paren(l.typ(ty)), x), y
}

func untyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// loaded lowers an operand. Of a string that is loaded through a nil pointer the
// interpreter makes a text; converting it makes it look.
func (l *Lowerer) loaded(e ast.Expr) ast.Expr {
	x := l.expr(e)
	if _, loads := x.(*ast.StarExpr); !loads {
		return x
	}
	if b, ok := coreType(l.typeOf(e)).(*types.Basic); !ok || b.Info()&types.IsString == 0 {
		return x
	}
	l.move(e.Pos())
	return l.call(l.paren(l.typ(l.typeOf(e))), x)
}

// ofPointer writes (*p)[i] for p[i], whose address the interpreter does not take
// when p is a pointer to an array.
func (l *Lowerer) ofPointer(source, lowered ast.Expr) ast.Expr {
	e, ok := source.(*ast.IndexExpr)
	index, isIndex := lowered.(*ast.IndexExpr)
	if ok && isIndex {
		if _, isPtr := coreType(l.typeOf(e.X)).(*types.Pointer); isPtr {
			index.X = &ast.ParenExpr{Lparen: l.at, X: &ast.StarExpr{Star: l.at, X: index.X}, Rparen: l.at}
		}
	}
	return lowered
}

// callee lowers an expression in the place of a call's function.
func (l *Lowerer) callee(e ast.Expr) ast.Expr {
	switch f := ast.Unparen(e).(type) {
	case *ast.Ident:
		l.move(f.Pos())
		return l.ident(f)
	case *ast.SelectorExpr:
		l.move(f.Pos())
		return l.selector(f)
	case *ast.IndexExpr:
		if l.isGenericFunc(f.X) {
			return l.callee(f.X)
		}
	case *ast.IndexListExpr:
		return l.callee(f.X)
	case *ast.FuncLit:
		return l.calledLiteral(f)
	}
	return l.expr(e)
}

// funcValue writes a declared function used as a value as the variable that
// holds it as a Go func: the interpreter passes its own record of the function
// in some places, where nothing can call it; and all values of one function are
// one value, which tells whose it is.
func (l *Lowerer) funcValue(e ast.Expr, x ast.Expr) ast.Expr {
	id, ok := x.(*ast.Ident)
	if !ok || !l.isDeclaredFunc(e) {
		return x
	}
	sig, ok := l.typeOf(e).Underlying().(*types.Signature)
	if !ok || !l.canWrite(sig) {
		return x
	}
	if l.Values == nil {
		l.Values = map[string]bool{}
	}
	l.Values[id.Name] = true
	at := l.at
	l.at = l.Hidden
	typ := l.funcType(sig, nil, nil)
	l.at = at
	return l.id(l.Names.FuncValue(id.Name, typ))
}

// isDeclaredFunc tells whether e names a function or method expression of a
// source package.
func (l *Lowerer) isDeclaredFunc(e ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	case *ast.IndexExpr:
		return l.isDeclaredFunc(e.X)
	case *ast.IndexListExpr:
		return l.isDeclaredFunc(e.X)
	default:
		return false
	}
	f, ok := l.Info.Uses[id].(*types.Func)
	return ok && f.Pkg() != nil && l.Names.IsSource(f.Pkg())
}

func (l *Lowerer) exprs(list []ast.Expr) []ast.Expr {
	out := make([]ast.Expr, len(list))
	for i, e := range list {
		out[i] = l.expr(e)
	}
	return out
}

// ident lowers a name that stands by itself.
func (l *Lowerer) ident(id *ast.Ident) ast.Expr {
	obj := l.objectOf(id)
	if obj == nil { // the blank identifier, or a type switch's symbol
		return l.id(id.Name)
	}
	if to, ok := l.renamed[obj]; ok {
		return l.id(to)
	}
	if inst, ok := l.Info.Instances[id]; ok {
		if f, isFunc := obj.(*types.Func); isFunc && l.Names.IsSource(f.Pkg()) {
			return l.id(l.Names.Instance(f.Origin(), l.substAll(inst.TypeArgs)))
		}
	}
	if l.isPackageLevel(obj) {
		return l.id(l.Names.Object(obj))
	}
	if _, isPkg := obj.(*types.PkgName); !isPkg && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
		return l.sel(l.id(l.Names.Import(obj.Pkg().Path())), obj.Name()) // by a dot import
	}
	if obj.Pkg() == nil { // predeclared
		return l.id(id.Name)
	}
	return l.id(localName(id.Name))
}

// localName is the emitted name of what a function declares. Emitted code uses
// predeclared names by itself, so that nothing else may be called so.
func localName(name string) string {
	if types.Universe.Lookup(name) != nil {
		return name + Reserved + "v"
	}
	return name
}

// isGenericFunc tells whether e names a generic function (so that an index
// expression on it is an instantiation).
func (l *Lowerer) isGenericFunc(e ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	_, ok := l.Info.Uses[id].(*types.Func)
	return ok
}
