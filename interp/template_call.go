package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	htemplate "html/template"
	"reflect"
	ttemplate "text/template"
)

// templateRuntime are our functions for the templates that belong to t.
func (d *dynTypes) templateRuntime(t any) ttemplate.FuncMap {
	missing := func() string { return missingKey(t) }
	return ttemplate.FuncMap{
		tmplField: func(text string, recv any, name string, args ...any) (any, error) {
			x, err := d.templateField(missing, recv, name, args)
			if err != nil {
				return nil, fieldError{text, err}
			}
			return x, nil
		},
		tmplIndex: d.templateIndex,
		tmplSlice: d.templateSlice,
		tmplCall: func(f any, args ...any) (any, error) {
			v, t := d.taken(f)
			if v.Kind() != reflect.Func || v.IsNil() {
				return nil, errors.New("call of nil")
			}
			sig, _ := underlying(t).(*types.Signature)
			return d.templateCall("call", v, sig, args)
		},
		tmplRange: d.templateRange,
		tmplRaw:   d.rawTemplate,
		tmplTrue: func(x any) any {
			if y, ok := x.(templateValue); ok {
				if truth, _ := ttemplate.IsTrue(y.v.Interface()); !truth {
					return falseValue{y}[:0]
				}
			}
			return x
		},
	}
}

// missingKey reads what a template was told to do for a key that a map lacks.
func missingKey(t any) string {
	v := reflect.ValueOf(t).Elem()
	if _, isHTML := t.(*htemplate.Template); isHTML {
		v = v.FieldByName("text").Elem()
	}
	for _, name := range []string{"common", "option", "missingKey"} {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return "" // laid out in another way
		}
		v = v.FieldByName(name)
	}
	if !v.IsValid() || !v.CanInt() {
		return ""
	}
	return map[int64]string{1: "zero", 2: "error"}[v.Int()]
}

// templateMethod calls a method of a value, if it has it.
func (d *dynTypes) templateMethod(v reflect.Value, t types.Type, name string, args []any) (out any, done bool, err error) {
	if !ast.IsExported(name) {
		return nil, false, nil
	}
	if t == nil {
		m := v.MethodByName(name)
		if !m.IsValid() {
			return nil, false, nil
		}
		out, err = d.templateCall(name, m, nil, args)
		return out, true, err
	}
	for _, b := range d.boxes(v, t) {
		m, ok := b.t.method(name)
		if !ok {
			continue
		}
		if v.Kind() == reflect.Pointer && v.IsNil() && !pointerMethod(b.t.goType(), name) {
			return nil, true, fmt.Errorf("nil pointer evaluating %s.%s", goTypeName(t), name)
		}
		var sig *types.Signature
		if obj, _, _ := types.LookupFieldOrMethod(b.t.goType(), true, nil, name); obj != nil {
			sig, _ = obj.Type().(*types.Signature)
		}
		bound := bindFirst(m, b.v)
		out, err = d.templateCall(name, bound, sig, args)
		return out, true, err
	}
	return nil, false, nil
}

// pointerMethod tells whether a method of a pointer type is one that takes the
// pointer.
func pointerMethod(t types.Type, name string) bool {
	obj, index, _ := types.LookupFieldOrMethod(t, false, nil, name)
	fn, ok := obj.(*types.Func)
	if !ok || len(index) > 1 {
		return false
	}
	_, ptr := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	return ptr
}

func withoutFirst(t reflect.Type) reflect.Type {
	var in, out []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

// templateCall calls a function with arguments of a template. sig is its
// signature in the script, nil for a compiled one.
func (d *dynTypes) templateCall(name string, fn reflect.Value, sig *types.Signature, args []any) (out any, err error) {
	ft := fn.Type()
	fixed := ft.NumIn()
	if ft.IsVariadic() {
		fixed--
		if len(args) < fixed {
			return nil, fmt.Errorf("wrong number of args for %s: want at least %d got %d", name, fixed, len(args))
		}
	} else if len(args) != fixed {
		return nil, fmt.Errorf("wrong number of args for %s: want %d got %d", name, fixed, len(args))
	}
	if n := ft.NumOut(); n == 0 || n > 2 || n == 2 && ft.Out(1) != reflectError {
		return nil, fmt.Errorf("can't call method/function %q with %d results", name, n)
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		to := ft.In(min(i, ft.NumIn()-1))
		var pt types.Type
		if sig != nil {
			pt = sig.Params().At(min(i, ft.NumIn()-1)).Type()
		}
		if i >= fixed {
			to = to.Elem()
			if pt != nil {
				pt = elemType(pt)
			}
		}
		v, ok := d.templateArgument(a, to)
		if !ok {
			got, t := d.taken(a)
			is := "nil"
			if got.IsValid() {
				is = d.typeText(got, t)
			}
			return nil, fmt.Errorf("wrong type for value; expected %s; got %s", d.named(to, pt), is)
		}
		in[i] = v
	}
	defer func() { // as templates do
		if r := recover(); r != nil {
			if e, ok := recovered(r, failure{}).(error); ok {
				out, err = nil, methodError{e}
				return
			}
			out, err = nil, methodError{fmt.Errorf("%v", r)}
		}
	}()
	results := fn.Call(in)
	if len(results) == 2 && !results[1].IsNil() {
		return nil, methodError{results[1].Interface().(error)}
	}
	var t types.Type
	if sig != nil {
		t = sig.Results().At(0).Type()
	}
	return d.show(results[0], t), nil
}

// templateArgument gives an operand as a parameter of a function: as templates
// do, through a pointer if need be, and numbers as they fit.
func (d *dynTypes) templateArgument(x any, to reflect.Type) (v reflect.Value, ok bool) {
	y, shown := x.(templateValue)
	switch {
	case to.Kind() != reflect.Interface:
		x = d.rawTemplate(x)
	case shown:
		x = y.v.Interface()
		if list := d.boxes(y.v, y.t); len(list) > 0 {
			x = list[len(list)-1]
		}
	}
	if b, boxed := x.(box); boxed && to.Kind() == reflect.Interface && to.NumMethod() > 0 {
		if d.interfaceOf(to).missing(b) != "" {
			return v, false
		}
		return d.wrap(b, to), true
	}
	v = reflect.ValueOf(x)
	switch {
	case !v.IsValid():
		return reflect.Zero(to), canBeNil(to) || to.Kind() == reflect.Func || to.Kind() == reflect.Chan
	case v.Type().AssignableTo(to):
		out := reflect.New(to).Elem()
		out.Set(v)
		return out, true
	case shown && y.v.CanAddr() && y.v.Addr().Type().AssignableTo(to):
		return y.v.Addr(), true
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Type().Elem().AssignableTo(to):
		return v.Elem(), true
	case isNumeric(v.Kind()) && isNumeric(to.Kind()) && (v.Type() == reflect.TypeFor[int]() || v.Kind() == to.Kind()):
		return v.Convert(to), true
	case v.Kind() == to.Kind() && v.Type().ConvertibleTo(to):
		return v.Convert(to), true
	}
	return v, false
}

func isNumeric(k reflect.Kind) bool { return k >= reflect.Int && k <= reflect.Float64 }

// templateFuncs gives functions of the script's to templates.
func (d *dynTypes) templateFuncs(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := map[string]any{}
	for name, f := range m {
		v, t := d.taken(f)
		if v.Kind() != reflect.Func || v.IsNil() || v.Type().NumOut() == 0 || v.Type().NumOut() > 2 {
			out[name] = f // which templates refuse
			continue
		}
		sig, _ := underlying(t).(*types.Signature)
		out[name] = func(args ...any) (any, error) {
			x, err := d.templateCall(name, v, sig, args)
			var own methodError
			if errors.As(err, &own) {
				err = own.error
			}
			return x, err
		}
	}
	return out
}
