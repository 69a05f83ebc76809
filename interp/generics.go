package interp

import (
	"go/ast"
	"go/parser"
	"strconv"

	"hotloop/interp/generics"
)

// genericPackages gives the generic parts of standard packages that a program
// needs, each after those it imports. They are source like the script's own
// packages, so that their functions are instantiated in the same way.
func genericPackages(p *program) []*pkg {
	uses := generics.Uses{}
	for _, pk := range p.pkgs {
		for _, f := range pk.files {
			genericUses(f, uses)
		}
	}
	if len(uses) == 0 {
		return nil
	}
	var out []*pkg
	for _, g := range generics.Select(uses, symbols().Has) {
		pk := &pkg{path: g.Path, std: true}
		for _, source := range g.Files {
			file, err := parser.ParseFile(p.fset, source.Name, source.Text, parser.SkipObjectResolution)
			if err != nil {
				continue // it is compiled Go as well
			}
			pk.files = append(pk.files, file)
			pk.names = append(pk.names, source.Name)
			pk.texts = append(pk.texts, source.Text)
		}
		out = append(out, pk)
	}
	return out
}

// genericUses adds what a file mentions of packages with a generic part.
func genericUses(f *ast.File, uses generics.Uses) {
	local := map[string]string{}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if !generics.Has(p) {
			continue
		}
		name := generics.Name(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch {
		case name == ".":
			uses.Add(p, generics.All)
		case !symbols().Has(p):
			// Even one that is not used has to be there, to be told so.
			uses.Add(p, generics.Nothing)
		}
		local[name] = p
	}
	if len(local) == 0 {
		return
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && local[x.Name] != "" {
				uses.Add(local[x.Name], s.Sel.Name)
			}
		}
		return true
	})
}

// complete adds to the generic part of a package what is compiled of it.
func (pk *pkg) complete() {
	if !symbols().Has(pk.path) {
		return
	}
	compiled, err := symbols().Import(pk.path)
	if err != nil {
		return // the table is there, and tests import all of them
	}
	for _, name := range compiled.Scope().Names() {
		if pk.types.Scope().Lookup(name) == nil {
			pk.types.Scope().Insert(compiled.Scope().Lookup(name))
		}
	}
}
