package interp

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// unmarshal is json.Unmarshal for a target that may be a script's.
func (d *dynTypes) unmarshal(data []byte, target any) error {
	return d.unmarshalWith(jsonOptions{}, data, target)
}

func (d *dynTypes) unmarshalWith(opt jsonOptions, data []byte, target any) error {
	b, ok := d.plain(target).(box)
	if !ok {
		return json.Unmarshal(data, target)
	}
	v := reflect.ValueOf(b.v)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return &json.InvalidUnmarshalError{Type: d.named(v.Type(), b.t.goType())}
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	u := &jsonDecoder{types: d, opt: opt, whole: data}
	if err := u.pointed(bytes.TrimSpace(data), v, b.t.goType(), ""); err != nil {
		return u.placed(err)
	}
	return u.first
}

// jsonOptions are what a json.Decoder was told.
type jsonOptions struct{ useNumber, knownFields bool }

// jsonDecoder reads a value as encoding/json does, by the types that the script
// declares. Like there, a value of the wrong type is told at the end, and the
// rest is read.
//
// All data is part of the whole, so that its capacity tells where it stands.
type jsonDecoder struct {
	types  *dynTypes
	opt    jsonOptions
	whole  []byte
	first  error
	inside bool
	in     string   // the innermost struct, if inside one
	path   []string // the fields on the way
}

// start is where data stands in the whole, or 0 for what was made on the way.
func (u *jsonDecoder) start(data []byte) int64 {
	at := cap(u.whole) - cap(data)
	if at < 0 || at >= len(u.whole) || len(data) == 0 || &u.whole[at] != &data[0] {
		return 0
	}
	return int64(at)
}

// mismatch notes that something has another type than the data.
func (u *jsonDecoder) mismatch(data []byte, rt reflect.Type, t types.Type) {
	kind, end := "number", u.start(data)+int64(len(data))
	switch data[0] {
	case '{':
		kind, end = "object", u.start(data)+1
	case '[':
		kind, end = "array", u.start(data)+1
	case '"':
		kind = "string"
	case 't', 'f':
		kind = "bool"
	}
	u.note(&json.UnmarshalTypeError{Value: kind, Type: u.types.named(rt, t), Offset: end})
}

// placed adds to an error of a mismatch where it is.
func (u *jsonDecoder) placed(err error) error {
	if te, ok := err.(*json.UnmarshalTypeError); ok && u.inside {
		if te.Field != "" {
			te.Field = "." + te.Field
		}
		te.Struct, te.Field = u.in, strings.Join(u.path, ".")+te.Field
	}
	return err
}

func (u *jsonDecoder) note(err error) {
	err = u.placed(err)
	if u.first == nil {
		u.first = err
	}
}

// pointed reads what a pointer points to, by the pointer's methods if it has
// some.
func (u *jsonDecoder) pointed(data []byte, p reflect.Value, pt types.Type, quoted string) error {
	if d := u.types.byType(pt); d != nil {
		b := box{d, p.Interface()}
		if f, ok := call[func(any, []byte) error](b, "UnmarshalJSON"); ok {
			return f(b.v, data)
		}
		if f, ok := call[func(any, []byte) error](b, "UnmarshalText"); ok && !isNull(data) {
			if data[0] != '"' {
				u.mismatch(data, p.Type().Elem(), elemType(pt))
				return nil
			}
			var s string
			if err := json.Unmarshal(data, &s); err != nil {
				return err
			}
			return f(b.v, []byte(s))
		}
	}
	return u.value(data, p.Elem(), elemType(pt), quoted != "")
}

// value reads into v, which can be set, of type t.
func (u *jsonDecoder) value(data []byte, v reflect.Value, t types.Type, quoted bool) error {
	if quoted && data[0] == '"' && quotable(t) {
		var inner string
		if err := json.Unmarshal(data, &inner); err == nil {
			if v.Kind() != reflect.String && !json.Valid([]byte(inner)) {
				return errors.New("json: invalid use of ,string struct tag, trying to unmarshal " + strconv.Quote(string(data)) + " into " + goTypeName(t))
			}
			data = []byte(inner)
		}
	}
	null := isNull(data)
	switch v.Kind() {
	case reflect.Pointer:
		if null {
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return u.pointed(data, v, t, "")
	case reflect.Interface:
		return u.dynamic(data, v, t)
	}
	if exactType(t) {
		return u.compiled(data, v, t)
	}
	if null {
		switch v.Kind() {
		case reflect.Map, reflect.Slice:
			v.SetZero()
		}
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return u.structure(data, v, t)
	case reflect.Map:
		return u.mapping(data, v, t)
	case reflect.Slice, reflect.Array:
		if data[0] == '[' {
			return u.list(data, v, t)
		}
	}
	return u.compiled(data, v, t)
}

// member reads a value inside another one, which has an address.
func (u *jsonDecoder) member(data []byte, v reflect.Value, t types.Type, quoted bool) error {
	if v.Kind() == reflect.Pointer || types.IsInterface(t) {
		return u.value(data, v, t, quoted)
	}
	q := ""
	if quoted {
		q = "string"
	}
	return u.pointed(data, v.Addr(), types.NewPointer(t), q)
}

// compiled reads a value of a type that encoding/json knows as it is.
func (u *jsonDecoder) compiled(data []byte, v reflect.Value, t types.Type) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if u.opt.useNumber {
		dec.UseNumber()
	}
	if u.opt.knownFields {
		dec.DisallowUnknownFields()
	}
	err := dec.Decode(v.Addr().Interface())
	te, ok := err.(*json.UnmarshalTypeError)
	if ok {
		te.Offset += u.start(data)
		if te.Type == v.Type() {
			te.Type = u.types.named(te.Type, t)
		}
	}
	if ok || err != nil && strings.HasPrefix(err.Error(), "json: unknown field ") {
		u.note(err)
		return nil
	}
	return err
}

func (u *jsonDecoder) dynamic(data []byte, v reflect.Value, t types.Type) error {
	if !v.IsNil() {
		if b, ok := u.types.plain(v.Interface()).(box); ok {
			if p := reflect.ValueOf(b.v); p.Kind() == reflect.Pointer && !p.IsNil() && !isNull(data) {
				return u.pointed(data, p, b.t.goType(), "")
			}
		}
	}
	if isNull(data) {
		v.SetZero()
		return nil
	}
	if it, ok := t.Underlying().(*types.Interface); ok && it.NumMethods() > 0 {
		u.mismatch(data, v.Type(), t)
		return nil
	}
	return u.compiled(data, v, t)
}

func (u *jsonDecoder) structure(data []byte, v reflect.Value, t types.Type) error {
	members, err := objectMembers(data)
	if err != nil {
		u.mismatch(data, v.Type(), t)
		return nil
	}
	outer, was := u.in, u.inside
	u.in, u.inside = u.types.named(v.Type(), t).Name(), true
	fields := fieldsInJSON(v.Type(), t)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	for _, m := range members {
		i := matchName(m.name, names)
		if i < 0 {
			if u.opt.knownFields {
				u.note(fmt.Errorf("json: unknown field %q", m.name))
			}
			continue
		}
		fv, depth := v, len(u.path)
		u.path = append(u.path, embeddedNames(t, fields[i].index)...)
		for k, x := range fields[i].index {
			if k > 0 && fv.Kind() == reflect.Pointer {
				if fv.IsNil() {
					fv.Set(reflect.New(fv.Type().Elem()))
				}
				fv = fv.Elem()
			}
			fv = fv.Field(x)
		}
		u.path = append(u.path, names[i])
		if err := u.member(bytes.TrimSpace(m.value), fv, fields[i].typ, fields[i].quoted); err != nil {
			return err // with the way to it
		}
		u.path = u.path[:depth]
	}
	u.in, u.inside = outer, was
	return nil
}

// embeddedNames are the embedded fields on the way to a field.
func embeddedNames(t types.Type, index []int) (names []string) {
	for _, x := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		f := t.Underlying().(*types.Struct).Field(x)
		names = append(names, f.Name())
		t = f.Type()
	}
	return names
}

func (u *jsonDecoder) mapping(data []byte, v reflect.Value, t types.Type) error {
	members, err := objectMembers(data)
	if err != nil {
		u.mismatch(data, v.Type(), t)
		return nil
	}
	m := t.Underlying().(*types.Map)
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	for _, x := range members {
		key := reflect.New(v.Type().Key()).Elem()
		if err := u.key(x.name, key, m.Key()); err != nil {
			return err
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := u.member(bytes.TrimSpace(x.value), e, m.Elem(), false); err != nil {
			return err
		}
		v.SetMapIndex(key, e)
	}
	return nil
}

func (u *jsonDecoder) key(name string, key reflect.Value, t types.Type) error {
	if d := u.types.byType(types.NewPointer(t)); d != nil {
		if f, ok := call[func(any, []byte) error](box{d, key.Addr().Interface()}, "UnmarshalText"); ok {
			return f(key.Addr().Interface(), []byte(name))
		}
	}
	if m, ok := key.Addr().Interface().(encoding.TextUnmarshaler); ok && key.Kind() != reflect.String {
		return m.UnmarshalText([]byte(name))
	}
	switch {
	case key.Kind() == reflect.String:
		key.SetString(name)
	case key.CanInt():
		n, err := strconv.ParseInt(name, 10, 64)
		if err != nil || key.OverflowInt(n) {
			u.note(&json.UnmarshalTypeError{Value: "number " + name, Type: u.types.named(key.Type(), t)})
		}
		key.SetInt(n)
	case key.CanUint():
		n, err := strconv.ParseUint(name, 10, 64)
		if err != nil || key.OverflowUint(n) {
			u.note(&json.UnmarshalTypeError{Value: "number " + name, Type: u.types.named(key.Type(), t)})
		}
		key.SetUint(n)
	case key.Kind() == reflect.Interface && key.NumMethod() == 0:
		key.Set(reflect.ValueOf(name))
	}
	return nil
}

func (u *jsonDecoder) list(data []byte, v reflect.Value, t types.Type) error {
	items, err := arrayItems(data)
	if err != nil {
		return err
	}
	if v.Kind() == reflect.Slice {
		if v.Cap() < len(items) || v.IsNil() {
			grown := reflect.MakeSlice(v.Type(), len(items), len(items))
			reflect.Copy(grown, v)
			v.Set(grown)
		}
		v.SetLen(len(items))
	}
	for i := range v.Len() {
		if i >= len(items) {
			v.Index(i).SetZero()
			continue
		}
		if err := u.member(bytes.TrimSpace(items[i]), v.Index(i), elemType(t), false); err != nil {
			return err
		}
	}
	return nil
}
