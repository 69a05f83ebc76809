package interp

import (
	"fmt"
	"go/types"
	"io"
	"path"
	"reflect"
	"strings"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"
)

// How the interpreter holds values, which is all this file is about:
//
//   - A script's named types are lost: a struct is an unnamed struct type, an
//     int type is int. Unexported fields get an X before their name.
//   - A value of an interface that a script declares is a struct of the
//     interpreter's own, valueInterface, wherever it is stored. Such a struct
//     may also sit in an interface{}.
//   - A script value in a compiled interface (error, fmt.Stringer) is a wrapper
//     struct with the value in its first field, IValue.
//   - Recursive types refer to themselves properly, but print wrongly.

// unwrapper takes the value out of a valueInterface. Only the interpreter can,
// so a small program does it: one that passes a value of an interface of its
// own on to a compiled function. All interpreters share the one struct type.
var unwrapper = sync.OnceValue(func() (u struct {
	typ reflect.Type
	get func(reflect.Value) reflect.Value
}) {
	i := yaegi.New(yaegi.Options{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
	id := func(v any) any { return v }
	err := i.Use(yaegi.Exports{"host/host": {"Identity": reflect.ValueOf(id)}})
	if err == nil {
		_, err = i.Eval(`package unwrap
			import "host"
			type any1 interface{ method() }
			func Unwrap(v any1) interface{} { return host.Identity(v) }`)
	}
	if err != nil {
		panic(err) // a mistake of ours; a test calls this
	}
	fn, err := i.Eval("unwrap.Unwrap")
	if err != nil {
		panic(err)
	}
	u.typ = fn.Type().In(0)
	u.get = func(v reflect.Value) reflect.Value { return fn.Call([]reflect.Value{v})[0].Elem() }
	return u
})

// isYaegi reports whether a type is one of the interpreter's own.
func isYaegi(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "github.com/traefik/yaegi/")
}

// isCompiled reports whether a type, or what it points to, is a named type of
// compiled code, whose methods are compiled too.
func isCompiled(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t.Name() != "" && t.PkgPath() != "" && !isYaegi(t) && !isWrapper(t)
}

// resolve takes the interpreter's wrappings and all interfaces off a value,
// and finds the type it has in the script: the static one, or the dynamic one
// of an interface. The type is nil when it cannot be told; the value is
// invalid for nil interfaces, and for what reflection may not read.
func (f formatter) resolve(v reflect.Value, t types.Type) (reflect.Value, types.Type) {
	for v.IsValid() {
		rt := v.Type()
		switch {
		case rt == unwrapper().typ:
			if !v.CanInterface() {
				return reflect.Value{}, nil
			}
			inner := unwrapper().get(v)
			t = nil
			if inner.IsValid() {
				t = f.hinted(v, inner.Type())
			}
			v = inner
		case isWrapper(rt):
			v, t = v.Field(0), nil
		case v.Kind() == reflect.Interface:
			if v.IsNil() {
				return reflect.Value{}, t
			}
			v, t = v.Elem(), nil
		case rt == reflect.TypeFor[reflect.Value]() && t == nil && v.CanInterface():
			v = v.Interface().(reflect.Value)
		default:
			if t != nil && matchesShape(t, rt, 0) {
				return v, t
			}
			return v, f.dynamic(rt)
		}
	}
	return v, t
}

// hinted finds the dynamic type of a valueInterface from the interpreter's
// notes: it remembers the expression that the interface was made from.
// Anything unexpected there is no hint.
func (f formatter) hinted(v reflect.Value, rt reflect.Type) (t types.Type) {
	defer func() {
		if recover() != nil {
			t = nil
		}
	}()
	if f.pkg == nil {
		return nil
	}
	note := v.Field(0).Elem().FieldByName("typ").Elem().FieldByName("str").String()
	pointers := len(note) - len(strings.TrimLeft(note, "*"))
	name := note[pointers:]
	name = name[strings.LastIndexByte(name, '.')+1:]
	if f.declared != nil {
		name = f.declared(name)
	}
	obj, ok := f.pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	t = obj.Type()
	for range pointers {
		t = types.NewPointer(t)
	}
	if !matchesShape(t, rt, 0) {
		return nil
	}
	return t
}

// dynamic finds the one type of the package that a value in an interface can
// have: a struct type of just that form, or a pointer to one.
func (f formatter) dynamic(rt reflect.Type) types.Type {
	st, pointer := rt, false
	if rt.Kind() == reflect.Pointer && rt.Name() == "" {
		st, pointer = rt.Elem(), true
	}
	if f.pkg == nil || st.Kind() != reflect.Struct || st.Name() != "" {
		return nil
	}
	var found types.Type
	for _, name := range f.pkg.Scope().Names() {
		obj, ok := f.pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || !matchesShape(named, st, 0) {
			continue
		}
		if found != nil {
			return nil // two types of one form: the interpreter does not know either
		}
		found = named
	}
	if found != nil && pointer {
		return types.NewPointer(found)
	}
	return found
}

// matchesShape reports whether a value of the Go type t can be of the type rt
// in the interpreter. Deep down it believes it.
func matchesShape(t types.Type, rt reflect.Type, depth int) bool {
	if depth > 4 {
		return true
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && isCompiled(rt) && rt.Kind() != reflect.Pointer {
		// A compiled type is itself, or what a script type is defined as.
		obj := named.Obj()
		if obj.Pkg() != nil && obj.Pkg().Path() == rt.PkgPath() {
			return obj.Name() == rt.Name()
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicKinds[rt.Kind()] == u.Kind() && u.Kind() != types.Invalid
	case *types.Pointer:
		return rt.Kind() == reflect.Pointer && matchesShape(u.Elem(), rt.Elem(), depth+1)
	case *types.Slice:
		return rt.Kind() == reflect.Slice && matchesShape(u.Elem(), rt.Elem(), depth+1)
	case *types.Array:
		return rt.Kind() == reflect.Array && int64(rt.Len()) == u.Len() && matchesShape(u.Elem(), rt.Elem(), depth+1)
	case *types.Map:
		return rt.Kind() == reflect.Map && matchesShape(u.Key(), rt.Key(), depth+1) && matchesShape(u.Elem(), rt.Elem(), depth+1)
	case *types.Chan:
		return rt.Kind() == reflect.Chan
	case *types.Signature:
		return rt.Kind() == reflect.Func && rt.NumIn() == u.Params().Len() && rt.NumOut() == u.Results().Len()
	case *types.Interface:
		return rt.Kind() == reflect.Interface || rt == unwrapper().typ
	case *types.Struct:
		if rt.Kind() != reflect.Struct || rt.NumField() != u.NumFields() {
			return false
		}
		for i := range u.NumFields() {
			name := rt.Field(i).Name
			if name != u.Field(i).Name() && name != "X"+u.Field(i).Name() {
				return false
			}
			if !rt.Field(i).IsExported() {
				continue
			}
			if !matchesShape(u.Field(i).Type(), rt.Field(i).Type, depth+1) {
				return false
			}
		}
		return true
	}
	return true // a type parameter
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
	case t == unwrapper().typ:
		return "interface{…}"
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
