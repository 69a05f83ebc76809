package interp

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"weak"
)

// scriptType is a type of the interpreter's as package reflect would have it of
// the script's type that it stands for: with its name, its methods and the names
// of its fields. There is one for each type, so that they compare.
//
// Values have no such types: what is asked of a reflect.Value is found by its
// type in the interpreter, where that tells (typeOfValue).
type scriptType struct {
	reflect.Type
	d *dynTypes
	t types.Type
}

type scriptTypeKey struct {
	rt  reflect.Type
	dyn *dynType
	id  string // of a type without a dynamic one
}

// named gives a type of the interpreter's the name of t, which it stands for.
func (d *dynTypes) named(rt reflect.Type, t types.Type) reflect.Type {
	if t == nil || rt == nil || exactType(t) {
		return rt
	}
	key := scriptTypeKey{rt: rt}
	if key.dyn = d.byType(t); key.dyn == nil {
		key.id = typeString(t)
	}
	if st, ok := d.reflected.Load(key); ok {
		return st.(*scriptType)
	}
	st, _ := d.reflected.LoadOrStore(key, &scriptType{rt, d, t})
	return st.(*scriptType)
}

// rawType takes the name off a type.
func rawType(t reflect.Type) reflect.Type {
	if st, ok := t.(*scriptType); ok {
		return st.Type
	}
	return t
}

// typeOfValue finds the script's type that a type of the interpreter stands for;
// nil when it is compiled, or when several could be meant.
func (d *dynTypes) typeOfValue(rt reflect.Type) types.Type {
	if rt == nil || isCompiled(rt) {
		return nil
	}
	if w, ok := d.byRT.Load(rt); ok {
		if t := w.(weak.Pointer[dynType]).Value(); t != nil {
			return t.goType()
		}
	}
	if t, ok := d.unnamed.Load(rt); ok {
		return t.(types.Type)
	}
	switch rt.Kind() {
	case reflect.Pointer:
		if e := d.typeOfValue(rt.Elem()); e != nil {
			return types.NewPointer(e)
		}
	case reflect.Slice:
		if e := d.typeOfValue(rt.Elem()); e != nil {
			return types.NewSlice(e)
		}
	case reflect.Array:
		if e := d.typeOfValue(rt.Elem()); e != nil {
			return types.NewArray(e, int64(rt.Len()))
		}
	}
	return nil
}

// noteValue remembers the type of a value whose type has no name.
func (d *dynTypes) noteValue(rt reflect.Type, t types.Type) {
	for rt.Kind() == reflect.Pointer && rt.Name() == "" {
		p, ok := types.Unalias(t).(*types.Pointer)
		if !ok {
			return
		}
		rt, t = rt.Elem(), p.Elem()
	}
	if _, unnamed := types.Unalias(t).(*types.Struct); unnamed && !exactType(t) {
		d.unnamed.LoadOrStore(rt, t)
	}
}

func (s *scriptType) String() string { return goTypeName(s.t) }

func (s *scriptType) Name() string {
	n, ok := types.Unalias(s.t).(*types.Named)
	if !ok {
		return ""
	}
	if n.TypeArgs().Len() > 0 { // as package reflect writes them
		return strings.TrimPrefix(goTypeName(n), n.Obj().Pkg().Name()+".")
	}
	return n.Obj().Name()
}

func (s *scriptType) PkgPath() string {
	if n, ok := types.Unalias(s.t).(*types.Named); ok && n.Obj().Pkg() != nil {
		return goPath(n.Obj().Pkg())
	}
	return ""
}

// goPath is the import path of a package as the toolchain has it for a program.
func goPath(p *types.Package) string {
	if p.Path() == mainPath {
		return p.Name()
	}
	return p.Path()
}

func (s *scriptType) Elem() reflect.Type { return s.d.named(s.Type.Elem(), elemType(s.t)) }

func (s *scriptType) Key() reflect.Type {
	return s.d.named(s.Type.Key(), s.t.Underlying().(*types.Map).Key())
}

func (s *scriptType) In(i int) reflect.Type {
	return s.d.named(s.Type.In(i), s.t.Underlying().(*types.Signature).Params().At(i).Type())
}

func (s *scriptType) Out(i int) reflect.Type {
	return s.d.named(s.Type.Out(i), s.t.Underlying().(*types.Signature).Results().At(i).Type())
}

func (s *scriptType) Field(i int) reflect.StructField {
	f := s.Type.Field(i)
	st, ok := s.t.Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return f
	}
	v := st.Field(i)
	f.Name, f.Tag, f.Anonymous, f.PkgPath = v.Name(), reflect.StructTag(st.Tag(i)), v.Embedded(), ""
	if !v.Exported() {
		f.PkgPath = goPath(v.Pkg())
	}
	f.Type = s.d.named(f.Type, v.Type())
	return f
}

func (s *scriptType) FieldByIndex(index []int) (f reflect.StructField) {
	var t reflect.Type = s
	for i, x := range index {
		if i > 0 && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f = t.Field(x)
		t = f.Type
	}
	return f
}

// fieldIndex finds a field by name, promoted ones included.
func fieldIndex(t types.Type, name string) ([]int, bool) {
	if _, isStruct := t.Underlying().(*types.Struct); !isStruct {
		return nil, false
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, packageOf(t), name)
	f, ok := obj.(*types.Var)
	return index, ok && f.IsField()
}

// packageOf is the package whose unexported names a type can have.
func packageOf(t types.Type) *types.Package {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Pkg()
	}
	if st, ok := t.Underlying().(*types.Struct); ok && st.NumFields() > 0 {
		return st.Field(0).Pkg()
	}
	return nil
}

func (s *scriptType) FieldByName(name string) (reflect.StructField, bool) {
	index, ok := fieldIndex(s.t, name)
	if !ok {
		return reflect.StructField{}, false
	}
	f := s.FieldByIndex(index)
	f.Index = index
	return f, true
}

func (s *scriptType) FieldByNameFunc(match func(string) bool) (found reflect.StructField, ok bool) {
	for _, f := range reflect.VisibleFields(s.Type) {
		if f := s.FieldByIndex(f.Index); match(f.Name) {
			if ok {
				return reflect.StructField{}, false
			}
			found, ok = f, true
		}
	}
	return found, ok
}

// methods are the exported methods, by name.
func (s *scriptType) methods() (list []*types.Selection) {
	set := types.NewMethodSet(s.t)
	for m := range set.Methods() {
		if m.Obj().Exported() {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *types.Selection) int { return strings.Compare(a.Obj().Name(), b.Obj().Name()) })
	return list
}

func (s *scriptType) NumMethod() int {
	if it, ok := s.t.Underlying().(*types.Interface); ok {
		return it.NumMethods()
	}
	return len(s.methods())
}

func (s *scriptType) Method(i int) (m reflect.Method) {
	sel := s.methods()[i]
	m.Name, m.Index = sel.Obj().Name(), i
	sig := sel.Type().(*types.Signature)
	if types.IsInterface(s.t) {
		return m
	}
	dt := s.d.byType(s.t)
	if dt == nil {
		return m
	}
	fn, ok := dt.method(m.Name)
	if !ok {
		return m
	}
	in, out := []reflect.Type{s.Type}, []reflect.Type{}
	for i := 1; i < fn.Type().NumIn(); i++ {
		in = append(in, fn.Type().In(i))
	}
	for i := range fn.Type().NumOut() {
		out = append(out, fn.Type().Out(i))
	}
	ft := reflect.FuncOf(in, out, fn.Type().IsVariadic())
	m.Func = reflect.MakeFunc(ft, func(args []reflect.Value) []reflect.Value {
		recv := reflect.New(reflect.TypeFor[any]()).Elem()
		recv.Set(args[0])
		args[0] = recv
		if ft.IsVariadic() {
			return fn.CallSlice(args)
		}
		return fn.Call(args)
	})
	recv := types.NewParam(0, nil, "", s.t)
	params := append([]*types.Var{recv}, slices.Collect(sig.Params().Variables())...)
	m.Type = s.d.named(ft, types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic()))
	return m
}

func (s *scriptType) MethodByName(name string) (reflect.Method, bool) {
	if !ast.IsExported(name) {
		return reflect.Method{}, false
	}
	for i, m := range s.methods() {
		if m.Obj().Name() == name {
			return s.Method(i), true
		}
	}
	return reflect.Method{}, false
}

// typesOf gives the types that two types of package reflect stand for.
func (s *scriptType) typesOf(u reflect.Type) (types.Type, types.Type) {
	if st, ok := u.(*scriptType); ok {
		return s.t, st.t
	}
	s.d.imp.u.lock()
	defer s.d.imp.u.unlock()
	return s.t, s.d.imp.u.typ(u)
}

func (s *scriptType) Implements(u reflect.Type) bool {
	if u.Kind() != reflect.Interface {
		return s.Type.Implements(u) // which says what is wrong
	}
	t, it := s.typesOf(u)
	iface, ok := it.Underlying().(*types.Interface)
	if !ok {
		return s.Type.Implements(rawType(u))
	}
	for m := range iface.Methods() {
		obj, _, _ := types.LookupFieldOrMethod(t, false, m.Pkg(), m.Name())
		fn, isFunc := obj.(*types.Func)
		if !isFunc || typeString(fn.Type()) != typeString(m.Type()) {
			return false
		}
		if types.NewMethodSet(t).Lookup(m.Pkg(), m.Name()) == nil {
			return false
		}
	}
	return true
}

func (s *scriptType) AssignableTo(u reflect.Type) bool {
	if u.Kind() == reflect.Interface {
		return s.Implements(u)
	}
	return types.AssignableTo(s.typesOf(u))
}

func (s *scriptType) ConvertibleTo(u reflect.Type) bool {
	if u.Kind() == reflect.Interface {
		return s.Implements(u)
	}
	return types.ConvertibleTo(s.typesOf(u))
}
