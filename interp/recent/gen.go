//go:build ignore

// This program writes symbols.go: what the standard library of the Go that runs
// it exports, less what the interpreter's tables have.
package main

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/format"
	"go/importer"
	"go/token"
	"go/types"
	"log"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/traefik/yaegi/stdlib"
	"github.com/traefik/yaegi/stdlib/syscall"
	"github.com/traefik/yaegi/stdlib/unrestricted"

	"hotloop/interp/recent/skip"
)

func main() {
	known := map[string]bool{}
	for _, exports := range []map[string]map[string]struct{}{names(stdlib.Symbols), names(syscall.Symbols), names(unrestricted.Symbols)} {
		for key, syms := range exports {
			for name := range syms {
				known[path.Dir(key)+"."+name] = true
			}
		}
	}
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		log.Fatal(err)
	}
	g := &generator{imports: map[string]string{}, known: known}
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil)
	for _, importPath := range strings.Fields(string(out)) {
		if skip.Package(importPath) {
			continue
		}
		p, err := imp.Import(importPath)
		if err != nil {
			log.Fatal(err)
		}
		g.pkg(p)
	}
	if err := os.WriteFile("symbols.go", g.file(), 0o644); err != nil {
		log.Fatal(err)
	}
}

func names[V any](exports map[string]map[string]V) map[string]map[string]struct{} {
	out := map[string]map[string]struct{}{}
	for key, syms := range exports {
		out[key] = map[string]struct{}{}
		for name := range syms {
			out[key][name] = struct{}{}
		}
	}
	return out
}

type generator struct {
	known    map[string]bool
	imports  map[string]string // path -> local name
	tables   bytes.Buffer
	wrappers bytes.Buffer
}

// pkg writes what is new in a package.
func (g *generator) pkg(p *types.Package) {
	var lines []string
	for _, name := range p.Scope().Names() {
		obj := p.Scope().Lookup(name)
		if !obj.Exported() || skip.Generic(obj) {
			continue
		}
		has := g.known[p.Path()+"."+name]
		if !has {
			lines = append(lines, fmt.Sprintf("%q: %s,", name, g.value(obj)))
		}
		if skip.Wraps(obj) && !g.known[p.Path()+"._"+name] {
			lines = append(lines, fmt.Sprintf("%q: reflect.ValueOf((*%s)(nil)),", "_"+name, g.wrapper(obj)))
		}
	}
	if len(lines) == 0 {
		return
	}
	slices.Sort(lines)
	fmt.Fprintf(&g.tables, "%q: {\n%s\n},\n", path.Join(p.Path(), p.Name()), strings.Join(lines, "\n"))
}

// value writes the table entry of a symbol.
func (g *generator) value(obj types.Object) string {
	name := g.qualify(obj.Pkg()) + "." + obj.Name()
	switch obj := obj.(type) {
	case *types.TypeName:
		return fmt.Sprintf("reflect.ValueOf((*%s)(nil))", name)
	case *types.Var:
		return fmt.Sprintf("reflect.ValueOf(&%s).Elem()", name)
	case *types.Const:
		if b, ok := obj.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && b.Kind() != types.UntypedBool {
			g.imports["go/constant"], g.imports["go/token"] = "constant", "token"
			kind := map[constant.Kind]string{constant.String: "STRING", constant.Int: "INT", constant.Float: "FLOAT"}[obj.Val().Kind()]
			return fmt.Sprintf("reflect.ValueOf(constant.MakeFromLiteral(%q, token.%s, 0))", obj.Val().ExactString(), kind)
		}
	}
	return fmt.Sprintf("reflect.ValueOf(%s)", name)
}

// wrapper writes the type by which script values satisfy an interface: one
// field for each method, and a method that calls it.
func (g *generator) wrapper(obj types.Object) string {
	name := "_" + strings.NewReplacer("/", "_", "-", "_", ".", "_").Replace(obj.Pkg().Path()) + "_" + obj.Name()
	it := obj.Type().Underlying().(*types.Interface)
	var fields, methods strings.Builder
	for i := range it.NumMethods() {
		m := it.Method(i)
		sig := m.Signature()
		var params, args []string
		for j := range sig.Params().Len() {
			t := types.TypeString(sig.Params().At(j).Type(), g.qualify)
			arg := fmt.Sprintf("p%d", j)
			if sig.Variadic() && j == sig.Params().Len()-1 {
				t, arg = "..."+strings.TrimPrefix(t, "[]"), arg+"..."
			}
			params = append(params, fmt.Sprintf("p%d %s", j, t))
			args = append(args, arg)
		}
		var results []string
		for j := range sig.Results().Len() {
			results = append(results, types.TypeString(sig.Results().At(j).Type(), g.qualify))
		}
		ft := fmt.Sprintf("(%s) (%s)", strings.Join(params, ", "), strings.Join(results, ", "))
		ret := ""
		if len(results) > 0 {
			ret = "return "
		}
		fmt.Fprintf(&fields, "W%s func%s\n", m.Name(), ft)
		empty := ""
		if m.Name() == "String" {
			empty = "if w.WString == nil { return \"\" }\n"
		}
		fmt.Fprintf(&methods, "func (w %s) %s%s { %s%sw.W%s(%s) }\n", name, m.Name(), ft, empty, ret, m.Name(), strings.Join(args, ", "))
	}
	fmt.Fprintf(&g.wrappers, "type %s struct {\nIValue any\n%s}\n\n%s\n", name, fields.String(), methods.String())
	return name
}

// qualify gives the local name of a package and notes that it is imported.
func (g *generator) qualify(p *types.Package) string {
	if name, ok := g.imports[p.Path()]; ok {
		return name
	}
	name := p.Name()
	for taken := true; taken; {
		taken = false
		for _, n := range g.imports {
			taken = taken || n == name
		}
		if taken {
			name += "_"
		}
	}
	g.imports[p.Path()] = name
	return name
}

func (g *generator) file() []byte {
	g.imports["reflect"] = "reflect"
	var b bytes.Buffer
	b.WriteString("// Code generated by gen.go. DO NOT EDIT.\n\npackage recent\n\nimport (\n")
	var paths []string
	for p := range g.imports {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		if name := g.imports[p]; name != path.Base(p) {
			fmt.Fprintf(&b, "%s ", name)
		}
		fmt.Fprintf(&b, "%q\n", p)
	}
	fmt.Fprintf(&b, ")\n\nfunc symbols() map[string]map[string]reflect.Value {\nreturn map[string]map[string]reflect.Value{\n%s}\n}\n\n%s", g.tables.String(), g.wrappers.String())
	text, err := format.Source(b.Bytes())
	if err != nil {
		log.Fatalf("%v\n%s", err, b.String())
	}
	return text
}
