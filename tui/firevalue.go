package tui

import (
	"encoding/json"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// knownShape is what a handler took when the script was at a stamp.
type knownShape struct {
	stamp  int
	fields []interp.FieldShape
}

// wantShape asks what the handler in the fire line takes, when that is not
// known of the script as it is now.
func (a *App) wantShape() tea.Cmd {
	script, u := a.fire.target()
	if u == nil || len(u.Params) == 0 || a.fire.asks != askEvent {
		return nil
	}
	id := unitID{script, u.Key}
	if s, ok := a.fire.shapes[id]; ok && s.stamp == a.stamps[script] {
		return nil
	}
	// Noted before the answer, so that it is asked for once.
	a.fire.shapes[id] = knownShape{a.stamps[script], a.fire.shapes[id].fields}
	return a.readShape(script, u, "", false)
}

// shape is what the handler in the line takes, nil while that is not known.
func (f *fireLine) shape() (script string, u *interp.Unit, fields []interp.FieldShape) {
	if script, u = f.target(); u == nil {
		return "", nil, nil
	}
	return script, u, f.shapes[unitID{script, u.Key}].fields
}

// misfit says how the data typed does not fit the handler, "" while it may. It
// is a hint: whether it fits is for the session to say.
func (f *fireLine) misfit() string {
	_, _, fields := f.shape()
	_, data, _ := splitEvent(f.String())
	if len(fields) == 0 || strings.TrimSpace(data) == "" || !json.Valid([]byte(data)) {
		return ""
	}
	root := newForm(fields)
	left := root.fill(data)
	if len(left) > 0 {
		return "no field " + strings.Join(left, ", ")
	}
	for _, n := range root.rows() {
		if p := n.problem(); p != "" {
			return strings.TrimSpace(n.label() + " " + p)
		}
	}
	return ""
}

// atPath finds what stands at a path of names, "#n" for elements, in the data
// of a handler.
func atPath(fields []interp.FieldShape, path []string) (s interp.Shape, ok bool) {
	if len(fields) == 0 {
		return s, false
	}
	s = newForm(fields).shape
	for _, step := range path {
		switch s.Kind {
		case interp.ShapeStruct:
			i := slices.IndexFunc(s.Fields, func(f interp.FieldShape) bool { return f.Name == step })
			if i < 0 {
				return s, false
			}
			s = s.Fields[i].Shape
		case interp.ShapeList, interp.ShapeMap:
			s = *s.Elem
		default:
			return s, false
		}
	}
	return s, true
}

// valuePlace describes the place in JSON where a value is being typed.
type valuePlace struct {
	ok      bool
	from    int      // byte where the value begins
	partial string   // what is typed of it
	path    []string // to the value
}

// valueAt looks whether the end of s is a place for a single value.
func valueAt(s string) valuePlace {
	var stack []jsonLevel
	start := 0 // behind the last sign that a value may follow
	path := func() []string {
		if len(stack) == 0 {
			return nil
		}
		top := stack[len(stack)-1]
		p := jsonPath(stack)
		if top.object {
			return append(p, top.key)
		}
		return append(p, "#"+lineNo(top.index+1))
	}
	for i := 0; i < len(s); i++ {
		var top *jsonLevel
		if len(stack) > 0 {
			top = &stack[len(stack)-1]
		}
		switch c := s[i]; {
		case c == '{' || c == '[':
			stack = append(stack, jsonLevel{object: c == '{'})
			start = i + 1
		case c == '"':
			end, closed := stringEnd(s, i)
			name := top != nil && top.object && !top.value
			if !closed && !name {
				return valuePlace{true, i, s[i:], path()}
			}
			if name && closed {
				top.key = s[i+1 : end-1]
			}
			i = end - 1
		case top == nil:
		case c == '}' || c == ']':
			stack = stack[:len(stack)-1]
		case c == ':':
			top.value = true
			start = i + 1
		case c == ',':
			top.value = false
			top.index++
			start = i + 1
		}
	}
	if len(stack) == 0 || stack[len(stack)-1].object && !stack[len(stack)-1].value {
		return valuePlace{}
	}
	for start < len(s) && s[start] == ' ' {
		start++
	}
	partial := s[start:]
	if strings.Trim(partial, "-+.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return valuePlace{} // it is there already
	}
	return valuePlace{true, start, partial, path()}
}

// values are the candidates at such a place: constants of the type, booleans,
// and what was given there before.
func (f *fireLine) values(p valuePlace, at int) []candidate {
	script, u, fields := f.shape()
	if u == nil {
		return nil
	}
	var all []string
	shape, known := atPath(fields, p.path)
	if known {
		all = append(all, shape.Options...)
		if shape.Kind == interp.ShapeBool {
			all = append(all, "true", "false")
		}
	}
	key := ""
	for _, step := range p.path {
		if strings.HasPrefix(step, "#") {
			step = "#"
		}
		key += "." + step
	}
	for _, v := range f.seen(script, u.Name)[key] {
		if !slices.Contains(all, v) && (!known || valueProblem(shape, unquoted(shape, v)) == "") {
			all = append(all, v)
		}
	}
	text, to := f.String(), len(f.before())
	if strings.HasPrefix(p.partial, `"`) {
		if end, closed := stringEnd(text, at+p.from); closed {
			to = end
		}
	}
	var out []candidate
	for _, v := range all {
		if v == p.partial {
			return nil
		}
		out = append(out, candidate{label: clean(v), insert: v, from: at + p.from, to: to})
	}
	return match(p.partial, out)
}
