// Package recent holds the symbols of the standard library that the
// interpreter's own tables lack, because they are older than the Go that this
// program is built with. The form is that of the interpreter's tables: see its
// type Exports.
//
// symbols.go is written by gen.go. Methods and fields are not in any table:
// they come with their types. Left out are packages for which a script has no
// use or that it must not have (see gen.go), and generic declarations, which
// package generics has as source.
package recent

//go:generate go run gen.go

import "reflect"

// Symbols gives the symbols by package, under the keys "path/name".
func Symbols() map[string]map[string]reflect.Value { return symbols() }
