package generics

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"sync"
)

// Uses says what code mentions of packages: names by import path.
type Uses map[string]map[string]bool

// Names that are none: All stands for everything in a package, Nothing for the
// package alone.
const (
	All     = "*"
	Nothing = ""
)

// Add notes the use of a name.
func (u Uses) Add(importPath, name string) {
	if u[importPath] == nil {
		u[importPath] = map[string]bool{}
	}
	u[importPath][name] = true
}

// Package is a package with what is needed of it; the rest of its text is blank.
type Package struct {
	Path  string
	Files []File
}

// Select gives the generic packages that code with these uses needs, each after
// those it imports itself. Of a package that is compiled as well only names of
// its generic part count; hybrid tells which those packages are.
func Select(uses Uses, hybrid func(importPath string) bool) []Package {
	s := selection{needed: map[*declaration]bool{}, wanted: map[*source]bool{}}
	for p, names := range uses {
		x := index()[p]
		if x == nil {
			continue
		}
		for name := range names {
			switch decls := x.byName[name]; {
			case decls != nil:
				s.need(decls)
			case name == Nothing:
				s.wanted[x] = true
			case name == All || !hybrid(p):
				s.need(x.decls) // or a name that is not there: the message is better so
			}
		}
	}
	return s.packages()
}

// Name is the name of a package that has a generic part.
func Name(importPath string) string { return index()[importPath].name }

// Exported lists what the generic part of a package declares for others.
func Exported(importPath string) []string {
	var out []string
	for name := range index()[importPath].byName {
		if token.IsExported(name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// source is a parsed package.
type source struct {
	path   string
	name   string
	files  []sourceFile
	decls  []*declaration
	byName map[string][]*declaration // methods are under their type's name
}

type sourceFile struct {
	File
	imports []span // of their specs
	paths   []string
}

// declaration is one top-level declaration.
type declaration struct {
	source *source
	file   int
	span
	own  []string // names it mentions
	uses Uses     // of other packages
}

type span struct{ from, to int }

// index is all of the sources, parsed once.
var index = sync.OnceValue(func() map[string]*source {
	out := map[string]*source{}
	for _, p := range Paths() {
		s := &source{path: p, byName: map[string][]*declaration{}}
		for _, f := range Files(p) {
			s.add(f)
		}
		out[p] = s
	}
	return out
})

func (s *source) add(f File) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, f.Name, f.Text, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		panic(err) // it is compiled Go as well
	}
	s.name = file.Name.Name
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	sf := sourceFile{File: f}
	local := map[string]string{}
	for _, spec := range file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		sf.imports = append(sf.imports, importSpan(file, spec, offset))
		sf.paths = append(sf.paths, p)
		local[path.Base(p)] = p
	}
	for _, d := range file.Decls {
		decl := &declaration{source: s, file: len(s.files), span: span{offset(d.Pos()), offset(d.End())}, uses: Uses{}}
		names := declared(d)
		if names == nil {
			continue // the imports
		}
		s.decls = append(s.decls, decl)
		for _, name := range names {
			s.byName[name] = append(s.byName[name], decl)
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && local[x.Name] != "" {
					decl.uses.Add(local[x.Name], n.Sel.Name)
				}
			case *ast.Ident:
				decl.own = append(decl.own, n.Name)
			}
			return true
		})
	}
	s.files = append(s.files, sf)
}

// importSpan is what to blank for an import: with the keyword, unless others
// stand behind the same one.
func importSpan(file *ast.File, spec *ast.ImportSpec, offset func(token.Pos) int) span {
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && !g.Lparen.IsValid() && len(g.Specs) == 1 && g.Specs[0] == spec {
			return span{offset(g.Pos()), offset(g.End())}
		}
	}
	return span{offset(spec.Pos()), offset(spec.End())}
}

// declared lists the names that a declaration is needed for.
func declared(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && names == nil {
				names = []string{id.Name}
			}
			return names == nil
		})
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

type selection struct {
	needed map[*declaration]bool
	wanted map[*source]bool
}

// need adds declarations with all they need themselves.
func (s *selection) need(decls []*declaration) {
	for _, d := range decls {
		if s.needed[d] {
			continue
		}
		s.needed[d] = true
		for p, names := range d.uses {
			if x := index()[p]; x != nil && p != d.source.path {
				for name := range names {
					s.need(x.byName[name])
				}
			}
		}
		for _, name := range d.own {
			s.need(d.source.byName[name])
		}
	}
}

func (s *selection) packages() (out []Package) {
	done := map[*source]bool{}
	var visit func(x *source)
	visit = func(x *source) {
		if done[x] {
			return
		}
		done[x] = true
		p := Package{Path: x.path}
		for i, f := range x.files {
			text := []byte(f.Text)
			used := map[string]bool{}
			some := false
			for _, d := range x.decls {
				switch {
				case d.file != i:
				case !s.needed[d]:
					blank(text[d.from:d.to])
				default:
					some = true
					for path := range d.uses {
						used[path] = true
					}
				}
			}
			for j, spec := range f.imports {
				if !used[f.paths[j]] {
					blank(text[spec.from:spec.to])
				} else if dep := index()[f.paths[j]]; dep != nil && dep != x && s.any(dep) {
					visit(dep)
				}
			}
			if some {
				p.Files = append(p.Files, File{f.Name, string(text)})
			}
		}
		if len(p.Files) == 0 {
			p.Files = []File{{x.files[0].Name, "package " + x.name}}
		}
		out = append(out, p)
	}
	for _, p := range Paths() {
		if x := index()[p]; s.any(x) || s.wanted[x] {
			visit(x)
		}
	}
	return out
}

// any tells whether something of a package is needed.
func (s *selection) any(x *source) bool {
	return slices.ContainsFunc(x.decls, func(d *declaration) bool { return s.needed[d] })
}

// blank takes text out and leaves the lines.
func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}
