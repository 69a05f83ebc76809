package interp

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"go/types"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// decode makes a value of the interpreter's type rt, Go type t, out of JSON
// that is known to be valid. path says where in the data it stands.
func decode(data json.RawMessage, t types.Type, rt reflect.Type, path string) (reflect.Value, error) {
	v := reflect.New(rt).Elem()
	if err := decodeInto(v, data, t, path); err != nil {
		return reflect.Value{}, err
	}
	return v, nil
}

// at puts the path before a message.
func at(path, format string, args ...any) error {
	msg := fmt.Sprintf(format, args...)
	if path == "" {
		return fmt.Errorf("%s", msg)
	}
	return fmt.Errorf("%s: %s", path, msg)
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}

func decodeInto(v reflect.Value, data json.RawMessage, t types.Type, path string) error {
	rt := v.Type()
	mismatch := func() error { return at(path, "expected %s, got %s", wanted(t, rt), describeJSON(data)) }
	if isNull(data) {
		if canBeNil(rt) {
			return nil // v is the zero value
		}
		return mismatch()
	}
	if rt == reflect.TypeFor[time.Duration]() {
		return decodeDuration(v, data, path)
	}
	if decodesItself(rt) {
		if err := json.Unmarshal(data, v.Addr().Interface()); err != nil {
			return at(path, "%s", strings.TrimPrefix(err.Error(), "json: "))
		}
		return nil
	}
	switch rt.Kind() {
	case reflect.Bool:
		switch string(data) {
		case "true", "false":
			v.SetBool(data[0] == 't')
			return nil
		}
		return mismatch()
	case reflect.String:
		if data[0] != '"' {
			return mismatch()
		}
		s, plain := plainString(data)
		if !plain {
			if err := json.Unmarshal(data, &s); err != nil {
				return at(path, "%v", err)
			}
		}
		v.SetString(s)
		return nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64:
		if !isNumber(data) {
			return mismatch()
		}
		return decodeNumber(v, string(data), func() string { return wanted(t, rt) }, path)
	case reflect.Pointer:
		v.Set(reflect.New(rt.Elem()))
		return decodeInto(v.Elem(), data, elemType(t), path)
	case reflect.Slice, reflect.Array:
		return decodeList(v, data, t, path)
	case reflect.Map:
		return decodeMap(v, data, t, path)
	case reflect.Interface:
		if it, ok := underlying(t).(*types.Interface); rt.NumMethod() > 0 || ok && it.NumMethods() > 0 {
			return at(path, "%s cannot be made from JSON: it is an interface with methods", wanted(t, rt))
		}
		var x any
		if err := json.Unmarshal(data, &x); err != nil {
			return at(path, "%v", err)
		}
		v.Set(reflect.ValueOf(x))
		return nil
	case reflect.Struct:
		return decodeStruct(v, data, t, path)
	}
	return at(path, "%s cannot be made from JSON", wanted(t, rt))
}

// wanted is a type for messages, without the script's own package name.
func wanted(t types.Type, rt reflect.Type) string {
	return formatter{pkg: scriptPackage(t, 0)}.typeName(reflect.Zero(rt), t)
}

// decodesItself reports whether the JSON form of a type is its own affair:
// compiled types with such a method, and all compiled structs.
func decodesItself(rt reflect.Type) bool {
	if rt.Kind() == reflect.Pointer || !isCompiled(rt) {
		return false
	}
	p := reflect.PointerTo(rt)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		rt.Kind() == reflect.Struct
}

func isNumber(data []byte) bool {
	return data[0] == '-' || data[0] >= '0' && data[0] <= '9'
}

// decodeNumber takes integers of any spelling (3, 3.0, 3e2) and wants them to
// fit exactly; floats are rounded as usual.
func decodeNumber(v reflect.Value, text string, want func() string, path string) error {
	tooLarge := func() error { return at(path, "%s does not fit %s", text, want()) }
	if v.CanFloat() {
		x, err := strconv.ParseFloat(text, v.Type().Bits())
		if err != nil {
			return tooLarge()
		}
		v.SetFloat(x)
		return nil
	}
	if strings.ContainsAny(text, ".eE") {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return tooLarge()
		}
		if x != math.Trunc(x) {
			return at(path, "%s is not a whole number, and %s wants one", text, want())
		}
		if math.Abs(x) > 1<<53 {
			return at(path, "%s is too large to be exact; write it without a point or exponent", text)
		}
		text = strconv.FormatFloat(x, 'f', 0, 64)
	}
	if v.CanInt() {
		x, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v.OverflowInt(x) {
			return tooLarge()
		}
		v.SetInt(x)
		return nil
	}
	if text == "-0" {
		text = "0"
	}
	x, err := strconv.ParseUint(text, 10, 64)
	if err != nil || v.OverflowUint(x) {
		return tooLarge()
	}
	v.SetUint(x)
	return nil
}

// decodeDuration takes "1.5s", or a number of nanoseconds.
func decodeDuration(v reflect.Value, data json.RawMessage, path string) error {
	if isNumber(data) {
		return decodeNumber(v, string(data), func() string { return "time.Duration" }, path)
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return at(path, `expected a duration such as "1.5s", got %s`, describeJSON(data))
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return at(path, `expected a duration such as "1.5s", got %s`, describeJSON(data))
	}
	v.SetInt(int64(d))
	return nil
}

func decodeList(v reflect.Value, data json.RawMessage, t types.Type, path string) error {
	rt := v.Type()
	if data[0] == '"' && rt.Kind() == reflect.Slice && rt.Elem().Kind() == reflect.Uint8 {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return at(path, "%v", err)
		}
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return at(path, "expected bytes in base64, got %s", describeJSON(data))
		}
		v.SetBytes(b)
		return nil
	}
	items, err := arrayItems(data)
	if err != nil {
		return at(path, "expected an array (%s), got %s", wanted(t, rt), describeJSON(data))
	}
	if rt.Kind() == reflect.Array && len(items) != rt.Len() {
		return at(path, "%s wants %d elements, got %d", wanted(t, rt), rt.Len(), len(items))
	}
	if rt.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(rt, len(items), len(items)))
	}
	for i, item := range items {
		if err := decodeInto(v.Index(i), item, elemType(t), path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(v reflect.Value, data json.RawMessage, t types.Type, path string) error {
	rt := v.Type()
	if data[0] != '{' {
		return at(path, "expected an object (%s), got %s", wanted(t, rt), describeJSON(data))
	}
	members, err := objectMembers(data)
	if err != nil {
		return at(path, "%v", err)
	}
	var keyType types.Type
	if m, ok := underlying(t).(*types.Map); ok {
		keyType = m.Key()
	}
	v.Set(reflect.MakeMap(rt))
	for _, m := range members {
		here := path + "[" + strconv.Quote(m.name) + "]"
		key, err := decodeKey(m.name, keyType, rt.Key(), here)
		if err != nil {
			return err
		}
		e, err := decode(m.value, elemType(t), rt.Elem(), here)
		if err != nil {
			return err
		}
		v.SetMapIndex(key, e)
	}
	return nil
}

// decodeKey makes a map key out of a name: strings, numbers, and compiled
// types that read text.
func decodeKey(name string, t types.Type, rt reflect.Type, path string) (reflect.Value, error) {
	key := reflect.New(rt).Elem()
	if u, ok := key.Addr().Interface().(encoding.TextUnmarshaler); ok && isCompiled(rt) {
		if err := u.UnmarshalText([]byte(name)); err != nil {
			return key, at(path, "%v", err)
		}
		return key, nil
	}
	switch {
	case rt.Kind() == reflect.String:
		key.SetString(name)
		return key, nil
	case key.CanInt() || key.CanUint():
		if name == "" || !isNumber([]byte(name)) || validJSON([]byte(name)) != nil {
			return key, at(path, "the key is not a number, and %s wants one", wanted(t, rt))
		}
		return key, decodeNumber(key, name, func() string { return wanted(t, rt) }, path)
	case rt.Kind() == reflect.Interface && rt.NumMethod() == 0:
		key.Set(reflect.ValueOf(name))
		return key, nil
	}
	return key, at(path, "a map with keys of type %s cannot be made from JSON", wanted(t, rt))
}

func decodeStruct(v reflect.Value, data json.RawMessage, t types.Type, path string) error {
	rt := v.Type()
	if data[0] != '{' {
		return at(path, "expected an object (%s), got %s", wanted(t, rt), describeJSON(data))
	}
	members, err := objectMembers(data)
	if err != nil {
		return at(path, "%v", err)
	}
	fields := fieldsInJSON(rt, t)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	given := make([]bool, len(fields))
	for _, m := range members {
		i := matchName(m.name, names)
		if i < 0 {
			return at(path, "unknown field %q in %s%s", m.name, wanted(t, rt), suggestion(m.name, names))
		}
		given[i] = true
		if err := decodeField(v, fields[i], m.value, join(path, fields[i].name)); err != nil {
			return err
		}
	}
	for i, f := range fields {
		if !given[i] && !f.optional {
			return at(path, "missing field %q in %s", f.name, wanted(t, rt))
		}
	}
	return nil
}

// decodeField sets one field, making embedded structs on the way to it.
func decodeField(v reflect.Value, f jsonField, data json.RawMessage, path string) error {
	for i, x := range f.index {
		if i > 0 && v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(x)
	}
	if f.quoted && data[0] == '"' {
		var inner string
		if err := json.Unmarshal(data, &inner); err == nil && v.Kind() != reflect.String && validJSON([]byte(inner)) == nil {
			data = json.RawMessage(inner)
		}
	}
	v.SetZero()
	return decodeInto(v, data, f.typ, path)
}
