package tui

import (
	"encoding/json"
	"strings"
	"testing"

	"hotloop/interp"
)

func field(name string, optional bool, s interp.Shape) interp.FieldShape {
	return interp.FieldShape{Name: name, Optional: optional, Shape: s}
}

func openingShape() interp.Shape {
	text := interp.Shape{Kind: interp.ShapeText, Type: "string"}
	small := interp.Shape{Kind: interp.ShapeInt, Type: "int8", Bits: 8}
	return interp.Shape{Kind: interp.ShapeStruct, Type: "Opening", Fields: []interp.FieldShape{
		field("door", false, interp.Shape{Kind: interp.ShapeText, Type: "Kind", Options: []string{`"front"`, `"cellar"`}}),
		field("people", false, small),
		field("quiet", false, interp.Shape{Kind: interp.ShapeBool, Type: "bool"}),
		field("wait", true, interp.Shape{Kind: interp.ShapeDuration, Type: "time.Duration"}),
		field("at", true, interp.Shape{Kind: interp.ShapeTime, Type: "time.Time"}),
		field("guests", false, interp.Shape{Kind: interp.ShapeList, Type: "[]Guest", Elem: &interp.Shape{Kind: interp.ShapeStruct, Type: "Guest",
			Fields: []interp.FieldShape{field("name", false, text), field("age", true, small)}}}),
		field("notes", true, interp.Shape{Kind: interp.ShapeMap, Type: "map[string]string", Elem: &text}),
		field("extra", true, interp.Shape{Kind: interp.ShapeAny, Type: "any"}),
	}}
}

func openForm(t *testing.T, w, h int) *screen {
	t.Helper()
	f := freshFake()
	f.shapes = map[string][]interp.FieldShape{"door.OnOpen": {field("e", false, openingShape())}}
	s := openScreen(t, f, w, h, Options{})
	s.keys("F")
	return s
}

func TestForm(t *testing.T) {
	s := openForm(t, 120, 40)
	s.want("door.OnOpen")
	s.want("door", "front", "front · cellar · back")
	s.want("people", "3", "int8")
	s.keys("ctrl+n", "tab", "backspace")
	s.typed("1000")
	s.want("people", "1000", "from -128 to 127")
	s.keys("enter")
	s.asked()
	s.keys("backspace", "tab", "space", "tab")
	s.typed("soon")
	s.want("wants a duration such as 1.5s")
	s.keys("ctrl+u")
	s.typed("90s")
	s.keys("tab", "tab", "ctrl+n")
	s.want("guests", "1 entry")
	s.keys("tab")
	s.typed(`An"na`)
	s.keys("ctrl+n", "tab")
	s.typed("Ben")
	s.keys("tab")
	s.typed("7")
	s.keys("tab", "ctrl+n")
	s.typed("colour")
	s.keys("tab")
	s.typed("red")
	s.keys("tab")
	s.typed(`{"a":1`)
	s.want("the JSON goes on")
	s.keys("enter")
	s.asked()
	s.typed("}")
	s.keys("enter")
	s.asked(`fire door OnOpen {"door":"cellar","people":100,"quiet":true,"wait":"90s","guests":[{"name":"An\"na"},{"name":"Ben","age":7}],"notes":{"colour":"red"},"extra":{"a":1}} from screen`)
	s.want("door.OnOpen", "╭─") // the form stays
	s.keys("ctrl+s")
	s.typed("a crowd")
	s.keys("enter")
	s.asked(`save door OnOpen as a crowd {"door":"cellar","people":100,"quiet":true,"wait":"90s","guests":[{"name":"An\"na"},{"name":"Ben","age":7}],"notes":{"colour":"red"},"extra":{"a":1}}`)

	// To the fire line and back nothing is lost.
	s.keys("ctrl+t")
	line := s.a.fire.String()
	s.keys("ctrl+t")
	s.want("╭─ door.OnOpen")
	s.keys("ctrl+t")
	if got := s.a.fire.String(); got != line {
		t.Errorf("there and back gave\n%s\nnot\n%s", got, line)
	}
	s.keys("ctrl+s")
	s.want("Save door.OnOpen")
	s.keys("esc")
}

// TestFormFollows says that a form keeps what was typed when the handler takes
// something else after a save, as far as that fits.
func TestFormFollows(t *testing.T) {
	s := openForm(t, 120, 40)
	s.keys("tab", "backspace")
	s.typed("x1")
	s.f.change(func() {
		shape := openingShape()
		shape.Fields = []interp.FieldShape{
			field("people", false, interp.Shape{Kind: interp.ShapeInt, Type: "int", Bits: 64}),
			field("gate", false, interp.Shape{Kind: interp.ShapeText, Type: "string"}), shape.Fields[0],
		}
		s.f.shapes["door.OnOpen"] = []interp.FieldShape{field("e", false, shape)}
	})
	s.f.report(interp.Report{Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive})
	s.refresh()
	s.want("OnOpen has changed; what fits was kept")
	s.want("people", "x1")
	s.want("gate")
	s.wantNot("quiet")
	s.keys("esc")
	s.wantNot("╭─")

	// Handlers without data, and rows without a handler, have no form.
	s.keys("down", "down", "F")
	s.want("Alarm takes no data")
	s.keys("down", "down", "down", "F")
	s.want("select a handler")
}

// TestFormData fills forms with JSON and reads it back.
func TestFormData(t *testing.T) {
	one := []interp.FieldShape{field("e", false, openingShape())}
	two := []interp.FieldShape{field("n", false, interp.Shape{Kind: interp.ShapeFloat, Bits: 64}), field("t", false, interp.Shape{Kind: interp.ShapeText})}
	for _, c := range []struct {
		fields        []interp.FieldShape
		in, out, left string
	}{
		{one, `{"door":"a","people":1,"quiet":true,"guests":[]}`, `{"door":"a","people":1,"quiet":true,"guests":[]}`, ""},
		{one, `{"DOOR":"a","other":[1],"notes":{}}`, `{"door":"a","people":null,"quiet":false,"guests":[],"notes":{}}`, "other"},
		{one, `not json`, `{"door":"","people":null,"quiet":false,"guests":[]}`, ""},
		{one, ``, `{"door":"","people":null,"quiet":false,"guests":[]}`, ""},
		{two, `[1.5,"x"]`, `{"n":1.5,"t":"x"}`, ""},
		{two, `{"t":"a\nb"}`, `{"n":null,"t":"a\nb"}`, ""},
		{two[:1], `7`, `7`, ""},
		{[]interp.FieldShape{field("l", false, interp.Shape{Kind: interp.ShapeList, Len: 2, Elem: &interp.Shape{Kind: interp.ShapeBool}})}, `[true]`, `[true,false]`, ""},
	} {
		root := newForm(c.fields)
		left := strings.Join(root.fill(c.in), ",")
		if got := root.data(); got != c.out || left != c.left {
			t.Errorf("%s: %s without %q, want %s without %q", c.in, got, left, c.out, c.left)
		}
		if !json.Valid([]byte(root.data())) {
			t.Errorf("%s is not JSON", root.data())
		}
	}
	for _, c := range []struct {
		kind, text, want string
	}{
		{interp.ShapeInt, "1.5", "wants a whole number"}, {interp.ShapeInt, "128", "from -128 to 127"}, {interp.ShapeUint, "-1", "wants a whole number from 0"},
		{interp.ShapeUint, "256", "from 0 to 255"}, {interp.ShapeBool, "yes", "true or false"}, {interp.ShapeTime, "now", ""},
		{interp.ShapeTime, "noon", "wants a time such as 2026-01-02T15:04:05Z, or now"}, {interp.ShapeTime, "2026-01-02T15:04:05+02:00", ""},
		{interp.ShapeDuration, "2h", ""}, {interp.ShapeText, "anything", ""}, {interp.ShapeAny, "[1", "the JSON goes on"},
	} {
		if got := valueProblem(interp.Shape{Kind: c.kind, Bits: 8}, c.text); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.text, got, c.want)
		}
	}
	if got := valueProblem(interp.Shape{Kind: interp.ShapeFloat, Bits: 64}, "NaN"); got == "" {
		t.Error("NaN is no JSON number")
	}
}
