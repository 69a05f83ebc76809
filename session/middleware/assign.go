package middleware

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// assign puts a value as YAML has it over a configuration: what it does not name
// stays. Fields are found by their tags or names, whatever the case; scalars are
// read from text where the field is of another kind, as Traefik does it. A name
// that the configuration does not have is an error.
func assign(dst reflect.Value, src any, path string) error {
	if src == nil {
		return nil
	}
	if dst.Kind() == reflect.Pointer {
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		return assign(dst.Elem(), src, path)
	}
	v := reflect.ValueOf(src)
	wrong := func() error { return fmt.Errorf("%s: %v (%T) does not fit %s", path, src, src, dst.Type()) }
	switch dst.Kind() {
	case reflect.Interface:
		if !v.Type().AssignableTo(dst.Type()) {
			return wrong()
		}
		dst.Set(v)
	case reflect.Struct:
		m, ok := src.(map[string]any)
		if !ok {
			return wrong()
		}
		return assignFields(dst, m, path)
	case reflect.Map:
		m, ok := src.(map[string]any)
		if !ok || dst.Type().Key().Kind() != reflect.String {
			return wrong()
		}
		if dst.IsNil() {
			dst.Set(reflect.MakeMap(dst.Type()))
		}
		for key, x := range m {
			e := reflect.New(dst.Type().Elem()).Elem()
			if err := assign(e, x, path+"."+key); err != nil {
				return err
			}
			dst.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), e)
		}
	case reflect.Slice:
		list, ok := src.([]any)
		if !ok {
			list = []any{src} // one where several are wanted
		}
		out := reflect.MakeSlice(dst.Type(), len(list), len(list))
		for i, x := range list {
			if err := assign(out.Index(i), x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		dst.Set(out)
	default:
		if v.Kind() == reflect.Map || v.Kind() == reflect.Slice || scalar(dst, fmt.Sprint(src)) != nil {
			return wrong()
		}
	}
	return nil
}

func assignFields(dst reflect.Value, m map[string]any, path string) error {
	for key, x := range m {
		i := slices.IndexFunc(reflect.VisibleFields(dst.Type()), func(f reflect.StructField) bool { return called(f, key) })
		if i < 0 {
			return fmt.Errorf("%s: the configuration has no field %s", path, key)
		}
		if err := assign(dst.FieldByIndex(reflect.VisibleFields(dst.Type())[i].Index), x, path+"."+key); err != nil {
			return err
		}
	}
	return nil
}

// called tells whether a field is what a key means.
func called(f reflect.StructField, key string) bool {
	if !f.IsExported() {
		return false
	}
	for _, tag := range []string{"json", "yaml", "mapstructure"} {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" && strings.EqualFold(name, key) {
			return true
		}
	}
	return strings.EqualFold(f.Name, key)
}

// scalar reads a value from its text.
func scalar(dst reflect.Value, text string) error {
	bits := 0
	if dst.CanInt() || dst.CanUint() || dst.CanFloat() {
		bits = dst.Type().Bits()
	}
	var err error
	switch {
	case dst.Type() == reflect.TypeFor[time.Duration]():
		var d time.Duration
		if d, err = time.ParseDuration(text); err == nil {
			dst.SetInt(int64(d))
		}
	case dst.Kind() == reflect.String:
		dst.SetString(text)
	case dst.Kind() == reflect.Bool:
		var b bool
		b, err = strconv.ParseBool(text)
		dst.SetBool(b)
	case dst.CanInt():
		var n int64
		n, err = strconv.ParseInt(text, 0, bits)
		dst.SetInt(n)
	case dst.CanUint():
		var n uint64
		n, err = strconv.ParseUint(text, 0, bits)
		dst.SetUint(n)
	case dst.CanFloat():
		var f float64
		f, err = strconv.ParseFloat(text, bits)
		dst.SetFloat(f)
	default:
		err = errors.New("no scalar")
	}
	return err
}
