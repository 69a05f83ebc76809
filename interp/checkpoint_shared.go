package interp

import (
	"reflect"
	"sync"
	"unsafe"
)

// Channels and sync.Maps are saved by what they hold: their memory is the
// runtime's and the library's.

type savedChan struct {
	ch     reflect.Value
	held   reflect.Value // a slice
	closed bool
	root   int
}

// hchan is the beginning of what a channel is in memory. Reading it there
// leaves the channel alone: receiving what it holds would wake who waits to
// send. Package runtime promises nothing about it, so it is tried out first.
type hchan struct {
	count, size uint
	buf         unsafe.Pointer
	elemSize    uint16
	closed      uint32
	timer       unsafe.Pointer
	elemType    unsafe.Pointer
	sendx       uint
	recvx       uint
}

// channelsKnown tells whether channels look in memory as hchan says.
var channelsKnown = sync.OnceValue(func() bool {
	ch := make(chan uint32, 5)
	for i := range uint32(5) {
		ch <- i + 100
	}
	<-ch
	<-ch
	ch <- 105
	h := *(**hchan)(unsafe.Pointer(&ch))
	if h.count != 4 || h.size != 5 || h.buf == nil || h.elemSize != 4 || h.closed != 0 || h.sendx != 1 || h.recvx != 2 {
		return false
	}
	for i, want := range []uint32{102, 103, 104, 105} {
		if *(*uint32)(unsafe.Add(h.buf, (2+i)%5*4)) != want {
			return false
		}
	}
	close(ch)
	return h.closed == 1
})

// held gives what a channel holds.
func (h *hchan) held(elem reflect.Type) reflect.Value {
	out := reflect.MakeSlice(reflect.SliceOf(elem), int(h.count), int(h.count))
	for i := range h.count {
		at := unsafe.Add(h.buf, uintptr((h.recvx+i)%h.size)*elem.Size())
		out.Index(int(i)).Set(reflect.NewAt(elem, at).Elem())
	}
	return out
}

// bothWays gives a channel as one that can be sent to and received from.
func bothWays(ch reflect.Value) reflect.Value {
	at := reflect.New(ch.Type())
	at.Elem().Set(ch)
	return reflect.NewAt(reflect.ChanOf(reflect.BothDir, ch.Type().Elem()), at.UnsafePointer()).Elem()
}

func (c *checkpoint) channel(ch reflect.Value) {
	if ch.IsNil() || c.seen[ch.UnsafePointer()] {
		return
	}
	c.seen[ch.UnsafePointer()] = true
	if !channelsKnown() {
		c.left("a channel")
		return
	}
	h := (*hchan)(ch.UnsafePointer())
	if h.timer != nil {
		c.left("a timer")
		return
	}
	s := savedChan{bothWays(ch), h.held(ch.Type().Elem()), h.closed != 0, c.root}
	c.account(uintptr(s.held.Len()) * ch.Type().Elem().Size())
	c.chans = append(c.chans, s)
	if l := layoutOf(ch.Type().Elem()); l.leads() && s.held.Len() > 0 {
		c.work = append(c.work, span{s.held.UnsafePointer(), l, s.held.Len(), c.root})
	}
}

// restoreChannel makes a channel hold what it held.
func (c *checkpoint) restoreChannel(s *savedChan) (changed bool) {
	h := (*hchan)(s.ch.UnsafePointer())
	if closed := h.closed != 0; closed != s.closed {
		c.root = s.root
		c.note("%s leads to a channel that was closed meanwhile; it stays closed", c.roots[s.root].shownName())
		return true
	}
	elem := s.ch.Type().Elem()
	now, n := h.held(elem), s.held.Len()
	if now.Len() == n && (n == 0 || elem.Size() == 0 || sameBytes(now.UnsafePointer(), s.held.UnsafePointer(), uintptr(n)*elem.Size())) {
		return false
	}
	if s.closed {
		c.note("%s leads to a closed channel that was received from; what it held is gone", c.roots[s.root].shownName())
		return true
	}
	for range now.Len() {
		s.ch.TryRecv()
	}
	for i := range n {
		if !s.ch.TrySend(s.held.Index(i)) {
			c.note("%s leads to a channel that goroutines send to; it holds something else now", c.roots[s.root].shownName())
			break
		}
	}
	return true
}

type savedSyncMap struct {
	m            *sync.Map
	keys, values []any
	root         int
}

func (c *checkpoint) syncMap(at unsafe.Pointer) {
	if c.seen[at] {
		return
	}
	c.seen[at] = true
	s := savedSyncMap{m: (*sync.Map)(at), root: c.root}
	s.m.Range(func(k, v any) bool {
		c.account(32)
		s.keys, s.values = append(s.keys, k), append(s.values, v)
		return true
	})
	c.syncs = append(c.syncs, s)
	for i := range s.keys {
		c.inside(s.keys[i])
		c.inside(s.values[i])
	}
}

func (s *savedSyncMap) restore() (changed bool) {
	n := 0
	s.m.Range(func(any, any) bool { n++; return true })
	changed = n != len(s.keys)
	for i, k := range s.keys {
		v, ok := s.m.Load(k)
		if !ok || !sameWords(v, s.values[i]) {
			changed = true
		}
	}
	if changed {
		s.m.Clear()
		for i, k := range s.keys {
			s.m.Store(k, s.values[i])
		}
	}
	return changed
}

// sameWords tells whether two interface values are the very same words.
func sameWords(a, b any) bool {
	return *(*[2]uintptr)(unsafe.Pointer(&a)) == *(*[2]uintptr)(unsafe.Pointer(&b))
}
