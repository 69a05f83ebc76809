package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"hotloop/interp/lower"
)

// localKey begins the keys of names.of for types declared inside functions.
const localKey = "local "

// Local implements lower.Names. Types that are declared inside functions are
// emitted at top level, so that other declarations can mention them. What a name
// stands for never changes: a function that is compiled again with a type that is
// made of something else has another type.
func (e *emission) Local(t *types.Named) string {
	key := localKey + e.p.localID(t)
	return e.name(key, func() string {
		name := e.symbolName(lower.LocalName(t) + lower.Reserved + "l")
		e.of[key] = name
		u := e.p.unitAt(t.Obj())
		e.queue = append(e.queue, func() error {
			e.at(u)
			d, err := e.typeDecl(t, t.Obj().Pos(), name)
			if err != nil {
				return err
			}
			e.types = append(e.types, d)
			return nil
		})
		return name
	})
}

// unitAt finds the unit whose text declares an object.
func (p *program) unitAt(obj types.Object) *unit {
	for _, u := range p.units {
		if u.pos <= obj.Pos() && obj.Pos() < u.end {
			return u
		}
	}
	return nil
}

// localID says which type declared inside a function a type is: the unit around
// it, its name, which of that name it is, and what it is made of.
func (p *program) localID(t *types.Named) string {
	where, n := "", 0
	if u := p.unitAt(t.Obj()); u != nil {
		where = u.id
		ast.Inspect(u.decl, func(node ast.Node) bool {
			if spec, ok := node.(*ast.TypeSpec); ok && spec.Name.Name == lower.LocalName(t) && spec.Name.Pos() < t.Obj().Pos() {
				n++
			}
			return true
		})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s#%d", where, t.Obj().Name(), n)
	p.writeLocal(&b, t, map[*types.Named]bool{})
	return b.String()
}

// writeLocal writes what a local type is made of, with the local types in that.
func (p *program) writeLocal(b *strings.Builder, t *types.Named, seen map[*types.Named]bool) {
	seen[t] = true
	b.WriteString("{" + typeString(t.Underlying()))
	localTypes(t.Underlying(), seen, func(in *types.Named) {
		fmt.Fprintf(b, " %s", in.Obj().Name())
		p.writeLocal(b, in, seen)
	})
	b.WriteString("}")
}

// localTypes calls f for the local types that a type is made of, except those
// seen.
func localTypes(t types.Type, seen map[*types.Named]bool, f func(*types.Named)) {
	walkType(t, func(t types.Type) bool {
		n, ok := t.(*types.Named)
		if !ok {
			return true
		}
		if lower.IsLocal(n) && !seen[n] {
			f(n)
		}
		return false
	})
}

// walkType calls f for a type and, where f says so, for those it is made of. It
// looks at the type arguments of a declared type, not at what that is made of.
func walkType(t types.Type, f func(types.Type) bool) {
	t = types.Unalias(t)
	in := f(t)
	each := func(tuple *types.Tuple) {
		for v := range tuple.Variables() {
			walkType(v.Type(), f)
		}
	}
	if n, ok := t.(*types.Named); ok {
		for i := range n.TypeArgs().Len() {
			walkType(n.TypeArgs().At(i), f)
		}
		return
	}
	if !in {
		return
	}
	switch t := t.(type) {
	case *types.Pointer:
		walkType(t.Elem(), f)
	case *types.Slice:
		walkType(t.Elem(), f)
	case *types.Array:
		walkType(t.Elem(), f)
	case *types.Chan:
		walkType(t.Elem(), f)
	case *types.Map:
		walkType(t.Key(), f)
		walkType(t.Elem(), f)
	case *types.Signature:
		each(t.Params())
		each(t.Results())
	case *types.Struct:
		for v := range t.Fields() {
			walkType(v.Type(), f)
		}
	case *types.Interface:
		for m := range t.Methods() {
			walkType(m.Type(), f)
		}
	}
}

// instanceKey writes a list of type arguments; local types of one name are told
// apart.
func (p *program) instanceKey(targs []types.Type) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, t := range targs {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(types.TypeString(t, (*types.Package).Path))
	}
	for _, t := range targs {
		localTypes(t, map[*types.Named]bool{}, func(n *types.Named) { b.WriteString("@" + p.localID(n)) })
	}
	b.WriteByte(']')
	return b.String()
}
