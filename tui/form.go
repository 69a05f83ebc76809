package tui

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"hotloop/interp"
)

// formNode is one row of a form: a value that is typed, or one that holds
// others. What is typed is kept as text, so that nothing is lost that is not
// right yet.
type formNode struct {
	name     string
	shape    interp.Shape
	optional bool
	on       bool        // of an optional struct, list or map: it is in the data
	text     input       // of a single value; of an entry of a map its value
	key      *input      // of an entry of a map
	kids     []*formNode // fields, elements, entries
	seen     []string    // values to choose from, as they are typed
	up       *formNode
}

func newFormNode(name string, s interp.Shape, optional bool, up *formNode) *formNode {
	n := &formNode{name: name, shape: s, optional: optional, up: up, on: !optional}
	for _, o := range s.Options {
		n.seen = append(n.seen, unquoted(s, o))
	}
	switch s.Kind {
	case interp.ShapeStruct:
		for _, f := range s.Fields {
			n.kids = append(n.kids, newFormNode(f.Name, f.Shape, f.Optional, n))
		}
	case interp.ShapeList:
		for range min(s.Len, 64) {
			n.add()
		}
	case interp.ShapeBool:
		n.text.set("false")
		if optional {
			n.text.set("")
		}
	}
	return n
}

// newForm makes the root of a form for the parameters of a handler.
func newForm(fields []interp.FieldShape) *formNode {
	if len(fields) == 1 {
		return newFormNode(fields[0].Name, fields[0].Shape, false, nil)
	}
	return newFormNode("", interp.Shape{Kind: interp.ShapeStruct, Fields: fields}, false, nil)
}

// holds says whether the node is a row with others below it.
func (n *formNode) holds() bool {
	switch n.shape.Kind {
	case interp.ShapeStruct, interp.ShapeList, interp.ShapeMap:
		return true
	}
	return false
}

// grows says whether one can add to what the node holds.
func (n *formNode) grows() bool {
	return n.shape.Kind == interp.ShapeMap || n.shape.Kind == interp.ShapeList && n.shape.Len == 0
}

// add puts an element or entry at the end.
func (n *formNode) add() *formNode {
	kid := newFormNode("", *n.shape.Elem, false, n)
	if n.shape.Kind == interp.ShapeMap {
		kid.key = &input{}
	}
	n.kids = append(n.kids, kid)
	n.on = true
	return kid
}

// remove takes an element out, or an optional value out of the data.
func (n *formNode) remove() {
	switch {
	case n.up != nil && n.up.grows():
		i := slices.Index(n.up.kids, n)
		n.up.kids = slices.Delete(n.up.kids, i, i+1)
	case n.optional && n.holds():
		fresh := newFormNode(n.name, n.shape, n.optional, n.up)
		n.kids, n.on = fresh.kids, false
		for _, k := range n.kids {
			k.up = n
		}
	default:
		n.text.set("")
	}
}

// label is what the row is called: elements are called by their place.
func (n *formNode) label() string {
	switch {
	case n.key != nil:
		return n.key.String()
	case n.up != nil && n.up.shape.Kind == interp.ShapeList:
		return strconv.Itoa(slices.Index(n.up.kids, n) + 1)
	}
	return n.name
}

// depth is how far the row is indented.
func (n *formNode) depth() int {
	d := 0
	for p := n.up; p != nil && p.up != nil; p = p.up {
		d++
	}
	return d
}

// path names the node for values seen before: fields by name, all elements and
// entries alike.
func (n *formNode) path() string {
	if n.up == nil {
		return ""
	}
	step := n.name
	if n.up.grows() || n.up.shape.Kind == interp.ShapeList {
		step = "#"
	}
	return n.up.path() + "." + step
}

// rows lists the nodes that are rows of the form, in their order. The root of a
// struct is none.
func (n *formNode) rows() []*formNode {
	var out []*formNode
	if n.up != nil || n.shape.Kind != interp.ShapeStruct {
		out = append(out, n)
	}
	if n.on {
		for _, k := range n.kids {
			out = append(out, k.rows()...)
		}
	}
	return out
}

// adopt takes over what was typed in another form, as far as it fits: fields by
// name, elements by place.
func (n *formNode) adopt(old *formNode) {
	switch {
	case n.holds() != old.holds():
		return
	case !n.holds():
		if old.text.empty() || n.shape.Kind == interp.ShapeBool && old.shape.Kind != interp.ShapeBool {
			return
		}
		n.text.set(old.text.String())
		n.text.at = min(old.text.at, len(n.text.text))
		return
	}
	n.on = n.on || old.on
	if n.shape.Kind == interp.ShapeStruct {
		for _, k := range n.kids {
			for _, o := range old.kids {
				if o.name == k.name && o.key == nil {
					k.adopt(o)
				}
			}
		}
		return
	}
	if n.shape.Kind != old.shape.Kind {
		return
	}
	for i, o := range old.kids {
		if i >= len(n.kids) {
			if !n.grows() {
				return
			}
			n.add()
		}
		k := n.kids[i]
		if k.key != nil && o.key != nil {
			k.key.set(o.key.String())
		}
		k.adopt(o)
	}
}

// like says whether a form asks for the same values as another.
func (n *formNode) like(o *formNode) bool {
	return reflect.DeepEqual(n.shape, o.shape)
}

// choose goes on to the next (or previous) of the values to choose from.
func (n *formNode) choose(step int) bool {
	all := n.seen
	if n.shape.Kind == interp.ShapeBool {
		all = []string{"true", "false"}
	}
	if len(all) == 0 || n.holds() {
		return false
	}
	at := slices.Index(all, n.text.String())
	switch {
	case at >= 0:
		at = (at + step + len(all)) % len(all)
	case step < 0:
		at = len(all) - 1
	default:
		at = 0
	}
	n.text.set(all[at])
	return true
}

// unquoted is JSON as one types it into a field: text without its quotes.
func unquoted(s interp.Shape, data string) string {
	switch s.Kind {
	case interp.ShapeText, interp.ShapeTime, interp.ShapeDuration:
		if text, ok := jsonText(data); ok {
			return toRow.Replace(text)
		}
	}
	return strings.TrimSpace(data)
}

// Line ends and tabs of a text stand in a row as signs that are easy to see.
var (
	toRow   = strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\t", "⇥")
	fromRow = strings.NewReplacer("⏎", "\n", "⇥", "\t")
)
