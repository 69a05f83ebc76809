package interp

import (
	"fmt"
	"strings"
)

// writer writes the body of one generated function.
type writer struct {
	*world
	of    *entity
	ints  []string // expressions of type int that may be assigned to
	strs  []string
	calls int // how many are left
	temps int
	lines []string
	depth int
}

func (w *writer) line(format string, args ...any) {
	w.lines = append(w.lines, strings.Repeat("\t", w.depth+1)+fmt.Sprintf(format, args...))
}

// rebody gives a function or method a new body.
func (w *world) rebody(e *entity) {
	g := &writer{world: w, of: e, calls: 3}
	head := ""
	switch e.kind {
	case "genfunc":
		w.genericBody(e)
		return
	case "genmethod":
		t := w.byID(e.recv)
		e.text = fmt.Sprintf("func (g *%s[E]) %s(x E) int {\n\tg.xs = append(g.xs, x)\n\treturn len(g.xs)%s\n}", ref(t), ref(e), pick(w.chooser, []string{"", " + 1", " * 2", "+len(g.xs)"}))
		return
	case "rescue":
		e.text = fmt.Sprintf("func %s(p *int) {\n\tif x := recover(); x != nil {\n\t\t*p = len(fmt.Sprint(x)) + %d\n\t}\n}", ref(e), w.intn(50))
		if w.one(4) {
			e.text = fmt.Sprintf("func %s(p *int) {\n\t*p += %d\n}", ref(e), w.intn(50))
		}
		return
	case "maker":
		e.text = fmt.Sprintf("func %s(k int) func(int) int {\n\tcount := k + %d\n\treturn func(n int) int {\n\t\tcount++\n\t\treturn n*%d + count\n\t}\n}", ref(e), w.intn(9), w.intn(9))
		return
	case "nummethod":
		e.text = fmt.Sprintf("func (x %s) %s() int {\n\treturn int(x) * %d\n}", ref(w.byID(e.recv)), ref(e), w.intn(9))
		return
	case "method":
		star := ""
		if e.ptr {
			star = "*"
		}
		head = fmt.Sprintf("func (t %s%s) %s", star, ref(w.byID(e.recv)), ref(e))
		g.ints, g.strs = append(g.ints, "t.a"), append(g.strs, "t.s")
	default:
		head = "func " + ref(e)
	}
	sig := signatures[e.sig]
	switch e.sig {
	case 0, 4:
		g.ints = append(g.ints, "n")
	case 1:
		g.strs = append(g.strs, "s")
	case 2:
		g.ints, g.strs = append(g.ints, "n"), append(g.strs, "s")
	}
	if e.sig == 4 && w.one(2) {
		g.line("defer func() {")
		g.line("\tif p := recover(); p != nil {")
		g.line("\t\tr, err = r+%d, fmt.Errorf(\"caught %%v\", p)", w.intn(9))
		g.line("\t}")
		g.line("}()")
	}
	for range 1 + w.intn(4) {
		g.stmt()
	}
	switch e.sig {
	case 0, 3:
		g.line("return (%s) %% 1009", g.int(2))
	case 1:
		g.line("return clip(%s)", g.str(2))
	case 2:
		g.line("return (%s) %% 1009, clip(%s)", g.int(1), g.str(1))
	case 4:
		g.line("r = (%s) %% 1009", g.int(1))
		if w.one(2) {
			g.line("if r%%5 == %d {", w.intn(5))
			g.line("\treturn r, errors.New(\"five\")")
			g.line("}")
		}
		g.line("return")
	}
	e.text = fmt.Sprintf("%s(%s) %s {\n%s\n}", head, sig.params, sig.results, strings.Join(g.lines, "\n"))
}

func (w *world) genericBody(e *entity) {
	switch w.intn(3) {
	case 0:
		e.text = fmt.Sprintf("func %s[A any](xs []A, f func(A) int) int {\n\tr := %d\n\tfor _, x := range xs {\n\t\tr = r*%d + f(x)\n\t}\n\treturn r %% 1009\n}", ref(e), w.intn(9), 1+w.intn(3))
	case 1:
		e.text = fmt.Sprintf("func %s[A any](xs []A, f func(A) int) int {\n\tm := map[int]A{}\n\tfor i, x := range xs {\n\t\tm[i%%2] = x\n\t}\n\tif len(m) == 0 {\n\t\treturn %d\n\t}\n\treturn f(m[0])\n}", ref(e), w.intn(9))
	default:
		e.text = fmt.Sprintf("func %s[A any](xs []A, f func(A) int) int {\n\tfor len(xs) > 1 {\n\t\txs = xs[1:]\n\t}\n\tif len(xs) == 0 {\n\t\tvar zero A\n\t\treturn f(zero) + %d\n\t}\n\treturn f(xs[0])\n}", ref(e), w.intn(9))
	}
}

func (w *writer) temp() string {
	w.temps++
	return fmt.Sprintf("t%d", w.temps)
}

// block writes statements one level deeper; what it declares ends with it.
func (w *writer) block(n int) {
	ints, strs := len(w.ints), len(w.strs)
	w.depth++
	for range n {
		w.stmt()
	}
	w.depth--
	w.ints, w.strs = w.ints[:ints], w.strs[:strs]
}

func (w *writer) stmt() {
	if w.depth > 2 {
		w.line("%s++", w.intVar())
		return
	}
	switch w.intn(29) {
	case 25, 26, 27:
		w.usesHolder()
	case 28:
		if ls := w.kind("loose"); len(ls) > 0 && w.of.level < maxLevel {
			w.line("%s += %d", ref(pick(w.chooser, ls)), 1+w.intn(3))
		}
	case 17:
		t := w.temp()
		w.line("%s := 0", t)
		w.line("func() {")
		w.line("\tdefer %s(&%s)", ref(w.kind("rescue")[0]), t)
		w.line("\tif %s%%2 == 0 {", w.int(0))
		w.line("\t\tpanic(%s)", w.int(0))
		w.line("\t}")
		w.line("}()")
		w.ints = append(w.ints, t)
	case 18:
		c := w.temp()
		w.line("%s := make(chan int, 1)", c)
		w.line("select {")
		w.line("case %s <- %s:", c, w.int(1))
		w.line("\t%s += <-%s", w.intVar(), c)
		w.line("default:")
		w.line("}")
	case 19:
		if e := w.kind("embedvar"); len(e) > 0 && (w.of.kind != "func" || w.of.level < maxLevel) && w.calls > 0 {
			w.calls--
			if w.of.level < maxLevel {
				w.line("%s = %s.M(%s) + %s.k", w.intVar(), ref(e[0]), w.int(0), ref(e[0]))
			}
			w.line("%s.k += %s", ref(e[0]), w.int(0))
			w.line("%s.a = %s.k %% 7", ref(e[0]), ref(e[0]))
		}
	case 20:
		if v := w.variable("struct"); v != nil && w.of.level < maxLevel && w.calls > 0 {
			w.calls--
			f := w.temp()
			w.line("%s := (*%s).M", f, ref(w.byID(v.recv)))
			w.line("%s = %s(&%s, %s)", w.intVar(), f, ref(v), w.int(0))
		}
	case 21:
		if cs := w.all(func(e *entity) bool { return (e.kind == "const" || e.kind == "member") && e.typ == "int" }); len(cs) > 0 {
			a := w.temp()
			w.line("var %s [%s + 1]int", a, ref(pick(w.chooser, cs)))
			w.line("%s[0] = %s", a, w.int(0))
			w.line("%s += len(%s) + %s[0]", w.intVar(), a, a)
		}
	case 22:
		f := w.temp()
		w.line("%s := %s(%s)", f, ref(w.kind("maker")[0]), w.int(0))
		w.line("%s = %s(1) + %s(%s)", w.intVar(), f, f, w.int(0))
	case 23:
		i, r := w.temp(), w.temp()
		w.line("for %s, %s := range %s {", i, r, w.str(0))
		w.line("\t%s += %s + int(%s)%%9", w.intVar(), i, r)
		w.line("}")
	case 24:
		l := w.temp()
		w.line("%s := 0", l)
		w.line("%sagain:", l)
		w.line("if %s++; %s < %d {", l, l, 1+w.intn(3))
		w.line("\t%s += %s", w.intVar(), w.int(0))
		w.line("\tgoto %sagain", l)
		w.line("}")
	case 0:
		t := w.temp()
		w.line("%s := %s", t, w.int(2))
		w.line("_ = %s", t)
		w.ints = append(w.ints, t)
	case 1:
		w.line("%s = (%s) %% 997", w.intVar(), w.int(2))
	case 2:
		w.line("%s = clip(%s)", w.strVar(), w.str(2))
	case 3:
		w.line("if %s {", w.cond())
		w.block(1)
		if w.one(2) {
			w.line("} else {")
			w.block(1)
		}
		w.line("}")
	case 4:
		i := w.temp()
		w.line("for %s := 0; %s < %d; %s++ {", i, i, 1+w.intn(3), i)
		w.ints = append(w.ints, "("+i+")")
		calls := w.calls
		w.calls = min(w.calls, 1)
		w.block(1)
		w.calls = max(0, min(w.calls, calls-1))
		w.ints = w.ints[:len(w.ints)-1]
		w.line("}")
	case 5:
		if v := w.variable("[]int"); v != nil {
			w.line("if %s = append(%s, %s); len(%s) > 5 {", ref(v), ref(v), w.int(1), ref(v))
			w.line("\t%s = %s[2:]", ref(v), ref(v))
			w.line("}")
		}
	case 6:
		if v := w.variable("map[string]int"); v != nil {
			w.line("%s[%q] += %s", ref(v), pick(w.chooser, []string{"a", "b", "c"}), w.int(1))
		}
	case 7:
		w.line("switch %s %% 3 {", w.int(1))
		w.line("case %d:", w.intn(2))
		w.block(1)
		w.line("default:")
		w.block(1)
		w.line("}")
	case 8:
		w.line("defer func() { %s += %d }()", w.intVar(), 1+w.intn(5))
	case 9:
		w.line("if %s%%11 == %d {", w.int(1), w.intn(11))
		w.line("\tpanic(fmt.Sprint(\"no \", %s))", w.int(0))
		w.line("}")
	case 10:
		f := w.temp()
		w.line("%s := func(k int) int { %s += k; return k + %d }", f, w.intVar(), w.intn(9))
		w.line("%s = %s(%s) + %s(1)", w.intVar(), f, w.int(1), f)
	case 11:
		w.line("fmt.Println(%q, %s)", "out"+fmt.Sprint(w.intn(9)), w.int(1))
	case 12:
		c := w.temp()
		w.line("%s := make(chan int)", c)
		w.line("go func() { %s <- %s }()", c, w.int(0))
		w.line("%s += <-%s", w.intVar(), c)
	case 13:
		if v := w.variable("struct"); v != nil {
			w.line("%s = %s{a: %s, s: %s.s}", ref(v), ref(w.byID(v.recv)), w.int(1), ref(v))
		}
	case 14:
		if v := w.variable("[]int"); v != nil {
			i, x := w.temp(), w.temp()
			w.line("for %s, %s := range %s {", i, x, ref(v))
			w.line("\t%s = (%s + %s*%s) %% 991", w.intVar(), w.intVar(), i, x)
			w.line("}")
		}
	case 15:
		if v := w.variable("iface"); v != nil && w.of.level < maxLevel && w.calls > 0 {
			w.calls--
			x := w.temp()
			w.line("for _, %s := range %s {", x, ref(v))
			w.line("\tswitch y := %s.(type) {", x)
			for _, t := range w.kind("type") {
				w.line("\tcase *%s:", ref(t))
				w.line("\t\t%s += y.a %% 100", w.intVar())
			}
			w.line("\t}")
			w.line("\t%s += %s.M(%s)", w.intVar(), x, w.int(0))
			w.line("}")
		}
	case 16:
		if len(w.ints) > 1 {
			w.line("%s, %s = %s, %s", w.intVar(), w.intVar(), w.int(0), w.int(1))
		}
	}
}

// variable picks a package variable of a type; nil when there is none.
func (w *writer) variable(typ string) *entity {
	// Functions that initializers call leave variables alone: a fresh start runs
	// all initializers, a patch only some.
	if w.of.kind == "func" && w.of.level == maxLevel {
		return nil
	}
	vs := w.all(func(e *entity) bool { return e.kind == "var" && e.typ == typ })
	if len(vs) == 0 {
		return nil
	}
	return pick(w.chooser, vs)
}

// intVar is something to assign an int to.
func (w *writer) intVar() string {
	var can []string
	for _, x := range w.ints {
		if !strings.HasPrefix(x, "(") {
			can = append(can, x)
		}
	}
	if v := w.variable("int"); v != nil {
		can = append(can, ref(v), ref(v))
	}
	if len(can) == 0 {
		return "_"
	}
	return pick(w.chooser, can)
}

func (w *writer) strVar() string {
	can := append([]string{}, w.strs...)
	if v := w.variable("string"); v != nil {
		can = append(can, ref(v))
	}
	if len(can) == 0 {
		return "_"
	}
	return pick(w.chooser, can)
}

func (w *writer) cond() string {
	switch w.intn(4) {
	case 0:
		return fmt.Sprintf("%s %s %s", w.str(0), pick(w.chooser, []string{"==", "<"}), w.str(0))
	case 1:
		return fmt.Sprintf("%s > %s && %s != %d", w.int(0), w.int(0), w.int(0), w.intn(9))
	}
	return fmt.Sprintf("%s%%2 %s %d", w.int(1), pick(w.chooser, []string{"==", "!=", "<"}), w.intn(2))
}

func (w *writer) callee(sig int) *entity {
	if w.calls == 0 {
		return nil
	}
	fs := w.all(func(e *entity) bool {
		return e.kind == "func" && e.sig == sig && e.level == w.of.level+1 && e.name != "clip" && e.text != ""
	})
	if len(fs) == 0 {
		return nil
	}
	w.calls--
	return pick(w.chooser, fs)
}

// int writes an expression of type int.
func (w *writer) int(depth int) string {
	leaf := fmt.Sprint(w.intn(20))
	if len(w.ints) > 0 {
		leaf = pick(w.chooser, append([]string{leaf}, w.ints...))
	}
	if depth == 0 {
		return leaf
	}
	d := depth - 1
	switch w.intn(17) {
	case 14:
		return fmt.Sprintf("%s(%s).%s()", ref(w.kind("num")[0]), w.int(d), ref(w.kind("nummethod")[0]))
	case 15:
		return fmt.Sprintf("%s(%s, %s)", pick(w.chooser, []string{"min", "max"}), w.int(d), w.int(d))
	case 16:
		return fmt.Sprintf("%s(%s)(%s)", ref(w.kind("maker")[0]), w.int(0), w.int(0))
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", w.int(d), pick(w.chooser, []string{"+", "-", "*", "&", "|", "^"}), w.int(d))
	case 2:
		return fmt.Sprintf("len(%s)", w.str(d))
	case 3:
		if v := w.variable("int"); v != nil {
			return ref(v)
		}
	case 4:
		if cs := w.all(func(e *entity) bool { return (e.kind == "const" || e.kind == "member") && e.typ == "int" }); len(cs) > 0 {
			return ref(pick(w.chooser, cs))
		}
	case 5, 6:
		if f := w.callee(0); f != nil {
			return fmt.Sprintf("%s(%s)", ref(f), w.int(d))
		}
	case 7:
		if f := w.callee(3); f != nil {
			return fmt.Sprintf("%s(%s, %s)", ref(f), w.int(d), w.int(d))
		}
	case 8:
		if v := w.variable("table"); v != nil && w.of.level < 2 && w.calls > 0 {
			w.calls--
			return fmt.Sprintf("%s[%q](%s)", ref(v), pick(w.chooser, []string{"0", "1", "c", "m"}), w.int(d))
		}
	case 9:
		if v := w.variable(pick(w.chooser, []string{"struct", "*struct"})); v != nil && w.of.level < maxLevel && w.calls > 0 {
			w.calls--
			if m := w.method(v.recv, 0); m != nil {
				return fmt.Sprintf("%s.%s(%s)", ref(v), ref(m), w.int(d))
			}
		}
	case 10:
		if v := w.variable("[]int"); v != nil {
			gs := w.kind("genfunc")
			return fmt.Sprintf("%s(%s, func(a int) int { return a + %s })", ref(pick(w.chooser, gs)), ref(v), w.int(0))
		}
	case 11:
		gs := w.kind("genfunc")
		return fmt.Sprintf("%s([]string{%s, \"q\"}, func(a string) int { return len(a) })", ref(pick(w.chooser, gs)), w.str(0))
	case 12:
		if v := w.variable("map[string]int"); v != nil {
			return fmt.Sprintf("%s[%q]", ref(v), pick(w.chooser, []string{"a", "b"}))
		}
	case 13:
		g := w.kind("gentype")[0]
		m := w.kind("genmethod")[0]
		t := pick(w.chooser, []string{"int", "string"})
		arg := w.int(0)
		if t == "string" {
			arg = w.str(0)
		}
		return fmt.Sprintf("(&%s[%s]{}).%s(%s)", ref(g), t, ref(m), arg)
	}
	return leaf
}

// str writes an expression of type string.
func (w *writer) str(depth int) string {
	leaf := fmt.Sprintf("%q", strings.Repeat("x", w.intn(3)))
	if len(w.strs) > 0 {
		leaf = pick(w.chooser, append([]string{leaf}, w.strs...))
	}
	if depth == 0 {
		return leaf
	}
	d := depth - 1
	switch w.intn(8) {
	case 0:
		return fmt.Sprintf("%s + %s", w.str(d), w.str(d))
	case 1:
		return fmt.Sprintf("fmt.Sprint(%s, %s)", w.int(d), w.str(d))
	case 2:
		return fmt.Sprintf("strings.ToUpper(%s)", w.str(d))
	case 3:
		if f := w.callee(1); f != nil {
			return fmt.Sprintf("%s(%s)", ref(f), w.str(d))
		}
	case 4:
		if cs := w.all(func(e *entity) bool { return e.kind == "const" && e.typ == "string" }); len(cs) > 0 {
			return ref(pick(w.chooser, cs))
		}
	case 5:
		if v := w.variable("string"); v != nil {
			return ref(v)
		}
	case 6:
		if v := w.variable("struct"); v != nil && w.of.level < maxLevel {
			if m := w.method(v.recv, 1); m != nil {
				return fmt.Sprintf("%s.%s(%s)", ref(v), ref(m), w.str(d))
			}
		}
	}
	return leaf
}

// method finds a type's method of a signature.
func (w *writer) method(typ, sig int) *entity {
	for _, e := range w.ents {
		if e.kind == "method" && e.recv == typ && e.sig == sig {
			return e
		}
	}
	return nil
}
