// Package cmp orders values.
package cmp

// Ordered are the types whose values < compares.
type Ordered interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr |
		~float32 | ~float64 |
		~string
}

// Less tells whether x comes before y; a NaN comes before all others.
func Less[T Ordered](x, y T) bool { return x < y || x != x && y == y }

// Compare is -1 when x comes before y, 1 the other way round, else 0.
func Compare[T Ordered](x, y T) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	case x == x: // y is a NaN
		return 1
	case y == y:
		return -1
	}
	return 0
}

// Or gives the first of its arguments that is not zero.
func Or[T comparable](vals ...T) T {
	var zero T
	for _, v := range vals {
		if v != zero {
			return v
		}
	}
	return zero
}
