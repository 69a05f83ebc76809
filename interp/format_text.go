package interp

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	textLimit = 2 << 10 // bytes of a value's text, about
	textDepth = 8       // levels of a value shown
	mapLimit  = 10000   // entries of a map that is sorted at all
)

// textWriter writes a value on one line. What does not fit is counted, not
// written: containers say how many elements are left, strings how long they are.
type textWriter struct {
	f    formatter
	b    strings.Builder
	path []visited // pointers, maps and slices being written, against cycles
}

type visited struct {
	ptr uintptr
	typ reflect.Type
	len int
}

func (w *textWriter) full() bool { return w.b.Len() >= textLimit }

// value writes v. typed says that the surrounding literal already tells the
// type, so that a composite literal needs none.
func (w *textWriter) value(v reflect.Value, t types.Type, depth int, typed bool) {
	v0 := v
	v, t = w.f.resolve(v, t)
	if v0.IsValid() && v.IsValid() && v0.Type() != v.Type() {
		typed = false // the dynamic type of an interface is worth telling
	}
	if !v.IsValid() {
		w.b.WriteString("nil")
		return
	}
	// A pointer to what has a text of its own is written as one.
	if v.Kind() != reflect.Pointer || !hasText(v.Type().Elem()) {
		if text, isError, ok := methodText(v); ok {
			w.methodText(v, text, isError)
			return
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		w.b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.String:
		w.quoted(v.String())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if name := constantName(t, constant.MakeInt64(v.Int())); name != "" {
			w.b.WriteString(name)
			return
		}
		w.b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if name := constantName(t, constant.MakeUint64(v.Uint())); name != "" {
			w.b.WriteString(name)
			return
		}
		w.b.WriteString(strconv.FormatUint(v.Uint(), 10))
	case reflect.Float32, reflect.Float64:
		w.b.WriteString(strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()))
	case reflect.Complex64, reflect.Complex128:
		w.b.WriteString(strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()))
	case reflect.Pointer:
		w.pointer(v, t, depth, typed)
	case reflect.Slice, reflect.Array:
		w.list(v, t, depth, typed)
	case reflect.Map:
		w.mapping(v, t, depth, typed)
	case reflect.Struct:
		w.structure(v, t, depth, typed)
	case reflect.Chan:
		if v.IsNil() {
			w.b.WriteString("nil")
			return
		}
		fmt.Fprintf(&w.b, "%s(%d/%d)", w.f.typeName(v, t), v.Len(), v.Cap())
	case reflect.Func:
		if v.IsNil() {
			w.b.WriteString("nil")
			return
		}
		w.b.WriteString(w.f.typeName(v, t))
	default:
		w.b.WriteString(reflectTypeString(v.Type(), 0))
	}
}

// literalType writes the type before a composite literal.
func (w *textWriter) literalType(v reflect.Value, t types.Type, typed bool) {
	switch {
	case typed:
	case t == nil && v.Kind() == reflect.Struct && v.Type().Name() == "":
		w.b.WriteString("struct")
	default:
		w.b.WriteString(w.f.typeName(v, t))
	}
}

// enter notes that a pointer, map or slice is being written. It reports false,
// and writes a mark, for one that contains itself or lies too deep.
func (w *textWriter) enter(v reflect.Value, depth int) bool {
	at := visited{v.Pointer(), v.Type(), 0}
	if v.Kind() == reflect.Slice {
		at.len = v.Len()
	}
	if slices.Contains(w.path, at) {
		w.b.WriteString("(cycle)")
		return false
	}
	if depth > textDepth {
		w.b.WriteString("…")
		return false
	}
	w.path = append(w.path, at)
	return true
}

func (w *textWriter) leave() { w.path = w.path[:len(w.path)-1] }

func (w *textWriter) pointer(v reflect.Value, t types.Type, depth int, typed bool) {
	if v.IsNil() {
		w.b.WriteString("nil")
		return
	}
	if !w.enter(v, depth) {
		return
	}
	defer w.leave()
	w.b.WriteByte('&')
	w.value(v.Elem(), elemType(t), depth+1, false)
}

func (w *textWriter) list(v reflect.Value, t types.Type, depth int, typed bool) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			w.b.WriteString("nil")
			return
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			if text := v.Bytes(); isText(text) {
				w.literalType(v, t, false)
				w.b.WriteByte('(')
				w.quoted(string(text))
				w.b.WriteByte(')')
				return
			}
		}
		if v.Len() > 0 {
			if !w.enter(v, depth) {
				return
			}
			defer w.leave()
		}
	}
	w.literalType(v, t, typed)
	w.b.WriteByte('{')
	for i := range v.Len() {
		if !w.next(i, v.Len()) {
			break
		}
		w.value(v.Index(i), elemType(t), depth+1, true)
	}
	w.b.WriteByte('}')
}

// next begins element i of n; false means that there is no room.
func (w *textWriter) next(i, n int) bool {
	if i > 0 {
		w.b.WriteString(", ")
	}
	if w.full() {
		fmt.Fprintf(&w.b, "… %d more", n-i)
		return false
	}
	return true
}

func (w *textWriter) mapping(v reflect.Value, t types.Type, depth int, typed bool) {
	if v.IsNil() {
		w.b.WriteString("nil")
		return
	}
	if !w.enter(v, depth) {
		return
	}
	defer w.leave()
	w.literalType(v, t, typed)
	if n := v.Len(); n > mapLimit {
		fmt.Fprintf(&w.b, "{… %d entries}", n)
		return
	}
	entries := w.f.entries(v, t)
	w.b.WriteByte('{')
	for i, e := range entries {
		if !w.next(i, len(entries)) {
			break
		}
		w.b.WriteString(e.text)
		w.b.WriteByte(':')
		w.value(e.value, elemType(t), depth+1, true)
	}
	w.b.WriteByte('}')
}

type mapEntry struct {
	key, value reflect.Value
	text       string // of the key
}

// entries reads a map once and sorts it by key: numbers by size, everything
// else by its text.
func (f formatter) entries(v reflect.Value, t types.Type) []mapEntry {
	var keyType types.Type
	if m, ok := underlying(t).(*types.Map); ok {
		keyType = m.Key()
	}
	var list []mapEntry
	for iter := v.MapRange(); iter.Next(); {
		w := &textWriter{f: f}
		w.value(iter.Key(), keyType, textDepth-2, true)
		list = append(list, mapEntry{iter.Key(), iter.Value(), w.b.String()})
	}
	slices.SortFunc(list, func(a, b mapEntry) int {
		switch {
		case a.key.CanInt() && b.key.CanInt():
			return compare(a.key.Int(), b.key.Int())
		case a.key.CanUint() && b.key.CanUint():
			return compare(a.key.Uint(), b.key.Uint())
		case a.key.CanFloat() && b.key.CanFloat():
			return compare(a.key.Float(), b.key.Float())
		case a.key.Kind() == reflect.String && b.key.Kind() == reflect.String:
			return strings.Compare(a.key.String(), b.key.String())
		}
		return strings.Compare(a.text, b.text)
	})
	return list
}

func compare[T int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (w *textWriter) structure(v reflect.Value, t types.Type, depth int, typed bool) {
	if depth > textDepth {
		w.b.WriteString("…")
		return
	}
	w.literalType(v, t, typed)
	st, _ := underlying(t).(*types.Struct)
	compiled := isCompiled(v.Type())
	w.b.WriteByte('{')
	written, hidden := 0, false
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if compiled && !field.IsExported() {
			hidden = true
			continue
		}
		name, ft := field.Name, types.Type(nil)
		if st != nil {
			name, ft = st.Field(i).Name(), st.Field(i).Type()
		}
		if !w.next(written, v.NumField()) {
			hidden = false
			break
		}
		written++
		w.b.WriteString(name)
		w.b.WriteByte(':')
		w.value(v.Field(i), ft, depth+1, false)
	}
	if hidden {
		if written > 0 {
			w.b.WriteString(", ")
		}
		w.b.WriteString("…")
	}
	w.b.WriteByte('}')
}

// quoted writes a string in quotes, cut to what is left of the line.
func (w *textWriter) quoted(s string) {
	room := max(64, textLimit-w.b.Len())
	if len(s) <= room {
		w.b.WriteString(strconv.Quote(s))
		return
	}
	cut := s[:wholeRunes([]byte(s[:room]))]
	fmt.Fprintf(&w.b, "%s…\" (%d bytes)", strings.TrimSuffix(strconv.Quote(cut), `"`), len(s))
}

// methodText writes what a compiled type says of itself: as it is when that is
// one word, else so that it cannot be taken for something else.
func (w *textWriter) methodText(v reflect.Value, text string, isError bool) {
	name := reflectTypeString(v.Type(), 0)
	if isError {
		name = "error"
	}
	plain := text != "" && len(text) < 200 && !isError
	for _, r := range text {
		plain = plain && r > ' ' && unicode.IsPrint(r)
	}
	if plain {
		w.b.WriteString(text)
		return
	}
	w.b.WriteString(strings.TrimPrefix(name, "*") + "(")
	w.quoted(text)
	w.b.WriteByte(')')
}

// constantName is the name of the package-level constant of just that type
// that has the value, when there is exactly one: how a script writes the
// states of a state machine.
func constantName(t types.Type, value constant.Value) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !named.Obj().Pos().IsValid() {
		return ""
	}
	found := ""
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok || c.Type() != types.Type(named) || c.Val().Kind() != constant.Int || !constant.Compare(c.Val(), token.EQL, value) {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// isText reports whether bytes read well as a string.
func isText(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b[:min(len(b), textLimit)]) {
		if !unicode.IsPrint(r) && r != '\n' && r != '\t' && r != '\r' && r != utf8.RuneError {
			return false
		}
	}
	return true
}

func underlying(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// elemType is the element type of a container type, nil when it is unknown.
func elemType(t types.Type) types.Type {
	if e, ok := underlying(t).(interface{ Elem() types.Type }); ok {
		return e.Elem()
	}
	return nil
}
