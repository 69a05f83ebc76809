package interp

import (
	"context"
	"reflect"
	"sort"
)

// pointer is where a variable lives; invalid when it does not.
func (l *Live) pointer(id string) reflect.Value {
	l.tables.Lock()
	defer l.tables.Unlock()
	return l.vars[id]
}

// State lists the package variables with their values now, sorted by name. The
// script's goroutines and calls are held meanwhile, as far as they come to where
// they can be.
func (l *Live) State() (out []Var) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holding(l.prog, func() { out = l.state() })
	return out
}

// state is State for a caller who holds mu, and the goroutines.
func (l *Live) state() []Var {
	out := []Var{}
	for _, u := range l.prog.units {
		if u.kind != KindVar || u.name == "_" || u.hidden() {
			continue
		}
		v := l.value(u)
		l.tables.Lock()
		by := l.setBy[u.id]
		l.tables.Unlock()
		out = append(out, Var{Name: u.shownName(), Type: v.Type, Text: v.Text, Value: v.Value, SetBy: by})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (l *Live) value(u *unit) Value {
	p := l.pointer(u.id)
	if !p.IsValid() {
		return Value{Type: typeText(u.obj.Type()), Text: "?"}
	}
	return formatValue(p.Elem(), u.obj.Type())
}

// variable finds a package variable by the name State gives it.
func (l *Live) variable(name string) *unit {
	for _, u := range l.prog.units {
		if u.kind == KindVar && u.shownName() == name && u.obj != nil && !u.hidden() {
			return u
		}
	}
	return nil
}

// Set assigns the value of an expression to a package variable, between calls
// as far as these end within the grace of a patch. It takes no longer than a
// patch may.
func (l *Live) Set(ctx context.Context, name, expr string) (before, after Value, fail *CallError) {
	l.applying.Lock() // trials put back what they find
	defer l.applying.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.variable(name)
	if u == nil {
		var all []string
		for _, u := range l.prog.units {
			if u.kind == KindVar && u.name != "_" && !u.hidden() {
				all = append(all, u.shownName())
			}
		}
		msg := "no variable " + name
		if near := nearestName(name, all); near != "" {
			msg += "; did you mean " + near + "?"
		}
		return before, after, &CallError{Kind: ErrArguments, Message: msg}
	}
	assign, _, fail := l.evaluation(name + " = " + expr)
	if fail != nil {
		return before, before, fail
	}
	l.gate.close(l.opt.PatchGrace)
	defer l.gate.open()
	before = l.value(u)
	fail = l.run(patchTimeout, ctx, func() error { assign.Call(nil); return nil })
	if fail != nil {
		return before, before, fail
	}
	l.setVersion(u.id, l.versions[u.id], "set")
	return before, l.value(u), nil
}
