// Package sync has the generic functions of the package.
package sync

import "sync"

// OnceValue makes a function that calls f once and gives its result each time;
// when f panics, each call panics with the same value.
func OnceValue[T any](f func() T) func() T {
	var result T
	once := sync.OnceFunc(func() {
		result = f()
		f = nil
	})
	return func() T {
		once()
		return result
	}
}

// OnceValues is like OnceValue, for two results.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var r1 T1
	var r2 T2
	once := sync.OnceFunc(func() {
		r1, r2 = f()
		f = nil
	})
	return func() (T1, T2) {
		once()
		return r1, r2
	}
}
