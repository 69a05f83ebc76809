package interp

import (
	"go/token"
	"go/types"
	"reflect"
	"sync"
	"unsafe"
)

// Checking an expression in a package leaves the scopes of the functions in it
// among the children of the scope of the file it was checked in, for ever.

// scopeChildren is where a scope has its children; -1 when it is not known.
var scopeChildren = sync.OnceValue(func() int {
	f, ok := reflect.TypeFor[types.Scope]().FieldByName("children")
	if !ok || f.Type != reflect.TypeFor[[]*types.Scope]() {
		return -1
	}
	return int(f.Offset)
})

// keepScopes notes what is in the scope of a package at a position, and gives
// what takes out whatever has been added since. Nothing else may have been
// checked meanwhile.
func keepScopes(pkg *types.Package, pos token.Pos) (restore func()) {
	s, offset := pkg.Scope().Innermost(pos), scopeChildren()
	if s == nil || offset < 0 {
		return func() {}
	}
	children := (*[]*types.Scope)(unsafe.Add(unsafe.Pointer(s), offset))
	n := len(*children)
	return func() {
		clear((*children)[n:])
		*children = (*children)[:n]
	}
}
