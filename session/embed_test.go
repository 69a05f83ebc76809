package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotloop/interp"
)

type visit struct {
	Door   string `json:"door"`
	People int    `json:"people"`
}

type purchase struct {
	ID    int
	Lines []string
}

func (o purchase) Size() int { return len(o.Lines) }

// embedded starts a session on sources held in memory.
func embedded(t *testing.T, host Host) *Session {
	t.Helper()
	before := runtime.NumGoroutine()
	s, err := New(t.Context(), Config{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		noLeak(t, before)
	})
	return s
}

const doorText = `package door

type Visit struct {
	Door   string
	People int
}

var total int

func OnOpen(v Visit) (string, error) {
	total += v.People
	return v.Door + " 1", nil
}

func Total() int { return total }
`

func TestSourcesInMemory(t *testing.T) {
	s := embedded(t, Host{Sources: map[string]string{"door.go": doorText, "life/life.go": "package life\n\nfunc Step() int { return 1 }\n"}})
	scripts := s.Scripts()
	if len(scripts) != 2 || scripts[0].Name != "door" || scripts[0].Files[0] != "door.go" || scripts[1].Files[0] != "life/life.go" {
		t.Fatalf("%+v", scripts)
	}
	reports, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, " 1", " 2", 1)})
	if err != nil || len(reports) != 1 || reports[0].Status != interp.StatusLive || reports[0].Units[0].Key != "func OnOpen" {
		t.Fatalf("%+v, %v", reports, err)
	}
	reports, err = s.Save(t.Context(), map[string]string{"door.go": "package door\n\nfunc OnOpen() { x }\n"})
	if err != nil || len(reports) != 1 || reports[0].Status != interp.StatusRefused || reports[0].Diagnostics[0].File != "door.go" {
		t.Fatalf("%+v, %v", reports, err)
	}
	if _, err := s.Reload(t.Context(), "door", ""); err != nil {
		t.Errorf("Reload: %v", err)
	}
	// A second file of the package, and a third script, in one step.
	reports, err = s.Save(t.Context(), map[string]string{"door.go": doorText, "more.go": "package door\n\nfunc More() int { return 2 }\n", "x/x.go": "package x\n\nfunc X() {}\n"})
	if err != nil || len(reports) != 2 {
		t.Fatalf("%+v, %v", reports, err)
	}
	if out, err := s.Call(t.Context(), "door.More"); err != nil || out[0] != 2 {
		t.Errorf("More: %v, %v", out, err)
	}
	if reports, err = s.Remove(t.Context(), "more.go", "x/x.go"); err != nil || len(reports) != 2 {
		t.Fatalf("%+v, %v", reports, err)
	}
	if _, err := s.Call(t.Context(), "door.More"); !errors.Is(err, ErrNotFound) {
		t.Errorf("More: %v", err)
	}
}

func TestHandles(t *testing.T) {
	s := embedded(t, Host{Sources: map[string]string{"door.go": doorText}})
	open, err := Func[func(visit) (string, error)](s, "door.OnOpen")
	if err != nil {
		t.Fatal(err)
	}
	total, err := Func[func(context.Context) (int64, error)](s, "Total")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := open(visit{"front", 3}); err != nil || text != "front 1" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, " 1", " 2", 1)}); err != nil {
		t.Fatal(err)
	}
	if text, err := open(visit{"back", 4}); err != nil || text != "back 2" {
		t.Errorf("after the save: %q, %v", text, err)
	}
	if n, err := total(t.Context()); err != nil || n != 7 {
		t.Errorf("total %d, %v", n, err)
	}
	if m := s.Metrics(); m.Calls != 3 || m.Patches != 1 || m.Errors != 0 || m.Live != 1 {
		t.Errorf("%+v", m)
	}
	if u := s.Scripts()[0].Units; u[2].Name != "OnOpen" || u[2].Calls != 2 {
		t.Errorf("%+v", u)
	}
	// A handle outlives a version of the function that it does not fit, and its end.
	for text, want := range map[string]string{
		"func OnOpen() (string, error) { return \"\", nil }": "1 arguments for 0 parameters",
		"func OnShut() {}": `no handler "OnOpen"`,
	} {
		if _, err := s.Save(t.Context(), map[string]string{"door.go": "package door\n\n" + text + "\n"}); err != nil {
			t.Fatal(err)
		}
		if _, err := open(visit{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Func[func() error](s, "door.OnOpn"); !errors.Is(err, ErrNotFound) {
		t.Errorf("OnOpn: %v", err)
	}
	if _, err := Func[func() int](s, "door.OnShut"); err == nil {
		t.Error("a handle without an error was made")
	}
	if _, err := Func[int](s, "door.OnShut"); err == nil {
		t.Error("an int was made of a function")
	}
}

func TestHandleErrors(t *testing.T) {
	sentinel := errors.New("sold out")
	p, err := Offer(map[string]map[string]any{"app/shop": {"Order": reflect.TypeFor[purchase](), "SoldOut": sentinel}})
	if err != nil {
		t.Fatal(err)
	}
	s := embedded(t, Host{Packages: p, Sources: map[string]string{"s.go": `package s

import (
	"fmt"

	"app/shop"
)

func Buy(o *shop.Order) (int, error) {
	if o.Size() > 1 {
		return 0, fmt.Errorf("order %d: %w", o.ID, shop.SoldOut)
	}
	o.Lines = append(o.Lines, "bought")
	return o.Size(), nil
}

func Panics() { var m map[string]int; m["a"]++ }

func Hangs() { for {} }
`}})
	buy, err := Func[func(*purchase) (int, error)](s, "s.Buy")
	if err != nil {
		t.Fatal(err)
	}
	o := &purchase{ID: 3}
	if n, err := buy(o); err != nil || n != 1 || len(o.Lines) != 1 {
		t.Errorf("%d, %v, %+v", n, err, o)
	}
	if _, err := buy(&purchase{1, []string{"a", "b"}}); !errors.Is(err, sentinel) || err.Error() != "order 1: sold out" {
		t.Errorf("%v", err)
	}
	// The log has the call that failed, with what it was given.
	entries := s.Log().Window(1, 100)
	if e := entries[len(entries)-1].Event; e == nil || string(e.Data) != `{"ID":1,"Lines":["a","b"]}` {
		t.Errorf("%+v", e)
	}
	panics, _ := Func[func() error](s, "s.Panics")
	var failure *CallFailure
	if err := panics(); !errors.As(err, &failure) || failure.Err.Kind != interp.ErrPanic {
		t.Errorf("%v", err)
	}
	hangs, _ := Func[func(context.Context) error](s, "s.Hangs")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := hangs(ctx); !errors.As(err, &failure) || failure.Err.Kind != interp.ErrTimeout {
		t.Errorf("%v", err)
	}
	if m := s.Metrics(); m.Errors != 3 || !strings.Contains(s.MetricsVar().String(), `"errors":3`) {
		t.Errorf("%+v", m)
	}
}

func TestHooks(t *testing.T) {
	var after atomic.Int64
	var mu sync.Mutex
	var asked []string
	s := embedded(t, Host{
		Sources: map[string]string{"door.go": doorText},
		Before: func(ctx context.Context, c Edit) error {
			out, err := c.Plan(ctx)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, c.Script+" "+string(c.Cause)+" "+out.Report.Units[0].Key)
			if out.Report.Units[0].Key == "func Total" {
				return errors.New("not on a Friday")
			}
			return nil
		},
		After: func(interp.Report) { after.Add(1) },
	})
	if _, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, " 1", " 2", 1)}); err != nil {
		t.Fatal(err)
	}
	reports, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, "return total", "return total + 1", 1)})
	if err != nil || len(reports) != 1 || reports[0].Status != interp.StatusLive {
		t.Fatalf("%+v, %v", reports, err)
	}
	reports, err = s.Save(t.Context(), map[string]string{"door.go": doorText})
	if err != nil || len(reports) != 1 || reports[0].Status != interp.StatusRefused || !strings.Contains(reports[0].Reasons[0], "not on a Friday") {
		t.Fatalf("%+v, %v", reports, err)
	}
	if s.Scripts()[0].State != interp.StateBehind {
		t.Error("the script does not stand behind its files")
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(asked, ", "); got != "door watch func OnOpen, door watch func OnOpen, door watch func Total" {
		t.Errorf("asked: %s", got)
	}
	if after.Load() != 4 { // the load, too
		t.Errorf("%d reports", after.Load())
	}
}

func TestPoints(t *testing.T) {
	s := embedded(t, Host{Points: true, Sources: map[string]string{"door.go": doorText}})
	open, err := Func[func(visit) (string, error)](s, "door.OnOpen")
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range []string{" 2", " 3"} {
		if reports, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, " 1", mark, 1)}); err != nil || reports != nil {
			t.Fatalf("%+v, %v", reports, err)
		}
	}
	if text, _ := open(visit{}); text != " 1" || s.Waiting() != 1 {
		t.Errorf("%q, %d wait", text, s.Waiting())
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := s.Rollback(ctx, "door", "OnOpen", 0, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a rollback did not wait: %v", err)
	}
	reports, err := s.Patch(t.Context())
	if err != nil || len(reports) != 2 { // the two saves as one, and the rollback
		t.Fatalf("%+v, %v", reports, err)
	}
	if text, _ := open(visit{}); text != " 1" || s.Waiting() != 0 {
		t.Errorf("after the rollback: %q", text)
	}
	if reports, err := s.Patch(t.Context()); err != nil || len(reports) != 0 {
		t.Errorf("nothing waited: %+v, %v", reports, err)
	}
}

// TestManyGoroutines fires and patches at once. Each version of the script
// returns two marks that are equal within a version; a call that begins after a
// report sees that version or a newer one.
func TestManyGoroutines(t *testing.T) {
	text := func(n int) string {
		return fmt.Sprintf("package m\n\nfunc left() int { return %d }\n\nfunc right() int { return %d }\n\nfunc Both() (int, int) { return left(), right() }\n", n, n)
	}
	s := embedded(t, Host{Sources: map[string]string{"m.go": text(1)}, Logger: slog.New(slog.DiscardHandler)})
	both, err := Func[func() (int, int, error)](s, "m.Both")
	if err != nil {
		t.Fatal(err)
	}
	var live atomic.Int64
	live.Store(1)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := int(live.Load())
				a, b, err := both()
				if err != nil || a != b || a < least {
					t.Errorf("%d and %d after version %d was live: %v", a, b, least, err)
					return
				}
			}
		})
	}
	for n := 2; n <= 20; n++ {
		reports, err := s.Save(t.Context(), map[string]string{"m.go": text(n)})
		if err != nil || len(reports) != 1 || reports[0].Status != interp.StatusLive {
			t.Fatalf("%+v, %v", reports, err)
		}
		live.Store(int64(n))
	}
	close(stop)
	wg.Wait()
}

func TestDuring(t *testing.T) {
	s := embedded(t, Host{Sources: map[string]string{"h.go": `package h

import "net/http"

func mark() string { return "one" }

func New(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(name + mark())) })
}
`}})
	ran := false
	if err := s.During(t.Context(), "h", "it", func() { ran = true }); err != nil || !ran {
		t.Errorf("ran %v: %v", ran, err)
	}
	var failure *CallFailure
	if err := s.During(t.Context(), "h", "it", func() { panic("bad") }); !errors.As(err, &failure) || failure.Err.Kind != interp.ErrPanic {
		t.Errorf("%v", err)
	}
	if err := s.During(t.Context(), "g", "it", func() {}); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
}

func TestFollow(t *testing.T) {
	s := embedded(t, Host{Sources: map[string]string{"door.go": doorText}})
	entries := s.Follow(t.Context())
	if _, err := s.Fire(t.Context(), FireRequest{Event: "Total"}); err != nil {
		t.Fatal(err)
	}
	for e := range entries {
		if e.Event == nil || e.Event.Name != "Total" {
			t.Errorf("%+v", e)
		}
		break
	}
}

// TestCallsWithinCalls has a script call the program, which calls the script: a
// function that was there at the load, and one that a save has added. Neither
// waits for the call that it is a part of.
func TestCallsWithinCalls(t *testing.T) {
	var s *Session
	p, err := Offer(map[string]map[string]any{"app/host": {"Ask": func(name string) (string, error) {
		out, err := s.Call(context.Background(), name)
		if err != nil {
			return "", err
		}
		return out[0].(string), nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	const text = "package n\n\nimport \"app/host\"\n\nfunc Outer(name string) (string, error) { return host.Ask(name) }\n\nfunc Inner() string { return \"in\" }\n"
	// A call that waited for itself would do so for the whole grace, longer than
	// the test lasts.
	s = embedded(t, Host{Packages: p, Sources: map[string]string{"n.go": text}, Grace: time.Hour})
	outer, err := Func[func(string) (string, error)](s, "n.Outer")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := outer("n.Inner"); err != nil || got != "in" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := s.Save(t.Context(), map[string]string{"n.go": text + "func Later() string { return \"later\" }\n"}); err != nil {
		t.Fatal(err)
	}
	if got, err := outer("n.Later"); err != nil || got != "later" {
		t.Errorf("%q, %v", got, err)
	}
}
