// Package atomic has the generic type of the package.
package atomic

import "sync"

// A Pointer is a *T that goroutines may read and write at the same time. The
// interpreter has no atomic writes of its own, so a lock stands in.
type Pointer[T any] struct {
	_  [0]*T
	mu sync.Mutex
	p  *T
}

// Load gives the pointer.
func (x *Pointer[T]) Load() *T {
	x.mu.Lock()
	p := x.p
	x.mu.Unlock()
	return p
}

// Store sets the pointer.
func (x *Pointer[T]) Store(val *T) {
	x.mu.Lock()
	x.p = val
	x.mu.Unlock()
}

// Swap sets the pointer and gives the one before.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	x.mu.Lock()
	p := x.p
	x.p = new
	x.mu.Unlock()
	return p
}

// CompareAndSwap sets the pointer if it is old, and says whether it was.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	x.mu.Lock()
	same := x.p == old
	if same {
		x.p = new
	}
	x.mu.Unlock()
	return same
}
