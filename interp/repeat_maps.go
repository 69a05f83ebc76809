package interp

import (
	"cmp"
	"reflect"
	"slices"
)

// sortKeys sorts keys of a map, given as a slice.
func sortKeys(list any) {
	v := reflect.ValueOf(list)
	keys := make([]reflect.Value, v.Len())
	for i := range keys {
		keys[i] = reflect.New(v.Type().Elem()).Elem()
		keys[i].Set(v.Index(i))
	}
	slices.SortFunc(keys, orderKeys)
	for i := range keys {
		v.Index(i).Set(keys[i])
	}
}

func orderKeys(a, b reflect.Value) int {
	switch k := a.Kind(); {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case k == reflect.String:
		return cmp.Compare(a.String(), b.String())
	case k == reflect.Bool && a.Bool() != b.Bool():
		if b.Bool() {
			return -1
		}
		return 1
	case k == reflect.Array:
		for i := range a.Len() {
			if c := orderKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
	case k == reflect.Struct:
		for i := range a.NumField() {
			if c := orderKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
	}
	return 0
}
