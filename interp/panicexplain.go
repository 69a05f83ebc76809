package interp

import (
	"fmt"
	"reflect"
	"unsafe"
)

// explain tells whether a node that fn of the interpreter evaluates fails with
// the values as they are, and what compiled code says then.
func (l *yaegiLayout) explain(fn string, n, frame unsafe.Pointer) (text string, fails bool) {
	operands := load[[]unsafe.Pointer](n, l.child)
	reached := true
	value := func(i int) reflect.Value {
		if i >= len(operands) {
			return reflect.Value{}
		}
		v, known := l.operand(operands[i], frame)
		reached = reached && known
		for v.IsValid() && v.Kind() == reflect.Interface && v.Type() != reflect.TypeFor[any]() {
			v = v.Elem()
		}
		return v
	}
	defer func() { fails = fails && reached }()
	switch fn {
	case "getIndexArray":
		return indexFailure(value(0), value(1))
	case "slice", "slice0":
		bounds := make([]reflect.Value, 0, 3)
		if fn == "slice0" {
			bounds = append(bounds, reflect.ValueOf(0))
		}
		for i := 1; i < len(operands); i++ {
			bounds = append(bounds, value(i))
		}
		return sliceFailure(value(0), bounds)
	case "quo", "rem", "quoAssign", "remAssign":
		v := value(1)
		return "runtime error: integer divide by zero", !v.IsValid() || (v.CanInt() || v.CanUint()) && v.IsZero()
	case "getPtrIndexSeq", "getIndexSeqField", "getIndexSeq", "deref":
		v := value(0)
		return nilPointer, !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
	case "call":
		v := value(0)
		return nilPointer, !v.IsValid() || v.Kind() == reflect.Func && v.IsNil()
	case "assign", "inc", "dec":
		// Of what fails there, a nil map is the one that can be seen. Names fail
		// only by what is loaded into them.
		if len(operands) > 0 && l.kindOf(operands[0]) == "identExpr" {
			return "", len(operands) > 1 && l.kindOf(operands[len(operands)-1]) == "starExpr"
		}
		if len(operands) > 0 && l.kindOf(operands[0]) == "indexExpr" {
			if of := load[[]unsafe.Pointer](operands[0], l.child); len(of) > 0 {
				m := l.value(of[0], frame)
				return "", !m.IsValid() || m.Kind() != reflect.Map || m.IsNil()
			}
		}
	}
	return "", true
}

// elements takes the pointer off a pointer to an array.
func elements(v reflect.Value) (reflect.Value, bool) {
	if v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() {
		return v, false
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array, reflect.String:
		return v, true
	}
	return v, false
}

// asIndex is an index as a number, and as messages write it.
func asIndex(v reflect.Value) (n int, text string, ok bool) {
	switch {
	case !v.IsValid():
		return 0, "", false
	case v.CanInt():
		return int(v.Int()), fmt.Sprint(v.Int()), true
	case v.CanUint():
		if u := v.Uint(); u > 1<<62 {
			return 1 << 62, fmt.Sprint(u), true
		}
		return int(v.Uint()), fmt.Sprint(v.Uint()), true
	}
	return 0, "", false
}

func indexFailure(of, index reflect.Value) (string, bool) {
	of, ok := elements(of)
	i, text, isIndex := asIndex(index)
	switch {
	case !ok || !isIndex:
		return "", true // nothing is known
	case i < 0:
		return "runtime error: index out of range [" + text + "]", true
	case i >= of.Len():
		return fmt.Sprintf("runtime error: index out of range [%s] with length %d", text, of.Len()), true
	}
	return "", false
}

func sliceFailure(of reflect.Value, bounds []reflect.Value) (string, bool) {
	of, ok := elements(of)
	if !ok {
		return "", true
	}
	limit, what := of.Len(), "length"
	if of.Kind() == reflect.Slice {
		limit, what = of.Cap(), "capacity"
	}
	at := make([]int, len(bounds))
	texts := make([]string, len(bounds))
	for i, b := range bounds {
		if at[i], texts[i], ok = asIndex(b); !ok {
			return "", true
		}
	}
	if len(at) == 1 { // up to the end
		at, texts = append(at, of.Len()), append(texts, fmt.Sprint(of.Len()))
	}
	last := len(at) - 1
	const out = "runtime error: slice bounds out of range ["
	before := []string{"", ":", "::"}
	after := []string{":", "", ""}
	if last == 2 {
		after = []string{"::", ":", ""}
	}
	// The last one is compared with the limit, each other one with the next.
	for i := last; i >= 0; i-- {
		switch {
		case at[i] < 0:
			return out + before[i] + texts[i] + after[i] + "]", true
		case i == last && at[i] > limit:
			return fmt.Sprintf("%s%s%s] with %s %d", out, before[i], texts[i], what, limit), true
		case i < last && at[i] > at[i+1]:
			return out + before[i] + texts[i] + ":" + texts[i+1] + after[i][1:] + "]", true
		}
	}
	return "", false
}
