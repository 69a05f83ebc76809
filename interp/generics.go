package interp

import (
	"go/ast"
	"go/parser"
	"strconv"

	generic "github.com/traefik/yaegi/stdlib/generic"
)

// genericSources are the standard library's generic packages as the interpreter
// carries them: as text. A script that imports one gets it as source, so that
// its functions are instantiated like the script's own.
var genericSources = map[string]string{
	"cmp":    generic.Sources[0],
	"maps":   generic.Sources[1],
	"slices": generic.Sources[2],
}

// genericOrder lists them so that each comes after those it imports.
var genericOrder = []string{"cmp", "maps", "slices"}

// genericPackages gives the generic packages that a program's files import,
// directly or through one another.
func genericPackages(p *program) []*pkg {
	want := map[string]bool{}
	var visit func(f *ast.File)
	parsed := map[string]*pkg{}
	visit = func(f *ast.File) {
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			text, ok := genericSources[path]
			if !ok || want[path] {
				continue
			}
			want[path] = true
			name := path + ".go"
			file, err := parser.ParseFile(p.fset, name, text, parser.SkipObjectResolution)
			if err != nil {
				continue // the interpreter's own text; a test parses all of them
			}
			parsed[path] = &pkg{path: path, files: []*ast.File{file}, names: []string{name}, texts: []string{text}}
			visit(file)
		}
	}
	for _, pk := range p.pkgs {
		for _, f := range pk.files {
			visit(f)
		}
	}
	var out []*pkg
	for _, path := range genericOrder {
		if pk := parsed[path]; pk != nil {
			out = append(out, pk)
		}
	}
	return out
}
