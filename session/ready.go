package session

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"

	"hotloop/interp"
	"hotloop/watch"
)

// ready says whether changed files look whole: every Go file parses, and no
// declaration has gone that does not turn up in another of them. A file that
// an editor is still writing is cut off somewhere, so it does not parse or has
// lost its end; a file that lost something in the middle and kept its end was
// edited. What is not ready is held back by the watcher for a moment and
// delivered then as it is.
//
// It is on the way of every save and does not parse what did not change.
func ready(changes []watch.Change) bool {
	gained := make(map[string]bool)
	var lost []string
	for _, c := range changes {
		if c.Removed || filepath.Ext(c.Path) != ".go" {
			continue
		}
		d, ok := compare(textOf(c.Old), textOf(c.Text))
		if !ok {
			return false
		}
		for _, name := range d.gained {
			gained[name] = true
		}
		if !d.keptEnd {
			lost = append(lost, d.lost...)
		}
	}
	for _, name := range lost {
		if !gained[name] {
			return false
		}
	}
	return true
}

// declared says how the declarations of a file changed. keptEnd is set when the
// last declaration is the same as before.
type declared struct {
	lost, gained []string
	keptEnd      bool
}

// compare compares two texts of a file; ok is false when the new one is empty
// or does not parse.
func compare(old, text string) (d declared, ok bool) {
	if strings.TrimSpace(text) == "" {
		return d, false
	}
	if was, is, ends, found := changedPart(old, text); found {
		before, okBefore := declarations("package p\n" + was)
		after, okAfter := declarations("package p\n" + is)
		if okBefore && okAfter {
			return difference(before, after, ends), true
		}
		// Perhaps the cut was inside a raw string; the whole file decides.
	}
	after, ok := declarations(text)
	if !ok {
		return d, false
	}
	before, ok := declarations(old)
	if !ok {
		return declared{gained: after, keptEnd: true}, true // nothing to lose
	}
	return difference(before, after, false), true
}

func difference(before, after []string, keptEnd bool) declared {
	was, is := make(map[string]bool), make(map[string]bool)
	for _, name := range before {
		was[name] = true
	}
	for _, name := range after {
		is[name] = true
	}
	d := declared{keptEnd: keptEnd}
	for _, name := range before {
		if !is[name] {
			d.lost = append(d.lost, name)
		}
	}
	for _, name := range after {
		if !was[name] {
			d.gained = append(d.gained, name)
		}
	}
	if len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		d.keptEnd = true
	}
	return d
}

// changedPart cuts out of two texts the whole declarations between which they
// differ. ends is set when at least one declaration after them is the same.
// found is false when the difference begins above the first declaration.
func changedPart(old, text string) (was, is string, ends, found bool) {
	prefix, suffix := interp.CommonEnds(old, text)
	start := prefix
	for {
		if start = strings.LastIndexByte(old[:start], '\n'); start < 0 {
			return "", "", false, false
		}
		if beginsDecl(old[start+1 : prefix]) {
			break
		}
	}
	tail := old[len(old)-suffix:]
	rest := 0 // of the tail, from a declaration on
	for i := strings.IndexByte(tail, '\n'); i >= 0; {
		if beginsDecl(tail[i+1:]) {
			rest = len(tail) - i
			break
		}
		next := strings.IndexByte(tail[i+1:], '\n')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return old[start : len(old)-rest], text[start : len(text)-rest], rest > 0, true
}

// beginsDecl says whether a line of formatted source begins a declaration.
func beginsDecl(line string) bool {
	for _, word := range []string{"func ", "type ", "var ", "const ", "import "} {
		if strings.HasPrefix(line, word) {
			return true
		}
	}
	return false
}

// declarations names what a file declares, in order; ok is false when it does
// not parse or lacks the body of a function.
func declarations(text string) (names []string, ok bool) {
	f, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, false
	}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Body == nil {
				return nil, false // cut off before its body
			}
			names = append(names, receiverName(decl)+"."+decl.Name.Name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names, true
}

// receiverName gives the type name of a method's receiver, without star and
// type parameters; "" for a function.
func receiverName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
