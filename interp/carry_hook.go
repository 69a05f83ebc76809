package interp

import (
	"go/types"
	"reflect"
)

// A script that declares
//
//	func migrateT(old map[string]any, new *T)
//
// for a type T decides itself what becomes of the values of T when T changes:
// the function is called once a value, after the fields were copied by the
// rules, with what the old value held under the names of its fields. A value
// that is no struct stands under the name "value".

// hookFor finds the function that migrates values of a type, if there is one.
func hookFor(p *program, t types.Type) *unit {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.TypeArgs().Len() > 0 || !p.isSource(n.Obj().Pkg()) {
		return nil
	}
	fn, ok := n.Obj().Pkg().Scope().Lookup("migrate" + n.Obj().Name()).(*types.Func)
	if !ok {
		return nil
	}
	sig := fn.Signature()
	object := types.NewMap(types.Typ[types.String], types.NewInterfaceType(nil, nil))
	if sig.Params().Len() != 2 || sig.Results().Len() != 0 || sig.TypeParams().Len() != 0 || sig.Variadic() ||
		!types.Identical(sig.Params().At(0).Type(), object) || !types.Identical(sig.Params().At(1).Type(), types.NewPointer(n)) {
		return nil
	}
	return p.unitOf(fn)
}

// hooks lists the functions of the new program that migrate values of the types
// whose definition changes.
func (pl *plan) hooks(p *program) (out []*unit) {
	if len(pl.fresh) == 0 {
		return nil
	}
	for _, u := range p.units {
		if u.kind == KindType && pl.fresh[u.id] && u.obj != nil {
			if h := hookFor(p, u.obj.Type()); h != nil {
				out = append(out, h)
			}
		}
	}
	return out
}

// migrate has the script's own function look at a value that was made anew, once
// all of them are.
func (c *carrier) migrate(made, old reflect.Value, from, to types.Type) {
	h := hookFor(c.new, to)
	if h == nil || c.quiet || !c.redefined(from) {
		return
	}
	c.live.tables.Lock()
	fn := c.live.handlers[h.id]
	c.live.tables.Unlock()
	if !fn.IsValid() {
		return
	}
	held := map[string]any{}
	if s, ok := from.Underlying().(*types.Struct); ok {
		for i := range s.NumFields() {
			held[s.Field(i).Name()] = c.asAny(old.Field(i), s.Field(i).Type())
		}
	} else {
		held["value"] = c.asAny(old, from.Underlying())
	}
	c.note("%s was called for each value", h.name)
	c.last = append(c.last, func() { fn.Call([]reflect.Value{reflect.ValueOf(held), made.Addr()}) })
}

// redefined tells whether a type itself changed, not only types inside it.
func (c *carrier) redefined(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	o := c.old.unitOf(n.Obj())
	if o == nil {
		return false
	}
	u := c.new.unit(o.id)
	return u != nil && o.sig != u.sig
}

// asAny puts a part of an old value into an interface, in the form that it has
// from now on.
func (c *carrier) asAny(v reflect.Value, t types.Type) any {
	now := c.tr.typ(t)
	if now == nil {
		return v.Interface()
	}
	rt := c.form(now, t, v.Type())
	if rt == nil {
		return v.Interface()
	}
	n := reflect.New(rt).Elem()
	c.quiet = true // this is a copy to look at
	c.copy(n, v, t, now)
	c.quiet = false
	return c.boxed(n, now)
}
