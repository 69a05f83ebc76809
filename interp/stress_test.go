package interp

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patches is how many patches a stress test makes.
func patches() int {
	if raceEnabled || testing.Short() {
		return 60
	}
	return 300
}

// numbered is a source whose functions all tell the number of its version.
func numbered(text string, n int) Source {
	return oneFile(strings.ReplaceAll(text, "VERSION", strconv.Itoa(n)))
}

// TestStressCalls fires from many goroutines while patches land. A call that
// starts after a patch was reported runs only new code, and one sees both of
// two functions that changed together, or none, unless the patch did not wait
// for it and says so.
func TestStressCalls(t *testing.T) {
	const text = `
type tens struct{ n int }

func (t tens) Get() int { return t.n*0 + VERSION }

type getter interface{ Get() int }

var g getter = tens{}

var stored = []func() int{ones, tens{}.Get}

func ones() int { return VERSION }

func Direct() int { return ones()*100000 + tens{}.Get() }

func Stored() int { return stored[0]()*100000 + stored[1]() }

func Iface() int { return ones()*100000 + g.Get() }
`
	l, _ := loaded(t, strings.ReplaceAll(text, "VERSION", "1"), Options{})
	var live atomic.Int64 // the newest version that was reported
	live.Store(1)
	var under sync.Map // versions whose patch landed under calls in flight
	stop := make(chan bool)
	var wg sync.WaitGroup
	var calls atomic.Int64
	type mixed struct {
		name      string
		low, high int
	}
	var seen []mixed
	var mu sync.Mutex
	for _, name := range []string{"Direct", "Stored", "Iface", "Direct"} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := int(live.Load())
				c := l.Call(context.Background(), CallRequest{Function: name, Timeout: 20 * time.Second})
				if c.Error != nil {
					t.Errorf("%s: %+v", name, c.Error)
					return
				}
				calls.Add(1)
				n, _ := strconv.Atoi(c.Returns[0].Text)
				low, high := min(n/100000, n%100000), max(n/100000, n%100000)
				if low < least {
					t.Errorf("%s gave %d after version %d was live", name, n, least)
				}
				if low != high {
					mu.Lock()
					seen = append(seen, mixed{name, low, high})
					mu.Unlock()
				}
			}
		})
	}
	for n := 2; n <= patches(); n++ {
		out := l.Apply(numbered(text, n), false)
		if out.Report.Status != StatusLive || len(out.Report.Units) != 2 {
			t.Fatalf("patch %d: %s %v %v", n, out.Report.Status, out.Report.Units, out.Report.Diagnostics)
		}
		if out.Report.InFlight > 0 {
			under.Store(n, true)
		}
		live.Store(int64(n))
	}
	close(stop)
	wg.Wait()
	for _, m := range seen {
		landed := false
		for v := m.low + 1; v <= m.high; v++ {
			_, ok := under.Load(v)
			landed = landed || ok
		}
		if !landed {
			t.Errorf("%s saw versions %d and %d in one call, and no patch said that it landed under one", m.name, m.low, m.high)
		}
	}
	t.Logf("%d calls, %d of them across a patch", calls.Load(), len(seen))
}

// TestStressGoroutines has goroutines of the script call a function in every
// way while it is patched: each sees versions only go up, and none that never
// was.
func TestStressGoroutines(t *testing.T) {
	if raceEnabled {
		// The slots and flags of functions are plain variables of the script:
		// an atomic operation in an interpreter costs as much as the call it
		// would guard. They are one word each, written in an order that the
		// world is stopped between, and reading an old flag is reading it a
		// moment earlier; the race detector cannot know that.
		t.Skip("patches write what running goroutines read, by design")
	}
	const text = `
type T struct{ n int }

func (t *T) Get() int { return t.n + VERSION }

type getter interface{ Get() int }

func Get() int { return VERSION }

var (
	t       T
	iface   getter = &t
	stored         = map[string]func() int{"get": Get}
	value          = t.Get
	counts  [6]int
	back    [6]int
	newest  [6]int
	stopped bool
)

func note(i, last, n int) int {
	if n < last {
		back[i]++
	}
	counts[i]++
	newest[i] = n
	return n
}

func Start() {
	go func() { for last := 0; !stopped; { last = note(0, last, Get()) } }()
	go func() { for last := 0; !stopped; { last = note(1, last, iface.Get()) } }()
	go func() { for last := 0; !stopped; { last = note(2, last, stored["get"]()) } }()
	go func() { for last := 0; !stopped; { last = note(3, last, value()) } }()
	go func() { for last := 0; !stopped; { last = note(4, last, t.Get()) } }()
	go func() { f := Get; for last := 0; !stopped; { last = note(5, last, f()) } }()
}

func Stop() { stopped = true }

func Counts() [6]int { return counts }

func Back() [6]int { return back }

func Newest() [6]int { return newest }
`
	l, n := loaded(t, strings.ReplaceAll(text, "VERSION", "1"), Options{})
	fire(l, "Start", time.Second)
	last := 1
	for last < patches() {
		last++
		if out := l.Apply(numbered(text, last), false); out.Report.Status != StatusLive {
			t.Fatalf("patch %d: %s %v", last, out.Report.Status, out.Report.Diagnostics)
		}
	}
	want := fmt.Sprintf("[6]int{%s}", strings.TrimSuffix(strings.Repeat(strconv.Itoa(last)+", ", 6), ", "))
	eventually(t, "all goroutines run the newest version", func() bool {
		return fire(l, "Newest", 20*time.Second).Returns[0].Text == want
	})
	wantInt(t, l, "Back", "[6]int{0, 0, 0, 0, 0, 0}")
	t.Logf("%s iterations", fire(l, "Counts", 20*time.Second).Returns[0].Text)
	fire(l, "Stop", 20*time.Second)
	if p := n.panics(); len(p) > 0 {
		t.Errorf("panics: %v", p)
	}
}

// TestStressRemoved fires a handler that is removed and comes back with another
// parameter: every call either runs or says that there is no such handler.
func TestStressRemoved(t *testing.T) {
	sources := []Source{
		oneFile("func H(n int) int { return n }\n\nfunc Other() {}"),
		oneFile("func Other() {}"),
		oneFile("func H(s []int) int { return 2 }\n\nfunc Other() {}"),
		oneFile("func Other() {}"),
	}
	l, out := Load(sources[0], nil, Options{})
	if l == nil {
		t.Fatal(out.Report.Diagnostics)
	}
	defer l.Close()
	stop := make(chan bool)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c := l.Call(context.Background(), CallRequest{Function: "H", Data: []byte("1"), Timeout: 20 * time.Second})
				if c.Error != nil && c.Error.Kind != ErrArguments {
					t.Errorf("gave %+v", c.Error)
					return
				}
			}
		})
	}
	for i := range patches() {
		if out := l.Apply(sources[(i+1)%len(sources)], false); out.Report.Status != StatusLive {
			t.Fatalf("patch %d: %s %v %v", i, out.Report.Status, out.Report.Diagnostics, out.Report.Reasons)
		}
	}
	close(stop)
	wg.Wait()
}

// TestStressEverything does all that a host can do to a script at once. It is
// for the race detector, and for what deadlocks.
func TestStressEverything(t *testing.T) {
	const text = `
var n = 1
var m = map[string]int{}

type pair[T any] struct{ a, b T }

func (p pair[T]) First() T { return p.a }

func Get(k int) int { return VERSION + pair[int]{k, n}.First() }

func Out() { println("x") }

func Panic() { panic("no") }

func Loop() { for { } }
`
	l, _ := loaded(t, strings.ReplaceAll(text, "VERSION", "1"), Options{})
	stop := make(chan bool)
	var wg sync.WaitGroup
	forever := func(f func()) {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					f()
				}
			}
		})
	}
	ctx := context.Background()
	forever(func() { l.Call(ctx, CallRequest{Function: "Get", Data: []byte("1"), Timeout: time.Second}) })
	forever(func() { l.Call(ctx, CallRequest{Function: "Panic", Timeout: time.Second}) })
	forever(func() { l.Call(ctx, CallRequest{Function: "Out", Timeout: time.Second}) })
	forever(func() { l.Call(ctx, CallRequest{Function: "Loop", Timeout: time.Millisecond}) })
	forever(func() { l.Eval(ctx, "Get(1) + n"); time.Sleep(time.Millisecond) })
	forever(func() { l.Set(ctx, "n", "2"); time.Sleep(time.Millisecond) })
	forever(func() { l.Units(); time.Sleep(time.Millisecond) })
	forever(func() { l.Stop(); time.Sleep(3 * time.Millisecond) })
	for n := 2; n <= patches()/3; n++ {
		out := l.Apply(numbered(text, n), false)
		if out.Report.Status != StatusLive {
			t.Errorf("patch %d: %s %v", n, out.Report.Status, out.Report.Diagnostics)
		}
		l.Apply(numbered(text+"\nvar broken int = \"\"\n", n), false)
	}
	close(stop)
	wg.Wait()
}
