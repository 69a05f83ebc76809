package interp

import (
	"go/types"
	"reflect"
)

// namedType is a type of the interpreter's under the name that the script gives
// it, for those who only tell what it is: errors of encoding/json.
type namedType struct {
	reflect.Type
	t types.Type
}

// named gives a type of the interpreter's the name of t, which it stands for.
func named(rt reflect.Type, t types.Type) reflect.Type {
	if t == nil || exactType(t) {
		return rt
	}
	return namedType{rt, t}
}

func (n namedType) String() string { return goTypeName(n.t) }

func (n namedType) Name() string {
	if t, ok := types.Unalias(n.t).(*types.Named); ok {
		return t.Obj().Name()
	}
	return ""
}

func (n namedType) PkgPath() string {
	if t, ok := types.Unalias(n.t).(*types.Named); ok && t.Obj().Pkg() != nil {
		return t.Obj().Pkg().Path()
	}
	return ""
}
