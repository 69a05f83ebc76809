package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// loop is one enclosing loop. before, when set, gives a statement to run ahead
// of every continue of that loop.
type loop struct {
	label  string
	before func() ast.Stmt
}

// guard lets whoever stops goroutines reach this one: every loop asks it at the
// top, and every goto.
func (l *Lowerer) guard() ast.Stmt {
	check := l.call(l.sel(l.id(l.Names.Import(RuntimePath)), CheckFunc), l.place()...)
	return l.ifStmt(l.id(StopFlag), l.exprStmt(check))
}

func (l *Lowerer) push(before func() ast.Stmt) *loop {
	lp := &loop{label: l.takeLabel(), before: before}
	l.fn.loops = append(l.fn.loops, lp)
	return lp
}

func (l *Lowerer) pop() { l.fn.loops = l.fn.loops[:len(l.fn.loops)-1] }

// loopOf finds the loop a continue belongs to.
func (l *Lowerer) loopOf(label *ast.Ident) *loop {
	loops := l.fn.loops
	for i := len(loops) - 1; i >= 0; i-- {
		if label == nil || loops[i].label == label.Name {
			return loops[i]
		}
	}
	return nil
}

// forStmt lowers a for loop. Variables of the loop clause that outlive an
// iteration (captured by a closure, or with their address taken) become a new
// variable each iteration, copied in at the top and, when the body can change
// them, copied back before the post statement.
func (l *Lowerer) forStmt(s *ast.ForStmt) []ast.Stmt {
	var vars []*ast.Ident
	if init, ok := s.Init.(*ast.AssignStmt); ok && init.Tok == token.DEFINE && !l.shares(s) {
		for _, x := range init.Lhs {
			id := x.(*ast.Ident)
			if obj := l.Info.Defs[id]; obj != nil && l.outlives(s.Body, obj) {
				vars = append(vars, id)
			}
		}
	}
	if len(vars) == 0 {
		out := &ast.ForStmt{For: l.at}
		out.Init = l.clauseStmt(s.Init)
		out.Cond = l.expr(s.Cond)
		out.Post = l.clauseStmt(s.Post)
		l.push(nil)
		body := l.body(s.Body)
		l.pop()
		l.move(s.Pos())
		body.List = append([]ast.Stmt{l.guard()}, body.List...)
		out.Body = body
		return one(out)
	}
	return l.perIteration(s, vars)
}

func (l *Lowerer) perIteration(s *ast.ForStmt, vars []*ast.Ident) []ast.Stmt {
	// All variables of the clause have names of their own, as the clause comes
	// to stand in the block around the loop; in the body, those that are new in
	// each iteration have the names of the source.
	whole := map[types.Object]string{}
	for _, x := range s.Init.(*ast.AssignStmt).Lhs {
		if obj := l.Info.Defs[x.(*ast.Ident)]; obj != nil && obj.Name() != "_" {
			whole[obj] = l.temp()
			l.rename(obj, whole[obj])
		}
	}
	init := l.clauseStmt(s.Init)
	out := &ast.ForStmt{For: l.at}
	out.Cond = l.expr(s.Cond)
	out.Post = l.clauseStmt(s.Post)
	for _, id := range vars {
		delete(l.renamed, l.Info.Defs[id])
	}
	copies := func(in bool) []ast.Stmt {
		var list []ast.Stmt
		for _, id := range vars {
			name, whole := localName(id.Name), whole[l.Info.Defs[id]]
			if in {
				list = append(list, l.define(name, l.id(whole)))
			} else {
				list = append(list, l.assign(token.ASSIGN, l.ids(whole), l.ids(name)))
			}
		}
		return list
	}
	changes := false
	for _, id := range vars {
		changes = changes || l.changed(s.Body, l.Info.Defs[id])
	}
	var before func() ast.Stmt
	if changes {
		before = func() ast.Stmt { return l.block(copies(false)...) }
	}
	l.push(before)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	list := append([]ast.Stmt{l.guard()}, copies(true)...)
	list = append(list, l.block(body.List...))
	if changes {
		list = append(list, copies(false)...)
	}
	out.Body = l.block(list...)
	return []ast.Stmt{init, out}
}

// rename gives a local variable another name in what is lowered from here on.
func (l *Lowerer) rename(obj types.Object, to string) {
	if l.renamed == nil {
		l.renamed = map[types.Object]string{}
	}
	l.renamed[obj] = to
}

// rangeStmt lowers a range loop. Its variables are new in each iteration where
// that can be told; ranging over an integer becomes a counting loop.
func (l *Lowerer) rangeStmt(s *ast.RangeStmt) []ast.Stmt {
	t := l.typeOf(s.X)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			return l.rangeInt(s, t)
		}
		if s.Tok == token.DEFINE && l.shares(s) {
			return l.rangeShared(s)
		}
		return l.rangeString(s)
	case *types.Signature:
		return l.rangeFunc(s)
	}
	if s.Tok == token.DEFINE && l.shares(s) {
		return l.rangeShared(s)
	}
	if _, ok := t.Underlying().(*types.Chan); ok {
		return l.rangeChannel(s)
	}
	if l.yieldsChannels(s, t) {
		return l.rangeByKey(s, t)
	}
	if m, ok := coreType(t).(*types.Map); ok && l.SortMaps && s.Key != nil && HasOrder(m.Key()) {
		return l.rangeSorted(s, t)
	}
	out := &ast.RangeStmt{For: l.at, Tok: s.Tok, TokPos: l.Map(s.TokPos), Range: l.Map(s.Range)}
	var fresh []ast.Stmt
	var existing, taken []ast.Expr
	variable := func(e ast.Expr) ast.Expr {
		if e == nil {
			return nil
		}
		id, ok := e.(*ast.Ident)
		if ok && id.Name == "_" {
			return l.id("_")
		}
		l.move(e.Pos())
		if !ok || s.Tok != token.DEFINE {
			// The interpreter assigns to a variable of its own.
			tmp := l.temp()
			from := rangeKey(t)
			if e == s.Value {
				from = rangeValue(t)
			}
			existing = append(existing, e)
			taken = append(taken, l.convert(l.id(tmp), l.subst(from), l.typeOf(e)))
			return l.id(tmp)
		}
		if obj := l.Info.Defs[id]; obj != nil && l.outlives(s.Body, obj) {
			tmp := l.temp()
			fresh = append(fresh, l.define(localName(id.Name), l.id(tmp)))
			return l.id(tmp)
		}
		return l.id(localName(id.Name))
	}
	out.Key, out.Value = variable(s.Key), variable(s.Value)
	if s.Tok == token.ASSIGN && len(existing) > 0 {
		out.Tok = token.DEFINE
		fresh = l.takeOver(existing, taken)
	}
	l.move(s.Pos())
	out.X = l.ranged(s, t)
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	body.List = append(append([]ast.Stmt{l.guard()}, fresh...), body.List...)
	out.Body = body
	return one(out)
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

// shares tells whether a loop has its variables once for all iterations.
func (l *Lowerer) shares(s ast.Stmt) bool { return l.SharedLoops != nil && l.SharedLoops(s.Pos()) }

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
