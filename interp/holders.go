package interp

import (
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
	"unsafe"
	"weak"
)

// oldClosures finds closures of old code of some units, nil for all, that
// package variables lead to and timers wait with. What runs is held by the
// caller. whole is false when there was no time to look at everything.
func (l *Live) oldClosures(p *program, units map[string]bool, within time.Duration) (list []OldCode, whole bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	f := finder{live: l, units: units, until: time.Now().Add(within), seen: map[span]bool{}, funcs: map[unsafe.Pointer]bool{}}
	for _, u := range p.units {
		if u.kind != KindVar || u.name == "_" {
			continue
		}
		f.holder = u.shownName()
		if at := l.pointer(u.id); at.IsValid() {
			f.push(at.UnsafePointer(), layoutOf(at.Type().Elem()), 1)
		}
		if !f.follow() {
			return summed(f.out), false
		}
	}
	f.holder = "a timer"
	for _, fn := range l.host.timed.waiting() {
		f.function(fn)
	}
	return summed(f.out), true
}

// finder looks for closures in what values lead to.
type finder struct {
	live   *Live
	units  map[string]bool
	until  time.Time
	holder string
	seen   map[span]bool // memory that was, or will be, looked at; its root is not set
	funcs  map[unsafe.Pointer]bool
	work   []span
	count  int
	out    []OldCode
}

func (f *finder) push(at unsafe.Pointer, l *layout, count int) {
	s := span{at: at, layout: l, count: count}
	if l.foreign || !l.leads() || count == 0 || f.seen[s] {
		return
	}
	f.seen[s] = true
	f.work = append(f.work, s)
}

// follow looks at everything there is to look at; false when the time is over.
func (f *finder) follow() bool {
	for len(f.work) > 0 {
		s := f.work[len(f.work)-1]
		f.work = f.work[:len(f.work)-1]
		for i := range s.count {
			f.parts(unsafe.Add(s.at, uintptr(i)*s.layout.size), s.layout)
			if f.count++; f.count%1024 == 0 && time.Now().After(f.until) {
				return false
			}
		}
	}
	return true
}

func (f *finder) parts(at unsafe.Pointer, l *layout) {
	for i := range l.parts {
		p := &l.parts[i]
		at := unsafe.Add(at, p.offset)
		switch p.kind {
		case reflect.Array:
			f.push(at, p.of, p.count)
		case reflect.Struct:
			(*sync.Map)(at).Range(func(k, v any) bool {
				f.inside(k)
				f.inside(v)
				return true
			})
		default:
			f.value(reflect.NewAt(p.rt, at).Elem())
		}
	}
}

func (f *finder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f.push(v.UnsafePointer(), layoutOf(v.Type().Elem()), 1)
		}
	case reflect.Slice:
		f.push(v.UnsafePointer(), layoutOf(v.Type().Elem()), v.Len())
	case reflect.Map:
		if v.IsNil() || !layoutOf(v.Type().Key()).leads() && !layoutOf(v.Type().Elem()).leads() {
			return
		}
		s := span{at: v.UnsafePointer(), count: -1}
		if f.seen[s] {
			return
		}
		f.seen[s] = true
		for it := v.MapRange(); it.Next(); {
			f.value(it.Key())
			f.value(it.Value())
		}
	case reflect.Func:
		f.function(v)
	case reflect.Interface:
		if !v.IsNil() {
			f.inside(v.Elem().Interface())
		}
	case reflect.Struct, reflect.Array:
		if l := layoutOf(v.Type()); l.leads() {
			at := reflect.New(v.Type())
			at.Elem().Set(v)
			f.push(at.UnsafePointer(), l, 1)
		}
	}
}

func (f *finder) inside(x any) {
	if b, ok := f.live.dyns.plain(x).(box); ok {
		x = b.v
	}
	switch x.(type) {
	case nil, int, string, bool, float64, reflect.Type:
		return
	}
	f.value(reflect.ValueOf(x))
}

// function looks at a func value. A declared function, as a value, leads to its
// newest version, and so does a method value, whose receiver is looked at.
func (f *finder) function(v reflect.Value) {
	if v.IsNil() || f.funcs[closureOf(v)] {
		return
	}
	f.funcs[closureOf(v)] = true
	if b, ok := f.live.bound.of(v); ok {
		if recv := b.receiver(); recv.IsValid() {
			f.inside(recv.Interface())
		}
		return
	}
	n, ok := closureNode(v, f.live.i)
	if !ok {
		return
	}
	c, ok := f.live.codeOf(n.body())
	if !ok || !c.literal.IsValid() { // a declared function leads to its newest version
		return
	}
	if o, old := f.live.oldCode(c, f.units); old {
		o.Kind, o.Holder, o.Count = OldClosure, f.holder, 1
		f.out = append(f.out, o)
	}
}

// timed are the functions that timers of a script will call. It may be used
// from any goroutine.
type timed struct {
	mu   sync.Mutex
	list map[*timedFunc]bool
}

// timedFunc is held weakly: a timer that was stopped lets go of its function.
type timedFunc struct{ at weak.Pointer[byte] }

// add notes a function until done is called, or nobody has it any more.
func (t *timed) add(f func()) (done func()) {
	at := (*byte)(closureOf(reflect.ValueOf(f)))
	if at == nil {
		return func() {}
	}
	e := &timedFunc{weak.Make(at)}
	done = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.list, e)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.list == nil {
		t.list = map[*timedFunc]bool{}
	}
	t.list[e] = true
	runtime.AddCleanup(at, func(done func()) { done() }, done)
	return done
}

func (t *timed) waiting() (out []reflect.Value) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for e := range t.list {
		if at := e.at.Value(); at != nil {
			f := *(*func())(unsafe.Pointer(&at))
			out = append(out, reflect.ValueOf(f))
		}
	}
	return out
}
