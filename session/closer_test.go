package session

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"hotloop/interp"
)

func TestLookCloser(t *testing.T) {
	st := realSit(t, shop)
	st.sell("apple")
	list, err := st.Parts(t.Context(), "shop", "last", nil, 0, 10)
	if err != nil || len(list.Parts) != 1 || list.Parts[0] != (interp.Part{Name: ".Name", Type: "string", Text: `"apple"`}) {
		t.Errorf("parts: %+v, %v", list, err)
	}
	fields, err := st.Shape(t.Context(), "shop", "Sell")
	if err != nil || len(fields) != 1 || fields[0].Shape.Kind != interp.ShapeStruct || fields[0].Shape.Fields[0].Name != "name" {
		t.Errorf("shape: %+v, %v", fields, err)
	}
	if _, err := st.Parts(t.Context(), "shop", "none", nil, 0, 10); err == nil || err.Error() != "no variable none" {
		t.Errorf("no such variable: %v", err)
	}
	if _, err := st.Shape(t.Context(), "ship", "Sell"); err == nil || !strings.Contains(err.Error(), "shop") {
		t.Errorf("no such script: %v", err)
	}
}

func (n *native) Parts(name string, path []string, from, count int) (interp.PartList, error) {
	return interp.PartList{Total: from + count, Parts: []interp.Part{{Name: name + strings.Join(path, "")}}}, nil
}

func (n *native) Shape(function string) ([]interp.FieldShape, error) {
	return []interp.FieldShape{{Name: function, Shape: interp.Shape{Kind: interp.ShapeList, Elem: &interp.Shape{Kind: interp.ShapeInt, Bits: 8}}}}, nil
}

func TestLookCloserInChild(t *testing.T) {
	c := startNative(t, nil)
	list, err := c.Parts(context.Background(), "a", []string{".b", "[3]"}, 4, 5)
	if err != nil || list.Total != 9 || list.Parts[0].Name != "a.b[3]" {
		t.Errorf("parts: %+v, %v", list, err)
	}
	fields, err := c.Shape(context.Background(), "F")
	if err != nil || fields[0].Name != "F" || fields[0].Shape.Elem.Bits != 8 {
		t.Errorf("shape: %+v, %v", fields, err)
	}
}

func TestSaveEvent(t *testing.T) {
	st := realSit(t, shop)
	save := func(name, event, data string) {
		t.Helper()
		if _, err := st.SaveEvent("shop", SavedEvent{Name: name, Event: event, Data: json.RawMessage(data)}); err != nil {
			t.Fatal(err)
		}
	}
	read := func() string {
		t.Helper()
		text, err := os.ReadFile("shop/events.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	save("a pear", "Sell", `{"name":"pear"}`)
	want := `{"name":"an apple","event":"Sell","data":{"name":"apple"}}
{"name":"a pear","event":"Sell","data":{"name":"pear"}}
`
	if got := read(); got != want {
		t.Errorf("appended: %s", got)
	}
	if got := st.ready(); got != "an apple|shop.Sell {\"name\":\"apple\"}\na pear|shop.Sell {\"name\":\"pear\"}" {
		t.Errorf("ready to fire: %s", got)
	}
	// What somebody edited meanwhile stays; a line of the same name is replaced.
	if err := os.WriteFile("shop/events.jsonl", []byte("# mine\n"+want+"{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod("shop/events.jsonl", 0o600); err != nil {
		t.Fatal(err)
	}
	save("an apple", "Sell", `{"name":"green apple"}`)
	if got, want := read(), "# mine\n"+strings.Replace(want, `:"apple"`, `:"green apple"`, 1)+"{broken"; got != want {
		t.Errorf("replaced: %s, want %s", got, want)
	}
	save("nothing", "Sell", "")
	if got := read(); !strings.HasSuffix(got, "{broken\n"+`{"name":"nothing","event":"Sell"}`+"\n") {
		t.Errorf("appended to a line without an end: %s", got)
	}
	if info, err := os.Stat("shop/events.jsonl"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", info.Mode(), err)
	}
	for _, e := range []SavedEvent{{Name: "x"}, {Event: "x"}, {Name: "x", Event: "y", Data: json.RawMessage("{")}} {
		if _, err := st.SaveEvent("shop", e); err == nil {
			t.Errorf("%+v was saved", e)
		}
	}
}
