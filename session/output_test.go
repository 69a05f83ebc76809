package session

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

func TestOutputIsGathered(t *testing.T) {
	st := sit(t, door)
	st.loads()
	e := st.world.last("door")
	e.say(interp.Notice{Stream: "stdout", Text: "first\n"})
	for i := range 50 {
		e.say(interp.Notice{Stream: "stdout", Text: fmt.Sprintf("line %d\n", i)})
	}
	e.say(interp.Notice{Stream: "stderr", Text: "oops\n"})
	e.say(interp.Notice{Stream: "stdout", Text: "last\n"})
	streams := func() map[string]string {
		got := make(map[string]string)
		for _, entry := range st.Log().Window(0, 1000) {
			if o := entry.Output; o != nil {
				got[o.Stream] += o.Text
				if o.Script != "door" || entry.Script != "door" {
					t.Errorf("output of %q", o.Script)
				}
			}
		}
		return got
	}
	st.until("all output", func() bool { return strings.HasSuffix(streams()["stdout"], "last\n") })
	got := streams()
	if lines := strings.Count(got["stdout"], "\n"); lines != 52 || !strings.HasPrefix(got["stdout"], "first\nline 0\nline 1\n") || got["stderr"] != "oops\n" {
		t.Errorf("output: %d lines, %q", lines, got)
	}
}

// A flood is cut at whole lines and counted; nothing is lost without being
// counted, and the engine is never held up.
func TestFloodIsDroppedAndCounted(t *testing.T) {
	st := sit(t, door)
	st.loads()
	e := st.world.last("door")
	line := strings.Repeat("x", 63) + "\n"
	chunk := strings.Repeat(line, 512) // 32 kB
	const chunks = 2000
	for range chunks {
		e.say(interp.Notice{Stream: "stdout", Text: chunk})
	}
	var kept, dropped, entries int64
	count := func() int64 {
		kept, dropped, entries = 0, 0, 0
		for _, entry := range st.Log().Window(0, 1_000_000) {
			switch {
			case entry.Output != nil:
				entries++
				kept += int64(strings.Count(entry.Output.Text, line))
				if n := len(entry.Output.Text); n > outputBytes || n%len(line) != 0 {
					t.Fatalf("an entry of %d bytes", n)
				}
			case entry.Dropped != nil:
				dropped += entry.Dropped.Count
			}
		}
		return kept + dropped
	}
	// Every line is in the log or in a count, unless the log itself has filled
	// up meanwhile, which takes a very slow machine.
	st.until("all lines accounted for", func() bool { return count() == chunks*512 || st.Log().Dropped() > 0 })
	if dropped == 0 || kept == 0 {
		t.Errorf("kept %d, dropped %d", kept, dropped)
	}
	if st.Log().bytes > ringBytes {
		t.Errorf("the log holds %d bytes", st.Log().bytes)
	}
}

func TestGatherDrops(t *testing.T) {
	s := &Session{log: newRing(100, 1<<30), changed: newChanges()}
	g := gather{s: s, sc: &script{s: s, name: "door"}}
	for range outputBytes/8 + 100 {
		g.add(interp.Notice{Stream: "stdout", Text: "1234567\n"})
	}
	g.add(interp.Notice{Stream: "stderr", Text: "a\nb\nc"})
	for range panicsEvery + 3 {
		g.add(interp.Notice{Panic: &interp.CallError{Message: "again"}})
	}
	if !g.flush() || g.flush() {
		t.Error("flush is wrong about what there was")
	}
	var bytes, panics int
	lost := make(map[string]int64)
	for _, e := range s.log.Window(0, 100) {
		switch {
		case e.Output != nil:
			bytes += len(e.Output.Text)
		case e.Crash != nil:
			panics++
		case e.Dropped != nil:
			lost[e.Dropped.Stream] += e.Dropped.Count
		}
	}
	if bytes != outputBytes || panics != panicsEvery || lost["stdout"] != 100 || lost["stderr"] != 3 || lost["crash"] != 3 {
		t.Errorf("kept %d bytes and %d panics, lost %v", bytes, panics, lost)
	}
}

// A first line is shown at once, not after an interval.
func TestFirstOutputIsNotHeldBack(t *testing.T) {
	st := sit(t, door)
	st.loads()
	time.Sleep(2 * outputEvery) // let a gathering that runs end
	before := time.Now()
	st.world.last("door").say(interp.Notice{Stream: "stdout", Text: "tick\n"})
	st.until("the line", func() bool { return strings.Contains(st.history(), "tick") })
	for _, e := range st.Log().Window(0, 100) {
		if e.Output != nil && e.Time.Before(before) {
			t.Errorf("logged at %v, said after %v", e.Time, before)
		}
	}
}
