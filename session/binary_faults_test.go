package session

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

// heard is a notification that a test has seen.
type heard struct {
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// ask makes a request and gives its result; notifications on the way go to notes.
func (s *served) ask(method, params string, result any) error {
	s.t.Helper()
	s.asked++
	s.send(s.asked, method, params)
	for {
		line := s.want(`"jsonrpc"`)
		var m struct {
			heard
			ID     *int            `json:"id"`
			Result json.RawMessage `json:"result"`
			Error  *rpcError       `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			s.t.Fatalf("%v in %s", err, line)
		}
		switch {
		case m.ID == nil:
			s.notes = append(s.notes, m.heard)
		case *m.ID != s.asked:
			s.t.Fatalf("answer to %d, not to %d: %s", *m.ID, s.asked, line)
		case m.Error != nil:
			return m.Error
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

// fire fires an event and gives its only call, and how long that took.
func (s *served) fire(event string, timeoutMs int) (interp.Call, time.Duration) {
	s.t.Helper()
	var r struct{ Calls []interp.Call }
	began := time.Now()
	if err := s.ask("session.fire", fmt.Sprintf(`{"event":%q,"timeoutMs":%d}`, event, timeoutMs), &r); err != nil {
		s.t.Fatalf("%s: %v", event, err)
	}
	if len(r.Calls) != 1 {
		s.t.Fatalf("%s: %d calls", event, len(r.Calls))
	}
	return r.Calls[0], time.Since(began)
}

// text is what a call gave, in a word.
func text(c interp.Call) string {
	if c.Error != nil {
		return c.Error.Kind + ": " + c.Error.Message
	}
	if len(c.Returns) == 0 {
		return ""
	}
	return c.Returns[0].Text
}

// crash waits for the next crash that was not seen before.
func (s *served) crash() Crash {
	s.t.Helper()
	for {
		for i, n := range s.notes {
			if n.Method == "crash" {
				var c Crash
				if err := json.Unmarshal(n.Params, &c); err != nil {
					s.t.Fatal(err)
				}
				s.notes = append(s.notes[:0:0], s.notes[i+1:]...)
				return c
			}
		}
		var n heard
		if err := json.Unmarshal([]byte(s.want(`"method"`)), &n); err != nil {
			s.t.Fatal(err)
		}
		s.notes = append(s.notes, n)
	}
}

const runaway = `package runaway

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

var n int

func Count() int { n++; return n }

func For()       { for { } }
func Receive()   { <-make(chan int) }
func Send()      { make(chan int) <- 1 }
func Range()     { for range make(chan int) { } }
func Select()    { select { case <-make(chan int): } }
func Mutex()     { var m sync.Mutex; m.Lock(); m.Lock() }
func WaitGroup() { var w sync.WaitGroup; w.Add(1); w.Wait() }
func Sleep()     { time.Sleep(time.Hour) }
func Deferred()  { defer func() { for { } }(); for { } }
func Held()      { mu.Lock(); defer mu.Unlock(); for { } }

var mu sync.Mutex

func Free() int { mu.Lock(); defer mu.Unlock(); return 1 }

func Read() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err == nil {
		_, err = c.Read(make([]byte, 1))
	}
	return err
}
func Get() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		_, err = http.Get("http://" + l.Addr().String())
	}
	return err
}
func Exec() error    { return exec.Command("sleep", "60").Run() }
func Recurse() int   { return 1 + Recurse() }
func Panic()         { panic("in a handler") }
func PanicGo()       { go func() { panic("in a goroutine") }() }
func PanicTimer()    { time.AfterFunc(0, func() { panic("in a timer") }) }
func PanicSort()     { sort.Slice([]int{2, 1}, func(i, j int) bool { panic("in a callback") }) }
func PanicDeferred() { defer func() { panic("in a deferred call") }() }
func NilMap()        { var m map[string]int; m["a"] = 1 }
func Goexit()        { runtime.Goexit() }
func CloseStreams()  { os.Stdout.Close(); os.Stderr.Close(); os.Stdin.Close() }
func Print()         { fmt.Println("still here") }
func WriteStreams()  { os.Stdout.WriteString("out\n"); os.Stderr.WriteString("err\n"); syscall.Write(1, []byte("raw\n")) }
func Chdir() error   { return os.Chdir("/") }
func Goroutines() int {
	for i := 0; i < 10000; i++ {
		go func() { time.Sleep(time.Hour) }()
	}
	return runtime.NumGoroutine() / 10000
}
func Flood()           { for i := 0; i < 20000; i++ { fmt.Print(strings.Repeat("x", 1000)) } }
func Bytes() string    { fmt.Print("\xff\xfe\x1b[2J\x00"); return "\xff\x1b]0;t\x07" }
func Huge() string     { return strings.Repeat("h", 50<<20) }
func HugeSlice() []int { return make([]int, 10<<20) }
func HugeError() error { return fmt.Errorf("%s", strings.Repeat("e", 20<<20)) }

func Pipe() error { r, _ := io.Pipe(); _, err := r.Read(make([]byte, 1)); return err }
func Closure()    { var f func(int) int; f = func(n int) int { return f(n+1) + 1 }; f(0) }
func Exit()       { os.Exit(7) }
func SysExit()    { syscall.Exit(3) }
func Fatal()      { log.Fatal("last words") }
func Own()        { log.New(os.Stderr, "", 0).Fatal("last words") }
func Maps()       { m := map[int]int{}; for i := 0; i < 8; i++ { go func() { for j := 0; ; j++ { m[j%10] = j } }() }; select { } }
func Alloc() int  { return len(make([]byte, 1<<44)) }
func Descriptors() error { var err error; for i := 0; i < 20; i++ { err = syscall.Close(i) }; return err }
func Signal(s int) error { err := syscall.Kill(os.Getpid(), syscall.Signal(s)); time.Sleep(time.Minute); return err }
func Kill() error { return Signal(9) }
func Term() error { return Signal(15) }
func Quit() error { return Signal(3) }
func Segv() error { return Signal(11) }
func Stop() error { return Signal(19) }
`

// testContained goes through everything that costs a call at most: the script
// goes on with its state.
func testContained(t *testing.T, bin string) {
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"runaway.go": runaway})
	count := 0
	for _, c := range []struct {
		handler string
		want    string // what the call gives begins with this
		at      string // the line of the trace that holds this
		crash   string // what is told besides
	}{
		{"For", "timeout: For ran longer than 200ms and was stopped at runaway.go:", "func For()", ""},
		{"Receive", "timeout: Receive ran", "func Receive()", ""},
		{"Send", "timeout: Send ran", "func Send()", ""},
		{"Range", "timeout: Range ran", "func Range()", ""},
		{"Select", "timeout: Select ran", "func Select()", ""},
		{"Mutex", "timeout: Mutex ran", "func Mutex()", ""},
		{"WaitGroup", "timeout: WaitGroup ran", "func WaitGroup()", ""},
		{"Sleep", "timeout: Sleep ran", "func Sleep()", ""},
		{"Deferred", "timeout: Deferred ran", "func Deferred()", ""},
		{"Held", "timeout: Held ran", "func Held()", ""},
		{"Free", "1", "", ""},
		{"Read", "timeout: Read ran", "", ""},
		{"Get", "timeout: Get ran", "", ""},
		{"Exec", "timeout: Exec ran", "", ""},
		{"Panic", "panic: in a handler", "func Panic()", ""},
		{"PanicGo", "", "", "panic in a goroutine: in a goroutine"},
		{"PanicTimer", "", "", "panic in a goroutine: in a timer"},
		{"PanicSort", "panic: in a callback", "func PanicSort()", ""},
		{"PanicDeferred", "panic: in a deferred call", "func PanicDeferred()", ""},
		{"NilMap", "panic: assignment to entry in nil map", "func NilMap()", ""},
		{"Goexit", "panic: the goroutine ended itself", "", ""},
		{"WriteStreams", "", "", ""},
		{"CloseStreams", "", "", ""},
		{"Print", "", "", ""},
		{"Chdir", "", "", ""},
		{"Goroutines", "1", "", ""},
		{"Flood", "", "", ""},
		{"Bytes", `"\xff\x1b]0;t\a"`, "", ""},
		{"Huge", `"hhh`, "", ""},
		{"HugeSlice", "[]int{0, 0", "", ""},
		{"HugeError", "error: eee", "", ""},
	} {
		timeout := 200
		if !strings.HasPrefix(c.want, "timeout") {
			timeout = 20_000
		}
		call, _ := s.fire(c.handler, timeout)
		for range 3 { // a machine that is busy may not have got to it in time
			if call.Error == nil || !strings.Contains(call.Error.Message, "blocked (running") {
				break
			}
			call, _ = s.fire(c.handler, timeout)
		}
		got := text(call)
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s gave %.200s, want %q", c.handler, got, c.want)
		}
		if len(got)+len(call.Output) > 1<<20 {
			t.Errorf("%s gave %d bytes and printed %d", c.handler, len(got), len(call.Output))
		}
		if c.at != "" && (call.Error == nil || len(call.Error.Trace) == 0 || !strings.HasPrefix(strings.Split(runaway, "\n")[call.Error.Trace[0].Line-1], c.at)) {
			t.Errorf("%s was at %+v, want the line of %s", c.handler, call.Error, c.at)
		}
		if c.crash != "" {
			if crash := s.crash(); !crash.Contained || crash.Reason != c.crash || len(crash.Trace) == 0 {
				t.Errorf("%s: told of %+v", c.handler, crash)
			}
		}
		count++
		if call, _ := s.fire("Count", 20_000); text(call) != fmt.Sprint(count) {
			t.Fatalf("after %s the state is %s, want %d", c.handler, text(call), count)
		}
	}
	for _, n := range s.notes {
		if n.Method == "crash" {
			t.Errorf("told of %s", n.Params)
		}
	}
}

// testRecursion recurses without an end. That costs the call, or on a busy
// machine the process; either is told, and the script goes on.
func testRecursion(t *testing.T, bin string) {
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"runaway.go": runaway})
	s.fire("Count", 20_000)
	want := "2"
	switch call, _ := s.fire("Recurse", 20_000); {
	case call.Error == nil || !strings.Contains(call.Error.Message, "stack overflow") || len(call.Error.Trace) == 0:
		t.Errorf("gave %+v", call)
	case call.Error.Kind == interp.ErrCrashed:
		want = "1"
		if crash := s.crash(); crash.Reason != "stack overflow" {
			t.Errorf("told of %+v", crash)
		}
	case call.Error.Kind != interp.ErrPanic:
		t.Errorf("gave %+v", call)
	}
	if call, _ := s.fire("Count", 20_000); text(call) != want {
		t.Errorf("the state is %s, want %s", text(call), want)
	}
}

// testEnded goes through everything that costs the process of the script: it
// is said what it was, and the script is back from its files.
func testEnded(t *testing.T, bin string) {
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"runaway.go": runaway})
	for _, c := range []struct {
		handler string
		timeout int
		reason  string
	}{
		{"Closure", 60_000, "stack overflow"},
		{"Exit", 20_000, "os.Exit(7)"},
		{"SysExit", 20_000, "os.Exit(3)"},
		{"Fatal", 20_000, "os.Exit(1)"},
		{"Own", 20_000, "ended with exit status 1"},
		{"Maps", 20_000, "concurrent map"},
		{"Alloc", 20_000, "memory"},
		{"Descriptors", 20_000, ""},
		{"Kill", 20_000, "killed by signal SIGKILL"},
		{"Term", 20_000, "killed by signal SIGTERM"},
		{"Quit", 20_000, "signal SIGQUIT"},
		{"Segv", 20_000, "signal SIGSEGV"},
		{"Pipe", 100, "Pipe cannot be stopped in the process: select in io.(*PipeReader).Read"},
		{"Stop", 100, "it did not answer any more"},
	} {
		for i := 1; i <= 2; i++ {
			if call, _ := s.fire("Count", 20_000); text(call) != fmt.Sprint(i) {
				t.Fatalf("before %s the state is %s, want %d", c.handler, text(call), i)
			}
		}
		s.fire(c.handler, c.timeout)
		crash := s.crash()
		if crash.Contained || !strings.Contains(crash.Reason, c.reason) || crash.Script != "runaway" {
			t.Errorf("%s: %+v", c.handler, crash)
		}
		if crash.Events != 2 {
			t.Errorf("%s: %d events can be fired again, want 2", c.handler, crash.Events)
		}
		if c.handler == "Exit" {
			var r Replay
			if err := s.ask("session.replay", `{}`, &r); err != nil || r.Same != 2 || len(r.Differences) != 0 || len(r.Skipped) != 1 {
				t.Errorf("replay: %+v, %v", r, err)
			}
			if call, _ := s.fire("Count", 20_000); text(call) != "3" {
				t.Errorf("after a replay the state is %s, want 3", text(call))
			}
			if err := s.ask("session.restart", `{"script":"runaway"}`, &struct{}{}); err != nil {
				t.Error(err)
			}
		}
	}
	if text, _ := filepath.Glob(filepath.Join(s.cmd.Dir, ".state", "hotloop", "*", historyFile)); len(text) != 1 {
		t.Errorf("histories: %q", text)
	}
}

// testCrashLoop has a script that cannot even be loaded without ending its
// process. The session says that it waits, and takes the next good save.
func testCrashLoop(t *testing.T, bin string) {
	t.Parallel()
	bad := "package loop\n\nimport \"os\"\n\nfunc init() { os.Exit(4) }\n\nfunc Value() int { return 1 }\n"
	s := serveFiles(t, bin, map[string]string{"loop.go": bad})
	for range 3 {
		if crash := s.crash(); crash.Reason != "os.Exit(4)" {
			t.Errorf("told of %+v", crash)
		}
	}
	s.told("notice", "crashed 3 times in a row; the next try is in 1s")
	s.write("loop.go", strings.Replace(bad, "os.Exit(4)", "os.Getpid()", 1))
	s.until("Value", "1")
	// A panic at load is refused, with its place, and what runs goes on.
	s.write("loop.go", strings.Replace(bad, "os.Exit(4)", "os.Getpid(); panic(\"at load\")", 1))
	s.do(s.ask("session.reload", `{"script":"loop","mode":"file"}`, &struct{}{}))
	s.told("report", "panic at load: at load")
	s.until("Value", "1")
}
