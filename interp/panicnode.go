package interp

import (
	"fmt"
	"go/token"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// Of a panic in interpreted code the interpreter says in which function it is,
// and package reflect says what it was, but nobody says which expression it was
// and which values were in it. While the panic goes up that is all still there:
// the stack of the goroutine names the interpreter's function that failed, and
// the tree and the variables of the interpreted function that it failed in. The
// expressions that this function of the interpreter evaluates are few; often one
// of them is the only one that can fail in this way with the values as they are.
//
// This looks into the interpreter's own structures, of which it learns by
// reflection how they are laid out. Should they be different one day, panics
// say less again.

// yaegiLayout is where things are in the interpreter's structures.
type yaegiLayout struct {
	child, anc, tnext, findex, level, kind, pos, sym, gen, rval, ident uintptr // of a node
	index, global, node                                                uintptr // of a symbol
	root, outer, data                                                  uintptr // of a frame
	kinds                                                              reflect.Type
}

// yaegiForm finds out where things are; nil when they are not as expected.
var yaegiForm = sync.OnceValue(func() *yaegiLayout {
	l := &yaegiLayout{}
	ok := true
	field := func(t reflect.Type, name string, kind reflect.Kind) (uintptr, reflect.Type) {
		if t == nil || t.Kind() != reflect.Struct {
			ok = false
			return 0, nil
		}
		f, found := t.FieldByName(name)
		if !found || f.Type.Kind() != kind {
			ok = false
			return 0, nil
		}
		return f.Offset, f.Type
	}
	elem := func(t reflect.Type) reflect.Type {
		if t == nil || t.Kind() != reflect.Pointer {
			return nil
		}
		return t.Elem()
	}
	_, pointer := field(reflect.TypeFor[yaegi.Program](), "root", reflect.Pointer)
	node := elem(pointer)
	var exec, values, list reflect.Type
	l.child, list = field(node, "child", reflect.Slice)
	l.anc, _ = field(node, "anc", reflect.Pointer)
	l.tnext, _ = field(node, "tnext", reflect.Pointer)
	l.findex, _ = field(node, "findex", reflect.Int)
	l.level, _ = field(node, "level", reflect.Int)
	l.kind, l.kinds = field(node, "kind", reflect.Uint)
	l.pos, _ = field(node, "pos", reflect.Int)
	l.gen, _ = field(node, "gen", reflect.Func)
	l.ident, _ = field(node, "ident", reflect.String)
	l.rval, values = field(node, "rval", reflect.Struct)
	ok = ok && list.Elem() == pointer && values == reflect.TypeFor[reflect.Value]() && l.kinds.Implements(reflect.TypeFor[fmt.Stringer]())
	sym, symbol := field(node, "sym", reflect.Pointer)
	l.sym = sym
	l.index, _ = field(elem(symbol), "index", reflect.Int)
	l.global, _ = field(elem(symbol), "global", reflect.Bool)
	l.node, _ = field(elem(symbol), "node", reflect.Pointer)
	_, exec = field(node, "exec", reflect.Func)
	if !ok || exec.NumIn() != 1 {
		return nil
	}
	frame := elem(exec.In(0))
	l.root, _ = field(frame, "root", reflect.Pointer)
	l.outer, _ = field(frame, "anc", reflect.Pointer)
	l.data, values = field(frame, "data", reflect.Slice)
	if !ok || values != reflect.TypeFor[[]reflect.Value]() {
		return nil
	}
	return l
})

// load reads a field of type T in one of the structures.
func load[T any](p unsafe.Pointer, offset uintptr) T { return *(*T)(unsafe.Add(p, offset)) }

// failure is what is known of the expression that panicked.
type failure struct {
	at   []token.Pos // where it can be, in the emitted file
	text string      // what compiled code says; empty when unknown
}

// failed looks at the panic that is going up on the calling goroutine, which
// must be below the interpreter's handling of it.
func failed() (out failure) {
	l := yaegiForm()
	if l == nil {
		return out
	}
	defer func() {
		if recover() != nil {
			out = failure{}
		}
	}()
	fn, node, frame := failingCall()
	if node == nil {
		return out
	}
	in := l.running(node)
	if in == nil {
		return out
	}
	l.walk(in, func(n unsafe.Pointer) {
		if l.generator(n) != fn {
			return
		}
		text, fails := l.explain(fn, n, frame)
		if !fails {
			return
		}
		if len(out.at) > 0 && text != out.text {
			text = ""
		}
		out.at, out.text = append(out.at, token.Pos(load[int](n, l.pos))), text
	})
	return out
}

// line is the line that a failure is on, when there is only one where it can be.
func (f failure) line(fset *token.FileSet, file string) (line int, ok bool) {
	for _, pos := range f.at {
		p := fset.Position(pos)
		if p.Filename != file || line != 0 && p.Line != line {
			return 0, false
		}
		line = p.Line
	}
	return line, line != 0
}

const yaegiPath = "github.com/traefik/yaegi/interp."

// failingCall reads off the stack which function of the interpreter made the
// code that panicked, and the node and the frame of the interpreted function.
func failingCall() (fn string, node, frame unsafe.Pointer) {
	buf := make([]byte, 8<<10)
	buf = buf[:runtime.Stack(buf, false)]
	panicking := false
	for line := range strings.Lines(string(buf)) {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		if strings.HasPrefix(line, "panic(") {
			panicking = true
			continue
		}
		name, isYaegi := strings.CutPrefix(line, yaegiPath)
		if !panicking || !isYaegi {
			continue
		}
		if args, ok := strings.CutPrefix(name, "runCfg("); ok {
			a, rest, _ := strings.Cut(args, ", ")
			b, _, _ := strings.Cut(rest, ", ")
			n, err := strconv.ParseUint(strings.TrimPrefix(a, "0x"), 16, 64)
			f, err2 := strconv.ParseUint(strings.TrimPrefix(b, "0x"), 16, 64)
			if err != nil || err2 != nil || n == 0 || f == 0 {
				return "", nil, nil // marked as uncertain
			}
			return fn, address(n), address(f)
		}
		fn, _, _ = strings.Cut(name, ".func")
		if strings.Contains(fn, "(") {
			return "", nil, nil
		}
	}
	return "", nil, nil
}

// address makes a pointer of one that the stack of this goroutine holds, which
// keeps what it points to.
func address(n uint64) unsafe.Pointer {
	p := uintptr(n)
	return *(*unsafe.Pointer)(unsafe.Pointer(&p))
}

func (l *yaegiLayout) kindOf(n unsafe.Pointer) string {
	return reflect.NewAt(l.kinds, unsafe.Add(n, l.kind)).Elem().Interface().(fmt.Stringer).String()
}

// function is the node of the function that a node is in.
func (l *yaegiLayout) function(n unsafe.Pointer) unsafe.Pointer {
	for {
		up := load[unsafe.Pointer](n, l.anc)
		if k := l.kindOf(n); up == nil || k == "funcDecl" || k == "funcLit" {
			return n
		}
		n = up
	}
}

// running is the function that runs: that of a node, or of the one behind it
// where the node only leads to the newest version of its function.
func (l *yaegiLayout) running(n unsafe.Pointer) unsafe.Pointer {
	for range 2 {
		in, here := l.function(n), false
		l.walk(in, func(other unsafe.Pointer) { here = here || load[int](other, l.pos) == load[int](n, l.pos) })
		if here {
			return in
		}
		if n = load[unsafe.Pointer](n, l.tnext); n == nil {
			return nil
		}
	}
	return nil
}

// walk visits the nodes of a function, those of functions in it left out.
func (l *yaegiLayout) walk(n unsafe.Pointer, visit func(unsafe.Pointer)) {
	for _, c := range load[[]unsafe.Pointer](n, l.child) {
		if c == nil || l.kindOf(c) == "funcLit" {
			continue
		}
		visit(c)
		l.walk(c, visit)
	}
}

// generator names the interpreter's function that makes the code of a node.
func (l *yaegiLayout) generator(n unsafe.Pointer) string {
	gen := load[unsafe.Pointer](n, l.gen)
	if gen == nil {
		return ""
	}
	f := runtime.FuncForPC(*(*uintptr)(gen))
	if f == nil {
		return ""
	}
	return strings.TrimPrefix(f.Name(), yaegiPath)
}

// value is what an operand is, as the interpreter's genValue has it.
func (l *yaegiLayout) value(n, frame unsafe.Pointer) reflect.Value {
	if v := load[reflect.Value](n, l.rval); v.IsValid() {
		return v
	}
	i := load[int](n, l.findex)
	if sym := load[unsafe.Pointer](n, l.sym); sym != nil {
		i = load[int](sym, l.index)
		if other := load[unsafe.Pointer](sym, l.node); i < 0 && other != nil && other != n {
			return l.value(other, frame)
		}
		if load[bool](sym, l.global) {
			return load[[]reflect.Value](load[unsafe.Pointer](frame, l.root), l.data)[i]
		}
	}
	if i < 0 {
		return reflect.Value{}
	}
	level := load[int](n, l.level)
	if level < 0 {
		frame = load[unsafe.Pointer](frame, l.root)
	}
	for ; level > 0; level-- {
		frame = load[unsafe.Pointer](frame, l.outer)
	}
	return load[[]reflect.Value](frame, l.data)[i]
}

// operand is value, evaluated anew where that needs only fields and elements of
// variables: what was not evaluated yet has no value. It is not known when it
// cannot be evaluated either.
func (l *yaegiLayout) operand(n, frame unsafe.Pointer) (v reflect.Value, known bool) {
	children := load[[]unsafe.Pointer](n, l.child)
	switch kind := l.kindOf(n); {
	case kind == "parenExpr" && len(children) == 1:
		return l.operand(children[0], frame)
	case kind == "selectorExpr" && len(children) == 2 && strings.HasPrefix(l.generator(n), "get"):
		of, known := l.operand(children[0], frame)
		if !known {
			return of, false
		}
		for of.IsValid() && of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.IsValid() && of.Kind() == reflect.Struct {
			if f := of.FieldByName(load[string](children[1], l.ident)); f.IsValid() {
				return f, true
			}
		}
		return reflect.Value{}, of.IsValid() // a method, or nil
	case kind == "indexExpr" && len(children) == 2 && l.generator(n) == "getIndexArray":
		of, known := l.operand(children[0], frame)
		index, ok := l.operand(children[1], frame)
		if !known || !ok {
			return of, false
		}
		if _, fails := indexFailure(of, index); fails {
			return of, false
		}
		of, _ = elements(of)
		i, _, _ := asIndex(index)
		return of.Index(i), true
	}
	return l.value(n, frame), true
}
