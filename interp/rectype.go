package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"hotloop/interp/lower"
)

// The interpreter builds the run-time types of recursive declarations by itself,
// and gets many wrong: of two structs that lead to each other, of functions that
// give themselves, of anything but the plainest list. So types that lead to
// themselves are made here, by reflection, and the interpreter gets them like
// those of a compiled package:
//
//  1. Every type is made with stand-ins where it leads to a type that is not
//     there yet; a stand-in takes the same room.
//  2. When all are there, the stand-ins are replaced in place (see typepatch.go).
//     What a type holds by value was there in the first step, so no size changes.

// typeDecl writes the declaration of a type under an emitted name.
func (e *emission) typeDecl(t *types.Named, pos token.Pos, name string) (ast.Decl, error) {
	if !e.p.recursive(t) {
		return e.low.Type(t, pos, name)
	}
	if !canPatchTypes() {
		return nil, &lower.Unsupported{Pos: pos, Msg: fmt.Sprintf("the recursive type %s is not supported with this version of Go", t.Obj().Name())}
	}
	m := &typeMaker{e: e, made: map[string]*madeType{}}
	made, err := m.group(t, pos)
	if err != nil {
		return nil, err
	}
	return e.low.Made(name, made.path, made.symbol), nil
}

// recursive tells whether a type leads to itself, not through an interface.
func (p *program) recursive(t *types.Named) bool {
	if types.IsInterface(t) {
		return false
	}
	return slices.ContainsFunc(p.leadsTo(t), func(n *types.Named) bool { return types.Identical(n, t) })
}

// leadsTo lists the types of source packages that a type is made of, however far
// away, itself only if it is recursive. Interfaces lead nowhere: what is of one
// is emitted as the empty interface.
func (p *program) leadsTo(t *types.Named) []*types.Named {
	var out []*types.Named
	var visit func(t types.Type)
	visit = func(t types.Type) {
		walkType(t, func(t types.Type) bool {
			if types.IsInterface(t) {
				return false
			}
			n, ok := t.(*types.Named)
			if !ok || n.Obj().Pkg() == nil || !p.isSource(n.Obj().Pkg()) {
				return true
			}
			if !slices.ContainsFunc(out, func(o *types.Named) bool { return types.Identical(o, n) }) {
				out = append(out, n)
				visit(n.Underlying())
			}
			return false
		})
	}
	visit(t.Underlying())
	return out
}

// madeType is a type that the host has made.
type madeType struct {
	named        *types.Named
	path, symbol string
	standIn      reflect.Type
	rt           reflect.Type // nil until step 1 has made it
}

// typeMaker makes the types that lead to one another.
type typeMaker struct {
	e    *emission
	made map[string]*madeType // by dynID
	real bool                 // step 2: no stand-ins any more
	pos  token.Pos
}

// group makes a type with all that lead to it and that it leads to, or finds
// what was made of the same declarations before.
func (m *typeMaker) group(t *types.Named, pos token.Pos) (*madeType, error) {
	m.pos = pos
	reach := m.e.p.leadsTo(t)
	key := m.key(t, reach)
	if at, ok := m.e.of[key]; ok {
		return found(at), nil
	}
	if at, ok := m.e.live.of[key]; ok {
		return found(at), nil
	}
	path := fmt.Sprintf("%s%d", typesPath, len(m.e.live.types))
	var group []*madeType
	for _, n := range reach {
		back := m.e.p.leadsTo(n)
		if !slices.ContainsFunc(back, func(o *types.Named) bool { return types.Identical(o, t) }) {
			continue
		}
		mt := &madeType{named: n, path: path, symbol: fmt.Sprintf("T%d", len(group)), standIn: standIn(n.Underlying())}
		m.made[m.e.dynID(n)] = mt
		group = append(group, mt)
	}
	syms := symbolMap{}
	m.e.live.types[path] = syms // also where it fails: a path is never used again
	for _, mt := range group {
		m.make(mt)
	}
	m.real = true
	for _, mt := range group {
		m.finish(mt)
		syms[mt.symbol] = reflect.Zero(reflect.PointerTo(mt.rt))
		m.e.of[m.key(mt.named, m.e.p.leadsTo(mt.named))] = mt.path + "." + mt.symbol
	}
	return m.made[m.e.dynID(t)], nil
}

func found(at string) *madeType {
	i := strings.LastIndexByte(at, '.')
	return &madeType{path: at[:i], symbol: at[i+1:]}
}

// typesPath begins the import paths of packages of types that the host has made.
const typesPath = "hotloop/types/t"

// key says what a type is made of, all the way: equal keys are equal types.
func (m *typeMaker) key(t *types.Named, reach []*types.Named) string {
	parts := make([]string, len(reach))
	for i, n := range reach {
		parts[i] = m.e.dynID(n) + " is " + typeString(n.Underlying())
	}
	slices.Sort(parts)
	return "made " + m.e.dynID(t) + ": " + strings.Join(parts, "; ")
}

// make is step 1 for one type.
func (m *typeMaker) make(mt *madeType) {
	if mt.rt == nil {
		mt.rt = m.underlying(mt.named, true)
	}
}

// finish is step 2 for one type.
func (m *typeMaker) finish(mt *madeType) {
	switch u := mt.named.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			setField(mt.rt, i, m.typ(u.Field(i).Type(), true))
		}
	case *types.Pointer:
		setElem(mt.rt, m.typ(u.Elem(), false))
	case *types.Slice:
		setElem(mt.rt, m.typ(u.Elem(), false))
	case *types.Array:
		setElem(mt.rt, m.typ(u.Elem(), true))
	case *types.Chan:
		setElem(mt.rt, m.typ(u.Elem(), false))
	case *types.Map:
		setElem(mt.rt, m.typ(u.Elem(), false))
	case *types.Signature:
		for i := range u.Params().Len() {
			setParam(mt.rt, i, m.typ(u.Params().At(i).Type(), false))
		}
		for i := range u.Results().Len() {
			setParam(mt.rt, u.Params().Len()+i, m.typ(u.Results().At(i).Type(), false))
		}
	}
}

// underlying is the run-time type of what a declared type is made of; its name
// goes into the tag of a struct.
func (m *typeMaker) underlying(n *types.Named, byValue bool) reflect.Type {
	u := n.Underlying()
	st, ok := u.(*types.Struct)
	if !ok {
		return m.typ(u, byValue)
	}
	name := ""
	if id, err := m.e.low.TypeExpr(n); err == nil {
		if id, ok := id.(*ast.Ident); ok {
			name = id.Name
		}
	}
	return m.structType(st, name)
}

func (m *typeMaker) structType(st *types.Struct, name string) reflect.Type {
	fields := make([]reflect.StructField, st.NumFields())
	for i := range fields {
		f, tag := lower.Field(st, i, name)
		fields[i] = reflect.StructField{Name: f, Tag: reflect.StructTag(tag), Type: m.typ(st.Field(i).Type(), true)}
	}
	return reflect.StructOf(fields)
}

// typ is the run-time type of a type, as the interpreter has it. byValue says
// that its size counts.
func (m *typeMaker) typ(t types.Type, byValue bool) reflect.Type {
	switch t := types.Unalias(m.e.low.Subst(t)).(type) {
	case *types.Basic:
		if rt := basicTypes[t.Kind()]; rt != nil {
			return rt
		}
	case *types.Named:
		return m.named(t, byValue)
	case *types.Pointer:
		return reflect.PointerTo(m.typ(t.Elem(), false))
	case *types.Slice:
		return reflect.SliceOf(m.typ(t.Elem(), false))
	case *types.Array:
		return reflect.ArrayOf(int(t.Len()), m.typ(t.Elem(), byValue))
	case *types.Map:
		return reflect.MapOf(m.typ(t.Key(), true), m.typ(t.Elem(), false))
	case *types.Chan:
		dir := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
		return reflect.ChanOf(dir[t.Dir()], m.typ(t.Elem(), false))
	case *types.Signature:
		return reflect.FuncOf(m.tuple(t.Params()), m.tuple(t.Results()), t.Variadic())
	case *types.Struct:
		return m.structType(t, "")
	case *types.Interface:
		return reflect.TypeFor[any]()
	}
	panic(&lower.Unsupported{Pos: m.pos, Msg: fmt.Sprintf("a recursive type cannot be made of %s", t)})
}

func (m *typeMaker) tuple(t *types.Tuple) []reflect.Type {
	out := make([]reflect.Type, t.Len())
	for i := range out {
		out[i] = m.typ(t.At(i).Type(), false)
	}
	return out
}

func (m *typeMaker) named(t *types.Named, byValue bool) reflect.Type {
	pkg := t.Obj().Pkg()
	switch {
	case pkg == nil:
		return reflectError
	case !m.e.IsSource(pkg) && t.TypeArgs().Len() > 0:
		return m.typ(t.Underlying(), byValue)
	case !m.e.IsSource(pkg):
		syms, _, _ := m.e.p.offer.symbols().symbolsOf(pkg.Path())
		v, ok := syms[t.Obj().Name()]
		if !ok || v.Kind() != reflect.Pointer {
			panic(&lower.Unsupported{Pos: m.pos, Msg: fmt.Sprintf("the type %s.%s cannot be named outside its package", pkg.Name(), t.Obj().Name())})
		}
		return v.Type().Elem()
	case types.IsInterface(t):
		return reflect.TypeFor[any]()
	}
	if mt := m.made[m.e.dynID(t)]; mt != nil {
		if byValue && !m.real {
			m.make(mt) // it cannot lead back here by value
		}
		if mt.rt == nil || !m.real && !byValue {
			return mt.standIn
		}
		return mt.rt
	}
	if m.e.p.recursive(t) { // of another group
		other := &typeMaker{e: m.e, made: map[string]*madeType{}}
		made, err := other.group(t, m.pos)
		if err != nil {
			panic(err)
		}
		return m.e.live.types[made.path][made.symbol].Type().Elem()
	}
	return m.underlying(t, byValue)
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
}
