package interp

import (
	"go/types"
	"reflect"
)

// open gives the value inside an interface, with its type in the old program.
func (c *carrier) open(v reflect.Value) (t types.Type, inner reflect.Value, ok bool) {
	return nil, reflect.Value{}, false
}

// dynamic gives the new value of an interface, whose type is t now. changed is
// false when it is the old one. whole says that it is a whole variable's.
func (c *carrier) dynamic(src reflect.Value, t types.Type, as reflect.Type, whole bool) (out reflect.Value, changed bool) {
	return src, false
}

// toInterface puts a value that had no interface around it into one.
func (c *carrier) toInterface(dst, src reflect.Value, from, now, to types.Type) {
	c.unfit(dst, "a %s does not convert to %s", c.typeName(from), c.typeName(to))
}

// foreignParts visits what values of compiled types hold of the script's.
func (c *carrier) foreignParts(v reflect.Value, t types.Type, visit func(reflect.Value, types.Type)) {
}

// boxed puts a value of the new program into an interface{}.
func (c *carrier) boxed(v reflect.Value, t types.Type) any { return v.Interface() }

// opaque tells whether what is in an interface may be of a type of the script's.
func opaque(v reflect.Value) bool {
	if v.IsZero() {
		return false
	}
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return v.Type().Name() == "" || isYaegi(v.Type()) || isWrapper(v.Type())
}
