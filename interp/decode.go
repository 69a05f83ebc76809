package interp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"io"
	"reflect"
	"strings"
)

// decodeArgs turns an event's JSON into the arguments of a handler, ready for
// reflect.Value.Call. sig is the handler's signature; rts are the types of its
// parameters in the interpreter, names their names. When the handler has a
// leading context.Context, rts and names leave it out and sig need not.
//
//   - No parameter: there must be no data.
//   - One parameter: the data is its value.
//   - Several: an array by position, or an object by parameter name.
//   - A variadic parameter takes the rest of the array.
//
// Structs are strict: a field that the type does not have is an error, and so
// is one that the data does not have, unless it is a pointer or tagged
// omitempty or omitzero. Without data, maps, slices, pointers and interfaces
// are nil, and anything else is an error that shows what is wanted.
//
// Errors are for the person who fired the event. Where they speak of the
// function they call it "the handler", for which a caller may put its name.
func decodeArgs(data []byte, sig *types.Signature, names []string, rts []reflect.Type) ([]reflect.Value, error) {
	params := paramsOf(sig, len(rts))
	data = bytes.TrimSpace(data)
	if len(data) > 0 {
		if err := validJSON(data); err != nil {
			return nil, err
		}
	}
	if len(params) == 0 {
		if len(data) > 0 && !isNull(data) {
			return nil, errors.New("the handler takes no data")
		}
		return nil, nil
	}
	if len(data) == 0 {
		return noData(sig, names, params, rts)
	}
	if len(params) == 1 && !sig.Variadic() {
		v, err := decode(data, params[0], rts[0], "")
		if err != nil {
			return nil, err
		}
		return []reflect.Value{v}, nil
	}
	if data[0] == '{' && namedParams(names, len(params)) && len(params) > 1 {
		return decodeNamed(data, sig, names, params, rts)
	}
	return decodePositional(data, sig, names, params, rts)
}

// paramsOf gives the types of the last n parameters.
func paramsOf(sig *types.Signature, n int) []types.Type {
	all := sig.Params()
	var list []types.Type
	for i := max(0, all.Len()-n); i < all.Len(); i++ {
		list = append(list, all.At(i).Type())
	}
	return list
}

// namedParams reports whether every parameter can be told by its name.
func namedParams(names []string, n int) bool {
	if len(names) != n {
		return false
	}
	seen := map[string]bool{}
	for _, name := range names {
		if name == "" || name == "_" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

func noData(sig *types.Signature, names []string, params []types.Type, rts []reflect.Type) ([]reflect.Value, error) {
	var args []reflect.Value
	for i, rt := range rts {
		if sig.Variadic() && i == len(rts)-1 {
			break
		}
		if !canBeNil(rt) {
			return nil, fmt.Errorf("the handler wants data such as %s", exampleData(sig, names))
		}
		args = append(args, reflect.Zero(rt))
	}
	return args, nil
}

func canBeNil(rt reflect.Type) bool {
	switch rt.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return true
	case reflect.Interface:
		return true
	}
	return false
}

func decodePositional(data []byte, sig *types.Signature, names []string, params []types.Type, rts []reflect.Type) ([]reflect.Value, error) {
	items, err := arrayItems(data)
	if err != nil {
		want := "an array"
		if namedParams(names, len(params)) && len(params) > 1 {
			want = "an array or an object"
		}
		return nil, fmt.Errorf("expected %s such as %s, got %s", want, exampleData(sig, names), describeJSON(data))
	}
	fixed := len(params)
	if sig.Variadic() {
		fixed--
	}
	if len(items) < fixed || len(items) > fixed && !sig.Variadic() {
		return nil, fmt.Errorf("the handler takes %d values, got %d; an example is %s", fixed, len(items), exampleData(sig, names))
	}
	var args []reflect.Value
	for i, item := range items {
		t, rt := params[min(i, len(params)-1)], rts[min(i, len(params)-1)]
		if i >= fixed {
			t, rt = elemType(t), rt.Elem()
		}
		v, err := decode(item, t, rt, fmt.Sprintf("[%d]", i))
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return args, nil
}

func decodeNamed(data []byte, sig *types.Signature, names []string, params []types.Type, rts []reflect.Type) ([]reflect.Value, error) {
	members, err := objectMembers(data)
	if err != nil {
		return nil, err
	}
	given := make([]json.RawMessage, len(names))
	for _, m := range members {
		i := matchName(m.name, names)
		if i < 0 {
			return nil, fmt.Errorf("unknown parameter %q%s", m.name, suggestion(m.name, names))
		}
		given[i] = m.value
	}
	var args []reflect.Value
	for i, raw := range given {
		variadic := sig.Variadic() && i == len(given)-1
		switch {
		case raw == nil && variadic:
		case raw == nil && canBeNil(rts[i]):
			args = append(args, reflect.Zero(rts[i]))
		case raw == nil:
			return nil, fmt.Errorf("missing parameter %q; an example is %s", names[i], exampleData(sig, names))
		default:
			v, err := decode(raw, params[i], rts[i], names[i])
			if err != nil {
				return nil, err
			}
			if !variadic {
				args = append(args, v)
				break
			}
			for k := range v.Len() {
				args = append(args, v.Index(k))
			}
		}
	}
	return args, nil
}

// matchName finds a JSON name among Go ones: exact, or else without regard to
// case, as encoding/json does.
func matchName(name string, names []string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	for i, n := range names {
		if strings.EqualFold(n, name) {
			return i
		}
	}
	return -1
}

func suggestion(name string, known []string) string {
	if near := nearestName(name, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(known) > 0 && len(known) <= 8 {
		return "; there are " + strings.Join(known, ", ")
	}
	return ""
}

// validJSON checks that data is one JSON value, and says where it is not.
func validJSON(data []byte) error {
	if json.Valid(data) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	var se *json.SyntaxError
	if errors.As(err, &se) {
		return fmt.Errorf("data is not JSON: %s at character %d", strings.TrimPrefix(se.Error(), "json: "), se.Offset)
	}
	return err
}

func isNull(data []byte) bool { return string(bytes.TrimSpace(data)) == "null" }

type jsonMember struct {
	name  string
	value json.RawMessage
}

// objectMembers takes an object apart, in order. Of a name that comes twice
// the last one counts, as in encoding/json.
func objectMembers(data []byte) ([]jsonMember, error) {
	if list, ok := splitObject(data); ok {
		return list, nil
	}
	return decodedMembers(data)
}

func decodedMembers(data []byte) ([]jsonMember, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, errors.Join(errors.New("not an object"), err)
	}
	var list []jsonMember
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := jsonMember{name: tok.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

func arrayItems(data []byte) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if len(data) == 0 || data[0] != '[' {
		return nil, io.ErrUnexpectedEOF
	}
	err := json.Unmarshal(data, &items)
	return items, err
}

// describeJSON says what a piece of JSON is, for messages.
func describeJSON(data []byte) string {
	data = bytes.TrimSpace(data)
	kind := "number "
	switch data[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		kind = "string "
	case 't', 'f', 'n':
		kind = ""
	}
	text := string(data)
	if len(text) > 40 {
		text = text[:wholeRunes(data[:40])] + "…"
	}
	return kind + text
}
