package interp

import (
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// edit is a random change of a world. It gives what it did, for messages, and
// whether it changed nothing but how things are written.
func (w *world) edit() (what string, same bool) {
	switch w.intn(26) {
	case 20, 21, 22, 23, 24, 25:
		return w.editTypes(), false
	case 0, 1, 2, 3:
		e := pick(w.chooser, w.kind("func", "method", "genfunc", "genmethod", "rescue", "maker", "nummethod"))
		if e.name == "clip" {
			return w.edit()
		}
		w.rebody(e)
		return "body of " + e.name, false
	case 4:
		e := w.addFunc(w.intn(maxLevel + 1))
		return "new " + e.name, false
	case 5:
		if gone := w.all(func(e *entity) bool {
			return e.kind == "func" && e.name != "clip" && !w.used(e) || (e.kind == "const" || e.kind == "var") && !w.used(e)
		}); len(gone) > 0 {
			e := pick(w.chooser, gone)
			w.remove(e)
			return "removed " + e.name, false
		}
	case 6:
		e := pick(w.chooser, w.all(func(e *entity) bool {
			return e.kind != "group" && e.name != "clip" && e.name != "M" && e.name != "iface"
		}))
		w.next++
		old := e.name
		e.name = strings.TrimRight(e.name, "0123456789") + fmt.Sprint(w.next)
		return "renamed " + old + " to " + e.name, false
	case 7, 8:
		if cs := w.kind("const"); len(cs) > 0 && w.one(2) {
			e := pick(w.chooser, cs)
			w.retextConst(e)
			return "constant " + e.name, false
		}
		g := pick(w.chooser, w.kind("group"))
		if w.one(2) {
			w.add(&entity{kind: "member", typ: "int", recv: g.id}).file = g.file
		}
		w.retextGroup(g)
		return "iota group", false
	case 9, 10:
		e := pick(w.chooser, w.kind("var"))
		was := e.text
		w.retextVar(e)
		if e.text == was {
			return w.edit()
		}
		return "initializer of " + e.name, false
	case 11:
		if w.one(3) {
			return "new constant " + w.addConst().name, false
		}
		return "new variable " + w.addVar(pick(w.chooser, []string{"int", "string", "[]int", "map[string]int", "struct", "table"})).name, false
	case 12, 13:
		w.reformat()
		return "comments", true
	case 14, 15:
		w.move()
		return "moves", true
	case 16:
		// Callers do not fit, if there are any.
		if e := pick(w.chooser, w.kind("func")); e.name != "clip" {
			e.sig = w.intn(len(signatures))
			w.rebody(e)
			return fmt.Sprintf("signature of %s is %d", e.name, e.sig), false
		}
	case 17:
		t := pick(w.chooser, w.kind("type"))
		if w.one(2) {
			w.next++
			t.fields = append(t.fields, fmt.Sprintf("x%d int", w.next))
			w.retextType(t)
			return "field of " + t.name, false
		}
		w.addMethod(t, 1+w.intn(2))
		return "method of " + t.name, false
	case 18, 19:
		a, _ := w.edit()
		b, _ := w.edit()
		return a + "; " + b, false
	}
	return w.edit()
}

func (w *world) remove(e *entity) {
	w.ents = slices.DeleteFunc(w.ents, func(o *entity) bool { return o == e })
}

// reformat puts comments above and inside declarations.
func (w *world) reformat() {
	for _, e := range w.ents {
		if e.text == "" || !w.one(3) {
			continue
		}
		if e.note = ""; w.one(2) {
			e.note = fmt.Sprintf("// %s is as it is.\n", e.name)
		}
		if w.one(2) {
			lines := strings.Split(e.text, "\n")
			lines = slices.DeleteFunc(lines, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "//") })
			at := w.intn(len(lines)-1+1) + 1
			if at < len(lines) {
				lines = slices.Insert(lines, at, "\t// so it is", "\t//")
			}
			e.text = strings.Join(lines, "\n")
		}
	}
}

// move changes the order of declarations, the files they are in, the names of
// files, and the package clause.
func (w *world) move() {
	w.next++
	switch w.intn(5) {
	case 0: // a file is split
		w.names[w.next] = fmt.Sprintf("n%d.go", w.next)
		for _, e := range w.ents {
			if w.one(3) {
				e.file = w.next
			}
		}
	case 1: // files are joined
		if len(w.names) > 1 {
			ids := slices.Sorted(maps.Keys(w.names))
			gone, to := ids[0], ids[1]
			for _, e := range w.ents {
				if e.file == gone {
					e.file = to
				}
			}
			delete(w.names, gone)
		}
	case 2:
		w.names[w.pickFile()] = fmt.Sprintf("r%d.go", w.next)
	case 3:
		w.pkg = pick(w.chooser, []string{"demo", "other"})
	default:
		for range 5 {
			a, b := w.intn(len(w.ents)), w.intn(len(w.ents))
			w.ents[a], w.ents[b] = w.ents[b], w.ents[a]
		}
	}
}

// typo changes one token of a source, wherever it is: most of what comes out is
// no program any more, some of it is another one. Loops are left alone, so that
// what comes out ends.
func (w *world) typo(src Source) (Source, string) {
	out := src
	out.Files = slices.Clone(src.Files)
	i := w.intn(len(out.Files))
	text := out.Files[i].Text
	type tok struct {
		pos, end int
		tok      token.Token
		lit      string
	}
	var toks []tok
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(file, []byte(text), nil, 0)
	lines := strings.Split(text, "\n")
	for {
		pos, t, lit := s.Scan()
		if t == token.EOF {
			break
		}
		line := lines[file.Line(pos)-1]
		if t == token.SEMICOLON || strings.Contains(line, "for ") || strings.Contains(line, "package ") || strings.Contains(line, "append") {
			continue
		}
		if lit == "" || t.IsKeyword() {
			lit = t.String()
		}
		at := file.Offset(pos)
		toks = append(toks, tok{at, at + len(lit), t, lit})
	}
	if len(toks) == 0 {
		return src, "nothing"
	}
	t := pick(w.chooser, toks)
	to := ""
	swaps := map[token.Token][]string{
		token.ADD: {"-", "|"}, token.SUB: {"+", "^"}, token.MUL: {"+", "-"}, token.AND: {"|"}, token.OR: {"&"}, token.XOR: {"&"},
		token.EQL: {"!=", "<"}, token.NEQ: {"=="}, token.LSS: {">", "<="}, token.GTR: {"<", ">="}, token.LAND: {"||"},
		token.ASSIGN: {"+=", ":="}, token.DEFINE: {"="}, token.ADD_ASSIGN: {"=", "-="}, token.INC: {"--"},
		token.INT: {"1", "3", "12"}, token.STRING: {`"t"`, "1"}, token.REM: {"+"},
	}
	switch list := swaps[t.tok]; {
	case len(list) > 0:
		to = pick(w.chooser, list)
	case t.tok == token.IDENT && !w.one(3):
		to = pick(w.chooser, toks).lit
	case w.one(2):
		to = ""
	default:
		to = t.lit + " " + t.lit
	}
	out.Files[i].Text = text[:t.pos] + to + text[t.end:]
	return out, fmt.Sprintf("%s: %q for %q at line %d", out.Files[i].Name, to, t.lit, file.Line(file.Pos(t.pos)))
}
