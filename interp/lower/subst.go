package lower

import (
	"go/types"
)

// Context makes equal types that substitution gives one type.
type Context struct {
	*types.Context
	locals map[string]*types.Named // types declared in generic functions, by place and binding
}

// NewContext gives a context for the types of one program.
func NewContext() *Context {
	return &Context{types.NewContext(), map[string]*types.Named{}}
}

// subst replaces the type parameters of the instance being lowered.
func (l *Lowerer) subst(t types.Type) types.Type {
	if len(l.env) == 0 {
		return t
	}
	return Subst(t, l.env, l.Ctxt)
}

// Subst replaces the type parameters of the instance being lowered.
func (l *Lowerer) Subst(t types.Type) types.Type { return l.subst(t) }

// substAll is subst over a list of type arguments.
func (l *Lowerer) substAll(list *types.TypeList) []types.Type {
	out := make([]types.Type, list.Len())
	for i := range out {
		out[i] = l.subst(list.At(i))
	}
	return out
}

// Subst gives t with the type parameters in env replaced. It returns t itself
// when there is nothing to replace; ctxt makes equal instances one type.
func Subst(t types.Type, env map[*types.TypeParam]types.Type, ctxt *Context) types.Type {
	s := substituter{env, env, ctxt}
	return s.typ(t)
}

type substituter struct {
	env   map[*types.TypeParam]types.Type
	outer map[*types.TypeParam]types.Type // of the function; env without those of types declared in it
	ctxt  *Context
}

func (s substituter) typ(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.TypeParam:
		if r, ok := s.env[t]; ok {
			return r
		}
		return t
	case *types.Alias:
		return s.typ(types.Unalias(t))
	case *types.Named:
		if t.TypeArgs().Len() == 0 {
			if IsLocal(t) && len(s.env) > 0 {
				return s.local(t, nil)
			}
			return t
		}
		args, changed := s.list(t.TypeArgs())
		if o := t.Origin(); IsLocal(o) && len(s.outer) > 0 {
			if n := s.local(o, args); n != types.Type(o) {
				return n
			}
		}
		if !changed {
			return t
		}
		n, err := types.Instantiate(s.ctxt.Context, t.Origin(), args, false)
		if err != nil {
			return t
		}
		return n
	case *types.Pointer:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := s.typ(t.Elem()); e != t.Elem() {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		k, e := s.typ(t.Key()), s.typ(t.Elem())
		if k != t.Key() || e != t.Elem() {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		if r, changed := s.tuple(t); changed {
			return r
		}
	case *types.Signature:
		p, c1 := s.tuple(t.Params())
		r, c2 := s.tuple(t.Results())
		if c1 || c2 {
			return types.NewSignatureType(nil, nil, nil, p, r, t.Variadic())
		}
	case *types.Struct:
		fields := make([]*types.Var, t.NumFields())
		tags := make([]string, t.NumFields())
		changed := false
		for i := range fields {
			f := t.Field(i)
			ft := s.typ(f.Type())
			changed = changed || ft != f.Type()
			fields[i] = types.NewField(f.Pos(), f.Pkg(), f.Name(), ft, f.Embedded())
			tags[i] = t.Tag(i)
		}
		if changed {
			return types.NewStruct(fields, tags)
		}
	case *types.Interface:
		methods := make([]*types.Func, t.NumMethods())
		changed := false
		for i := range methods {
			m := t.Method(i)
			sig := s.typ(m.Type()).(*types.Signature)
			changed = changed || sig != m.Type()
			methods[i] = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), sig)
		}
		if changed {
			return types.NewInterfaceType(methods, nil).Complete()
		}
	}
	return t
}

func (s substituter) list(l *types.TypeList) ([]types.Type, bool) {
	out := make([]types.Type, l.Len())
	changed := false
	for i := range out {
		out[i] = s.typ(l.At(i))
		changed = changed || out[i] != l.At(i)
	}
	return out, changed
}

func (s substituter) tuple(t *types.Tuple) (*types.Tuple, bool) {
	vars := make([]*types.Var, t.Len())
	changed := false
	for i := range vars {
		v := t.At(i)
		vt := s.typ(v.Type())
		changed = changed || vt != v.Type()
		vars[i] = types.NewParam(v.Pos(), v.Pkg(), v.Name(), vt)
	}
	if !changed {
		return t, false
	}
	return types.NewTuple(vars...), true
}
