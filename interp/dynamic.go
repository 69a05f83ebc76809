package interp

import (
	"go/types"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"hotloop/interp/lower"
)

// dynType is a type that values in interfaces have, or are asked for. Of the
// types that emitted code mentions there is one for each canonical type string,
// so that it stands for the type's identity; it lives as long as the script, or
// until the type it speaks of is gone.
type dynType struct {
	number int // by which emitted code names it
	id     string
	owner  *dynTypes
	exact  bool // values need no box
	typ    atomic.Pointer[types.Type]
	rt     atomic.Pointer[reflect.Type] // in the interpreter; nil for interfaces and types known in a function only

	methods atomic.Pointer[methodTable]
	pending map[string]tableMethod // of the next table; guarded by owner.mu

	// Of interfaces: what they want, and who has been asked.
	iface    bool
	needs    []need
	compiled reflect.Type // set for an interface that compiled code declares
	asked    sync.Map     // *methodTable or reflect.Type -> bool
}

// methodTable is how to call the methods of one type.
type methodTable struct {
	set string // tells method sets apart
	fns map[string]tableMethod
}

type tableMethod struct {
	sig string // canonical
	fn  any    // takes the value as an interface holds it, and the arguments
}

type need struct{ id, sig string }

var noMethods = &methodTable{}

// dynTypes are the dynamic types of one script. Lookups take no lock. A type that
// has gone or become another one is kept by the values that have it and by the
// trees of code that mentions its number.
type dynTypes struct {
	mu   sync.Mutex // guards what follows, for writing
	list atomic.Pointer[[]weak.Pointer[dynType]]
	byID sync.Map        // id -> *dynType
	byRT sync.Map        // reflect.Type -> weak.Pointer[dynType], of types that no other type looks like
	byT  sync.Map        // types.Type -> *dynType or nil, for byType
	imp  *symbolImporter // what is compiled; fixed
	sets sync.Map        // reflect.Type -> method set of a compiled type, by method id
	ifs  sync.Map        // reflect.Type -> *dynType of a compiled interface

	locals sync.Map // inFunction -> *dynType: types declared in functions, whose names are not their own
}

func newDynTypes() *dynTypes {
	d := &dynTypes{imp: symbols()}
	d.list.Store(&[]weak.Pointer[dynType]{{}}) // no type has the number 0
	return d
}

// add makes a type known under a new number. Nobody finds it by name before
// publish.
func (d *dynTypes) add(id string, t types.Type) *dynType {
	d.mu.Lock()
	defer d.mu.Unlock()
	old := *d.list.Load()
	n := &dynType{number: len(old), id: id, owner: d, iface: types.IsInterface(t)}
	n.typ.Store(&t)
	n.methods.Store(noMethods)
	list := append(old[:len(old):len(old)], weak.Make(n))
	d.list.Store(&list)
	return n
}

// publish makes types known by name, and gives what undoes it.
func (d *dynTypes) publish(list []*dynType) (undo func()) {
	was := map[string]any{}
	for _, t := range list {
		if old, ok := d.byID.Load(t.id); ok {
			was[t.id] = old
		}
		d.byID.Store(t.id, t)
		d.noteLocal(t)
	}
	d.byT.Clear()
	return func() {
		for _, t := range list {
			d.byID.Delete(t.id)
			if old, ok := was[t.id]; ok {
				d.byID.Store(t.id, old)
			}
		}
		d.byT.Clear()
	}
}

// forget makes a type that is gone, and all that mention it, unknown to those
// that look for it by name: values that still have it keep it.
func (d *dynTypes) forget(name string) {
	d.byID.Range(func(k, _ any) bool {
		if mentions(k.(string), name) {
			d.byID.Delete(k)
		}
		return true
	})
	d.byRT.Range(func(k, v any) bool {
		if t := v.(weak.Pointer[dynType]).Value(); t == nil || mentions(t.id, name) {
			d.byRT.Delete(k)
		}
		return true
	})
	d.byT.Clear()
}

// at gives the type of a number that code which is there mentions.
func (d *dynTypes) at(n int) *dynType { return (*d.list.Load())[n].Value() }

// byType finds a type that values inside of others have; nil when it has no
// methods that anybody could ask for.
func (d *dynTypes) byType(t types.Type) *dynType {
	if x, ok := d.byT.Load(t); ok {
		return x.(*dynType)
	}
	var found *dynType
	if key, ok := inFunctionOf(t); ok {
		if x, ok := d.locals.Load(key); ok {
			found = x.(*dynType)
		}
	} else if x, ok := d.byID.Load(typeString(t)); ok {
		found = x.(*dynType)
	}
	d.byT.Store(t, found)
	return found
}

// inFunction is a type declared inside a function, or a pointer to one.
type inFunction struct {
	t       *types.Named
	pointer bool
}

func inFunctionOf(t types.Type) (inFunction, bool) {
	t = types.Unalias(t)
	p, pointer := t.(*types.Pointer)
	if pointer {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return inFunction{n, pointer}, ok && lower.IsLocal(n)
}

func (d *dynTypes) noteLocal(t *dynType) {
	if key, ok := inFunctionOf(t.goType()); ok {
		d.locals.Store(key, t)
	}
}

// Functions of the runtime package by which emitted code fills the tables.
const (
	rtType    = "Type"    // func(typ int, nilPointer any): what the type is in the interpreter
	rtMethod  = "Method"  // func(typ int, id, sig string, f any): adds to the next method table
	rtMethods = "Methods" // func(typ int, set string): makes it the type's method table
)

func (d *dynTypes) setType(n int, nilPointer any) {
	t, rt := d.at(n), reflect.TypeOf(nilPointer).Elem()
	t.rt.Store(&rt)
	st := rt
	if rt.Kind() == reflect.Pointer && rt.Name() == "" {
		st = rt.Elem()
	}
	if !t.exact && st.Kind() == reflect.Struct && st.NumField() > 0 {
		if _, ok := st.Field(0).Tag.Lookup(lower.TypeTag); ok {
			d.byRT.Store(rt, weak.Make(t))
		}
	}
}

func (d *dynTypes) addMethod(n int, id, sig string, f any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.at(n)
	if t.pending == nil {
		t.pending = map[string]tableMethod{}
	}
	t.pending[id] = tableMethod{sig, f}
}

func (d *dynTypes) setMethods(n int, set string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.at(n)
	t.methods.Store(&methodTable{set, t.pending})
	t.pending = nil
}

func (t *dynType) goType() types.Type { return *t.typ.Load() }

// method finds a method by name; compiled code asks for exported ones only.
func (t *dynType) method(name string) (reflect.Value, bool) {
	m, ok := t.methods.Load().fns[name]
	if !ok {
		return reflect.Value{}, false
	}
	return reflect.ValueOf(m.fn), true
}

// demands notes what an interface type wants of a value.
func (t *dynType) demands(it types.Type, isSource func(*types.TypeName) bool) {
	u := it.Underlying().(*types.Interface)
	for m := range u.Methods() {
		t.needs = append(t.needs, need{m.Id(), typeString(m.Type())})
	}
	n, ok := types.Unalias(it).(*types.Named)
	if !ok || u.NumMethods() == 0 {
		return
	}
	switch p := n.Obj().Pkg(); {
	case p == nil:
		t.compiled = reflectError
	case !isSource(n.Obj()):
		t.compiled = t.owner.compiledType(p.Path(), n.Obj().Name())
	}
}

// compiledType finds a type of a compiled package.
func (d *dynTypes) compiledType(path, name string) reflect.Type {
	syms, _, _ := d.imp.symbolsOf(path)
	if v, ok := syms[name]; ok && v.Kind() == reflect.Pointer {
		return v.Type().Elem()
	}
	return nil
}

// missing is the method that a value in an interface lacks for an interface
// type; empty when it has them all. x is plain and not nil.
func (t *dynType) missing(x any) string {
	if len(t.needs) == 0 {
		return ""
	}
	b, boxed := x.(box)
	if !boxed {
		rt := reflect.TypeOf(x)
		if t.compiled != nil && rt.Implements(t.compiled) {
			return ""
		}
		return t.lacks(t.owner.compiledMethods(rt))
	}
	table := b.t.methods.Load()
	if ok, known := t.asked.Load(table); known && ok.(bool) {
		return ""
	}
	name := t.lacks(func(id string) string { return table.fns[id].sig })
	t.asked.Store(table, name == "")
	return name
}

func (t *dynType) lacks(sig func(id string) string) string {
	for _, n := range t.needs {
		if sig(n.id) != n.sig {
			return n.id[strings.LastIndexByte(n.id, '.')+1:]
		}
	}
	return ""
}

// compiledMethods looks into the method set of a compiled type.
func (d *dynTypes) compiledMethods(rt reflect.Type) func(id string) string {
	if set, ok := d.sets.Load(rt); ok {
		return func(id string) string { return set.(map[string]string)[id] }
	}
	set := map[string]string{}
	if rt.NumMethod() > 0 {
		u := d.imp.u
		u.lock()
		t := u.typ(rt)
		u.unlock()
		ms := types.NewMethodSet(t)
		for i := range ms.Len() {
			set[ms.At(i).Obj().Id()] = typeString(ms.At(i).Type())
		}
	}
	d.sets.Store(rt, set)
	return func(id string) string { return set[id] }
}

// declaredInSource tells whether a type comes as source: compiled ones have no
// position.
func declaredInSource(n *types.TypeName) bool { return n.Pos().IsValid() }

// exactType tells whether a type's values need no box.
func exactType(t types.Type) bool { return lower.Exact(t, declaredInSource) }
