package interp

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// MarshalJSON implements json.Marshaler: it gives what encoding/json gives for
// the value in compiled Go, with its tags, embedded fields and methods.
func (b box) MarshalJSON() ([]byte, error) {
	e := &jsonEncoder{types: b.t.owner}
	if err := e.boxed(b); err != nil {
		return nil, err
	}
	return e.b.Bytes(), nil
}

// jsonEncoder writes a value as encoding/json does, by the types that the
// script declares. It does not escape HTML: whoever asked does, or does not.
type jsonEncoder struct {
	types *dynTypes
	b     bytes.Buffer
	depth int
}

const jsonNesting = 1000 // levels; what is deeper contains itself

func (e *jsonEncoder) boxed(b box) error {
	return e.value(reflect.ValueOf(b.v), b.t.goType(), b.t, false)
}

// compiled writes a value of a compiled type.
func (e *jsonEncoder) compiled(v reflect.Value) error {
	if v.CanAddr() && v.Kind() == reflect.Struct {
		v = v.Addr()
	}
	enc := json.NewEncoder(&e.b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v.Interface())
	if err == nil {
		e.b.Truncate(e.b.Len() - 1) // the newline
	}
	return err
}

// speaker finds the box on which to call a method for encoding: of the value or,
// where it has an address, of a pointer to it.
func (e *jsonEncoder) speaker(v reflect.Value, t types.Type, d *dynType, name string) (box, bool) {
	if v.Kind() != reflect.Pointer && v.CanAddr() {
		if p := e.types.byType(types.NewPointer(t)); p != nil {
			if _, ok := p.method(name); ok {
				return box{p, v.Addr().Interface()}, true
			}
		}
	}
	if d == nil {
		return box{}, false
	}
	_, ok := d.method(name)
	return box{d, v.Interface()}, ok
}

func (e *jsonEncoder) byMethod(v reflect.Value, t types.Type, d *dynType) (done bool, err error) {
	if b, ok := e.speaker(v, t, d, "MarshalJSON"); ok {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			e.b.WriteString("null")
			return true, nil
		}
		if f, ok := call[func(any) ([]byte, error)](b, "MarshalJSON"); ok {
			out, err := f(b.v)
			if err == nil {
				err = json.Compact(&e.b, out)
			}
			if err != nil {
				return true, &json.MarshalerError{Type: e.types.named(v.Type(), t), Err: err}
			}
			return true, nil
		}
	}
	if b, ok := e.speaker(v, t, d, "MarshalText"); ok {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			e.b.WriteString("null")
			return true, nil
		}
		if f, ok := call[func(any) ([]byte, error)](b, "MarshalText"); ok {
			out, err := f(b.v)
			if err != nil {
				return true, fmt.Errorf("json: error calling MarshalText for type %s: %w", goTypeName(t), err)
			}
			return true, e.compiled(reflect.ValueOf(string(out)))
		}
	}
	return false, nil
}

// value writes v of type t; d is t's dynamic type, if it has methods at all.
func (e *jsonEncoder) value(v reflect.Value, t types.Type, d *dynType, quoted bool) error {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > jsonNesting {
		return fmt.Errorf("json: unsupported value: encountered a cycle via %s", goTypeName(t))
	}
	if !v.IsValid() {
		e.b.WriteString("null")
		return nil
	}
	if !types.IsInterface(t) {
		if done, err := e.byMethod(v, t, d); done {
			return err
		}
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		if b, ok := e.types.plain(v.Interface()).(box); ok {
			return e.boxed(b)
		}
		return e.compiled(v.Elem())
	}
	if exactType(t) && !quoted {
		return e.compiled(v)
	}
	switch v.Kind() {
	case reflect.Struct:
		return e.structure(v, t)
	case reflect.Map:
		return e.mapping(v, t)
	case reflect.Slice, reflect.Array:
		return e.list(v, t)
	case reflect.Pointer:
		if v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		return e.member(v.Elem(), elemType(t), quoted)
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128:
		return &json.UnsupportedTypeError{Type: e.types.named(v.Type(), t)}
	}
	if !quoted {
		return e.compiled(v)
	}
	start := e.b.Len()
	if err := e.compiled(v); err != nil {
		return err
	}
	text := strings.Clone(e.b.String()[start:])
	e.b.Truncate(start)
	return e.compiled(reflect.ValueOf(text))
}

// member writes a value inside another one.
func (e *jsonEncoder) member(v reflect.Value, t types.Type, quoted bool) error {
	var d *dynType
	if !types.IsInterface(t) {
		d = e.types.byType(t)
	}
	return e.value(v, t, d, quoted)
}

func (e *jsonEncoder) structure(v reflect.Value, t types.Type) error {
	e.b.WriteByte('{')
	first := true
	for _, f := range fieldsInJSON(v.Type(), t) {
		fv, ok := f.in(v)
		if !ok || f.omitEmpty && isEmpty(fv) || f.omitZero && e.isZero(fv, f.typ) {
			continue
		}
		if !first {
			e.b.WriteByte(',')
		}
		first = false
		if err := e.compiled(reflect.ValueOf(f.name)); err != nil {
			return err
		}
		e.b.WriteByte(':')
		if err := e.member(fv, f.typ, f.quoted && quotable(f.typ)); err != nil {
			return err
		}
	}
	e.b.WriteByte('}')
	return nil
}

// quotable tells whether the option string means anything for a type.
func quotable(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsBoolean|types.IsInteger|types.IsFloat|types.IsString) != 0
}

func (e *jsonEncoder) isZero(v reflect.Value, t types.Type) bool {
	if b, ok := e.speaker(v, t, e.types.byType(t), "IsZero"); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		if f, ok := call[func(any) bool](b, "IsZero"); ok {
			return f(b.v)
		}
	}
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
		return z.IsZero()
	}
	return v.IsZero()
}

func (e *jsonEncoder) mapping(v reflect.Value, t types.Type) error {
	m := t.Underlying().(*types.Map)
	if v.IsNil() {
		e.b.WriteString("null")
		return nil
	}
	type entry struct {
		name  string
		value reflect.Value
	}
	var list []entry
	for iter := v.MapRange(); iter.Next(); {
		name, err := e.key(iter.Key(), m.Key(), t)
		if err != nil {
			return err
		}
		list = append(list, entry{name, iter.Value()})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	e.b.WriteByte('{')
	for i, x := range list {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if err := e.compiled(reflect.ValueOf(x.name)); err != nil {
			return err
		}
		e.b.WriteByte(':')
		if err := e.member(x.value, m.Elem(), false); err != nil {
			return err
		}
	}
	e.b.WriteByte('}')
	return nil
}

func (e *jsonEncoder) key(k reflect.Value, t, of types.Type) (string, error) {
	if k.Kind() == reflect.String {
		return k.String(), nil
	}
	if d := e.types.byType(t); d != nil {
		if f, ok := call[func(any) ([]byte, error)](box{d, k.Interface()}, "MarshalText"); ok {
			if k.Kind() == reflect.Pointer && k.IsNil() {
				return "", nil
			}
			out, err := f(k.Interface())
			return string(out), err
		}
	}
	if m, ok := k.Interface().(encoding.TextMarshaler); ok {
		out, err := m.MarshalText()
		return string(out), err
	}
	switch {
	case k.CanInt():
		return strconv.FormatInt(k.Int(), 10), nil
	case k.CanUint():
		return strconv.FormatUint(k.Uint(), 10), nil
	}
	return "", fmt.Errorf("json: unsupported type: %s", goTypeName(of))
}

func (e *jsonEncoder) list(v reflect.Value, t types.Type) error {
	et := elemType(t)
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			e.b.WriteString("null")
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 && e.types.byType(et) == nil {
			e.b.WriteString(`"` + base64.StdEncoding.EncodeToString(v.Bytes()) + `"`)
			return nil
		}
	}
	e.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if err := e.member(v.Index(i), et, false); err != nil {
			return err
		}
	}
	e.b.WriteByte(']')
	return nil
}
