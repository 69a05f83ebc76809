package tui

import (
	"fmt"
	"testing"

	"hotloop/interp"
)

// TestStateTree unfolds values level by level and page by page, and watches one.
func TestStateTree(t *testing.T) {
	f := freshFake()
	var many []interp.Part
	for i := range 120 {
		many = append(many, interp.Part{Name: fmt.Sprintf("[%d]", i), Type: "int", Text: fmt.Sprint(i * i)})
	}
	f.parts = map[string][]interp.Part{
		"door.locks":                {{Name: `["front"]`, Type: "*Lock", Text: `&Lock{Code: "1234", Tries: [...]}`, Parts: 2}},
		`door.locks["front"]`:       {{Name: ".Code", Type: "string", Text: `"1234"`}, {Name: ".Tries", Type: "[]int", Text: "[]int{0, 1, 4…}", Parts: 120}},
		`door.locks["front"].Tries`: many,
	}
	s := openScreen(t, f, 120, 40, Options{})
	s.keys("s", "tab", "down", "right")
	s.want("▾ locks")
	s.want(`▸ ["front"]`, "*Lock")
	s.keys("right", "right", "right", "down")
	s.want(`▾ ["front"]`)
	s.want(".Code", `"1234"`)
	s.keys("enter")
	s.want("▾ .Tries")
	s.keys("end")
	s.want("1 variable") // the log is as it was
	for s.a.state.current().left == 0 {
		s.keys("up")
	}
	s.want("70 parts more; enter shows them")
	s.keys("enter", "up")
	s.want("20 parts more")
	if n := len(s.a.state.rows); n < 100 {
		t.Errorf("%d rows", n)
	}

	// What changes is marked wherever it is, and what is unfolded stays so.
	s.keys("home", "down", "down", "down")
	s.want("w watch")
	s.keys("w")
	s.want("watched")
	s.want(`"].Code "1234"`)
	s.f.change(func() {
		s.f.parts[`door.locks["front"]`][0].Text = `"9999"`
		s.f.self = map[string]interp.Part{`door.locks["front"].Code`: {Type: "string", Text: `"9999"`}}
	})
	s.f.fired("door", "OnOpen", `{}`, interp.Call{})
	s.refresh()
	s.want("Δ", ".Code", `"9999"`, `was "1234"`)
	s.want("Δ …", `"].Code "9999"  was`)
	s.keys("2")
	s.want("Δ …", `"].Code "9999"`) // also beside another tab
	s.keys("3", "=")
	s.want(`["front"].Code = `)
	s.keys("ctrl+u")
	s.typed(`"0000"`)
	s.keys("enter")
	s.asked(`eval door locks["front"].Code = "0000"`)
	s.keys("esc", "left")
	if n := s.a.state.current(); n == nil || n.label != `["front"]` {
		t.Errorf("left went to %+v", n)
	}
	s.keys("left", "w")
	s.wantNot(".Tries")

	// A value that cannot be unfolded says why.
	s.f.change(func() { delete(s.f.parts, `door.locks["front"]`) })
	s.keys("right")
	s.want(`door.locks["front"] has no parts`)
	s.want(`▸ ["front"]`)

	// A value that is gone is folded, not an error.
	s.f.change(func() { delete(s.f.parts, `door.locks`) })
	s.f.fired("door", "OnOpen", `{}`, interp.Call{})
	s.refresh()
	s.want("▸ locks")
}

// TestStateBetween says that values move by themselves where a script changes
// them between events, and that marks then tell what has changed since.
func TestStateBetween(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("s", "tab")
	set := func(text string) {
		s.f.change(func() { s.f.vars["door"][0].Text = text })
	}
	set("8")
	s.send(pollDue{})
	s.want("Δ  count", "8", "was 7")
	set("9")
	s.send(pollDue{})
	s.want("Δ  count", "9", "was 7")
	s.f.fired("door", "OnOpen", `{}`, interp.Call{})
	set("10")
	s.refresh()
	s.want("Δ  count", "10", "was 9")
	set("11")
	s.send(pollDue{})
	s.want("Δ  count", "11", "was 10")
	s.keys("1")
	if s.a.showsValues() {
		t.Error("values are read that nobody sees")
	}
}
