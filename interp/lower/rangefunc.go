package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// A range loop over a function becomes a call of it, with the loop's body as a
// closure:
//
//	state, next := ready, 0
//	f(func(k K, v V) bool {
//		if state != ready { rt.Range(place, state) }
//		state = running
//		{ body }
//		state = ready
//		return true
//	})
//	if state == running { rt.Range(place, missing) }
//	state = over
//	if next == 1 { break Outer }
//
// What leaves the body for somewhere outside of it notes in next where to, and
// goes on from there once the function has returned: next belongs to the
// outermost such loop, and each loop on the way out hands on what is not for
// its own surroundings. A defer statement in the body is one of the function
// around it, since the variable that holds its deferred calls is in sight.

// States of a loop over a function. The numbers are those that the host's Range
// gets to tell what went wrong.
const (
	loopDone    = "0" // the body has returned false
	loopReady   = "1"
	loopRunning = "2" // the body runs, or has panicked
	loopOver    = "3" // the function has returned
	loopMissing = "4" // the function has returned in spite of the body's panic
)

// funcLoop is a loop over a function whose body is being lowered.
type funcLoop struct {
	stmt  *ast.RangeStmt
	state string  // variable
	exits []*exit // what leaves the loop for further out
}

// exit is a way out of a loop's body. For return there is no target.
type exit struct {
	branch *ast.BranchStmt // nil for return
	to     target
	code   int
}

// target is where a branch statement goes: a loop, switch or select, or the
// statement that has the label of a goto. depth counts the bodies of loops over
// functions that it stands in.
type target struct {
	stmt  ast.Stmt
	depth int
}

// isFuncRange tells whether a node is a range loop over a function.
func (l *Lowerer) isFuncRange(n ast.Node) bool {
	s, ok := n.(*ast.RangeStmt)
	if !ok {
		return false
	}
	_, ok = coreType(l.typeOf(s.X)).(*types.Signature)
	return ok
}

// returnsFromLoop tells whether a function body has a return statement in the
// body of a loop over a function, so that its results need names.
func (l *Lowerer) returnsFromLoop(b *ast.BlockStmt) bool {
	found := false
	ast.PreorderStack(b, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, around := range stack {
				found = found || l.isFuncRange(around)
			}
		}
		return !found
	})
	return found
}

// branchTargets finds out where the branch statements of a function body go; nil
// when it has no loop over a function.
func (l *Lowerer) branchTargets(b *ast.BlockStmt) map[*ast.BranchStmt]target {
	depth := func(stack []ast.Node) int {
		n := 0
		for _, around := range stack {
			if l.isFuncRange(around) {
				n++
			}
		}
		return n
	}
	ranges := false
	labels := map[string]target{}
	ast.PreorderStack(b, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			ranges = ranges || l.isFuncRange(n)
		case *ast.LabeledStmt:
			labels[n.Label.Name] = target{n, depth(stack)}
		}
		return true
	})
	if !ranges {
		return nil
	}
	out := map[*ast.BranchStmt]target{}
	ast.PreorderStack(b, nil, func(n ast.Node, stack []ast.Node) bool {
		s, ok := n.(*ast.BranchStmt)
		switch {
		case !ok:
			_, isLit := n.(*ast.FuncLit)
			return !isLit
		case s.Tok == token.GOTO:
			out[s] = labels[s.Label.Name]
		case s.Tok == token.BREAK || s.Tok == token.CONTINUE:
			for i := len(stack) - 1; i >= 0; i-- {
				if around, ok := stack[i].(ast.Stmt); ok && takesBranch(around, s, stack[:i]) {
					out[s] = target{around, depth(stack[:i])}
					break
				}
			}
		}
		return true
	})
	return out
}

// takesBranch tells whether a break or continue statement is about a statement
// around it.
func takesBranch(around ast.Stmt, s *ast.BranchStmt, stack []ast.Node) bool {
	switch around.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		if s.Tok == token.CONTINUE {
			return false
		}
	default:
		return false
	}
	if s.Label == nil {
		return true
	}
	if len(stack) == 0 {
		return false
	}
	labeled, ok := stack[len(stack)-1].(*ast.LabeledStmt)
	return ok && labeled.Label.Name == s.Label.Name
}

func (l *Lowerer) rangeFunc(s *ast.RangeStmt) []ast.Stmt {
	l.takeLabel() // nothing emitted names it: see exits
	sig := coreType(l.typeOf(s.X)).(*types.Signature)
	yield := coreType(sig.Params().At(0).Type()).(*types.Signature)
	loop := &funcLoop{stmt: s, state: l.temp()}
	outermost := len(l.fn.bodies) == 0
	names := []string{loop.state}
	values := []ast.Expr{l.lit(token.INT, loopReady)}
	if outermost {
		l.fn.next = l.temp()
		names, values = append(names, l.fn.next), append(values, l.lit(token.INT, "0"))
	}
	out := one(l.assign(token.DEFINE, l.ids(names...), values))
	fun, args := l.iterator(s.X)

	l.fn.bodies = append(l.fn.bodies, loop)
	params := make([]string, yield.Params().Len())
	var use []ast.Stmt
	for i := range params {
		e := s.Key
		if i == 1 {
			e = s.Value
		}
		params[i], use = l.loopParam(e, s.Tok, yield.Params().At(i).Type(), use)
	}
	body := l.body(s.Body)
	l.fn.bodies = l.fn.bodies[:len(l.fn.bodies)-1]
	l.move(s.Pos())
	is := func(state string) ast.Expr {
		return &ast.BinaryExpr{X: l.id(loop.state), OpPos: l.at, Op: token.EQL, Y: l.lit(token.INT, state)}
	}
	misuse := func(state ast.Expr) ast.Stmt {
		return l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), RangeFunc), append(l.place(), state)...))
	}
	notReady := &ast.BinaryExpr{X: l.id(loop.state), OpPos: l.at, Op: token.NEQ, Y: l.lit(token.INT, loopReady)}
	list := []ast.Stmt{l.ifStmt(notReady, misuse(l.id(loop.state))), l.setState(loop, loopRunning), l.guard()}
	list = append(list, use...)
	list = append(list, l.block(body.List...), l.setState(loop, loopReady), l.ret(l.id("true")))
	lit := l.funcLit(l.funcType(yield, params, nil), list...)
	out = append(out,
		l.exprStmt(l.call(fun, append(args, lit)...)),
		l.ifStmt(is(loopRunning), misuse(l.lit(token.INT, loopMissing))),
		l.setState(loop, loopOver))
	for _, e := range loop.exits {
		out = append(out, l.arrive(e))
	}
	return one(l.block(out...))
}

// iterator lowers the function that a loop ranges over, with the arguments that
// come before the body: the receiver, when it is a method of the script's.
func (l *Lowerer) iterator(x ast.Expr) (fun ast.Expr, args []ast.Expr) {
	if sel, ok := ast.Unparen(x).(*ast.SelectorExpr); ok {
		if s := l.Info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if target, recv := l.method(sel, s); target != "" {
				return l.id(target), []ast.Expr{recv}
			}
		}
	}
	return l.callee(x), nil
}

// loopParam names the parameter that brings a loop variable in. Where that is
// not the variable itself, use gets the assignment.
func (l *Lowerer) loopParam(e ast.Expr, tok token.Token, t types.Type, use []ast.Stmt) (string, []ast.Stmt) {
	if e == nil {
		return l.temp(), use
	}
	l.move(e.Pos())
	id, ok := e.(*ast.Ident)
	if ok && id.Name == "_" {
		return l.temp(), use
	}
	if ok && tok == token.DEFINE {
		return localName(id.Name), use
	}
	name := l.temp()
	return name, append(use, l.assign(token.ASSIGN, []ast.Expr{l.expr(e)}, []ast.Expr{l.convert(l.id(name), l.subst(t), l.typeOf(e))}))
}

func (l *Lowerer) setState(loop *funcLoop, state string) ast.Stmt {
	return l.assign(token.ASSIGN, l.ids(loop.state), []ast.Expr{l.lit(token.INT, state)})
}

// leave lowers a branch statement that goes out of the body of a loop over a
// function; nil for one that does not.
func (l *Lowerer) leave(s *ast.BranchStmt) []ast.Stmt {
	to, ok := l.fn.targets[s]
	if !ok {
		return nil
	}
	return l.exitTo(&exit{branch: s, to: to})
}

// exitTo writes the statements that leave the innermost body; nil when that is
// not what the exit asks for, because its target is in the same function.
func (l *Lowerer) exitTo(e *exit) []ast.Stmt {
	n := len(l.fn.bodies)
	if n == 0 || e.branch != nil && e.to.depth == n {
		return nil
	}
	inner := l.fn.bodies[n-1]
	if e.branch != nil && e.to.stmt == inner.stmt {
		if e.branch.Tok == token.CONTINUE {
			return []ast.Stmt{l.setState(inner, loopReady), l.ret(l.id("true"))}
		}
		return []ast.Stmt{l.setState(inner, loopDone), l.ret(l.id("false"))}
	}
	if e.code == 0 {
		l.fn.codes++
		e.code = l.fn.codes
	}
	inner.exits = append(inner.exits, e)
	return []ast.Stmt{
		l.assign(token.ASSIGN, l.ids(l.fn.next), []ast.Expr{l.lit(token.INT, strconv.Itoa(e.code))}),
		l.setState(inner, loopDone),
		l.ret(l.id("false")),
	}
}

// arrive goes on, behind a loop, with what left its body.
func (l *Lowerer) arrive(e *exit) ast.Stmt {
	list := l.exitTo(e)
	if list == nil {
		list = one(l.assign(token.ASSIGN, l.ids(l.fn.next), []ast.Expr{l.lit(token.INT, "0")}))
		if e.branch != nil {
			list = append(list, l.branch(e.branch)...)
		} else {
			list = append(list, &ast.ReturnStmt{Return: l.at})
		}
		l.move(l.src)
	} else if e.branch != nil && e.to.stmt == l.fn.bodies[len(l.fn.bodies)-1].stmt {
		list = append(one(l.assign(token.ASSIGN, l.ids(l.fn.next), []ast.Expr{l.lit(token.INT, "0")})), list...)
	}
	is := &ast.BinaryExpr{X: l.id(l.fn.next), OpPos: l.at, Op: token.EQL, Y: l.lit(token.INT, strconv.Itoa(e.code))}
	return l.ifStmt(is, list...)
}

// coreType is the underlying type; of a type parameter that is not bound, which
// only an unused generic function has, nothing.
func coreType(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}
