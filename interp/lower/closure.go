package lower

import (
	"go/ast"
	"go/types"
)

// funcLiteral lowers a closure. Its direct calls of recover stay as they are: a
// closure is never replaced, so it is never called one frame too deep.
func (l *Lowerer) funcLiteral(e *ast.FuncLit) ast.Expr {
	lit := l.calledLiteral(e)
	l.at = l.Hidden
	return l.apartFromFrame(lit)
}

// apartFromFrame has a closure that is made in a loop made in a frame of its own.
// A closure of the interpreter puts, where it ends, something else in the place
// where it was made: one that ends on another goroutine takes away the closure
// that the loop has just made there.
func (l *Lowerer) apartFromFrame(lit *ast.FuncLit) ast.Expr {
	if len(l.fn.loops) == 0 && len(l.fn.gotos) == 0 {
		return lit
	}
	maker := &ast.FuncType{Func: l.at, Params: &ast.FieldList{Opening: l.at, Closing: l.at},
		Results: &ast.FieldList{Opening: l.at, Closing: l.at, List: []*ast.Field{{Type: unnamed(lit.Type)}}}}
	return l.call(l.funcLit(maker, l.ret(lit)))
}

// unnamed is a function type without the names of parameters and results.
func unnamed(t *ast.FuncType) *ast.FuncType {
	list := func(fl *ast.FieldList) *ast.FieldList {
		if fl == nil {
			return nil
		}
		out := *fl
		out.List = make([]*ast.Field, len(fl.List))
		for i, f := range fl.List {
			out.List[i] = &ast.Field{Type: f.Type}
		}
		return &out
	}
	return &ast.FuncType{Func: t.Func, Params: list(t.Params), Results: list(t.Results)}
}

// calledLiteral lowers a closure where it is called at once.
func (l *Lowerer) calledLiteral(e *ast.FuncLit) *ast.FuncLit {
	sig := l.typeOf(e).(*types.Signature)
	outer := l.fn
	l.fn = &function{sig: sig, outer: outer}
	defer func() { l.fn = outer }()
	params := l.paramNames(e.Type.Params, sig.Params().Len())
	body, results := l.funcBody(e.Body, e.Type.Results)
	l.move(e.Pos())
	return &ast.FuncLit{Type: l.funcType(sig, params, results), Body: body}
}

// paramNames gives every parameter a name; unnamed and blank ones get one that
// nothing else has, so that they can be passed on.
func (l *Lowerer) paramNames(fl *ast.FieldList, n int) []string {
	names := fieldNames(fl)
	if names == nil {
		names = make([]string, n)
	}
	for i, name := range names {
		if name == "" || name == "_" {
			names[i] = l.temp()
		}
	}
	return names
}

// fieldNames lists the names of a parameter list, nil when they are unnamed.
func fieldNames(fl *ast.FieldList) []string {
	if fl == nil {
		return nil
	}
	var names []string
	for _, f := range fl.List {
		for _, id := range f.Names {
			names = append(names, localName(id.Name))
		}
	}
	return names
}
