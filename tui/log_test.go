package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hotloop/interp"
	"hotloop/session"
)

func TestLog(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{Editor: "vim"})
	s.f.events()
	s.refresh()
	s.want("Δ was", `"front opened (8)"`)
	s.want("GET /index.html ok␇")
	s.a.focus(paneLog)
	s.keys("home", "down", "down", "down", "down", "o")
	s.want("Diff", "1/1")
	s.a.focus(paneLog)
	s.keys("up", "o")
	s.want(`fire ▸ door.OnOpen {"door":"front","people":3}`)
}

// TestFlood says that text that came too fast is counted, and that a long text
// shows its beginning.
func TestFlood(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.log(session.Entry{Script: "door", Output: &session.Output{Script: "door", Stream: "stdout", Text: strings.Repeat("a line\n", 10_000)}})
	s.f.log(session.Entry{Script: "door", Dropped: &session.Dropped{Script: "door", Stream: "stdout", Count: 1234}})
	s.refresh()
	s.want("a line", "+9997 lines")
	s.want("1234 lines on stdout dropped")
	s.a.focus(paneLog)
	s.keys("up", "enter", "end", "up")
	s.want("a line", "+9599 lines")
}

// TestLogKeepsResult says what a row gives up when it is short: never the
// result, never what an error says at its end.
func TestLogKeepsResult(t *testing.T) {
	const back = `{"door":"back","people":1,"name":"somebody with a long name"}`
	f := freshFake()
	f.fired("door", "OnOpen", back, interp.Call{Returns: text("string", `"front opened (8)"`), DurationUs: 4321})
	f.fired("door", "OnOpen", `{"dor":"back"}`, interp.Call{DurationUs: 50, Error: &interp.CallError{
		Kind: interp.ErrArguments, Message: `unknown field "dor" in Opening; did you mean "door"?`}})
	f.fired("door", "OnClose", back, interp.Call{DurationUs: 50, Error: &interp.CallError{
		Kind: interp.ErrPanic, Message: "index out of range [4] with length 3",
		Trace: []interp.Frame{{Function: "door.OnClose", File: "samples/door/door.go", Line: 22}}}})
	for _, w := range []int{160, 120, 100, 80, 72, 60, 56} {
		s := openScreen(t, f, w, 40, Options{})
		s.want(`OnOpen`, `→ "front opened (8)"`)
		log := strings.Join(strings.Fields(s.text()), " ")
		for _, part := range []string{`did you mean "door"?`, "index out of range [4] with length 3", "door.go:22"} {
			if !strings.Contains(log, part) {
				t.Errorf("%d columns: the log lacks %q:\n%s", w, part, s.text())
			}
		}
	}
	s := openScreen(t, f, 120, 40, Options{})
	s.want(`OnOpen {"do`, `→ arguments: unknown field "dor" in Opening; did you mean "door"?`)
	s.want(`OnOpen {"door":"back"`, "…", `→ "front opened (8)"`, "4.3 ms")
	s = openScreen(t, f, 60, 30, Options{})
	s.want(`✓ door `, `OnOpen {"`, `→ "front opened (8)"`)
	s.wantNot("12:04")

	// Without any room for it the message ends in … and the row stays one.
	f.fired("door", "OnOpen", "", interp.Call{Error: &interp.CallError{Kind: interp.ErrError, Message: strings.Repeat("word ", 200) + "end"}})
	s = openScreen(t, f, 60, 20, Options{})
	s.want("word…")
	s.wantNot("end")
}

// TestCrashToldOnce says that the reason and place of a crash stand in the log
// once, whichever of its two tellings comes first, and again for the next one.
func TestCrashToldOnce(t *testing.T) {
	trace := []interp.Frame{{Function: "door.OnOpen", File: "samples/door/door.go", Line: 19}}
	call := interp.Call{Error: &interp.CallError{Kind: interp.ErrCrashed, Message: "os.Exit(3)", Trace: trace}}
	crash := session.Entry{Script: "door", Crash: &session.Crash{Script: "door", Reason: "os.Exit(3)", Tail: "bye\nbye\n", Trace: trace}}
	live := interp.Report{Script: "door", Cause: interp.CauseCrash, Status: interp.StatusLive}
	f := freshFake()
	s := openScreen(t, f, 120, 60, Options{})
	told := func(want int) {
		t.Helper()
		s.refresh()
		if got := strings.Count(s.text(), "os.Exit(3)"); got != want {
			t.Errorf("the reason is told %d times, want %d:\n%s", got, want, s.text())
		}
	}
	f.fired("door", "OnOpen", "{}", call)
	f.log(crash)
	told(1)
	s.want("✗ door", "OnOpen {} → crashed: os.Exit(3)  door.go:19")
	s.want("✖ door", "its process ended", "2 last lines")
	f.report(live)

	f.log(crash)
	f.fired("door", "OnOpen", "{}", call)
	f.fired("door", "OnClose", "{}", call)
	told(2)
	s.want("✖ door", "crashed: os.Exit(3)  samples/door/door.go:19")
	s.want("✗ door", "OnOpen {} → crashed  ")
	s.want("✗ door", "OnClose {} → crashed  ")
	f.report(live)

	f.log(crash)
	told(3)
	f.log(crash) // a second one without being live in between
	told(4)

	// Unfolded, everything is there.
	s.keys("tab", "tab", "home")
	for _, row := range []string{"its process ended", "OnClose {} → crashed"} {
		s.click(row)
		s.click(row)
	}
	s.want("reason", "os.Exit(3)")
	s.want("bye")
	s.want("crashed    os.Exit(3)")
}

// TestNotes says that notes on what is live are seen: counted in the log, in
// full in the Diff tab above the diffs.
func TestNotes(t *testing.T) {
	f := freshFake()
	s := openScreen(t, f, 120, 40, Options{})
	f.patch()
	r := f.reports[len(f.reports)-1]
	r.Reasons = []string{"init changed; it was not run again", "closures that OnOpen made before keep the code they were made with"}
	f.report(r)
	s.refresh()
	s.want("OnOpen v3→v4", "! 2 notes  live in 0.90 ms")
	head, _ := s.row("door  patched 1 unit")
	first, _ := s.row("! init changed; it was not run again")
	second, _ := s.row("! closures that OnOpen made before keep the code they were made with")
	diff, _ := s.row("OnOpen  v3 → v4")
	if !(head >= 0 && head < first && first < second && second < diff) {
		t.Errorf("rows: header %d, notes %d and %d, diff %d\n%s", head, first, second, diff, s.text())
	}
	s.a.focus(paneLog)
	s.keys("up", "down", "enter")
	s.want("note", "init changed; it was not run again")
	s.wantNot("because")
	// The mark outlives the duration.
	narrow := openScreen(t, f, 40, 20, Options{})
	narrow.want("OnOpen", "! 2 notes")

	// Why a script started over is no note.
	f.report(interp.Report{Script: "door", Cause: interp.CauseWatch, Status: interp.StatusReloaded, Reasons: []string{"the type Lock is in use"}, Timing: r.Timing})
	s = openScreen(t, f, 120, 40, Options{})
	s.want("reloaded, state started over  ")
	s.wantNot("1 note")
}

// TestTimingFits says that where the time of a save went takes one row of the
// Diff tab at 120 columns.
func TestTimingFits(t *testing.T) {
	f := freshFake()
	f.report(interp.Report{Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive,
		Timing: interp.Timing{Detect: 22_800, Read: 99, Parse: 1300, Check: 13_700, Compile: 21_500, Apply: 11_300, Total: 48_900}})
	s := openScreen(t, f, 120, 40, Options{})
	s.want("took 48.9 ms: read 1.4, check 13.7, compile 21.5, apply 11.3; seen after 22.8 ms")
}

func TestLogFilterWords(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.events()
	s.f.log(session.Entry{Script: "router", Crash: &session.Crash{Script: "router", Reason: "stack overflow"}})
	s.refresh()
	for filter, want := range map[string]string{
		"kind:report":              "4",
		"kind:ev -is:error":        "3",
		"is:error":                 "2",
		"script:door kind:event":   "3",
		"-script:door -kind:rep":   "3",
		"kind:event panic":         "1",
		"kind:crash script:router": "1",
		"-":                        "0",
	} {
		s.a.log.filter.set(filter)
		for more := s.a.log.refilter(); more; {
			more = s.a.log.scan()
		}
		if got := lineNoOrZero(s.a.logHits()); got != want {
			t.Errorf("%q lets %s entries through, want %s:\n%s", filter, got, want, s.text())
		}
	}
	s.a.log.filter.clear()
	s.a.log.refilter()
	s.a.focus(paneLog)
	s.keys("!")
	s.want("Log /is:error")
	s.keys("!", "K")
	s.want("Log /kind:event")
	s.keys("K", "K", "K", "K", "K", "K")
	s.wantNot("Log /")
	s.keys("end", "@")
	s.want("Log /script:router")
	s.keys("esc")
	s.wantNot("Log /")
}

func lineNoOrZero(n int) string {
	if n == 0 {
		return "0"
	}
	return lineNo(n)
}

func TestLogMarks(t *testing.T) {
	dir := t.TempDir()
	s := openScreen(t, freshFake(), 120, 40, Options{Dir: dir})
	s.f.events()
	s.refresh()
	s.a.focus(paneLog)
	s.keys("home", "/")
	s.typed("kind:event -is:error")
	s.keys("enter", "home", "m", "m")
	s.want("◆12:04", "OnOpen")
	s.keys("x")
	s.asked(`fire door OnOpen {"door":"front","people":3} from screen`, `fire door OnOpen {"door":"front","people":3} from screen`)
	s.keys("y")
	s.want("copied")
	s.keys("w")
	s.want("Save 2 entries of the log")
	s.keys("enter")
	s.want("wrote", "hotloop.log")
	text, err := os.ReadFile(filepath.Join(dir, "hotloop.log"))
	if err != nil || !strings.Contains(string(text), `"front opened (11)"`) || strings.Contains(string(text), "\x1b") {
		t.Errorf("%v: %q", err, text)
	}
	// What is there already is not written over.
	s.keys("w", "enter")
	s.want("exists")
	s.keys("m", "home", "m", "esc", "w", "ctrl+u")
	s.typed("all.jsonl")
	s.keys("enter")
	text, err = os.ReadFile(filepath.Join(dir, "all.jsonl"))
	if n := strings.Count(string(text), `{"v":1,"time":`); err != nil || n == 0 || n != strings.Count(string(text), "\n") {
		t.Errorf("%v: %d records in %q", err, n, text)
	}
}

// TestTrace goes through the frames of a trace and sees the lines.
func TestTrace(t *testing.T) {
	f := freshFake()
	text := "func OnReading(r Reading) {\n\tif r.Celsius > 30 {\n\t\tpanic(\"hot\")\n\t}\n}\n"
	f.texts[unitID{"thermostat", "func OnReading"}] = []session.UnitText{{Text: text, File: "samples/thermostat/thermostat.go", Line: 10, Version: 1, Live: true}}
	s := openScreen(t, f, 120, 40, Options{})
	s.f.events()
	s.refresh()
	s.a.focus(paneLog)
	s.keys("up")
	for range 12 {
		if e, ok := s.a.log.current(); ok && e.Event != nil && len(entryTrace(&e)) > 0 {
			break
		}
		s.keys("up")
	}
	s.keys("right")
	s.want("history.go:22 is in no loaded script")
	e, _ := s.a.log.current()
	last := entryTrace(&e)[1]
	last.File, last.Line = "samples/thermostat/thermostat.go", 12
	e.Event.Calls[0].Error.Trace[1] = last
	s.keys("right")
	s.want("12", `panic("hot")`)
	if s.a.detail.tab != tabSource || s.a.scripts.unitID().key != "func OnReading" || s.a.focused != paneLog {
		t.Errorf("tab %v, unit %v, focus %v", s.a.detail.tab, s.a.scripts.unitID(), s.a.focused)
	}
	if file, line, _ := s.a.pointedAt(); file != last.File || line != 12 {
		t.Errorf("e on a frame edits %s:%d", file, line)
	}
	s.keys("left")
	s.want("in no loaded script")
	s.click("thermostat.OnReading")
	if s.a.log.frame != 1 {
		t.Errorf("a click chose frame %d", s.a.log.frame)
	}
}

func TestPrettyGo(t *testing.T) {
	const value = `map[string]*Lock{"a, {b}": &Lock{Name: "x", Tries: []int{1, 2}}, "c": nil}`
	if got := prettyGo(value, 100); len(got) != 1 || got[0] != value {
		t.Errorf("a value that fits became %q", got)
	}
	want := `map[string]*Lock{
  "a, {b}": &Lock{
    Name: "x",
    Tries: []int{1, 2}
  },
  "c": nil
}`
	if got := strings.Join(prettyGo(value, 24), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, s := range []string{"", "}", "{", `"{`, "a{b,", "…}", "{{{{", "x)", `{"\`} {
		for w := range 5 {
			if got := strings.Join(strings.Fields(strings.Join(prettyGo(s, w), "")), ""); got != strings.Join(strings.Fields(s), "") {
				t.Errorf("%q became %q", s, got)
			}
		}
	}
}
