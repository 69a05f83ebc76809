// Package maphash has the generic functions of the package.
package maphash

import (
	"hash/maphash"

	"hotloop/interp/generics/compiled"
)

// Comparable hashes a value: equal values have equal hashes.
func Comparable[T comparable](seed maphash.Seed, v T) uint64 { return compiled.Comparable(seed, v) }

// WriteComparable adds a value to a hash.
func WriteComparable[T comparable](h *maphash.Hash, x T) { compiled.WriteComparable(h, x) }
