package interp

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"time"
)

// What a patch cannot reach is code that has begun, or that was made, before
// it: closures are values, and a goroutine that loops stays in the version it
// started in. Whether there are such closures and goroutines is not known; that
// there may be some can be told from the text, and the report tells it.

// staleNotes says what may go on running the old code of a changed function.
func staleNotes(old, new *program, o, u *unit) []string {
	var notes []string
	if closuresChanged(o, u) {
		notes = append(notes, fmt.Sprintf("closures that %s made before keep the code they were made with", u.display()))
	}
	if loops(o.fn.Body) && old.startedByGo(o) {
		notes = append(notes, fmt.Sprintf("goroutines that are in %s stay in its old code until they return", u.display()))
	}
	return notes
}

// closuresChanged tells whether a function made closures that it would not make
// any more. Closures that it only defers are gone when it has returned.
func closuresChanged(o, u *unit) bool {
	before, now := closures(o), closures(u)
	for _, shape := range before {
		if !slices.Contains(now, shape) {
			return true
		}
	}
	return false
}

// closures lists the shapes of the outermost closures in a function.
func closures(u *unit) []string {
	var out []string
	ast.Inspect(u.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			_, isLit := n.Call.Fun.(*ast.FuncLit)
			return !isLit
		case *ast.FuncLit:
			out = append(out, treeShape(n, u.info))
			return false
		}
		return true
	})
	return out
}

// loops tells whether a body has a loop that may go on for ever.
func loops(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			found = found || n.Cond == nil
		case *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

// startedByGo tells whether any go statement of the program starts a function.
func (p *program) startedByGo(u *unit) bool {
	found := false
	for _, other := range p.units {
		if !other.goes || other.fn == nil || found {
			continue
		}
		ast.Inspect(other.fn.Body, func(n ast.Node) bool {
			g, ok := n.(*ast.GoStmt)
			if !ok {
				return !found
			}
			ast.Inspect(g.Call, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if obj := other.info.Uses[id]; obj != nil && p.unitOf(obj) == u {
						found = true
					}
				}
				return !found
			})
			return !found
		})
	}
	return found
}

// staleCalls names the calls in flight that may go on in old code: those whose
// handlers can run a function that a patch changes. The old program is still
// the live one.
func (l *Live) staleCalls(pl *plan) (notes []string) {
	changed := map[string]bool{}
	for _, u := range pl.code {
		changed[u.id] = true
	}
	type flight struct {
		what  string
		began time.Time
	}
	var list []flight
	l.stop.mu.Lock()
	for r := range l.stop.running {
		if r.call {
			list = append(list, flight{r.what, r.began})
		}
	}
	l.stop.mu.Unlock()
	slices.SortFunc(list, func(a, b flight) int { return a.began.Compare(b.began) })
	l.tables.Lock()
	defer l.tables.Unlock()
	if l.calls == nil {
		l.calls = newCalls(l.current)
	}
	for _, f := range list {
		u := l.current.unit("func " + f.what)
		if u == nil {
			continue
		}
		var old []string
		for _, to := range l.calls.reach(u) {
			if changed[to.id] {
				old = append(old, to.display())
			}
		}
		if len(old) == 0 {
			continue
		}
		if len(old) > 5 {
			old = append(old[:5], "others")
		}
		slices.Sort(old)
		notes = append(notes, fmt.Sprintf("a call of %s that began %s ago may finish in the old code of %s", f.what, time.Since(f.began).Round(100*time.Millisecond), strings.Join(old, ", ")))
	}
	return notes
}
