package session

import (
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

func TestOtherPace(t *testing.T) {
	for _, c := range []struct {
		before, after []int64
		other         bool
	}{
		{[]int64{1000, 1100, 1000}, []int64{20000, 21000, 22000}, true},
		{[]int64{20000, 21000, 22000}, []int64{1000, 1100, 1000}, true}, // faster
		{[]int64{1000, 1100, 1000}, []int64{20000, 21000, 1000}, false}, // not each time
		{[]int64{1000, 9000, 9000}, []int64{20000, 21000, 22000}, false},
		{[]int64{10, 10, 10}, []int64{1000, 1000, 1000}, false},             // a hundred times, of nothing
		{[]int64{50000, 50000, 50000}, []int64{90000, 90000, 90000}, false}, // not three times
		{[]int64{1000, 1000}, []int64{20000, 20000, 20000}, false},          // too few
	} {
		if _, _, other := otherPace(c.before, c.after); other != c.other {
			t.Errorf("%v, %v: %v", c.before, c.after, other)
		}
	}
}

// A pin that takes much longer after an edit says so, once.
func TestPinPace(t *testing.T) {
	text := "\n-- slow/slow.go --\npackage slow\n\nimport \"time\"\n\nvar n int\n\nfunc Work() int { time.Sleep(time.Millisecond); return n }\n\nfunc Other() int { return 1 }\n"
	st := realSit(t, text)
	var since uint64
	if _, err := st.Pin(t.Context(), PinRequest{Event: "Work"}); err != nil {
		t.Fatal(err)
	}
	st.pinned(&since)
	edit := func(old, new string) PinResult {
		t.Helper()
		text = strings.Replace(text, old, new, 1)
		st.write(text)
		return st.pinned(&since).Results[0]
	}
	for _, e := range [][2]string{{"return 1", "return 2"}, {"return 2", "return 3"}, {"return 3", "return 4"}} {
		if r := edit(e[0], e[1]); r.Changed {
			t.Errorf("%+v", r.Diff)
		}
	}
	r := edit("time.Millisecond", "60*time.Millisecond")
	if !r.Changed || len(r.Diff) != 1 || r.Diff[0].Path != "duration" || !strings.HasPrefix(r.Diff[0].After, "6") {
		t.Errorf("%+v", r)
	}
	if r := edit("return 4", "return 5"); r.Changed {
		t.Errorf("said again: %+v", r.Diff)
	}
}

// Two versions of the code side by side: what takes much longer is told.
func TestPaceNotices(t *testing.T) {
	calls := func(us ...int64) (out []interp.Call) {
		for _, n := range us {
			out = append(out, interp.Call{Function: "F", DurationUs: n})
		}
		return out
	}
	slow := (30 * time.Millisecond).Microseconds()
	got := paceNotices("x", calls(1000, 1000, 1000, 9), calls(slow, slow, slow, 9), make([]string, 4))
	if len(got) != 0 { // the least are the same
		t.Error(got)
	}
	got = paceNotices("x", calls(1000, 1000, 1000), calls(slow, slow, slow), make([]string, 3))
	if len(got) != 1 || got[0] != "x.F takes 30.0 ms, the other code 1.0 ms" {
		t.Error(got)
	}
}
