// Package unique makes equal values one.
package unique

import "sync"

// A Handle stands for a value: handles are equal exactly when the values are.
type Handle[T comparable] struct {
	value *T
}

// Value gives a copy of the value.
func (h Handle[T]) Value() T { return *h.value }

var (
	mu   sync.Mutex
	made map[any]any // value -> its handle
)

// Make gives the handle of a value.
func Make[T comparable](value T) Handle[T] {
	mu.Lock()
	defer mu.Unlock()
	if made == nil {
		made = map[any]any{}
	}
	if h, ok := made[value].(Handle[T]); ok {
		return h
	}
	p := new(T)
	*p = value
	h := Handle[T]{p}
	made[value] = h
	return h
}
