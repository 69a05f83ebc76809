package interp

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// chooser makes the choices of a generated history: at random, or read from
// bytes that a fuzzer changes.
type chooser struct {
	rnd   *rand.Rand
	bytes []byte // used when rnd is nil
	over  bool   // the bytes are used up
}

func (c *chooser) intn(n int) int {
	if c.rnd != nil {
		return c.rnd.IntN(n)
	}
	if len(c.bytes) == 0 {
		c.over = true
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(b) % n
}

// one tells whether a thing that happens once in n times happens now.
func (c *chooser) one(n int) bool { return c.intn(n) == n-1 }

func pick[T any](c *chooser, list []T) T { return list[c.intn(len(list))] }

// entity is one declaration of a generated package. Its text mentions entities
// as ⟦id⟧, so that any of them can be renamed, moved and counted.
type entity struct {
	id     int
	kind   string // const, member, group, var, type, iface, func, method, genfunc, gentype, genmethod
	name   string
	typ    string // of a var or const: int, string ...; of a struct var ⟦type⟧
	sig    int    // of a func or method
	level  int    // functions call those of the next level only, so that all calls end
	recv   int    // entity id of a method's type
	ptr    bool   // pointer receiver
	fields []string
	text   string
	file   int
	note   string // a comment above it
	plain  bool   // a var whose initializer has nothing but literals in it
}

// world is the model of one generated package.
type world struct {
	*chooser
	ents  []*entity
	next  int
	names map[int]string // file -> name
	pkg   string
}

func (w *world) clone() *world {
	c := &world{chooser: w.chooser, next: w.next, names: map[int]string{}, pkg: w.pkg}
	for k, v := range w.names {
		c.names[k] = v
	}
	for _, e := range w.ents {
		x := *e
		x.fields = slices.Clone(e.fields)
		c.ents = append(c.ents, &x)
	}
	return c
}

func (w *world) add(e *entity) *entity {
	w.next++
	e.id = w.next
	if e.name == "" {
		prefix := map[string]string{"const": "c", "member": "k", "var": "v", "type": "T", "iface": "I", "func": "f", "method": "m", "genfunc": "g", "gentype": "G", "genmethod": "do", "rescue": "q", "maker": "mk", "num": "N", "nummethod": "tw", "embed": "E", "embedvar": "e", "holder": "h", "loose": "z"}[e.kind]
		if e.kind == "func" && e.level == 0 {
			prefix = "H"
		}
		e.name = fmt.Sprintf("%s%d", prefix, e.id)
	}
	e.file = w.pickFile()
	at := w.intn(len(w.ents) + 1)
	w.ents = slices.Insert(w.ents, at, e)
	return e
}

func (w *world) pickFile() int {
	var ids []int
	for id := range w.names {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return pick(w.chooser, ids)
}

func (w *world) all(match func(*entity) bool) []*entity {
	var out []*entity
	for _, e := range w.ents {
		if match(e) {
			out = append(out, e)
		}
	}
	return out
}

func (w *world) kind(kinds ...string) []*entity {
	return w.all(func(e *entity) bool { return slices.Contains(kinds, e.kind) })
}

func (w *world) byID(id int) *entity {
	for _, e := range w.ents {
		if e.id == id {
			return e
		}
	}
	return nil
}

func ref(e *entity) string { return fmt.Sprintf("⟦%d⟧", e.id) }

var refs = regexp.MustCompile(`⟦(\d+)⟧`)

// resolved writes a text with names.
func (w *world) resolved(text string) string {
	return refs.ReplaceAllStringFunc(text, func(s string) string {
		id, _ := strconv.Atoi(strings.Trim(s, "⟦⟧"))
		if e := w.byID(id); e != nil {
			return e.name
		}
		return "gone"
	})
}

// used tells whether others mention an entity.
func (w *world) used(e *entity) bool {
	for _, o := range w.ents {
		if o != e && strings.Contains(o.text, ref(e)) {
			return true
		}
	}
	return false
}

// source writes the package.
func (w *world) source() Source {
	bodies := map[int]*strings.Builder{}
	for _, e := range w.ents {
		if e.text == "" {
			continue
		}
		b := bodies[e.file]
		if b == nil {
			b = &strings.Builder{}
			bodies[e.file] = b
		}
		fmt.Fprintf(b, "\n%s%s\n", e.note, w.resolved(e.text))
	}
	src := Source{Name: "random"}
	for id, b := range bodies {
		text := b.String()
		head := "package " + w.pkg + "\n"
		for _, imp := range []string{"fmt", "strings", "sort", "errors"} {
			if regexp.MustCompile(`\b` + imp + `\.`).MatchString(text) {
				// Some files know a package under another name.
				if id%3 == 0 {
					text = regexp.MustCompile(`\b`+imp+`\.`).ReplaceAllString(text, "x"+imp+".")
					head += "\nimport x" + imp + " \"" + imp + "\"\n"
				} else {
					head += "\nimport \"" + imp + "\"\n"
				}
			}
		}
		src.Files = append(src.Files, File{w.names[id], head + text})
	}
	slices.SortFunc(src.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return src
}

// handler is a function to fire and what with.
type fired struct{ name, data string }

// handlers lists what to fire: everything that callers could see of the rest.
func (w *world) handlers() []fired {
	data := []string{"5", `"abc"`, `[4,"xy"]`, "", "7"}
	var out []fired
	for _, e := range w.ents {
		if e.kind == "func" && e.sig != 3 && e.name != "clip" {
			out = append(out, fired{e.name, data[e.sig]})
		}
	}
	slices.SortFunc(out, func(a, b fired) int { return strings.Compare(a.name, b.name) })
	return out
}

// signatures of functions and methods, by number.
var signatures = []struct{ params, results string }{
	{"n int", "int"},
	{"s string", "string"},
	{"n int, s string", "(int, string)"},
	{"xs ...int", "int"},
	{"n int", "(r int, err error)"},
}

const maxLevel = 3

// newWorld makes a package with some of everything.
func newWorld(c *chooser) *world {
	w := &world{chooser: c, names: map[int]string{1: "a.go", 2: "b.go"}, pkg: "demo"}
	w.add(&entity{kind: "func", name: "clip", sig: 1, level: maxLevel + 1, text: "func ⟦1⟧(s string) string {\n\tif len(s) > 24 {\n\t\treturn s[:24]\n\t}\n\treturn s\n}"})
	w.addGeneric()
	w.addOdd()
	for range 2 {
		w.addConst()
	}
	w.addGroup()
	for range 2 {
		w.addType()
	}
	w.addIface()
	w.addEmbedding()
	for _, t := range []string{"int", "int", "string", "[]int", "map[string]int", "struct", "*struct"} {
		w.addVar(t)
	}
	for level := maxLevel; level >= 0; level-- {
		for range 2 + w.intn(2) {
			w.addFunc(level)
		}
		if level == 1 {
			w.addVar("table")
			w.addVar("iface")
			for range 4 {
				w.addHolder()
			}
			w.addLoose()
		}
	}
	return w
}

func (w *world) addConst() *entity {
	e := w.add(&entity{kind: "const", typ: pick(w.chooser, []string{"int", "int", "string"})})
	w.retextConst(e)
	return e
}

func (w *world) retextConst(e *entity) {
	x := strconv.Itoa(w.intn(9))
	if e.typ == "string" {
		x = strconv.Quote("c" + x)
	} else if older := w.all(func(o *entity) bool { return o.kind == "const" && o.typ == "int" && o.id < e.id }); len(older) > 0 && w.one(2) {
		x = ref(pick(w.chooser, older)) + " + " + x
	}
	e.text = fmt.Sprintf("const %s = %s", ref(e), x)
	if e.typ == "int" && w.one(3) {
		e.text = fmt.Sprintf("const %s int = %s", ref(e), x)
	}
}

// addGroup makes an iota group; its members are entities without a text.
func (w *world) addGroup() {
	g := w.add(&entity{kind: "group", name: "-"})
	for range 2 + w.intn(2) {
		m := w.add(&entity{kind: "member", typ: "int", recv: g.id})
		m.file = g.file
	}
	w.retextGroup(g)
}

func (w *world) retextGroup(g *entity) {
	members := w.all(func(e *entity) bool { return e.kind == "member" && e.recv == g.id })
	g.text = "const (\n"
	for i, m := range members {
		g.text += "\t" + ref(m)
		if i == 0 {
			g.text += " = iota" + pick(w.chooser, []string{"", " + 2", " * 3"})
		}
		g.text += "\n"
	}
	g.text += ")"
}

func (w *world) addType() {
	t := w.add(&entity{kind: "type", fields: []string{"a int", "s string"}})
	w.retextType(t)
	for _, sig := range []int{0, 1} {
		w.addMethod(t, sig)
	}
}

func (w *world) retextType(t *entity) {
	t.text = fmt.Sprintf("type %s struct {\n\t%s\n}", ref(t), strings.Join(t.fields, "\n\t"))
}

func (w *world) addMethod(t *entity, sig int) {
	// All types of one interface have the same method, M; others are their own.
	m := w.add(&entity{kind: "method", sig: sig, recv: t.id, level: maxLevel, ptr: w.one(2)})
	if sig == 0 {
		m.name = "M"
	}
	w.rebody(m)
}

func (w *world) addIface() {
	e := w.add(&entity{kind: "iface"})
	e.text = fmt.Sprintf("type %s interface{ M(n int) int }", ref(e))
}

func (w *world) addVar(typ string) *entity {
	e := w.add(&entity{kind: "var", typ: typ})
	if strings.HasSuffix(typ, "struct") {
		e.recv = pick(w.chooser, w.kind("type")).id
	}
	w.retextVar(e)
	return e
}

// retextVar gives a variable an initializer.
func (w *world) retextVar(e *entity) {
	n := w.intn(9)
	e.plain = true
	x := ""
	t := w.byID(e.recv)
	switch e.typ {
	case "int":
		x = strconv.Itoa(n)
		if cs := w.all(func(c *entity) bool { return (c.kind == "const" || c.kind == "member") && c.typ == "int" }); len(cs) > 0 && w.one(2) {
			x += " + " + ref(pick(w.chooser, cs))
		}
		if fs := w.all(func(f *entity) bool { return f.kind == "func" && f.sig == 0 && f.level == maxLevel }); len(fs) > 0 && w.one(3) {
			x, e.plain = fmt.Sprintf("%s(%d)", ref(pick(w.chooser, fs)), n), false
		}
	case "string":
		x = fmt.Sprintf("%q", strings.Repeat("s", n))
	case "[]int":
		x = fmt.Sprintf("[]int{%d, 2, 3}", n)
	case "map[string]int":
		x = fmt.Sprintf("map[string]int{\"a\": %d}", n)
	case "struct":
		x = fmt.Sprintf("%s{a: %d}", ref(t), n)
	case "*struct":
		vars := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" && v.recv == t.id })
		if len(vars) == 0 {
			v := w.add(&entity{kind: "var", typ: "struct", recv: t.id})
			w.retextVar(v)
			vars = append(vars, v)
		}
		x, e.plain = "&"+ref(pick(w.chooser, vars)), false
	case "table":
		x, e.plain = w.table(), false
	case "iface":
		// What the values lead to are variables, so that their state can be copied.
		// They are named here: a variable that holds a pointer may hold another one
		// later, and the values would not.
		structs := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" })
		a, b := pick(w.chooser, structs), pick(w.chooser, structs)
		x, e.plain = fmt.Sprintf("[]%s{&%s, &%s}", ref(w.kind("iface")[0]), ref(a), ref(b)), false
	}
	e.text = fmt.Sprintf("var %s = %s", ref(e), x)
	if e.typ == "int" && w.one(4) {
		e.text, e.plain = fmt.Sprintf("var %s int", ref(e)), true
	}
}

// table writes a map of functions: declared ones, a method value and a closure.
func (w *world) table() string {
	var b strings.Builder
	b.WriteString("map[string]func(int) int{\n")
	fs := w.all(func(f *entity) bool { return f.kind == "func" && f.sig == 0 && f.level == 2 })
	for i, f := range fs {
		if i < 2 {
			fmt.Fprintf(&b, "\t%q: %s,\n", fmt.Sprint(i), ref(f))
		}
		if i == 2 {
			fmt.Fprintf(&b, "\t\"c\": func(n int) int { return %s(n) + 1 },\n", ref(f))
		}
	}
	// A value receiver would be a copy, whose state cannot be set from outside.
	byPointer := func(typ int) bool {
		return len(w.all(func(m *entity) bool { return m.kind == "method" && m.recv == typ && m.name == "M" && m.ptr })) > 0
	}
	if ps := w.all(func(v *entity) bool { return v.kind == "var" && v.typ == "struct" && byPointer(v.recv) }); len(ps) > 0 {
		fmt.Fprintf(&b, "\t\"m\": %s.M,\n", ref(ps[0]))
	}
	b.WriteString("}")
	return b.String()
}

func (w *world) addGeneric() {
	for range 2 {
		w.rebody(w.add(&entity{kind: "genfunc", level: maxLevel}))
	}
	g := w.add(&entity{kind: "gentype"})
	g.text = fmt.Sprintf("type %s[E any] struct{ xs []E }", ref(g))
	w.rebody(w.add(&entity{kind: "genmethod", recv: g.id}))
}

// addOdd adds what needs care when it is patched: a function that calls recover
// itself, one that gives closures, and a type that is a number.
func (w *world) addOdd() {
	w.rebody(w.add(&entity{kind: "rescue"}))
	w.rebody(w.add(&entity{kind: "maker"}))
	n := w.add(&entity{kind: "num"})
	n.text = fmt.Sprintf("type %s int", ref(n))
	w.rebody(w.add(&entity{kind: "nummethod", recv: n.id}))
}

// addEmbedding makes a type that embeds another one, and a variable of it.
func (w *world) addEmbedding() {
	e := w.add(&entity{kind: "embed", recv: pick(w.chooser, w.kind("type")).id})
	e.text = fmt.Sprintf("type %s struct {\n\t%s\n\tk int\n}", ref(e), ref(w.byID(e.recv)))
	v := w.add(&entity{kind: "embedvar", recv: e.id})
	v.text = fmt.Sprintf("var %s = %s{k: %d}", ref(v), ref(e), w.intn(5))
}

func (w *world) addFunc(level int) *entity {
	e := &entity{kind: "func", level: level, sig: pick(w.chooser, []int{0, 0, 0, 1, 2, 3, 4})}
	w.add(e)
	w.rebody(e)
	return e
}
