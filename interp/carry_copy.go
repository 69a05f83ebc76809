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
		r.toElem = c.new.unit(r.home).obj.Type()
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
		c.lose("a pointer to a %s leads to something that is gone", typeText(t.Elem()))
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
		c.lose("a slice of %s leads to something that is gone", typeText(t.Elem()))
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
