package session

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hotloop/interp"
)

const till = `
-- till/till.go --
package till

import "fmt"

type Line struct {
	Name  string
	Price int
}

var sold int

func Receipt(e struct{ N int }) []Line {
	var out []Line
	for i := range e.N {
		out = append(out, Line{fmt.Sprint("item ", i), 10 * i})
	}
	sold += e.N
	fmt.Println("sold", e.N)
	return out
}

func Other() string { return "other" }

func Sold() int { return sold }
`

// pinned waits for the next report of pins and gives it.
func (st *sitting) pinned(since *uint64) *PinReport {
	st.t.Helper()
	var out *PinReport
	st.until("a report of pins", func() bool {
		for _, e := range st.Log().Window(*since, 1000) {
			*since = e.Seq + 1
			if e.Pins != nil {
				out = e.Pins
				return true
			}
		}
		return false
	})
	return out
}

func differing(list []Change) string {
	var out []string
	for _, c := range list {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s: %s | %s", c.Kind, c.Path, c.Before, c.After)))
	}
	return strings.Join(out, "\n")
}

func TestPins(t *testing.T) {
	st := realSit(t, till)
	for _, req := range []PinRequest{
		{Event: "Receipt", Data: []byte(`{"N":3}`)},
		{Event: "Other"},
		{Event: "till.Sold", Live: true},
	} {
		if pins, err := st.Pin(t.Context(), req); err != nil || len(pins) != 1 || pins[0].Last == nil {
			t.Fatalf("%+v, %v", pins, err)
		}
	}
	var since uint64
	for range 3 { // their first runs
		st.pinned(&since)
	}
	before, err := st.State(t.Context(), "till")
	if err != nil {
		t.Fatal(err)
	}

	// An edit shows as a difference of values, and nothing else does.
	st.write(strings.NewReplacer("10 * i", "11 * i", `"sold", e.N`, `"sold", e.N, "items"`, "sold += e.N", "sold += 2 * e.N").Replace(till))
	r := st.pinned(&since)
	if r.Script != "till" || r.Unchanged != 2 || len(r.Results) != 3 {
		t.Fatalf("%+v", r)
	}
	first := r.Results[0]
	want := "changed returns[0][1].Price: 10 | 11\nchanged returns[0][2].Price: 20 | 22\nchanged output line 1: sold 3 | sold 3 items\nchanged sold: 3 | 6"
	if got := differing(first.Diff); got != want || !first.Changed || first.Moved || !first.After.OnCopy {
		t.Errorf("diff:\n%s\nwant\n%s", got, want)
	}
	if u := st.get("till"); first.Report == 0 || unit(u, "func Receipt").Version != first.After.Call.Version {
		t.Errorf("%+v", first)
	}
	if after, err := st.State(t.Context(), "till"); err != nil || !reflect.DeepEqual(values(before), values(after)) {
		t.Errorf("state: %v, then %v, %v", before, after, err)
	}

	// An event of a person moves the state; the pins follow by themselves.
	if _, err := st.Fire(t.Context(), FireRequest{Event: "Receipt", Data: []byte(`{"N":1}`)}); err != nil {
		t.Fatal(err)
	}
	st.until("the pins to follow", func() bool {
		p := st.Pins()[0].Last
		return slices.ContainsFunc(p.Touched, func(t interp.Touch) bool { return t.Name == "sold" && t.Before.Text == "2" })
	})

	// One pin goes, and with it its runs.
	if err := st.Unpin(first.ID); err != nil {
		t.Error(err)
	}
	if err := st.Unpin(first.ID); err == nil {
		t.Error("unpinned twice")
	}
	st.write(strings.Replace(till, `"other"`, `"another"`, 1))
	if r := st.pinned(&since); len(r.Results) != 2 || differing(r.Results[0].Diff) != `changed returns[0]: "other" | "another"` {
		t.Errorf("%+v", r)
	}
	if _, err := st.Pin(t.Context(), PinRequest{Event: "Recipt"}); err == nil || !strings.Contains(err.Error(), "Receipt") {
		t.Errorf("a pin of nothing: %v", err)
	}
}

func values(vars []interp.Var) (out []string) {
	for _, v := range vars {
		out = append(out, v.Name+" "+v.Type+" "+v.Text)
	}
	return out
}

// Pins outlive the session where its history does.
func TestPinsAreKept(t *testing.T) {
	state := t.TempDir()
	keep := func(c *Config) { c.State = state }
	st := realSit(t, till, keep)
	if _, err := st.Pin(t.Context(), PinRequest{Event: "Receipt", Data: []byte(`{"N":1}`)}); err != nil {
		t.Fatal(err)
	}
	cfg := st.cfg
	st.Close()
	again, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	pins := again.Pins()
	if len(pins) != 1 || pins[0].Event != "Receipt" || string(pins[0].Data) != `{"N":1}` {
		t.Fatalf("%+v", pins)
	}
	(&sitting{t: t, Session: again}).until("it fires after the load", func() bool { return again.Pins()[0].Last != nil })
}

func TestCompare(t *testing.T) {
	value := func(text string, v any) interp.Value { return interp.Value{Type: "T", Text: text, Value: v} }
	call := func(v interp.Value, output string, fail *interp.CallError) *interp.Call {
		return &interp.Call{Returns: []interp.Value{v}, Output: output, Error: fail}
	}
	for _, c := range []struct {
		before, after *interp.Call
		want          string
	}{
		{call(value("1", 1), "", nil), call(value("1", 1), "", nil), ""},
		{call(value("1", 1), "", nil), &interp.Call{}, "removed returns[0]: 1 |"},
		{call(value("x", map[string]any{"a": 1, "b c": []int{1, 2}}), "", nil), call(value("y", map[string]any{"b c": []int{1, 3, 2}, "d": nil}), "", nil),
			"removed returns[0].a: 1 |\nadded returns[0][\"b c\"][1]:  | 3\nadded returns[0].d:  | null"},
		// What JSON leaves out shows in the text.
		{call(value("{hidden: 1}", struct{}{}), "", nil), call(value("{hidden: 2}", struct{}{}), "", nil), "changed returns[0]: {hidden: 1} | {hidden: 2}"},
		{call(value("", nil), "a\nb\nc\n", nil), call(value("", nil), "a\nx\nb\nc\n", nil), "added output line 2:  | x"},
		{call(value("", nil), "a\n", nil), call(value("", nil), "a", nil), `changed output: "a\n" | "a"`},
		{call(value("", nil), "", &interp.CallError{Kind: "panic", Message: "no"}), call(value("", nil), "", nil), "removed error: panic: no |"},
		// Integers that a float cannot hold.
		{call(value("a", uint64(1<<63)), "", nil), call(value("b", uint64(1<<63+1)), "", nil), "changed returns[0]: 9223372036854775808 | 9223372036854775809"},
	} {
		if got := differing(compareCalls(c.before, c.after)); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

// Of several edits, and several units in one, the one is found that changed a
// pin; put back, the pin comes to what it did.
func TestBisect(t *testing.T) {
	st := realSit(t, till+"\nfunc price(i int) int { return 10 * i }\n\nfunc name(i int) string { return fmt.Sprint(\"item \", i) }\n")
	text := strings.NewReplacer("10 * i}", "price(i)}", `fmt.Sprint("item ", i)`, "name(i)").Replace(till) + "\nfunc price(i int) int { return 10 * i }\n\nfunc name(i int) string { return fmt.Sprint(\"item\", i) }\n"
	var since uint64
	edit := func(old, new string) {
		text = strings.Replace(text, old, new, 1)
		st.write(text)
		st.pinned(&since)
	}
	pins, err := st.Pin(t.Context(), PinRequest{Event: "Receipt", Data: []byte(`{"N":2}`)})
	if err != nil {
		t.Fatal(err)
	}
	st.pinned(&since)
	if _, err := st.Bisect(t.Context(), pins[0].ID); err == nil {
		t.Error("found a culprit without any edit")
	}
	if _, err := st.Fire(t.Context(), FireRequest{Event: "Receipt", Data: []byte(`{"N":1}`)}); err != nil {
		t.Fatal(err)
	}
	edit("", "") // as above, with other helpers
	edit(`"other"`, `"another"`)
	text = strings.Replace(text, "return sold", "return sold + 1", 1)
	edit("return 10 * i", "return 11 * i")
	guilty := st.lastReport("till")
	edit(`"another"`, `"one more"`)
	edit(`"one more"`, `"two more"`)
	got, err := st.Bisect(t.Context(), pins[0].ID)
	if err != nil || got.Report != guilty || got.Unit != "func price" || differing(got.Diff) != "changed returns[0][1].Price: 10 | 11" {
		t.Fatalf("%+v, %v; want report %d", got, err, guilty)
	}
	// Both versions side by side say the same of the events that were fired.
	r, err := st.Rehearse(t.Context(), RehearsalRequest{Before: guilty})
	if err != nil || r.Same != 1 || len(r.Differences) != 0 || len(r.States) != 0 { // item 0 costs nothing either way
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := st.Rehearse(t.Context(), RehearsalRequest{Before: 1000}); err == nil {
		t.Error("compared with the code before a report that there is not")
	}
	if _, err := st.Rollback(t.Context(), "till", got.Unit, got.From, 0); err != nil {
		t.Fatal(err)
	}
	if r := st.pinned(&since); differing(r.Results[0].Diff) != "changed returns[0][1].Price: 11 | 10" || !st.get("till").Differs {
		t.Errorf("%+v", r.Results[0])
	}
}

// What changed a pin is found however many reports ago that was.
func TestBisectFarBack(t *testing.T) {
	st := realSit(t, till)
	text := till
	var since uint64
	edit := func(old, new string) {
		text = strings.Replace(text, old, new, 1)
		st.write(text)
		st.pinned(&since)
	}
	pins, err := st.Pin(t.Context(), PinRequest{Event: "Receipt", Data: []byte(`{"N":2}`)})
	if err != nil {
		t.Fatal(err)
	}
	st.pinned(&since)
	edit("10 * i", "12 * i")
	guilty, last := st.lastReport("till"), `"other"`
	for i := range 40 {
		edit(last, fmt.Sprintf(`"other %d"`, i))
		last = fmt.Sprintf(`"other %d"`, i)
	}
	got, err := st.Bisect(t.Context(), pins[0].ID)
	if err != nil || got.Report != guilty || got.Unit != "func Receipt" || got.Tried > 12 {
		t.Fatalf("%+v, %v; want report %d", got, err, guilty)
	}
}

// A pin that ends the script's process does not do so again and again, and the
// others go on.
func TestPinThatEndsItsProcess(t *testing.T) {
	const exits = "\n-- till/exit.go --\npackage till\n\nimport \"os\"\n\nfunc Exit() string {\n\tif sold < 0 {\n\t\tos.Exit(3)\n\t}\n\treturn \"here\"\n}\n"
	st := realSit(t, till+exits)
	var since uint64
	for _, event := range []string{"Other", "Exit"} {
		if _, err := st.Pin(t.Context(), PinRequest{Event: event}); err != nil {
			t.Fatal(err)
		}
		st.pinned(&since)
	}
	st.write(strings.Replace(exits, "sold < 0", "sold == 0", 1))
	loads := func() (n int) {
		reports, _ := st.Reports("till", 0)
		for _, r := range reports {
			if r.Cause == interp.CauseCrash {
				n++
			}
		}
		return n
	}
	st.until("it is loaded again", func() bool { return loads() == 1 && st.Pins()[1].Paused != "" })
	// With the next report they go one by one; the one that ends it stays paused.
	st.write(strings.NewReplacer("sold == 0", "sold == 0", `"here"`, `"there"`).Replace(strings.Replace(exits, "sold < 0", "sold == 0", 1)))
	st.until("only one is paused", func() bool {
		pins := st.Pins()
		return loads() == 2 && pins[0].Paused == "" && pins[1].Paused != ""
	})
	st.write(strings.Replace(exits, `"here"`, `"again"`, 1))
	st.until("both run", func() bool {
		pins := st.Pins()
		return pins[0].Paused == "" && pins[1].Paused == "" && pins[1].Last.Call.Returns != nil && pins[1].Last.Call.Returns[0].Text == `"again"`
	})
}
