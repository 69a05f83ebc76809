package interp

import (
	"errors"
	"go/types"
	"reflect"
)

// errorsSymbols are errors.Is and errors.As for errors of both worlds: the
// targets of As may be variables of the script's types.
func (d *dynTypes) errorsSymbols() symbolMap {
	return symbolMap{"Is": reflect.ValueOf(d.errorsIs), "As": reflect.ValueOf(d.errorsAs)}
}

// causes lists what an error wraps.
func causes(err error) []error {
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

func (d *dynTypes) errorsIs(err, target error) bool {
	if err == nil || target == nil {
		return err == nil && target == nil
	}
	comparable := reflect.TypeOf(target).Comparable()
	if b, ok := d.plain(target).(box); ok {
		comparable = types.Comparable(b.t.goType())
	}
	return d.is(err, target, comparable)
}

func (d *dynTypes) is(err, target error, comparable bool) bool {
	if comparable && d.same(err, target) {
		return true
	}
	if x, ok := err.(interface{ Is(error) bool }); ok && x.Is(target) {
		return true
	}
	for _, e := range causes(err) {
		if e != nil && d.is(e, target, comparable) {
			return true
		}
	}
	return false
}

func (d *dynTypes) errorsAs(err error, target any) bool {
	if err == nil {
		return false
	}
	target = d.plain(target)
	b, boxed := target.(box)
	raw := target
	if boxed {
		raw = b.v
	}
	v := reflect.ValueOf(raw)
	if raw == nil || v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.As(err, raw) // which panics with its own words
	}
	match := d.assignCompiled(v.Elem())
	if boxed {
		p, ok := b.t.goType().Underlying().(*types.Pointer)
		if !ok {
			return errors.As(err, raw)
		}
		match = d.assignScript(v.Elem(), p.Elem())
	}
	return findError(err, target, match)
}

func findError(err error, target any, match func(error) bool) bool {
	if match(err) {
		return true
	}
	if x, ok := err.(interface{ As(any) bool }); ok && x.As(target) {
		return true
	}
	for _, e := range causes(err) {
		if e != nil && findError(e, target, match) {
			return true
		}
	}
	return false
}

// assignScript assigns errors of a type that mentions the script's to a variable.
func (d *dynTypes) assignScript(into reflect.Value, t types.Type) func(error) bool {
	if types.IsInterface(t) {
		it := &dynType{owner: d, iface: true}
		it.demands(t, declaredInSource)
		return func(err error) bool {
			x := d.plain(err)
			if it.missing(x) != "" {
				return false
			}
			into.Set(reflect.ValueOf(x))
			return true
		}
	}
	id := typeString(t)
	return func(err error) bool {
		b, ok := d.plain(err).(box)
		if !ok || b.t.id != id || reflect.TypeOf(b.v) != into.Type() {
			return false
		}
		into.Set(reflect.ValueOf(b.v))
		return true
	}
}

// assignCompiled does it for a variable of a compiled type.
func (d *dynTypes) assignCompiled(into reflect.Value) func(error) bool {
	return func(err error) bool {
		x := d.plain(err)
		switch {
		case into.Kind() == reflect.Interface && into.NumMethod() == 0:
			into.Set(reflect.ValueOf(x))
			return true
		case into.Kind() == reflect.Interface:
			if d.interfaceOf(into.Type()).missing(x) != "" {
				return false
			}
			into.Set(d.wrap(x, into.Type()))
			return true
		}
		if reflect.TypeOf(x) != into.Type() {
			return false
		}
		into.Set(reflect.ValueOf(x))
		return true
	}
}
