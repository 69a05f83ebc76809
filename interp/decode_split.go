package interp

import "encoding/json"

// Events are checked to be JSON as a whole and then taken apart by type, where
// each level looks at its members only. What does that need not check again.

// splitObject takes apart an object that is known to be valid JSON; it gives up
// on what it does not expect.
func splitObject(data []byte) (list []jsonMember, ok bool) {
	i := skipSpace(data, 0)
	if i >= len(data) || data[i] != '{' {
		return nil, false
	}
	for i++; ; {
		i = skipSpace(data, i)
		switch {
		case i >= len(data):
			return nil, false
		case data[i] == '}' && len(list) == 0, data[i] == ',':
			if data[i] == '}' {
				return list, true
			}
			i = skipSpace(data, i+1)
		case data[i] == '}':
			return list, true
		case len(list) > 0:
			return nil, false
		}
		end := skipValue(data, i)
		if end < 0 {
			return nil, false
		}
		name, plain := plainString(data[i:end])
		if !plain && json.Unmarshal(data[i:end], &name) != nil {
			return nil, false
		}
		i = skipSpace(data, end)
		if i >= len(data) || data[i] != ':' {
			return nil, false
		}
		from := skipSpace(data, i+1)
		if i = skipValue(data, from); i < 0 {
			return nil, false
		}
		list = append(list, jsonMember{name, json.RawMessage(data[from:i:i])})
	}
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// skipValue gives where a value ends that begins at i, -1 when it does not.
func skipValue(data []byte, i int) int {
	depth := 0
	for ; i < len(data); i++ {
		switch data[i] {
		case '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if i >= len(data) {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // behind a number or a word
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	if depth > 0 {
		return -1
	}
	return i
}

// plainString is the value of a string without escapes, of ASCII.
func plainString(data []byte) (string, bool) {
	if len(data) < 2 || data[0] != '"' {
		return "", false
	}
	data = data[1 : len(data)-1]
	for _, c := range data {
		if c == '\\' || c < ' ' || c >= 0x80 {
			return "", false
		}
	}
	return string(data), true
}
