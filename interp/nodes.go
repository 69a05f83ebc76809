package interp

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// The interpreter has no way to replace a function and none to forget one. Both
// are done on its own records (bodies.go): the nodes of the trees that it runs,
// and the tables through which it finds them. Where a field lies is asked from
// reflection, by its name; when one is not what is expected here, as in another
// release of the interpreter, nothing is loaded. A test tells it before.

// nodeLayout says where the fields that matter lie.
type nodeLayout struct {
	scopes, roots           uintptr // in an interpreter
	program                 uintptr // root in a compiled program
	symbols, children       uintptr // in a scope
	symbolNode, symbolIndex uintptr // in a symbol
	child, types, ident     uintptr // in a node
	start, tnext, fnext     uintptr
	meta                    uintptr
	exec, gen, nodePos, in  uintptr
	frame                   uintptr // in an interpreter
	data, globalsOf, note   uintptr // in a frame
	frameType               reflect.Type
	node                    reflect.Type
	scopesType, symbolsType reflect.Type
}

// code is what the interpreter runs for a node: it works on a frame and gives
// what follows.
type code func(frame unsafe.Pointer) code

// records is nil when the interpreter's records are not what they should be.
var records = sync.OnceValue(func() *nodeLayout {
	l, err := findLayout()
	if err != nil {
		return nil
	}
	frameData, frameRoot, frameNote = l.data, l.globalsOf, l.note
	return l
})

func findLayout() (*nodeLayout, error) {
	var err error
	field := func(of reflect.Type, name, typ string) reflect.StructField {
		for of.Kind() != reflect.Struct && err == nil { // what is found in pointers, lists and tables
			of = of.Elem()
		}
		f, ok := reflect.StructField{}, false
		if err == nil {
			f, ok = of.FieldByName(name)
		}
		if err == nil && (!ok || f.Type.String() != typ) {
			err = fmt.Errorf("%v has no field %s of type %s", of, name, typ)
		}
		return f
	}
	const nodes, one, table, list = "*interp.node", "*interp.scope", "map[string]*interp.", "[]*interp."
	in := reflect.TypeFor[yaegi.Interpreter]()
	scopes, roots, frame := field(in, "scopes", table+"scope"), field(in, "roots", list+"node"), field(in, "frame", "*interp.frame")
	symbols := field(scopes.Type, "sym", table+"symbol")
	l := &nodeLayout{
		scopes: scopes.Offset, roots: roots.Offset, scopesType: scopes.Type, symbolsType: symbols.Type,
		program:     field(reflect.TypeFor[yaegi.Program](), "root", nodes).Offset,
		symbols:     symbols.Offset,
		children:    field(scopes.Type, "child", list+"scope").Offset,
		symbolNode:  field(symbols.Type, "node", nodes).Offset,
		symbolIndex: field(symbols.Type, "index", "int").Offset,
		child:       field(roots.Type, "child", list+"node").Offset,
		types:       field(roots.Type, "types", "[]reflect.Type").Offset,
		meta:        field(roots.Type, "meta", "interface {}").Offset,
		ident:       field(roots.Type, "ident", "string").Offset,
		start:       field(roots.Type, "start", nodes).Offset,
		tnext:       field(roots.Type, "tnext", nodes).Offset,
		fnext:       field(roots.Type, "fnext", nodes).Offset,
		exec:        field(roots.Type, "exec", "interp.bltn").Offset,
		gen:         field(roots.Type, "gen", "interp.bltnGenerator").Offset,
		nodePos:     field(roots.Type, "pos", "token.Pos").Offset,
		in:          field(roots.Type, "scope", one).Offset,
		frame:       frame.Offset,
		data:        field(frame.Type, "data", "[]reflect.Value").Offset,
		globalsOf:   field(frame.Type, "root", "*interp.frame").Offset,
		note:        field(frame.Type, "debug", "*interp.frameDebugData").Offset,
	}
	if err != nil {
		return nil, err
	}
	l.node, l.frameType = roots.Type.Elem().Elem(), frame.Type.Elem()
	for name, want := range map[string]reflect.Type{ // as code, and what makes it, are declared here
		"exec": reflect.FuncOf([]reflect.Type{frame.Type}, []reflect.Type{field(roots.Type, "exec", "interp.bltn").Type}, false),
		"gen":  reflect.FuncOf([]reflect.Type{roots.Type.Elem()}, nil, false),
	} {
		if f, _ := l.node.FieldByName(name); !f.Type.ConvertibleTo(want) {
			return nil, fmt.Errorf("%v.%s is no %v", l.node, name, want)
		}
	}
	return l, nil
}

func within[T any](at unsafe.Pointer, offset uintptr) *T { return (*T)(unsafe.Add(at, offset)) }

func (l *nodeLayout) code(n unsafe.Pointer) *code            { return within[code](n, l.exec) }
func (l *nodeLayout) pos(n unsafe.Pointer) *int              { return within[int](n, l.nodePos) }
func (l *nodeLayout) scope(n unsafe.Pointer) *unsafe.Pointer { return within[unsafe.Pointer](n, l.in) }
func (l *nodeLayout) root(p *yaegi.Program) unsafe.Pointer {
	return *within[unsafe.Pointer](unsafe.Pointer(p), l.program)
}

// parts are the receiver, name, type and body of a function's declaration.
func (l *nodeLayout) parts(decl unsafe.Pointer) []unsafe.Pointer {
	return *within[[]unsafe.Pointer](decl, l.child)
}

func (l *nodeLayout) name(decl unsafe.Pointer) unsafe.Pointer { return l.parts(decl)[1] }

// body is the node of a function's body, nil when it has none that can run.
func (l *nodeLayout) body(decl unsafe.Pointer) unsafe.Pointer {
	if c := l.parts(decl); len(c) == 4 && c[3] != nil && l.first(c[3]) != nil {
		return c[3]
	}
	return nil
}

// first is the node of a body that runs first.
func (l *nodeLayout) first(body unsafe.Pointer) unsafe.Pointer {
	return *within[unsafe.Pointer](body, l.start)
}

func (l *nodeLayout) setFirst(body, n unsafe.Pointer) { *within[unsafe.Pointer](body, l.start) = n }

// frameTypes are those of what a function's frame holds: results, parameters,
// and the rest.
func (l *nodeLayout) frameTypes(decl unsafe.Pointer) []reflect.Type {
	return *within[[]reflect.Type](decl, l.types)
}

// frameLength is where the length of that list stands.
func (l *nodeLayout) frameLength(decl unsafe.Pointer) *int {
	return &within[[3]int](decl, l.types)[1]
}

func (l *nodeLayout) setFrameTypes(decl unsafe.Pointer, t []reflect.Type) {
	*within[[]reflect.Type](decl, l.types) = t
}

// before makes a node that runs before another one. make is called when code is
// made of the two, the other one's first.
func (l *nodeLayout) before(start unsafe.Pointer, make func(*code)) unsafe.Pointer {
	v := reflect.New(l.node)
	v.Elem().Set(reflect.NewAt(l.node, start).Elem())
	n := v.UnsafePointer()
	*within[[]unsafe.Pointer](n, l.child) = nil
	*within[unsafe.Pointer](n, l.tnext), *within[unsafe.Pointer](n, l.fnext) = start, nil
	*l.code(n) = nil
	*within[func(unsafe.Pointer)](n, l.gen) = func(n unsafe.Pointer) { make(l.code(n)) }
	return n
}

// symbolsOf is the table of what the script's package declares.
func (l *nodeLayout) symbolsOf(i *yaegi.Interpreter) (scope unsafe.Pointer, symbols reflect.Value) {
	s := reflect.NewAt(l.scopesType, unsafe.Add(unsafe.Pointer(i), l.scopes)).Elem().MapIndex(reflect.ValueOf("main"))
	if !s.IsValid() || s.IsNil() {
		return nil, reflect.Zero(l.symbolsType)
	}
	return s.UnsafePointer(), reflect.NewAt(l.symbolsType, unsafe.Add(s.UnsafePointer(), l.symbols)).Elem()
}

// function finds the declaration of a function by its name.
func (l *nodeLayout) function(symbols reflect.Value, name string) unsafe.Pointer {
	s := symbols.MapIndex(reflect.ValueOf(name))
	if !s.IsValid() || s.IsNil() {
		return nil
	}
	return *within[unsafe.Pointer](s.UnsafePointer(), l.symbolNode)
}

// globals is where the interpreter has the frame of what is global.
func (l *nodeLayout) globals(i *yaegi.Interpreter) *unsafe.Pointer {
	return within[unsafe.Pointer](unsafe.Pointer(i), l.frame)
}

// without copies the frame of what is global and leaves out the variables at
// some places. All others stay where they are.
func (l *nodeLayout) without(global unsafe.Pointer, places []int) unsafe.Pointer {
	v := reflect.New(l.frameType)
	out := v.UnsafePointer()
	v.Elem().Set(reflect.NewAt(l.frameType, global).Elem())
	data := slices.Clone(*within[[]reflect.Value](global, l.data))
	for _, i := range places {
		data[i] = reflect.Value{}
	}
	*within[[]reflect.Value](out, l.data), *within[unsafe.Pointer](out, l.globalsOf) = data, out
	return out
}

// place is where a variable is in the frame of what is global, -1 for what is
// none.
func (l *nodeLayout) place(symbols reflect.Value, name string) int {
	s := symbols.MapIndex(reflect.ValueOf(name))
	if !s.IsValid() || s.IsNil() {
		return -1
	}
	return *within[int](s.UnsafePointer(), l.symbolIndex)
}

func (l *nodeLayout) letGo(i *yaegi.Interpreter, names []string) {
	*within[[]unsafe.Pointer](unsafe.Pointer(i), l.roots) = nil
	scope, symbols := l.symbolsOf(i)
	if scope == nil {
		return
	}
	*within[[]unsafe.Pointer](scope, l.children) = nil
	for _, name := range names {
		symbols.SetMapIndex(reflect.ValueOf(name), reflect.Value{})
	}
}
