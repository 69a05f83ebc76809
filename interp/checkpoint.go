package interp

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"time"
	"unsafe"
)

// A checkpoint is a copy of all memory that the script's package variables lead
// to. restore puts every place back where it was and as it was: pointers that
// were equal are equal, slices share what they shared, and what was reached
// through an alias is reached through it again.
//
// It follows pointers, slices up to their capacity, maps, channels' buffers,
// what interfaces hold, receivers of method values, variables that closures
// captured where no goroutine runs on, and the unexported fields of the compiled
// types that plainPackages lists. Everything else is left as it is and told in
// notes: files, connections, timers and goroutines. It is used while the gate is
// shut, on one goroutine.
type checkpoint struct {
	live  *Live
	alone bool // no goroutine of the script can run meanwhile
	until time.Time

	root    int // the variable that is being looked at, in roots
	roots   []*unit
	bytes   uintptr
	pools   map[reflect.Type]*pool
	arrays  []savedArray
	ends    map[arrayEnd]uintptr // how far down memory that ends there is saved
	maps    []savedMap
	seen    map[unsafe.Pointer]bool // maps and channels
	chans   []savedChan
	syncs   []savedSyncMap
	frames  []savedFrame
	work    []span
	noted   map[string]bool
	notes   []string
	counter int
}

// span is memory that is saved and has yet to be followed.
type span struct {
	at     unsafe.Pointer
	layout *layout
	count  int
	root   int
}

// pool keeps the copies of single values of one type. They are kept as typed
// memory, since they may be all that keeps alive what they lead to.
type pool struct {
	layout *layout
	seen   map[unsafe.Pointer]bool
	at     []unsafe.Pointer
	roots  []int32
	copies []unsafe.Pointer
	free   reflect.Value // a slice of the type
	used   int
}

type savedArray struct {
	layout *layout
	at     unsafe.Pointer
	count  int
	copy   unsafe.Pointer
	root   int
}

// arrayEnd tells arrays apart: slices of one array that were not given a
// capacity of their own end at the same place.
type arrayEnd struct {
	end    uintptr
	layout *layout
}

type savedMap struct {
	m            reflect.Value
	keys, values reflect.Value // slices
	root         int
}

// maxCheckpoint bounds what a checkpoint copies, and checkpointTime how long it
// may look: calls wait meanwhile.
const (
	maxCheckpoint  = 1 << 30
	checkpointTime = 10 * time.Second
)

var (
	errCheckpointSize = errors.New("the state is too large to be copied")
	errCheckpointTime = fmt.Errorf("the state cannot be copied within %s", checkpointTime)
)

// checkpoint copies the state. The gate is shut, and nothing is changed.
func (l *Live) checkpoint() (c *checkpoint, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // see node.go
	l.mu.Lock()
	c = &checkpoint{live: l, alone: !l.prog.concurrent(), until: time.Now().Add(checkpointTime),
		pools: map[reflect.Type]*pool{}, ends: map[arrayEnd]uintptr{}, seen: map[unsafe.Pointer]bool{}, noted: map[string]bool{}}
	for _, u := range l.prog.units {
		if u.kind == KindVar && u.name != "_" {
			c.roots = append(c.roots, u)
		}
	}
	l.mu.Unlock()
	defer func() {
		switch r := recover(); r {
		case nil:
		case errCheckpointSize, errCheckpointTime:
			c, err = nil, r.(error)
		default:
			panic(r)
		}
	}()
	if !c.alone {
		c.note("goroutines of the script go on meanwhile; what they do to its variables while the call runs is undone with the rest")
	}
	for i, u := range c.roots {
		c.root = i
		if p := l.pointer(u.id); p.IsValid() {
			c.block(p.UnsafePointer(), p.Type().Elem())
		}
		c.follow()
	}
	return c, nil
}

func (c *checkpoint) note(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if !c.noted[s] {
		c.noted[s] = true
		c.notes = append(c.notes, s)
	}
}

// left notes what is not copied.
func (c *checkpoint) left(what string) {
	c.note("%s leads to %s, which is not copied", c.roots[c.root].shownName(), what)
}

func (c *checkpoint) tell(l *layout) {
	for _, name := range l.tells {
		c.left("a " + name)
	}
}

// follow looks at everything that is saved and was not looked at. It is no
// recursion, so no depth of a list exhausts the stack.
func (c *checkpoint) follow() {
	for len(c.work) > 0 {
		s := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		c.root = s.root
		for i := range s.count {
			c.parts(unsafe.Add(s.at, uintptr(i)*s.layout.size), s.layout)
		}
	}
}

// account bounds a checkpoint.
func (c *checkpoint) account(n uintptr) {
	if c.bytes += n; c.bytes > maxCheckpoint {
		panic(errCheckpointSize)
	}
	if c.counter++; c.counter%4096 == 0 && time.Now().After(c.until) {
		panic(errCheckpointTime)
	}
}

// block saves one value.
func (c *checkpoint) block(at unsafe.Pointer, rt reflect.Type) {
	p := c.pools[rt]
	if p == nil {
		p = &pool{layout: layoutOf(rt), seen: map[unsafe.Pointer]bool{}}
		c.pools[rt] = p
	}
	switch {
	case p.layout.foreign:
		if p.layout.told {
			c.left("a " + rt.String())
		}
		return
	case p.layout.size == 0:
		return
	}
	n := len(p.seen)
	if p.seen[at] = true; len(p.seen) == n {
		return
	}
	c.account(p.layout.size)
	if !p.free.IsValid() || p.used == p.free.Len() {
		n := min(max(4, 2*p.used), 4096)
		p.free, p.used = reflect.MakeSlice(reflect.SliceOf(rt), n, n), 0
	}
	to := p.free.Index(p.used)
	p.used++
	to.Set(reflect.NewAt(rt, at).Elem())
	c.tell(p.layout)
	p.at, p.roots, p.copies = append(p.at, at), append(p.roots, int32(c.root)), append(p.copies, to.Addr().UnsafePointer())
	if p.layout.leads() {
		c.work = append(c.work, span{at, p.layout, 1, c.root})
	}
}

// array saves what a slice leads to, or as much of it as is not saved yet.
func (c *checkpoint) array(at unsafe.Pointer, elem reflect.Type, count int) {
	l := layoutOf(elem)
	if l.size == 0 || count == 0 {
		return
	}
	if l.foreign {
		if l.told {
			c.left("a " + elem.String())
		}
		return
	}
	end := arrayEnd{uintptr(at) + uintptr(count)*l.size, l}
	if start, ok := c.ends[end]; ok {
		if uintptr(at) >= start {
			return
		}
		count = int((start - uintptr(at)) / l.size)
	}
	c.ends[end] = uintptr(at)
	c.account(uintptr(count) * l.size)
	to := reflect.MakeSlice(reflect.SliceOf(elem), count, count)
	reflect.Copy(to, reflect.SliceAt(elem, at, count))
	c.tell(l)
	c.arrays = append(c.arrays, savedArray{l, at, count, to.UnsafePointer(), c.root})
	if l.leads() {
		c.work = append(c.work, span{at, l, count, c.root})
	}
}

// parts follows what a value leads to.
func (c *checkpoint) parts(at unsafe.Pointer, l *layout) {
	for i := range l.parts {
		p := &l.parts[i]
		at := unsafe.Add(at, p.offset)
		switch p.kind {
		case reflect.Array:
			for i := range p.count {
				c.parts(unsafe.Add(at, uintptr(i)*p.of.size), p.of)
			}
		case reflect.Pointer:
			if to := *(*unsafe.Pointer)(at); to != nil {
				c.block(to, p.rt.Elem())
			}
		case reflect.Slice:
			v := reflect.NewAt(p.rt, at).Elem()
			c.array(v.UnsafePointer(), p.rt.Elem(), v.Cap())
		case reflect.Struct:
			c.syncMap(at)
		default:
			c.value(reflect.NewAt(p.rt, at).Elem())
		}
	}
}

// value follows what a value leads to that was got as such.
func (c *checkpoint) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.block(v.UnsafePointer(), v.Type().Elem())
		}
	case reflect.Slice:
		c.array(v.UnsafePointer(), v.Type().Elem(), v.Cap())
	case reflect.Map:
		c.table(v)
	case reflect.Chan:
		c.channel(v)
	case reflect.Func:
		c.function(v)
	case reflect.Interface:
		if !v.IsNil() {
			c.inside(v.Elem().Interface())
		}
	case reflect.Struct, reflect.Array:
		l := layoutOf(v.Type())
		if l.foreign && l.told {
			c.left("a " + v.Type().String())
		}
		if !l.leads() {
			return
		}
		at := reflect.New(v.Type()) // what is in an interface is never changed, only what it leads to
		at.Elem().Set(v)
		c.parts(at.UnsafePointer(), l)
	}
}

// inside follows what an interface holds.
func (c *checkpoint) inside(x any) {
	if b, ok := c.live.dyns.plain(x).(box); ok {
		x = b.v
	}
	switch x.(type) {
	case nil, int, string, bool, float64, reflect.Type:
		return
	}
	c.value(reflect.ValueOf(x))
}

func (c *checkpoint) table(m reflect.Value) {
	if m.IsNil() || c.seen[m.UnsafePointer()] {
		return
	}
	c.seen[m.UnsafePointer()] = true
	t, n := m.Type(), m.Len()
	s := savedMap{m, reflect.MakeSlice(reflect.SliceOf(t.Key()), n, n), reflect.MakeSlice(reflect.SliceOf(t.Elem()), n, n), c.root}
	i := 0
	for it := m.MapRange(); i < n && it.Next(); i++ {
		c.account(t.Key().Size() + t.Elem().Size())
		s.keys.Index(i).SetIterKey(it)
		s.values.Index(i).SetIterValue(it)
	}
	s.keys, s.values = s.keys.Slice(0, i), s.values.Slice(0, i)
	c.maps = append(c.maps, s)
	for _, list := range []reflect.Value{s.keys, s.values} {
		if l := layoutOf(list.Type().Elem()); l.leads() && i > 0 {
			c.work = append(c.work, span{list.UnsafePointer(), l, i, c.root})
		}
	}
}

// function follows the receiver of a method value, and what a closure captured.
func (c *checkpoint) function(f reflect.Value) {
	if f.IsNil() || c.live.functionOf(f) != "" {
		return
	}
	if b, ok := c.live.bound.of(f); ok {
		if recv := b.receiver(); recv.IsValid() {
			if recv.Kind() == reflect.Interface {
				recv = recv.Elem()
			}
			c.inside(recv.Interface())
		}
		return
	}
	if c.captured(f) || plainFunction(f) {
		return
	}
	c.note("%s leads to a closure; variables that it captured are not copied", c.roots[c.root].shownName())
}

// restore puts back what was saved, and names the variables that led to
// something else, or to something changed, before. It may be done again.
func (c *checkpoint) restore() (changed []*unit) {
	touched := map[int]bool{}
	for _, p := range c.pools {
		for i, at := range p.at {
			if p.layout.putBack(at, p.copies[i], 1, c.alone) {
				touched[int(p.roots[i])] = true
			}
		}
	}
	for i := range c.arrays {
		if a := &c.arrays[i]; a.layout.putBack(a.at, a.copy, a.count, c.alone) {
			touched[a.root] = true
		}
	}
	for i := range c.maps {
		if m := &c.maps[i]; m.restore() {
			touched[m.root] = true
		}
	}
	for i := range c.chans {
		if ch := &c.chans[i]; c.restoreChannel(ch) {
			touched[ch.root] = true
		}
	}
	for i := range c.syncs {
		if s := &c.syncs[i]; s.restore() {
			touched[s.root] = true
		}
	}
	for i := range c.frames {
		if f := &c.frames[i]; f.restore() {
			touched[f.root] = true
		}
	}
	for i, u := range c.roots {
		if touched[i] {
			changed = append(changed, u)
		}
	}
	return changed
}

// restore fills a map anew unless it holds just what it did.
func (s *savedMap) restore() bool {
	n := s.keys.Len()
	same := s.m.Len() == n
	size := s.m.Type().Elem().Size()
	now := reflect.New(s.m.Type().Elem())
	for i := 0; same && i < n; i++ {
		v := s.m.MapIndex(s.keys.Index(i))
		if same = v.IsValid(); same && size > 0 {
			now.Elem().Set(v)
			same = sameBytes(now.UnsafePointer(), s.values.Index(i).Addr().UnsafePointer(), size)
		}
	}
	if same {
		return false
	}
	s.m.Clear()
	for i := range n {
		s.m.SetMapIndex(s.keys.Index(i), s.values.Index(i))
	}
	return true
}

func sameBytes(a, b unsafe.Pointer, n uintptr) bool {
	return bytes.Equal(unsafe.Slice((*byte)(a), n), unsafe.Slice((*byte)(b), n))
}

// sortedNotes gives what is not copied.
func (c *checkpoint) sortedNotes() []string { return slices.Sorted(slices.Values(c.notes)) }
