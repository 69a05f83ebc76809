package session

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hotloop/interp"
)

const fragile = `
-- fragile.go --
package fragile

var count = 1

func Crash() string { //do:crash
	return ""
}

func Block() { //do:block
}

func OK() string { return "fine" }
`

func TestCrashIsLoadedAgain(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	if _, _, _, err := st.Set(t.Context(), "fragile", "count", "9"); err != nil {
		t.Fatal(err)
	}
	blocked := make(chan string, 1)
	go func() { blocked <- st.fire("Block") }()
	st.until("the blocked call", func() bool { return st.world.last("fragile").inFlight() == 1 })
	if got := st.fire("Crash"); got != "fragile: crashed: os.Exit(7)" {
		t.Errorf("the call that crashed: %s", got)
	}
	if got := <-blocked; got != "fragile: crashed: os.Exit(7)" {
		t.Errorf("the call in flight: %s", got)
	}
	// Whoever fires now waits for the script to be back.
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("right after: %s", got)
	}
	st.expect(st.next(), "fragile crash reloaded | reset count → | os.Exit(7); it was loaded again")
	sc := st.get("fragile")
	if sc.State != interp.StateLive || len(sc.Units) != 4 {
		t.Errorf("script: %+v", sc)
	}
	for _, u := range sc.Units {
		if u.Key == "func Crash" && (u.Calls != 1 || u.Errors != 1) {
			t.Errorf("counters did not survive: %+v", u)
		}
	}
	var crash *Crash
	for _, e := range st.Log().Window(0, 1000) {
		if e.Crash != nil {
			crash = e.Crash
		}
	}
	if crash == nil || crash.Reason != "os.Exit(7)" || crash.Tail != "last words\n" || len(crash.Trace) != 1 || crash.Contained {
		t.Errorf("crash entry: %+v", crash)
	}
}

// A crash while the files are broken brings back what ran last.
func TestCrashWhileBehind(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.save(strings.Replace(fragile, "var count", "//fake:refuse bad\nvar count", 1))
	st.next()
	st.fire("Crash")
	rep := st.next()
	if rep.Cause != interp.CauseCrash || rep.Status != interp.StatusReloaded || len(rep.Diagnostics) != 1 {
		t.Errorf("report: %s", brief(rep))
	}
	if sc := st.get("fragile"); sc.State != interp.StateBehind || len(sc.Diagnostics) != 1 {
		t.Errorf("script: %s %v", sc.State, sc.Diagnostics)
	}
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("old code: %s", got)
	}
	st.save(fragile)
	st.expect(st.next(), "fragile watch unchanged")
	if sc := st.get("fragile"); sc.State != interp.StateLive {
		t.Errorf("script: %s", sc.State)
	}
}

func TestCrashLoopBacksOff(t *testing.T) {
	const bad = "var count"
	st := sit(t, strings.Replace(fragile, bad, "//fake:crashload killed by a signal\nvar count", 1))
	rep := st.next()
	if rep.Cause != interp.CauseLoad || rep.Status != interp.StatusRefused || !strings.Contains(brief(rep), "killed by a signal") {
		t.Errorf("report: %s", brief(rep))
	}
	st.until("the notice", func() bool { return strings.Contains(st.history(), "next try is in 1s") })
	if n := len(st.world.of("fragile")); n != 3 {
		t.Errorf("%d engines were tried, want 3", n)
	}
	if n := strings.Count(st.history(), "crash fragile killed by a signal"); n != 3 {
		t.Errorf("%d crashes logged, want 3:\n%s", n, st.history())
	}
	sc := st.get("fragile")
	if sc.State != interp.StateCrashed || len(sc.Diagnostics) != 1 {
		t.Errorf("script: %+v", sc)
	}
	// Nobody waits for a script that is not coming.
	if _, err := st.Fire(t.Context(), FireRequest{Event: "fragile.OK"}); !errors.Is(err, ErrNotLoaded) || !strings.Contains(err.Error(), "killed by a signal") {
		t.Errorf("fire: %v", err)
	}
	// A save ends the waiting.
	st.save(fragile)
	rep = st.next()
	if rep.Status != interp.StatusLive {
		t.Errorf("report: %s", brief(rep))
	}
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("after: %s", got)
	}
}

func TestBackoffDoubles(t *testing.T) {
	s := &Session{backoff: time.Second, strikeGap: time.Second}
	sc := &script{s: s}
	var got []time.Duration
	for range 10 {
		got = append(got, sc.strike(time.Time{}))
	}
	want := []time.Duration{0, 0, 1, 2, 4, 8, 16, 32, 60, 60}
	for i := range want {
		if got[i] != want[i]*time.Second {
			t.Errorf("crash %d waits %v, want %ds", i+1, got[i], want[i])
		}
	}
	if d := sc.strike(time.Now().Add(-time.Hour)); d != 0 {
		t.Errorf("a crash after an hour waits %v", d)
	}
}

// The try after the delay brings the script back without anybody's help.
func TestBackoffEnds(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.Session.backoff = time.Millisecond
	for range maxStrikes {
		st.fire("Crash")
		st.next()
	}
	if !strings.Contains(st.history(), "crashed 3 times in a row") {
		t.Errorf("no notice:\n%s", st.history())
	}
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("after: %s", got)
	}
}

func TestRestartEndsACrashLoop(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.Session.backoff = time.Hour
	for range maxStrikes - 1 {
		st.fire("Crash")
		st.next()
	}
	st.fire("Crash")
	st.until("the notice", func() bool { return strings.Contains(st.history(), "crashed 3 times") })
	rep, err := st.Restart(t.Context(), "fragile")
	if err != nil || rep.Status != interp.StatusReloaded {
		t.Errorf("restart: %s, %v", brief(rep), err)
	}
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("after: %s", got)
	}
}

func TestEngineThatCannotStart(t *testing.T) {
	st := sit(t, fragile, func(c *Config) {
		c.NewEngine = func(context.Context, string) (Engine, error) { return nil, errors.New("no more processes") }
	})
	st.expect(st.next(), "fragile load refused | start an engine: no more processes")
	if sc := st.get("fragile"); sc.State != interp.StateBehind {
		t.Errorf("state %s", sc.State)
	}
}

// An engine that dies on its own, with nobody calling, is noticed too.
func TestCrashOutsideCalls(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.world.last("fragile").die("concurrent map writes")
	rep := st.next()
	if rep.Cause != interp.CauseCrash || !strings.Contains(brief(rep), "concurrent map writes") {
		t.Errorf("report: %s", brief(rep))
	}
}

func TestContainedPanic(t *testing.T) {
	st := sit(t, fragile)
	st.loads()
	st.world.last("fragile").say(interp.Notice{Panic: &interp.CallError{Kind: interp.ErrPanic, Message: "nil map", Trace: []interp.Frame{{Function: "tick", File: "fragile.go", Line: 3}}}})
	st.until("the crash entry", func() bool {
		return strings.Contains(st.history(), "crash fragile panic in a goroutine: nil map contained=true")
	})
	if got := st.fire("OK"); got != `fragile: "fine"` {
		t.Errorf("after: %s", got)
	}
	st.none()
}

// Saves, fired events, crashes, reloads and questions at the same time: nothing
// deadlocks, every event gets an answer, and in the end the script is what its
// file says.
func TestEverythingAtOnce(t *testing.T) {
	st := sit(t, fragile+two[1:])
	st.loads()
	st.Session.backoff = time.Millisecond
	st.Session.grace = time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var wg sync.WaitGroup
	run := func(f func(i int)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; ctx.Err() == nil; i++ {
				f(i)
			}
		}()
	}
	for range 3 {
		run(func(int) {
			ev, err := st.Fire(ctx, FireRequest{Event: "OK"})
			switch {
			case err != nil:
				if ctx.Err() == nil {
					t.Errorf("fire: %v", err)
				}
			case ev.Calls[0].Error == nil && !strings.HasPrefix(ev.Calls[0].Returns[0].Text, `"fine`):
				t.Errorf("fire: %+v", ev.Calls[0])
			}
		})
	}
	run(func(i int) {
		st.save(strings.Replace(fragile, `"fine"`, fmt.Sprintf(`"fine %d"`, i), 1))
		time.Sleep(time.Millisecond)
	})
	run(func(i int) {
		st.fire("Crash")
		time.Sleep(7 * time.Millisecond)
	})
	run(func(i int) {
		_, _ = st.Restart(ctx, "fragile")
		_, _ = st.Reload(ctx, "fragile", ApplyFile)
		time.Sleep(3 * time.Millisecond)
	})
	run(func(i int) {
		_, _ = st.State(ctx, "fragile")
		_, _ = st.Versions("fragile", "OK")
		_ = st.Scripts()
		_, _ = st.Rollback(ctx, "fragile", "OK", 0, 0)
		_, _ = st.Stop(ctx, "")
	})
	wg.Wait()
	st.save(strings.Replace(fragile, `"fine"`, `"fine at last"`, 1))
	st.quiet()
	if _, err := st.Restart(t.Context(), "fragile"); err != nil {
		t.Fatal(err)
	}
	if got := st.fire("OK"); got != `fragile: "fine at last"` {
		t.Errorf("in the end: %s", got)
	}
	if sc := st.get("fragile"); sc.State != interp.StateLive || sc.Differs {
		t.Errorf("in the end: %s, differs %v, %v", sc.State, sc.Differs, sc.Diagnostics)
	}
	if n := st.Running(); n != 0 {
		t.Errorf("%d calls still running", n)
	}
}

// stubborn does not end when it is told to.
type stubborn struct {
	*fake
	free chan struct{}
}

func (e stubborn) Close() error { <-e.free; return e.fake.Close() }

func (e stubborn) Load(ctx context.Context, src interp.Source, base interp.Baseline) (interp.Outcome, error) {
	out, err := e.fake.Load(ctx, src, base)
	if _, hang := told(src)["ignore"]; hang {
		<-e.free
	}
	return out, err
}

// An engine that does not end, or does not even load, cannot keep a session
// from closing.
func TestCloseIsBounded(t *testing.T) {
	for _, archive := range []string{fragile, strings.Replace(fragile, "var count", "//fake:ignore\nvar count", 1)} {
		free := make(chan struct{})
		w := &world{}
		st := sit(t, archive, func(c *Config) {
			c.Background = true
			c.NewEngine = func(ctx context.Context, script string) (Engine, error) {
				e, err := w.newEngine(ctx, script)
				return stubborn{e.(*fake), free}, err
			}
		})
		st.Session.closeWait = 10 * time.Millisecond
		st.until("the load", func() bool { return len(w.of("fragile")) == 1 && len(w.last("fragile").log()) == 1 })
		if err := st.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		close(free)
	}
}
