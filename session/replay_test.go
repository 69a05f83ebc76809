package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// After a crash the events of the life that ended are fired again, without the
// one that ended it.
func TestReplayAfterACrash(t *testing.T) {
	record := filepath.Join(t.TempDir(), "record")
	st := sit(t, fragile, func(c *Config) { c.Record = record })
	st.loads()
	st.fire("OK")
	if _, err := st.Restart(t.Context(), "fragile"); err != nil {
		t.Fatal(err)
	}
	st.next()
	st.fire("OK")
	st.fire("OK")
	st.fire("Crash")
	st.next()
	r, err := st.Replay(t.Context(), ReplayRequest{})
	if err != nil || r.Same != 2 || len(r.Differences) != 0 || len(r.Skipped) != 1 || r.Skipped[0].Event != "Crash" {
		t.Errorf("%+v, %v\n%s", r, err, st.history())
	}
	for _, e := range st.Log().Window(0, 1000) {
		if e.Crash != nil && e.Crash.Events != 2 {
			t.Errorf("%d events are offered", e.Crash.Events)
		}
	}

	// A record has all lives, and a hand that wrote in it.
	st.until("the record", func() bool {
		text, _ := os.ReadFile(record)
		return strings.Count(string(text), `"source":"replay"`) == 2
	})
	if r, err = st.Replay(t.Context(), ReplayRequest{Record: record}); err != nil || r.Same != 5 || len(r.Skipped) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	other := record + ".other"
	if err := os.WriteFile(other, []byte("\n"+strings.Replace(string(text), `"text":"\"fine\""`, `"text":"\"poor\""`, 1)+"{\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err = st.Replay(t.Context(), ReplayRequest{Record: other, To: 3}); err != nil || len(r.Differences) != 1 || len(r.Notices) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if d := r.Differences[0]; d.Before.Returns[0].Text != `"poor"` || d.After.Returns[0].Text != `"fine"` || strings.Join(d.What, " ") != "returns" || d.Event != "OK" {
		t.Errorf("%+v", d)
	}
	if _, err := st.Replay(t.Context(), ReplayRequest{Script: "fragil"}); err == nil || !strings.Contains(err.Error(), "fragile") {
		t.Errorf("no such script: %v", err)
	}
}

// An event that ends the process in a replay as well takes the rest with it.
func TestReplayCrashesAgain(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.fire("OK")
	st.fire("Crash")
	st.next()
	st.fire("OK")
	first, next := st.Log().Bounds()
	var calls []pastCall
	for _, e := range st.Log().Window(first, int(next)) {
		if e.Event != nil {
			e.Event.Calls[0].Error = nil // as if it had gone well then
			calls = append(calls, callsOf(e.Seq, e.Time, e.Event, "")...)
		}
	}
	r, err := st.Replay(t.Context(), ReplayRequest{From: 1})
	if err != nil || len(calls) != 3 || r.Same != 1 || len(r.Differences) != 1 || len(r.Skipped) != 1 || !strings.Contains(r.Skipped[0].Why, "again") {
		t.Errorf("%d calls, %+v, %v", len(calls), r, err)
	}
}
