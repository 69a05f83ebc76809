package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Reflection cannot make recursive types, so that the parts of a type that was
// just made are replaced in place. The layouts are those of internal/abi; a check
// at the first use compares them with types whose parts are known, and recursive
// types are refused when the Go of the day has other ones.

type abiType struct {
	size, ptrBytes uintptr
	hash           uint32
	flags          [4]uint8
	equal          unsafe.Pointer
	gcData         unsafe.Pointer
	str, ptrToThis int32
}

// abiElem is how the types of pointers, slices, arrays and channels begin.
type abiElem struct {
	abiType
	elem unsafe.Pointer
}

type abiArray struct {
	abiType
	elem, slice unsafe.Pointer
}

type abiMap struct {
	abiType
	key, elem unsafe.Pointer
}

type abiFunc struct {
	abiType
	in, out uint16
	_       [unsafe.Sizeof(uintptr(0)) - 4]byte // the types of parameters and results follow
}

type abiField struct {
	_      unsafe.Pointer // name
	typ    unsafe.Pointer
	offset uintptr
}

type abiStruct struct {
	abiType
	pkgPath unsafe.Pointer
	fields  []abiField
}

// head is where the record of a type lies.
func head(t reflect.Type) unsafe.Pointer { return (*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1] }

func setField(t reflect.Type, i int, to reflect.Type) {
	(*abiStruct)(head(t)).fields[i].typ = head(to)
}

func setElem(t, to reflect.Type) {
	switch t.Kind() {
	case reflect.Map:
		(*abiMap)(head(t)).elem = head(to)
	case reflect.Array:
		a := (*abiArray)(head(t))
		a.elem, a.slice = head(to), head(reflect.SliceOf(to))
	default:
		(*abiElem)(head(t)).elem = head(to)
	}
}

// param is where the type of parameter i of a function type stands; results
// follow the parameters.
func param(t reflect.Type, i int) *unsafe.Pointer {
	return (*unsafe.Pointer)(unsafe.Add(head(t), unsafe.Sizeof(abiFunc{})+uintptr(i)*unsafe.Sizeof(uintptr(0))))
}

func setParam(t reflect.Type, i int, to reflect.Type) { *param(t, i) = head(to) }

// canPatchTypes tells whether the layouts above are right.
var canPatchTypes = sync.OnceValue(func() bool {
	i, s := head(reflect.TypeFor[int]()), head(reflect.TypeFor[string]())
	type pair struct {
		A int
		B string
	}
	st := (*abiStruct)(head(reflect.TypeFor[pair]()))
	array := (*abiArray)(head(reflect.ArrayOf(3, reflect.TypeFor[int]())))
	m := (*abiMap)(head(reflect.TypeFor[map[int]string]()))
	ft := reflect.FuncOf([]reflect.Type{reflect.TypeFor[int]()}, []reflect.Type{reflect.TypeFor[string]()}, false)
	f := (*abiFunc)(head(ft))
	elem := func(t reflect.Type) bool { return (*abiElem)(head(t)).elem == i }
	return len(st.fields) == 2 && st.fields[0].typ == i && st.fields[1].typ == s && st.fields[1].offset == unsafe.Offsetof(pair{}.B) &&
		array.elem == i && array.slice == head(reflect.TypeFor[[]int]()) && m.key == i && m.elem == s &&
		f.in == 1 && f.out == 1 && *param(ft, 0) == i && *param(ft, 1) == s &&
		elem(reflect.TypeFor[*int]()) && elem(reflect.TypeFor[[]int]()) && elem(reflect.TypeFor[chan int]())
})

var standIns atomic.Int64

// standIn makes a type that nothing else has, of the same room as values of a
// recursive type. Of structs and arrays only what leads to them uses it.
func standIn(u types.Type) reflect.Type {
	tag := reflect.StructTag(fmt.Sprintf("standin:\"%d\"", standIns.Add(1)))
	unique := reflect.StructOf([]reflect.StructField{{Name: "P", Type: reflect.TypeFor[byte](), Tag: tag}})
	switch u.(type) {
	case *types.Slice:
		return reflect.SliceOf(unique)
	case *types.Pointer, *types.Map, *types.Chan, *types.Signature:
		return reflect.PointerTo(unique)
	}
	return unique
}
