package interp

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"go/types"
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

const (
	jsonDepth = 64      // levels; cycles end here too
	jsonNodes = 100_000 // values in one JSON form
	jsonBytes = 4 << 20 // bytes of strings in it
)

// jsonWriter makes of a value what encoding/json would, out of maps, slices
// and basic values. It differs where encoding/json fails or says little:
// functions and channels are left out, NaN and infinities are strings, as are
// durations, errors, complex numbers, and bytes that are text.
type jsonWriter struct {
	f     formatter
	nodes int
	bytes int
	path  []visited
}

func (w *jsonWriter) tooLarge() bool { return w.nodes > jsonNodes || w.bytes > jsonBytes }

// value returns the JSON form; false means that there is none.
func (w *jsonWriter) value(v reflect.Value, t types.Type, depth int) (any, bool) {
	w.nodes++
	if w.tooLarge() || depth > jsonDepth {
		return nil, false
	}
	v, t = w.f.resolve(v, t)
	if !v.IsValid() {
		return nil, true
	}
	if out, ok, done := w.byMethod(v); done {
		return out, ok
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), true
	case reflect.String:
		return w.text(v.String()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return v.Uint(), true
	case reflect.Float32, reflect.Float64:
		x := v.Float()
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return strconv.FormatFloat(x, 'g', -1, 64), true
		}
		if v.Kind() == reflect.Float32 {
			return float32(x), true
		}
		return x, true
	case reflect.Complex64, reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()), true
	case reflect.Pointer:
		return w.inside(v, func() (any, bool) { return w.value(v.Elem(), elemType(t), depth+1) })
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 && !v.IsNil() {
			b := v.Bytes()
			if utf8.Valid(b) {
				return w.text(string(b)), true
			}
			return w.text(base64.StdEncoding.EncodeToString(b)), true
		}
		return w.inside(v, func() (any, bool) { return w.list(v, t, depth) })
	case reflect.Array:
		return w.list(v, t, depth)
	case reflect.Map:
		return w.inside(v, func() (any, bool) { return w.mapping(v, t, depth) })
	case reflect.Struct:
		out := map[string]any{}
		w.fields(out, v, t, depth)
		return out, true
	}
	return nil, false
}

// inside guards against cycles: what contains itself has no JSON form there.
func (w *jsonWriter) inside(v reflect.Value, make func() (any, bool)) (any, bool) {
	if v.IsNil() {
		return nil, true
	}
	at := visited{v.Pointer(), v.Type(), 0}
	if v.Kind() == reflect.Slice {
		at.len = v.Len()
	}
	for _, p := range w.path {
		if p == at && (v.Kind() != reflect.Slice || at.len > 0) {
			return nil, false
		}
	}
	w.path = append(w.path, at)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return make()
}

func (w *jsonWriter) text(s string) string {
	w.bytes += len(s)
	return s
}

func (w *jsonWriter) list(v reflect.Value, t types.Type, depth int) (any, bool) {
	out := []any{}
	for i := range v.Len() {
		if w.tooLarge() {
			return nil, false
		}
		e, _ := w.value(v.Index(i), elemType(t), depth+1) // null where there is none
		out = append(out, e)
	}
	return out, true
}

func (w *jsonWriter) mapping(v reflect.Value, t types.Type, depth int) (any, bool) {
	var keyType types.Type
	if m, ok := underlying(t).(*types.Map); ok {
		keyType = m.Key()
	}
	if v.Len() > jsonNodes {
		w.nodes += v.Len()
		return nil, false
	}
	out := map[string]any{}
	for iter := v.MapRange(); iter.Next(); {
		if w.tooLarge() {
			return nil, false
		}
		if e, ok := w.value(iter.Value(), elemType(t), depth+1); ok {
			out[w.text(w.key(iter.Key(), keyType))] = e
		}
	}
	return out, true
}

// key is a map key as the name of a JSON field.
func (w *jsonWriter) key(v reflect.Value, t types.Type) string {
	v, t = w.f.resolve(v, t)
	switch {
	case !v.IsValid():
		return "nil"
	case v.Kind() == reflect.String:
		return v.String()
	}
	if out, ok, done := w.byMethod(v); done && ok {
		if s, ok := out.(string); ok {
			return s
		}
	}
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10) // not the name of its constant
	}
	text := &textWriter{f: w.f}
	text.value(v, t, textDepth-2, true)
	return text.b.String()
}

// fields adds the fields of a struct, under the names that their tags give.
func (w *jsonWriter) fields(out map[string]any, v reflect.Value, t types.Type, depth int) {
	for _, f := range fieldsInJSON(v.Type(), t) {
		fv, ok := f.in(v)
		if !ok || f.omitEmpty && isEmpty(fv) || f.omitZero && fv.IsZero() {
			continue
		}
		e, ok := w.value(fv, f.typ, depth+1)
		if !ok {
			continue
		}
		if f.quoted {
			if b, err := json.Marshal(e); err == nil && (fv.CanInt() || fv.CanUint() || fv.CanFloat() || fv.Kind() == reflect.Bool || fv.Kind() == reflect.String) {
				e = string(b)
			}
		}
		out[f.name] = e
	}
}

// byMethod lets compiled types say what they are, unless they might call the
// script for it. done is false for types that have nothing to say.
func (w *jsonWriter) byMethod(v reflect.Value) (out any, ok, done bool) {
	rt := v.Type()
	if !isCompiled(rt) || !v.CanInterface() || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false, false
	}
	if d, ok := v.Interface().(time.Duration); ok {
		return w.text(d.String()), true, true
	}
	if v.CanAddr() && v.Kind() != reflect.Pointer && !speaksJSON(rt) && speaksJSON(v.Addr().Type()) {
		v = v.Addr()
	}
	if !speaksJSON(v.Type()) {
		if text, isError, ok := methodText(v); ok && (isError || rt.PkgPath() == "sync/atomic") {
			if x, err := strconv.ParseInt(text, 10, 64); err == nil && !isError {
				return x, true, true
			}
			return w.text(text), true, true
		}
		return nil, false, false
	}
	if reachesScript(v, new(int)) {
		return nil, false, true
	}
	defer func() {
		if recover() != nil {
			out, ok, done = nil, false, true
		}
	}()
	data, err := json.Marshal(v.Interface())
	if err != nil {
		return nil, false, true
	}
	w.bytes += len(data)
	return json.RawMessage(data), true, true
}

func speaksJSON(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// isEmpty is what omitempty means by empty.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
