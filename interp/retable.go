package interp

import (
	"cmp"
	"go/types"
	"slices"
)

// retable brings the method tables of live types up to date with a new program:
// of those whose method set is another one now, promoted methods included, and
// of types that printing and encoding had nothing to ask so far. What is live
// and keeps its table goes on calling the newest versions through it.
func (e *emission) retable() {
	e.retyped = map[*dynType]types.Type{}
	tr := newTranslator(e.p, nil)
	for _, d := range e.live.dyns.all() {
		if e.hide[dynKey+d.id] {
			continue // a new one stands for it from now on
		}
		t := tr.typ(d.goType())
		if t == nil {
			continue // it is gone; values may still have it, and keep its methods
		}
		e.retyped[d] = t
		if d.iface || d.exact {
			continue
		}
		if set := methodSetText(types.NewMethodSet(t), e.p); set != d.methods.Load().set {
			e.queue = append(e.queue, func() error { return e.table(d, t) })
			continue
		}
		e.queue = append(e.queue, func() error {
			e.inner(t, map[types.Type]bool{})
			return nil
		})
	}
}

// sameTypes tells whether a program has the very types of the live one, and so
// the same method tables: that is so when only bodies were checked again. Types
// that are declared inside functions are other ones then.
func (l *Live) sameTypes(p *program) bool {
	for range l.dyns.locals.Range {
		return false
	}
	return slices.EqualFunc(l.prog.pkgs, p.pkgs, func(a, b *pkg) bool { return a.types == b.types })
}

// all lists the types that can be found by name, in order.
func (d *dynTypes) all() []*dynType {
	var list []*dynType
	d.byID.Range(func(_, t any) bool {
		list = append(list, t.(*dynType))
		return true
	})
	slices.SortFunc(list, func(a, b *dynType) int { return cmp.Compare(a.number, b.number) })
	return list
}

// retype makes the live types speak of the program that is live now.
func (d *dynTypes) retype(now map[*dynType]types.Type) {
	for t, gt := range now {
		t.typ.Store(&gt)
	}
	d.locals.Clear() // of programs that are gone
	for _, t := range d.all() {
		d.noteLocal(t)
	}
	d.byT.Clear()
}

// publishTypes makes the emission's dynamic types known, just before it runs. It
// gives what puts them, and the tables that it is about to fill, back.
func (e *emission) publishTypes() (undo func()) {
	tables := map[*dynType]*methodTable{}
	for _, t := range e.dyns {
		tables[t] = t.methods.Load()
	}
	unpublish := e.live.dyns.publish(e.added)
	return func() {
		for t, table := range tables {
			t.methods.Store(table)
		}
		unpublish()
	}
}
