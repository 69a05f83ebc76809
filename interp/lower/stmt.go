package lower

import (
	"go/ast"
	"go/token"
)

// body lowers a function body or block; nil stays nil.
func (l *Lowerer) body(b *ast.BlockStmt) *ast.BlockStmt {
	if b == nil {
		return nil
	}
	list := l.stmts(b.List)
	return &ast.BlockStmt{Lbrace: l.Map(b.Lbrace), List: list, Rbrace: l.Map(b.Rbrace)}
}

func (l *Lowerer) stmts(list []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		if w := l.waits(s); w != nil {
			out = append(out, w...)
			continue
		}
		out = append(out, l.stmt(s)...)
	}
	return out
}

// one lowers a statement to one statement: several become a block.
func (l *Lowerer) one(s ast.Stmt) ast.Stmt {
	if s == nil {
		return nil
	}
	list := l.stmt(s)
	if len(list) == 1 {
		return list[0]
	}
	return l.block(list...)
}

// stmt lowers a statement. What it gives back stands in the same block; the
// last statement is the one a label on the original belongs to.
func (l *Lowerer) stmt(s ast.Stmt) []ast.Stmt {
	if s == nil {
		return nil
	}
	l.move(s.Pos())
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return nil
	case *ast.ExprStmt:
		if l.isPanic(s.X) {
			return l.panicStmt(s)
		}
		return one(&ast.ExprStmt{X: bareReceive(l.expr(s.X))})
	case *ast.SendStmt:
		ch, v := l.expr(s.Chan), l.exprTo(s.Value, valueType(l.typeOf(s.Chan)))
		return one(&ast.SendStmt{Chan: ch, Arrow: l.Map(s.Arrow), Value: v})
	case *ast.IncDecStmt:
		return one(&ast.IncDecStmt{X: l.expr(s.X), TokPos: l.Map(s.TokPos), Tok: s.Tok})
	case *ast.AssignStmt:
		return l.assignStmt(s)
	case *ast.GoStmt:
		return l.goStmt(s)
	case *ast.DeferStmt:
		return l.deferStmt(s)
	case *ast.ReturnStmt:
		return l.returnStmt(s)
	case *ast.BranchStmt:
		return l.branch(s)
	case *ast.BlockStmt:
		return one(l.body(s))
	case *ast.IfStmt:
		return one(l.ifElse(s))
	case *ast.LabeledStmt:
		return l.labeled(s)
	case *ast.ForStmt:
		return l.forStmt(s)
	case *ast.RangeStmt:
		return l.rangeStmt(s)
	case *ast.SwitchStmt:
		return l.switchStmt(s)
	case *ast.TypeSwitchStmt:
		return l.typeSwitch(s)
	case *ast.SelectStmt:
		return l.selectStmt(s)
	case *ast.DeclStmt:
		return l.declStmt(s)
	}
	l.fail(s.Pos(), "", "statement %T is not supported", s)
	return nil
}

// isPanic tells whether an expression is a call of the builtin panic.
func (l *Lowerer) isPanic(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	return ok && id.Name == "panic" && l.Info.Types[c.Fun].IsBuiltin()
}

// panicStmt lowers panic(x). It says where it is before, as the interpreter's
// own trace does not tell.
func (l *Lowerer) panicStmt(s *ast.ExprStmt) []ast.Stmt {
	c := ast.Unparen(s.X).(*ast.CallExpr)
	x := l.exprTo(c.Args[0], emptyInterface)
	here := l.Here(s.Pos())
	// The interpreter's own panic would wrap the value.
	return []ast.Stmt{here, l.exprStmt(l.rt(PanicFunc, x))}
}

func one(s ast.Stmt) []ast.Stmt { return []ast.Stmt{s} }

func (l *Lowerer) ifElse(s *ast.IfStmt) ast.Stmt {
	if a, ok := s.Init.(*ast.AssignStmt); ok && !l.isPlain(a) {
		init := l.assignStmt(a)
		rest := *s
		rest.Init = nil
		return l.block(append(init, l.ifElse(&rest))...)
	}
	out := &ast.IfStmt{If: l.Map(s.If)}
	out.Init = l.clauseStmt(s.Init)
	out.Cond = l.expr(s.Cond)
	out.Body = l.body(s.Body)
	out.Else = l.one(s.Else)
	return out
}

// labeled puts the label on the statement that the original became. Where that
// is several, the label of a goto stands ahead of all of them, and the label of
// break and continue on the last.
func (l *Lowerer) labeled(s *ast.LabeledStmt) []ast.Stmt {
	name := s.Label.Name
	l.fn.labelNext = name
	list := l.stmt(s.Stmt)
	l.fn.labelNext = ""
	l.move(s.Pos())
	if len(list) == 0 {
		list = one(&ast.EmptyStmt{Semicolon: l.at})
	}
	last := len(list) - 1
	list[last] = &ast.LabeledStmt{Label: l.id(jumpLabel(name)), Colon: l.Map(s.Colon), Stmt: list[last]}
	if len(list) > 1 {
		list = one(l.block(list...))
	}
	if l.fn.gotos[name] {
		target := &ast.LabeledStmt{Label: l.id(gotoLabel(name)), Colon: l.at, Stmt: l.block()}
		list = append(one(target), list...)
	}
	return list
}

// jumpLabel is the label that break and continue name. The interpreter keeps
// labels and variables in one name space, Go does not.
func jumpLabel(name string) string { return name + Reserved + "l" }

// gotoLabel is the label that a goto in the source goes to.
func gotoLabel(name string) string { return name + Reserved + "g" }

// gotoTargets finds the labels that goto statements of a function body name.
func gotoTargets(b *ast.BlockStmt) map[string]bool {
	targets := map[string]bool{}
	ast.Inspect(b, func(n ast.Node) bool {
		if s, ok := n.(*ast.BranchStmt); ok && s.Tok == token.GOTO {
			targets[s.Label.Name] = true
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	return targets
}

// takeLabel gives the label of the loop being lowered, once.
func (l *Lowerer) takeLabel() string {
	name := l.fn.labelNext
	l.fn.labelNext = ""
	return name
}

func (l *Lowerer) branch(s *ast.BranchStmt) []ast.Stmt {
	if list := l.leave(s); list != nil {
		return list
	}
	out := &ast.BranchStmt{TokPos: l.at, Tok: s.Tok}
	if s.Label != nil {
		out.Label = l.id(jumpLabel(s.Label.Name))
	}
	switch s.Tok {
	case token.GOTO:
		out.Label = l.id(gotoLabel(s.Label.Name))
		return []ast.Stmt{l.guard(), out}
	case token.CONTINUE:
		if lp := l.loopOf(s.Label); lp != nil && lp.before != nil {
			return one(l.block(lp.before(), out))
		}
	}
	return one(out)
}
