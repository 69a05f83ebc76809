package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"runtime"
)

// formatValue describes a value of a script: its type, one line of text, and
// its JSON form. v is as the interpreter holds it, t its static type, nil when
// it is not known (then the type is told from v, as well as that goes).
//
// It never panics and never runs code of the script's. It reads the value in
// place and without locks: a goroutine of the script that writes to a map
// meanwhile can make the Go runtime end the process, which nothing can
// prevent, so nothing is kept for later and each map is walked once only.
func formatValue(v reflect.Value, t types.Type) Value {
	return formatter{pkg: scriptPackage(t, 0)}.format(v, t)
}

// formatText is the text of formatValue alone, which costs no more than the
// text is long.
func formatText(v reflect.Value, t types.Type) (text string) {
	defer func() {
		if r := recover(); r != nil { // as in format
			text = fmt.Sprintf("(unreadable: %v)", r)
		}
	}()
	w := &textWriter{f: formatter{pkg: scriptPackage(t, 0)}}
	w.value(v, t, 0, false)
	return w.b.String()
}

// formatter describes values from the point of view of one package: its own
// types are written without a qualifier. It has no state and may be shared.
type formatter struct {
	pkg *types.Package // nil: every type is qualified
}

// format is formatValue for the formatter's package.
func (f formatter) format(v reflect.Value, t types.Type) (out Value) {
	defer func() {
		// Whatever odd thing a script made of its memory, the caller gets a
		// value. Reaching this is a mistake of ours.
		if r := recover(); r != nil {
			out.Type, out.Text, out.Value = f.typeName(v, t), fmt.Sprintf("(unreadable: %v)", r), nil
		}
	}()
	out.Type = f.typeName(v, t)
	w := &textWriter{f: f}
	w.value(v, t, 0, false)
	out.Text = w.b.String()
	j := &jsonWriter{f: f}
	if value, ok := j.value(v, t, 0); ok && !j.tooLarge() {
		out.Value = value
	}
	return out
}

// typeName is the static type as the author would write it.
func (f formatter) typeName(v reflect.Value, t types.Type) string {
	if t != nil {
		return types.TypeString(t, f.qualifier)
	}
	v, t = f.resolve(v, nil)
	if t != nil {
		return types.TypeString(t, f.qualifier)
	}
	if !v.IsValid() {
		return "nil"
	}
	return reflectTypeString(v.Type(), 0)
}

func (f formatter) qualifier(p *types.Package) string {
	if p == f.pkg || p.Path() == mainPath || f.pkg != nil && p.Path() == f.pkg.Path() {
		return ""
	}
	return p.Name()
}

// formatPanic is the text of a panic value, as the interpreter passes it on.
// Scripts panic with reflect.Values, and where compiled code has runtime
// errors the interpreter has complaints of package reflect.
func formatPanic(v any) string {
	if rv, ok := v.(reflect.Value); ok {
		if !rv.IsValid() {
			return "nil"
		}
		if rv.CanInterface() {
			v = rv.Interface()
		}
	}
	v = recovered(v, failure{})
	switch x := v.(type) {
	case runtime.Error:
		return x.Error()
	case string:
		return x
	}
	rv, t := formatter{}.resolve(reflect.ValueOf(v), nil)
	if b, ok := v.(box); ok {
		if text, ok := spoken(b); ok {
			return text
		}
	}
	if rv.IsValid() && rv.Kind() == reflect.String {
		return rv.String()
	}
	if text, isError, ok := methodText(rv); ok && isError {
		return text
	}
	return formatter{}.format(rv, t).Text
}

// spoken is the text of an error or a Stringer of the script's, for a panic that
// nothing recovered: what Go prints then.
func spoken(b box) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	for _, name := range []string{"Error", "String"} {
		if f, has := call[func(any) string](b, name); has {
			return f(b.v), true
		}
	}
	return "", false
}

const nilPointer = "runtime error: invalid memory address or nil pointer dereference"

// runtimeErrors maps panics of package reflect to what compiled code panics
// with in the same place.
var runtimeErrors = map[string]string{
	"reflect: slice index out of range":                     "runtime error: index out of range",
	"reflect: array index out of range":                     "runtime error: index out of range",
	"reflect: string index out of range":                    "runtime error: index out of range",
	"reflect.Value.Slice: slice index out of bounds":        "runtime error: slice bounds out of range",
	"reflect.Value.Slice: array index out of bounds":        "runtime error: slice bounds out of range",
	"reflect.Value.Slice: string slice index out of bounds": "runtime error: slice bounds out of range",
	"reflect.Value.Slice3: slice index out of bounds":       "runtime error: slice bounds out of range",
	"reflect: Call using zero Value argument":               nilPointer,
	"reflect: call of nil function":                         nilPointer,
	"reflect: Method on nil interface value":                nilPointer,
	"reflect.Value.Grow: slice overflow":                    "runtime error: growslice: len out of range",
	"reflect.MakeSlice: negative len":                       "runtime error: makeslice: len out of range",
	"reflect.MakeSlice: negative cap":                       "runtime error: makeslice: cap out of range",
	"reflect.MakeSlice: len > cap":                          "runtime error: makeslice: cap out of range",
	"reflect.MakeChan: negative buffer size":                "makechan: size out of range",
	"reflect: call of Call on nil Value":                    nilPointer,
	"reflect.Value.Call: call of nil function":              nilPointer,
}
