package interp

import (
	"go/types"
	"reflect"
)

// convert gives dst, of type to in the new program, a value of another type.
func (c *carrier) convert(dst, src reflect.Value, from, to types.Type) {
	if now := c.tr.typ(from); now != nil && types.IsInterface(to) && types.AssignableTo(now, to) {
		c.toInterface(dst, src, from, now)
		return
	}
	switch f := from.Underlying().(type) {
	case *types.Basic:
		if c.basic(dst, src, f, to) {
			return
		}
	case *types.Struct:
		if t, ok := to.Underlying().(*types.Struct); ok && !c.isForeign(from) && !c.isForeign(to) {
			c.fields(dst, src, f, t)
			return
		}
	case *types.Array:
		if t, ok := to.Underlying().(*types.Array); ok {
			for i := range min(src.Len(), dst.Len()) {
				c.copy(dst.Index(i), src.Index(i), f.Elem(), t.Elem())
			}
			if src.Len() > dst.Len() {
				c.note("only %d of %d elements fit", dst.Len(), src.Len())
			}
			return
		}
	case *types.Slice:
		if t, ok := to.Underlying().(*types.Slice); ok && c.elements(f.Elem(), t.Elem()) {
			if src.IsNil() {
				return
			}
			dst.Set(reflect.MakeSlice(dst.Type(), src.Len(), src.Len()))
			for i := range src.Len() {
				c.copy(dst.Index(i), src.Index(i), f.Elem(), t.Elem())
			}
			return
		}
	case *types.Map:
		if t, ok := to.Underlying().(*types.Map); ok && c.elements(f.Elem(), t.Elem()) && c.elements(f.Key(), t.Key()) {
			if !src.IsNil() {
				dst.Set(c.table(src, f, t, dst.Type()))
			}
			return
		}
	case *types.Interface:
		if types.IsInterface(to) {
			v, _ := c.dynamic(src, to, dst.Type(), c.isHome(dst))
			dst.Set(v)
			return
		}
	case *types.Pointer, *types.Chan, *types.Signature:
		// The same in other words: type P *T instead of *T.
		if now := c.tr.typ(from.Underlying()); now != nil && types.Identical(now, to.Underlying()) {
			if _, named := types.Unalias(from).(*types.Named); named || now != to {
				c.copy(dst, src, from.Underlying(), to.Underlying())
				return
			}
		}
	}
	if src.IsZero() {
		return // the zero value of either
	}
	c.unfit(dst, "a %s does not convert to %s", typeText(from), typeText(to))
}

// elements tells whether there is a way from one element type to another one,
// so that a slice or map of them is not made of zeros.
func (c *carrier) elements(from, to types.Type) bool {
	if now := c.tr.typ(from); now != nil && types.AssignableTo(now, to) {
		return true
	}
	switch f := from.Underlying().(type) {
	case *types.Basic:
		t, ok := to.Underlying().(*types.Basic)
		return ok && (f.Info()&types.IsNumeric != 0 && t.Info()&types.IsNumeric != 0 || f.Info()&t.Info()&(types.IsString|types.IsBoolean) != 0)
	case *types.Struct:
		_, ok := to.Underlying().(*types.Struct)
		return ok
	case *types.Slice:
		t, ok := to.Underlying().(*types.Slice)
		return ok && c.elements(f.Elem(), t.Elem())
	case *types.Array:
		t, ok := to.Underlying().(*types.Array)
		return ok && c.elements(f.Elem(), t.Elem())
	case *types.Map:
		t, ok := to.Underlying().(*types.Map)
		return ok && c.elements(f.Elem(), t.Elem()) && c.elements(f.Key(), t.Key())
	}
	return false
}

// basic converts numbers, strings and booleans. A whole number that does not
// fit is not converted; a string is never made of a number.
func (c *carrier) basic(dst, src reflect.Value, from *types.Basic, to types.Type) bool {
	if s, ok := to.Underlying().(*types.Slice); ok && from.Info()&types.IsString != 0 {
		if b, ok := s.Elem().Underlying().(*types.Basic); ok && (b.Kind() == types.Uint8 || b.Kind() == types.Int32) {
			dst.Set(src.Convert(dst.Type()))
			return true
		}
		return false
	}
	t, ok := to.Underlying().(*types.Basic)
	if !ok {
		return false
	}
	switch numbers := types.IsInteger | types.IsFloat; {
	case from.Info()&t.Info()&(types.IsString|types.IsBoolean) != 0, from.Info()&t.Info()&types.IsComplex != 0:
		dst.Set(src.Convert(dst.Type()))
		return true
	case from.Info()&numbers == 0 || t.Info()&numbers == 0:
		return false
	}
	out := src.Convert(dst.Type())
	switch {
	case from.Info()&t.Info()&types.IsInteger != 0 && (out.Convert(src.Type()).Interface() != src.Interface() || isNegative(out) != isNegative(src)),
		from.Info()&types.IsFloat != 0 && t.Info()&types.IsInteger != 0 && !(src.Float() > -9.2e18 && src.Float() < 9.2e18 && diff(out, src) < 1):
		c.unfit(dst, "%v does not fit into %s", src.Interface(), typeText(to))
		return true
	}
	dst.Set(out)
	return true
}

func isNegative(v reflect.Value) bool { return v.CanInt() && v.Int() < 0 }

// diff is how far a whole number is from a fraction.
func diff(whole, fraction reflect.Value) float64 {
	f := whole.Convert(fraction.Type()).Float() - fraction.Float()
	return max(f, -f)
}

// isHome tells whether a place is a whole variable.
func (c *carrier) isHome(dst reflect.Value) bool {
	m, ok := c.moves[c.root]
	if !ok || !dst.CanAddr() {
		return false
	}
	at := c.home[m.new.id]
	return at.IsValid() && at.Pointer() == dst.Addr().Pointer() && at.Type().Elem() == dst.Type()
}

// unfit notes that a value has no place in the new type. A variable is
// initialised again for that; a part of one is zero.
func (c *carrier) unfit(dst reflect.Value, format string, args ...any) {
	if c.isHome(dst) {
		c.reset(format, args...)
		return
	}
	c.lose(format, args...)
}
