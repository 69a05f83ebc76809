package interp

import (
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"
	"weak"
)

// A method value is a closure over its receiver, and nothing tells what is in a
// closure. So emitted code has every method value made by a function of its
// own, which tells the host whose it is: when types change, the value is made
// anew for the receiver that the old one has become (carry_func.go).

// bindKey begins the keys of method values: what follows is the key of the
// method, or of the function that calls it through an interface.
const bindKey = "bind "

// boundMethod is what a method value was made of.
type boundMethod struct {
	key  string
	recv any // nil when at is set
	at   weak.Pointer[byte]
	typ  reflect.Type // of the pointer that at is
}

// receiver gives the receiver. The method value itself keeps it alive.
func (b boundMethod) receiver() reflect.Value {
	if b.typ == nil {
		return reflect.ValueOf(b.recv)
	}
	return reflect.NewAt(b.typ.Elem(), unsafe.Pointer(b.at.Value())).Convert(b.typ)
}

// boundMethods are the method values that are alive. It may be used from any
// goroutine.
type boundMethods struct {
	mu   sync.Mutex
	made map[uintptr]boundMethod // by what tells func values apart
}

// note remembers a method value for as long as it lives. It does not keep it
// alive: a receiver that is a pointer, which may well lead to the method value,
// is held weakly.
func (m *boundMethods) note(key string, recv, f any) any {
	v := reflect.ValueOf(f)
	if v.Kind() != reflect.Func || v.IsNil() {
		return f
	}
	b := boundMethod{key: key, recv: recv}
	if r := reflect.ValueOf(recv); r.Kind() == reflect.Pointer && !r.IsNil() && r.Type().Elem().Size() > 0 {
		b = boundMethod{key: key, at: weak.Make((*byte)(r.UnsafePointer())), typ: r.Type()}
	}
	closure := closureOf(v)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.made == nil {
		m.made = map[uintptr]boundMethod{}
	}
	m.made[uintptr(closure)] = b
	runtime.AddCleanup((*byte)(closure), m.forget, uintptr(closure))
	return f
}

func (m *boundMethods) forget(closure uintptr) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.made, closure)
}

// of finds what a func value was made of, if it is a method value.
func (m *boundMethods) of(f reflect.Value) (boundMethod, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.made[uintptr(closureOf(f))]
	return b, ok
}

// methodOf is the key of the method in the key of a method value; dynamic tells
// that it is called through an interface.
func (b boundMethod) methodOf() (key string, dynamic bool) {
	key = strings.TrimPrefix(b.key, bindKey)
	return key, strings.HasPrefix(key, callKey)
}

// renamedKey is the key that a method value has after types were renamed.
func renamedKey(key string, renamed map[*types.TypeName]*types.TypeName) string {
	for o, n := range renamed {
		for _, recv := range []string{"(", "(*"} {
			key = strings.Replace(key, recv+o.Name()+")", recv+n.Name()+")", 1)
		}
	}
	return key
}
