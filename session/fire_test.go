package session

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

const two = `
-- a/a.go --
package a

func Both() string { return "from a" }

func OnOpen() string { return "open" }

func main() {}

func init() {}
-- b/b.go --
package b

func Both() string { return "from b" }

func Block() { //do:block
}

func Wait() { //do:block
}
`

func TestFire(t *testing.T) {
	st := sit(t, two)
	ev, err := st.Fire(t.Context(), FireRequest{Event: "Both", Data: json.RawMessage(`{"x":1}`), Source: "rpc"})
	if err != nil {
		t.Fatal(err)
	}
	if ev.ID != 1 || ev.Source != "rpc" || ev.Name != "Both" || ev.Script != "" || string(ev.Data) != `{"x":1}` {
		t.Errorf("event: %+v", ev)
	}
	if len(ev.Calls) != 2 || ev.Calls[0].Script != "a" || ev.Calls[1].Script != "b" || ev.Calls[1].Version != 1 || ev.Calls[1].DurationUs == 0 {
		t.Errorf("calls: %+v", ev.Calls)
	}
	if got := st.fire("b.Both"); got != `b: "from b"` {
		t.Errorf("with its script: %s", got)
	}
	ev, err = st.Fire(t.Context(), FireRequest{Event: "Both", Script: "a"})
	if err != nil || ev.ID != 3 || ev.Script != "a" || len(ev.Calls) != 1 {
		t.Errorf("by script: %+v, %v", ev, err)
	}
	if u := unit(st.get("a"), "func Both"); u.Calls != 2 || u.Errors != 0 || u.LastUs != 1 {
		t.Errorf("counters: %+v", u)
	}
	var logged []*Event
	for _, e := range st.Log().Window(0, 100) {
		if e.Event != nil {
			logged = append(logged, e.Event)
		}
	}
	if len(logged) != 3 || logged[0].ID != 1 || len(logged[0].Calls) != 2 {
		t.Errorf("log: %+v", logged)
	}
}

func unit(sc interp.Script, key string) interp.Unit {
	i := slices.IndexFunc(sc.Units, func(u interp.Unit) bool { return u.Key == key })
	if i < 0 {
		return interp.Unit{}
	}
	return sc.Units[i]
}

func TestFireErrors(t *testing.T) {
	st := sit(t, two)
	for _, c := range []struct {
		req  FireRequest
		is   error
		want string
	}{
		{FireRequest{Event: "OnOpne"}, ErrNotFound, `no handler "OnOpne"; did you mean OnOpen?`},
		{FireRequest{Event: "a.OnOpne"}, ErrNotFound, `no handler "OnOpne" in a; did you mean OnOpen?`},
		{FireRequest{Event: "init", Script: "a"}, ErrNotFound, `no handler "init" in a; did you mean Both, OnOpen or main?`},
		{FireRequest{Event: "c.Both"}, ErrNotFound, `no script "c"; did you mean a or b?`},
		{FireRequest{Event: "Both", Data: json.RawMessage(`{x}`)}, ErrBadData, "the data is not JSON: invalid character 'x' looking for beginning of object key string"},
	} {
		_, err := st.Fire(t.Context(), c.req)
		if !errors.Is(err, c.is) || err.Error() != c.want {
			t.Errorf("%+v: %v; want %s", c.req, err, c.want)
		}
	}
}

func TestStopAndRunning(t *testing.T) {
	st := sit(t, two)
	results := make(chan string, 2)
	for _, h := range []string{"Block", "Wait"} {
		go func() { results <- st.fire(h) }()
	}
	st.until("two calls", func() bool { return st.Running() == 2 && st.world.last("b").inFlight() == 2 })
	n, err := st.Stop(t.Context(), "b")
	if n != 2 || err != nil {
		t.Errorf("stopped %d, %v", n, err)
	}
	for range 2 {
		if got := <-results; got != "b: stopped: stopped" {
			t.Errorf("call: %s", got)
		}
	}
	if n := st.Running(); n != 0 {
		t.Errorf("still %d running", n)
	}
	if _, err := st.Stop(t.Context(), "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("stop of no script: %v", err)
	}
	if n, err := st.Stop(t.Context(), ""); n != 0 || err != nil {
		t.Errorf("stop of all: %d, %v", n, err)
	}
}

// An engine that cannot end a call at its deadline does not keep the caller.
func TestEngineThatDoesNotAnswer(t *testing.T) {
	st := sit(t, two)
	st.Session.overdue = time.Millisecond
	soon := int64(1)
	ev, err := st.Fire(t.Context(), FireRequest{Event: "Block", TimeoutMs: &soon})
	if err != nil || len(ev.Calls) != 1 || ev.Calls[0].Error == nil || ev.Calls[0].Error.Kind != interp.ErrTimeout {
		t.Errorf("event: %+v, %v", ev, err)
	}
	if n := st.Running(); n != 0 {
		t.Errorf("still %d running", n)
	}
}

func TestCallerGoesAway(t *testing.T) {
	st := sit(t, two)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan Event, 1)
	go func() {
		ev, _ := st.Fire(ctx, FireRequest{Event: "Block"})
		done <- ev
	}()
	st.until("the call", func() bool { return st.world.last("b").inFlight() == 1 })
	cancel()
	if ev := <-done; len(ev.Calls) != 1 || ev.Calls[0].Error == nil || ev.Calls[0].Error.Kind != interp.ErrStopped {
		t.Errorf("event: %+v", ev)
	}
}

// A reload lets calls in flight end, for a while; then they are stopped and say
// why.
func TestCallsAcrossAReload(t *testing.T) {
	st := sit(t, two)
	st.loads()
	st.Session.grace = time.Millisecond
	done := make(chan string, 1)
	go func() { done <- st.fire("Block") }()
	st.until("the call", func() bool { return st.world.last("b").inFlight() == 1 })
	rep, err := st.Reload(t.Context(), "b", ApplyFile)
	if err != nil || rep.InFlight != 1 {
		t.Errorf("report: %s in flight %d, %v", brief(rep), rep.InFlight, err)
	}
	if got := <-done; got != "b: stopped: the script was reloaded while the call ran" {
		t.Errorf("call: %s", got)
	}
}

// The engine that is replaced stays until its calls have ended.
func TestReloadWaitsForCalls(t *testing.T) {
	st := sit(t, two)
	st.loads()
	st.Session.grace = time.Hour
	old := st.world.last("b")
	done := make(chan string, 1)
	go func() { done <- st.fire("Block") }()
	st.until("the call", func() bool { return old.inFlight() == 1 })
	if _, err := st.Restart(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if got := st.fire("b.Both"); got != `b: "from b"` {
		t.Errorf("the new engine: %s", got)
	}
	if !old.running() {
		t.Error("the old engine was closed under its call")
	}
	if _, err := old.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-done; got != "b: stopped: stopped" {
		t.Errorf("call: %s", got)
	}
	st.until("the old engine closed", func() bool { return !old.running() })
}

func TestMainIsFiredAtLoad(t *testing.T) {
	st := sit(t, two, func(c *Config) { c.Main = true; c.Timeout = time.Nanosecond })
	st.until("main", func() bool { return unit(st.get("a"), "func main").Calls == 1 })
	for _, e := range st.Log().Window(0, 100) {
		if e.Event != nil && (e.Event.Source != "main" || e.Event.Name != "main" || e.Event.Script != "a" || e.Event.Calls[0].Error != nil) {
			t.Errorf("event: %+v", e.Event)
		}
	}
	if _, err := st.Restart(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	st.until("main again", func() bool { return unit(st.get("a"), "func main").Calls == 2 })
}

func TestStateSaysWhoSetIt(t *testing.T) {
	st := sit(t, door+`
-- door/inc.go --
package door

var other = 5

func Inc() { //do:inc count
}
`)
	st.loads()
	setBy := func() map[string]string {
		t.Helper()
		vars, err := st.State(t.Context(), "door")
		if err != nil {
			t.Fatal(err)
		}
		out := make(map[string]string)
		for _, v := range vars {
			out[v.Name] = v.Text + " " + v.SetBy
		}
		return out
	}
	if got := setBy(); got["count"] != "1 load" || got["other"] != "5 load" {
		t.Errorf("at first: %v", got)
	}
	if _, _, _, err := st.Set(t.Context(), "door", "count", "7"); err != nil {
		t.Fatal(err)
	}
	if got := setBy(); got["count"] != "7 set" {
		t.Errorf("after set: %v", got)
	}
	st.fire("Inc")
	if got := setBy(); got["count"] != "8 script" {
		t.Errorf("after the script set it: %v", got)
	}
	st.save(strings.Replace(door, "count = 1", "count = 2", 1))
	rep := st.next()
	if got := setBy(); got["count"] != "2 report 2" || rep.ID != 2 {
		t.Errorf("after report %d: %v", rep.ID, got)
	}
	v, fail, err := st.Eval(t.Context(), "door", "count")
	if v.Text != "2" || fail != nil || err != nil {
		t.Errorf("eval: %v %v %v", v, fail, err)
	}
}

func TestClosedSession(t *testing.T) {
	st := sit(t, two)
	done := make(chan string, 1)
	go func() { done <- st.fire("Block") }()
	st.until("the call", func() bool { return st.world.last("b").inFlight() == 1 })
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-done; !strings.HasPrefix(got, "b: stopped") {
		t.Errorf("call in flight: %s", got)
	}
	if _, err := st.Fire(t.Context(), FireRequest{Event: "Both"}); !errors.Is(err, ErrClosed) {
		t.Errorf("fire: %v", err)
	}
	if _, err := st.Restart(t.Context(), "a"); !errors.Is(err, ErrClosed) {
		t.Errorf("restart: %v", err)
	}
	if _, err := st.Changed(t.Context(), 1<<62); !errors.Is(err, ErrClosed) {
		t.Errorf("changed: %v", err)
	}
	if st.world.last("a").running() || st.world.last("b").running() {
		t.Error("an engine still runs")
	}
}
