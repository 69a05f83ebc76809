package tui

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// TestPlain types lines and reads what is printed.
func TestPlain(t *testing.T) {
	f := freshFake()
	f.waits = true
	f.events()
	f.breakRouter()
	f.crash()
	f.evalText = "7"
	var out strings.Builder
	in := strings.NewReader(strings.Join([]string{
		`help`, `door.OnOpen {"door":"front"}`, `2x door.Alarm ; door.Alarm`, `door.OnOpen {x`, `:door count`, `:count`,
		`state door`, `scripts`, `trouble`, `undo`, `reload door`, `restart door`, ``,
	}, "\n"))
	if err := plainly(t.Context(), f, f, Options{Title: "samples" + nasty}, in, &out); err != nil {
		t.Fatal(err)
	}
	want := []string{`fire door OnOpen {"door":"front"} from screen`,
		`fire door Alarm  from screen`, `fire door Alarm  from screen`, `fire door Alarm  from screen`, `fire door Alarm  from screen`,
		`eval door count`, `rollback door "" 0 4`, `reload door file`, `restart door`}
	if !slices.Equal(f.asked, want) {
		t.Errorf("asked %q, want %q", f.asked, want)
	}
	for _, part := range []string{
		`12:04:11 door.OnOpen {"door":"front","people":3} gave "front opened (8)" in 0.12 ms`,
		`12:04:11 door: OnOpen v3 to v4, live in 0.90 ms`,
		`door.OnOpen {"door":"front","people":3} gave "front opened (11)" in 0.12 ms` + "\n" + `  the time before it gave "front opened (8)"` + "\n" + `  it printed counting people now`,
		`thermostat.OnReading {"celsius":4} failed: panic: index out of range [4] with length 3 at samples/thermostat/history.go:22, after 2.3 ms`,
		"router is behind, the old code stays live:\n  samples/router/router.go:44:9: undefined: pth; try did you mean path?",
		"Type an event to fire it", "fired 4 events", "not fired: ", "7, of type int", "say in which script",
		"count is 7, of type int", "door is live, handlers: OnOpen version 4", "router is behind\n",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q was not printed", part)
		}
	}
	if strings.ContainsAny(out.String(), "\x1b\x07\r↻✓✗Δ") {
		t.Errorf("what is printed has signs or control characters")
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// TestPlainEnds says that quit, the end of the context and the end of the
// session all end it, whatever is under way.
func TestPlainEnds(t *testing.T) {
	f := freshFake()
	f.waits = true
	r, w := io.Pipe()
	defer w.Close()
	ended := make(chan error, 1)
	go func() { ended <- plainly(t.Context(), f, f, Options{}, r, io.Discard) }()
	for _, line := range []string{"every 1h door.Alarm", "stop", "every 1h door.Alarm", "quit"} {
		if _, err := io.WriteString(w, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	wait := func(what string) error {
		t.Helper()
		select {
		case err := <-ended:
			return err
		case <-time.After(20 * time.Second):
			t.Fatalf("%s does not end it", what)
			return nil
		}
	}
	if err := wait("quit"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- plainly(ctx, f, f, Options{}, r, io.Discard) }()
	cancel()
	if err := wait("its context"); err != nil {
		t.Error(err)
	}
	idle := freshFake() // says that nothing will come any more
	go func() { ended <- plainly(t.Context(), idle, idle, Options{}, r, io.Discard) }()
	if err := wait("the session"); err == nil {
		t.Error("the end of the session is no error")
	}
}

func TestPlainEntries(t *testing.T) {
	for _, c := range []struct {
		e    session.Entry
		want string
	}{
		{session.Entry{Notice: "hello"}, "00:00:00 hello"},
		{session.Entry{Script: "door", Notice: "hello"}, "00:00:00 door: hello"},
		{session.Entry{Event: &session.Event{Name: "Nobody"}}, "00:00:00 Nobody: no script handles this"},
		{session.Entry{Event: &session.Event{Name: "F", Calls: []interp.Call{{Script: "a", Function: "F", DurationUs: 1000}}}}, "00:00:00 a.F: done in 1.0 ms"},
		{session.Entry{Output: &session.Output{Script: "a", Text: "x\ny\n"}}, "00:00:00 a printed x|00:00:00 a printed y"},
		{session.Entry{Dropped: &session.Dropped{Script: "a", Stream: "stdout", Count: 4}}, "00:00:00 a: 4 on stdout were dropped, they came too fast"},
		{session.Entry{Crash: &session.Crash{Script: "a", Reason: "boom", Trace: []interp.Frame{{Function: "a.F", File: "a.go", Line: 3}}}}, "00:00:00 a crashed: boom|  in a.F at a.go:3"},
		{session.Entry{Report: &interp.Report{Script: "a", Status: interp.StatusUnchanged}}, "00:00:00 a: the text changed, the code did not"},
	} {
		if got := strings.Join(plainEntry(&c.e, nil), "|"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
