package interp

import (
	"go/token"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// Which code a goroutine runs, and which a closure was made of, the interpreter
// knows and does not tell. Both can be read off without any cost for code that
// runs: a stack trace shows the syntax node that each frame of the interpreter
// began at, and a closure holds the node of its literal. Nodes live as long as
// their interpreter.

// nodeFields are where in a node of the interpreter the fields are that are
// read; known is false when it has another shape than expected.
var nodeFields = sync.OnceValue(func() (at struct {
	interp, anc, child, pos, ident uintptr
	known                          bool
}) {
	root, ok := reflect.TypeFor[yaegi.Program]().FieldByName("root")
	if !ok || root.Type.Kind() != reflect.Pointer || root.Type.Elem().Kind() != reflect.Struct {
		return at
	}
	at.known = true
	find := func(name string, t reflect.Type) uintptr {
		f, ok := root.Type.Elem().FieldByName(name)
		at.known = at.known && ok && f.Type == t
		return f.Offset
	}
	at.interp = find("interp", reflect.TypeFor[*yaegi.Interpreter]())
	at.anc = find("anc", root.Type)
	at.child = find("child", reflect.SliceOf(root.Type))
	at.pos = find("pos", reflect.TypeFor[token.Pos]())
	at.ident = find("ident", reflect.TypeFor[string]())
	return at
})

// node is a syntax node of the interpreter.
type node struct{ at unsafe.Pointer }

// asNode takes an address for that of a node of one interpreter; false when it
// cannot be one.
//
//go:norace
func asNode(address uintptr, of *yaegi.Interpreter) (node, bool) {
	at := nodeFields()
	if !at.known || address < 1<<16 || address%unsafe.Alignof(address) != 0 {
		return node{}, false
	}
	n := node{*(*unsafe.Pointer)(unsafe.Pointer(&address))}
	return n, *(**yaegi.Interpreter)(unsafe.Add(n.at, at.interp)) == of
}

// mayBeNode is asNode for what may be no address at all.
//
//go:norace
func mayBeNode(address uintptr, of *yaegi.Interpreter) (n node, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return asNode(address, of)
}

func (n node) anc() node {
	return node{*(*unsafe.Pointer)(unsafe.Add(n.at, nodeFields().anc))}
}

func (n node) child() []unsafe.Pointer {
	return *(*[]unsafe.Pointer)(unsafe.Add(n.at, nodeFields().child))
}

// body is the body of the node of a function.
func (n node) body() node { return node{n.child()[nodeBody]} }

func (n node) pos() token.Pos { return *(*token.Pos)(unsafe.Add(n.at, nodeFields().pos)) }

func (n node) ident() string { return *(*string)(unsafe.Add(n.at, nodeFields().ident)) }

// Children of the node of a function, declared or literal.
const (
	nodeName  = 1
	nodeBody  = 3
	nodeParts = 4
)

// function finds the function that a node is in: the declared one's emitted
// name, and the position of the innermost literal if it is in one.
func (n node) function() (name string, literal token.Pos) {
	for up := n.anc(); up.at != nil; n, up = up, up.anc() {
		c := up.child()
		if len(c) != nodeParts || c[nodeBody] != n.at || c[nodeName] == nil {
			continue
		}
		if name = (node{c[nodeName]}).ident(); name != "" {
			return name, literal
		}
		if !literal.IsValid() {
			literal = up.pos()
		}
	}
	return "", literal
}

// madeFunc is where, in words, a func value made by package reflect holds the
// Go function behind it; -1 when it cannot be told.
var madeFunc = sync.OnceValue(func() int {
	behind := func([]reflect.Value) []reflect.Value { return nil }
	made := words(closureOf(reflect.MakeFunc(reflect.TypeFor[func()](), behind)))
	for i := range made {
		if made[i] == uintptr(closureOf(reflect.ValueOf(behind))) {
			return i
		}
	}
	return -1
})

// makerOf is the function of package reflect that all func values of the
// interpreter lead to.
var makerOf = sync.OnceValue(func() uintptr {
	return reflect.MakeFunc(reflect.TypeFor[func()](), func([]reflect.Value) []reflect.Value { return nil }).Pointer()
})

// words is what a func value of package reflect is made of. Its size is that of
// the value itself.
func words(at unsafe.Pointer) *[6]uintptr { return (*[6]uintptr)(at) }

// closureCode begins the names of the Go functions behind closures of the
// interpreter: of one that is put into a variable, and of one that goes straight
// into something else. Among what they captured are the node of the literal and
// frames.
var closureCode = []string{"github.com/traefik/yaegi/interp.getFunc.", "github.com/traefik/yaegi/interp.genFunctionWrapper."}

// closureWords is how much of what they captured is looked at.
const closureWords = 4

// closureNode finds the literal that a func value was made of; false when it is
// no closure of the interpreter's.
func closureNode(f reflect.Value, of *yaegi.Interpreter) (node, bool) {
	at := madeFunc()
	if at < 0 || f.IsNil() || f.Pointer() != makerOf() {
		return node{}, false
	}
	word := words(closureOf(f))[at]
	behind := *(*unsafe.Pointer)(unsafe.Pointer(&word))
	code := runtime.FuncForPC(*(*uintptr)(behind))
	if code == nil || !slices.ContainsFunc(closureCode, func(c string) bool { return strings.HasPrefix(code.Name(), c) }) {
		return node{}, false
	}
	for i := uintptr(1); i <= closureWords; i++ {
		n, ok := mayBeNode(*(*uintptr)(unsafe.Add(behind, i*unsafe.Sizeof(i))), of)
		if ok && len(n.child()) == nodeParts && n.body().at != nil {
			return n, true
		}
	}
	return node{}, false
}
