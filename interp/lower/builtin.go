package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// print lowers print and println, whose form is not that of the interpreter's.
// Of values that are no text or number they write the address alone.
func (l *Lowerer) print(e *ast.CallExpr, newline bool) ast.Expr {
	args := l.exprs(e.Args)
	l.move(e.Pos())
	f := l.sel(l.id(l.Names.Import(RuntimePath)), PrintFunc)
	if tuple, ok := l.spreads(e); ok {
		names := l.temps(tuple.Len())
		ts := make([]types.Type, tuple.Len())
		for i := range ts {
			ts[i] = tuple.At(i).Type()
		}
		return l.spread(args[0], names, nil, l.call(f, append([]ast.Expr{l.id(strconv.FormatBool(newline))}, l.printed(ts, l.ids(names...))...)...))
	}
	ts := make([]types.Type, len(args))
	for i, a := range e.Args {
		ts[i] = types.Default(l.typeOf(a))
		if b, ok := l.typeOf(a).(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && b.Info()&types.IsInteger != 0 {
			ts[i] = types.Typ[types.Int64]
		}
	}
	return l.call(f, append([]ast.Expr{l.id(strconv.FormatBool(newline))}, l.printed(ts, args)...)...)
}

// printed converts arguments to what the host prints: basic types as they are,
// without the name that a script gave them.
func (l *Lowerer) printed(ts []types.Type, args []ast.Expr) []ast.Expr {
	out := make([]ast.Expr, len(args))
	for i, a := range args {
		out[i] = a
		if b, ok := ts[i].Underlying().(*types.Basic); ok && b.Kind() != types.UntypedNil && b.Kind() != types.UnsafePointer {
			out[i] = l.call(l.id(b.Name()), a)
		}
	}
	return out
}

// spread writes a call of a function that takes several results into variables
// and gives what is made of them; result is nil for nothing.
func (l *Lowerer) spread(x ast.Expr, names []string, result types.Type, use ast.Expr) ast.Expr {
	take := l.assign(token.DEFINE, l.ids(names...), []ast.Expr{x})
	if result == nil {
		return l.call(l.funcLit(l.plainFunc(), take, l.exprStmt(use)))
	}
	sig := types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", result)), false)
	return l.call(l.funcLit(l.funcType(sig, nil, nil), take, l.ret(use)))
}

// builtin lowers a use of a predeclared function.
func (l *Lowerer) builtin(e *ast.CallExpr, fun ast.Expr) ast.Expr {
	id, ok := fun.(*ast.Ident)
	if !ok { // unsafe.X
		l.fail(e.Pos(), "", "package unsafe is not available to scripts")
	}
	switch id.Name {
	case "recover":
		if from := l.recoverFrom(); from != "" {
			return l.call(l.id(TakeFunc), l.id(from))
		}
	case "panic":
		x := l.exprTo(e.Args[0], emptyInterface)
		l.move(e.Pos())
		return l.rt(PanicFunc, x)
	case "len", "cap":
		t := l.typeOf(e.Args[0])
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		if a, ok := coreType(t).(*types.Array); ok {
			x := l.expr(e.Args[0])
			l.move(e.Pos())
			return l.sized(e.Args[0], x, a.Len(), func(n ast.Expr) (ast.Expr, types.Type) { return n, types.Typ[types.Int] })
		}
	case "print", "println":
		return l.print(e, id.Name == "println")
	case "min", "max":
		return l.minMax(e, id.Name)
	case "clear":
		return l.clear(e)
	case "new":
		if !l.Info.Types[e.Args[0]].IsType() {
			return l.newOf(e)
		}
	}
	if tuple, ok := l.spreads(e); ok {
		return l.spreadBuiltin(e, id.Name, tuple)
	}
	args := l.exprs(e.Args)
	if c, ok := coreType(l.typeOf(e)).(*types.Chan); ok && id.Name == "make" && c.Dir() != types.SendRecv {
		args[0] = l.typ(types.NewChan(types.SendRecv, c.Elem()))
		return l.call(l.paren(l.typ(l.typeOf(e))), l.call(l.id("make"), args...))
	}
	if n := len(e.Args); e.Ellipsis.IsValid() && l.Info.Types[e.Args[n-1]].IsNil() {
		args[n-1] = l.call(l.paren(l.typ(l.typeOf(e))), args[n-1])
	}
	switch {
	case id.Name == "append" && !e.Ellipsis.IsValid():
		if s, ok := l.typeOf(e).Underlying().(*types.Slice); ok {
			for i, a := range e.Args {
				if i > 0 {
					args[i] = l.element(args[i], a, s.Elem())
					if len(args) > 2 && l.isPlace(a) {
						args[i] = l.valueOf(args[i], s.Elem())
					}
				}
			}
			if len(args) == 2 && types.Identical(coreType(l.typeOf(e.Args[1])), s) {
				// The interpreter would take an element of the slice's own type for
				// more elements.
				l.move(e.Pos())
				c := l.call(l.id("append"), args[0], &ast.CompositeLit{Type: l.typ(s), Lbrace: l.at, Elts: args[1:], Rbrace: l.at})
				c.Ellipsis = l.at
				return c
			}
		}
	case id.Name == "delete":
		args[1] = l.key(args[1], e.Args[1], keyType(l.typeOf(e.Args[0])))
	}
	l.move(e.Pos())
	c := &ast.CallExpr{Fun: &ast.Ident{NamePos: l.Map(id.Pos()), Name: id.Name}, Lparen: l.Map(e.Lparen), Args: args, Rparen: l.Map(e.Rparen)}
	return l.withEllipsis(c, e)
}

// spreadBuiltin lowers a use of a predeclared function whose operands are the
// results of one call.
func (l *Lowerer) spreadBuiltin(e *ast.CallExpr, name string, tuple *types.Tuple) ast.Expr {
	names := l.temps(tuple.Len())
	inner := l.expr(e.Args[0])
	l.move(e.Pos())
	args := l.ids(names...)
	for i := range args {
		from, to := l.subst(tuple.At(i).Type()), types.Type(nil)
		switch {
		case name == "append" && i > 0:
			to = valueType(l.typeOf(e))
		case name == "delete" && i == 1:
			to = keyType(l.subst(tuple.At(0).Type()))
		}
		if to != nil {
			args[i] = l.convert(args[i], from, l.subst(to))
		}
	}
	bind := l.assign(token.DEFINE, l.ids(names...), []ast.Expr{inner})
	call := l.call(l.id(name), args...)
	t := l.typeOf(e)
	if tuple, none := t.(*types.Tuple); t == nil || none && tuple.Len() == 0 {
		return l.call(l.funcLit(l.plainFunc(), bind, l.exprStmt(call)))
	}
	results := types.NewTuple(types.NewParam(token.NoPos, nil, "", t))
	ft := l.funcType(types.NewSignatureType(nil, nil, nil, nil, results, false), nil, nil)
	return l.call(l.funcLit(ft, bind, l.ret(call)))
}

// isPlace tells whether an expression is a part of a variable, which may change
// between its evaluation and its use.
func (l *Lowerer) isPlace(e ast.Expr) bool {
	switch ast.Unparen(e).(type) {
	case *ast.IndexExpr, *ast.SelectorExpr, *ast.StarExpr:
		return l.Info.Types[e].Value == nil
	}
	return false
}

// valueOf writes the value of a place, of type t, as it is now.
func (l *Lowerer) valueOf(x ast.Expr, t types.Type) ast.Expr {
	p := l.temp()
	sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, p, t)),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	return l.call(l.funcLit(l.funcType(sig, []string{p}, nil), l.ret(l.id(p))), x)
}

// element adapts an operand that is appended. The interpreter finds no type for
// a nil there.
func (l *Lowerer) element(x, e ast.Expr, to types.Type) ast.Expr {
	if l.Info.Types[e].IsNil() {
		return l.call(l.paren(l.typ(to)), x)
	}
	return l.adapt(x, e, to)
}

// minMax lowers min and max to a closure that compares its arguments. A NaN
// among floats wins, as Go has it.
func (l *Lowerer) minMax(e *ast.CallExpr, name string) ast.Expr {
	t := l.typeOf(e)
	op := token.LSS
	if name == "max" {
		op = token.GTR
	}
	args := l.exprs(e.Args)
	l.move(e.Pos())
	best := l.temp()
	names := make([]string, len(args))
	vars := make([]*types.Var, len(args))
	for i := range args {
		names[i] = l.temp()
		vars[i] = types.NewParam(token.NoPos, nil, names[i], t)
	}
	res := types.NewTuple(types.NewParam(token.NoPos, nil, "", t))
	ft := l.funcType(types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), res, false), names, nil)
	body := []ast.Stmt{l.define(best, l.id(names[0]))}
	basic, _ := t.Underlying().(*types.Basic)
	for _, n := range names[1:] {
		var cond ast.Expr = &ast.BinaryExpr{X: l.id(n), OpPos: l.at, Op: op, Y: l.id(best)}
		if basic != nil && basic.Info()&types.IsFloat != 0 {
			nan := &ast.BinaryExpr{X: l.id(n), OpPos: l.at, Op: token.NEQ, Y: l.id(n)}
			cond = &ast.BinaryExpr{X: cond, OpPos: l.at, Op: token.LOR, Y: nan}
		}
		body = append(body, l.ifStmt(cond, l.assign(token.ASSIGN, l.ids(best), l.ids(n))))
	}
	body = append(body, l.ret(l.id(best)))
	return l.call(l.funcLit(ft, body...), args...)
}

// clear lowers clear(x): the host does it, as keys that are not equal to
// themselves can be reached in no other way.
func (l *Lowerer) clear(e *ast.CallExpr) ast.Expr {
	x := l.expr(e.Args[0])
	l.move(e.Pos())
	return l.rt(ClearFunc, x)
}

// newOf lowers new(expression).
func (l *Lowerer) newOf(e *ast.CallExpr) ast.Expr {
	t := l.typeOf(e).(*types.Pointer)
	x := l.expr(e.Args[0])
	l.move(e.Pos())
	p := l.temp()
	sig := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(token.NoPos, nil, p, t.Elem())),
		types.NewTuple(types.NewParam(token.NoPos, nil, "", t)), false)
	return l.call(l.funcLit(l.funcType(sig, []string{p}, nil),
		l.ret(&ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: l.id(p)})), x)
}
