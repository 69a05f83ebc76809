package interp

import (
	"go/types"
	"reflect"
)

// What interfaces hold tells its type itself: a box has a dynamic type, and all
// else is of types that compiled code has too. A value of a rebased type gets
// the dynamic type that stands for the same type now.

// open gives the value inside an interface, with its type in the old program.
func (c *carrier) open(v reflect.Value) (t types.Type, inner reflect.Value, ok bool) {
	if !v.IsValid() || v.IsNil() || !v.CanInterface() {
		return nil, reflect.Value{}, false
	}
	x := c.live.dyns.plain(v.Interface())
	if b, boxed := x.(box); boxed {
		t := c.back.typ(b.t.goType())
		if b.v == nil {
			return nil, reflect.Value{}, false
		}
		return t, reflect.ValueOf(b.v), t != nil
	}
	inner = reflect.ValueOf(x)
	if !leads(inner.Type()) {
		return nil, inner, false
	}
	u := c.live.dyns.imp.u
	u.lock()
	defer u.unlock()
	return u.typ(inner.Type()), inner, true
}

// leads tells whether a value of compiled types may lead to one of the script's.
func leads(rt reflect.Type) bool {
	switch rt.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array, reflect.Struct, reflect.Func:
		return true
	}
	return false
}

// dynamic gives the new value of an interface, whose type is t now. changed is
// false when it is the old one. whole says that it is a whole variable's.
func (c *carrier) dynamic(src reflect.Value, t types.Type, as reflect.Type, whole bool) (out reflect.Value, changed bool) {
	from, inner, ok := c.open(src)
	if !ok {
		return src, false
	}
	none := func(format string, args ...any) (reflect.Value, bool) {
		if whole {
			c.reset(format, args...)
		} else {
			c.lose(format, args...)
		}
		return reflect.Zero(as), true
	}
	now := c.tr.typ(from)
	if now == nil {
		return none("a value of the type %s, which is gone", typeText(from))
	}
	if t != nil && !types.AssignableTo(now, t) {
		return none("a value of the type %s, which does not implement %s now", typeText(now), typeText(t))
	}
	x, changed := c.inside(inner, from, now)
	if !x.IsValid() {
		return none("a value of the type %s", typeText(from))
	}
	if !changed {
		return src, false
	}
	return c.into(c.boxed(x, now), as), true
}

// inside carries over what is in an interface. The result is invalid when the
// interpreter knows nothing of its new type.
func (c *carrier) inside(src reflect.Value, from, to types.Type) (out reflect.Value, changed bool) {
	if c.isRebased(from) {
		dt, ok := c.live.dyns.byID.Load(typeString(to))
		if !ok || dt.(*dynType).rt.Load() == nil {
			return reflect.Value{}, true
		}
		out = reflect.New(*dt.(*dynType).rt.Load()).Elem()
		n := len(c.last)
		c.copy(out, src, from, to)
		for _, f := range c.last[n:] { // hooks: the value is not to be reached later
			f()
		}
		c.last = c.last[:n]
		return out, true
	}
	if !c.holds(from) {
		return src, false
	}
	out = reflect.New(src.Type()).Elem()
	out.Set(src)
	n := len(c.undo)
	c.fix(out, from)
	changed = len(c.undo) > n
	c.undo = c.undo[:n] // of a copy
	return out, changed
}

// boxed puts a value of the new program into an interface{}.
func (c *carrier) boxed(v reflect.Value, t types.Type) any {
	if types.IsInterface(t) {
		return v.Interface()
	}
	if dt, ok := c.live.dyns.byID.Load(typeString(t)); ok && !exactType(t) {
		return box{dt.(*dynType), v.Interface()}
	}
	return v.Interface()
}

// toInterface puts a value that had no interface around it into one.
func (c *carrier) toInterface(dst, src reflect.Value, from, now types.Type) {
	if types.IsInterface(from) {
		v, _ := c.dynamic(src, now, dst.Type(), c.isHome(dst))
		dst.Set(v)
		return
	}
	x, _ := c.inside(src, from, now)
	if !x.IsValid() || !exactType(now) && !c.known(now) {
		c.unfit(dst, "a value of the type %s", typeText(from))
		return
	}
	dst.Set(c.into(c.boxed(x, now), dst.Type()))
}

func (c *carrier) known(t types.Type) bool {
	_, ok := c.live.dyns.byID.Load(typeString(t))
	return ok
}

// into gives what an interface holds as a value of an interface type.
func (c *carrier) into(x any, as reflect.Type) reflect.Value {
	if as.NumMethod() > 0 {
		return c.live.dyns.wrap(x, as)
	}
	out := reflect.New(as).Elem()
	if x != nil {
		out.Set(reflect.ValueOf(x))
	}
	return out
}
