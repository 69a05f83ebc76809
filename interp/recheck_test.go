package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
	"testing"
)

// TestBodyAlone checks every function of the corpus by itself: it must mean
// what it means as a part of the whole.
func TestBodyAlone(t *testing.T) {
	n := 0
	for _, file := range corpusFiles(t) {
		for _, c := range readCorpus(t, file).programs {
			n += bodiesAlone(t, c)
		}
	}
	if n < 300 {
		t.Errorf("%d functions", n)
	}
}

func bodiesAlone(t *testing.T, c corpusProgram) (n int) {
	p := checked(t, Source{Name: "x", Files: []File{{"main.go", c.text}}})
	if p.whole != "" {
		return 0
	}
	for i, l := range p.layouts {
		for j, at := range l.now {
			if at.unit < 0 || p.units[at.unit].generic() {
				continue
			}
			was := p.units[at.unit]
			r := &rechecker{was: p, is: p}
			u := r.checkBody(body{was: was, obj: was.obj, at: redrawn{i, j}, text: p.text(was)})
			if u == nil {
				t.Errorf("%s: %s cannot be checked by itself", c.name, was.id)
				continue
			}
			n++
			if u.meaning != was.meaning {
				t.Errorf("%s: %s means something else, shape %t\n%s", c.name, was.id, u.shape == was.shape, diffTyped(was, u))
			}
		}
	}
	return n
}

func diffTyped(a, b *unit) string {
	list := func(u *unit) []string {
		var out []string
		ast.Inspect(u.fn, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				f := &fingerprinter{info: u.info}
				f.typed(e)
				out = append(out, fmt.Sprintf("%s %q", types.ExprString(e), f.meaning))
			}
			return true
		})
		return out
	}
	x, y := list(a), list(b)
	var s strings.Builder
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			fmt.Fprintf(&s, "  %s\n  %s\n", x[i], y[i])
		}
	}
	return s.String()
}
