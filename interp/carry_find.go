package interp

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"unsafe"
)

// region is memory that is made anew: count elements of one type. Regions do
// not overlap: what points into one belongs to it.
type region struct {
	start, end uintptr
	old        reflect.Value // a slice of the elements; keeps them alive, too
	elem       types.Type    // in the old program
	count      int
	home       string        // the variable that this is; empty for others
	root       string        // the variable it was found through
	to         reflect.Value // a slice of the new elements, once there is one
	toElem     types.Type
}

// addRegion notes memory of a type that changes.
func (c *carrier) addRegion(at unsafe.Pointer, as reflect.Type, count int, elem types.Type, home string) {
	if as.Size() == 0 || count == 0 {
		return
	}
	r := &region{start: uintptr(at), elem: elem, count: count, home: home, root: c.root}
	r.end = r.start + uintptr(count)*as.Size()
	r.old = reflect.SliceAt(as, at, count)
	c.regions = append(c.regions, r)
}

// look finds what a value leads to. It changes nothing, and reads what the
// script's goroutines may write.
func (c *carrier) look(v reflect.Value, t types.Type) {
	if !v.IsValid() || !c.holds(t) {
		return
	}
	if c.isForeign(t) && v.Kind() == reflect.Struct {
		c.foreignParts(v, t, c.look)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		if v.IsNil() {
			return
		}
		c.lookAt(v.UnsafePointer(), v.Type().Elem(), 1, u.Elem())
	case *types.Slice:
		if v.Cap() > 0 {
			c.lookAt(v.UnsafePointer(), v.Type().Elem(), v.Cap(), u.Elem())
		}
	case *types.Array:
		for i := range v.Len() {
			c.look(v.Index(i), u.Elem())
		}
	case *types.Struct:
		for i := range u.NumFields() {
			c.look(v.Field(i), u.Field(i).Type())
		}
	case *types.Map:
		s := spot{v.Pointer(), v.Type(), 1}
		if v.IsNil() || c.found[s] || !c.holds(u.Key()) && !c.holds(u.Elem()) {
			return
		}
		c.found[s] = true
		for it := v.MapRange(); it.Next(); {
			c.look(it.Key(), u.Key())
			c.look(it.Value(), u.Elem())
		}
	case *types.Chan:
		s := spot{v.Pointer(), v.Type(), 1}
		if v.IsNil() || !c.taking || c.found[s] || !c.isRebased(u) {
			return
		}
		c.found[s] = true
		if _, done := c.drained[v.Pointer()]; !done {
			held := c.drain(v)
			for i := range held {
				c.look(held[i], u.Elem())
			}
		}
	case *types.Signature:
		c.lookFunc(v, t)
	case *types.Interface:
		if dt, dv, ok := c.open(v); ok {
			c.look(dv, dt)
		}
	}
}

// lookAt goes on at memory that a pointer or slice leads to, later.
func (c *carrier) lookAt(at unsafe.Pointer, as reflect.Type, count int, elem types.Type) {
	if c.isRebased(elem) {
		c.addRegion(at, as, count, elem, "")
	}
	s := spot{uintptr(at), as, count}
	if c.found[s] {
		return
	}
	c.found[s] = true
	if !c.holds(elem) {
		return
	}
	all := reflect.SliceAt(as, at, count)
	c.later(&c.walk, func() {
		for i := range count {
			c.look(all.Index(i), elem)
		}
	})
}

// settle makes the regions disjoint: those inside others are dropped, those
// that overlap (windows of one array) become one.
func (c *carrier) settle() {
	slices.SortStableFunc(c.regions, func(a, b *region) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), -boolCompare(contains(a.old.Type().Elem(), b.old.Type().Elem()), contains(b.old.Type().Elem(), a.old.Type().Elem())))
	})
	var out []*region
	for _, r := range c.regions {
		if len(out) == 0 || r.start >= out[len(out)-1].end {
			out = append(out, r)
			continue
		}
		last := out[len(out)-1]
		if last.home == "" && r.home != "" && last.start == r.start && last.end == r.end && last.old.Type() == r.old.Type() {
			last.home = r.home
		}
		if r.end > last.end && r.old.Type() == last.old.Type() {
			size := r.old.Type().Elem().Size()
			last.end = r.end
			last.count = int((last.end - last.start) / size)
			last.old = reflect.SliceAt(r.old.Type().Elem(), last.old.UnsafePointer(), last.count)
		}
	}
	c.regions = out
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// contains tells whether a value of type a begins with one of type b.
func contains(a, b reflect.Type) bool {
	for a != b {
		switch {
		case a.Kind() == reflect.Struct && a.NumField() > 0:
			a = a.Field(0).Type
		case a.Kind() == reflect.Array && a.Len() > 0:
			a = a.Elem()
		default:
			return false
		}
	}
	return true
}

// regionAt finds the region that an address is in.
func (c *carrier) regionAt(addr uintptr) *region {
	i, ok := slices.BinarySearchFunc(c.regions, addr, func(r *region, addr uintptr) int { return cmp.Compare(r.start, addr) })
	if !ok {
		i--
	}
	if i < 0 || addr >= c.regions[i].end {
		return nil
	}
	return c.regions[i]
}

// locate finds the counterpart of what is at an address as a given type. moved
// is false when the address is in memory that stays; the result is invalid when
// there is no counterpart.
func (c *carrier) locate(addr uintptr, as reflect.Type) (to reflect.Value, moved bool) {
	r := c.regionAt(addr)
	if r == nil {
		return reflect.Value{}, false
	}
	all := c.target(r)
	if !all.IsValid() {
		return reflect.Value{}, true
	}
	size := r.old.Type().Elem().Size()
	i, off := int((addr-r.start)/size), (addr-r.start)%size
	return c.descend(r.old.Type().Elem(), r.elem, all.Index(i), r.toElem, off, as), true
}

// descend goes down the old and the new form of a value at the same time, to
// what lies at an offset in the old one.
func (c *carrier) descend(as reflect.Type, t types.Type, to reflect.Value, toType types.Type, off uintptr, want reflect.Type) reflect.Value {
	for off != 0 || as != want {
		switch u := t.Underlying().(type) {
		case *types.Array:
			n, ok := toType.Underlying().(*types.Array)
			i := int(off / as.Elem().Size())
			if !ok || i >= to.Len() {
				return reflect.Value{}
			}
			off -= uintptr(i) * as.Elem().Size()
			as, t, to, toType = as.Elem(), u.Elem(), to.Index(i), n.Elem()
		case *types.Struct:
			if c.isForeign(t) {
				return reflect.Value{}
			}
			n, ok := toType.Underlying().(*types.Struct)
			i := fieldAt(as, off)
			if !ok || i < 0 {
				return reflect.Value{}
			}
			j := fieldNamed(n, u.Field(i))
			if j < 0 {
				return reflect.Value{}
			}
			off -= as.Field(i).Offset
			as, t, to, toType = as.Field(i).Type, u.Field(i).Type(), to.Field(j), n.Field(j).Type()
		default:
			return reflect.Value{}
		}
	}
	return to
}

func fieldAt(as reflect.Type, off uintptr) int {
	for i := range as.NumField() {
		if f := as.Field(i); f.Offset <= off && off < f.Offset+max(f.Type.Size(), 1) {
			return i
		}
	}
	return -1
}

// fieldNamed finds the field that is called like one of another struct.
func fieldNamed(t *types.Struct, f *types.Var) int {
	for i := range t.NumFields() {
		if t.Field(i).Name() == f.Name() && f.Name() != "_" {
			return i
		}
	}
	return -1
}
