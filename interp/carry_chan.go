package interp

import (
	"go/types"
	"reflect"
)

// channel gives the new channel for an old one whose type changed, with what
// the old one held.
func (c *carrier) channel(src reflect.Value, from, to *types.Chan, as reflect.Type) reflect.Value {
	if src.IsNil() {
		return reflect.Zero(as)
	}
	both := reflect.ChanOf(reflect.BothDir, as.Elem())
	out, ok := c.chans[src.Pointer()]
	if !ok {
		out = reflect.MakeChan(both, src.Cap())
		c.chans[src.Pointer()] = out
		c.changed[c.root] = true
		c.note("a channel was made anew; goroutines that wait on the old one stay there")
		c.drain(src)
		taken := c.drained[src.Pointer()]
		for _, v := range taken.held {
			n := reflect.New(as.Elem()).Elem()
			c.copy(n, v, from.Elem(), to.Elem())
			out.TrySend(n)
		}
		if taken.closed {
			out.Close()
		}
	}
	if out.Type() != both {
		c.lose("a channel has two types now")
		return reflect.Zero(as)
	}
	return out.Convert(as)
}

// taken is what a channel held.
type taken struct {
	held   []reflect.Value
	closed bool
}

// drain takes out what a channel holds, once. A rollback puts it back, as long
// as the channel is not closed.
func (c *carrier) drain(ch reflect.Value) []reflect.Value {
	t, done := c.drained[ch.Pointer()]
	if done || ch.Type().ChanDir()&reflect.RecvDir == 0 {
		return t.held
	}
	for range ch.Cap() + 1 {
		v, ok := ch.TryRecv()
		if !ok {
			t.closed = v.IsValid()
			break
		}
		t.held = append(t.held, v)
	}
	c.drained[ch.Pointer()] = t
	if ch.Type().ChanDir()&reflect.SendDir != 0 && !t.closed {
		c.undo = append(c.undo, func() {
			for _, v := range t.held {
				ch.TrySend(v)
			}
		})
	}
	return t.held
}
