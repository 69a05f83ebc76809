package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"hotloop/interp"
)

// problem says what is wrong with what is typed into a row, "" for nothing.
func (n *formNode) problem() string {
	if n.key != nil {
		if problem := n.keyProblem(); problem != "" {
			return problem
		}
		for _, o := range n.up.kids {
			if o == n {
				break
			}
			if o.key.String() == n.key.String() {
				return "the key is there twice"
			}
		}
	}
	text := strings.TrimSpace(n.text.String())
	if n.holds() || text == "" && n.optional {
		return ""
	}
	if text == "" && n.shape.Kind != interp.ShapeText && n.shape.Kind != interp.ShapeAny {
		return "wants a value"
	}
	return valueProblem(n.shape, text)
}

// keyProblem says what is wrong with the key of an entry, while it is alone.
func (n *formNode) keyProblem() string {
	if n.key == nil || n.up.shape.Key == nil {
		return ""
	}
	return textProblem(*n.up.shape.Key, n.key.String())
}

// textProblem says whether a text is none that its shape wants.
func textProblem(s interp.Shape, text string) string {
	if s.Pattern == "" {
		return ""
	}
	if ok, err := regexp.MatchString("^(?:"+s.Pattern+")$", text); ok || err != nil {
		return ""
	}
	if s.Wants == "" {
		return "does not match " + s.Pattern
	}
	return "wants " + s.Wants
}

func valueProblem(s interp.Shape, text string) string {
	switch s.Kind {
	case interp.ShapeText:
		return textProblem(s, fromRow.Replace(text))
	case interp.ShapeInt:
		if _, err := strconv.ParseInt(text, 10, s.Bits); err != nil {
			return numberProblem(err, "a whole number", fmt.Sprintf("%d to %d", -1<<(s.Bits-1), 1<<(s.Bits-1)-1))
		}
	case interp.ShapeUint:
		if _, err := strconv.ParseUint(text, 10, s.Bits); err != nil {
			return numberProblem(err, "a whole number from 0", fmt.Sprintf("0 to %d", ^uint64(0)>>(64-s.Bits)))
		}
	case interp.ShapeFloat:
		if _, err := strconv.ParseFloat(text, s.Bits); err != nil || !json.Valid([]byte(text)) {
			return "wants a number"
		}
	case interp.ShapeBool:
		if text != "true" && text != "false" {
			return "true or false"
		}
	case interp.ShapeDuration:
		if _, err := time.ParseDuration(text); err != nil {
			return "wants a duration such as 1.5s"
		}
	case interp.ShapeTime:
		if _, err := time.Parse(time.RFC3339, text); err != nil && text != "now" {
			return "wants a time such as " + time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC).Format(time.RFC3339) + ", or now"
		}
	case interp.ShapeAny:
		if text != "" && !json.Valid([]byte(text)) {
			return checkData(text).problem
		}
	}
	return ""
}

func numberProblem(err error, want, span string) string {
	if strings.Contains(err.Error(), "out of range") {
		return "from " + span
	}
	return "wants " + want
}

// bad is the first row with a problem, nil when there is none.
func (n *formNode) bad() *formNode {
	for _, r := range n.rows() {
		if r.problem() != "" {
			return r
		}
	}
	return nil
}

// data is the form as JSON. What is not right yet is in it as it was typed.
func (n *formNode) data() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *formNode) write(b *strings.Builder) {
	switch n.shape.Kind {
	case interp.ShapeStruct, interp.ShapeMap:
		b.WriteByte('{')
		first := true
		for _, k := range n.kids {
			if k.absent() {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			b.WriteString(quote(k.label()) + ":")
			k.write(b)
		}
		b.WriteByte('}')
		return
	case interp.ShapeList:
		b.WriteByte('[')
		for i, k := range n.kids {
			if i > 0 {
				b.WriteByte(',')
			}
			k.write(b)
		}
		b.WriteByte(']')
		return
	}
	text := n.text.String()
	switch n.shape.Kind {
	case interp.ShapeText:
		b.WriteString(quote(fromRow.Replace(text)))
	case interp.ShapeTime:
		if strings.TrimSpace(text) == "now" {
			text = time.Now().Format(time.RFC3339)
		}
		b.WriteString(quote(strings.TrimSpace(text)))
	case interp.ShapeDuration:
		b.WriteString(quote(strings.TrimSpace(text)))
	default:
		if text = strings.TrimSpace(text); text == "" {
			text = "null"
		}
		b.WriteString(text)
	}
}

// absent says that an optional value is not in the data.
func (n *formNode) absent() bool {
	if !n.optional {
		return false
	}
	if n.holds() {
		return !n.on
	}
	return n.text.empty()
}

// fill puts JSON into the form, as far as it fits. It says what found no place.
func (n *formNode) fill(data string) (left []string) {
	if strings.TrimSpace(data) == "" {
		return nil
	}
	var raw json.RawMessage
	if json.Unmarshal([]byte(data), &raw) != nil {
		return nil
	}
	return n.put(raw)
}

func (n *formNode) put(raw json.RawMessage) (left []string) {
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return nil
	}
	switch n.shape.Kind {
	case interp.ShapeStruct:
		n.on = true
		var list []json.RawMessage
		if n.up == nil && json.Unmarshal(raw, &list) == nil { // parameters by position
			for i, k := range n.kids {
				if i < len(list) {
					left = append(left, k.put(list[i])...)
				}
			}
			return left
		}
		for _, f := range jsonFields(raw) {
			found := false
			for _, k := range n.kids {
				if k.name == f.name || !found && strings.EqualFold(k.name, f.name) {
					left, found = append(left, k.put(f.value)...), true
				}
			}
			if !found {
				left = append(left, f.name)
			}
		}
	case interp.ShapeMap:
		n.on, n.kids = true, nil
		for _, f := range jsonFields(raw) {
			k := n.add()
			k.key.set(f.name)
			left = append(left, k.put(f.value)...)
		}
	case interp.ShapeList:
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return []string{n.name}
		}
		n.on = true
		if n.grows() {
			n.kids = nil
		}
		for i, item := range list {
			if i >= len(n.kids) {
				if !n.grows() {
					break
				}
				n.add()
			}
			left = append(left, n.kids[i].put(item)...)
		}
	default:
		n.text.set(unquoted(n.shape, string(raw)))
	}
	return left
}

type rawField struct {
	name  string
	value json.RawMessage
}

// jsonFields gives the fields of an object in their order; none for what is no
// object.
func jsonFields(raw json.RawMessage) []rawField {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []rawField
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return out
		}
		name, _ := t.(string)
		var v json.RawMessage
		if dec.Decode(&v) != nil {
			return out
		}
		out = append(out, rawField{name, v})
	}
	return out
}

// jsonText is the text that a JSON string holds.
func jsonText(data string) (string, bool) {
	var s string
	if json.Unmarshal([]byte(data), &s) != nil {
		return "", false
	}
	return s, true
}

// seenValues collects what single values were given before, by path, the
// latest first. Paths are those of formNode.path.
func seenValues(into map[string][]string, path string, raw json.RawMessage) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return
	}
	switch raw[0] {
	case '{':
		for _, f := range jsonFields(raw) {
			seenValues(into, path+"."+f.name, f.value)
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, v := range list {
				seenValues(into, path+".#", v)
			}
		}
	default:
		const most = 24
		s := string(raw)
		if len(s) > 80 || s == "null" || s == `""` || len(into[path]) >= most {
			return
		}
		for _, have := range into[path] {
			if have == s {
				return
			}
		}
		into[path] = append(into[path], s)
	}
}
