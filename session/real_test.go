package session

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

// realSit starts a session with the interpreter in this process and the real
// watcher. Nothing is played: files are written as an editor would.
func realSit(t *testing.T, archive string, set ...func(*Config)) *sitting {
	t.Helper()
	st := &sitting{t: t, dir: t.TempDir()}
	t.Chdir(st.dir)
	st.write(archive)
	var cfg Config
	for _, f := range set {
		f(&cfg)
	}
	before := runtime.NumGoroutine()
	s, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	st.Session = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		noLeak(t, before)
	})
	return st
}

const shop = `
-- go.mod --
module shop
-- shop/shop.go --
package shop

import (
	"errors"
	"fmt"

	"shop/price"
)

var sold int

var last Item

type Item struct {
	Name string ` + "`json:\"name\"`" + `
}

// Sell sells.
func Sell(i Item) (string, error) {
	if i.Name == "" {
		return "", errors.New("nothing to sell")
	}
	sold++
	last = i
	return fmt.Sprintf("%s for %d", i.Name, price.Of(i.Name)), nil
}
-- price/price.go --
package price

func Of(name string) int { return len(name) }
-- shop/events.jsonl --
{"name":"an apple","event":"Sell","data":{"name":"apple"}}
`

func (st *sitting) sell(name string) string {
	st.t.Helper()
	ev, err := st.Fire(st.t.Context(), FireRequest{Event: "shop.Sell", Data: []byte(`{"name":"` + name + `"}`)})
	if err != nil {
		return err.Error()
	}
	if e := ev.Calls[0].Error; e != nil {
		return e.Kind + ": " + e.Message
	}
	return ev.Calls[0].Returns[0].Text
}

func TestRealSession(t *testing.T) {
	st := realSit(t, shop, func(c *Config) { c.Paths = []string{"shop"} })
	if rep := st.next(); rep.Status != interp.StatusLive {
		t.Fatalf("load: %s", brief(rep))
	}
	if got := st.sell("apple"); got != `"apple for 5"` {
		t.Fatalf("fire: %s", got)
	}
	if got := st.sell(""); got != "error: nothing to sell" {
		t.Errorf("fire: %s", got)
	}

	// A body, in place; state is kept.
	two := change1(t, shop, "%s for %d", "%s at %d")
	st.write(two)
	rep := st.next()
	if rep.Status != interp.StatusLive || len(rep.Units) != 1 || rep.Units[0].Key != "func Sell" || !strings.Contains(rep.Units[0].Diff, "+\treturn fmt.Sprintf(\"%s at %d\"") {
		t.Errorf("save: %s", brief(rep))
	}
	if got := st.sell("pear"); got != `"pear at 4"` {
		t.Errorf("after the save: %s", got)
	}

	// A function of an imported package, replaced as editors do.
	tmp := filepath.Join(st.dir, "price", "price.go~")
	if err := os.WriteFile(tmp, []byte("package price\n\nfunc Of(name string) int { return 100 }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tmp, filepath.Join(st.dir, "price", "price.go")); err != nil {
		t.Fatal(err)
	}
	if rep = st.next(); rep.Status != interp.StatusLive || !strings.Contains(brief(rep), "func price.Of 1→2") {
		t.Errorf("imported: %s", brief(rep))
	}
	if got := st.sell("fig"); got != `"fig at 100"` {
		t.Errorf("after the import changed: %s", got)
	}
	two = change1(t, two, "return len(name)", "return 100")

	// Broken, and good again.
	st.write(change1(t, two, "sold++", "sold+"))
	if rep = st.next(); rep.Status != interp.StatusRefused || len(rep.Diagnostics) == 0 || rep.Diagnostics[0].File != "shop/shop.go" {
		t.Errorf("broken: %s", brief(rep))
	}
	if got := st.get("shop").State; got != interp.StateBehind {
		t.Errorf("state %s", got)
	}
	if got := st.sell("fig"); got != `"fig at 100"` {
		t.Errorf("while broken: %s", got)
	}
	st.write(two)
	st.expect(st.next(), "shop watch unchanged")

	// Rolled back, and versions told.
	rep, err := st.Rollback(t.Context(), "shop", "Sell", 0, 0)
	if err != nil || rep.Status != interp.StatusLive {
		t.Fatalf("rollback: %s, %v", brief(rep), err)
	}
	st.seen = rep.ID
	if got := st.sell("fig"); got != `"fig for 100"` {
		t.Errorf("rolled back: %s", got)
	}
	versions, err := st.Versions("shop", "Sell")
	if err != nil || len(versions) != 3 || !strings.HasPrefix(versions[0].Text, "// Sell sells.\nfunc Sell(") || !versions[2].Live {
		t.Errorf("versions: %+v, %v", versions, err)
	}
	if !st.get("shop").Differs {
		t.Error("does not differ")
	}

	// Counters and state.
	if u := unit(st.get("shop"), "func Sell"); u.Calls != 6 || u.Errors != 1 {
		t.Errorf("counters: %+v", u)
	}
	vars, err := st.State(t.Context(), "shop")
	if err != nil || len(vars) < 2 {
		t.Fatalf("state: %+v, %v", vars, err)
	}
	for _, v := range vars {
		if v.Name == "sold" && v.Text != "5" {
			t.Errorf("sold: %+v", v)
		}
	}
	if got := st.ready(); got != `an apple|shop.Sell {"name":"apple"}` {
		t.Errorf("saved events: %s", got)
	}

	// A type: reloaded or migrated, and said which.
	st.write(change1(t, two, "type Item struct {", "type Item struct {\n\tcount int"))
	rep = st.next()
	if rep.Status != interp.StatusReloaded && rep.Status != interp.StatusLive {
		t.Errorf("type: %s", brief(rep))
	}
	if rep.Status == interp.StatusReloaded && (len(rep.Reasons) == 0 || !strings.Contains(brief(rep), "reset sold 5→0")) {
		t.Errorf("type: %s", brief(rep))
	}
	if got := st.sell("fig"); got != `"fig at 100"` {
		t.Errorf("after the type: %s", got)
	}
	t.Logf("save of a type: %s; times: %+v", brief(rep), rep.Timing)
}

// A script that ends its process, in each of the places where it can.
func TestRealCrash(t *testing.T) {
	st := realSit(t, `
-- bad/bad.go --
package bad

import "os"

var n = 1

func Exit() { os.Exit(3) }

func OK() string { return "fine" }
`)
	st.next()
	ev, err := st.Fire(t.Context(), FireRequest{Event: "Exit"})
	if err != nil || ev.Calls[0].Error == nil || ev.Calls[0].Error.Kind != interp.ErrCrashed || ev.Calls[0].Error.Message != "os.Exit(3)" {
		t.Errorf("exit: %+v, %v", ev, err)
	}
	if got := st.fire("OK"); got != `bad: "fine"` {
		t.Errorf("after: %s", got)
	}
	if rep := st.next(); rep.Cause != interp.CauseCrash || rep.Status != interp.StatusReloaded || len(rep.Units) != 0 || !strings.Contains(brief(rep), "reset n") {
		t.Errorf("report: %s", brief(rep))
	}
}

// The samples load, and every event beside them finds its handler and fits it;
// some are there to run too long.
func TestRealSamples(t *testing.T) {
	if testing.Short() {
		t.Skip("loads all samples")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := New(ctx, Config{Paths: []string{"../samples"}, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, sc := range s.Scripts() {
		if sc.State != interp.StateLive {
			t.Errorf("%s is %s: %v", sc.Name, sc.State, sc.Diagnostics)
		}
	}
	for _, e := range s.SavedEvents() {
		ev, err := s.Fire(ctx, FireRequest{Event: e.Event, Script: e.Script, Data: e.Data})
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
		} else if c := ev.Calls[0]; c.Error != nil && c.Error.Kind != interp.ErrError && c.Error.Kind != interp.ErrTimeout {
			t.Errorf("%s: %s: %s", e.Name, c.Error.Kind, c.Error.Message)
		}
	}
}

// A reload reads the files before they settle. What it read and is undone a
// moment later is undone in the script as well.
func TestReloadOfWhatIsUndone(t *testing.T) {
	const good = "-- a/a.go --\npackage a\n\nfunc F() string { return \"good\" }\n\nfunc G() {}\n"
	st := realSit(t, good)
	st.write("-- a/a.go --\npackage a\n\nfunc F() string { retu")
	rep, err := st.Reload(t.Context(), "a", "")
	if err != nil || rep.Status != interp.StatusRefused {
		t.Fatalf("half a file: %s, %v", rep.Status, err)
	}
	st.write(good)
	st.until("the script is live again", func() bool { return st.get("a").State == interp.StateLive })
}
