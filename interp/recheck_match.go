package interp

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// matched says which declarations of a changed part of a file are which of those
// that stood there: of each the index before, -1 for new ones.
type matched struct{ was []int }

// match pairs declarations before and after a change. It fails unless they are
// in the same order, and what has come or gone are plain functions.
func (p *program) match(before []placed, now []ast.Decl, old, region string, fset *token.FileSet) (m matched, ok bool) {
	at := map[string]int{}
	seen := map[string]int{}
	once := func(key string) string { // several are called init, or nothing
		seen[key]++
		return key + "#" + strconv.Itoa(seen[key])
	}
	for i, d := range before {
		at[once(p.declKey(d, old))] = i
	}
	clear(seen)
	last := -1
	for _, d := range now {
		start, end := fset.Position(d.Pos()).Offset-len(redrawnHead), fset.Position(d.End()).Offset-len(redrawnHead)
		was, found := at[once(newKey(d, region[start:end]))]
		if !found {
			fn, isFunc := d.(*ast.FuncDecl)
			if !isFunc || !plain(fn) {
				return m, false
			}
			m.was = append(m.was, -1)
			continue
		}
		if was <= last {
			return m, false
		}
		last = was
		m.was = append(m.was, was)
	}
	for i, d := range before {
		if slices.Contains(m.was, i) {
			continue
		}
		if d.unit < 0 || !plain(p.units[d.unit].fn) || p.units[d.unit].pkg != p.main() {
			return m, false
		}
	}
	return m, true
}

// plain tells whether a function is no method, not generic, and one that others
// can mention.
func plain(fn *ast.FuncDecl) bool {
	return fn.Recv == nil && fn.Type.TypeParams == nil && fn.Body != nil && fn.Name.Name != "init" && fn.Name.Name != "main" && fn.Name.Name != "_"
}

// declKey is what a declaration is known by: functions and constants by their
// names, others by all of their text.
func (p *program) declKey(d placed, text string) string {
	if d.unit >= 0 {
		return funcKey(p.units[d.unit].fn)
	}
	var names []string
	for _, u := range p.units[max(d.first, 0) : max(d.first, 0)+d.n] {
		if u.kind != KindConst {
			return text[d.start:d.end]
		}
		names = append(names, u.name)
	}
	if len(names) == 0 {
		return text[d.start:d.end]
	}
	return "const " + strings.Join(names, ",")
}

func newKey(d ast.Decl, text string) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return funcKey(d)
	case *ast.GenDecl:
		if d.Tok != token.CONST {
			break
		}
		var names []string
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				names = append(names, id.Name)
			}
		}
		if len(names) > 0 {
			return "const " + strings.Join(names, ",")
		}
	}
	return text
}

func funcKey(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return "func " + fn.Name.Name
	}
	return "method " + receiverName(fn.Recv.List[0].Type) + "." + fn.Name.Name
}

// changedDecl notes a declaration that reads otherwise, if it is one that can be
// checked by itself.
func (p *program) changedDecl(e *fileEdit, d ast.Decl, decl int, is placed, before, text string) bool {
	fn, isFunc := d.(*ast.FuncDecl)
	unit := is.unit
	if !isFunc {
		if g := d.(*ast.GenDecl); g.Tok != token.CONST || is.n == 0 || p.units[is.first].pkg != p.main() {
			return false
		}
		e.consts = append(e.consts, constEdit{decl, text})
		return true
	}
	if unit < 0 {
		e.funcs = append(e.funcs, funcEdit{decl, -1, true, text})
		return true
	}
	u := p.units[unit]
	if fn.Body == nil || u.fn.Body == nil || u.generic() || u.pkg.std {
		return false
	}
	head := before[:u.fn.Body.Lbrace-u.fn.Pos()] != text[:fn.Body.Lbrace-fn.Pos()]
	if head && (!plain(fn) || u.pkg != p.main()) {
		return false
	}
	e.funcs = append(e.funcs, funcEdit{decl, unit, head, text})
	return true
}

// stillAt brings a list of where declarations are that were parsed as a whole up
// to date; was gives of those now the index before.
func stillAt(still []int, n int, was []int) []int {
	to := map[int]int{}
	for now, before := range was {
		if before >= 0 {
			to[before] = now
		}
	}
	out := make([]int, n)
	for i := range out {
		before := i
		if still != nil {
			before = still[i]
		}
		now, ok := to[before]
		if !ok {
			now = -1
		}
		out[i] = now
	}
	return out
}
