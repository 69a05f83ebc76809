package interp

import (
	"go/ast"

	"hotloop/interp/lower"
)

// What an emission tells the host besides code, so that values can be carried
// over later: which types it declares, which variables hold functions as
// values, and what makes method values.

// registerTypes writes the calls that tell the host what the types of this
// emission are to the interpreter.
func (e *emission) registerTypes() []ast.Stmt {
	var out []ast.Stmt
	for _, t := range e.declared {
		out = append(out, e.low.HiddenCall(rtForm, e.low.Text(t.key), e.low.NilNamed(t.name)))
	}
	return out
}

// FuncValue implements lower.Names.
func (e *emission) FuncValue(function string, typ ast.Expr) string {
	if name, ok := e.live.values[function]; ok {
		return name
	}
	for _, v := range e.values {
		if v.function == function {
			return v.name
		}
	}
	v := funcValue{function: function, name: e.symbolName(function + lower.Reserved + "f"), typ: typ}
	e.values = append(e.values, v)
	return v.name
}

// funcValue is a variable that holds a function as a value.
type funcValue struct {
	function, name string
	typ            ast.Expr
}

// Binder implements lower.Names.
func (e *emission) Binder(function string, decl func(name, key string) ast.Decl) string {
	if name, ok := e.live.binders[function]; ok {
		return name
	}
	for _, b := range e.binders {
		if b.function == function {
			return b.name
		}
	}
	name := e.symbolName(function + lower.Reserved + "b")
	e.binders = append(e.binders, binder{function, name, func(key string) ast.Decl { return decl(name, key) }})
	return name
}

// binder is a function that makes method values of another one.
type binder struct {
	function, name string
	decl           func(key string) ast.Decl
}

// setValues declares the variables that hold functions as values, and writes
// what gives them these and tells the host.
func (e *emission) setValues() []ast.Stmt {
	if len(e.values)+len(e.binders) == 0 {
		return nil
	}
	keys := map[string]string{}
	for _, of := range []map[string]string{e.live.of, e.of} {
		for key, name := range of {
			keys[name] = key
		}
	}
	var out []ast.Stmt
	for _, v := range e.values {
		e.vars = append(e.vars, e.low.VarDecl(v.name, v.typ))
		out = append(out, e.low.HiddenAssign(v.name, v.function),
			e.low.HiddenCall(rtValue, e.low.Text(keys[v.function]), e.low.AddressOf(v.name)))
	}
	for _, b := range e.binders {
		key := bindKey + keys[b.function]
		e.funcs = append(e.funcs, b.decl(key))
		out = append(out, e.low.HiddenCall(rtBinder, e.low.Text(key), e.low.Ident(b.name)))
	}
	return out
}

// declaredType is a type of an emission.
type declaredType struct{ key, name string }
