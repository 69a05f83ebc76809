package interp

import (
	"go/types"
	"reflect"
	"runtime"
	"sync"

	"hotloop/interp/lower"
	"weak"
)

// box is a value of a script in an interface, with the type that Go says it
// has. It is a value itself, so that == and map keys follow Go's rules: types
// compare by identity, values by theirs, and a nil pointer in it is not nil.
type box struct {
	t *dynType
	v any
}

// symbols are the functions by which emitted code works with interfaces.
func (d *dynTypes) symbols() symbolMap {
	return symbolMap{
		lower.AnyType:          reflect.ValueOf((*any)(nil)),
		lower.BoxFunc:          reflect.ValueOf(func(n int, v any) any { return box{d.at(n), v} }),
		lower.RawFunc:          reflect.ValueOf(func(v any) any { return v }),
		lower.PlainFunc:        reflect.ValueOf(d.plain),
		lower.OpenFunc:         reflect.ValueOf(d.open),
		lower.OpenFunc + "All": reflect.ValueOf(func(list []any) []any { return each(list, d.open) }),
		lower.TopFunc:          reflect.ValueOf(top),
		lower.TopFunc + "All":  reflect.ValueOf(func(list []any) []any { return each(list, top) }),
		lower.ScanFunc:         reflect.ValueOf(d.scanned),
		lower.ScanFunc + "All": reflect.ValueOf(func(list []any) []any { return each(list, d.scanned) }),
		lower.InFunc:           reflect.ValueOf(func(n int, x any) any { v, _ := d.in(d.at(n), d.plain(x)); return v }),
		lower.MustFunc:         reflect.ValueOf(d.must),
		lower.CaseFunc:         reflect.ValueOf(d.caseOf),
		lower.IsFunc:           reflect.ValueOf(d.implements),
		lower.AsFunc:           reflect.ValueOf(d.as),
		lower.SameFunc:         reflect.ValueOf(d.same),
		lower.FindFunc:         reflect.ValueOf(d.find),
		lower.BoundFunc:        reflect.ValueOf(d.bound),
		rtType:                 reflect.ValueOf(d.setType),
		rtMethod:               reflect.ValueOf(d.addMethod),
		rtMethods:              reflect.ValueOf(d.setMethods),
	}
}

func each(list []any, f func(any) any) []any {
	if list == nil {
		return nil
	}
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = f(x)
	}
	return out
}

// wrapped is what compiled code holds of a box, as one of its interfaces or as
// an operand that it prints.
type wrapped interface{ unwrapped() box }

// plain gives a value in an interface as emitted code holds it: wrappers that
// compiled code got come back as the box in them, and what compiled code made
// of a script's type by reflection gets its box.
func (d *dynTypes) plain(x any) any {
	switch x := x.(type) {
	case nil, box, int, string, bool, float64:
		return x
	case wrapped:
		return x.unwrapped()
	}
	rt := reflect.TypeOf(x)
	if k := rt.Kind(); k != reflect.Pointer && k != reflect.Struct {
		return x
	}
	if b, ok := unwrapPointer(rt, x); ok {
		return b
	}
	if w, ok := d.byRT.Load(rt); ok {
		if t := w.(weak.Pointer[dynType]).Value(); t != nil {
			return box{t, x}
		}
	}
	return x
}

func (d *dynTypes) open(x any) any {
	if b, ok := d.plain(x).(box); ok {
		return b.v
	}
	return x
}

// in is the value of type t in x, which is plain.
func (d *dynTypes) in(t *dynType, x any) (any, bool) {
	if b, ok := x.(box); ok {
		if b.t == t {
			return b.v, true
		}
		return nil, false
	}
	if rt := t.rt.Load(); t.exact && rt != nil && x != nil && reflect.TypeOf(x) == *rt {
		return x, true
	}
	return nil, false
}

func (d *dynTypes) must(n int, x any, from string) any {
	t := d.at(n)
	x = d.plain(x)
	v, ok := d.in(t, x)
	if !ok {
		is := "nil"
		if x != nil {
			is = dynamicName(x)
		}
		text := from + " is " + is + ", not " + goTypeName(t.goType())
		if is == goTypeName(t.goType()) {
			text += " (types from different scopes)"
		}
		panic(conversion(text))
	}
	return v
}

func (d *dynTypes) caseOf(x any, list ...int) int {
	x = d.plain(x)
	for i, n := range list {
		switch t := d.at(n); {
		case t == nil:
			if x == nil {
				return i
			}
		case x == nil:
		case t.iface:
			if t.missing(x) == "" {
				return i
			}
		default:
			if _, ok := d.in(t, x); ok {
				return i
			}
		}
	}
	return -1
}

func (d *dynTypes) implements(n int, x any) (any, bool) {
	x = d.plain(x)
	if x == nil || d.at(n).missing(x) != "" {
		return nil, false
	}
	return x, true
}

func (d *dynTypes) as(n int, x any, from string) any {
	x = d.plain(x)
	d.mustImplement(d.at(n), x)
	return x
}

func (d *dynTypes) mustImplement(t *dynType, x any) {
	if x == nil {
		panic(conversion("interface is nil, not " + goTypeName(t.goType())))
	}
	if name := t.missing(x); name != "" {
		panic(conversion(dynamicName(x) + " is not " + goTypeName(t.goType()) + ": missing method " + name))
	}
}

// same is a == b for two interface values.
func (d *dynTypes) same(a, b any) bool {
	a, b = d.plain(a), d.plain(b)
	x, ok := a.(box)
	if !ok {
		return a == b
	}
	if y, ok := b.(box); ok && x.t == y.t && !types.Comparable(x.t.goType()) {
		panic(runtimeError("runtime error: comparing uncomparable type " + goTypeName(x.t.goType())))
	}
	return a == b
}

func (d *dynTypes) bound(x any) any {
	if x == nil {
		panic(runtimeError(nilPointer))
	}
	return d.plain(x)
}

// find looks a method up for a call through an interface: a function, and what
// to give it as receiver.
func (d *dynTypes) find(x any, id string) (fn, recv any) {
	if b, ok := x.(box); ok {
		if m, ok := b.t.methods.Load().fns[id]; ok {
			return m.fn, b.v
		}
		panic("method " + id + " of " + goTypeName(b.t.goType()) + " cannot be called through an interface")
	}
	switch y := d.plain(x).(type) {
	case nil:
		panic(runtimeError(nilPointer))
	case box:
		return d.find(y, id)
	default:
		return compiledMethod(reflect.TypeOf(y), id), y
	}
}

type methodKey struct {
	rt   reflect.Type
	name string
}

var compiledEntries sync.Map // methodKey -> any

// compiledMethod makes a method of a compiled type a function like those in a
// script's tables.
func compiledMethod(rt reflect.Type, name string) any {
	key := methodKey{rt, name}
	if fn, ok := compiledEntries.Load(key); ok {
		return fn
	}
	m, ok := rt.MethodByName(name)
	if !ok {
		panic("no method " + name + " on " + rt.String())
	}
	in := []reflect.Type{reflect.TypeFor[any]()}
	var out []reflect.Type
	for i := 1; i < m.Type.NumIn(); i++ {
		in = append(in, m.Type.In(i))
	}
	for i := range m.Type.NumOut() {
		out = append(out, m.Type.Out(i))
	}
	fn := reflect.MakeFunc(reflect.FuncOf(in, out, m.Type.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		bound := args[0].Elem().Method(m.Index)
		if m.Type.IsVariadic() {
			return bound.CallSlice(args[1:])
		}
		return bound.Call(args[1:])
	}).Interface()
	compiledEntries.Store(key, fn)
	return fn
}

// call calls a method of a box's value, when it has one whose function is of
// type F with the value first.
func call[F any](b box, name string) (F, bool) {
	m, ok := b.t.methods.Load().fns[name]
	if !ok {
		var none F
		return none, false
	}
	fn, ok := m.fn.(F)
	return fn, ok
}

// conversionError is the panic of a type assertion that fails.
type conversionError string

func (e conversionError) Error() string { return string(e) }

// RuntimeError makes it a runtime.Error.
func (conversionError) RuntimeError() {}

var _ runtime.Error = conversionError("")

func conversion(text string) conversionError {
	return conversionError("interface conversion: " + text)
}

// dynamicName is the dynamic type of an interface value as Go's messages write
// it.
func dynamicName(x any) string {
	if b, ok := x.(box); ok {
		return goTypeName(b.t.goType())
	}
	return reflect.TypeOf(x).String()
}

// goTypeName writes a type as package reflect does.
func goTypeName(t types.Type) string { return lower.TypeName(t) }
