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

// composite lowers a composite literal. Types that were left out inside another
// literal are written, because the interpreter gets some of them wrong.
func (l *Lowerer) composite(e *ast.CompositeLit) ast.Expr {
	t := l.typeOf(e)
	ptr, isPtr := t.Underlying().(*types.Pointer)
	if isPtr && e.Type == nil {
		t = ptr.Elem()
	} else {
		isPtr = false
	}
	lit := &ast.CompositeLit{Type: l.typ(t), Lbrace: l.Map(e.Lbrace), Rbrace: l.Map(e.Rbrace)}
	st, isStruct := t.Underlying().(*types.Struct)
	for i, elt := range e.Elts {
		kv, keyed := elt.(*ast.KeyValueExpr)
		switch {
		case keyed && isStruct:
			key := kv.Key.(*ast.Ident)
			l.move(key.Pos())
			k := l.id(keyName(st, key.Name))
			lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: k, Colon: l.Map(kv.Colon), Value: l.exprTo(kv.Value, fieldType(st, key.Name))})
		case keyed:
			k := l.exprTo(kv.Key, keyType(t))
			if isFuncMap(t) && !types.IsInterface(l.typeOf(kv.Value)) {
				lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: k, Colon: l.Map(kv.Colon), Value: l.rt(RawFunc, l.expr(kv.Value))})
				break
			}
			lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: k, Colon: l.Map(kv.Colon), Value: l.exprTo(kv.Value, valueType(t))})
		case isStruct && st.Field(i).Name() == "_" && isOperand(elt):
			lit.Elts = append(lit.Elts, l.zero(st.Field(i).Type())) // nothing is assigned to a blank field
		case isStruct:
			lit.Elts = append(lit.Elts, l.exprTo(elt, st.Field(i).Type()))
		default:
			lit.Elts = append(lit.Elts, l.exprTo(elt, valueType(t)))
		}
	}
	l.move(e.Pos())
	if isPtr {
		return &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: lit}
	}
	return lit
}

// index lowers what an expression is indexed with.
func (l *Lowerer) index(e *ast.IndexExpr) ast.Expr {
	if m, ok := l.typeOf(e.X).Underlying().(*types.Map); ok {
		return l.exprTo(e.Index, m.Key())
	}
	return l.expr(e.Index)
}

// keyName is the emitted name of a field named in a literal.
func keyName(st *types.Struct, name string) string {
	for i := range st.NumFields() {
		if st.Field(i).Name() == name {
			return fieldName(st, i)
		}
	}
	return name
}

func fieldType(st *types.Struct, name string) types.Type {
	for f := range st.Fields() {
		if f.Name() == name {
			return f.Type()
		}
	}
	return nil
}

// keyType is the key type of a map, nil for other types.
func keyType(t types.Type) types.Type {
	if m, ok := t.Underlying().(*types.Map); ok {
		return m.Key()
	}
	return nil
}

// valueType is the element type of a container.
func valueType(t types.Type) types.Type {
	if e, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return e.Elem()
	}
	return nil
}

// funcLiteral lowers a closure. Its direct calls of recover stay as they are: a
// closure is never replaced, so it is never called one frame too deep.
func (l *Lowerer) funcLiteral(e *ast.FuncLit) ast.Expr {
	lit := l.calledLiteral(e)
	l.at = l.Hidden
	return l.apartFromFrame(lit)
}

// apartFromFrame has a closure that is made in a loop made in a frame of its own.
// A closure of the interpreter puts, where it ends, something else in the place
// where it was made: one that ends on another goroutine takes away the closure
// that the loop has just made there.
func (l *Lowerer) apartFromFrame(lit *ast.FuncLit) ast.Expr {
	if len(l.fn.loops) == 0 && len(l.fn.gotos) == 0 {
		return lit
	}
	maker := &ast.FuncType{Func: l.at, Params: &ast.FieldList{Opening: l.at, Closing: l.at},
		Results: &ast.FieldList{Opening: l.at, Closing: l.at, List: []*ast.Field{{Type: unnamed(lit.Type)}}}}
	return l.call(l.funcLit(maker, l.ret(lit)))
}

// unnamed is a function type without the names of parameters and results.
func unnamed(t *ast.FuncType) *ast.FuncType {
	list := func(fl *ast.FieldList) *ast.FieldList {
		if fl == nil {
			return nil
		}
		out := *fl
		out.List = make([]*ast.Field, len(fl.List))
		for i, f := range fl.List {
			out.List[i] = &ast.Field{Type: f.Type}
		}
		return &out
	}
	return &ast.FuncType{Func: t.Func, Params: list(t.Params), Results: list(t.Results)}
}

// calledLiteral lowers a closure where it is called at once.
func (l *Lowerer) calledLiteral(e *ast.FuncLit) *ast.FuncLit {
	sig := l.typeOf(e).(*types.Signature)
	outer := l.fn
	l.fn = &function{sig: sig, outer: outer}
	defer func() { l.fn = outer }()
	params := l.paramNames(e.Type.Params, sig.Params().Len())
	body, results := l.funcBody(e.Body, e.Type.Results)
	l.move(e.Pos())
	return &ast.FuncLit{Type: l.funcType(sig, params, results), Body: body}
}

// paramNames gives every parameter a name; unnamed and blank ones get one that
// nothing else has, so that they can be passed on.
func (l *Lowerer) paramNames(fl *ast.FieldList, n int) []string {
	names := fieldNames(fl)
	if names == nil {
		names = make([]string, n)
	}
	for i, name := range names {
		if name == "" || name == "_" {
			names[i] = l.temp()
		}
	}
	return names
}

// fieldNames lists the names of a parameter list, nil when they are unnamed.
func fieldNames(fl *ast.FieldList) []string {
	if fl == nil {
		return nil
	}
	var names []string
	for _, f := range fl.List {
		for _, id := range f.Names {
			names = append(names, localName(id.Name))
		}
	}
	return names
}
