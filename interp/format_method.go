package interp

import (
	"fmt"
	"reflect"
	"time"
)

// methodText asks a compiled value for its text: times, errors, and whatever
// has String. It reports false for values without such a method, for those
// that might call back into the script, and when the method panics.
func methodText(v reflect.Value) (text string, isError, ok bool) {
	if !v.IsValid() || !v.CanInterface() || !isCompiled(v.Type()) || v.Kind() == reflect.Pointer && v.IsNil() {
		return "", false, false
	}
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	if v.Kind() != reflect.Pointer && v.CanAddr() {
		if v.Type().PkgPath() == "sync/atomic" {
			if load := v.Addr().MethodByName("Load"); load.IsValid() && v.Type().Name() != "Value" {
				return fmt.Sprint(load.Call(nil)[0].Interface()), false, true
			}
		}
		if !hasText(v.Type()) && hasText(v.Addr().Type()) {
			v = v.Addr()
		}
	}
	if !hasText(v.Type()) || reachesScript(v, new(int)) {
		return "", false, false
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339Nano), false, true
	case error:
		return x.Error(), true, true
	case fmt.Stringer:
		return x.String(), false, true
	}
	return "", false, false
}

var stringerType = reflect.TypeFor[fmt.Stringer]()

func hasText(t reflect.Type) bool {
	return t.Implements(reflectError) || t.Implements(stringerType)
}

// reachesScript looks through a compiled value for anything of the script's
// that its methods could call. It gives up, with true, on large values.
func reachesScript(v reflect.Value, seen *int) bool {
	if *seen++; *seen > 500 {
		return true
	}
	if !v.IsValid() {
		return false
	}
	if isYaegi(v.Type()) || isWrapper(v.Type()) {
		return true
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		return !v.IsNil() && reachesScript(v.Elem(), seen)
	case reflect.Func:
		return !v.IsNil()
	case reflect.Struct:
		for i := range v.NumField() {
			if reachesScript(v.Field(i), seen) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		if !mayReach(v.Type().Elem()) {
			return false
		}
		for i := range v.Len() {
			if reachesScript(v.Index(i), seen) {
				return true
			}
		}
	case reflect.Map:
		return v.Len() > 0 && (mayReach(v.Type().Elem()) || mayReach(v.Type().Key()))
	}
	return false
}

func mayReach(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Pointer, reflect.Func, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		return true
	}
	return false
}
