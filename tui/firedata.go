package tui

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"hotloop/interp"
)

// dataCheck is what is wrong with typed JSON.
type dataCheck struct {
	problem    string // "" for nothing
	at         int    // byte of the data that is wrong
	unfinished bool   // more typing could make it right
}

// checkData looks whether s is JSON. No data at all is fine.
func checkData(s string) dataCheck {
	if strings.TrimSpace(s) == "" {
		return dataCheck{}
	}
	if json.Valid([]byte(s)) {
		return dataCheck{}
	}
	if at, name, ok := nextGap(s, 0, false); ok {
		return dataCheck{problem: name + " needs a value", at: at, unfinished: true}
	}
	var v any
	err := json.Unmarshal([]byte(s), &v)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		if strings.Contains(err.Error(), "unexpected end") {
			return dataCheck{problem: "the JSON goes on", at: len(s), unfinished: true}
		}
		at := max(int(syntax.Offset)-1, 0)
		if word, from := wordAt(s, at); word != "" {
			return dataCheck{problem: word + ` is not JSON; text needs "quotes"`, at: from}
		}
		return dataCheck{problem: plainJSONError(syntax.Error()), at: at}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return dataCheck{problem: "the JSON goes on", at: len(s), unfinished: true}
	case err != nil:
		return dataCheck{problem: err.Error()}
	}
	return dataCheck{}
}

// wordAt gives the bare word around byte at, which JSON cannot mean.
func wordAt(s string, at int) (word string, from int) {
	from, to := at, at
	for from > 0 && isWord(rune(s[from-1])) {
		from--
	}
	for to < len(s) && isWord(rune(s[to])) {
		to++
	}
	if word = s[from:to]; word == "" || !afterColon(s[:from]) && strings.TrimSpace(s[:from]) != "" || word[0] >= '0' && word[0] <= '9' {
		return "", 0
	}
	return word, from
}

// plainJSONError shortens what encoding/json says to what a person needs.
func plainJSONError(s string) string {
	s = strings.Replace(s, "invalid character", "unexpected", 1)
	s = strings.Replace(s, "looking for beginning of value", "where a value begins", 1)
	s = strings.Replace(s, "looking for beginning of object key string", "where a \"field\" begins", 1)
	return s
}

// nextGap finds the next place where data wants filling in, from byte from on:
// behind a colon that no value follows, and, if wanted, inside an empty string.
// name is the field's name with quotes.
func nextGap(s string, from int, emptyStrings bool) (at int, name string, ok bool) {
	field := ""
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			end, _ := stringEnd(s, i)
			if emptyStrings && end == i+2 && i+1 >= from && afterColon(s[:i]) {
				return i + 1, field, true
			}
			if !afterColon(s[:i]) {
				field = s[i:end]
			}
			i = end - 1
		case ':':
			rest := strings.TrimLeft(s[i+1:], " ")
			if i+1 >= from && (rest != "" && (rest[0] == ',' || rest[0] == '}')) {
				return i + 1, field, true
			}
		}
	}
	return 0, "", false
}

func afterColon(s string) bool {
	return strings.HasSuffix(strings.TrimRight(s, " "), ":")
}

// stringEnd gives the end of the string that begins at s[i], and whether it is
// closed there.
func stringEnd(s string, i int) (end int, closed bool) {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case '"':
			return j + 1, true
		}
	}
	return len(s), false
}

// exampleData makes data for a handler of which nothing but the parameters is
// known. Values that only a person can know are left as gaps.
func exampleData(params []interp.Param) string {
	switch len(params) {
	case 0:
		return ""
	case 1:
		return exampleValue(params[0])
	}
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = quote(p.Name) + ":" + exampleValue(p)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func exampleValue(p interp.Param) string {
	if len(p.Fields) > 0 {
		parts := make([]string, len(p.Fields))
		for i, f := range p.Fields {
			parts[i] = quote(f) + ":"
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	switch t := strings.TrimPrefix(p.Type, "*"); t {
	case "string":
		return `""`
	case "bool":
		return "false"
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
		"uintptr", "float32", "float64", "byte", "rune", "time.Duration":
		return "0"
	case "any", "interface{}":
		return "{}"
	default:
		switch {
		case strings.HasPrefix(t, "["):
			return "[]"
		case strings.HasPrefix(t, "map["):
			return "{}"
		}
	}
	return ""
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// parameterText is a handler's signature as the fire line shows it, the fields
// of its data included.
func parameterText(u *interp.Unit) string {
	if len(u.Params) == 0 {
		return clean(u.Name) + "() takes no data"
	}
	parts := make([]string, len(u.Params))
	for i, p := range u.Params {
		parts[i] = strings.TrimSpace(p.Name + " " + p.Type)
		if len(p.Fields) > 0 {
			parts[i] += "{" + strings.Join(p.Fields, ", ") + "}"
		}
	}
	return clean(u.Name + "(" + strings.Join(parts, ", ") + ")")
}

// keyPlace describes the place in JSON where a field name is being typed.
type keyPlace struct {
	ok      bool
	from    int      // byte where the name begins, its quote included
	partial string   // what is typed of it
	used    []string // names the object has already, before the place
	// path to the object: names of fields and "#n" for the nth of an array.
	path []string
}

// keyAt looks whether the end of s is a place for a field name.
func keyAt(s string) keyPlace {
	var stack []jsonLevel
	at := func(from int, partial string) keyPlace {
		return keyPlace{ok: true, from: from, partial: partial, used: stack[len(stack)-1].used, path: jsonPath(stack)}
	}
	for i := 0; i < len(s); i++ {
		var top *jsonLevel
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		switch c := s[i]; {
		case c == '{' || c == '[':
			stack = append(stack, jsonLevel{object: c == '{'})
		case c == '"':
			end, closed := stringEnd(s, i)
			if top != nil && top.object && !top.value {
				if !closed {
					return at(i, s[i+1:])
				}
				top.key = s[i+1 : end-1]
				top.used = append(top.used, top.key)
			}
			i = end - 1
		case top == nil:
		case c == '}' || c == ']':
			stack = stack[:len(stack)-1]
		case c == ':':
			top.value = true
		case c == ',':
			top.value = false
			top.index++
		}
	}
	if len(stack) == 0 || !stack[len(stack)-1].object || stack[len(stack)-1].value {
		return keyPlace{}
	}
	// Letters without a quote count as the beginning of a name.
	from := len(s)
	for from > 0 && isWord(rune(s[from-1])) {
		from--
	}
	head := strings.TrimRight(s[:from], " ")
	if !strings.HasSuffix(head, "{") && !strings.HasSuffix(head, ",") {
		return keyPlace{}
	}
	return at(from, s[from:])
}

// jsonLevel is an object or array that is open at some place of a text.
type jsonLevel struct {
	object bool
	key    string   // last name in an object
	used   []string // all names in it so far
	index  int      // place in an array, from 0
	value  bool     // behind the colon
}

// jsonPath names the way from the outermost value to the innermost one.
func jsonPath(stack []jsonLevel) []string {
	var path []string
	for _, l := range stack[:len(stack)-1] {
		if l.object {
			path = append(path, l.key)
		} else {
			path = append(path, "#"+lineNo(l.index+1))
		}
	}
	return path
}

// fieldsAt gives the names that fit at a path in the data of a handler.
func fieldsAt(params []interp.Param, path []string) []string {
	switch {
	case len(params) == 1 && len(path) == 0:
		return params[0].Fields
	case len(params) > 1 && len(path) == 0:
		names := make([]string, len(params))
		for i, p := range params {
			names[i] = p.Name
		}
		return names
	case len(params) > 1 && len(path) == 1:
		for i, p := range params {
			if path[0] == p.Name || path[0] == "#"+lineNo(i+1) {
				return p.Fields
			}
		}
	}
	return nil
}
