package session

import (
	"strings"
	"testing"

	"hotloop/interp"
)

const door = `
-- door/door.go --
package door

import "fmt"

var count = 1

// OnOpen opens.
func OnOpen() string { return "one" }

func Show() { fmt.Println(count) }
`

func TestSaveIsPatched(t *testing.T) {
	st := sit(t, door)
	load := st.next()
	if load.Cause != interp.CauseLoad || load.Status != interp.StatusLive || load.ID != 1 || load.Script != "door" {
		t.Errorf("load report: %s", brief(load))
	}
	if got := st.fire("OnOpen"); got != `door: "one"` {
		t.Errorf("before: %s", got)
	}
	st.save(strings.Replace(door, `"one"`, `"two"`, 1))
	rep := st.next()
	st.expect(rep, "door watch live | changed func OnOpen 1→2")
	if got := st.fire("OnOpen"); got != `door: "two"` {
		t.Errorf("after: %s", got)
	}
	want := "--- door/door.go\n+++ door/door.go\n@@ -7,2 +7,2 @@\n // OnOpen opens.\n-func OnOpen() string { return \"one\" }\n+func OnOpen() string { return \"two\" }\n"
	if rep.Units[0].Diff != want {
		t.Errorf("diff:\n%s\nwant:\n%s", rep.Units[0].Diff, want)
	}
	if rep.Timing.Detect != 3000 || rep.Timing.Read != 1000 || rep.Timing.Total < 1 {
		t.Errorf("timing: %+v", rep.Timing)
	}
	if n := len(st.world.of("door")); n != 1 {
		t.Errorf("%d engines, want 1", n)
	}
}

func TestSameTextGivesNoReport(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save(door)
	st.none()
	if got := st.world.last("door").log(); len(got) != 1 {
		t.Errorf("the engine was asked: %v", got)
	}
}

func TestCommentGivesUnchanged(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save(strings.Replace(door, "// OnOpen opens.", "// OnOpen opens the door.\n//\n// Really.", 1))
	st.expect(st.next(), "door watch unchanged")
	if u := st.get("door").Units[2]; u.Key != "func OnOpen" || u.Line != 7 || u.Version != 1 {
		t.Errorf("unit: %+v", u)
	}
	text, err := st.Source("door", "OnOpen", 0)
	if err != nil || !strings.Contains(text.Text, "Really") || !text.Live {
		t.Errorf("source: %+v, %v", text, err)
	}
}

func TestRefusedIsBehindUntilGood(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save(strings.Replace(door, "var count", "//fake:refuse undefined: pth\nvar count", 1))
	st.expect(st.next(), "door watch refused | door/door.go:5: undefined: pth")
	sc := st.get("door")
	if sc.State != interp.StateBehind || len(sc.Diagnostics) != 1 {
		t.Errorf("after a refusal: %s %v", sc.State, sc.Diagnostics)
	}
	if got := st.fire("OnOpen"); got != `door: "one"` {
		t.Errorf("old code: %s", got)
	}
	asked := len(st.world.last("door").log())
	st.save(door)
	st.expect(st.next(), "door watch unchanged")
	if sc := st.get("door"); sc.State != interp.StateLive || len(sc.Diagnostics) != 0 {
		t.Errorf("after the undo: %s %v", sc.State, sc.Diagnostics)
	}
	if got := len(st.world.last("door").log()); got != asked {
		t.Errorf("the undo was compiled")
	}
}

func TestReloadWhereAPatchWouldBeUnsound(t *testing.T) {
	st := sit(t, door)
	st.loads()
	if _, _, _, err := st.Set(t.Context(), "door", "count", "41"); err != nil {
		t.Fatal(err)
	}
	old := st.world.last("door")
	st.save(strings.Replace(door, `func OnOpen() string { return "one" }`, "//fake:reload type Lock changed\nfunc OnOpen() string { return \"two\" }", 1))
	st.expect(st.next(), "door watch reloaded | changed func OnOpen 1→2 | reset count 41→1 | type Lock changed")
	st.until("the old engine closed", func() bool { return !old.running() })
	if got := st.fire("OnOpen"); got != `door: "two"` {
		t.Errorf("after: %s", got)
	}
	if base := st.world.last("door").baseline(); base["func OnOpen"].Version != 1 {
		t.Errorf("the fresh engine went on from %+v", base["func OnOpen"])
	}
}

func TestFailedReloadKeepsTheOldEngine(t *testing.T) {
	st := sit(t, door)
	st.loads()
	old := st.world.last("door")
	st.save(strings.Replace(door, `"one"`, "\"two\" //fake:reload because\n//fake:crashload stack overflow\n", 1))
	rep := st.next()
	if rep.Status != interp.StatusRefused || !strings.Contains(brief(rep), "stack overflow") || !strings.Contains(brief(rep), "because") {
		t.Errorf("report: %s", brief(rep))
	}
	if sc := st.get("door"); sc.State != interp.StateBehind || !old.running() {
		t.Errorf("state %s, old engine runs %v", sc.State, old.running())
	}
	if got := st.fire("OnOpen"); got != `door: "one"` {
		t.Errorf("old code: %s", got)
	}
	if !strings.Contains(st.history(), "crash door stack overflow") {
		t.Errorf("no crash in the log:\n%s", st.history())
	}
}

func TestEngineErrorIsNotSilent(t *testing.T) {
	st := sit(t, door)
	st.loads()
	st.save(strings.Replace(door, `"one"`, "\"two\" //fake:failapply pipe broke\n", 1))
	st.expect(st.next(), "door watch refused | the engine could not apply it: pipe broke")
	if sc := st.get("door"); sc.State != interp.StateBehind {
		t.Errorf("state %s", sc.State)
	}
	st.save(strings.Replace(door, `"one"`, `"three"`, 1))
	st.expect(st.next(), "door watch live | changed func OnOpen 1→2")
}

func TestModeFile(t *testing.T) {
	st := sit(t, door, func(c *Config) { c.Apply = ApplyFile })
	st.loads()
	if _, _, _, err := st.Set(t.Context(), "door", "count", "5"); err != nil {
		t.Fatal(err)
	}
	st.save(strings.Replace(door, `"one"`, `"two"`, 1))
	st.expect(st.next(), "door watch reloaded | changed func OnOpen 1→2 | reset count 5→1")
	st.save(strings.Replace(door, `"one"`, `"two" /* a comment */`, 1))
	st.expect(st.next(), "door watch unchanged")
	if n := len(st.world.of("door")); n != 2 {
		t.Errorf("%d engines, want 2", n)
	}
}

func TestModeAsk(t *testing.T) {
	st := sit(t, door, func(c *Config) { c.Apply = ApplyAsk })
	st.loads()
	two := strings.Replace(door, `"one"`, `"two"`, 1)
	st.save(two)
	st.until("the question", func() bool { return len(st.Pending()) == 1 })
	p := st.Pending()[0]
	st.expect(p.Report, "door watch live | changed func OnOpen 1→2")
	if p.Report.Units[0].Diff == "" || p.NeedsReload {
		t.Errorf("pending: %+v", p)
	}
	if got := st.fire("OnOpen"); got != `door: "one"` {
		t.Errorf("before the answer: %s", got)
	}
	rep, err := st.Confirm(t.Context(), "door", true)
	if err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door watch live | changed func OnOpen 1→2")
	if got := st.fire("OnOpen"); got != `door: "two"` || len(st.Pending()) != 0 {
		t.Errorf("after the answer: %s", got)
	}
	st.next()

	st.save(door)
	st.until("the question", func() bool { return len(st.Pending()) == 1 })
	rep, err = st.Confirm(t.Context(), "door", false)
	if err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door watch refused | the save was not confirmed")
	if sc := st.get("door"); sc.State != interp.StateBehind {
		t.Errorf("state %s", sc.State)
	}
	st.next()
	st.save(two)
	st.expect(st.next(), "door watch unchanged")
	if _, err := st.Confirm(t.Context(), "door", true); err == nil {
		t.Error("confirmed what did not wait")
	}
}

func TestReloadAndRestartOnDemand(t *testing.T) {
	st := sit(t, door)
	st.loads()
	rep, err := st.Reload(t.Context(), "door", "")
	if err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door reload unchanged")
	// The file changed and the watcher has not said so yet.
	st.write(strings.Replace(door, `"one"`, `"two"`, 1))
	if rep, err = st.Reload(t.Context(), "door", ApplyFunctions); err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door reload live | changed func OnOpen 1→2")
	st.seen = rep.ID
	st.save(strings.Replace(door, `"one"`, `"two"`, 1))
	st.none()

	if rep, err = st.Reload(t.Context(), "door", ApplyFile); err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door reload reloaded | reset count 1→1")
	if rep, err = st.Restart(t.Context(), "door"); err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "door restart reloaded | reset count 1→1")
	if u := st.get("door").Units[2]; u.Version != 2 {
		t.Errorf("version after a restart: %+v", u)
	}
	if _, err := st.Reload(t.Context(), "dor", ""); err == nil || !strings.Contains(err.Error(), "did you mean door?") {
		t.Errorf("unknown script: %v", err)
	}
}

// A load that hangs is given up for the next save.
func TestSaveEndsALoadThatHangs(t *testing.T) {
	st := sit(t, strings.Replace(door, "var count", "//fake:hangload\nvar count", 1), func(c *Config) { c.Background = true })
	st.until("the load", func() bool { return len(st.world.of("door")) == 1 })
	first := st.world.last("door")
	st.until("the load under way", func() bool { return len(first.log()) == 1 })
	st.save(door)
	rep := st.next()
	if rep.Status != interp.StatusLive {
		t.Errorf("report: %s", brief(rep))
	}
	st.until("the first engine closed", func() bool { return !first.running() })
	if got := st.fire("OnOpen"); got != `door: "one"` {
		t.Errorf("after: %s", got)
	}
}

// Saves that come while one is being applied are applied together, as the last
// of them left the files.
func TestSavesInOrder(t *testing.T) {
	st := sit(t, door)
	st.loads()
	for _, text := range []string{`"two"`, `"three"`, `"four"`, `"five"`} {
		st.save(strings.Replace(door, `"one"`, text, 1))
	}
	st.quiet()
	if got := st.fire("OnOpen"); got != `door: "five"` {
		t.Errorf("after: %s", got)
	}
	if got := st.get("door"); got.State != interp.StateLive {
		t.Errorf("state: %s", got.State)
	}
}
