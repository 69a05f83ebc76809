package interp

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// The interpreter never forgets: a type, variable or function that is declared
// again keeps its old meaning for code compiled before, and often for code
// compiled after. So what changes in more than its body is rebased: it is
// declared under a new name, and everything whose emitted form mentions it is
// compiled again.
//
//   - A type is rebased when its definition changed, or mentions a rebased type.
//   - A function is rebased when its signature changed or mentions a rebased
//     type; values made of it before lead to the old one.
//   - A variable is rebased when its type changed or mentions a rebased type;
//     its value is carried over (carry.go).
//   - Other functions that mention something rebased become new versions of
//     themselves, in their slots, although their text is the same.

// move takes a variable's value from where it was to where it is.
type move struct {
	old, new *unit
	why      string // its own type changed; empty when only types inside did
	anew     bool   // its initializer runs again: only what points to it is carried over
}

// rebase extends plan.fresh to everything that has to be declared anew, and the
// plan by what follows.
func (pl *plan) rebase(old, new *program, versions map[string]int) {
	if len(pl.fresh) == 0 {
		return
	}
	r := &rebaser{p: new, fresh: pl.fresh, typed: map[types.Type]string{}, roots: map[string]string{}}
	changed := r.closeTypes(old)
	listed := map[string]bool{}
	for _, c := range pl.changes {
		listed[c.Key] = true
	}
	again := func(o, u *unit, because string) {
		if !listed[u.id] {
			listed[u.id] = true
			pl.recompiled(old, new, o, u, because, versions)
		}
	}
	for _, c := range changed {
		again(old.unit(c.id), new.unit(c.id), "contains "+c.because)
	}
	for _, u := range new.units { // variables and signatures
		o := old.unit(u.id)
		if o == nil || u.obj == nil || pl.fresh[u.id] || u.kind != KindVar && !u.isCode() {
			continue
		}
		if because := r.signature(u); because != "" {
			pl.fresh[u.id] = true
			r.roots[u.id] = because
			if u.kind == KindVar {
				pl.moves = append(pl.moves, move{old: o, new: u, anew: slices.Contains(pl.rerun, u)})
				continue
			}
			pl.code = slices.DeleteFunc(pl.code, func(c *unit) bool { return c == u })
			again(o, u, "takes or gives "+because)
		}
	}
	r.plain = true
	for id := range pl.fresh {
		u := new.unit(id)
		r.plain = r.plain && u != nil && (u.kind == KindFunc || u.kind == KindVar)
	}
	for _, u := range new.units { // bodies
		o := old.unit(u.id)
		if o == nil || u.fn == nil || pl.fresh[u.id] || slices.Contains(pl.code, u) {
			continue
		}
		if because := r.body(u); because != "" {
			pl.code = append(pl.code, u)
			again(o, u, "uses "+because)
		}
	}
	if len(r.roots) > 0 && len(pl.moves) > 0 && old.concurrent() {
		pl.notes = append(pl.notes, "goroutines that began before keep the values of changed types that are in their own variables")
	}
	slices.SortStableFunc(pl.moves, func(a, b move) int { return strings.Compare(a.new.id, b.new.id) })
}

// recompiled records a unit that means what it meant and is compiled again.
func (pl *plan) recompiled(old, new *program, o, u *unit, why string, versions map[string]int) {
	pl.record(old, new, o, u, ChangeRecompiled, why+", which changed", versions)
	if c := &pl.changes[len(pl.changes)-1]; c.Key == u.id {
		c.To = c.From
	}
}

// rebaser finds what mentions something rebased. Its answers name what they
// found, as a person would; they are empty when there is nothing.
type rebaser struct {
	p     *program
	fresh map[string]bool
	typed map[types.Type]string // answers of mentioned
	plain bool                  // no types and methods are among fresh: who mentions it has it by name
	roots map[string]string     // unit that is rebased because of another one -> the one that changed
}

// madeOf is a type that is rebased because of what it is made of.
type madeOf struct{ id, because string }

// closeTypes adds the types that are made of rebased ones, until there are no
// more, and gives those that it added.
func (r *rebaser) closeTypes(old *program) (added []madeOf) {
	for again := true; again; {
		again = false
		for _, u := range r.p.units {
			if u.kind != KindType || r.fresh[u.id] || u.alias() || u.obj == nil || old.unit(u.id) == nil {
				continue
			}
			named, ok := u.obj.Type().(*types.Named)
			if !ok {
				continue
			}
			because := r.mentioned(named.Underlying())
			if because != "" {
				r.fresh[u.id], r.roots[u.id], again = true, because, true
				added = append(added, madeOf{u.id, because})
				clear(r.typed)
			}
		}
	}
	return added
}

// signature looks at the type of a variable, or the parameters, results and
// receiver of a function.
func (r *rebaser) signature(u *unit) string {
	if f, ok := u.obj.(*types.Func); ok {
		if recv := f.Signature().Recv(); recv != nil {
			if because := r.mentioned(recv.Type()); because != "" {
				return because
			}
		}
	}
	return r.mentioned(u.obj.Type())
}

// body looks at everything in a function.
func (r *rebaser) body(u *unit) (because string) {
	if r.plain {
		for _, obj := range u.mentions {
			if used := r.p.unitOf(obj); used != nil && r.fresh[used.id] {
				return cmp.Or(r.roots[used.id], used.display())
			}
		}
		return ""
	}
	ast.Inspect(u.fn, func(n ast.Node) bool {
		if because != "" {
			return false
		}
		if id, ok := n.(*ast.Ident); ok {
			if obj := u.info.Uses[id]; obj != nil {
				if used := r.p.unitOf(obj); used != nil && r.fresh[used.id] {
					because = cmp.Or(r.roots[used.id], used.display())
				}
			}
			if inst, ok := u.info.Instances[id]; ok && because == "" {
				for t := range inst.TypeArgs.Types() {
					because = cmp.Or(because, r.mentioned(t))
				}
			}
		}
		if e, ok := n.(ast.Expr); ok && because == "" {
			if tv, ok := u.info.Types[e]; ok {
				because = r.mentioned(tv.Type)
			}
		}
		return true
	})
	return because
}

// mentioned looks for a rebased type in the written form of a type.
func (r *rebaser) mentioned(t types.Type) string {
	if t == nil {
		return ""
	}
	if because, ok := r.typed[t]; ok {
		return because
	}
	because := ""
	eachNamed(t, func(n *types.Named) bool {
		if u := r.p.unitOf(n.Origin().Obj()); u != nil && r.fresh[u.id] {
			because = cmp.Or(r.roots[u.id], u.shownName())
		}
		return because == ""
	})
	r.typed[t] = because
	return because
}

// eachNamed calls f for the declared types that a type's written form names,
// those inside their definitions excepted, until f is false.
func eachNamed(t types.Type, f func(*types.Named) bool) bool {
	all := func(list ...types.Type) bool {
		for _, t := range list {
			if !eachNamed(t, f) {
				return false
			}
		}
		return true
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		for i := range t.TypeArgs().Len() {
			if !eachNamed(t.TypeArgs().At(i), f) {
				return false
			}
		}
		return f(t)
	case *types.Map:
		return all(t.Key(), t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		return all(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if !eachNamed(v.Type(), f) {
				return false
			}
		}
	case *types.Signature:
		return all(t.Params(), t.Results())
	case *types.Struct:
		for v := range t.Fields() {
			if !eachNamed(v.Type(), f) {
				return false
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			if !eachNamed(m.Type(), f) {
				return false
			}
		}
		for e := range t.EmbeddedTypes() {
			if !eachNamed(e, f) {
				return false
			}
		}
	case *types.Union:
		for term := range t.Terms() {
			if !eachNamed(term.Type(), f) {
				return false
			}
		}
	}
	return true
}

// hidden finds the names of the interpreter that a rebase makes old: those of
// rebased units, of their instances, of instances for rebased types, and of what
// stands for these in interfaces. old is the program that is live.
func (pl *plan) hidden(old *program, n *names) map[string]bool {
	out := map[string]bool{}
	if len(pl.fresh) == 0 {
		return out
	}
	var arguments []string
	for id := range pl.fresh {
		if u := old.unit(id); u != nil && u.kind == KindType {
			arguments = append(arguments, u.pkg.path+"."+u.name)
		}
	}
	for key := range n.of {
		id, args, _ := strings.Cut(key, "[")
		for _, prefix := range []string{dynKey, callKey, localKey} {
			if strings.HasPrefix(key, prefix) {
				args = key
			}
		}
		if pl.fresh[id] || slices.ContainsFunc(arguments, func(a string) bool { return mentions(args, a) }) {
			out[key] = true
		}
	}
	return out
}
