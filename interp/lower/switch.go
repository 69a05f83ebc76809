package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (l *Lowerer) switchStmt(s *ast.SwitchStmt) []ast.Stmt {
	if s.Tag != nil && l.switchesInterfaces(s) {
		return l.interfaceSwitch(s)
	}
	label := l.fn.labelNext
	l.fn.labelNext = ""
	pre := l.stmt(s.Init)
	out := &ast.SwitchStmt{Switch: l.Map(s.Switch)}
	out.Tag = l.expr(s.Tag)
	if id, isName := out.Tag.(*ast.Ident); s.Tag != nil && (!isName || l.Info.Types[s.Tag].Value == nil && id.Name != "true") {
		// The interpreter evaluates some tags anew for each case.
		l.move(s.Tag.Pos())
		t := l.temp()
		pre = append(pre, l.switchTag(t, s.Tag, out.Tag))
		out.Tag = l.id(t)
	}
	byConds := s.Tag != nil && l.switchesByConds(s)
	tag := out.Tag
	if byConds {
		out.Tag = nil
	}
	out.Body = l.switchBody(s, func(list []ast.Expr) []ast.Expr {
		if byConds {
			conds := make([]ast.Expr, len(list))
			for i, e := range list {
				x := l.expr(e)
				l.move(e.Pos())
				left, right := l.unified(tag, x, l.typeOf(s.Tag), l.typeOf(e))
				conds[i] = &ast.BinaryExpr{X: left, OpPos: l.at, Op: token.EQL, Y: right}
			}
			return l.anyOf(conds)
		}
		conds := l.exprs(list)
		if s.Tag != nil {
			return conds
		}
		for i, e := range list {
			if types.IsInterface(l.typeOf(e)) { // compared with true
				conds[i] = l.same(conds[i], l.id("true"))
			}
		}
		return l.anyOf(conds)
	})
	pre = append(pre, l.chooseFirst(out)...)
	if len(pre) > 0 && label == "" {
		return one(l.block(append(pre, out)...)) // what the init statement declares must not leak
	}
	return append(pre, out)
}

// chooseFirst makes two of a switch whose default clause falls through to
// another: one that chooses a clause, and sw, which runs it. The interpreter
// moves the default clause to the end, where nothing follows.
func (l *Lowerer) chooseFirst(sw *ast.SwitchStmt) (pre []ast.Stmt) {
	clauses := sw.Body.List
	falls := false
	for i, c := range clauses {
		cc := c.(*ast.CaseClause)
		falls = falls || cc.List == nil && i < len(clauses)-1 && fallsThrough(cc.Body)
	}
	if !falls {
		return nil
	}
	l.at = sw.Switch
	chosen := l.temp()
	choice := &ast.SwitchStmt{Switch: sw.Switch, Tag: sw.Tag, Body: &ast.BlockStmt{Lbrace: sw.Body.Lbrace, Rbrace: sw.Body.Rbrace}}
	for i, c := range clauses {
		cc := c.(*ast.CaseClause)
		l.at = cc.Case
		choice.Body.List = append(choice.Body.List, &ast.CaseClause{Case: l.at, List: cc.List, Colon: cc.Colon,
			Body: one(l.assign(token.ASSIGN, l.ids(chosen), []ast.Expr{l.int(i)}))})
		cc.List = []ast.Expr{l.int(i)}
	}
	l.at = sw.Switch
	sw.Tag = l.id(chosen)
	return []ast.Stmt{l.define(chosen, l.int(0)), choice}
}

func fallsThrough(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	b, ok := body[len(body)-1].(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}

// switchesByConds tells whether a switch compares its tag with nil or with
// something of another type, of which the interpreter makes something else.
func (l *Lowerer) switchesByConds(s *ast.SwitchStmt) bool {
	t := l.typeOf(s.Tag)
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			tv := l.Info.Types[e]
			if tv.IsNil() || tv.Value == nil && !types.Identical(t, l.typeOf(e)) && !untyped(t) {
				return true
			}
		}
	}
	return false
}

func (l *Lowerer) switchBody(s *ast.SwitchStmt, conds func([]ast.Expr) []ast.Expr) *ast.BlockStmt {
	var clauses []ast.Stmt
	for _, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		var list []ast.Expr
		if cc.List != nil {
			list = conds(cc.List)
		}
		clauses = append(clauses, &ast.CaseClause{Case: l.Map(cc.Case), List: list, Colon: l.Map(cc.Colon), Body: l.clauseBody(cc.Body)})
	}
	return &ast.BlockStmt{Lbrace: l.Map(s.Body.Lbrace), List: clauses, Rbrace: l.Map(s.Body.Rbrace)}
}

// switchesInterfaces tells whether the comparisons of a switch are of interface
// values.
func (l *Lowerer) switchesInterfaces(s *ast.SwitchStmt) bool {
	if types.IsInterface(l.typeOf(s.Tag)) {
		return true
	}
	for _, c := range s.Body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if t := l.typeOf(e); t != nil && types.IsInterface(t) {
				return true
			}
		}
	}
	return false
}

// interfaceSwitch lowers a switch over an interface value to one without a tag.
func (l *Lowerer) interfaceSwitch(s *ast.SwitchStmt) []ast.Stmt {
	label := l.fn.labelNext
	l.fn.labelNext = ""
	out := l.stmt(s.Init)
	tag := l.temp()
	value := l.operand(s.Tag)
	l.move(s.Pos())
	out = append(out, l.define(tag, value))
	sw := &ast.SwitchStmt{Switch: l.Map(s.Switch)}
	sw.Body = l.switchBody(s, func(list []ast.Expr) []ast.Expr {
		conds := make([]ast.Expr, len(list))
		for i, e := range list {
			l.move(e.Pos())
			if t := l.typeOf(s.Tag); l.Info.Types[e].IsNil() && !types.IsInterface(t) {
				zero := &ast.StarExpr{Star: l.at, X: l.call(l.id("new"), l.typ(t))}
				conds[i] = l.same(l.id(tag), l.convert(zero, t, emptyInterface))
				continue
			}
			if l.Info.Types[e].IsNil() {
				conds[i] = &ast.BinaryExpr{X: l.id(tag), OpPos: l.at, Op: token.EQL, Y: l.id("nil")}
				continue
			}
			x := l.operand(e)
			l.move(e.Pos())
			conds[i] = l.same(l.id(tag), x)
		}
		return l.anyOf(conds)
	})
	first := l.chooseFirst(sw)
	out = append(out, first...)
	if (s.Init != nil || first != nil) && label == "" {
		return one(l.block(append(out, sw)...))
	}
	return append(out, sw)
}

// switchTag defines the variable that holds the tag of a switch.
func (l *Lowerer) switchTag(name string, source, lowered ast.Expr) ast.Stmt {
	d := l.VarDecl(name, l.typ(types.Default(l.typeOf(source)))).(*ast.GenDecl)
	d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{lowered}
	return &ast.DeclStmt{Decl: d}
}

// anyOf makes one condition of a list of them: of several conditions in a case
// of a switch without a tag the interpreter sees the first only.
func (l *Lowerer) anyOf(conds []ast.Expr) []ast.Expr {
	if len(conds) < 2 {
		return conds
	}
	any := conds[0]
	for _, c := range conds[1:] {
		any = &ast.BinaryExpr{X: any, OpPos: l.at, Op: token.LOR, Y: c}
	}
	return []ast.Expr{any}
}

// symbolUsed tells whether a clause uses the switch's symbol.
func (l *Lowerer) symbolUsed(cc *ast.CaseClause) bool {
	obj := l.Info.Implicits[cc]
	if obj == nil {
		return false
	}
	used := false
	for _, s := range cc.Body {
		used = used || l.mentions(s, obj)
	}
	return used
}

// clauseBody lowers the statements of a clause. The interpreter finds labels in
// blocks only.
func (l *Lowerer) clauseBody(list []ast.Stmt) []ast.Stmt {
	labels := false
	for _, s := range list {
		_, isLabel := s.(*ast.LabeledStmt)
		labels = labels || isLabel
	}
	out := l.stmts(list)
	if !labels {
		return out
	}
	last := len(out) - 1
	if b, ok := out[last].(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
		return []ast.Stmt{l.block(out[:last]...), b}
	}
	return one(l.block(out...))
}
