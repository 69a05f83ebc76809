package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
)

// When types change, the values that the script's variables lead to have to be
// of the new types. A carrier takes them over: it finds everything reachable
// from package variables, makes new memory for what is of a rebased type, and
// copies by these rules:
//
//   - fields by name; new ones are zero, those that are gone are dropped;
//   - a value whose type became another one is converted where Go converts it
//     without loss of more than a fraction, a struct field by field;
//   - what two pointers, slices or maps shared before they share after, also
//     where one points into the middle of what the other holds;
//   - memory that holds nothing of a rebased type stays where it is, and only
//     what it points to is exchanged.
//
// What cannot be carried over is told, for the variable it was found through.
// A carrier works while the gate is shut, on one goroutine.
type carrier struct {
	live     *Live
	old, new *program
	tr       *translator // to the new program
	back     *translator // to the old one: dynamic types are of the program that first had them
	renamed  map[*types.TypeName]*types.TypeName
	fresh    map[string]bool // plan.fresh
	rebased  map[types.Type]bool
	holding  map[types.Type]bool      // may lead to other memory
	at       map[string]reflect.Value // variable -> where it was
	home     map[string]reflect.Value // variable -> where it is from now on
	moves    map[string]move
	held     *held // the script's goroutines meanwhile; nil when there are none

	regions []*region                 // memory that is made anew; sorted and disjoint once searched
	found   map[spot]bool             // what search has been at
	walk    []func()                  // what search has still to look at
	fixed   map[spot]bool             // memory that stays and has been fixed, or will be
	fill    []func()                  // what is still to be copied and fixed
	maps    map[uintptr]reflect.Value // old map -> new one
	chans   map[uintptr]reflect.Value // old channel -> new one
	drained map[uintptr]taken
	taking  bool     // channels may be drained
	undo    []func() // takes back what was changed in place
	quiet   bool     // a copy to look at is made: no hooks
	last    []func() // what runs when everything is in its place: the script's hooks

	// What is told, by the variable through which it was found.
	root    string            // the variable that is being looked at
	texts   map[string]string // its value before, written
	changed map[string]bool   // it leads to something that was made anew
	notes   map[string][]string
	lost    map[string][]loss
	funcs   map[string]bool   // it leads to closures
	resets  map[string]string // it has to be initialised again, and why
}

// loss is something that could not be carried over. A closure of an old type
// is worse than the rest: what is left in its place cannot be called.
type loss struct {
	why     string
	closure bool
}

// spot is memory as so many values of a type.
type spot struct {
	addr  uintptr
	as    reflect.Type
	count int
}

func (l *Live) newCarrier(old, new *program, pl *plan) *carrier {
	c := &carrier{live: l, old: old, new: new, tr: newTranslator(new, pl.renamed), back: newTranslator(old, nil), renamed: pl.renamed, fresh: pl.fresh,
		rebased: map[types.Type]bool{}, holding: map[types.Type]bool{}, at: map[string]reflect.Value{}, home: map[string]reflect.Value{}, moves: map[string]move{},
		found: map[spot]bool{}, fixed: map[spot]bool{}, maps: map[uintptr]reflect.Value{}, chans: map[uintptr]reflect.Value{}, drained: map[uintptr]taken{},
		changed: map[string]bool{}, notes: map[string][]string{}, lost: map[string][]loss{}, funcs: map[string]bool{}, resets: map[string]string{}, texts: map[string]string{}}
	for _, m := range pl.moves {
		c.moves[m.old.id] = m
	}
	return c
}

// variables lists the old program's variables that are still there, and notes
// where they are.
func (c *carrier) variables() (out []*unit) {
	for _, u := range c.old.units {
		if u.kind != KindVar || u.name == "_" || c.new.unit(u.id) == nil {
			continue
		}
		if at := c.live.pointer(u.id); at.IsValid() {
			c.at[u.id] = at
			out = append(out, u)
		}
	}
	return out
}

// search finds everything reachable from variables, without changing anything.
func (c *carrier) search(vars []*unit) {
	for _, u := range vars {
		c.root = u.id
		at := c.at[u.id]
		if m, ok := c.moves[u.id]; ok {
			c.addRegion(at.UnsafePointer(), at.Type().Elem(), 1, u.obj.Type(), m.new.id)
		}
		c.look(at.Elem(), u.obj.Type())
		for len(c.walk) > 0 {
			next := c.walk[0]
			c.walk = c.walk[1:]
			next()
		}
	}
	c.settle()
}

// run carries everything over. home says where the variables that move are from
// now on.
func (c *carrier) run(vars []*unit, home map[string]reflect.Value) {
	c.home = home
	for _, u := range vars {
		c.root = u.id
		at := c.at[u.id]
		m, moves := c.moves[u.id]
		switch {
		case !moves:
			c.fix(at.Elem(), u.obj.Type())
		case c.regionAt(at.Pointer()) != nil:
			c.target(c.regionAt(at.Pointer()))
		default: // of size zero
			c.copy(home[m.new.id].Elem(), at.Elem(), u.obj.Type(), m.new.obj.Type())
		}
		for len(c.fill) > 0 {
			next := c.fill[0]
			c.fill = c.fill[1:]
			next()
		}
	}
	for _, f := range c.last {
		f()
	}
}

// reset notes that the current variable has to be initialised again.
func (c *carrier) reset(format string, args ...any) {
	c.resets[c.root] = fmt.Sprintf(format, args...)
}

// lose notes that something under the current variable was not carried over.
func (c *carrier) lose(format string, args ...any) {
	c.lost[c.root] = append(c.lost[c.root], loss{why: fmt.Sprintf(format, args...)})
}

func (c *carrier) note(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if !slices.Contains(c.notes[c.root], s) {
		c.notes[c.root] = append(c.notes[c.root], s)
	}
}

// later runs f when the current values are done, for the variable that is
// current now: no depth of a list or tree exhausts the stack.
func (c *carrier) later(queue *[]func(), f func()) {
	root := c.root
	*queue = append(*queue, func() {
		c.root = root
		f()
	})
}

// rollback puts back what was changed in place.
func (c *carrier) rollback() {
	for _, f := range slices.Backward(c.undo) {
		f()
	}
}

// set changes a value in place, so that rollback can take it back.
func (c *carrier) set(at, to reflect.Value) {
	was := reflect.New(at.Type()).Elem()
	was.Set(at)
	at.Set(to)
	c.undo = append(c.undo, func() { at.Set(was) })
	c.changed[c.root] = true
}

// isRebased tells whether the form of a type's values changes.
func (c *carrier) isRebased(t types.Type) bool {
	out, ok := c.rebased[t]
	if !ok {
		eachNamed(t, func(n *types.Named) bool {
			u := c.old.unitOf(n.Origin().Obj())
			out = u != nil && (c.fresh[u.id] || c.new.unit(u.id) == nil)
			return !out
		})
		c.rebased[t] = out
	}
	return out
}

// holds tells whether values of a type may lead to other memory: there is
// nothing to do in those that do not, unless they are rebased themselves.
func (c *carrier) holds(t types.Type) bool {
	out, ok := c.holding[t]
	if ok {
		return out
	}
	c.holding[t] = true // for types that contain themselves through a pointer
	switch u := t.Underlying().(type) {
	case *types.Basic:
	case *types.Array:
		out = u.Len() > 0 && c.holds(u.Elem())
	case *types.Struct:
		out = c.isForeign(t)
		for f := range u.Fields() {
			out = out || c.holds(f.Type())
		}
	default:
		out = true
	}
	c.holding[t] = out
	return out
}

// isForeign tells whether a type is declared in a compiled package.
func (c *carrier) isForeign(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !c.old.isSource(n.Obj().Pkg()) && !c.new.isSource(n.Obj().Pkg())
}
