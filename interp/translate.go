package interp

import (
	"cmp"
	"go/types"
)

// translator finds what the types of one program are in the next one: declared
// types by package and name, all others by what they are made of. It is used
// by one goroutine.
type translator struct {
	to      *program
	renamed map[string]string         // "path.Name" -> the name in to
	memo    map[types.Type]types.Type // nil for types that are gone
}

func newTranslator(to *program, renamed map[*types.TypeName]*types.TypeName) *translator {
	tr := &translator{to: to, renamed: map[string]string{}, memo: map[types.Type]types.Type{}}
	for o, n := range renamed {
		tr.renamed[o.Pkg().Path()+"."+o.Name()] = n.Name()
	}
	return tr
}

// typ gives the type's counterpart, nil when a type it names is gone.
func (tr *translator) typ(t types.Type) types.Type {
	if out, ok := tr.memo[t]; ok {
		return out
	}
	out := tr.find(t)
	tr.memo[t] = out
	return out
}

func (tr *translator) find(t types.Type) types.Type {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return tr.named(t)
	case *types.Pointer:
		if e := tr.typ(t.Elem()); e != nil {
			return types.NewPointer(e)
		}
	case *types.Slice:
		if e := tr.typ(t.Elem()); e != nil {
			return types.NewSlice(e)
		}
	case *types.Array:
		if e := tr.typ(t.Elem()); e != nil {
			return types.NewArray(e, t.Len())
		}
	case *types.Chan:
		if e := tr.typ(t.Elem()); e != nil {
			return types.NewChan(t.Dir(), e)
		}
	case *types.Map:
		k, e := tr.typ(t.Key()), tr.typ(t.Elem())
		if k != nil && e != nil {
			return types.NewMap(k, e)
		}
	case *types.Tuple:
		if out := tr.tuple(t); out != nil {
			return out
		}
	case *types.Signature:
		in, out := tr.tuple(t.Params()), tr.tuple(t.Results())
		if in != nil && out != nil {
			return types.NewSignatureType(nil, nil, nil, in, out, t.Variadic())
		}
	case *types.Struct:
		fields := make([]*types.Var, t.NumFields())
		tags := make([]string, t.NumFields())
		for i := range fields {
			f := t.Field(i)
			ft := tr.typ(f.Type())
			if ft == nil {
				return nil
			}
			fields[i] = types.NewField(f.Pos(), tr.pkg(f.Pkg()), f.Name(), ft, f.Embedded())
			tags[i] = t.Tag(i)
		}
		return types.NewStruct(fields, tags)
	case *types.Interface:
		methods := make([]*types.Func, t.NumMethods())
		for i := range methods {
			m := t.Method(i)
			sig, ok := tr.typ(m.Type()).(*types.Signature)
			if !ok {
				return nil
			}
			methods[i] = types.NewFunc(m.Pos(), tr.pkg(m.Pkg()), m.Name(), sig)
		}
		return types.NewInterfaceType(methods, nil).Complete()
	default:
		return t
	}
	return nil
}

// pkg finds a source package by path; others are shared by all programs.
func (tr *translator) pkg(p *types.Package) *types.Package {
	if p != nil {
		if pk := tr.to.pkg(p.Path()); pk != nil {
			return pk.types
		}
	}
	return p
}

func (tr *translator) named(t *types.Named) types.Type {
	obj := t.Origin().Obj()
	if obj.Pkg() == nil {
		return t
	}
	pk := tr.to.pkg(obj.Pkg().Path())
	if pk == nil {
		if obj.Pos().IsValid() { // of a source package that is gone
			return nil
		}
		return t
	}
	if obj.Parent() != nil && obj.Parent() != obj.Pkg().Scope() {
		return nil // declared inside a function
	}
	name := cmp.Or(tr.renamed[obj.Pkg().Path()+"."+obj.Name()], obj.Name())
	now, ok := pk.types.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	if t.TypeArgs().Len() == 0 {
		return now.Type()
	}
	origin, ok := now.Type().(*types.Named)
	if !ok || origin.TypeParams().Len() != t.TypeArgs().Len() {
		return nil
	}
	args := make([]types.Type, t.TypeArgs().Len())
	for i := range args {
		if args[i] = tr.typ(t.TypeArgs().At(i)); args[i] == nil {
			return nil
		}
	}
	out, err := types.Instantiate(tr.to.ctxt.Context, origin, args, false)
	if err != nil {
		return nil
	}
	return out
}

func (tr *translator) tuple(t *types.Tuple) *types.Tuple {
	vars := make([]*types.Var, t.Len())
	for i := range vars {
		vt := tr.typ(t.At(i).Type())
		if vt == nil {
			return nil
		}
		vars[i] = types.NewParam(t.At(i).Pos(), nil, t.At(i).Name(), vt)
	}
	return types.NewTuple(vars...)
}
