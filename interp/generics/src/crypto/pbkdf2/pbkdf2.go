// Package pbkdf2 derives keys from passwords.
package pbkdf2

import (
	"hash"

	"hotloop/interp/generics/compiled"
)

// Key derives a key from a password.
func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return compiled.PBKDF2Key(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
