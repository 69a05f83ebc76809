// Package hkdf derives keys.
package hkdf

import (
	"hash"

	"hotloop/interp/generics/compiled"
)

// Extract makes a pseudorandom key for Expand.
func Extract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	return compiled.HKDFExtract(func() hash.Hash { return h() }, secret, salt)
}

// Expand derives a key from one that Extract made.
func Expand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	return compiled.HKDFExpand(func() hash.Hash { return h() }, pseudorandomKey, info, keyLength)
}

// Key derives a key from a secret.
func Key[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	return compiled.HKDFKey(func() hash.Hash { return h() }, secret, salt, info, keyLength)
}
