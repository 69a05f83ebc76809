package interp

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// memoryScript has a bit of everything that edits leave something of.
const memoryScript = `
import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

type T struct {
	n    int
	next *T
	/*field*/
}

type namer interface{ Name() string }

func (t *T) Name() string { return fmt.Sprint("t", t.n, /*method*/ 0) }

func (t *T) String() string { return t.Name() }

func Map[A, B any](list []A, f func(A) B) (out []B) {
	for _, x := range list {
		out = append(out, f(x), /*generic*/)
	}
	return out
}

var (
	kept  = []*T{{n: 1}, {n: 2}}
	names = map[string]namer{"a": &T{n: 3}}
	funcs = map[string]func(int) int{}
	limit = /*var*/ 3
)

/*decl*/

func add(a, b int /*param*/) int { return a + b + /*body*/ 0 }

func Fire(n int) string {
	for i := range 3 {
		funcs[fmt.Sprint(i)] = func(x int) int { return add(x, i) + /*closure*/ 0 }
	}
	defer func() { recover() }()
	list := Map([]int{n, limit}, func(x int) string { return strings.Repeat("x", x) })
	sort.Strings(list)
	if n < 0 {
		panic(errors.New("negative"))
	}
	return fmt.Sprint(list, kept, names["a"].Name(), funcs["1"](n))
}
`

// TestMemory applies edits of each kind many times and sees that what is kept
// does not grow with them.
func TestMemory(t *testing.T) {
	number := func(mark string) func(int) string {
		return func(i int) string { return strings.Replace(memoryScript, "/*"+mark+"*/ 0", fmt.Sprint(i+1), 1) }
	}
	text := func(mark, one, other string) func(int) string {
		return func(i int) string {
			return strings.Replace(memoryScript, "/*"+mark+"*/", []string{one, other}[i%2], 1)
		}
	}
	for _, c := range []struct {
		name string
		edit func(i int) string
		most int64 // bytes an edit may leave
	}{
		{"body", number("body"), 3000},
		{"method", number("method"), 3000},
		{"closure", number("closure"), 3000},
		{"generic", text("generic", "", "f(x)"), 3000},
		{"var", text("var", "1 +", "2 +"), 3000},
		{"decl", text("decl", "func extra() int { return 1 }", "var more = 5"), 3000},
		{"field", text("field", "a int", "b string"), 3000},
		{"param", text("param", ", c ...int", ", c ...string"), 3000},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, out := Load(oneFile(memoryScript), nil, Options{})
			if l == nil {
				t.Fatal(out.Report.Diagnostics)
			}
			defer l.Close()
			run := func(from, to int) int64 {
				for i := from; i < to; i++ {
					src := c.edit(i)
					if out := l.Apply(oneFile(src), false); out.Report.Status != StatusLive {
						t.Fatal(i, out.Report, src)
					}
					l.Call(context.Background(), CallRequest{Function: "Fire", Data: []byte("2")})
				}
				return liveHeap()
			}
			warm, many := 40, 80
			first := run(1, warm)
			last := run(warm, warm+many)
			if each := (last - first) / int64(many); each > c.most {
				t.Errorf("an edit leaves %d bytes", each)
			}
		})
	}
}
