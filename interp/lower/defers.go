package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// The interpreter keeps a frame locked while its deferred calls run, and a
// closure made in a frame locks it at its end: a deferred call that calls a
// closure of its own function never returns. It also reads the arguments of a
// deferred call late. So a function with defer statements is emitted as
//
//	func F(params) (r1 R1, r2 R2) {
//		d := &deferred__h{}
//		defer run__h(d)
//		func() { body }()
//		return
//	}
//
// where a defer statement appends a closure to d.calls, return assigns the
// results, and recover takes what run__h recovered. The closures belong to the
// frame of the body, which has ended when they run.

// funcBody lowers the body of a function or closure and gives the names its
// results have to have.
func (l *Lowerer) funcBody(b *ast.BlockStmt, fields *ast.FieldList) (*ast.BlockStmt, []string) {
	results := fieldNames(fields)
	l.fn.gotos = gotoTargets(b)
	l.fn.targets = l.branchTargets(b)
	n := l.fn.sig.Results().Len()
	leaves := l.fn.targets != nil && l.returnsFromLoop(b)
	if results == nil && (defers(b) || leaves) {
		results = make([]string, n)
	}
	reads := results != nil && readsResults(b, results)
	if defers(b) || leaves {
		l.apartFromLocals(results, fields, b)
	}
	for i, name := range results {
		if name == "" || name == "_" {
			results[i] = l.temp()
		}
	}
	l.fn.results = results
	if !defers(b) {
		body := l.body(b)
		if results != nil && (leaves || reads) {
			l.move(b.List[0].Pos()) // where a trace shows a closure
			body.List = append(l.zeroResults(results), body.List...)
		}
		return body, results
	}
	l.fn.deferred = l.temp()
	d := l.fn.deferred
	body := l.body(b)
	inner := &ast.FuncLit{Type: l.plainFunc(), Body: body}
	l.at = l.Hidden // so that a trace shows the body, not the function around it
	out := &ast.BlockStmt{Lbrace: l.Map(b.Lbrace), Rbrace: l.Map(b.Rbrace), List: append(l.zeroResults(results),
		l.define(d, &ast.UnaryExpr{OpPos: l.at, Op: token.AND, X: &ast.CompositeLit{Type: l.id(DeferType), Lbrace: l.at, Rbrace: l.at}}),
		&ast.DeferStmt{Defer: l.at, Call: l.call(l.id(RunFunc), l.id(d))},
		l.exprStmt(l.call(inner)),
		l.ret(),
	)}
	if n == 0 {
		return out, nil
	}
	return out, results
}

// apartFromLocals renames those results whose names stand for something else
// somewhere in the body: a return there assigns to them all the same.
func (l *Lowerer) apartFromLocals(results []string, fields *ast.FieldList, b *ast.BlockStmt) {
	if results == nil || fields == nil {
		return
	}
	local := map[string]bool{}
	ast.Inspect(b, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && l.Info.Defs[id] != nil {
			local[id.Name] = true
		}
		return true
	})
	i := 0
	for _, f := range fields.List {
		for _, id := range f.Names {
			if local[id.Name] {
				results[i] = l.temp()
				l.rename(l.Info.Defs[id], results[i])
			}
			i++
		}
	}
}

// defers tells whether a body has defer statements of its own.
func defers(b *ast.BlockStmt) bool {
	found := false
	if b == nil {
		return false
	}
	ast.Inspect(b, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

// recoverFrom names the variable whose panic a call of recover is about: the
// one of the function that deferred this one. For a closure that is the nearest
// function around it that has defer statements.
func (l *Lowerer) recoverFrom() string {
	if l.fn == nil {
		return ""
	}
	if l.fn.recovery {
		return recoveryParam
	}
	for f := l.fn.outer; f != nil; f = f.outer {
		if f.deferred != "" {
			return f.deferred
		}
	}
	return ""
}

// returnStmt lowers a return. With deferred calls to come it sets the results
// and leaves the body.
func (l *Lowerer) returnStmt(s *ast.ReturnStmt) []ast.Stmt {
	xs, pre := l.returned(s)
	l.move(s.Return)
	leave := func() []ast.Stmt {
		if list := l.exitTo(&exit{}); list != nil {
			return list
		}
		return one(&ast.ReturnStmt{Return: l.at})
	}
	if len(xs) == 0 {
		return leave()
	}
	if l.fn.deferred == "" && len(l.fn.bodies) == 0 {
		if len(xs) > 1 && len(xs) == len(l.fn.results) && len(xs) == len(s.Results) && l.mentionsResults(s.Results) {
			// The interpreter writes one result after the other.
			pre = append(pre, l.intoTemps(s.Results, xs)...)
			return append(pre, &ast.ReturnStmt{Return: l.at, Results: xs})
		}
		return append(pre, &ast.ReturnStmt{Return: l.at, Results: xs})
	}
	out := pre
	if len(xs) == len(l.fn.results) && len(xs) == len(s.Results) {
		out = append(out, l.apart(s.Results, xs)...)
		for i := range xs {
			switch e := ast.Unparen(s.Results[i]).(type) {
			case *ast.CallExpr:
				xs[i] = l.placed(e, xs[i])
			case *ast.CompositeLit:
				xs[i] = l.copied(xs[i])
			case *ast.Ident:
				_, converted := xs[i].(*ast.CallExpr)
				if t := l.fn.sig.Results().At(i).Type(); len(xs) > 1 && !converted && l.Info.Types[e].IsNil() {
					xs[i] = l.call(l.paren(l.typ(t)), xs[i])
				}
			}
		}
	}
	return append(append(out, l.assign(token.ASSIGN, l.ids(l.fn.results...), xs)), leave()...)
}

// isBuiltinCall tells whether an expression is a use of a predeclared function
// that is evaluated when it runs.
func (l *Lowerer) isBuiltinCall(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && l.Info.Types[c.Fun].IsBuiltin() && l.Info.Types[c].Value == nil
}

// returned lowers the operands of a return, converted to the results' types, and
// gives statements that go ahead of it.
func (l *Lowerer) returned(s *ast.ReturnStmt) (xs []ast.Expr, pre []ast.Stmt) {
	results := l.fn.sig.Results()
	if len(s.Results) == 1 && results.Len() == 1 {
		if from := receivedFrom(s.Results[0]); from != nil {
			x, pre := l.receiving(from, s.Pos())
			return []ast.Expr{l.convert(x, l.elemOf(from), l.subst(results.At(0).Type()))}, pre
		}
	}
	if len(s.Results) == results.Len() {
		xs = l.exprsTo(s.Results, func(i int) types.Type { return results.At(i).Type() })
		for i, e := range s.Results {
			if _, isFunc := coreType(l.subst(results.At(i).Type())).(*types.Signature); isFunc && l.Info.Types[e].IsNil() {
				xs[i] = l.call(l.paren(l.typ(results.At(i).Type())), xs[i])
			}
			if len(xs) > 1 && l.isBuiltinCall(e) {
				// The interpreter has a builtin write to the place of the first result,
				// whatever type that has.
				xs[i] = &ast.ParenExpr{Lparen: l.at, X: xs[i], Rparen: l.at}
			}
		}
		return xs, nil
	}
	if len(s.Results) != 1 {
		return l.exprs(s.Results), nil
	}
	from := l.severalTypes(s.Results[0])
	adapting := false
	for i, t := range from {
		adapting = adapting || l.needsAdapting(t, results.At(i).Type())
	}
	x := l.expr(s.Results[0])
	if !adapting {
		return []ast.Expr{x}, nil
	}
	l.move(s.Return)
	temps := l.temps(len(from))
	pre = []ast.Stmt{l.assign(token.DEFINE, l.ids(temps...), []ast.Expr{x})}
	for i, t := range from {
		xs = append(xs, l.convert(l.id(temps[i]), t, l.subst(results.At(i).Type())))
	}
	return xs, pre
}

// apart evaluates operands that the interpreter would lose in an assignment of
// several ahead of it; xs gets what stands for them.
func (l *Lowerer) apart(source, xs []ast.Expr) (pre []ast.Stmt) {
	plain := true
	for i, e := range source {
		_, converted := xs[i].(*ast.CallExpr)
		tv := l.Info.Types[e]
		plain = plain && (tv.Value != nil || tv.IsNil() || isOperand(e) && !converted && !mayPanic(e))
	}
	if plain || len(xs) == 1 {
		return nil
	}
	return l.intoTemps(source, xs)
}

// intoTemps evaluates operands into variables; xs gets these.
func (l *Lowerer) intoTemps(source, xs []ast.Expr) (pre []ast.Stmt) {
	for i, e := range source {
		if tv := l.Info.Types[e]; tv.Value == nil && !tv.IsNil() {
			t := l.temp()
			pre = append(pre, l.define(t, xs[i]))
			xs[i] = l.id(t)
		}
	}
	return pre
}

// mentionsResults tells whether operands read results of the function they are
// returned from.
func (l *Lowerer) mentionsResults(list []ast.Expr) bool {
	found := false
	for _, e := range list {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				for _, name := range l.fn.results {
					found = found || localName(id.Name) == name || l.renamed[l.Info.Uses[id]] == name
				}
			}
			return !found
		})
	}
	return found
}

// deferStmt lowers a defer statement: operands are evaluated now, the call is
// kept for later.
func (l *Lowerer) deferStmt(s *ast.DeferStmt) []ast.Stmt {
	keep := func(f ast.Expr) ast.Stmt {
		calls := func() ast.Expr { return l.sel(l.id(l.fn.deferred), "calls") }
		return l.assign(token.ASSIGN, []ast.Expr{calls()}, []ast.Expr{l.call(l.id("append"), calls(), f)})
	}
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok && len(s.Call.Args) == 0 && lit.Type.Results == nil {
		f := l.expr(lit)
		l.move(s.Pos())
		return one(keep(f))
	}
	if id, ok := ast.Unparen(s.Call.Fun).(*ast.Ident); ok && id.Name == "recover" && l.Info.Types[s.Call.Fun].IsBuiltin() {
		return nil // as in Go, a recover that is deferred itself recovers nothing
	}
	pre, call := l.later(s.Call)
	l.move(s.Pos())
	if body := l.deferredBody(s.Call); body != "" {
		call.Fun = l.id(body)
		call.Args = append([]ast.Expr{l.id(l.fn.deferred)}, call.Args...)
	}
	return l.scoped(pre, keep(l.funcLit(l.plainFunc(), l.exprStmt(call))))
}

// deferredBody names what to call for a deferred function that calls recover
// itself.
func (l *Lowerer) deferredBody(e *ast.CallExpr) string {
	var id *ast.Ident
	switch f := ast.Unparen(e.Fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return ""
	}
	fn, ok := l.Info.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil || !l.Names.IsSource(fn.Pkg()) {
		return ""
	}
	return l.Names.Body(fn)
}
