package interp

import (
	"errors"
	"maps"
	"reflect"
	"strings"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// A script's own error type reaches compiled code inside a wrapper, which by
// default has the method Error and nothing else: what it wraps, and what it
// says it is, would be lost on errors.Is and everybody who calls it. The
// wrappers below also pass these methods on; the interpreter picks the first
// of errorWrappers whose methods a type all has.

// The interpreter fills the fields of these: the value first, then a function
// per method, named W and the method. Unwrap has two possible types, hence the any.
type (
	errorUnwrapIsAs struct {
		IValue  any
		WError  func() string
		WUnwrap any
		WIs     func(error) bool
		WAs     func(any) bool
	}
	errorUnwrapIs struct {
		IValue  any
		WError  func() string
		WUnwrap any
		WIs     func(error) bool
	}
	errorUnwrapAs struct {
		IValue  any
		WError  func() string
		WUnwrap any
		WAs     func(any) bool
	}
	errorUnwrap struct {
		IValue  any
		WError  func() string
		WUnwrap any
	}
	errorIs struct {
		IValue any
		WError func() string
		WIs    func(error) bool
	}
	errorAsOnly struct {
		IValue any
		WError func() string
		WAs    func(any) bool
	}
)

func (e errorUnwrapIsAs) Error() string        { return e.WError() }
func (e errorUnwrapIsAs) Unwrap() error        { return unwrapOne(e.WUnwrap) }
func (e errorUnwrapIsAs) Is(target error) bool { return e.WIs(target) }
func (e errorUnwrapIsAs) As(target any) bool   { return e.WAs(target) }
func (e errorUnwrapIs) Error() string          { return e.WError() }
func (e errorUnwrapIs) Unwrap() error          { return unwrapOne(e.WUnwrap) }
func (e errorUnwrapIs) Is(target error) bool   { return e.WIs(target) }
func (e errorUnwrapAs) Error() string          { return e.WError() }
func (e errorUnwrapAs) Unwrap() error          { return unwrapOne(e.WUnwrap) }
func (e errorUnwrapAs) As(target any) bool     { return e.WAs(target) }
func (e errorUnwrap) Error() string            { return e.WError() }
func (e errorUnwrap) Unwrap() error            { return unwrapOne(e.WUnwrap) }
func (e errorIs) Error() string                { return e.WError() }
func (e errorIs) Is(target error) bool         { return e.WIs(target) }

func (e errorAsOnly) Error() string      { return e.WError() }
func (e errorAsOnly) As(target any) bool { return e.WAs(target) }

func unwrapOne(f any) error {
	if f, ok := f.(func() error); ok {
		return f()
	}
	return nil
}

var errorWrappers = []reflect.Type{
	reflect.TypeFor[errorUnwrapIsAs](), reflect.TypeFor[errorUnwrapIs](), reflect.TypeFor[errorUnwrapAs](),
	reflect.TypeFor[errorUnwrap](), reflect.TypeFor[errorIs](), reflect.TypeFor[errorAsOnly](),
}

// scriptMapTypes is yaegi's list of functions that look for interfaces in
// their arguments, with two additions: printing functions look for error
// before fmt.Stringer, as they do in Go, and errors bring more than their text.
// Shared, read-only.
var scriptMapTypes = sync.OnceValue(func() map[reflect.Value][]reflect.Type {
	out := maps.Clone(stdlib.MapTypes)
	for fn, list := range out {
		if len(list) == 2 && list[1] == stringerType {
			out[fn] = []reflect.Type{list[0], reflectError, list[1]}
		}
	}
	// Functions that print as well, and that yaegi's list does not have.
	printing := out[stdlib.Symbols["fmt/fmt"]["Println"]]
	for _, name := range []string{"Append", "Appendf", "Appendln"} {
		out[stdlib.Symbols["fmt/fmt"][name]] = printing
	}
	for _, name := range []string{"Print", "Printf", "Println", "Panic", "Panicf", "Panicln", "Fatal", "Fatalf", "Fatalln"} {
		out[stdlib.Symbols["log/log"][name]] = printing
	}
	for _, name := range []string{"Debug", "Info", "Warn", "Error", "Any", "Group", "With"} {
		out[stdlib.Symbols["log/slog/slog"][name]] = []reflect.Type{reflectError}
	}
	if t := plainErrorWrapper(); t != nil {
		out[reflect.Zero(reflect.PointerTo(t))] = errorWrappers
	}
	return out
})

// plainErrorWrapper is the interpreter's own wrapper type for errors, under
// which it looks for better ones. It is told by making an error.
func plainErrorWrapper() reflect.Type {
	i := yaegi.New(yaegi.Options{})
	if _, err := i.Eval("package e\ntype E struct{}\nfunc (E) Error() string { return \"\" }\nfunc New() error { return E{} }"); err != nil {
		return nil
	}
	fn, err := i.Eval("e.New")
	if err != nil {
		return nil
	}
	v := fn.Call(nil)[0]
	if v.IsNil() || !isWrapper(v.Elem().Type()) {
		return nil
	}
	return v.Elem().Type()
}

// isWrapper reports whether a type holds a script's value in its first field.
func isWrapper(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.NumField() > 1 && t.Field(0).Name == "IValue" &&
		(isYaegi(t) || t.PkgPath() == reflect.TypeFor[host]().PkgPath() && strings.HasPrefix(t.Name(), "error"))
}

// errorSelf is a target of the method As with which an error of the script's
// gives its own value away. Types have to know it for that; see scriptValue.
type errorSelf struct{ Value any }

// scriptValue is what an error holds: itself, or the script's value in it. Of
// a struct that is an error by value the interpreter keeps the last field
// only, unless the type has a method As that fills an errorSelf.
func scriptValue(err error) any {
	v := reflect.ValueOf(err)
	if !isWrapper(v.Type()) {
		return err
	}
	if x, ok := err.(interface{ As(any) bool }); ok {
		var self errorSelf
		if x.As(&self) && self.Value != nil {
			return self.Value
		}
	}
	return v.Field(0).Interface()
}

// errorsSymbols are errors.Is and errors.As for errors of both worlds. The
// standard ones would compare wrappers, and find no type of the script's.
func errorsSymbols() symbolMap {
	return symbolMap{"Is": reflect.ValueOf(errorsIs), "As": reflect.ValueOf(errorsAs)}
}

// causes lists what an error wraps.
func causes(err error) []error {
	if v := reflect.ValueOf(err); isWrapper(v.Type()) {
		if f := v.FieldByName("WUnwrap"); f.IsValid() && !f.IsNil() {
			if many, ok := f.Interface().(func() []error); ok {
				return many()
			}
		}
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		if e := x.Unwrap(); e != nil {
			return []error{e}
		}
	case interface{ Unwrap() []error }:
		return x.Unwrap()
	}
	return nil
}

func errorsIs(err, target error) bool {
	if err == nil || target == nil {
		return err == nil && target == nil
	}
	if equalErrors(err, target) {
		return true
	}
	if x, ok := err.(interface{ Is(error) bool }); ok && x.Is(target) {
		return true
	}
	for _, e := range causes(err) {
		if e != nil && errorsIs(e, target) {
			return true
		}
	}
	return false
}

// equalErrors is a == b for errors. Wrappers cannot be compared, so it is what
// they hold; and as that may be a part, what they say must be equal too.
func equalErrors(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if reflect.TypeOf(a) != reflect.TypeOf(b) {
		return false
	}
	x, y := scriptValue(a), scriptValue(b)
	if reflect.TypeOf(x) != reflect.TypeOf(y) || !reflect.ValueOf(x).Comparable() || !reflect.ValueOf(y).Comparable() || x != y {
		return false
	}
	return !isWrapper(reflect.TypeOf(a)) || a.Error() == b.Error()
}

// holdsError is the type assertion of an error to a type of the script's:
// target points to a variable of that type.
func holdsError(err error, target any) bool {
	if err == nil {
		return false
	}
	into := reflect.ValueOf(target).Elem()
	for _, x := range []any{scriptValue(err), err} {
		if reflect.TypeOf(x).AssignableTo(into.Type()) {
			into.Set(reflect.ValueOf(x))
			return true
		}
	}
	x, ok := err.(interface{ As(any) bool })
	return ok && isWrapper(reflect.TypeOf(err)) && x.As(target)
}

func errorsAs(err error, target any) bool {
	if err == nil {
		return false
	}
	v := reflect.ValueOf(target)
	if target == nil || v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.As(err, target) // which panics with its own words
	}
	if v.Type().Elem() == unwrapper().typ {
		panic("errors: a target of an interface type that the script declares is not supported")
	}
	return findError(err, target)
}

func findError(err error, target any) bool {
	if holdsError(err, target) {
		return true
	}
	if x, ok := err.(interface{ As(any) bool }); ok && !isWrapper(reflect.TypeOf(err)) && x.As(target) {
		return true
	}
	for _, e := range causes(err) {
		if e != nil && findError(e, target) {
			return true
		}
	}
	return false
}
