package interp

import (
	"container/list"
	"container/ring"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
)

// Compiled types hold values of the script's in interfaces: in exported fields,
// and behind their methods. Those below are looked into; what others keep in
// fields of their own stays as it is.

// anything is the type interface{}.
var anything = types.NewInterfaceType(nil, nil)

// foreignParts visits what a struct of a compiled type holds.
func (c *carrier) foreignParts(v reflect.Value, t types.Type, visit func(reflect.Value, types.Type)) {
	if v.CanAddr() && c.container(v.Addr().Interface(), visit) {
		return
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for f := range s.Fields() {
		if part := v.FieldByName(f.Name()); f.Exported() && part.IsValid() && part.CanSet() {
			visit(part, f.Type())
		}
	}
}

// container visits what the containers of the standard library hold.
func (c *carrier) container(at any, visit func(reflect.Value, types.Type)) bool {
	switch at := at.(type) {
	case *list.List:
		for e := at.Front(); e != nil; e = e.Next() {
			visit(reflect.ValueOf(&e.Value).Elem(), anything)
		}
	case *ring.Ring:
		for r, n := at, at.Len(); n > 0; r, n = r.Next(), n-1 {
			visit(reflect.ValueOf(&r.Value).Elem(), anything)
		}
	case *sync.Map:
		at.Range(func(key, value any) bool {
			c.visitCopy(&key, &value, visit, func(k, v any) {
				at.Delete(key)
				at.Store(k, v)
			})
			return true
		})
	case *atomic.Value:
		if value := at.Load(); value != nil {
			var none any
			c.visitCopy(&none, &value, visit, func(_, v any) { at.Store(v) })
		}
	default:
		return false
	}
	return true
}

// visitCopy visits a key and a value that can only be exchanged by store.
func (c *carrier) visitCopy(key, value *any, visit func(reflect.Value, types.Type), store func(k, v any)) {
	k, v := *key, *value
	n := len(c.undo)
	visit(reflect.ValueOf(&k).Elem(), anything)
	visit(reflect.ValueOf(&v).Elem(), anything)
	if len(c.undo) == n {
		return
	}
	c.undo = c.undo[:n]
	was := *value
	store(k, v)
	c.undo = append(c.undo, func() { store(*key, was) })
}
