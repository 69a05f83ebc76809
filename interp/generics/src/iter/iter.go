// Package iter has what of the package is more than types.
package iter

import (
	"iter"

	"hotloop/interp/generics/compiled"
)

// Pull turns an iterator around: next gives its values one by one. stop ends it.
func Pull[V any](seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	var v, zero V
	step, stop := compiled.Pull(func(yield func() bool) {
		seq(func(x V) bool {
			v = x
			return yield()
		})
	})
	return func() (V, bool) {
		if !step() {
			return zero, false
		}
		x := v
		v = zero
		return x, true
	}, stop
}

// Pull2 is like Pull, for pairs.
func Pull2[K, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var k, zeroK K
	var v, zeroV V
	step, stop := compiled.Pull(func(yield func() bool) {
		seq(func(x K, y V) bool {
			k, v = x, y
			return yield()
		})
	})
	return func() (K, V, bool) {
		if !step() {
			return zeroK, zeroV, false
		}
		x, y := k, v
		k, v = zeroK, zeroV
		return x, y, true
	}, stop
}
