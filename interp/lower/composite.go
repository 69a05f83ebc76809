package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

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
			k := l.keyOf(kv.Key, t)
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

// keyOf lowers the key of an element in a literal. The interpreter compares
// those that are constants for it: 0 and T(0) that go to an interface, and what
// a type argument makes alike.
func (l *Lowerer) keyOf(key ast.Expr, t types.Type) ast.Expr {
	to := keyType(t)
	x := l.key(l.expr(key), key, to)
	if to == nil {
		return x
	}
	_, literal := x.(*ast.BasicLit)
	if c, ok := x.(*ast.CallExpr); ok && len(c.Args) == 1 {
		_, literal = c.Args[0].(*ast.BasicLit)
	}
	switch {
	case literal && l.isAny(to):
		return l.rt(RawFunc, x)
	case literal && l.Info.Types[key].Value == nil:
		return l.valueOf(x, l.subst(to))
	}
	return x
}

// index lowers what an expression is indexed with.
func (l *Lowerer) index(e *ast.IndexExpr) ast.Expr {
	if m, ok := l.typeOf(e.X).Underlying().(*types.Map); ok {
		return l.key(l.expr(e.Index), e.Index, m.Key())
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
