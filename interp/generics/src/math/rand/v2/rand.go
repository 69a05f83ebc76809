// Package rand has the generic function of the package.
package rand

import "hotloop/interp/generics/compiled"

type intType interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// N gives a number from 0 up to n, n excluded. It panics if n <= 0.
func N[Int intType](n Int) Int {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(compiled.Uint64N(uint64(n)))
}
