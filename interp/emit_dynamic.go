package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"hotloop/interp/lower"
)

// Keys of names.of that are not units: the number of a dynamic type, and the
// function that calls a method through an interface.
const (
	dynKey  = "dyn "
	callKey = "call "
)

// Dynamic implements lower.Names.
func (e *emission) Dynamic(t types.Type) int {
	id := e.dynID(t)
	n, _ := strconv.Atoi(e.name(dynKey+id, func() string { return e.dynamic(id, t) }))
	e.mentioned = append(e.mentioned, e.live.dyns.at(n))
	return n
}

// Dispatch implements lower.Names.
func (e *emission) Dispatch(id string, sig *types.Signature) string {
	return e.name(callKey+id+" "+typeString(sig), func() string {
		key := callKey + id + " " + typeString(sig)
		name := e.symbolName(id[strings.LastIndexByte(id, '.')+1:] + lower.Reserved + "c")
		e.of[key] = name
		e.queue = append(e.queue, func() error {
			d, err := e.low.Dispatcher(name, id, sig)
			e.funcs = append(e.funcs, d)
			return err
		})
		return name
	})
}

// Interface implements lower.Names.
func (e *emission) Interface(t types.Type) string {
	obj := types.Unalias(t).(*types.Named).Obj()
	name, rt := "error", reflectError
	if obj.Pkg() != nil {
		name = strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(obj.Pkg().Path()) + "_" + obj.Name()
		syms, _, _ := e.p.offer.symbols().symbolsOf(obj.Pkg().Path())
		v, ok := syms[obj.Name()]
		if !ok || v.Kind() != reflect.Pointer || v.Type().Elem().Kind() != reflect.Interface {
			panic(&lower.Unsupported{Msg: fmt.Sprintf("%s.%s cannot be named by a script", obj.Pkg().Name(), obj.Name())})
		}
		rt = v.Type().Elem()
	}
	e.convs[name] = rt
	return name
}

// dynID identifies a type in interfaces: identical types, and only these, have
// the same. Types declared inside functions are told apart by what they are and
// where.
func (e *emission) dynID(t types.Type) string {
	if localType(t) == nil {
		return typeString(t)
	}
	return fmt.Sprintf("%s in %s", typeString(t), e.p.localID(localType(t)))
}

// dynamic gives a type its number and asks for its method table, and for those
// of the types in it that printing and encoding ask.
func (e *emission) dynamic(id string, t types.Type) string {
	d := e.live.dyns.add(id, t)
	number := strconv.Itoa(d.number)
	e.of[dynKey+id] = number
	e.added = append(e.added, d)
	if !types.IsInterface(t) {
		d.exact = exactType(t)
		e.queue = append(e.queue, func() error { return e.table(d, t) })
	} else {
		d.demands(t, declaredInSource)
	}
	return number
}

// table emits the method table of a type.
func (e *emission) table(d *dynType, t types.Type) error {
	e.dyns = append(e.dyns, d)
	if x, err := e.low.NilPointer(t); err == nil {
		e.tables = append(e.tables, e.low.HiddenCall(rtType, e.low.Number(d.number), x))
	}
	if d.exact {
		return nil
	}
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		sel := set.At(i)
		fn := sel.Obj().(*types.Func)
		if fn.Name() == "_" {
			continue
		}
		name := e.symbolName("entry" + lower.Reserved)
		decl, err := e.low.Entry(name, sel)
		if err != nil {
			continue // mentions what scripts cannot name; nobody can ask for it then
		}
		x, err := e.low.EntryValue(name, sel.Type().(*types.Signature))
		if err != nil {
			return err
		}
		e.funcs, e.once = append(e.funcs, decl), append(e.once, name)
		e.tables = append(e.tables, e.low.HiddenCall(rtMethod, e.low.Number(d.number), e.low.Text(fn.Id()), e.low.Text(typeString(sel.Type())), x))
	}
	if set.Len() > 0 || d.methods.Load() != noMethods {
		e.tables = append(e.tables, e.low.HiddenCall(rtMethods, e.low.Number(d.number), e.low.Text(methodSetText(set, e.p))))
	}
	e.inner(t, map[types.Type]bool{})
	return nil
}

// methodSetText tells method sets apart: which methods, and which way.
func methodSetText(set *types.MethodSet, p *program) string {
	var b strings.Builder
	for i := range set.Len() {
		sel := set.At(i)
		fn := sel.Obj().(*types.Func)
		id := ""
		if u := p.unitOf(fn); u != nil {
			id = u.id
		}
		fmt.Fprintf(&b, "%s %s %v %s\n", fn.Id(), typeString(sel.Type()), sel.Index(), id)
	}
	return b.String()
}

// speaking are the methods that the standard library looks for in whatever it
// is given, at any depth.
var speaking = map[string]bool{
	"Error": true, "String": true, "Format": true, "GoString": true, "MarshalJSON": true, "MarshalText": true,
	"UnmarshalJSON": true, "UnmarshalText": true, "LogValue": true, "IsZero": true,
}

// inner asks for the tables of the types inside a type whose methods printing
// or encoding may call.
func (e *emission) inner(t types.Type, seen map[types.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil || !e.IsSource(t.Obj().Pkg()) || types.IsInterface(t) {
			return
		}
		if speaks(types.NewMethodSet(types.NewPointer(t))) {
			e.Dynamic(t)
			e.Dynamic(types.NewPointer(t))
		}
		e.inner(e.low.Underlying(t), seen)
	case *types.Pointer:
		e.inner(t.Elem(), seen)
	case *types.Slice:
		e.inner(t.Elem(), seen)
	case *types.Array:
		e.inner(t.Elem(), seen)
	case *types.Map:
		e.inner(t.Key(), seen)
		e.inner(t.Elem(), seen)
	case *types.Struct:
		for f := range t.Fields() {
			e.inner(f.Type(), seen)
		}
	}
}

func speaks(set *types.MethodSet) bool {
	for i := range set.Len() {
		if speaking[set.At(i).Obj().Name()] {
			return true
		}
	}
	return false
}
