package interp

import (
	"fmt"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
)

// testHost is a host that remembers what it was told.
type testHost struct {
	*host
	mu     sync.Mutex
	text   map[string]string // script output by stream
	exits  []int
	panics []string
}

func newTestHost(t *testing.T) *testHost {
	t.Helper()
	th := &testHost{text: map[string]string{}}
	th.host = newHost("script", hostHooks{
		exit: func(code int) {
			th.mu.Lock()
			defer th.mu.Unlock()
			th.exits = append(th.exits, code)
		},
		onPanic: func(v any, trace []traceLine) {
			th.mu.Lock()
			defer th.mu.Unlock()
			var funcs []string
			for _, l := range trace {
				funcs = append(funcs, l.Func)
			}
			th.panics = append(th.panics, fmt.Sprint(v, funcs))
		},
		onOutput: func(stream, text string) {
			th.mu.Lock()
			defer th.mu.Unlock()
			th.text[stream] += text
		},
	})
	t.Cleanup(th.Close)
	return th
}

// load evaluates a script the way the engine does, with fmt under its name.
func (th *testHost) load(t *testing.T, text string) *yaegi.Interpreter {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "s.go", text, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range f.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	i := yaegi.New(yaegi.Options{Stdout: th.stdout(), Stderr: th.stderr()})
	if err := i.Use(hostSymbols(th.host, paths)); err != nil {
		t.Fatal(err)
	}
	if _, err := i.Eval(strings.ReplaceAll(text, `"fmt"`, `fmt "fmt"`)); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return i
}

// call runs a function without parameters as a call and returns what it printed.
func (th *testHost) call(t *testing.T, i *yaegi.Interpreter, name string) string {
	t.Helper()
	v, err := i.Eval(name)
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan string)
	go func() {
		c := th.beginCall(goid())
		defer func() {
			recover()
			out <- c.end()
		}()
		v.Call(nil)
	}()
	return <-out
}

// eventually polls until a condition that another goroutine brings about holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

func (th *testHost) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	eventually(t, what, func() bool {
		th.mu.Lock()
		defer th.mu.Unlock()
		return ok()
	})
}

func TestHostOverridesKeepTypes(t *testing.T) {
	th := newTestHost(t)
	for importPath, table := range stdTables() {
		for name, v := range th.overrides(importPath, table.syms) {
			old, ok := table.syms[name]
			if !ok {
				t.Errorf("%s.%s overrides nothing", importPath, name)
				continue
			}
			if v.Type() != old.Type() || v.CanAddr() != old.CanAddr() {
				t.Errorf("%s.%s has type %v, the table %v", importPath, name, v.Type(), old.Type())
			}
		}
	}
}

// What acts on the process's flags or default logger must not slip through.
func TestHostForwardsWholePackages(t *testing.T) {
	th := newTestHost(t)
	own := map[string][]string{
		"flag": {"ErrHelp", "NewFlagSet", "UnquoteUsage", "ContinueOnError", "ExitOnError", "PanicOnError"},
		"log":  {},
	}
	for importPath, free := range own {
		table := stdTables()[importPath]
		over := th.overrides(importPath, table.syms)
		for name, v := range table.syms {
			_, replaced := over[name]
			if v.Kind() != reflect.Func || replaced {
				continue
			}
			found := false
			for _, f := range free {
				found = found || f == name
			}
			if !found {
				t.Errorf("%s.%s acts on the process", importPath, name)
			}
		}
	}
}

const loopback = `package main
import ("fmt"; "log"; "os"; "io")
type sink struct{ n int }
func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }
func order() {
	log.SetFlags(0)
	fmt.Println("one", 3)
	os.Stdout.WriteString("two\n")
	println("three")
	fmt.Fprintln(os.Stderr, "four")
	os.Stderr.Write([]byte("five\n"))
	log.Print("six")
	log.New(os.Stdout, "", 0).Println("seven")
	io.WriteString(os.Stdout, "eight\n")
	fmt.Fprint(os.Stdout, "nine\n")
}
func wrap() { s := &sink{}; fmt.Fprintf(s, "%03d", 7); fmt.Print(s.n) }
`

func TestHostKeepsOrder(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, loopback)
	for range 20 {
		got := th.call(t, i, "order")
		want := "one 3\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"
		if got != want {
			t.Fatalf("order: %q, want %q", got, want)
		}
	}
	if got := th.call(t, i, "wrap"); got != "3" {
		t.Errorf("wrap: %q", got)
	}
}

// A script that imports fmt alone prints without a pipe, and its values still
// satisfy interfaces of packages that it does not import.
func TestHostWithoutFiles(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import "fmt"
		type sink struct{ n int }
		func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }
		func f() { s := &sink{}; fmt.Fprintf(s, "%03d", 7); fmt.Println(s.n); println("x") }`)
	if got := th.call(t, i, "f"); got != "3\nx\n" {
		t.Errorf("%q", got)
	}
	if th.out.pipe.Load() != nil {
		t.Error("a pipe was opened for a script without os")
	}
}

func TestHostAttribution(t *testing.T) {
	for _, imports := range []string{`import "fmt"`, `import ("fmt"; "os"); var _ = os.Args`} {
		th := newTestHost(t)
		i := th.load(t, `package main
			`+imports+`
			var in, out = make(chan int), make(chan int)
			func init() { go func() { for { <-in; fmt.Println("background"); out <- 1 } }() }
			func a() { fmt.Println("a1"); in <- 1; <-out; fmt.Println("a2") }
			func b() { fmt.Println("b") }`)
		if got := th.call(t, i, "a"); got != "a1\na2\n" {
			t.Errorf("%s: a printed %q", imports, got)
		}
		th.eventually(t, "background output", func() bool { return th.text["stdout"] == "background\n" })

		var wg sync.WaitGroup
		v, _ := i.Eval("b")
		for range 8 {
			wg.Go(func() {
				for range 50 {
					c := th.beginCall(goid())
					v.Call(nil)
					if got := c.end(); got != "b\n" {
						t.Errorf("%s: b printed %q", imports, got)
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestHostAdoptedGoroutine(t *testing.T) {
	th := newTestHost(t)
	print := th.fmtSymbols()["Print"].Interface().(func(...any) (int, error))
	c := th.beginCall(goid())
	if th.currentCall() != c {
		t.Error("the call is not that of its goroutine")
	}
	done := make(chan bool)
	go func() {
		leave := c.adopt()
		print("mine")
		leave()
		print("the script's")
		done <- true
	}()
	<-done
	if got := c.end(); got != "mine" {
		t.Errorf("call printed %q", got)
	}
	if th.currentCall() != nil {
		t.Error("an ended call is still current")
	}
	th.eventually(t, "script output", func() bool { return th.text["stdout"] == "the script's" })
}

// Direct writes belong to the call that is alone in flight, and never to one
// that begins or ends next to them.
func TestHostDirectWrites(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import ("os"; "strings")
		func direct() { os.Stdout.WriteString("d") }
		func big() { os.Stdout.WriteString(strings.Repeat("x", 200<<10)) }
		func huge() { for i := 0; i < 40; i++ { os.Stdout.WriteString(strings.Repeat("y", 10000)) } }
		func quiet() {}`)
	direct, _ := i.Eval("direct")
	for n := range 200 {
		direct.Call(nil)
		if got := th.call(t, i, "quiet"); got != "" {
			t.Fatalf("round %d: a quiet call got %q", n, got)
		}
		if got := th.call(t, i, "direct"); got != "d" {
			t.Fatalf("round %d: direct write gave %q", n, got)
		}
	}
	th.eventually(t, "script output", func() bool { return th.text["stdout"] == strings.Repeat("d", 200) })
	if got := th.call(t, i, "big"); len(got) != 200<<10 {
		t.Errorf("200 KiB came as %d bytes", len(got))
	}
	got := th.call(t, i, "huge")
	want := strings.Repeat("y", callOutputLimit) + fmt.Sprintf("\n… %d bytes more\n", 400000-callOutputLimit)
	if got != want {
		t.Errorf("huge output: %d bytes, ends %q", len(got), got[max(0, len(got)-40):])
	}
}

func TestHostSwappedAndClosedFiles(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import ("fmt"; "os"; "io"; "bufio")
		func swap() {
			old := os.Stdout
			r, w, _ := os.Pipe()
			os.Stdout = w
			fmt.Print("inside")
			os.Stdout = old
			w.Close()
			b, _ := io.ReadAll(r)
			fmt.Print("got:", string(b))
		}
		func buffered() { w := bufio.NewWriter(os.Stdout); fmt.Fprint(w, "late"); fmt.Print("early,"); w.Flush() }
		func shut() { os.Stdout.Close(); _, err := fmt.Println("lost"); fmt.Fprint(os.Stderr, err != nil) }
		func after() { fmt.Println("lost"); println("seen") }`)
	for name, want := range map[string]string{"swap": "got:inside", "buffered": "early,late"} {
		if got := th.call(t, i, name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := th.call(t, i, "shut"); got != "true" {
		t.Errorf("shut: %q", got)
	}
	if got := th.call(t, i, "after"); got != "seen\n" {
		t.Errorf("after: %q", got)
	}
}

func TestHostProcessState(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import ("fmt"; "os"; "flag"; "bufio"; "log/slog"; "log")
		var n = flag.Int("n", 4, "a number")
		func state() {
			flag.Parse()
			var word string
			got, err := fmt.Scan(&word)
			fmt.Println(os.Args, *n, flag.NArg(), got, err, bufio.NewScanner(os.Stdin).Scan())
		}
		func logs() {
			log.SetFlags(0)
			slog.Info("hello", "k", 1, "time", 2)
			slog.With("a", "b").WithGroup("g").Warn("w", "x", "y z")
			slog.Debug("not shown")
			slog.SetDefault(slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelWarn})))
			slog.Info("not shown")
			log.Print("not shown")
		}
		func quit() { fmt.Print("bye"); os.Exit(7); fmt.Print("never") }
		func fatal() { defer fmt.Print("deferred"); log.Fatalf("no %d", 1) }`)
	if got, want := th.call(t, i, "state"), "[script] 4 0 0 EOF false\n"; got != want {
		t.Errorf("state: %q, want %q", got, want)
	}
	if got, want := th.call(t, i, "quit"), "bye"; got != want {
		t.Errorf("quit: %q, want %q", got, want)
	}
	if got, want := th.call(t, i, "logs"), "INFO hello k=1 time=2\nWARN w a=b g.x=\"y z\"\n"; got != want {
		t.Errorf("logs: %q, want %q", got, want)
	}
	th2 := newTestHost(t)
	i = th2.load(t, `package main
		import "log"
		func fatal() { log.SetFlags(0); log.Fatalf("no %d", 1) }`)
	if got, want := th2.call(t, i, "fatal"), "no 1\n"; got != want {
		t.Errorf("fatal: %q, want %q", got, want)
	}
	if !reflect.DeepEqual(th.exits, []int{7}) || !reflect.DeepEqual(th2.exits, []int{1}) {
		t.Errorf("exit codes %v and %v", th.exits, th2.exits)
	}
}

func TestHostCallbacks(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import ("fmt"; "time"; "context")
		func boom() { panic("boom") }
		func timer() { time.AfterFunc(time.Millisecond, func() { fmt.Print("tick"); boom() }) }
		func ctx() { c, cancel := context.WithCancel(context.Background()); context.AfterFunc(c, boom); cancel() }
		func late() { time.AfterFunc(50*time.Millisecond, boom) }`)
	th.call(t, i, "timer")
	th.eventually(t, "panic of the timer", func() bool { return len(th.panics) == 1 })
	if want := "boom [main.boom main.timer.func]"; th.panics[0] != want {
		t.Errorf("timer panic: %s, want %s", th.panics[0], want)
	}
	th.eventually(t, "output of the timer", func() bool { return th.text["stdout"] == "tick" })
	th.call(t, i, "ctx")
	th.eventually(t, "panic of the context callback", func() bool { return len(th.panics) == 2 })
	if th.text["stderr"] != "" {
		t.Errorf("traces were printed: %q", th.text["stderr"])
	}

	fired := make(chan bool, 2)
	f := th.guard(func() { fired <- true })
	f()
	th.Close()
	f()
	if len(fired) != 1 {
		t.Errorf("guarded callback ran %d times, want once before Close", len(fired))
	}
}

func TestHostCloseDelivers(t *testing.T) {
	for _, imports := range []string{`import "fmt"`, `import ("fmt"; "os"); var _ = os.Args`} {
		th := newTestHost(t)
		i := th.load(t, `package main
			`+imports+`
			func f() { fmt.Print("last words") }`)
		v, _ := i.Eval("f")
		v.Call(nil)
		th.Close()
		if th.text["stdout"] != "last words" {
			t.Errorf("%s: Close delivered %q", imports, th.text["stdout"])
		}
		v.Call(nil) // must neither panic nor block
		if c := th.beginCall(goid()); c.end() != "" {
			t.Error("output after Close")
		}
	}
}

func TestHostFloodIsBounded(t *testing.T) {
	th := newTestHost(t)
	hold := make(chan bool)
	var once sync.Once
	th.out.deliver = func(stream, text string) {
		once.Do(func() { <-hold })
		th.onOutput(stream, text)
	}
	line := []byte(strings.Repeat("z", 999) + "\n")
	const lines = 5000
	for range lines {
		th.out.write("stdout", line)
	}
	th.out.mu.Lock()
	if th.out.size > scriptOutputLimit {
		t.Errorf("%d bytes wait", th.out.size)
	}
	th.out.mu.Unlock()
	close(hold)
	th.Close()
	got := th.text["stdout"]
	// How often it was delivered, and so how often something was lost, is up to
	// the scheduler; the sum is not.
	lost := 0
	marks := regexp.MustCompile(`\n… (\d+) bytes more\n`)
	for _, m := range marks.FindAllStringSubmatch(got, -1) {
		n, _ := strconv.Atoi(m[1])
		lost += n
	}
	if kept := len(marks.ReplaceAllString(got, "")); lost == 0 || kept+lost != lines*1000 {
		t.Errorf("kept %d and lost %d of %d bytes", kept, lost, lines*1000)
	}
}

func TestGoid(t *testing.T) {
	a, b := goid(), make(chan int64)
	go func() { b <- goid() }()
	if other := <-b; a <= 0 || other <= 0 || a == other || a != goid() {
		t.Errorf("goroutine ids %d and %d", a, other)
	}
	if n := testing.AllocsPerRun(1000, func() { goid() }); n > 0.5 { // the race detector empties pools
		t.Errorf("goid allocates %v times", n)
	}
}

func BenchmarkGoid(b *testing.B) {
	for b.Loop() {
		goid()
	}
}

func BenchmarkCallOutput(b *testing.B) {
	for name, paths := range map[string][]string{"buffer": {"fmt"}, "pipe": {"fmt", "os"}} {
		b.Run(name, func(b *testing.B) {
			h := newHost("x", hostHooks{func(int) {}, func(any, []traceLine) {}, func(string, string) {}})
			defer h.Close()
			hostSymbols(h, paths)
			print := h.fmtSymbols()["Println"].Interface().(func(...any) (int, error))
			for b.Loop() {
				c := h.beginCall(goid())
				print("hello")
				c.end()
			}
		})
	}
}

func BenchmarkNewScript(b *testing.B) {
	for b.Loop() {
		h := newHost("x", hostHooks{func(int) {}, func(any, []traceLine) {}, func(string, string) {}})
		i := yaegi.New(yaegi.Options{Stdout: h.stdout(), Stderr: h.stderr()})
		i.Use(hostSymbols(h, []string{"fmt", "strings", "time"}))
		h.Close()
	}
}
