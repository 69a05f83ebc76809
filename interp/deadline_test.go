package interp

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// loaded is a live script made of one file's body, with what it told the host.
func loaded(t testing.TB, body string, opt Options) (*Live, *notices) {
	t.Helper()
	n := &notices{}
	opt.Notice = n.add
	l, out := Load(oneFile(body), nil, opt)
	if l == nil {
		for _, d := range out.Report.Diagnostics {
			t.Error(FormatDiagnostic(d))
		}
		t.FailNow()
	}
	t.Cleanup(l.Close)
	return l, n
}

func oneFile(body string) Source {
	return Source{Name: "test", Files: []File{{"a.go", "package demo\n\n" + strings.TrimLeft(body, "\n")}}}
}

// notices keeps what a script tells outside calls.
type notices struct {
	mu   sync.Mutex
	list []Notice
}

func (n *notices) add(x Notice) {
	n.mu.Lock()
	n.list = append(n.list, x)
	n.mu.Unlock()
}

func (n *notices) panics() []CallError {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []CallError
	for _, x := range n.list {
		if x.Panic != nil {
			out = append(out, *x.Panic)
		}
	}
	return out
}

func fire(l *Live, name string, timeout time.Duration) Call {
	return l.Call(context.Background(), CallRequest{Function: name, Timeout: timeout})
}

func wantInt(t testing.TB, l *Live, name, want string) {
	t.Helper()
	c := fire(l, name, 20*time.Second)
	if c.Error != nil || len(c.Returns) != 1 || c.Returns[0].Text != want {
		t.Errorf("%s gave %v %+v, want %s", name, c.Returns, c.Error, want)
	}
}

// endless are the ways not to come back. at is the line where a stopped call
// says it was, 0 for one that is blocked, -1 where it may be at any of several.
var endless = []struct {
	name, body string
	at         int
	imports    string
}{
	{"for", "for {\n}", 9, ""},
	{"for with condition", "for i := 0; i >= 0; i += 0 {\n}", 9, ""},
	{"for with work", "n := 0\nfor {\nn++\nif n > 9 {\nn = other(n) - 10\n}\n}", 10, ""},
	{"range", "s := []int{1}\nfor range s {\nfor {\ncontinue\n}\n}", 11, ""},
	{"range over a channel", "c := make(chan int)\ngo func() {\nfor {\nc <- 1\n}\n}()\nfor range c {\n}", 15, ""},
	{"goto", "again:\ngoto again", 10, ""},
	{"closure", "func() {\nfor {\n}\n}()", 10, ""},
	{"labels", "outer:\nfor {\nfor {\ncontinue outer\n}\n}", -1, ""},
	{"recursion", "recurse()", 4, ""},
	{"mutual recursion", "ping()", 5, ""},
	{"method recursion", "t{}.Recurse()", 7, ""},
	{"deferred", "defer func() {\nfor {\n}\n}()", 10, ""},
	{"recovered", "for {\nfunc() {\ndefer func() { recover() }()\npanic(1)\n}()\n}", -1, ""},
	{"channel", "<-make(chan int)", 9, ""},
	{"send", "make(chan int) <- 1", 9, ""},
	{"receive into a variable", "c := make(chan int)\nx := <-c\n_ = x", 10, ""},
	{"receive with ok", "c := make(chan int)\nvar ok bool\n_, ok = <-c\n_ = ok", 11, ""},
	{"receive in an expression", "_ = 1 + <-make(chan int)", 9, ""},
	{"receive in a clause", "c := make(chan int)\nif _, ok := <-c; ok {\n}", 0, ""},
	{"range over a channel nobody sends to", "c := make(chan int)\nfor x := range c {\n_ = x\n}", 10, ""},
	{"nil channel", "var c chan int\n<-c", 10, ""},
	{"select", "select {}", 9, ""},
	{"select with cases", "c := make(chan int)\nselect {\ncase <-c:\ncase c <- 1:\n}", 10, ""},
	{"select in a deferred call", "defer func() {\nselect {}\n}()\nselect {}", 12, ""},
	{"mutex", "var mu sync.Mutex\nmu.Lock()\nmu.Lock()", 11, "sync"},
	{"embedded mutex", "var x struct{ *sync.Mutex }\nx.Mutex = new(sync.Mutex)\nx.Lock()\nx.Lock()", 12, "sync"},
	{"lock for reading", "var mu sync.RWMutex\nmu.Lock()\nmu.RLock()", 11, "sync"},
	{"lock for writing", "mu := &sync.RWMutex{}\nmu.RLock()\nmu.Lock()", 11, "sync"},
	{"condition", "var mu sync.Mutex\nc := sync.NewCond(&mu)\nmu.Lock()\ndefer mu.Unlock()\nc.Wait()", 13, "sync"},
	{"once within itself", "var o sync.Once\no.Do(func() { o.Do(func() {}) })", 0, "sync"},
	{"wait group", "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()", 11, "sync"},
	{"sleep", "time.Sleep(time.Hour)", 9, "time"},
}

func endlessScript(body, imports string) string {
	imp := "// no import"
	if imports != "" {
		imp = "import \"" + imports + "\""
	}
	return imp + `
func recurse() int { return 1 + recurse() }
func ping() { pong() }; func pong() { ping() }
type t struct{}
func (t) Recurse() { t{}.Recurse() }
func Run() {
` + body + "\n}\nfunc other(n int) int { return n }\nfunc Get() int { return calls }\nvar calls = 7\n"
}

// TestDeadline ends every kind of call that does not come back and wants the
// script to go on as if nothing had been.
func TestDeadline(t *testing.T) {
	for _, c := range endless {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, _ := loaded(t, endlessScript(c.body, c.imports), Options{})
			call := fire(l, "Run", 30*time.Millisecond)
			wantStopped(t, call, ErrTimeout, c.at)
			wantInt(t, l, "Get", "7")
			// A patch goes live under what is blocked, and over what has ended.
			out := l.Apply(oneFile(strings.ReplaceAll(endlessScript(c.body, c.imports), "return calls", "return calls + 1")), false)
			if out.Report.Status != StatusLive {
				t.Fatalf("patch: %s %v", out.Report.Status, out.Report.Diagnostics)
			}
			wantInt(t, l, "Get", "8")
			wantStopped(t, fire(l, "Run", 30*time.Millisecond), ErrTimeout, c.at)
			wantInt(t, l, "Get", "8")
		})
	}
}

func wantStopped(t *testing.T, c Call, kind string, line int) {
	t.Helper()
	if c.Error == nil || c.Error.Kind != kind {
		t.Fatalf("gave %+v %+v, want %s", c, c.Error, kind)
	}
	switch {
	case line == 0:
		if !strings.Contains(c.Error.Message, "blocked") || len(c.Error.Trace) > 0 {
			t.Errorf("message %q %v, want that it is blocked", c.Error.Message, c.Error.Trace)
		}
	case line < 0 && len(c.Error.Trace) > 0:
	case len(c.Error.Trace) == 0 || c.Error.Trace[0].Line != line || c.Error.Trace[0].File != "a.go":
		t.Errorf("stopped at %v (%s), want line %d", c.Error.Trace, c.Error.Message, line)
	case !strings.Contains(c.Error.Message, fmt.Sprintf("a.go:%d", line)):
		t.Errorf("message %q does not say where", c.Error.Message)
	}
}

// TestStop ends calls without a deadline.
func TestStop(t *testing.T) {
	for _, name := range []string{"for", "recursion", "channel", "sleep"} {
		for _, c := range endless {
			if c.name != name {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				l, _ := loaded(t, endlessScript(c.body, c.imports), Options{})
				const n = 3
				done := make(chan Call, n)
				for range n {
					go func() { done <- fire(l, "Run", 0) }()
				}
				eventually(t, "the calls run", func() bool { l.stop.mu.Lock(); defer l.stop.mu.Unlock(); return len(l.stop.running) == n })
				time.Sleep(20 * time.Millisecond) // they are on their way into what does not end
				if got := l.Stop(); got != n {
					t.Errorf("stopped %d calls, want %d", got, n)
				}
				for range n {
					wantStopped(t, <-done, ErrStopped, c.at)
				}
				wantInt(t, l, "Get", "7")
			})
		}
	}
}

// TestContextEnds ends a call by the context it was given.
func TestContextEnds(t *testing.T) {
	l, _ := loaded(t, "func Run() { for {} }", Options{})
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	c := l.Call(ctx, CallRequest{Function: "Run"})
	wantStopped(t, c, ErrStopped, 3)
}

// TestStoppedRunsDeferred wants deferred calls to run when a call is stopped,
// recover not to catch it, and a goroutine of the script not to notice.
func TestStoppedRunsDeferred(t *testing.T) {
	l, n := loaded(t, `
import "sync/atomic"

var ticks atomic.Int64
var log []string

func Start() {
	go func() {
		for {
			ticks.Add(1)
		}
	}()
}

func inner() {
	defer func() {
		if r := recover(); r != nil {
			log = append(log, "recovered")
		}
		log = append(log, "inner")
	}()
	for {
	}
}

func Run() {
	defer func() { log = append(log, "run") }()
	inner()
	log = append(log, "never")
}

func Log() []string { return log }

func Ticks() int64 { return ticks.Load() }
`, Options{})
	fire(l, "Start", time.Second)
	wantStopped(t, fire(l, "Run", 30*time.Millisecond), ErrTimeout, 23)
	wantInt(t, l, "Log", `[]string{"inner", "run"}`)
	was := fire(l, "Ticks", 20*time.Second).Returns[0].Text
	eventually(t, "the goroutine goes on", func() bool { return fire(l, "Ticks", 20*time.Second).Returns[0].Text != was })
	if p := n.panics(); len(p) > 0 {
		t.Errorf("panics were reported: %v", p)
	}
}

// TestBlockedEndsWhenItWakes has a call that was left behind wake up later: it
// ends at its next loop, without doing more.
func TestBlockedEndsWhenItWakes(t *testing.T) {
	l, _ := loaded(t, `
var c = make(chan int)
var woken, after int

func Run() {
	if v, ok := <-c; ok {
		woken += v
	}
	for range 1000000000 {
		woken++
	}
	after++
}

func Wake() { c <- 1 }

func After() int { return after }
`, Options{})
	wantStopped(t, fire(l, "Run", 20*time.Millisecond), ErrTimeout, 0)
	goroutines := runtime.NumGoroutine()
	if c := fire(l, "Wake", 20*time.Second); c.Error != nil {
		t.Fatal(c.Error)
	}
	eventually(t, "it ends", func() bool { return runtime.NumGoroutine() < goroutines })
	wantInt(t, l, "After", "0")
}

// TestClose ends everything of a script that is not blocked for good.
func TestClose(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 3 {
		l, _ := loaded(t, `
import "time"

var n int

func spin() { for { n++ } }

func recurse(k int) int {
	if k == 0 {
		return 0
	}
	return recurse(k-1) + 1
}

func Start() {
	go spin()
	go func() {
		for {
			recurse(20)
		}
	}()
	go func() {
		for range time.Tick(time.Millisecond) {
		}
	}()
	go func() {
		for {
			time.Sleep(time.Millisecond)
		}
	}()
	time.AfterFunc(time.Millisecond, func() { for { } })
}

func Run() { for {} }
`, Options{})
		if c := fire(l, "Start", 10*time.Second); c.Error != nil {
			t.Fatal(c.Error)
		}
		done := make(chan Call)
		go func() { done <- fire(l, "Run", 0) }()
		time.Sleep(5 * time.Millisecond) // let some of it begin; the outcome is the same
		l.Close()
		if c := <-done; c.Error == nil || c.Error.Kind != ErrStopped && c.Error.Kind != ErrPanic {
			t.Errorf("the call in flight gave %+v", c.Error)
		}
	}
	eventually(t, "all goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

// TestPanicsElsewhere contains what would end the process.
func TestPanicsElsewhere(t *testing.T) {
	l, n := loaded(t, `
import (
	"context"
	"errors"
	"time"
)

type bad struct{}

func (bad) Error() string { return "bad" }

func boom() { panic("named") }

func Go() { go boom() }

func Literal() {
	go func() {
		var m map[string]int
		m["x"] = 1
	}()
}

func Deep() {
	go func() {
		defer func() { panic("again") }()
		boom()
	}()
}

func Timer() { time.AfterFunc(0, func() { panic(errors.New("timer")) }) }

func Method() { time.AfterFunc(0, bad{}.fail) }

func (bad) fail() { panic(bad{}) }

func Context() {
	ctx, cancel := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() { panic("context") })
	cancel()
}

func Get() int { return 7 }
`, Options{})
	for i, c := range []struct {
		fire, message string
		line          int
	}{
		{"Go", "named", 13},
		{"Literal", "nil map", 20},
		{"Deep", "again", 26},
		{"Timer", "timer", 31},
		{"Method", "bad", 35},
		{"Context", "context", 39},
	} {
		if call := fire(l, c.fire, 20*time.Second); call.Error != nil {
			t.Errorf("%s: %+v", c.fire, call.Error)
		}
		eventually(t, c.fire+" is reported", func() bool { return len(n.panics()) == i+1 })
		p := n.panics()[i]
		if p.Kind != ErrPanic || !strings.Contains(p.Message, c.message) {
			t.Errorf("%s: reported %s: %s", c.fire, p.Kind, p.Message)
		}
		if len(p.Trace) == 0 || p.Trace[0].Line != c.line {
			t.Errorf("%s: at %v, want line %d", c.fire, p.Trace, c.line)
		}
		wantInt(t, l, "Get", "7")
	}
}

// TestGoexit ends the goroutine of a call, and that of another one.
func TestGoexit(t *testing.T) {
	l, n := loaded(t, `
import "runtime"

func Run() int {
	runtime.Goexit()
	return 1
}

func Other() int {
	done := make(chan bool)
	go func() {
		defer close(done)
		runtime.Goexit()
	}()
	<-done
	return 2
}
`, Options{})
	if c := fire(l, "Run", 20*time.Second); c.Error == nil || c.Error.Kind != ErrPanic || !strings.Contains(c.Error.Message, "Goexit") {
		t.Errorf("gave %+v", c.Error)
	}
	wantInt(t, l, "Other", "2")
	if p := n.panics(); len(p) > 0 {
		t.Errorf("reported %v", p)
	}
}

// TestRefusedAtLoad has initializers and init functions that do not get to
// their end.
func TestRefusedAtLoad(t *testing.T) {
	for _, c := range []struct {
		name, body, message string
		line                int
	}{
		{"init panics", "func init() {\n\tpanic(\"no\")\n}", "no", 4},
		{"initializer panics", "var x = f()\n\nfunc f() int {\n\tvar p *int\n\treturn *p\n}", "nil pointer", 7},
		{"init loops", "func init() {\n\tfor {\n\t}\n}", "longer than", 4},
		{"initializer loops", "var x = f()\n\nfunc f() int {\n\tfor {\n\t}\n}", "longer than", 6},
		{"init waits", "func init() {\n\tselect {}\n}", "longer than", 4},
		{"init waits for a channel", "func init() {\n\t<-make(chan int)\n}", "longer than", 4},
		{"init is blocked", "var x = <-make(chan int)", "longer than", 3},
		{"init recurses", "func init() { f() }\nfunc f() { f() }", "longer than", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, out := Load(oneFile(c.body), nil, Options{InitTimeout: 30 * time.Millisecond})
			if l != nil {
				l.Close()
				t.Fatal("it was loaded")
			}
			ds := out.Report.Diagnostics
			if out.Report.Status != StatusRefused || len(ds) != 1 || !strings.Contains(ds[0].Message, c.message) || ds[0].Line != c.line {
				t.Errorf("%s: %+v, want %q at line %d", out.Report.Status, ds, c.message, c.line)
			}
		})
	}
}

// TestRefusedInPatch has the initializer of a patch that does not come to its
// end; later patches and calls work.
func TestRefusedInPatch(t *testing.T) {
	const code = "func Get() int { return x }\n\nvar x = 1\n"
	for _, c := range []struct{ name, extra string }{
		{"loops", "\nvar y = f()\n\nfunc f() int { for {} }\n"},
		{"is blocked", "\nvar y = <-make(chan int)\n"},
		{"panics", "\nvar y = f()\n\nfunc f() int { panic(1) }\n"},
		{"ends itself", "\nvar y = f()\n\nfunc f() int { runtime.Goexit(); return 1 }\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, _ := loaded(t, code, Options{InitTimeout: 30 * time.Millisecond})
			src := strings.ReplaceAll(code, "return x", "return x + 1") + c.extra
			if strings.Contains(src, "runtime.") {
				src = "import \"runtime\"\n\n" + src
			}
			if out := l.Apply(oneFile(src), false); out.Report.Status != StatusRefused || len(out.Report.Diagnostics) == 0 {
				t.Fatalf("%s %v", out.Report.Status, out.Report.Diagnostics)
			}
			wantInt(t, l, "Get", "1")
			if out := l.Apply(oneFile(strings.ReplaceAll(code, "return x", "return x + 2")), false); out.Report.Status != StatusLive {
				t.Fatalf("%s %v", out.Report.Status, out.Report.Diagnostics)
			}
			wantInt(t, l, "Get", "3")
		})
	}
}
