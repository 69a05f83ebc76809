package interp

import (
	"fmt"
	"go/types"
	"reflect"

	"hotloop/interp/lower"
)

// What compiled code gets of a script's value as one of its interfaces. Errors
// and Stringers are values that compare as the boxes in them do, because
// compiled code compares errors and uses them as keys. For other interfaces
// there are the interpreter's wrappers, see wrapbox.go.

// conversions adds the functions that convert to an interface of compiled code.
func (d *dynTypes) conversions(syms symbolMap, name string, it reflect.Type) {
	anyT, boolT, textT := reflect.TypeFor[any](), reflect.TypeFor[bool](), reflect.TypeFor[string]()
	if it == reflectError {
		syms[lower.ToPrefix+name] = reflect.ValueOf(d.toError)
		syms[lower.KeyPrefix+name] = reflect.ValueOf(func(x any) error {
			x = d.plain(x)
			mustHash(x)
			return d.toError(x)
		})
		syms[lower.AsPrefix+name] = reflect.ValueOf(func(x any) (error, bool) {
			if x = d.plain(x); x == nil || d.interfaceOf(it).missing(x) != "" {
				return nil, false
			}
			return d.toError(x), true
		})
		syms[lower.MustPrefix+name] = reflect.ValueOf(func(x any, _ string) error {
			x = d.plain(x)
			d.mustImplement(d.interfaceOf(it), x)
			return d.toError(x)
		})
		return
	}
	fn := func(in, out []reflect.Type, f func(x any) []reflect.Value) reflect.Value {
		return reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args []reflect.Value) []reflect.Value {
			return f(d.plain(args[0].Interface()))
		})
	}
	syms[lower.ToPrefix+name] = fn([]reflect.Type{anyT}, []reflect.Type{it}, func(x any) []reflect.Value {
		return []reflect.Value{d.wrap(x, it)}
	})
	syms[lower.KeyPrefix+name] = fn([]reflect.Type{anyT}, []reflect.Type{it}, func(x any) []reflect.Value {
		mustHash(x)
		return []reflect.Value{d.wrap(x, it)}
	})
	syms[lower.AsPrefix+name] = fn([]reflect.Type{anyT}, []reflect.Type{it, boolT}, func(x any) []reflect.Value {
		if x == nil || d.interfaceOf(it).missing(x) != "" {
			return []reflect.Value{reflect.Zero(it), reflect.ValueOf(false)}
		}
		return []reflect.Value{d.wrap(x, it), reflect.ValueOf(true)}
	})
	syms[lower.MustPrefix+name] = fn([]reflect.Type{anyT, textT}, []reflect.Type{it}, func(x any) []reflect.Value {
		d.mustImplement(d.interfaceOf(it), x)
		return []reflect.Value{d.wrap(x, it)}
	})
}

// interfaceOf describes an interface of compiled code.
func (d *dynTypes) interfaceOf(it reflect.Type) *dynType {
	if t, ok := d.ifs.Load(it); ok {
		return t.(*dynType)
	}
	u := d.imp.u
	u.lock()
	gt := u.typ(it)
	u.unlock()
	t := &dynType{owner: d, iface: true, compiled: it}
	t.typ.Store(&gt)
	for m := range gt.Underlying().(*types.Interface).Methods() {
		t.needs = append(t.needs, need{m.Id(), typeString(m.Type())})
	}
	found, _ := d.ifs.LoadOrStore(it, t)
	return found.(*dynType)
}

func (d *dynTypes) toError(x any) error {
	switch x := d.plain(x).(type) {
	case nil:
		return nil
	case box:
		return asError(x)
	case error:
		return x
	default:
		panic(conversion(dynamicName(x) + " is not error: missing method Error"))
	}
}

// wrap gives a value in an interface, which is plain, as an interface of
// compiled code that it implements.
func (d *dynTypes) wrap(x any, it reflect.Type) reflect.Value {
	out := reflect.New(it).Elem()
	b, ok := x.(box)
	switch {
	case x == nil:
	case !ok:
		out.Set(reflect.ValueOf(x))
	case it == reflectError:
		out.Set(reflect.ValueOf(asError(b)))
	case it == stringerType:
		out.Set(reflect.ValueOf(boxStringer{b}))
	default:
		out.Set(d.wrapBox(b, it))
	}
	return out
}

// boxStringer is a value of a script as a fmt.Stringer.
type boxStringer struct{ b box }

func (s boxStringer) unwrapped() box { return s.b }

func (s boxStringer) String() string {
	f, _ := call[func(any) string](s.b, "String")
	return f(s.b.v)
}

// boxScanner is a value of a script as a fmt.Scanner.
type boxScanner struct{ b box }

func (s boxScanner) unwrapped() box { return s.b }

func (s boxScanner) Scan(state fmt.ScanState, verb rune) error {
	f, _ := call[func(any, fmt.ScanState, rune) error](s.b, "Scan")
	return f(s.b.v, state, verb)
}

// scanned is what a scanning function gets of an operand: the pointer, unless
// its type scans itself.
func (d *dynTypes) scanned(x any) any {
	b, ok := d.plain(x).(box)
	if !ok {
		return x
	}
	if _, ok := call[func(any, fmt.ScanState, rune) error](b, "Scan"); ok {
		return boxScanner{b}
	}
	return b.v
}

// boxError is a value of a script as an error. The methods that the errors
// package looks for are there for all; for a type without one it does what
// having none does.
type boxError struct{ heldError }

// boxErrors is boxError for a type that wraps several errors.
type boxErrors struct{ heldError }

type heldError struct{ b box }

func asError(b box) error {
	if _, ok := call[func(any) []error](b, "Unwrap"); ok {
		return boxErrors{heldError{b}}
	}
	return boxError{heldError{b}}
}

func (e heldError) unwrapped() box { return e.b }

func (e heldError) Error() string {
	f, ok := call[func(any) string](e.b, "Error")
	if !ok {
		return goTypeName(e.b.t.goType())
	}
	return f(e.b.v)
}

func (e heldError) Is(target error) bool {
	f, ok := call[func(any, error) bool](e.b, "Is")
	return ok && f(e.b.v, target)
}

func (e heldError) As(target any) bool {
	f, ok := call[func(any, any) bool](e.b, "As")
	return ok && f(e.b.v, target)
}

func (e heldError) Timeout() bool {
	f, ok := call[func(any) bool](e.b, "Timeout")
	return ok && f(e.b.v)
}

func (e heldError) Format(s fmt.State, verb rune) { topBox(e).Format(s, verb) }

// MarshalJSON encodes the value, as encoding/json does with an error.
func (e heldError) MarshalJSON() ([]byte, error) { return e.b.MarshalJSON() }

func (e boxErrors) Unwrap() []error {
	f, _ := call[func(any) []error](e.b, "Unwrap")
	return f(e.b.v)
}

func (e boxError) Unwrap() error {
	if f, ok := call[func(any) error](e.b, "Unwrap"); ok {
		return f(e.b.v)
	}
	return nil
}
