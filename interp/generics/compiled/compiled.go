// Package compiled is what the sources of the generic packages call that only
// compiled code can do. Scripts cannot import it.
package compiled

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"hash"
	"hash/maphash"
	"iter"
	"math/rand/v2"
	"reflect"
)

// Path is the import path of this package.
const Path = "hotloop/interp/generics/compiled"

// Pull runs an iterator as a coroutine: next goes on to its next value, and says
// whether there is one.
func Pull(seq func(yield func() bool)) (next func() bool, stop func()) {
	pull, stop := iter.Pull(func(yield func(struct{}) bool) {
		seq(func() bool { return yield(struct{}{}) })
	})
	return func() bool {
		_, ok := pull()
		return ok
	}, stop
}

// Comparable is maphash.Comparable.
func Comparable(seed maphash.Seed, v any) uint64 { return maphash.Comparable(seed, v) }

// WriteComparable is maphash.WriteComparable.
func WriteComparable(h *maphash.Hash, v any) { maphash.WriteComparable(h, v) }

// HKDFExtract is hkdf.Extract.
func HKDFExtract(h func() hash.Hash, secret, salt []byte) ([]byte, error) {
	return hkdf.Extract(h, secret, salt)
}

// HKDFExpand is hkdf.Expand.
func HKDFExpand(h func() hash.Hash, key []byte, info string, length int) ([]byte, error) {
	return hkdf.Expand(h, key, info, length)
}

// HKDFKey is hkdf.Key.
func HKDFKey(h func() hash.Hash, secret, salt []byte, info string, length int) ([]byte, error) {
	return hkdf.Key(h, secret, salt, info, length)
}

// PBKDF2Key is pbkdf2.Key.
func PBKDF2Key(h func() hash.Hash, password string, salt []byte, iter, length int) ([]byte, error) {
	return pbkdf2.Key(h, password, salt, iter, length)
}

// Uint64N is rand.Uint64N.
func Uint64N(n uint64) uint64 { return rand.Uint64N(n) }

// Symbols are the functions by name.
var Symbols = map[string]reflect.Value{
	"Pull":            reflect.ValueOf(Pull),
	"Comparable":      reflect.ValueOf(Comparable),
	"WriteComparable": reflect.ValueOf(WriteComparable),
	"HKDFExtract":     reflect.ValueOf(HKDFExtract),
	"HKDFExpand":      reflect.ValueOf(HKDFExpand),
	"HKDFKey":         reflect.ValueOf(HKDFKey),
	"PBKDF2Key":       reflect.ValueOf(PBKDF2Key),
	"Uint64N":         reflect.ValueOf(Uint64N),
}
