package interp

import (
	"reflect"
	"runtime"
	"strings"
	"time"
	"unsafe"
)

// A patch leaves a function's callers making the frames of the version before,
// which costs each call of the new one about a third: its entry has to make a
// frame of its own. That is settled a little later, in the background: the list
// of types that frames are made from is replaced, in place. Who reads it
// meanwhile makes a frame of both kinds, which the entry goes on replacing until
// a look at all stacks shows that no goroutine is in the middle of making one.
//
// Frames are made in two steps, of which the second one must not find a longer
// list. So a list grows only while no goroutine is in the script at all and the
// gate is shut. Until then the entry adds what is missing.

const (
	// settleAfter is how long after a patch that is done.
	settleAfter = 100 * time.Millisecond
	// settleRetry is how long after it was not possible, at most: each time it is
	// twice as long.
	settleRetry = time.Minute
)

// roomy copies a list of types with room for later versions behind it, so that
// it never moves.
func roomy(types []reflect.Type) []reflect.Type {
	out := make([]reflect.Type, 2*len(types)+24)
	for i := range out {
		out[i] = reflect.TypeFor[struct{}]()
	}
	copy(out, types)
	return out[:len(types)]
}

// unsettle notes which functions an emission gave another version, and sees to
// their being settled. mu is held.
func (l *Live) unsettle(e *emission) {
	for _, c := range e.emitted {
		if n := l.names.entries[c.target]; n != nil && c.target != c.name {
			l.unsettled[n] = true
		}
	}
	if len(l.unsettled) > 0 && !l.settling {
		l.settling, l.settleWait = true, settleAfter
		l.settler = time.AfterFunc(settleAfter, l.settleNow)
	}
}

// settleNow settles what is not settled, or tries again later.
func (l *Live) settleNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settling = !l.settle()
	if l.settling {
		l.settleWait = min(2*l.settleWait, settleRetry)
		l.settler.Reset(l.settleWait)
	}
}

// settle has calls make the frames that the newest versions need. It fails when
// there is something left to do. mu is held.
func (l *Live) settle() bool {
	rec := records()
	grows := false
	for n := range l.unsettled {
		list, types := rec.frameTypes(n.decl), n.now.Load().types
		if !canReplace(list, types) {
			delete(l.unsettled, n) // its entry goes on making frames
			continue
		}
		grows = grows || len(types) > len(list)
	}
	quiet := false
	if grows {
		left := l.gate.close(0)
		defer l.gate.open()
		quiet = left == 0 && !onStacks(func(string) bool { return true })
	}
	for n := range l.unsettled {
		list, types := rec.frameTypes(n.decl), n.now.Load().types
		if len(types) > len(list) && !quiet {
			types = types[:len(list)]
		}
		replaceTypes(list, rec.frameLength(n.decl), types)
	}
	if onStacks(makesFrame) {
		return false
	}
	for n := range l.unsettled {
		v, made := n.now.Load(), len(rec.frameTypes(n.decl))
		v.made.Store(int32(made))
		if made == len(v.types) {
			delete(l.unsettled, n)
		}
	}
	return len(l.unsettled) == 0
}

// typeWords are the words of a type in a list, of which the first one says how
// it is represented.
func typeWords(t *reflect.Type) *[2]unsafe.Pointer { return (*[2]unsafe.Pointer)(unsafe.Pointer(t)) }

// canReplace tells whether there is room for types in the place of a list, and
// only one word of each differs.
func canReplace(list, types []reflect.Type) bool {
	room := list[:cap(list)]
	for i := range types {
		if i >= len(room) || typeWords(&room[i])[0] != typeWords(&types[i])[0] {
			return false
		}
	}
	return true
}

// replaceTypes writes a list of types over another one, which others may be
// reading: each sees one or the other. The race detector is kept out of it.
//
//go:norace
func replaceTypes(list []reflect.Type, length *int, types []reflect.Type) {
	list = list[:cap(list)]
	for i := range types {
		typeWords(&list[i])[1] = typeWords(&types[i])[1]
	}
	*length = len(types)
}

// inInterpreter begins the names of the interpreter's functions.
const inInterpreter = "github.com/traefik/yaegi/interp."

// onStacks looks for a goroutine that runs the script and has a stack like that.
// When there are too many to look at it says yes.
func onStacks(like func(stack string) bool) bool {
	buf := make([]byte, 64<<10)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		if len(buf) > 16<<20 {
			return true
		}
		buf = make([]byte, 4*len(buf))
		n = runtime.Stack(buf, true)
	}
	for stack := range strings.SplitSeq(string(buf[:n]), "\n\n") {
		if strings.Contains(stack, inInterpreter) && like(stack) {
			return true
		}
	}
	return false
}

// makesFrame tells whether a goroutine may be making a frame: it is where the
// interpreter calls a function, or is called through a func value, and has not
// yet come to running it.
func makesFrame(stack string) bool {
	for line := range strings.SplitSeq(stack, "\n") {
		switch {
		case strings.HasPrefix(line, inInterpreter+"runCfg("), strings.HasPrefix(line, "reflect.Value.call("):
			return false
		case strings.HasPrefix(line, inInterpreter+"call.func"), strings.HasPrefix(line, inInterpreter+"genFunctionWrapper."), strings.HasPrefix(line, inInterpreter+"newFrame"):
			return true
		}
	}
	return false
}
