package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// rangeShared lowers a range loop whose variables belong to all iterations: they
// are declared ahead of a loop that assigns to them.
func (l *Lowerer) rangeShared(s *ast.RangeStmt) []ast.Stmt {
	label := l.fn.labelNext
	var out []ast.Stmt
	for _, x := range []ast.Expr{s.Key, s.Value} {
		if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
			l.move(id.Pos())
			out = append(out, &ast.DeclStmt{Decl: l.VarDecl(localName(id.Name), l.typ(l.Info.Defs[id].Type())).(*ast.GenDecl)})
		}
	}
	l.move(s.Pos())
	loop := *s
	loop.Tok = token.ASSIGN
	out = append(out, l.rangeStmt(&loop)...)
	if label != "" {
		return out // whoever has the label makes a block of it
	}
	return one(l.block(out...))
}

// takeOver assigns what an iteration has to variables that exist already.
func (l *Lowerer) takeOver(places, from []ast.Expr) (out []ast.Stmt) {
	lhs := make([]ast.Expr, len(places))
	for i, e := range places {
		if id, ok := e.(*ast.Ident); ok {
			lhs[i] = l.local(id)
		} else {
			lhs[i] = l.hold(e, &out)
		}
	}
	for i := range lhs {
		l.move(places[i].Pos())
		out = append(out, l.assign(token.ASSIGN, lhs[i:i+1], from[i:i+1]))
	}
	return out
}

// ranged lowers what a loop ranges over. Of a pointer to an array it is a slice,
// because the interpreter mixes up its variables; of a nil one only the indices
// can be had.
func (l *Lowerer) ranged(s *ast.RangeStmt, t types.Type) ast.Expr {
	x := l.expr(s.X)
	bare := func(n ast.Expr) (ast.Expr, types.Type) {
		elem := types.NewSlice(types.NewStruct(nil, nil))
		return l.call(l.id("make"), l.typ(elem), n), elem
	}
	if a, ok := t.Underlying().(*types.Array); ok && blankOrNone(s.Value) {
		return l.sized(s.X, x, a.Len(), bare) // not evaluated, as its length is constant
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		a, ok := p.Elem().Underlying().(*types.Array)
		if ok && !blankOrNone(s.Value) {
			star := &ast.ParenExpr{Lparen: l.at, X: &ast.StarExpr{Star: l.at, X: x}, Rparen: l.at}
			return &ast.SliceExpr{X: star, Lbrack: l.at, Rbrack: l.at}
		}
		if ok {
			return l.sized(s.X, x, a.Len(), bare)
		}
	}
	return x
}

func blankOrNone(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return e == nil || ok && id.Name == "_"
}

// sized writes an expression that has only the length of an array to know, and
// evaluates the array if that may do something.
func (l *Lowerer) sized(source, lowered ast.Expr, n int64, use func(n ast.Expr) (ast.Expr, types.Type)) ast.Expr {
	x, t := use(l.lit(token.INT, strconv.FormatInt(n, 10)))
	if isOperand(source) {
		return x
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	tmp := l.temp()
	return l.call(l.funcLit(l.funcType(sig, nil, nil), l.define(tmp, lowered), l.ret(x)))
}

// yieldsChannels tells whether a loop's variable takes channels out of a slice,
// array or map: the interpreter hands out one that cannot be used.
func (l *Lowerer) yieldsChannels(s *ast.RangeStmt, t types.Type) bool {
	id, ok := s.Value.(*ast.Ident)
	if !ok || id.Name == "_" || s.Tok != token.DEFINE {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	_, isMap := t.Underlying().(*types.Map)
	_, isSlice := t.Underlying().(*types.Slice)
	_, isArray := t.Underlying().(*types.Array)
	_, isChan := l.typeOf(id).Underlying().(*types.Chan)
	return isChan && (isMap || isSlice || isArray)
}

// rangeByKey lowers a range loop to one over the keys that looks the values up.
func (l *Lowerer) rangeByKey(s *ast.RangeStmt, t types.Type) []ast.Stmt {
	x, k := l.temp(), l.temp()
	bind := l.define(x, l.expr(s.X))
	l.move(s.Pos())
	vars := []ast.Stmt{l.define(localName(s.Value.(*ast.Ident).Name), &ast.IndexExpr{X: l.id(x), Lbrack: l.at, Index: l.id(k), Rbrack: l.at})}
	if id, ok := s.Key.(*ast.Ident); ok && id.Name != "_" {
		vars = append(vars, l.define(localName(id.Name), l.id(k)))
	}
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	list := append([]ast.Stmt{l.guard()}, vars...)
	loop := &ast.RangeStmt{For: l.at, Key: l.id(k), TokPos: l.at, Tok: token.DEFINE, Range: l.at, X: l.id(x),
		Body: l.block(append(list, l.block(body.List...))...)}
	return []ast.Stmt{bind, loop}
}

func (l *Lowerer) rangeInt(s *ast.RangeStmt, t types.Type) []ast.Stmt {
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		t = types.Typ[types.Int]
		if s.Key != nil {
			if kt := l.typeOf(s.Key); kt != nil {
				t = kt
			}
		}
	}
	n, i := l.temp(), l.temp()
	limit := l.expr(s.X)
	l.move(s.Pos())
	initN := l.define(n, l.call(l.paren(l.typ(t)), limit))
	var use []ast.Stmt
	if id, ok := s.Key.(*ast.Ident); s.Key != nil && (!ok || id.Name != "_") {
		key := s.Key
		if s.Tok == token.DEFINE {
			l.move(key.Pos())
			use = append(use, l.define(localName(id.Name), l.id(i)))
		} else {
			use = append(use, l.assign(token.ASSIGN, []ast.Expr{l.expr(key)}, []ast.Expr{l.convert(l.id(i), l.subst(t), l.typeOf(key))}))
		}
	}
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	out := &ast.ForStmt{For: l.at,
		Init: l.define(i, l.call(l.paren(l.typ(t)), l.lit(token.INT, "0"))),
		Cond: &ast.BinaryExpr{X: l.id(i), OpPos: l.at, Op: token.LSS, Y: l.id(n)},
		Post: &ast.IncDecStmt{X: l.id(i), TokPos: l.at, Tok: token.INC},
	}
	list := append([]ast.Stmt{l.guard()}, use...)
	out.Body = l.block(append(list, l.block(body.List...))...)
	return []ast.Stmt{initN, out}
}

// rangeKey is the type of a range loop's first variable.
func rangeKey(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Map:
		return u.Key()
	case *types.Chan:
		return u.Elem()
	}
	return types.Typ[types.Int]
}

// rangeValue is the type of a range loop's second variable.
func rangeValue(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	return valueType(t)
}
