package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"strings"
	"testing"

	"hotloop/interp/generics"
	"hotloop/interp/lower"
	"hotloop/interp/recent/skip"
)

// notGeneric are the generic declarations that scripts cannot have.
var notGeneric = map[string]string{
	"runtime.AddCleanup": "the interpreter keeps values longer than compiled code does",
	"database/sql.Null":  "its Scan needs conversions that only the package itself can do",
}

// TestTablesComplete compares the tables with everything that the installed Go
// exports: after an update of Go it tells what go generate has to add.
func TestTablesComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the go command for export data")
	}
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Skip("no go command to compare with")
	}
	var paths []string
	for _, path := range strings.Fields(string(out)) {
		if !skip.Package(path) || generics.Has(path) {
			paths = append(paths, path)
		}
	}
	tool := toolchainImporter(t, paths)
	ours := allGenerics(t)
	for _, path := range paths {
		p, err := tool.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range p.Scope().Names() {
			obj := p.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			if skip.Generic(obj) || skip.Package(path) {
				switch have := ours[path+"."+name]; {
				case notGeneric[path+"."+name] != "":
				case have == nil:
					t.Errorf("%s has no generic source", obj)
				case describeGeneric(have) != describeGeneric(obj):
					t.Errorf("generic source differs\n have %s\n want %s", describeGeneric(have), describeGeneric(obj))
				}
				continue
			}
			if _, ok := stdTables()[path].syms[name]; !ok {
				t.Errorf("%s.%s is in no table: run go generate ./interp/recent", path, name)
			}
			if _, ok := stdTables()[path].syms["_"+name]; !ok && skip.Wraps(obj) {
				t.Errorf("%s.%s has no wrapper: run go generate ./interp/recent", path, name)
			}
		}
	}
}

// allGenerics type-checks all generic sources as a script's program has them.
func allGenerics(t *testing.T) map[string]types.Object {
	var b strings.Builder
	b.WriteString("package p\n")
	for _, path := range generics.Paths() {
		b.WriteString("import . \"" + path + "\"\n")
	}
	out := map[string]types.Object{}
	p := &program{fset: token.NewFileSet(), ctxt: lower.NewContext(), owner: map[*types.Package]*pkg{}, info: &types.Info{}}
	script, err := parser.ParseFile(p.fset, "p.go", b.String(), parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	p.pkgs = []*pkg{{path: mainPath, files: []*ast.File{script}}}
	p.pkgs = append(genericPackages(p), p.pkgs...)
	imp := &sourceImporter{done: map[string]*types.Package{}, std: true}
	for _, pk := range p.pkgs[:len(p.pkgs)-1] {
		rep := newDiagnoser(Source{})
		p.checkPackage(pk, imp, rep)
		for _, d := range rep.list() {
			t.Errorf("%s", FormatDiagnostic(d))
		}
		for _, name := range pk.types.Scope().Names() {
			out[pk.path+"."+name] = pk.types.Scope().Lookup(name)
		}
	}
	for _, path := range generics.Paths() {
		if out[path+"."+generics.Exported(path)[0]] == nil {
			t.Errorf("%s was not checked", path)
		}
	}
	return out
}

// describeGeneric writes a declaration for comparison: names of parameters and
// type parameters do not count, nor what a type is made of.
func describeGeneric(obj types.Object) string {
	q := func(p *types.Package) string { return p.Path() }
	if tn, ok := obj.(*types.TypeName); ok {
		n, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(n) && !n.Underlying().(*types.Interface).IsMethodSet() {
			return types.ObjectString(obj, q)
		}
		var b strings.Builder
		for i := range n.TypeParams().Len() {
			b.WriteString(types.TypeString(n.TypeParams().At(i).Constraint(), q) + " ")
		}
		ms := types.NewMethodSet(types.NewPointer(n))
		for i := range ms.Len() {
			if m := ms.At(i).Obj(); m.Exported() {
				b.WriteString(m.Name() + plainSignature(m.Type().(*types.Signature), q) + " ")
			}
		}
		return b.String()
	}
	if sig, ok := obj.Type().(*types.Signature); ok {
		return obj.Name() + plainSignature(sig, q)
	}
	return types.ObjectString(obj, q)
}

func plainSignature(sig *types.Signature, q types.Qualifier) string {
	var b strings.Builder
	for i := range sig.TypeParams().Len() {
		tp := sig.TypeParams().At(i)
		b.WriteString(tp.Obj().Name() + " " + types.TypeString(tp.Constraint(), q) + ",")
	}
	unnamed := func(t *types.Tuple) *types.Tuple {
		vars := make([]*types.Var, t.Len())
		for i := range vars {
			vars[i] = types.NewParam(token.NoPos, nil, "", t.At(i).Type())
		}
		return types.NewTuple(vars...)
	}
	plain := types.NewSignatureType(nil, nil, nil, unnamed(sig.Params()), unnamed(sig.Results()), sig.Variadic())
	return b.String() + types.TypeString(plain, q)
}
