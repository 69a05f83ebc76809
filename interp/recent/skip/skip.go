// Package skip says which symbols of the standard library are in no table: it
// is shared by what writes the tables and what tests them.
package skip

import (
	"go/types"
	"strings"
)

// packages that scripts do not get: they are about the compiler, its memory
// layout or the process, or come as source.
var packages = map[string]bool{
	"unsafe": true, "plugin": true, "embed": true, "structs": true, "time/tzdata": true, "syscall": true, "weak": true,
	"runtime/cgo": true, "runtime/race": true, "runtime/coverage": true,
	"testing/cryptotest": true, "crypto/mlkem/mlkemtest": true,
	"cmp": true, "iter": true, "maps": true, "slices": true, "unique": true, "crypto/hkdf": true, "crypto/pbkdf2": true,
}

// Package tells whether a package is left out.
func Package(path string) bool {
	return packages[path] || strings.Contains("/"+path+"/", "/internal/") || strings.HasPrefix(path, "vendor/")
}

// Generic tells whether a declaration has type parameters.
func Generic(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		if a, ok := obj.Type().(*types.Alias); ok {
			return a.TypeParams().Len() > 0
		}
		n, ok := obj.Type().(*types.Named)
		return ok && n.TypeParams().Len() > 0
	}
	return false
}

// Wraps tells whether a type is an interface that script values can be passed
// as: one with methods, all of them exported.
func Wraps(obj types.Object) bool {
	tn, ok := obj.(*types.TypeName)
	if !ok {
		return false
	}
	it, ok := tn.Type().Underlying().(*types.Interface)
	if !ok || it.NumMethods() == 0 || !it.IsMethodSet() {
		return false
	}
	for i := range it.NumMethods() {
		if !it.Method(i).Exported() {
			return false
		}
	}
	return true
}
