package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// evalFile is the name under which evaluated code stands in diagnostics.
const evalFile = "eval"

// Eval evaluates an expression in the script's package and gives its value, or
// runs a statement. Code that does not parse or type-check, a panic and the end
// of ctx are told in the error.
func (l *Live) Eval(ctx context.Context, code string) (Value, *CallError) {
	l.mu.Lock()
	call, t, fail := l.evaluation(code)
	l.mu.Unlock()
	if fail != nil {
		return Value{}, fail
	}
	var results []reflect.Value
	l.gate.enter()
	out, fail := l.execute("the expression", ctx, 0, true, false, func() { results = call.Call(nil) })
	if out != "" {
		l.opt.Notice(Notice{Stream: "stdout", Text: out})
	}
	if fail != nil {
		return Value{}, fail
	}
	var vs []Value
	for i, r := range results {
		vs = append(vs, formatValue(r, t.At(i).Type()))
	}
	switch len(vs) {
	case 0:
		return Value{}, nil
	case 1:
		return vs[0], nil
	}
	all := Value{}
	var values []any
	for i, v := range vs {
		if i > 0 {
			all.Type += ", "
			all.Text += ", "
		}
		all.Type += v.Type
		all.Text += v.Text
		values = append(values, v.Value)
	}
	all.Type = "(" + all.Type + ")"
	all.Value = values
	return all, nil
}

// evaluation compiles code as a function of its own. mu is held.
func (l *Live) evaluation(code string) (call reflect.Value, results *types.Tuple, fail *CallError) {
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Implicits: map[ast.Node]types.Object{}, Scopes: map[ast.Node]*types.Scope{},
	}
	bad := func(err error) *CallError {
		return &CallError{Kind: ErrArguments, Message: evalError(err)}
	}
	main := l.prog.main()
	fset := l.prog.fset
	pos := main.files[len(main.files)-1].FileEnd - 1
	check := func(expr ast.Expr) error {
		defer keepScopes(main.types, pos)()
		return types.CheckExpr(fset, main.types, pos, expr, info)
	}
	expr, err := parser.ParseExprFrom(fset, evalFile, code, 0)
	isExpr := err == nil
	if isExpr {
		if err := check(expr); err != nil {
			return call, nil, bad(err)
		}
		if tv := info.Types[expr]; tv.IsType() {
			return call, nil, bad(fmt.Errorf("%s is a type, not a value", code))
		}
	} else {
		first := err
		expr, err = parser.ParseExprFrom(fset, evalFile, "func() {"+code+"\n}", 0)
		if err != nil {
			return call, nil, bad(first)
		}
		if err := check(expr); err != nil {
			return call, nil, bad(err)
		}
	}
	l.gen++
	e := newEmission(l.prog, l.names, l.gen, l.i.FileSet())
	e.low.Info = info
	lowered, results, err := e.evalFunc(expr, info, isExpr)
	if err == nil {
		err = e.drain()
	}
	if err != nil {
		return call, nil, bad(err)
	}
	body := append(e.register(), e.low.HiddenCall(rtFunc, e.low.Text(evalFile), lowered))
	if err := l.useAll(e); err != nil {
		return call, nil, bad(err)
	}
	if err := l.executeHidden(e, body); err != nil {
		return call, nil, bad(err)
	}
	e.commit()
	l.tables.Lock()
	defer l.tables.Unlock()
	call = l.handlers[evalFile]
	delete(l.handlers, evalFile)
	return call, results, nil
}

// evalFunc writes the function that gives an expression's value, or that is the
// statement.
func (e *emission) evalFunc(expr ast.Expr, info *types.Info, isExpr bool) (fun ast.Expr, results *types.Tuple, err error) {
	if !isExpr {
		fun, err = e.low.Expr(expr)
		return fun, types.NewTuple(), err
	}
	tv := info.Types[expr]
	switch t := tv.Type.(type) {
	case *types.Tuple:
		results = t
	case nil:
		results = types.NewTuple()
	default:
		if tv.IsVoid() {
			results = types.NewTuple()
			break
		}
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			return nil, nil, errors.New("nil has no type here")
		}
		results = types.NewTuple(types.NewParam(token.NoPos, nil, "", types.Default(t)))
	}
	fun, err = e.low.Thunk(expr, results)
	return fun, results, err
}

// evalError drops the place that means nothing to a person.
func evalError(err error) string {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Msg
	}
	var te types.Error
	if errors.As(err, &te) {
		return replacePath(te.Msg)
	}
	return strings.TrimPrefix(err.Error(), evalFile+":")
}
