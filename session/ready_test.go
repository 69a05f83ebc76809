package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hotloop/watch"
)

const readyOld = `package p

import "fmt"

var a = 1

func One() { fmt.Println(a) }

func Two() {}

type T struct{}

func (T) Three() {}
`

func TestReady(t *testing.T) {
	cases := []struct {
		name, text string
		want       bool
	}{
		{"body changed", strings.Replace(readyOld, "Println(a)", "Println(a, 2)", 1), true},
		{"last body changed", strings.Replace(readyOld, "Three() {}", "Three() { _ = 1 }", 1), true},
		{"function added at the end", readyOld + "\nfunc Four() {}\n", true},
		{"function added in the middle", strings.Replace(readyOld, "func Two", "func Half() {}\n\nfunc Two", 1), true},
		{"function deleted in the middle", strings.Replace(readyOld, "func Two() {}\n", "", 1), true},
		{"function renamed", strings.Replace(readyOld, "Two", "Deux", 1), true},
		{"package renamed", strings.Replace(readyOld, "package p", "package q", 1), true},
		{"import changed", strings.Replace(readyOld, `"fmt"`, `. "fmt"`, 1), true},
		{"empty", "", false},
		{"blank", "\n\n", false},
		{"cut between declarations", readyOld[:strings.Index(readyOld, "type T")], false},
		{"cut before the last", readyOld[:strings.Index(readyOld, "func (T)")], false},
		{"cut inside a body", readyOld[:strings.Index(readyOld, "Println(a)")+4], false},
		{"cut after the package clause", "package p\n", false},
		{"does not parse", strings.Replace(readyOld, "Two() {}", "Two() {", 1), false},
		{"last deleted", strings.Replace(readyOld, "func (T) Three() {}\n", "", 1), false},
		{"last renamed", strings.Replace(readyOld, "Three", "Trois", 1), false},
	}
	for _, c := range cases {
		got := ready([]watch.Change{{Path: "p.go", Old: []byte(readyOld), Text: []byte(c.text)}})
		if got != c.want {
			t.Errorf("%s: ready is %v", c.name, got)
		}
	}
}

func TestReadyNewFile(t *testing.T) {
	for text, want := range map[string]bool{
		"":                          false,
		"package p\n":               true,
		"package p\n\nfunc F() {\n": false,
	} {
		if got := ready([]watch.Change{{Path: "p.go", Text: []byte(text)}}); got != want {
			t.Errorf("%q: ready is %v", text, got)
		}
	}
}

func TestReadyMovedToAnotherFile(t *testing.T) {
	cut := strings.Replace(readyOld, "func (T) Three() {}\n", "", 1)
	moved := []watch.Change{
		{Path: "p.go", Old: []byte(readyOld), Text: []byte(cut)},
		{Path: "q.go", Text: []byte("package p\n\nfunc (T) Three() {}\n")},
	}
	if !ready(moved) {
		t.Error("a declaration that moved is taken for lost")
	}
	if ready(moved[:1]) {
		t.Error("a declaration that is gone is taken for moved")
	}
}

// What was broken before has nothing to lose.
func TestReadyAfterBroken(t *testing.T) {
	if !ready([]watch.Change{{Path: "p.go", Old: []byte("package p\n\nfunc F( {\n"), Text: []byte("package p\n")}}) {
		t.Error("not ready")
	}
}

// No prefix of a file is ready, whatever the file was before: that is how an
// editor that writes in chunks is seen. The one exception is a prefix that has
// everything the old file had.
func TestReadyNoPrefix(t *testing.T) {
	text := strings.Replace(readyOld, "Two() {}", "Two() { One() }", 1)
	for i := range len(text) {
		cut := text[:i]
		if ready([]watch.Change{{Path: "p.go", Old: []byte(readyOld), Text: []byte(cut)}}) && !strings.Contains(cut, "Three() {}") {
			t.Errorf("ready when cut at %d: %q", i, cut)
		}
	}
}

// A file that parses is never taken for broken, and what it lost is really gone:
// looking at the changed part alone must not make up either.
func FuzzReady(f *testing.F) {
	f.Add(readyOld, strings.Replace(readyOld, "Two", "Deux", 1))
	f.Add(readyOld, strings.Replace(readyOld, "a = 1", "a = `\nfunc X() {}\n`", 1))
	f.Add("package p\nvar s = `\nfunc A() {}\n`\nfunc B() {}\n", "package p\nvar s = `\nfunc A() {\n`\nfunc B() {}\n")
	f.Fuzz(func(t *testing.T, old, text string) {
		names, ok := declarations(text)
		if !ok {
			return
		}
		d, ok := compare(old, text)
		if !ok {
			t.Fatalf("a file that parses is not taken: %q to %q", old, text)
		}
		if _, ok := declarations(old); !ok {
			return
		}
		for _, lost := range d.lost {
			if slices.Contains(names, lost) && strings.Count(old+text, "`") == 0 && !strings.Contains(old+text, "/*") && strings.Count(strings.Join(names, " "), lost) == 1 {
				t.Fatalf("%s is not lost: %q to %q", lost, old, text)
			}
		}
	})
}

func BenchmarkReady(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		var s strings.Builder
		s.WriteString("package p\n")
		for i := range n {
			fmt.Fprintf(&s, "\n// F%d does something.\nfunc F%d(a, b int) int {\n\tif a > b {\n\t\treturn a * %d\n\t}\n\treturn b\n}\n", i, i, i)
		}
		old := s.String()
		text := strings.Replace(old, fmt.Sprintf("return a * %d\n", n/2), "return a + 1\n", 1)
		c := []watch.Change{{Path: "p.go", Old: []byte(old), Text: []byte(text)}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if !ready(c) {
					b.Fatal("not ready")
				}
			}
		})
	}
}
