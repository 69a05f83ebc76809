package interp

import (
	"fmt"
	"go/ast"
	"slices"
)

// Before a patch, and where it cannot be looked (oldcode.go), it is told from the
// text that closures and goroutines may keep the code they have.

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

// closures lists the shapes of the outermost closures in a function, or in the
// declaration of a variable.
func closures(u *unit) (out []string) {
	var at ast.Node
	switch {
	case u.fn != nil && u.fn.Body != nil:
		at = u.fn.Body
	case u.kind == KindVar && u.spec != nil:
		at = u.spec
	default:
		return nil
	}
	ast.Inspect(at, func(n ast.Node) bool {
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
