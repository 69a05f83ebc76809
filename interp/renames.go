package interp

import (
	"go/types"
	"strings"
)

// renames finds the types that were only given another name: one that is gone
// and one that is new, of one package and one definition, with no other like
// them. Old type name -> new one. Their values are the same values.
func renames(old, new *program) map[*types.TypeName]*types.TypeName {
	gone, come := lonely(old, new), lonely(new, old)
	out := map[*types.TypeName]*types.TypeName{}
	for definition, o := range gone {
		if n := come[definition]; o != nil && n != nil {
			out[o] = n
		}
	}
	return out
}

// lonely lists the types of a program that another one does not have, by
// package and definition; nil where several are alike.
func lonely(p, other *program) map[string]*types.TypeName {
	out := map[string]*types.TypeName{}
	for _, u := range p.units {
		tn, ok := u.obj.(*types.TypeName)
		if !ok || u.kind != KindType || tn.IsAlias() || u.generic() || other.unit(u.id) != nil {
			continue
		}
		self := typeString(tn.Type())
		definition := u.pkg.path + " " + strings.ReplaceAll(u.sig, self, "·")
		if _, twice := out[definition]; twice {
			tn = nil
		}
		out[definition] = tn
	}
	return out
}

// initialUnder is the shape of a variable's initializer in a program where some
// types have other names.
func (p *program) initialUnder(u *unit, renamed map[*types.TypeName]*types.TypeName) string {
	f := &fingerprinter{renamed: renamed}
	was := *u
	f.unit(&was)
	return was.initial
}
