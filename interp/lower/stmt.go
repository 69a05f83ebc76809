package lower

import (
	"go/ast"
	"go/token"
	"go/types"
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
		ch, v := l.expr(s.Chan), l.expr(s.Value)
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
		return one(l.switchStmt(s))
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
// own trace does not tell; and of an error or a Stringer it says the text, which
// only script code can ask for.
func (l *Lowerer) panicStmt(s *ast.ExprStmt) []ast.Stmt {
	c := ast.Unparen(s.X).(*ast.CallExpr)
	t := l.typeOf(c.Args[0])
	speaks := ""
	for _, m := range []string{"Error", "String"} {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, m)
		if fn, ok := obj.(*types.Func); ok && speaks == "" && isText(fn.Signature()) {
			speaks = m
		}
	}
	x := l.expr(c.Args[0])
	here := l.Here(s.Pos())
	if speaks == "" || types.IsInterface(t) {
		return []ast.Stmt{here, l.exprStmt(l.raise(x, t))}
	}
	v := l.temp()
	text := l.call(l.sel(l.id(v), speaks))
	say := l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), SayFunc), append(l.place(), text)...))
	return one(l.block(l.define(v, x), here, say, l.exprStmt(l.raise(l.id(v), t))))
}

// raise writes the call that panics with a value of type t. The interpreter's
// own panic wraps the value, so that recover would give something else.
func (l *Lowerer) raise(x ast.Expr, t types.Type) *ast.CallExpr {
	if basic, ok := t.(*types.Basic); !isEmptyInterface(t) && (!ok || basic.Kind() != types.UntypedNil) {
		any := &ast.InterfaceType{Interface: l.at, Methods: &ast.FieldList{Opening: l.at, Closing: l.at}}
		x = l.call(l.paren(any), x)
	}
	return l.call(l.sel(l.id(l.Names.Import(RuntimePath)), PanicFunc), x)
}

func isText(sig *types.Signature) bool {
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.String])
}

func one(s ast.Stmt) []ast.Stmt { return []ast.Stmt{s} }

// commaOk writes x.(T) for use with two results. The interpreter panics when a
// nil is asserted to an interface, and for any value when the interface is one
// that a script declares, while its type switch with a symbol works for these:
// so interfaces go through a closure.
func (l *Lowerer) commaOk(x ast.Expr, from, to types.Type) ast.Expr {
	assertion := func(x ast.Expr) ast.Expr {
		return &ast.TypeAssertExpr{X: x, Lparen: l.at, Type: l.typ(to), Rparen: l.at}
	}
	if !types.IsInterface(to) || isEmptyInterface(to) || !l.canWrite(from) {
		return assertion(x)
	}
	p, v, ok, t := l.temp(), l.temp(), l.temp(), l.temp()
	sig := types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(token.NoPos, nil, p, from)),
		types.NewTuple(types.NewParam(token.NoPos, nil, v, to), types.NewParam(token.NoPos, nil, ok, types.Typ[types.Bool])), false)
	isNil := l.ifStmt(&ast.BinaryExpr{X: l.id(p), OpPos: l.at, Op: token.EQL, Y: l.id("nil")}, l.ret(l.id(v), l.id("false")))
	ft := l.funcType(sig, []string{p}, []string{v, ok})
	if !l.isScriptInterface(to) {
		ask := l.assign(token.ASSIGN, l.ids(v, ok), []ast.Expr{assertion(l.id(p))})
		return l.call(l.funcLit(ft, isNil, ask, l.ret(l.ids(v, ok)...)), x)
	}
	sw := &ast.TypeSwitchStmt{Switch: l.at,
		Assign: l.define(t, &ast.TypeAssertExpr{X: l.id(p), Lparen: l.at, Rparen: l.at}),
		Body: l.block(&ast.CaseClause{Case: l.at, List: []ast.Expr{l.typ(to)}, Colon: l.at,
			Body: []ast.Stmt{l.ret(l.id(t), l.id("true"))}})}
	return l.call(l.funcLit(ft, isNil, sw, l.ret(l.id(v), l.id("false"))), x)
}

// isScriptInterface tells whether t is an interface with methods that is not
// one of an interpreter package's.
func (l *Lowerer) isScriptInterface(t types.Type) bool {
	it, ok := t.Underlying().(*types.Interface)
	if !ok || it.NumMethods() == 0 {
		return false
	}
	n, ok := types.Unalias(t).(*types.Named)
	return !ok || n.Obj().Pkg() != nil && l.Names.IsSource(n.Obj().Pkg())
}

func (l *Lowerer) ifElse(s *ast.IfStmt) *ast.IfStmt {
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

// declStmt lowers a declaration inside a function. Constants are gone, types
// are written anew, variables get their types written out.
func (l *Lowerer) declStmt(s *ast.DeclStmt) []ast.Stmt {
	d := s.Decl.(*ast.GenDecl)
	var out []ast.Stmt
	for _, spec := range d.Specs {
		l.move(spec.Pos())
		var gen ast.Spec
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Assign.IsValid() {
				continue // an alias: its uses are written as what it stands for
			}
			if spec.TypeParams != nil {
				l.fail(spec.Pos(), "declare it at top level", "a generic type inside a function is not supported")
			}
			named := l.Info.Defs[spec.Name].Type().(*types.Named)
			gen = &ast.TypeSpec{Name: l.id(spec.Name.Name), Type: l.underlying(named, "")}
		case *ast.ValueSpec:
			if d.Tok == token.CONST {
				continue
			}
			v := &ast.ValueSpec{}
			for _, id := range spec.Names {
				v.Names = append(v.Names, l.id(id.Name))
			}
			if spec.Type != nil {
				v.Type = l.typ(l.Info.TypeOf(spec.Type))
			}
			v.Values = l.exprs(spec.Values)
			if v.Type != nil {
				for i := range v.Values {
					v.Values[i] = l.copied(v.Values[i])
				}
			}
			if len(spec.Names) == 2 && len(spec.Values) == 1 {
				v.Values[0] = l.withOk(spec.Values[0], v.Values[0])
			}
			if len(spec.Values) == 1 && len(spec.Names) > 1 {
				// var a, b = f(): the interpreter takes the := form right.
				if lhs := l.ids(identNames(spec.Names)...); v.Type == nil {
					out = append(out, l.assign(token.DEFINE, lhs, v.Values))
					continue
				}
			}
			gen = v
		default:
			continue
		}
		out = append(out, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: l.at, Tok: d.Tok, Specs: []ast.Spec{gen}}})
	}
	return out
}

func identNames(ids []*ast.Ident) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.Name
	}
	return out
}
