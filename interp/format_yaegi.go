package interp

import (
	"fmt"
	"go/types"
	"path"
	"reflect"
	"strings"
)

// How the interpreter holds values, which is all this file is about:
//
//   - A script's named types are lost: a struct is an unnamed struct type, an
//     int type is int. Unexported fields get an X before their name.
//   - A value in an interface is itself, when its type is none of the script's,
//     or in a box with its type.
//   - A box in an interface of compiled code (error, io.Reader) is in a wrapper.
//   - Recursive types refer to themselves properly, but print wrongly.

// isYaegi reports whether a type is one of the interpreter's own.
func isYaegi(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/traefik/yaegi/")
}

// isWrapper reports whether a type holds a script's value for compiled code.
func isWrapper(t reflect.Type) bool {
	if t == boxType || t.Implements(wrappedType) {
		return true
	}
	_, ok := wrapperPointers.Load(t)
	return ok
}

var wrappedType = reflect.TypeFor[wrapped]()

// isCompiled reports whether a type, or what it points to, is a named type of
// compiled code, whose methods are compiled too.
func isCompiled(t reflect.Type) bool {
	if isWrapper(t) {
		return false
	}
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t.Name() != "" && t.PkgPath() != "" && !isYaegi(t) && !isWrapper(t)
}

// resolve takes wrappings and all interfaces off a value, and finds the type it
// has in the script: the static one, or the dynamic one of an interface. The
// type is nil when only the form is known; the value is invalid for nil
// interfaces, and for what reflection may not read.
func (f formatter) resolve(v reflect.Value, t types.Type) (reflect.Value, types.Type) {
	for v.IsValid() {
		rt := v.Type()
		switch {
		case v.Kind() == reflect.Interface:
			if v.IsNil() {
				return reflect.Value{}, t
			}
			v, t = v.Elem(), nil
		case isWrapper(rt):
			if !v.CanInterface() {
				return reflect.Value{}, nil
			}
			b := boxOf(v.Interface())
			if b.t == nil {
				return reflect.Value{}, nil
			}
			v, t = reflect.ValueOf(b.v), b.t.goType()
		case rt == reflect.TypeFor[reflect.Value]() && t == nil && v.CanInterface():
			v = v.Interface().(reflect.Value)
		default:
			return v, t
		}
	}
	return v, t
}

// boxOf takes the box out of a value of a type that isWrapper knows.
func boxOf(x any) box {
	switch x := x.(type) {
	case box:
		return x
	case wrapped:
		return x.unwrapped()
	}
	b, _ := unwrapPointer(reflect.TypeOf(x), x)
	return b
}

// scriptPackage finds the package of a script's type: that of the first named
// type in it that has a source position. Types of compiled packages have none.
func scriptPackage(t types.Type, depth int) *types.Package {
	if t == nil || depth > 4 {
		return nil
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pos().IsValid() {
			return t.Obj().Pkg()
		}
	case interface{ Elem() types.Type }:
		if m, ok := t.(*types.Map); ok {
			if p := scriptPackage(m.Key(), depth+1); p != nil {
				return p
			}
		}
		return scriptPackage(t.Elem(), depth+1)
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if p := scriptPackage(v.Type(), depth+1); p != nil {
					return p
				}
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if f.Pkg() != nil && f.Pos().IsValid() {
				return f.Pkg()
			}
		}
	}
	return nil
}

// reflectTypeString writes a type of which only the interpreter's form is
// known, without what is the interpreter's own.
func reflectTypeString(t reflect.Type, depth int) string {
	elem := func(e reflect.Type) string { return reflectTypeString(e, depth+1) }
	list := func(n int, at func(int) reflect.Type) string {
		var parts []string
		for i := range n {
			parts = append(parts, elem(at(i)))
		}
		return strings.Join(parts, ", ")
	}
	switch {
	case depth > 6:
		return "…"
	case t.Name() != "" && t.PkgPath() == "":
		return t.Name()
	case t.Name() != "":
		return path.Base(t.PkgPath()) + "." + t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + elem(t.Elem())
	case reflect.Slice:
		return "[]" + elem(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), elem(t.Elem()))
	case reflect.Map:
		return "map[" + elem(t.Key()) + "]" + elem(t.Elem())
	case reflect.Chan:
		return t.ChanDir().String() + " " + elem(t.Elem())
	case reflect.Func:
		s := "func(" + list(t.NumIn(), t.In) + ")"
		switch t.NumOut() {
		case 0:
		case 1:
			s += " " + elem(t.Out(0))
		default:
			s += " (" + list(t.NumOut(), t.Out) + ")"
		}
		return s
	case reflect.Struct:
		var parts []string
		for i := range t.NumField() {
			parts = append(parts, t.Field(i).Name+" "+elem(t.Field(i).Type))
		}
		return "struct{" + strings.Join(parts, "; ") + "}"
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return "any"
		}
	}
	return t.String()
}
