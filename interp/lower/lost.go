package lower

import (
	"go/ast"
	"go/types"
)

// Packages that look at values by reflection see neither the methods of a
// script's types nor that a field is embedded. Where the static type of an
// operand says that it would matter, it is refused.

// asks are the methods that a package calls of values, by reflection.
var asks = map[string][]string{
	"encoding/xml": {"MarshalXML", "UnmarshalXML", "MarshalXMLAttr", "UnmarshalXMLAttr", "MarshalText", "UnmarshalText"},
	"encoding/gob": {"GobEncode", "GobDecode", "MarshalBinary", "UnmarshalBinary", "MarshalText", "UnmarshalText"},
}

// keep refuses an operand of which a compiled function would lose something.
func (l *Lowerer) keep(arg ast.Expr, callee *types.Func) {
	names, ok := asks[callee.Pkg().Path()]
	if !ok {
		return
	}
	path := callee.Pkg().Path()
	l.losing(l.typeOf(arg), map[types.Type]bool{}, func(n *types.Named) {
		for _, name := range names {
			if obj, _, _ := types.LookupFieldOrMethod(n, true, n.Obj().Pkg(), name); obj != nil {
				l.fail(arg.Pos(), "give it a value of a type without the method, or one of the standard library's",
					"%s would not call the method %s of %s", path, name, n.Obj().Name())
			}
		}
		st, isStruct := l.subst(n.Underlying()).(*types.Struct)
		if !isStruct || path != "encoding/xml" {
			return
		}
		for f := range st.Fields() {
			if f.Embedded() {
				l.fail(arg.Pos(), "give the field a name, or write the fields of "+f.Name()+" in its place",
					"encoding/xml would not take the field %s of %s for an embedded one", f.Name(), n.Obj().Name())
			}
		}
	})
}

// losing calls f for the script's types that a type is made of.
func (l *Lowerer) losing(t types.Type, seen map[types.Type]bool, f func(*types.Named)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.Obj().Pkg() == nil || !l.Names.IsSource(n.Obj().Pkg()) || types.IsInterface(n) {
			return
		}
		f(n)
	}
	switch u := l.subst(t.Underlying()).(type) {
	case *types.Map:
		l.losing(u.Key(), seen, f)
		l.losing(u.Elem(), seen, f)
	case *types.Struct:
		for v := range u.Fields() {
			l.losing(l.subst(v.Type()), seen, f)
		}
	case interface{ Elem() types.Type }:
		l.losing(l.subst(u.Elem()), seen, f)
	}
}
