package interp

import (
	"go/types"
	"reflect"
)

// reflectSymbols are functions of package reflect that give types or take them.
func (d *dynTypes) reflectSymbols() symbolMap {
	return symbolMap{
		"TypeOf":  reflect.ValueOf(d.reflectTypeOf),
		"ValueOf": reflect.ValueOf(d.reflectValueOf),
		"DeepEqual": reflect.ValueOf(func(x, y any) bool {
			x, y = d.plain(x), d.plain(y)
			a, ok := x.(box)
			b, ok2 := y.(box)
			if ok != ok2 || ok && a.t != b.t {
				return false
			}
			return reflect.DeepEqual(d.open(x), d.open(y))
		}),
		"New":             reflect.ValueOf(func(t reflect.Type) reflect.Value { return reflect.New(rawType(t)) }),
		"Zero":            reflect.ValueOf(func(t reflect.Type) reflect.Value { return reflect.Zero(rawType(t)) }),
		"MakeSlice":       reflect.ValueOf(func(t reflect.Type, n, m int) reflect.Value { return reflect.MakeSlice(rawType(t), n, m) }),
		"MakeMap":         reflect.ValueOf(func(t reflect.Type) reflect.Value { return reflect.MakeMap(rawType(t)) }),
		"MakeMapWithSize": reflect.ValueOf(func(t reflect.Type, n int) reflect.Value { return reflect.MakeMapWithSize(rawType(t), n) }),
		"MakeChan":        reflect.ValueOf(func(t reflect.Type, n int) reflect.Value { return reflect.MakeChan(rawType(t), n) }),
		"MakeFunc": reflect.ValueOf(func(t reflect.Type, f func([]reflect.Value) []reflect.Value) reflect.Value {
			return reflect.MakeFunc(rawType(t), f)
		}),
		"PointerTo": reflect.ValueOf(d.pointerTo),
		"PtrTo":     reflect.ValueOf(d.pointerTo),
		"SliceOf":   reflect.ValueOf(func(t reflect.Type) reflect.Type { return d.composed(reflect.SliceOf(rawType(t))) }),
		"ArrayOf":   reflect.ValueOf(func(n int, t reflect.Type) reflect.Type { return d.composed(reflect.ArrayOf(n, rawType(t))) }),
		"MapOf":     reflect.ValueOf(func(k, e reflect.Type) reflect.Type { return reflect.MapOf(rawType(k), rawType(e)) }),
		"ChanOf":    reflect.ValueOf(func(dir reflect.ChanDir, t reflect.Type) reflect.Type { return reflect.ChanOf(dir, rawType(t)) }),
		"FuncOf": reflect.ValueOf(func(in, out []reflect.Type, variadic bool) reflect.Type {
			return reflect.FuncOf(rawTypes(in), rawTypes(out), variadic)
		}),
		"StructOf": reflect.ValueOf(func(fields []reflect.StructField) reflect.Type {
			raw := make([]reflect.StructField, len(fields))
			for i, f := range fields {
				f.Type = rawType(f.Type)
				raw[i] = f
			}
			return reflect.StructOf(raw)
		}),
		"VisibleFields": reflect.ValueOf(func(t reflect.Type) []reflect.StructField {
			fields := reflect.VisibleFields(rawType(t))
			if st, ok := t.(*scriptType); ok {
				for i, f := range fields {
					fields[i] = st.FieldByIndex(f.Index)
					fields[i].Index = f.Index
				}
			}
			return fields
		}),
	}
}

// reflectMethods are methods of reflect.Value that give types or take them.
func (d *dynTypes) reflectMethods() symbolMap {
	return symbolMap{
		"ReflectType": reflect.ValueOf(d.valueType),
		"ReflectInterface": reflect.ValueOf(func(v reflect.Value) any {
			x := v.Interface()
			if v.Kind() == reflect.Interface {
				return x
			}
			if t := d.typeOfValue(v.Type()); t != nil {
				if dt := d.byType(t); dt != nil {
					return box{dt, x}
				}
			}
			return x
		}),
		"ReflectConvert": reflect.ValueOf(func(v reflect.Value, t reflect.Type) reflect.Value {
			return v.Convert(rawType(t))
		}),
		"ReflectCanConvert": reflect.ValueOf(func(v reflect.Value, t reflect.Type) bool { return v.CanConvert(rawType(t)) }),
		"ReflectNumMethod":  reflect.ValueOf(func(v reflect.Value) int { return d.valueType(v).NumMethod() }),
		"ReflectMethod": reflect.ValueOf(func(v reflect.Value, i int) reflect.Value {
			st, ok := d.valueType(v).(*scriptType)
			if !ok || v.Kind() == reflect.Interface {
				return v.Method(i)
			}
			m, _ := d.boundMethod(v, st.methods()[i].Obj().Name())
			return m
		}),
		"ReflectMethodByName": reflect.ValueOf(func(v reflect.Value, name string) reflect.Value {
			if _, ok := d.valueType(v).(*scriptType); !ok || v.Kind() == reflect.Interface {
				return v.MethodByName(name)
			}
			m, _ := d.boundMethod(v, name)
			return m
		}),
		"ReflectFieldByName": reflect.ValueOf(func(v reflect.Value, name string) reflect.Value {
			t := d.typeOfValue(v.Type())
			if t == nil {
				return v.FieldByName(name)
			}
			index, ok := fieldIndex(t, name)
			if !ok {
				return reflect.Value{}
			}
			return v.FieldByIndex(index)
		}),
	}
}

func (d *dynTypes) reflectTypeOf(x any) reflect.Type {
	switch y := d.plain(x).(type) {
	case nil:
		return nil
	case box:
		return d.named(reflect.TypeOf(y.v), y.t.goType())
	default:
		return reflect.TypeOf(y)
	}
}

func (d *dynTypes) reflectValueOf(x any) reflect.Value {
	b, ok := d.plain(x).(box)
	if !ok {
		return reflect.ValueOf(x)
	}
	v := reflect.ValueOf(b.v)
	d.noteValue(v.Type(), b.t.goType())
	return v
}

// valueType is the type of a value, by the name that the script gives it.
func (d *dynTypes) valueType(v reflect.Value) reflect.Type {
	rt := v.Type()
	return d.named(rt, d.typeOfValue(rt))
}

func (d *dynTypes) composed(rt reflect.Type) reflect.Type { return d.named(rt, d.typeOfValue(rt)) }

func (d *dynTypes) pointerTo(t reflect.Type) reflect.Type {
	if st, ok := t.(*scriptType); ok {
		return d.named(reflect.PointerTo(st.Type), types.NewPointer(st.t))
	}
	return reflect.PointerTo(t)
}

// boundMethod is a method of a value as a function.
func (d *dynTypes) boundMethod(v reflect.Value, name string) (reflect.Value, bool) {
	t := d.typeOfValue(v.Type())
	if t == nil {
		return reflect.Value{}, false
	}
	dt := d.byType(t)
	if dt == nil || !v.CanInterface() {
		return reflect.Value{}, false
	}
	fn, ok := dt.method(name)
	if !ok {
		return reflect.Value{}, false
	}
	return bindFirst(fn, v.Interface()), true
}

// bindFirst gives a function of a method table with the value it is for.
func bindFirst(fn reflect.Value, x any) reflect.Value {
	return reflect.MakeFunc(withoutFirst(fn.Type()), func(in []reflect.Value) []reflect.Value {
		in = append([]reflect.Value{reflect.ValueOf(&x).Elem()}, in...)
		if fn.Type().IsVariadic() {
			return fn.CallSlice(in)
		}
		return fn.Call(in)
	})
}

func rawTypes(list []reflect.Type) []reflect.Type {
	out := make([]reflect.Type, len(list))
	for i, t := range list {
		out[i] = rawType(t)
	}
	return out
}
