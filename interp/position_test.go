package interp

import (
	"strings"
	"testing"
)

func TestSourceFile(t *testing.T) {
	for _, c := range []struct {
		emitted, file string
		gen           int
		ok            bool
	}{
		{"door.go/v3.go", "door.go", 3, true},
		{"a/b/door.go/v12.go", "a/b/door.go", 12, true},
		{"hotloop/v3.go", "hotloop", 3, false},
		{"v7.go/v3.go", "v7.go", 3, true},
		{"door.go", "door.go", 0, false},
		{"", "", 0, false},
	} {
		file, gen, ok := sourceFile(c.emitted)
		if file != c.file || gen != c.gen || ok != c.ok {
			t.Errorf("sourceFile(%q) = %q, %d, %t", c.emitted, file, gen, ok)
		}
	}
}

// TestEmittedPositions wants every position of a unit to come back as the line
// and column it has in the source, for several units in one emitted file.
func TestEmittedPositions(t *testing.T) {
	src := Source{Files: []File{
		{"a.go", "package p\n\nvar x = 1\n\nfunc A(\n\tn int,\n) int {\n\treturn n +\n\t\tx\n}\n"},
		{"b.go", "package p\n\n\n\ntype T struct {\n\tA int\n}; func (T) M() {}\n"},
	}}
	p := checked(t, src)
	l := newLive("x", Options{})
	defer l.Close()
	fset := l.i.FileSet()
	f := newEmittedFile(fset, 5)
	for range 2 { // a unit may be visited again, after others
		for _, u := range p.units {
			f.segment(p, u)
			for pos := u.pos; pos <= u.end; pos++ {
				want := p.fset.Position(pos)
				got := fset.Position(f.pos(pos))
				file, gen, ok := sourceFile(got.Filename)
				if !ok || gen != 5 || file != want.Filename || got.Line != want.Line || got.Column != want.Column {
					t.Fatalf("%s: %v of %s came back as %v", u.id, want, want.Filename, got)
				}
			}
			if f.pos(u.decl.End()+1) != f.hidden || f.pos(u.decl.Pos()-1) != f.hidden {
				t.Errorf("%s: positions outside are not hidden", u.id)
			}
		}
	}
}

func TestLineNow(t *testing.T) {
	const before = "package p\n\nfunc A(n int) int {\n\tif n > 1 {\n\t\treturn 1\n\t}\n\tvar v interface{} = n\n\treturn v.(int)\n}\n"
	for _, c := range []struct {
		about, after string
		lines        map[int]int // 0: the line it was compiled at
	}{
		{"nothing", before, map[int]int{3: 3, 5: 5, 8: 8}},
		{"moved down", "package p\n\n// x\n\n" + strings.TrimPrefix(before, "package p\n\n"), map[int]int{3: 5, 5: 7, 8: 10}},
		{"comments inside", strings.ReplaceAll(before, "\tif", "\t// why\n\t// not\n\tif"), map[int]int{3: 3, 4: 6, 5: 7, 8: 10}},
		{"on one line", respaced(before, " "), map[int]int{3: 1, 5: 1, 8: 1}},
		{"parentheses and line ends", strings.ReplaceAll(before, "n > 1", "(n >\n1)"), map[int]int{4: 4, 5: 6, 8: 9}},
		{"any", strings.ReplaceAll(before, "interface{}", "any"), map[int]int{7: 7, 8: 8}},
		{"interface on lines of its own", strings.ReplaceAll(before, "interface{}", "interface{\n}"), map[int]int{7: 7, 8: 9}},
		{"another meaning", "\n\n" + strings.ReplaceAll(before, "return 1", "return 2"), map[int]int{5: 5, 8: 8}},
		{"gone", "package p\n", map[int]int{5: 5}},
	} {
		p := checked(t, Source{Files: []File{{"a.go", before}}})
		u := p.unit("func A")
		s := symbol{display: "A", id: u.id, text: p.text(u), file: "a.go", line: 3, shape: u.shape}
		q := checked(t, Source{Files: []File{{"b.go", c.after}}})
		for line, want := range c.lines {
			file, got := lineNow(s, line, q)
			if got != want {
				t.Errorf("%s: line %d is now %d, want %d", c.about, line, got, want)
			}
			if moved := c.about != "another meaning" && c.about != "gone"; moved != (file == "b.go") {
				t.Errorf("%s: line %d is in %s", c.about, line, file)
			}
		}
	}
}

func TestLineNowAny(t *testing.T) {
	text := "package p\n\nfunc A() {\n" + strings.Repeat("\tvar _ interface{}\n", 20) + "\tpanic(1)\n}\n"
	p := checked(t, Source{Files: []File{{"a.go", text}}})
	u := p.unit("func A")
	s := symbol{id: u.id, text: p.text(u), file: "a.go", line: 3, shape: u.shape}
	q := checked(t, Source{Files: []File{{"a.go", strings.ReplaceAll(text, "interface{}", "any // x")}}})
	if _, got := lineNow(s, 24, q); got != 24 {
		t.Errorf("line 24 is now %d", got)
	}
}

// TestLineNowRespaced compares with another way to find a line: a word that is
// unique in the function.
func TestLineNowRespaced(t *testing.T) {
	text := "package p\n\nfunc A(m map[string]int) (r int) {\n"
	for _, w := range []string{"one", "two", "three", "four"} {
		text += "\tfor i := 0; i < (m[\"" + w + "\"]); i++ {\n\t\tr += i\n\t}\n"
	}
	text += "\treturn\n}\n"
	p := checked(t, Source{Files: []File{{"a.go", text}}})
	u := p.unit("func A")
	s := symbol{id: u.id, text: p.text(u), file: "a.go", line: 3, shape: u.shape}
	lineOf := func(text, word string) int {
		return 1 + strings.Count(text[:strings.Index(text, word)], "\n")
	}
	after := "package p\n\nvar before = 1\n\n" + strings.ReplaceAll(strings.TrimPrefix(text, "package p\n"), "\tfor", "\n\t/*\n\t*/ for")
	q := checked(t, Source{Files: []File{{"a.go", after}}})
	for _, w := range []string{"one", "two", "three", "four"} {
		if _, got := lineNow(s, lineOf(text, w), q); got != lineOf(after, w) {
			t.Errorf("%s: line %d is now %d, want %d", w, lineOf(text, w), got, lineOf(after, w))
		}
	}
}
