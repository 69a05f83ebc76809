package interp

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"
)

// templateValue is a value of a script's type as templates know it: where it
// stands, so that methods of its pointer are found, and what it is.
type templateValue struct {
	types *dynTypes
	v     reflect.Value
	t     types.Type
}

// Format implements fmt.Formatter. Templates print what pointers point to,
// unless that says itself what it is.
func (x templateValue) Format(s fmt.State, verb rune) {
	v, t := x.v, x.t
	for {
		if b, ok := x.types.speaks(v, t); ok {
			topBox{b}.Format(s, verb)
			return
		}
		if v.Kind() != reflect.Pointer || v.IsNil() {
			break
		}
		v, t = v.Elem(), elemType(t)
	}
	p := printer{s, x.types}
	p.value(v, t, verb, 0, false)
}

// MarshalJSON implements json.Marshaler, for values in JavaScript.
func (x templateValue) MarshalJSON() ([]byte, error) {
	e := &jsonEncoder{types: x.types}
	err := e.member(x.v, x.t, false)
	return e.b.Bytes(), err
}

var _ json.Marshaler = templateValue{}

// falseValue holds a value that counts as false, beyond its end: it is empty,
// which counts as false too, and prints as the value does.
type falseValue []templateValue

func (x falseValue) value() templateValue { return x[:1][0] }

// Format implements fmt.Formatter.
func (x falseValue) Format(s fmt.State, verb rune) { x.value().Format(s, verb) }

// speaks finds the box of a value, or of a pointer to it, that prints itself.
func (d *dynTypes) speaks(v reflect.Value, t types.Type) (box, bool) {
	for _, b := range slices.Backward(d.boxes(v, t)) { // the value's own first
		for _, name := range []string{"Format", "Error", "String"} {
			if _, ok := b.t.method(name); ok {
				return b, true
			}
		}
	}
	return box{}, false
}

// boxes are the boxes on which methods of a value may be called, that of a
// pointer to it first.
func (d *dynTypes) boxes(v reflect.Value, t types.Type) (list []box) {
	if v.Kind() != reflect.Pointer && v.CanAddr() {
		if dt := d.byType(types.NewPointer(t)); dt != nil {
			list = append(list, box{dt, v.Addr().Interface()})
		}
	}
	if dt := d.byType(t); dt != nil && v.CanInterface() {
		list = append(list, box{dt, v.Interface()})
	}
	return list
}

// templateData is what a template is executed with.
func (d *dynTypes) templateData(x any) any {
	if b, ok := d.plain(x).(box); ok {
		return d.show(reflect.ValueOf(b.v), b.t.goType())
	}
	return x
}

// show gives a value of type t, which is unknown for compiled ones, to a
// template: as it is where reflection sees all of it.
func (d *dynTypes) show(v reflect.Value, t types.Type) any {
	if !v.IsValid() {
		return nil
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		return d.templateData(v.Interface())
	}
	if t == nil || exactType(t) {
		if v.CanAddr() && v.Kind() == reflect.Struct {
			return v.Addr().Interface()
		}
		return v.Interface()
	}
	if _, basic := t.Underlying().(*types.Basic); basic && len(d.boxes(v, t)) == 0 {
		return v.Interface()
	}
	return templateValue{d, v, t}
}

// rawTemplate takes off a value what show put around it.
func (d *dynTypes) rawTemplate(x any) any {
	switch y := x.(type) {
	case templateValue:
		return y.v.Interface()
	case falseValue:
		return y.value().v.Interface()
	case box, wrapped:
		return d.open(x)
	}
	return x
}

// taken gives the value and the type, nil for compiled ones, of an operand.
func (d *dynTypes) taken(x any) (reflect.Value, types.Type) {
	switch y := d.plain(x).(type) {
	case templateValue:
		return y.v, y.t
	case falseValue:
		return y.value().v, y.value().t
	case box:
		return reflect.ValueOf(y.v), y.t.goType()
	default:
		return reflect.ValueOf(y), nil
	}
}

func (d *dynTypes) typeText(v reflect.Value, t types.Type) string {
	if t != nil {
		return goTypeName(t)
	}
	return v.Type().String()
}

// templateField evaluates a field, method or element of what a template has.
func (d *dynTypes) templateField(missing func() string, recv any, name string, args []any) (any, error) {
	v, t := d.taken(recv)
	if !v.IsValid() {
		return nil, fmt.Errorf("nil data; no entry for key %q", name)
	}
	if out, done, err := d.templateMethod(v, t, name, args); done {
		return out, err
	}
	text := d.typeText(v, t)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, fmt.Errorf("nil pointer evaluating %s.%s", text, name)
		}
		if v = v.Elem(); t != nil {
			t = elemType(t)
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		f, ft, err := d.structField(v, t, name)
		if err != nil {
			return nil, err
		}
		if !f.IsValid() {
			break
		}
		if len(args) > 0 {
			return nil, fmt.Errorf("%s has arguments but cannot be invoked as function", name)
		}
		return d.show(f, ft), nil
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			break
		}
		if len(args) > 0 {
			return nil, fmt.Errorf("%s is not a method but has arguments", name)
		}
		var et types.Type
		if t != nil {
			et = elemType(t)
		}
		e := v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))
		if !e.IsValid() {
			switch missing() {
			case "zero":
				e = reflect.Zero(v.Type().Elem())
			case "error":
				return nil, fmt.Errorf("map has no entry for key %q", name)
			}
		}
		return d.show(e, et), nil
	}
	return nil, fmt.Errorf("can't evaluate field %s in type %s", name, text)
}

// structField finds a field, promoted ones included; the value is invalid when
// there is none.
func (d *dynTypes) structField(v reflect.Value, t types.Type, name string) (reflect.Value, types.Type, error) {
	if t == nil {
		f, ok := v.Type().FieldByName(name)
		if ok && !f.IsExported() {
			return v, nil, fmt.Errorf("%s is an unexported field of struct type %s", name, v.Type())
		}
		if !ok {
			return reflect.Value{}, nil, nil
		}
		out, err := v.FieldByIndexErr(f.Index)
		return out, nil, err
	}
	var pkg *types.Package
	if n, ok := types.Unalias(t).(*types.Named); ok {
		pkg = n.Obj().Pkg()
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, pkg, name)
	f, ok := obj.(*types.Var)
	if !ok {
		return reflect.Value{}, nil, nil
	}
	if !ast.IsExported(name) {
		return v, nil, fmt.Errorf("%s is an unexported field of struct type %s", name, goTypeName(t))
	}
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, nil, fmt.Errorf("nil pointer evaluating %s.%s", goTypeName(t), name)
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, fieldTypeAt(t, index, f), nil
}

// fieldTypeAt is the type of a field as the type that it is found on has it: of
// a generic one, with its type arguments.
func fieldTypeAt(t types.Type, index []int, f *types.Var) types.Type {
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return f.Type()
		}
		t = st.Field(i).Type()
	}
	return t
}
