package interp

import (
	"errors"
	"fmt"
	"go/types"
	"iter"
	"reflect"
	"slices"
)

// templateIndex is the function index of templates.
func (d *dynTypes) templateIndex(x any, indexes ...any) (any, error) {
	for _, i := range indexes {
		v, t := d.indirect(x)
		if !v.IsValid() {
			return nil, errors.New("index of untyped nil")
		}
		var et types.Type
		if e, ok := underlying(t).(interface{ Elem() types.Type }); ok {
			et = e.Elem()
		}
		switch v.Kind() {
		case reflect.Slice, reflect.Array, reflect.String:
			n := reflect.ValueOf(d.rawTemplate(i))
			if !n.IsValid() || !n.CanInt() && !n.CanUint() {
				return nil, fmt.Errorf("cannot index slice/array with type %s", d.typeText(n, nil))
			}
			at := 0
			if n.CanInt() {
				at = int(n.Int())
			} else {
				at = int(n.Uint())
			}
			if at < 0 || at >= v.Len() {
				return nil, fmt.Errorf("index out of range: %d", at)
			}
			x = d.show(v.Index(at), et)
		case reflect.Map:
			key, ok := d.templateArgument(i, v.Type().Key())
			if !ok {
				return nil, fmt.Errorf("value has type %s; should be %s", d.typeText(d.taken(i)), v.Type().Key())
			}
			e := v.MapIndex(key)
			if !e.IsValid() {
				e = reflect.Zero(v.Type().Elem())
			}
			x = d.show(e, et)
		default:
			return nil, fmt.Errorf("can't index item of type %s", d.typeText(v, t))
		}
	}
	return x, nil
}

// indirect follows pointers.
func (d *dynTypes) indirect(x any) (reflect.Value, types.Type) {
	v, t := d.taken(x)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		if v = v.Elem(); t != nil {
			t = elemType(t)
		}
	}
	return v, t
}

// templateSlice is the function slice of templates.
func (d *dynTypes) templateSlice(x any, indexes ...any) (any, error) {
	v, t := d.indirect(x)
	if k := v.Kind(); k != reflect.Slice && k != reflect.String && (k != reflect.Array || !v.CanAddr()) {
		return nil, errors.New("can't slice this item")
	}
	if len(indexes) > 3 || len(indexes) == 3 && v.Kind() == reflect.String {
		return nil, fmt.Errorf("too many slice indexes: %d", len(indexes))
	}
	limit := v.Len()
	if v.Kind() != reflect.String {
		limit = v.Cap()
	}
	at := []int{0, v.Len(), limit}
	for k, i := range indexes {
		n := reflect.ValueOf(d.rawTemplate(i))
		if !n.IsValid() || !n.CanInt() {
			return nil, errors.New("cannot index slice/array with this type")
		}
		if at[k] = int(n.Int()); at[k] < 0 || at[k] > limit {
			return nil, fmt.Errorf("index out of range: %d", at[k])
		}
	}
	if at[0] > at[1] || at[1] > at[2] {
		return nil, fmt.Errorf("invalid slice index: %d > %d", at[0], at[1])
	}
	if len(indexes) == 3 {
		return d.show(v.Slice3(at[0], at[1], at[2]), t), nil
	}
	return d.show(v.Slice(at[0], at[1]), t), nil
}

// templateRange gives what range can go over, with elements for templates.
func (d *dynTypes) templateRange(x any) any {
	v, t := d.indirect(x)
	if !v.IsValid() {
		return x
	}
	var et types.Type
	if e, ok := underlying(t).(interface{ Elem() types.Type }); ok {
		et = e.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = d.show(v.Index(i), et)
		}
		return list
	case reflect.Map:
		if mt, ok := underlying(t).(*types.Map); ok && !exactType(mt.Key()) {
			return d.templateMap(v, mt)
		}
		m := reflect.MakeMap(reflect.MapOf(v.Type().Key(), reflect.TypeFor[any]()))
		for k, e := range v.Seq2() {
			shown := reflect.New(reflect.TypeFor[any]()).Elem()
			if s := d.show(e, et); s != nil {
				shown.Set(reflect.ValueOf(s))
			}
			m.SetMapIndex(k, shown)
		}
		return m.Interface()
	case reflect.Func:
		return d.templateSeq(v, t)
	}
	return d.rawTemplate(x)
}

// templateMap gives the entries of a map whose keys are of a script's type.
func (d *dynTypes) templateMap(v reflect.Value, t *types.Map) any {
	keys := v.MapKeys()
	slices.SortStableFunc(keys, compareKeys)
	return iter.Seq2[any, any](func(yield func(any, any) bool) {
		for _, k := range keys {
			if !yield(d.show(k, t.Key()), d.show(v.MapIndex(k), t.Elem())) {
				return
			}
		}
	})
}

// templateSeq gives what a function yields to templates.
func (d *dynTypes) templateSeq(v reflect.Value, t types.Type) any {
	sig, ok := underlying(t).(*types.Signature)
	if !ok || sig.Params().Len() != 1 {
		return v.Interface()
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	switch {
	case ok && v.Type().CanSeq() && yield.Params().Len() == 1:
		return iter.Seq[any](func(next func(any) bool) {
			v.Seq()(func(x reflect.Value) bool { return next(d.show(x, yield.Params().At(0).Type())) })
		})
	case ok && v.Type().CanSeq2() && yield.Params().Len() == 2:
		return iter.Seq2[any, any](func(next func(any, any) bool) {
			v.Seq2()(func(k, x reflect.Value) bool {
				return next(d.show(k, yield.Params().At(0).Type()), d.show(x, yield.Params().At(1).Type()))
			})
		})
	}
	return v.Interface()
}
