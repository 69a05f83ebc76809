package interp

import (
	"reflect"
	"strings"
)

// compareKeys orders map keys as package fmt does.
func compareKeys(a, b reflect.Value) int {
	if a.Kind() == reflect.Interface && b.Kind() == reflect.Interface {
		a, b = a.Elem(), b.Elem()
		if x, ok := boxIn(a); ok {
			a = reflect.ValueOf(x.v)
		}
		if x, ok := boxIn(b); ok {
			b = reflect.ValueOf(x.v)
		}
	}
	switch {
	case !a.IsValid() || !b.IsValid():
		return compare(int64(boolRank(a.IsValid())), int64(boolRank(b.IsValid())))
	case a.Type() != b.Type():
		return strings.Compare(a.Type().String(), b.Type().String())
	}
	switch a.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return compare(a.Int(), b.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return compare(a.Uint(), b.Uint())
	case reflect.Float32, reflect.Float64:
		x, y := a.Float(), b.Float()
		if x != x || y != y {
			return compare(int64(boolRank(x == x)), int64(boolRank(y == y)))
		}
		return compare(x, y)
	case reflect.Bool:
		return compare(int64(boolRank(a.Bool())), int64(boolRank(b.Bool())))
	case reflect.String:
		return strings.Compare(a.String(), b.String())
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return compare(uint64(a.Pointer()), uint64(b.Pointer()))
	}
	return 0
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// boxIn is the box in an interface of which only the reflection is at hand.
func boxIn(v reflect.Value) (box, bool) {
	if !v.IsValid() || v.Type() != boxType || !v.CanInterface() {
		return box{}, false
	}
	return v.Interface().(box), true
}

var boxType = reflect.TypeFor[box]()
