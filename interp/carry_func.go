package interp

import (
	"go/types"
	"reflect"
	"strings"
)

// receiverType finds the type of a method value's receiver in the old program.
func (c *carrier) receiverType(b boundMethod) types.Type {
	key, dynamic := b.methodOf()
	if dynamic {
		return anything
	}
	id, args, generic := strings.Cut(key, "[")
	u := c.old.unit(id)
	if u == nil {
		return nil
	}
	fn, ok := u.obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return nil
	}
	recv := types.Unalias(fn.Signature().Recv().Type())
	if !generic {
		return recv
	}
	targs, ok := c.old.typeArguments(strings.TrimSuffix(args, "]"))
	if !ok {
		return nil
	}
	p, isPtr := recv.(*types.Pointer)
	if isPtr {
		recv = types.Unalias(p.Elem())
	}
	n, ok := recv.(*types.Named)
	if !ok || n.TypeParams().Len() != len(targs) && n.TypeArgs().Len() != len(targs) {
		return nil
	}
	inst, err := types.Instantiate(c.old.ctxt.Context, n.Origin(), targs, false)
	if err != nil {
		return nil
	}
	if isPtr {
		return types.NewPointer(inst)
	}
	return inst
}

// lookFunc finds what a func value leads to.
func (c *carrier) lookFunc(v reflect.Value, t types.Type) {
	if v.IsNil() || c.live.functionOf(v) != "" {
		return
	}
	if b, ok := c.live.bound.of(v); ok {
		if rt := c.receiverType(b); rt != nil {
			c.look(c.receiver(b), rt)
			return
		}
	}
	c.funcs[c.root] = true
	if c.isRebased(t) {
		c.lost[c.root] = append(c.lost[c.root], loss{"it holds a closure of the type " + typeText(t), true})
	}
}

// receiver gives a method value's receiver, one that is an interface as such.
func (c *carrier) receiver(b boundMethod) reflect.Value {
	if _, dynamic := b.methodOf(); dynamic {
		recv := b.recv
		if b.typ != nil {
			recv = b.receiver().Interface()
		}
		return reflect.ValueOf(&recv).Elem()
	}
	return b.receiver()
}

// function gives the func value that stands for an old one now. It is invalid,
// and told as lost, when there is none; changed is false when it is the old one.
func (c *carrier) function(src reflect.Value, t types.Type, as reflect.Type) (out reflect.Value, changed bool) {
	if src.IsNil() {
		return reflect.Zero(as), false
	}
	if key := c.live.functionOf(src); key != "" {
		if src.Type() == as {
			return src, false // it leads to the newest version
		}
		c.live.tables.Lock()
		now := c.live.funcValues[key]
		c.live.tables.Unlock()
		if now.IsValid() && now.Type().Elem() == as {
			return now.Elem(), true
		}
		c.lose("the function %s as a %s", strings.TrimPrefix(key, "func "), typeText(t))
		return reflect.Value{}, true
	}
	if b, ok := c.live.bound.of(src); ok {
		return c.methodValue(src, b, t, as)
	}
	if src.Type() == as {
		return src, false
	}
	c.lose("a closure of the type %s", typeText(t))
	return reflect.Value{}, true
}

// methodValue makes a method value anew when its receiver is another one now.
func (c *carrier) methodValue(src reflect.Value, b boundMethod, t types.Type, as reflect.Type) (out reflect.Value, changed bool) {
	key, _ := b.methodOf()
	lost := func() (reflect.Value, bool) {
		c.lose("the method value %s", key)
		return reflect.Value{}, true
	}
	from := c.receiverType(b)
	if from == nil {
		if src.Type() == as {
			return src, false
		}
		return lost()
	}
	now := c.tr.typ(from)
	c.live.tables.Lock()
	binder, ok := c.live.binders[renamedKey(b.key, c.renamed)]
	c.live.tables.Unlock()
	if now == nil || !ok || binder.Type().Out(0) != as {
		return lost()
	}
	src0 := c.receiver(b)
	if binder.Type().In(0) != c.form(now, from, src0.Type()) {
		return lost()
	}
	recv := reflect.New(binder.Type().In(0)).Elem()
	n := len(c.undo)
	if c.isRebased(from) {
		c.copy(recv, src0, from, now)
		changed = true
	} else {
		recv.Set(src0)
		c.fix(recv, from)
		changed = len(c.undo) > n
		c.undo = c.undo[:n] // of a copy
	}
	if !changed && src.Type() == as {
		return src, false
	}
	return binder.Call([]reflect.Value{recv})[0], true
}
