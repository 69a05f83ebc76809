package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"weak"
)

// The interpreter's wrappers are structs with a field for the value and one for
// each method, which the host fills. Compiled code gets pointers to them. There
// is one wrapper of a kind for all equal values, as long as anybody has it, so
// that wrapped values compare as the values do, also inside of others and as keys
// of maps. A value that leads to its own wrapper is kept with it.

// wrappers are the interpreter's wrapper types, by the interface they are for;
// and pointers to them, which is what compiled code gets.
var wrappers, wrapperPointers sync.Map

// wrapper is what stands in a wrapper's field for the value.
type wrapper struct {
	b    box
	self reflect.Value // the pointer that compiled code has
}

// wrapKey tells wrappers apart. It is comparable for boxes that are.
type wrapKey struct {
	b    box
	with reflect.Type // the wrapper
}

// known finds the wrapper that a box has as an interface.
func (d *dynTypes) known(k wrapKey) (reflect.Value, bool) {
	d.wrapMu.Lock()
	defer d.wrapMu.Unlock()
	if h := d.wraps[k].Value(); h != nil {
		return h.self, true
	}
	return reflect.Value{}, false
}

// note keeps the wrapper of a box for others to find. Of two that were made at
// once the first is kept.
func (d *dynTypes) note(k wrapKey, h *wrapper) reflect.Value {
	d.wrapMu.Lock()
	defer d.wrapMu.Unlock()
	if other := d.wraps[k].Value(); other != nil {
		return other.self
	}
	if d.wraps == nil {
		d.wraps = map[wrapKey]weak.Pointer[wrapper]{}
	}
	d.wraps[k] = weak.Make(h)
	runtime.AddCleanup(h, d.unnote, k)
	return h.self
}

func (d *dynTypes) unnote(k wrapKey) {
	d.wrapMu.Lock()
	defer d.wrapMu.Unlock()
	if d.wraps[k].Value() == nil { // not one that was made since
		delete(d.wraps, k)
	}
}

func (d *dynTypes) wrapBox(b box, it reflect.Type) reflect.Value {
	wt := d.wrapperFor(b, it)
	k := wrapKey{b, wt}
	// What cannot be a key is equal to nothing, and what is not equal to itself
	// would never be found.
	same := reflect.ValueOf(k).Comparable() && k == k
	if same {
		if w, ok := d.known(k); ok {
			return w
		}
	}
	w := reflect.New(wt)
	h := &wrapper{b: b, self: w}
	w.Elem().Field(0).Set(reflect.ValueOf(h))
	recv := reflect.ValueOf(&h.b.v).Elem()
	for _, f := range wrapperFuncs(wt) {
		name := strings.TrimPrefix(f.Name, "W")
		w.Elem().FieldByIndex(f.Index).Set(reflect.MakeFunc(f.Type, func(args []reflect.Value) []reflect.Value {
			// Looked up anew: a patch may have changed the table.
			fn, ok := b.t.method(name)
			if !ok {
				panic("the method " + name + " of " + goTypeName(b.t.goType()) + " is gone")
			}
			if fn.Type().IsVariadic() {
				return fn.CallSlice(append([]reflect.Value{recv}, args...))
			}
			return fn.Call(append([]reflect.Value{recv}, args...))
		}))
	}
	if same {
		return d.note(k, h)
	}
	return w
}

func (d *dynTypes) wrapperType(it reflect.Type) reflect.Type {
	if wt, ok := wrappers.Load(it); ok {
		return wt.(reflect.Type)
	}
	v, found := d.imp.wrapper(it)
	if !found {
		panic(fmt.Sprintf("a value of the script cannot be passed as %s: the interpreter has no wrapper for it", it))
	}
	wrappers.Store(it, v.Type().Elem())
	wrapperPointers.Store(v.Type(), true)
	return v.Type().Elem()
}

// unwrapPointer takes the box out of one of the interpreter's wrappers.
func unwrapPointer(rt reflect.Type, x any) (box, bool) {
	if rt.Kind() != reflect.Pointer {
		return box{}, false
	}
	if _, ok := wrapperPointers.Load(rt); !ok {
		return box{}, false
	}
	if h, ok := reflect.ValueOf(x).Elem().Field(0).Interface().(*wrapper); ok {
		return h.b, true
	}
	return box{}, false
}

// mustHash panics, as compiled code does, for a value in an interface that
// cannot be the key of a map. x is plain.
func mustHash(x any) {
	switch x.(type) {
	case nil, string, int, bool, float64:
		return
	}
	if name := unhashable(reflect.ValueOf(x)); name != "" {
		panic(runtimeError("runtime error: hash of unhashable type " + name))
	}
}

// unhashable names the type because of which a value cannot be hashed.
func unhashable(v reflect.Value) string {
	if !v.IsValid() || v.Comparable() {
		return ""
	}
	switch v.Kind() {
	case reflect.Interface:
		return unhashable(v.Elem())
	case reflect.Array:
		for i := range v.Len() {
			if name := unhashable(v.Index(i)); name != "" && v.Type().Comparable() {
				return name
			}
		}
	case reflect.Struct:
		if b, ok := boxIn(v); ok {
			if types.Comparable(b.t.goType()) {
				return unhashable(reflect.ValueOf(b.v))
			}
			return goTypeName(b.t.goType())
		}
		for i := range v.NumField() {
			if name := unhashable(v.Field(i)); name != "" && v.Type().Comparable() {
				return name
			}
		}
	}
	return v.Type().String()
}
