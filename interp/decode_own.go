package interp

import (
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"slices"
)

// A type of the script's that has UnmarshalJSON or UnmarshalText reads its own
// form in the data of an event, as it does with encoding/json. That is code of
// the script's: it runs as part of the call.

// reading are the methods by which a type reads its own JSON.
var reading = []string{"UnmarshalJSON", "UnmarshalText"}

// readers asks for the method tables by which the data of a handler's events is
// read.
func (e *emission) readers(fn *types.Func) {
	for v := range fn.Signature().Params().Variables() {
		if readsItself(v.Type(), map[types.Type]bool{}) {
			e.inner(v.Type(), map[types.Type]bool{})
		}
	}
}

// reads tells whether a unit is a method by which a type reads its JSON.
func (u *unit) reads() bool { return u.kind == KindMethod && slices.Contains(reading, u.name) }

// readsItself tells whether a type, or one inside it, is a script's that reads
// its own form.
func readsItself(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if !declaredInSource(n.Obj()) {
			return false
		}
		for _, name := range reading {
			if obj, _, _ := types.LookupFieldOrMethod(n, true, n.Obj().Pkg(), name); obj != nil {
				return true
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Map:
		return readsItself(u.Key(), seen) || readsItself(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if readsItself(f.Type(), seen) {
				return true
			}
		}
	case interface{ Elem() types.Type }:
		return readsItself(u.Elem(), seen)
	}
	return false
}

// ownDecoder is a decoder that calls methods of the script's.
func (d *dynTypes) ownDecoder() decoder {
	return decoder{
		own: func(v reflect.Value, data []byte, t types.Type) (bool, error) {
			if t == nil || v.Kind() == reflect.Pointer {
				return false, nil
			}
			b, ok := d.reader(v, t)
			if !ok {
				return false, nil
			}
			if f, ok := call[func(any, []byte) error](b, "UnmarshalJSON"); ok {
				return true, f(b.v, data)
			}
			f, ok := call[func(any, []byte) error](b, "UnmarshalText")
			if !ok || isNull(data) {
				return false, nil
			}
			if data[0] != '"' {
				return true, fmt.Errorf("expected a string (%s), got %s", wanted(t, v.Type()), describeJSON(data))
			}
			var s string
			if err := json.Unmarshal(data, &s); err != nil {
				return true, err
			}
			return true, f(b.v, []byte(s))
		},
		ownKey: func(v reflect.Value, name string, t types.Type) (bool, error) {
			if t == nil {
				return false, nil
			}
			b, ok := d.reader(v, t)
			if !ok {
				return false, nil
			}
			f, ok := call[func(any, []byte) error](b, "UnmarshalText")
			if !ok {
				return false, nil
			}
			return true, f(b.v, []byte(name))
		},
	}
}

// reader is the pointer to a value of a type that has methods.
func (d *dynTypes) reader(v reflect.Value, t types.Type) (box, bool) {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !declaredInSource(n.Obj()) {
		return box{}, false
	}
	dt := d.byType(types.NewPointer(t))
	if dt == nil {
		return box{}, false
	}
	return box{dt, v.Addr().Interface()}, true
}
