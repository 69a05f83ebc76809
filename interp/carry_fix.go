package interp

import (
	"go/types"
	"reflect"
)

// fixAt fixes memory that a pointer leads to, once, later.
func (c *carrier) fixAt(v reflect.Value, t types.Type) {
	s := spot{v.Addr().Pointer(), v.Type(), 1}
	if c.fixed[s] || !c.holds(t) {
		return
	}
	c.fixed[s] = true
	c.later(&c.fill, func() { c.fix(v, t) })
}

// fix exchanges, in memory that stays where it is, what leads to memory that
// does not. v can be set.
func (c *carrier) fix(v reflect.Value, t types.Type) {
	if !c.holds(t) {
		return
	}
	if c.isForeign(t) && v.Kind() == reflect.Struct {
		c.foreignParts(v, t, c.fix)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		c.exchange(v, c.pointer(v, u, v.Type()))
	case *types.Slice:
		c.exchange(v, c.slice(v, u, v.Type()))
	case *types.Array:
		for i := range v.Len() {
			c.fix(v.Index(i), u.Elem())
		}
	case *types.Struct:
		for i := range u.NumFields() {
			c.fix(v.Field(i), u.Field(i).Type())
		}
	case *types.Map:
		c.fixMap(v, u)
	case *types.Signature:
		if f, changed := c.function(v, t, v.Type()); changed && f.IsValid() {
			c.set(v, f)
		} else if changed {
			c.set(v, reflect.Zero(v.Type()))
		}
	case *types.Interface:
		if n, changed := c.dynamic(v, c.tr.typ(t), v.Type(), false); changed {
			c.set(v, n)
		}
	}
}

// exchange sets a pointer or slice when it leads elsewhere now.
func (c *carrier) exchange(v, to reflect.Value) {
	if v.Pointer() != to.Pointer() || v.Kind() == reflect.Slice && v.Len() != to.Len() {
		c.set(v, to)
	}
}

// fixMap fixes what a map that stays leads to.
func (c *carrier) fixMap(m reflect.Value, t *types.Map) {
	s := spot{m.Pointer(), m.Type(), 1}
	if m.IsNil() || c.fixed[s] || !c.holds(t.Key()) && !c.holds(t.Elem()) {
		return
	}
	c.fixed[s] = true
	type entry struct{ key, was, v reflect.Value }
	var list []entry
	for it := m.MapRange(); it.Next(); {
		e := entry{reflect.New(m.Type().Key()).Elem(), it.Key(), reflect.New(m.Type().Elem()).Elem()}
		e.key.Set(it.Key())
		e.v.Set(it.Value())
		list = append(list, e)
	}
	c.later(&c.fill, func() {
		for _, e := range list {
			old := reflect.New(m.Type().Elem()).Elem()
			old.Set(e.v)
			n := len(c.undo)
			c.fix(e.key, t.Key())
			keys := len(c.undo) > n
			c.fix(e.v, t.Elem())
			if len(c.undo) == n {
				continue
			}
			c.undo = c.undo[:n] // of copies
			if keys {
				m.SetMapIndex(e.was, reflect.Value{})
			}
			m.SetMapIndex(e.key, e.v)
			c.undo = append(c.undo, func() {
				if keys {
					m.SetMapIndex(e.key, reflect.Value{})
				}
				m.SetMapIndex(e.was, old)
			})
		}
	})
}
