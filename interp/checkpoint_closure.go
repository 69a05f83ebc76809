package interp

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unsafe"

	yaegi "github.com/traefik/yaegi/interp"
)

// The variables that a closure captured are in the frames of the interpreter
// that it was made in, each of them a list of places. A checkpoint saves the
// places and what is there.

// frameFields are where in a frame of the interpreter the fields are that are
// read; known is false when it has another shape than expected.
var frameFields = sync.OnceValue(func() (at struct {
	root, anc, data uintptr
	known           bool
}) {
	root, ok := reflect.TypeFor[yaegi.Program]().FieldByName("root")
	if !ok || !nodeFields().known {
		return at
	}
	exec, ok := root.Type.Elem().FieldByName("exec")
	if !ok || exec.Type.Kind() != reflect.Func || exec.Type.NumIn() != 1 || exec.Type.In(0).Kind() != reflect.Pointer {
		return at
	}
	frame := exec.Type.In(0)
	at.known = frame.Elem().Kind() == reflect.Struct
	find := func(name string, t reflect.Type) uintptr {
		if !at.known {
			return 0
		}
		f, ok := frame.Elem().FieldByName(name)
		at.known = ok && f.Type == t
		return f.Offset
	}
	at.root, at.anc = find("root", frame), find("anc", frame)
	at.data = find("data", reflect.TypeFor[[]reflect.Value]())
	return at
})

// asFrame takes an address for that of a frame; false when it cannot be one: all
// frames lead to one that is its own root. Whoever runs in the frame may be
// writing to it.
//
//go:norace
func asFrame(address uintptr) (at unsafe.Pointer, ok bool) {
	fields := frameFields()
	if !fields.known || address < 1<<16 || address%unsafe.Alignof(address) != 0 {
		return nil, false
	}
	at = *(*unsafe.Pointer)(unsafe.Pointer(&address))
	root := *(*unsafe.Pointer)(unsafe.Add(at, fields.root))
	return at, root != nil && *(*unsafe.Pointer)(unsafe.Add(root, fields.root)) == root
}

// closureFrames gives the frames that a closure was made in; none when that
// cannot be told.
func (l *Live) closureFrames(f reflect.Value) (out []unsafe.Pointer) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	n, ok := closureNode(f, l.i)
	if !ok {
		return nil
	}
	word := words(closureOf(f))[madeFunc()]
	behind := *(*unsafe.Pointer)(unsafe.Pointer(&word))
	for i := uintptr(1); i <= closureWords; i++ {
		w := *(*uintptr)(unsafe.Add(behind, i*unsafe.Sizeof(i)))
		if w == uintptr(n.at) {
			continue
		}
		if at, ok := frameAtAddress(w); ok && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// frameAtAddress is asFrame for what may be no address at all.
//
//go:norace
func frameAtAddress(w uintptr) (at unsafe.Pointer, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return asFrame(w)
}

// savedFrame is the list of places of a frame.
type savedFrame struct {
	places []reflect.Value
	copies []reflect.Value
	// Places that hold a func value, and what is in them. Most are the
	// interpreter's own, for calls that were made: only closures are followed.
	funcs, were []reflect.Value
	root        int
}

// plainFunction tells whether a func value is a declared function of a compiled
// package: it has captured nothing.
func plainFunction(f reflect.Value) bool {
	if f.Pointer() == makerOf() {
		return false
	}
	code := runtime.FuncForPC(f.Pointer())
	if code == nil {
		return false
	}
	name := code.Name()[strings.LastIndexByte(code.Name(), '/')+1:]
	return strings.Count(name, ".") == 1 && !strings.HasSuffix(name, "-fm") && !strings.HasPrefix(name, "reflect.")
}

// captured saves what a closure captured, and what that leads to; false when it
// cannot. Where goroutines run on it does not: the frames may be theirs.
func (c *checkpoint) captured(f reflect.Value) bool {
	if !c.alone {
		return false
	}
	frames := c.live.closureFrames(f)
	for _, at := range frames {
		c.frame(at)
	}
	return len(frames) > 0
}

// frame saves a frame and those around it but the outermost, which has the
// package variables.
func (c *checkpoint) frame(at unsafe.Pointer) {
	fields := frameFields()
	for ; at != nil && !c.seen[at]; at = *(*unsafe.Pointer)(unsafe.Add(at, fields.anc)) {
		c.seen[at] = true
		if *(*unsafe.Pointer)(unsafe.Add(at, fields.root)) == at {
			return
		}
		places := *(*[]reflect.Value)(unsafe.Add(at, fields.data))
		c.account(uintptr(len(places)) * unsafe.Sizeof(reflect.Value{}))
		saved := savedFrame{places: places, copies: slices.Clone(places), root: c.root}
		for _, v := range places {
			switch {
			case !v.IsValid():
			case v.Kind() == reflect.Func:
				if v.CanSet() {
					was := reflect.New(v.Type()).Elem()
					was.Set(v)
					saved.funcs, saved.were = append(saved.funcs, v), append(saved.were, was)
				}
				if _, ok := closureNode(v, c.live.i); ok {
					c.function(v)
				}
			case v.CanAddr():
				c.block(v.Addr().UnsafePointer(), v.Type())
			case v.CanInterface():
				c.value(v)
			}
		}
		c.frames = append(c.frames, saved)
	}
}

func (s *savedFrame) restore() (changed bool) {
	for i, f := range s.funcs {
		if closureOf(f) != closureOf(s.were[i]) {
			f.Set(s.were[i])
			changed = true
		}
	}
	n := uintptr(len(s.places)) * unsafe.Sizeof(reflect.Value{})
	if n == 0 || sameBytes(unsafe.Pointer(&s.places[0]), unsafe.Pointer(&s.copies[0]), n) {
		return changed
	}
	copy(s.places, s.copies)
	return true
}
