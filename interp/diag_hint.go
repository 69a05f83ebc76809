package interp

import (
	"fmt"
	"go/token"
	"go/types"
	"path"
	"strings"
)

// hint says what was probably meant, for messages of the type checker about
// names that do not exist.
func (d *diagnoser) hint(f finding) string {
	inner := d.innermost(f.pos)
	if inner == nil {
		return ""
	}
	if name, ok := strings.CutPrefix(f.Message, "undefined: "); ok {
		if pkgName, sel, ok := strings.Cut(name, "."); ok {
			if p := importedAs(inner, f.pos, pkgName); p != nil {
				return didYouMean(pkgName+".", nearestName(sel, exportedNames(p)))
			}
			return ""
		}
		if importPath := standardPackage(name); importPath != "" && strings.Contains(f.Excerpt, name+".") {
			return fmt.Sprintf("import %q", importPath)
		}
		return didYouMean("", nearestName(name, namesInScope(inner, f.pos)))
	}
	// "x.foo undefined (type T has no field or method foo)", to which the
	// checker itself adds what differs in case only.
	if _, rest, ok := strings.Cut(f.Message, " undefined (type "); ok {
		typeName, name, ok := strings.Cut(strings.TrimSuffix(rest, ")"), " has no field or method ")
		if ok && !strings.Contains(name, " ") {
			return didYouMean("", nearestName(name, members(typeNamed(inner, f.pos, typeName))))
		}
	}
	// "unknown field foo in struct literal of type T"
	if rest, ok := strings.CutPrefix(f.Message, "unknown field "); ok {
		name, typeName, ok := strings.Cut(rest, " in struct literal of type ")
		if ok {
			return didYouMean("", nearestName(name, members(typeNamed(inner, f.pos, typeName))))
		}
	}
	return ""
}

func didYouMean(prefix, near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %s%s?", prefix, near)
}

// innermost finds the scope around a position.
func (d *diagnoser) innermost(pos token.Pos) *types.Scope {
	for _, p := range d.scopes {
		if s := p.Scope().Innermost(pos); s != nil {
			return s
		}
	}
	return nil
}

// namesInScope lists what can be written at pos, from the inside out. Inside
// functions that is only what is declared before pos.
func namesInScope(s *types.Scope, pos token.Pos) []string {
	var names []string
	for ; s != nil; s = s.Parent() {
		for _, name := range s.Names() {
			if obj := s.Lookup(name); !obj.Pos().IsValid() || obj.Pos() < pos || obj.Parent() == nil || isPackageLevel(obj) {
				names = append(names, name)
			}
		}
	}
	return names
}

func isPackageLevel(obj types.Object) bool {
	return obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope()
}

// importedAs returns the package that a file imports under that name.
func importedAs(s *types.Scope, pos token.Pos, name string) *types.Package {
	if _, obj := s.LookupParent(name, pos); obj != nil {
		if p, ok := obj.(*types.PkgName); ok {
			return p.Imported()
		}
	}
	return nil
}

func exportedNames(p *types.Package) []string {
	var names []string
	for _, name := range p.Scope().Names() {
		if token.IsExported(name) {
			names = append(names, name)
		}
	}
	return names
}

// typeNamed finds a type by the way the checker prints it: "T", "*T", "pkg.T".
func typeNamed(s *types.Scope, pos token.Pos, name string) types.Type {
	name = strings.TrimLeft(name, "*")
	name, _, _ = strings.Cut(name, "[")
	if pkgPath, sel, ok := strings.Cut(name, "."); ok {
		if p := importedAs(s, pos, path.Base(pkgPath)); p != nil {
			if obj, ok := p.Scope().Lookup(sel).(*types.TypeName); ok {
				return obj.Type()
			}
		}
		return nil
	}
	if _, obj := s.LookupParent(name, pos); obj != nil {
		if tn, ok := obj.(*types.TypeName); ok {
			return tn.Type()
		}
	}
	return nil
}

// members lists the fields and methods of a type, promoted ones included.
func members(t types.Type) []string {
	if t == nil {
		return nil
	}
	var names []string
	for sel := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		names = append(names, sel.Obj().Name())
	}
	if it, ok := t.Underlying().(*types.Interface); ok {
		for m := range it.Methods() {
			names = append(names, m.Name())
		}
	}
	return append(names, fieldNames(t, 0)...)
}

func fieldNames(t types.Type, depth int) []string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return nil
	}
	var names []string
	for f := range st.Fields() {
		names = append(names, f.Name())
		if f.Embedded() {
			names = append(names, fieldNames(f.Type(), depth+1)...)
		}
	}
	return names
}

// standardPackage is the import path of the package people mean by a name that
// they use without importing it; of several, the shortest ("rand" is
// math/rand, "template" is text/template as the tie is broken by the table's
// order of paths).
func standardPackage(name string) string {
	best := ""
	for importPath, p := range stdTables() {
		if p.name != name {
			continue
		}
		switch {
		case best == "", len(importPath) < len(best), len(importPath) == len(best) && importPath > best:
			best = importPath
		}
	}
	return best
}
