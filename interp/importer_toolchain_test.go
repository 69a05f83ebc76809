package interp

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImporterMatchesToolchain compares what the tables say with the export
// data of the installed Go: everything that is offered must be what the
// toolchain says it is.
func TestImporterMatchesToolchain(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the go command for export data")
	}
	ours := newImporter()
	tool := toolchainImporter(t, ours.paths())
	for _, path := range ours.paths() {
		want, err := tool.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ours.Import(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got.Name() != want.Name() || !got.Complete() {
			t.Errorf("%s: package %s, complete %v", path, got.Name(), got.Complete())
		}
		for _, name := range got.Scope().Names() {
			if !token.IsExported(name) {
				continue
			}
			w := want.Scope().Lookup(name)
			if w == nil {
				t.Errorf("%s.%s: the toolchain has no such name", path, name)
				continue
			}
			if g, w := describe(got.Scope().Lookup(name)), describe(w); g != w {
				t.Errorf("%s.%s differs\n have %s\n want %s", path, name, g, w)
			}
		}
	}
}

// toolchainImporter reads export data that the go command makes or has cached.
func toolchainImporter(t *testing.T, paths []string) types.Importer {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to compare with")
	}
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, paths...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("go list -export: %v\n%s", err, stderr.String())
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(files[path])
	})
}

// describe writes an object without what reflection cannot know: parameter
// names, the spelling of byte and any, how an interface is composed, and the
// types of unexported fields.
func describe(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Const:
		v := obj.Val()
		if v.Kind() == constant.Float {
			f, _ := constant.Float64Val(v)
			v = constant.MakeFloat64(f)
		}
		return "const " + describeType(obj.Type()) + " = " + v.ExactString()
	case *types.TypeName:
		if n, ok := types.Unalias(obj.Type()).(*types.Named); ok && n.Obj() != obj {
			return "alias " + describeType(n)
		} else if ok {
			return "type " + describeType(n.Underlying()) + describeMethods(n)
		}
		return "alias " + describeType(obj.Type())
	case *types.Func:
		return describeType(obj.Type())
	}
	return "var " + describeType(obj.Type())
}

func describeMethods(n *types.Named) string {
	var list []string
	for m := range n.Methods() {
		if m.Exported() {
			recv := describeType(m.Signature().Recv().Type())
			list = append(list, "\n  ("+recv+") "+m.Name()+describeType(m.Type()))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

func describeType(t types.Type) string {
	tuple := func(tu *types.Tuple) string {
		var list []string
		for v := range tu.Variables() {
			list = append(list, describeType(v.Type()))
		}
		return "(" + strings.Join(list, ", ") + ")"
	}
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return types.Typ[t.Kind()].Name() // one name for byte and uint8
	case *types.Named:
		s := t.Obj().Name()
		if t.Obj().Pkg() != nil {
			s = t.Obj().Pkg().Path() + "." + s
		}
		var args []string
		for a := range t.TypeArgs().Types() {
			args = append(args, describeType(a))
		}
		if len(args) > 0 {
			s += "[" + strings.Join(args, ",") + "]"
		}
		return s
	case *types.Pointer:
		return "*" + describeType(t.Elem())
	case *types.Slice:
		return "[]" + describeType(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), describeType(t.Elem()))
	case *types.Map:
		return "map[" + describeType(t.Key()) + "]" + describeType(t.Elem())
	case *types.Chan:
		return fmt.Sprintf("chan%d %s", t.Dir(), describeType(t.Elem()))
	case *types.Signature:
		s := "func" + tuple(t.Params()) + tuple(t.Results())
		if t.Variadic() {
			s += "..."
		}
		return s
	case *types.Interface:
		var list []string
		for m := range t.Methods() {
			list = append(list, m.Name()+describeType(m.Type()))
		}
		slices.Sort(list)
		return "interface{" + strings.Join(list, "; ") + "}"
	case *types.Struct:
		var list []string
		for i := range t.NumFields() {
			f := t.Field(i)
			s := f.Name()
			if f.Exported() || f.Embedded() {
				s += " " + describeType(f.Type())
			}
			if f.Embedded() {
				s += " embedded"
			}
			list = append(list, s+" "+t.Tag(i))
		}
		return "struct{" + strings.Join(list, "; ") + "}"
	}
	return t.String()
}
