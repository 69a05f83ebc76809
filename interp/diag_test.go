package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// diagnose checks one file as the engine does.
func diagnose(t *testing.T, text string) []Diagnostic {
	t.Helper()
	src := Source{Files: []File{{Name: "s.go", Text: text}}}
	d := newDiagnoser(src)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "s.go", text, parser.SkipObjectResolution)
	if err != nil {
		list, ok := err.(scanner.ErrorList)
		if !ok {
			t.Fatal(err)
		}
		d.syntax(list)
		return d.list()
	}
	conf := types.Config{Importer: newImporter(), Error: func(err error) { d.typeError(fset, err) }}
	p, _ := conf.Check("s", fset, []*ast.File{f}, nil)
	d.scope(p)
	if d.any() != (len(d.list()) > 0) {
		t.Error("any and list disagree")
	}
	return d.list()
}

func TestDiagnostics(t *testing.T) {
	tests := []struct{ text, want string }{
		{"package s\nfunc f() int { return 1 }\n", ""},
		{"package s\nfunc f( {\n", "s.go:2:9: expected ')', found '{'\n    func f( {\n            ^"},
		{"package s\n\nvar path = 1\n\nfunc f() int {\n\treturn pth\n}\n",
			"s.go:6:9: undefined: pth\n    return pth\n           ^\n    did you mean path?"},
		{"package s\nfunc f() { x := 1 }\n", "s.go:2:12: declared and not used: x\n    func f() { x := 1 }\n               ^"},
		{"package s\nimport \"os\"\n", "s.go:2:8: \"os\" imported and not used\n    import \"os\"\n           ^"},
		{"package s\nfunc f() { strings.ToUpper(\"\") }\n",
			"s.go:2:12: undefined: strings\n    func f() { strings.ToUpper(\"\") }\n               ^\n    import \"strings\""},
		{"package s\nimport \"strings\"\nvar x = strings.Touper(\"\")\n",
			"s.go:3:17: undefined: strings.Touper\n    var x = strings.Touper(\"\")\n                    ^\n    did you mean strings.ToUpper?"},
		{"package s\ntype T struct{ People int }\nvar x = T{}.Peple\n",
			"s.go:3:13: T{}.Peple undefined (type T has no field or method Peple)\n    var x = T{}.Peple\n                ^\n    did you mean People?"},
		{"package s\ntype B struct{ Count int }\ntype T struct{ *B }\nfunc (*T) Close() {}\nfunc f(t *T) { t.Cont = 1; t.Clos() }\n",
			"s.go:5:18: t.Cont undefined (type *T has no field or method Cont)\n    func f(t *T) { t.Cont = 1; t.Clos() }\n                     ^\n    did you mean Count?"},
		{"package s\ntype T struct{ People int }\nvar x = T{Poeple: 1}\n",
			"s.go:3:11: unknown field Poeple in struct literal of type T\n    var x = T{Poeple: 1}\n              ^\n    did you mean People?"},
		{"package s\nimport \"math/rnd\"\nvar _ = rnd.X\n",
			"s.go:2:8: the interpreter does not offer math/rnd\n    import \"math/rnd\"\n           ^\n    did you mean \"math/rand\"?"},
		{"package s\nimport \"unsafe\"\nvar _ unsafe.Pointer\n",
			"s.go:2:8: the interpreter does not offer unsafe\n    import \"unsafe\"\n           ^\n    a script's values are laid out in memory differently from compiled ones"},
		{"package s\nvar x = 1\n\nvar x = 2\n",
			"s.go:4:5: x redeclared in this block\n    var x = 2\n        ^\n    other declaration of x (s.go:2)"},
		{"package s\nvar a = b + c + d\n", "s.go:2:9: undefined: b\n    var a = b + c + d\n            ^"},
		{"package s\nfunc f() {\n\tif tru {\n\t}\n}\n", "s.go:3:5: undefined: tru\n    if tru {\n       ^\n    did you mean true?"},
		{"package s\nfunc f() {\n\tlocl := 1\n\t_ = locl + local\n}\n", "s.go:4:13: undefined: local\n    _ = locl + local\n               ^\n    did you mean locl?"},
		{"package s\n\tvar 世界, x = \"日本\",\ty\n", "s.go:2:28: undefined: y\n    var 世界, x = \"日本\",\ty\n                         \t^"},
	}
	for _, test := range tests {
		var got []string
		for _, d := range diagnose(t, test.text) {
			got = append(got, FormatDiagnostic(d))
			if d.Severity != SeverityError {
				t.Errorf("severity %q", d.Severity)
			}
		}
		if s := strings.Join(got, "\n"); s != test.want {
			t.Errorf("%q\n have %s\n want %s", test.text, s, test.want)
		}
	}
}

func TestDiagnosticsAreSortedAndCapped(t *testing.T) {
	var text strings.Builder
	text.WriteString("package s\n")
	for i := range 70 {
		fmt.Fprintf(&text, "var v%d = u%d + w%d\n", i, i, i)
	}
	list := diagnose(t, text.String())
	if len(list) != diagnosticLimit+1 {
		t.Fatalf("%d diagnostics", len(list))
	}
	for i, d := range list[:diagnosticLimit] {
		if d.Line != i+2 {
			t.Fatalf("diagnostic %d is at line %d", i, d.Line)
		}
	}
	if last := list[diagnosticLimit].String(); last != "20 more errors" {
		t.Errorf("the last one says %q", last)
	}
}

func TestDiagnosticString(t *testing.T) {
	d := newDiagnoser(Source{Imports: []SourcePackage{{Files: []File{{Name: "lib/a.go", Text: "package lib\r\nvar x\r\n"}}}}})
	d.add(token.Position{Filename: "lib/a.go", Line: 2, Column: 5}, "wrong", "right")
	d.add(token.Position{Filename: "b.go"}, "no package", "")
	d.add(token.Position{Filename: "gone.go", Line: 99, Column: 1}, "no text", "")
	var got []string
	for _, x := range d.list() {
		got = append(got, FormatDiagnostic(x))
	}
	want := "b.go: no package\ngone.go:99:1: no text\nlib/a.go:2:5: wrong\n    var x\n        ^\n    right"
	if s := strings.Join(got, "\n"); s != want {
		t.Errorf("%s\nwant\n%s", s, want)
	}
}

func TestNearestName(t *testing.T) {
	names := []string{"OnOpen", "OnClose", "People", "x", "strings", ""}
	for want, near := range map[string]string{
		"onopen": "OnOpen", "OnClsoe": "OnClose", "Peple": "People", "y": "", "abcdef": "", "string": "strings", "x": "", "OnOpe": "OnOpen",
	} {
		if got := nearestName(want, names); got != near {
			t.Errorf("nearest to %q is %q, want %q", want, got, near)
		}
	}
}
