// Package errors has the generic function of the package.
package errors

import "errors"

// AsType finds the first error in err's tree that is an E.
func AsType[E error](err error) (E, bool) {
	var target, zero E
	if err == nil || !errors.As(err, &target) {
		return zero, false
	}
	return target, true
}
