package lower

import (
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// IsLocal tells whether a type is declared inside a function.
func IsLocal(t *types.Named) bool {
	o := t.Obj()
	return o.Pkg() != nil && o.Parent() != nil && o.Parent() != o.Pkg().Scope()
}

// LocalName is the name by which a type inside a function is declared; the name
// of its object has the type arguments of the function and its own as well, as
// package reflect writes them.
func LocalName(t *types.Named) string {
	name, _, _ := strings.Cut(t.Obj().Name(), "[")
	return name
}

// local gives a type declared inside a generic function for the binding of that
// function's type parameters, and for type arguments of its own if it has
// parameters: each instance of the function has its own types.
func (s substituter) local(t *types.Named, args []types.Type) types.Type {
	if _, done, _ := strings.Cut(t.Obj().Name(), "["); done != "" {
		return t
	}
	params := slices.SortedFunc(maps.Keys(s.outer), func(a, b *types.TypeParam) int { return int(a.Obj().Pos() - b.Obj().Pos()) })
	if len(params) == 0 || !inFunctionOf(t, params[0]) {
		return t
	}
	var bound, own []string
	for _, p := range params {
		bound = append(bound, argument(s.outer[p]))
	}
	for _, a := range args {
		own = append(own, argument(a))
	}
	key := fmt.Sprintf("%d %s;%s", t.Obj().Pos(), paths(s.outer, params), pathsOf(args))
	if n := s.ctxt.locals[key]; n != nil {
		return n
	}
	list := strings.Join(bound, ",")
	if len(own) > 0 {
		list += ";" + strings.Join(own, ",")
	}
	obj := types.NewTypeName(t.Obj().Pos(), t.Obj().Pkg(), t.Obj().Name()+"["+list+"]", nil)
	types.NewScope(nil, token.NoPos, token.NoPos, "").Insert(obj) // so that it is local
	n := types.NewNamed(obj, nil, nil)
	s.ctxt.locals[key] = n // before what it is made of: types are recursive
	inner := substituter{s.outer, s.outer, s.ctxt}
	if len(args) > 0 {
		inner.env = maps.Clone(s.outer)
		for i, a := range args {
			inner.env[t.TypeParams().At(i)] = a
		}
	}
	n.SetUnderlying(inner.typ(t.Underlying()))
	return n
}

// inFunctionOf tells whether a type is declared in the function that a type
// parameter is one of.
func inFunctionOf(t *types.Named, p *types.TypeParam) bool {
	for scope := t.Obj().Parent(); scope != nil; scope = scope.Parent() {
		if scope == p.Obj().Parent() {
			return true
		}
	}
	return false
}

// argument writes a type argument as package reflect does in a type's name.
func argument(t types.Type) string {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return TypeName(n)
	}
	return types.TypeString(types.Unalias(t), func(p *types.Package) string { return p.Name() })
}

func paths(env map[*types.TypeParam]types.Type, params []*types.TypeParam) string {
	var list []types.Type
	for _, p := range params {
		list = append(list, env[p])
	}
	return pathsOf(list)
}

// pathsOf tells lists of types apart, also types inside functions that have one
// name.
func pathsOf(list []types.Type) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(types.TypeString(types.Unalias(t), (*types.Package).Path))
		writeLocals(&b, t)
		b.WriteByte(',')
	}
	return b.String()
}

// writeLocals writes where the types inside functions that a type is made of are
// declared.
func writeLocals(b *strings.Builder, t types.Type) {
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			writeLocals(b, v.Type())
		}
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if IsLocal(t) {
			fmt.Fprintf(b, "@%d", t.Obj().Pos())
		}
		for a := range t.TypeArgs().Types() {
			writeLocals(b, a)
		}
	case *types.Map:
		writeLocals(b, t.Key())
		writeLocals(b, t.Elem())
	case *types.Signature:
		tuple(t.Params())
		tuple(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			writeLocals(b, f.Type())
		}
	case interface{ Elem() types.Type }:
		writeLocals(b, t.Elem())
	}
}
