package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"hotloop/interp/lower"
)

// Chance says, for functions by name, why a call of one may come to something
// else when it is repeated (see [Repeat]), in words with a place: it starts
// goroutines, or asks the world outside. It is told from the text, of all that a
// call can reach; functions that are not named have nothing of that.
func (l *Live) Chance(functions []string) map[string][]string {
	l.tables.Lock()
	defer l.tables.Unlock()
	if l.calls == nil {
		l.calls = newCalls(l.current)
	}
	out := map[string][]string{}
	for _, name := range functions {
		u := l.current.unit("func " + name)
		if u == nil {
			continue
		}
		said := map[string]bool{}
		for _, to := range l.calls.reach(u) {
			if to.fn == nil || to.fn.Body == nil || to.pkg.std {
				continue
			}
			for _, c := range l.current.chances(to) {
				if !said[c.what] { // one place is enough to look at
					said[c.what] = true
					out[name] = append(out[name], c.what+" ("+c.place+")")
				}
			}
		}
		slices.Sort(out[name])
	}
	return out
}

type chance struct{ what, place string }

// chances finds in a function what cannot be repeated.
func (p *program) chances(u *unit) (out []chance) {
	add := func(n ast.Node, what string) {
		at := p.position(n.Pos())
		out = append(out, chance{what, fmt.Sprintf("%s:%d", at.Filename, at.Line)})
	}
	ast.Inspect(u.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			add(n, "it starts goroutines")
		case *ast.RangeStmt:
			if t := u.info.TypeOf(n.X); t != nil && n.Key != nil {
				if m, ok := t.Underlying().(*types.Map); ok && !lower.HasOrder(m.Key()) {
					add(n, "it goes through a map whose keys have no order")
				}
			}
		case *ast.SelectorExpr:
			if obj := u.info.Uses[n.Sel]; obj != nil && obj.Pkg() != nil && p.unitOf(obj) == nil {
				if what := outside(obj); what != "" {
					add(n, what)
				}
			}
		}
		return true
	})
	return out
}

// outside says what a function or variable of a compiled package has to do with
// the world outside, or with chance; empty for nothing.
func outside(obj types.Object) string {
	path, name := obj.Pkg().Path(), obj.Name()
	fn, isFunc := obj.(*types.Func)
	switch {
	case path == "sync" && name == "Range" && isFunc && fn.Signature().Recv() != nil:
		return "it goes through a sync.Map"
	case path == "sync" && name == "Go", path == "time" && name == "AfterFunc":
		return "it starts goroutines"
	case path == "reflect" && (name == "MapKeys" || name == "MapRange"):
		return "it goes through a map by reflection"
	case path == "crypto/rand" && name == "Prime":
		return "it asks for random numbers with crypto/rand.Prime"
	case !isFunc:
		return ""
	case path == "os" && !slices.Contains([]string{"Exit", "IsNotExist", "IsExist", "Expand", "Error"}, name),
		path == "net", path == "net/http" && fn.Signature().Recv() == nil && !strings.HasPrefix(name, "Status") && !strings.HasPrefix(name, "New"),
		path == "os/exec", path == "os/user", path == "io/ioutil",
		path == "path/filepath" && (strings.HasPrefix(name, "Walk") || name == "Glob"):
		return "it asks the world outside with " + fn.FullName()
	case path == "runtime", path == "runtime/debug", path == "runtime/metrics", path == "hash/maphash":
		return "it depends on the process with " + fn.FullName()
	case strings.HasPrefix(path, "crypto/") && strings.HasPrefix(name, "Generate"):
		return "it asks for random numbers with " + fn.FullName()
	}
	return ""
}
