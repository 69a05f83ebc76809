package interp

import (
	"go/types"
	"reflect"
)

// target gives the new memory of a region, which is filled later.
func (c *carrier) target(r *region) reflect.Value {
	if r.to.IsValid() {
		return r.to
	}
	if r.home != "" {
		at := c.home[r.home]
		r.toElem = c.new.byID[r.home].obj.Type()
		r.to = reflect.SliceAt(at.Type().Elem(), at.UnsafePointer(), 1)
	} else {
		r.toElem = c.tr.typ(r.elem)
		if r.toElem == nil {
			return r.to
		}
		rt := c.form(r.toElem, r.elem, r.old.Type().Elem())
		if rt == nil {
			return r.to
		}
		r.to = reflect.MakeSlice(reflect.SliceOf(rt), r.count, r.count)
	}
	c.changed[c.root] = true
	c.later(&c.fill, func() {
		for i := range r.count {
			c.copy(r.to.Index(i), r.old.Index(i), r.elem, r.toElem)
		}
	})
	return r.to
}

// form is the interpreter's type for a type of the new program. was and as are
// its counterpart before, which it still is where nothing is rebased.
func (c *carrier) form(t, was types.Type, as reflect.Type) reflect.Type {
	if !c.isRebased(was) || types.IsInterface(t) { // interfaces of the script's have one form
		return as
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return c.live.form(c.new, n)
	}
	elem := func(t, was types.Type) reflect.Type { return c.form(t, was, as.Elem()) }
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		if e := elem(t.Elem(), was.(*types.Pointer).Elem()); e != nil {
			return reflect.PointerTo(e)
		}
	case *types.Slice:
		if e := elem(t.Elem(), was.(*types.Slice).Elem()); e != nil {
			return reflect.SliceOf(e)
		}
	case *types.Array:
		if e := elem(t.Elem(), was.(*types.Array).Elem()); e != nil {
			return reflect.ArrayOf(int(t.Len()), e)
		}
	case *types.Chan:
		if e := elem(t.Elem(), was.(*types.Chan).Elem()); e != nil {
			return reflect.ChanOf(as.ChanDir(), e)
		}
	case *types.Map:
		m := was.(*types.Map)
		k, e := c.form(t.Key(), m.Key(), as.Key()), elem(t.Elem(), m.Elem())
		if k != nil && e != nil {
			return reflect.MapOf(k, e)
		}
	case *types.Struct:
		s := was.(*types.Struct)
		fields := make([]reflect.StructField, t.NumFields())
		for i := range fields {
			f := as.Field(i)
			ft := c.form(t.Field(i).Type(), s.Field(i).Type(), f.Type)
			if ft == nil {
				return nil
			}
			fields[i] = reflect.StructField{Name: f.Name, Type: ft, Tag: f.Tag, PkgPath: f.PkgPath}
		}
		return reflect.StructOf(fields)
	}
	return nil
}

// form finds the interpreter's type for a declared type.
func (l *Live) form(p *program, n *types.Named) reflect.Type {
	u := p.unitOf(n.Origin().Obj())
	if u == nil {
		return nil
	}
	key := u.id
	if n.TypeArgs().Len() > 0 {
		targs := make([]types.Type, n.TypeArgs().Len())
		for i := range targs {
			targs[i] = n.TypeArgs().At(i)
		}
		key += p.instanceKey(targs)
	}
	l.tables.Lock()
	defer l.tables.Unlock()
	return l.forms[key]
}

// copy gives dst, of type to in the new program, the value of src, of type from
// in the old one.
func (c *carrier) copy(dst, src reflect.Value, from, to types.Type) {
	now := c.tr.typ(from)
	if now == nil || !types.Identical(now, to) {
		c.convert(dst, src, from, to)
		return
	}
	if !c.isRebased(from) {
		dst.Set(src)
		c.fix(dst, from)
		return
	}
	defer c.migrate(dst, src, from, to)
	if n, ok := types.Unalias(from).(*types.Named); ok {
		under := c.tr.typ(n.Underlying())
		if under == nil || !types.Identical(under, to.Underlying()) {
			c.convert(dst, src, n.Underlying(), to.Underlying())
			return
		}
	}
	switch u := from.Underlying().(type) {
	case *types.Struct:
		c.fields(dst, src, u, to.Underlying().(*types.Struct))
	case *types.Array:
		for i := range src.Len() {
			c.copy(dst.Index(i), src.Index(i), u.Elem(), to.Underlying().(*types.Array).Elem())
		}
	case *types.Pointer:
		dst.Set(c.pointer(src, u, dst.Type()))
	case *types.Slice:
		dst.Set(c.slice(src, u, dst.Type()))
	case *types.Map:
		dst.Set(c.table(src, u, to.Underlying().(*types.Map), dst.Type()))
	case *types.Chan:
		dst.Set(c.channel(src, u, to.Underlying().(*types.Chan), dst.Type()))
	case *types.Signature:
		if f, _ := c.function(src, to, dst.Type()); f.IsValid() {
			dst.Set(f)
		}
	case *types.Interface:
		v, _ := c.dynamic(src, to, dst.Type(), c.isHome(dst))
		dst.Set(v)
	default:
		dst.Set(src)
	}
}

// fields copies a struct by the names of its fields.
func (c *carrier) fields(dst, src reflect.Value, from, to *types.Struct) {
	for i := range to.NumFields() {
		f := to.Field(i)
		j := fieldNamed(from, f)
		if j < 0 {
			c.note("the field %s is new and zero", f.Name())
			continue
		}
		c.copy(dst.Field(i), src.Field(j), from.Field(j).Type(), f.Type())
	}
	for i := range from.NumFields() {
		if f := from.Field(i); f.Name() != "_" && fieldNamed(to, f) < 0 {
			c.note("the field %s is gone", f.Name())
		}
	}
}

// pointer gives the new pointer for an old one.
func (c *carrier) pointer(src reflect.Value, t *types.Pointer, as reflect.Type) reflect.Value {
	if src.IsNil() {
		return reflect.Zero(as)
	}
	if src.Type().Elem().Size() == 0 {
		return reflect.New(as.Elem())
	}
	to, moved := c.locate(src.Pointer(), src.Type().Elem())
	switch {
	case moved && to.IsValid() && to.Type() == as.Elem():
		c.changed[c.root] = true
		return to.Addr()
	case moved || src.Type() != as:
		c.lose("a pointer to a %s leads to something that is gone", c.typeName(t.Elem()))
		return reflect.Zero(as)
	}
	c.fixAt(src.Elem(), t.Elem())
	return src
}

// slice gives the new slice for an old one, sharing what the old one shared.
func (c *carrier) slice(src reflect.Value, t *types.Slice, as reflect.Type) reflect.Value {
	switch {
	case src.IsNil():
		return reflect.Zero(as)
	case src.Cap() == 0 || src.Type().Elem().Size() == 0:
		return reflect.MakeSlice(as, src.Len(), src.Cap())
	}
	to, moved := c.locate(src.Pointer(), src.Type().Elem())
	switch {
	case moved && to.IsValid() && to.Type() == as.Elem():
		c.changed[c.root] = true
		return reflect.SliceAt(as.Elem(), to.Addr().UnsafePointer(), src.Cap()).Slice(0, src.Len()).Convert(as)
	case moved || src.Type() != as:
		c.lose("a slice of %s leads to something that is gone", c.typeName(t.Elem()))
		return reflect.Zero(as)
	}
	full := src.Slice(0, src.Cap())
	s := spot{src.Pointer(), src.Type().Elem(), src.Cap()}
	if !c.fixed[s] && c.holds(t.Elem()) {
		c.fixed[s] = true
		c.later(&c.fill, func() {
			for i := range full.Len() {
				c.fix(full.Index(i), t.Elem())
			}
		})
	}
	return src
}

// table gives the new map for an old one whose type changed.
func (c *carrier) table(src reflect.Value, from, to *types.Map, as reflect.Type) reflect.Value {
	if src.IsNil() {
		return reflect.Zero(as)
	}
	if out, ok := c.maps[src.Pointer()]; ok {
		if out.Type() != as {
			c.lose("a map has two types now")
			return reflect.Zero(as)
		}
		return out
	}
	out := reflect.MakeMapWithSize(as, src.Len())
	c.maps[src.Pointer()] = out
	c.changed[c.root] = true
	c.later(&c.fill, func() {
		for it := src.MapRange(); it.Next(); {
			k, v := reflect.New(as.Key()).Elem(), reflect.New(as.Elem()).Elem()
			c.copy(k, it.Key(), from.Key(), to.Key())
			n := len(c.last)
			c.copy(v, it.Value(), from.Elem(), to.Elem())
			if len(c.last) > n {
				c.last = append(c.last, func() { out.SetMapIndex(k, v) })
			}
			if out.MapIndex(k).IsValid() {
				c.lose("two keys of a map are equal now")
			}
			out.SetMapIndex(k, v)
		}
	})
	return out
}

// channel gives the new channel for an old one whose type changed, with what
// the old one held.
func (c *carrier) channel(src reflect.Value, from, to *types.Chan, as reflect.Type) reflect.Value {
	if src.IsNil() {
		return reflect.Zero(as)
	}
	both := reflect.ChanOf(reflect.BothDir, as.Elem())
	out, ok := c.chans[src.Pointer()]
	if !ok {
		out = reflect.MakeChan(both, src.Cap())
		c.chans[src.Pointer()] = out
		c.changed[c.root] = true
		c.note("a channel was made anew; goroutines that wait on the old one stay there")
		c.drain(src)
		taken := c.drained[src.Pointer()]
		for _, v := range taken.held {
			n := reflect.New(as.Elem()).Elem()
			c.copy(n, v, from.Elem(), to.Elem())
			out.TrySend(n)
		}
		if taken.closed {
			out.Close()
		}
	}
	if out.Type() != both {
		c.lose("a channel has two types now")
		return reflect.Zero(as)
	}
	return out.Convert(as)
}

// taken is what a channel held.
type taken struct {
	held   []reflect.Value
	closed bool
}

// drain takes out what a channel holds, once. A rollback puts it back, as long
// as the channel is not closed.
func (c *carrier) drain(ch reflect.Value) []reflect.Value {
	t, done := c.drained[ch.Pointer()]
	if done || ch.Type().ChanDir()&reflect.RecvDir == 0 {
		return t.held
	}
	for range ch.Cap() + 1 {
		v, ok := ch.TryRecv()
		if !ok {
			t.closed = v.IsValid()
			break
		}
		t.held = append(t.held, v)
	}
	c.drained[ch.Pointer()] = t
	if ch.Type().ChanDir()&reflect.SendDir != 0 && !t.closed {
		c.undo = append(c.undo, func() {
			for _, v := range t.held {
				ch.TrySend(v)
			}
		})
	}
	return t.held
}

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
