package interp

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var oracleNative = flag.Int("oracle.native", 0, "random packages that TestNative compares with the Go toolchain; it needs go in the path")

// TestNative runs random packages in the interpreter and as the Go toolchain
// compiles them: what a script does must be what Go says it does.
func TestNative(t *testing.T) {
	if *oracleNative == 0 {
		t.Skip("give -oracle.native to compare with the toolchain")
	}
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module native\n\ngo 1.26\n")
	var sources []Source
	imports, calls := "", ""
	for i := 0; len(sources) < *oracleNative; i++ {
		w := newWorld(&chooser{rnd: rand.New(rand.NewPCG(*oracleSeed, uint64(i)))})
		for range i % 10 {
			w.edit()
		}
		src := w.source()
		src.Files = append(src.Files, File{"zz_run.go", w.runner()})
		if l, out := Load(src, nil, Options{}); l != nil {
			l.Close()
		} else if strings.Contains(out.Report.Diagnostics[0].Message, "at load") {
			continue // an initializer panics
		} else if p, _ := check(src); p == nil {
			continue
		}
		n := len(sources)
		sources = append(sources, src)
		for _, f := range src.Files {
			write(fmt.Sprintf("p%d/%s", n, f.Name), f.Text)
		}
		imports += fmt.Sprintf("import p%d \"native/p%d\"\n", n, n)
		calls += fmt.Sprintf("\tfmt.Println(\"== package %d\")\n\tp%d.Run()\n", n, n)
	}
	write("main.go", "package main\n\nimport \"fmt\"\n"+imports+"\nfunc main() {\n"+calls+"}\n")
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	native := strings.Split(string(out), "== package ")[1:]
	for i, src := range sources {
		_, want, _ := strings.Cut(native[i], "\n")
		l, loaded := Load(src, nil, Options{})
		if l == nil {
			t.Errorf("package %d does not load: %v", i, loaded.Report.Diagnostics)
			continue
		}
		c := l.Call(context.Background(), CallRequest{Function: "Run", Timeout: 20 * time.Second})
		l.Close()
		if got := c.Output; c.Error != nil || withoutDetails(got) != withoutDetails(want) {
			t.Errorf("package %d: %+v\n%s", i, c.Error, firstDifference(withoutDetails(got), withoutDetails(want)))
			for _, f := range src.Files {
				t.Logf("-- %s --\n%s", f.Name, f.Text)
			}
		}
	}
}

// runner writes a function that fires everything and prints what came of it.
func (w *world) runner() string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport \"fmt\"\n\nfunc guarded(name string, f func() []any) {\n\tdefer func() {\n\t\tdefer state()\n\t\tif r := recover(); r != nil {\n\t\t\tfmt.Println(name, \"panics\", r)\n\t\t}\n\t}()\n\tfmt.Println(append([]any{name}, f()...)...)\n}\n\nfunc Run() {\n", w.pkg)
	args := []string{"5", `"abc"`, `4, "xy"`, "1, 2", "7"}
	for range 2 {
		for _, e := range w.kind("func") {
			if e.name == "clip" {
				continue
			}
			results := "a"
			if e.sig == 2 || e.sig == 4 {
				results = "a, b"
			}
			fmt.Fprintf(&b, "\tguarded(%q, func() []any { %s := %s(%s); return []any{%s} })\n", e.name, results, e.name, args[e.sig], results)
		}
	}
	b.WriteString("}\n\nfunc state() {\n")
	for _, e := range w.kind("var", "embedvar") {
		if e.typ != "table" && e.typ != "iface" && e.typ != "*struct" {
			fmt.Fprintf(&b, "\tfmt.Println(\" %s\", %s)\n", e.name, e.name)
		}
		switch e.typ {
		case "table":
		case "iface":
			fmt.Fprintf(&b, "\tfor _, x := range %s {\n\t\tlook(%q, x)\n\t}\n", e.name, e.name)
		default:
			fmt.Fprintf(&b, "\tlook(%q, %s)\n", e.name, e.name)
		}
	}
	b.WriteString("}\n")
	w.looks(&b)
	return b.String()
}

// looks writes a function that tells what it sees of a value in an interface.
func (w *world) looks(b *strings.Builder) {
	b.WriteString(`
func look(name string, x any) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("  ", name, "panics", r)
		}
	}()
	fmt.Printf("   %s %T %v %+v %s %v\n", name, x, x, x, kindOf(x), x == nil)
	y := x
	fmt.Println("  ", x == y, map[any]int{x: 1}[y], []any{x} != nil)
}

func kindOf(x any) string {
	switch x := x.(type) {
	case nil:
		return "nil"
	case int, string:
		return fmt.Sprintf("basic %v", x)
	case []int:
		return fmt.Sprint("ints ", len(x))
	case map[string]int:
		return fmt.Sprint("map ", len(x))
`)
	for _, e := range w.kind("type", "num", "embed") {
		fmt.Fprintf(b, "\tcase %s:\n\t\treturn fmt.Sprintf(\"%s %%+v\", x)\n\tcase *%s:\n\t\treturn fmt.Sprintf(\"*%s %%+v\", *x)\n", e.name, e.name, e.name, e.name)
	}
	for _, e := range w.kind("iface") {
		fmt.Fprintf(b, "\tcase %s:\n\t\treturn fmt.Sprintf(\"%s %%T\", x)\n", e.name, e.name)
	}
	b.WriteString("\tcase fmt.Stringer:\n\t\treturn x.String()\n\t}\n\treturn \"other\"\n}\n")
}

// withoutDetails drops what the messages of runtime errors tell beyond their kind.
func withoutDetails(s string) string {
	return regexp.MustCompile(`(index out of range|slice bounds out of range) \[.*`).ReplaceAllString(s, "$1")
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d: %s\n   native: %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, native %d", len(g), len(w))
}
