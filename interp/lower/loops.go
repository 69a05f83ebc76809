package lower

import (
	"go/ast"
	"go/token"
	"go/types"
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

// shares tells whether a loop has its variables once for all iterations.
func (l *Lowerer) shares(s ast.Stmt) bool { return l.SharedLoops != nil && l.SharedLoops(s.Pos()) }
