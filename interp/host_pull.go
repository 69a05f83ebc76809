package interp

import (
	"reflect"

	"hotloop/interp/generics/compiled"
)

// pullSymbols is the coroutine behind iter.Pull for this script: what the
// iterator prints belongs to the call that pulls, and when that is to end, so is
// the iterator.
func (h *host) pullSymbols() symbolMap {
	return symbolMap{"Pull": reflect.ValueOf(func(seq func(yield func() bool)) (func() bool, func()) {
		c := &coroutine{h: h}
		next, stop := compiled.Pull(func(yield func() bool) {
			c.id = goid()
			defer c.enter()()
			seq(func() bool {
				ok := yield()
				c.enter()
				return ok
			})
		})
		resume := func(f func()) {
			c.caller, c.call = goid(), h.currentCall()
			f()
			h.delegate(c.id, 0)
		}
		return func() (ok bool) {
				resume(func() { ok = next() })
				return ok
			}, func() {
				resume(stop)
			}
	})}
}

// coroutine is an iterator that is pulled. Its goroutine and the one that pulls
// take turns, so that neither field needs a lock.
type coroutine struct {
	h      *host
	id     int64 // goroutine
	caller int64 // goroutine that pulls
	call   *callOutput
	in     *callOutput // the call that the iterator prints for
	leave  func()
}

// enter makes the iterator's goroutine a part of the call that pulls.
func (c *coroutine) enter() (leave func()) {
	c.h.delegate(c.id, c.caller)
	if c.in != c.call || c.leave == nil {
		if c.leave != nil {
			c.leave()
		}
		c.in, c.leave = c.call, c.call.adopt()
	}
	return func() { c.leave() }
}
