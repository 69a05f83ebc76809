package interp

import (
	"fmt"
	"slices"
	"strings"
)

// Edits of types, signatures and what holds values of types: the part of the
// oracle that is about carrying values over.

// Forms of a holder: a variable that leads to values of declared types.
const (
	holdsMap = iota
	holdsAny
	holdsFunc
	holdsParts
	holdsKeys
	holdsGeneric
	holdsValues
	holdsSlice
	holderForms
)

func (w *world) addHolder() *entity {
	structs := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" })
	e := w.add(&entity{kind: "holder", sig: w.intn(holderForms), recv: pick(w.chooser, structs).recv})
	w.retextHolder(e)
	return e
}

// retextHolder gives a holder an initializer. What it points to are variables,
// so that their state can be copied.
func (w *world) retextHolder(e *entity) {
	t := ref(w.byID(e.recv))
	structs := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" })
	own := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" && v.recv == e.recv })
	a, b, other := ref(pick(w.chooser, own)), ref(pick(w.chooser, own)), ref(pick(w.chooser, structs))
	x := ""
	switch e.sig {
	case holdsMap:
		x = fmt.Sprintf("map[string]*%s{\"a\": &%s, \"b\": &%s}", t, a, b)
	case holdsAny:
		x = fmt.Sprintf("[]any{&%s, %d, &%s, []*%s{&%s}, \"s\"}", a, w.intn(9), other, t, b)
	case holdsFunc:
		x = fmt.Sprintf("[]func(int) int{(&%s).M, func(n int) int { return n + %d }}", a, w.intn(9))
	case holdsParts:
		x = fmt.Sprintf("[2]struct {\n\tp *%s\n\tn *int\n}{{&%s, &%s.a}, {nil, &%s.a}}", t, a, b, other)
	case holdsKeys:
		x = fmt.Sprintf("map[any]int{&%s: %d, &%s: 2, \"x\": 3}", a, w.intn(9), other)
	case holdsGeneric:
		x = fmt.Sprintf("%s[*%s]{xs: []*%s{&%s}}", ref(w.kind("gentype")[0]), t, t, a)
	case holdsValues:
		x = fmt.Sprintf("map[string]%s{\"k\": {a: %d}}", t, w.intn(9))
	case holdsSlice:
		x = fmt.Sprintf("[]%s{{a: %d}, {s: \"q\"}}", t, w.intn(9))
	}
	e.text = fmt.Sprintf("var %s = %s", ref(e), x)
}

// usesHolder writes statements that work with what a holder leads to.
func (w *writer) usesHolder() {
	hs := w.kind("holder")
	if len(hs) == 0 || w.of.level >= maxLevel || w.calls == 0 {
		return
	}
	h := pick(w.chooser, hs)
	t, name := ref(w.byID(h.recv)), ref(h)
	switch h.sig {
	case holdsMap:
		w.line("if x := %s[%q]; x != nil {", name, pick(w.chooser, []string{"a", "b", "c"}))
		w.line("\tx.a = (%s + x.a) %% 499", w.int(0))
		w.line("}")
	case holdsAny:
		w.calls--
		w.line("for _, x := range %s {", name)
		w.line("\tswitch y := x.(type) {")
		w.line("\tcase *%s:", t)
		w.line("\t\t%s += y.a %% 50", w.intVar())
		w.line("\tcase interface{ M(n int) int }:")
		w.line("\t\t%s += y.M(%s)", w.intVar(), w.int(0))
		w.line("\tcase []*%s:", t)
		w.line("\t\ty[0].a++")
		w.line("\tcase int:")
		w.line("\t\t%s += y", w.intVar())
		w.line("\t}")
		w.line("}")
	case holdsFunc:
		w.calls--
		w.line("%s += %s[%d](%s)", w.intVar(), name, w.intn(2), w.int(0))
	case holdsParts:
		w.line("if p := %s[0].p; p != nil {", name)
		w.line("\tp.a, *%s[1].n = (%s) %% 499, (p.a + *%s[0].n) %% 499", name, w.int(0), name)
		w.line("}")
	case holdsKeys:
		if v := w.variable("struct"); v != nil {
			w.line("%s += %s[&%s] + len(%s)", w.intVar(), name, ref(v), name)
		}
	case holdsGeneric:
		w.line("%s.xs[0].a = (%s.xs[0].a + len(%s.xs)) %% 499", name, name, name)
	case holdsValues:
		w.line("%s[%q] = %s{a: (%s[\"k\"].a + %s) %% 499}", name, pick(w.chooser, []string{"k", "l"}), t, name, w.int(0))
	case holdsSlice:
		w.line("%s[1] = %s{a: (%s[0].a + %s) %% 499}", name, t, name, w.int(0))
		w.line("%s[0].a++", name)
	}
}

// numbers are the types that a loose variable and a number type can have.
var numbers = []string{"int", "int64", "int32", "float64", "uint8"}

func (w *world) addLoose() *entity {
	e := w.add(&entity{kind: "loose", typ: pick(w.chooser, numbers), text: ""})
	e.level = w.intn(9)
	w.retextLoose(e)
	return e
}

func (w *world) retextLoose(e *entity) {
	e.text = fmt.Sprintf("var %s %s = %d", ref(e), e.typ, e.level)
}

// editTypes is a random change of a type, a signature or a variable's type.
func (w *world) editTypes() string {
	switch w.intn(9) {
	case 0, 1:
		t := pick(w.chooser, w.kind("type"))
		return w.refield(t)
	case 2:
		g := w.kind("gentype")[0]
		w.next++
		g.fields = append(g.fields, fmt.Sprintf("y%d int", w.next))
		if len(g.fields) > 2 {
			g.fields = g.fields[2:]
		}
		g.text = fmt.Sprintf("type %s[E any] struct {\n\t%s\n\txs []E\n}", ref(g), strings.Join(g.fields, "\n\t"))
		return "fields of " + g.name
	case 3:
		n := w.kind("num")[0]
		n.text = fmt.Sprintf("type %s %s", ref(n), pick(w.chooser, numbers))
		return "underlying type of " + n.name
	case 4:
		if ls := w.kind("loose"); len(ls) > 0 {
			e := pick(w.chooser, ls)
			e.typ = pick(w.chooser, numbers)
			w.retextLoose(e)
			return "type of " + e.name
		}
		return "new " + w.addLoose().name
	case 5:
		fs := w.all(func(e *entity) bool { return e.kind == "func" && e.name != "clip" })
		e := pick(w.chooser, fs)
		w.resign(e)
		return fmt.Sprintf("signature of %s is %d, with its callers", e.name, e.sig)
	case 6:
		ms := w.all(func(e *entity) bool { return e.kind == "method" && e.name != "M" })
		if len(ms) == 0 {
			return "nothing"
		}
		e := pick(w.chooser, ms)
		if w.one(2) && !w.used(e) {
			w.remove(e)
			return "removed " + e.name
		}
		e.ptr = !e.ptr
		w.rebody(e)
		return "receiver of " + e.name
	case 7:
		if hs := w.kind("holder"); len(hs) > 3 {
			e := pick(w.chooser, hs)
			w.retextHolder(e)
			return "initializer of " + e.name
		}
		return "new " + w.addHolder().name
	default:
		t := pick(w.chooser, w.kind("type"))
		w.addMethod(t, 1+w.intn(2))
		return "method of " + t.name
	}
}

// refield adds, removes, retypes or reorders the fields of a struct that no
// code mentions.
func (w *world) refield(t *entity) string {
	switch i := slices.IndexFunc(t.fields, func(f string) bool { return f[0] == 'x' }); {
	case w.one(3) || i < 0:
		w.next++
		t.fields = append(t.fields, fmt.Sprintf("x%d int", w.next))
	case w.one(2):
		name, _, _ := strings.Cut(t.fields[i], " ")
		t.fields[i] = name + " " + pick(w.chooser, []string{"int64", "float64", "string", "[]int", "*int", "any", "map[string]int"})
	default:
		t.fields = slices.Delete(t.fields, i, i+1)
	}
	if w.one(2) {
		slices.Reverse(t.fields)
	}
	w.retextType(t)
	return "fields of " + t.name
}

// resign gives a function another signature and all that mention it new bodies.
func (w *world) resign(e *entity) {
	users := w.all(func(o *entity) bool { return o != e && strings.Contains(o.text, ref(e)) })
	e.sig = w.intn(len(signatures))
	w.rebody(e)
	for _, o := range users {
		switch o.kind {
		case "var":
			w.retextVar(o)
		case "holder":
			w.retextHolder(o)
		case "func", "method", "genfunc", "genmethod", "maker", "rescue":
			w.rebody(o)
		}
	}
}
