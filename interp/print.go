package interp

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// printBuiltin does what print and println do, in the form of compiled code, to
// the script's standard error.
func (h *host) printBuiltin(newline bool, args ...any) {
	var b strings.Builder
	for i, a := range args {
		if i > 0 && newline {
			b.WriteByte(' ')
		}
		printValue(&b, a)
	}
	if newline {
		b.WriteByte('\n')
	}
	fmt.Fprint(h.stderr(), b.String())
}

func printValue(b *strings.Builder, a any) {
	v := reflect.ValueOf(a)
	switch {
	case !v.IsValid():
		b.WriteString("nil")
	case v.Kind() == reflect.String:
		b.WriteString(v.String())
	case v.Kind() == reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case v.CanInt():
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case v.CanUint():
		b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case v.CanFloat():
		b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case v.CanComplex():
		b.WriteString(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case v.Kind() == reflect.Slice:
		fmt.Fprintf(b, "[%d/%d]%#x", v.Len(), v.Cap(), v.Pointer())
	case v.Kind() == reflect.Pointer, v.Kind() == reflect.Map, v.Kind() == reflect.Chan, v.Kind() == reflect.Func:
		fmt.Fprintf(b, "%#x", v.Pointer())
	default:
		fmt.Fprintf(b, "(%s)", v.Type())
	}
}
