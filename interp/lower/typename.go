package lower

import (
	"go/types"
	"strconv"
	"strings"
)

// TypeName writes a type as package reflect does.
func TypeName(t types.Type) string {
	name := func(p *types.Package) string { return p.Name() }
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		obj := t.Obj()
		s := obj.Name()
		if obj.Pkg() != nil {
			s = obj.Pkg().Name() + "." + s
		}
		if n := t.TypeArgs().Len(); n > 0 {
			args := make([]string, n)
			for i := range n {
				args[i] = types.TypeString(t.TypeArgs().At(i), name)
			}
			s += "[" + strings.Join(args, ",") + "]"
		}
		return s
	case *types.Basic:
		return types.Default(types.Typ[t.Kind()]).String()
	case *types.Pointer:
		return "*" + TypeName(t.Elem())
	case *types.Slice:
		return "[]" + TypeName(t.Elem())
	case *types.Array:
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + TypeName(t.Elem())
	case *types.Map:
		return "map[" + TypeName(t.Key()) + "]" + TypeName(t.Elem())
	case *types.Chan:
		return map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + TypeName(t.Elem())
	case *types.Signature:
		return "func" + signatureName(t)
	case *types.Struct:
		if t.NumFields() == 0 {
			return "struct {}"
		}
		var parts []string
		for i := range t.NumFields() {
			f := t.Field(i)
			s := f.Name() + " " + TypeName(f.Type())
			if f.Embedded() {
				s = TypeName(f.Type())
			}
			if t.Tag(i) != "" {
				s += " " + strconv.Quote(t.Tag(i))
			}
			parts = append(parts, s)
		}
		return "struct { " + strings.Join(parts, "; ") + " }"
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface {}"
		}
		var parts []string
		for m := range t.Methods() {
			id := m.Name()
			if !m.Exported() && m.Pkg() != nil {
				id = m.Pkg().Name() + "." + id
			}
			parts = append(parts, id+signatureName(m.Signature()))
		}
		return "interface { " + strings.Join(parts, "; ") + " }"
	}
	return types.TypeString(t, name)
}

func signatureName(t *types.Signature) string {
	list := func(tuple *types.Tuple, variadic bool) string {
		var parts []string
		for i := range tuple.Len() {
			s := TypeName(tuple.At(i).Type())
			if variadic && i == tuple.Len()-1 {
				s = "..." + strings.TrimPrefix(s, "[]")
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, ", ")
	}
	s := "(" + list(t.Params(), t.Variadic()) + ")"
	switch t.Results().Len() {
	case 0:
	case 1:
		s += " " + list(t.Results(), false)
	default:
		s += " (" + list(t.Results(), false) + ")"
	}
	return s
}
