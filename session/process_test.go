package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotloop/interp"
)

func nativeConfig() ProcessConfig {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return ProcessConfig{Script: "door", Executable: exe, Env: append(os.Environ(), nativeScript+"=1")}
}

func doorSource(text string) interp.Source {
	return interp.Source{Name: "door", Files: []interp.File{{Name: "door.go", Text: text}}}
}

// startNative gives a loaded engine that is closed after the test.
func startNative(t testing.TB, change func(*ProcessConfig)) *process {
	t.Helper()
	cfg := nativeConfig()
	if change != nil {
		change(&cfg)
	}
	e, err := NewProcess(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	if _, err := e.Load(context.Background(), doorSource("package door"), nil); err != nil {
		t.Fatal(err)
	}
	return e.(*process)
}

// waitDone waits for the end of an engine.
func waitDone(t testing.TB, e Engine) Exit {
	t.Helper()
	select {
	case <-e.Done():
		return e.Exit()
	case <-time.After(30 * time.Second):
		t.Fatal("the engine does not end")
		return Exit{}
	}
}

// waitUntil polls until ok says yes.
func waitUntil(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting until %s", what)
		}
	}
}

func TestProcessAnswers(t *testing.T) {
	ctx := context.Background()
	p := startNative(t, nil)
	call, err := p.Call(ctx, interp.CallRequest{Function: "Echo", Data: []byte(`{"n":9007199254740993}`)})
	if err != nil || len(call.Returns) != 1 || call.Returns[0].Text != `{"n":9007199254740993}` {
		t.Fatalf("call: %+v, %v", call, err)
	}
	if got, _ := json.Marshal(call.Returns[0].Value); string(got) != `{"n":9007199254740993}` {
		t.Errorf("the value came back as %s", got)
	}
	for _, text := range []string{"package door // edited", "package other", "package door"} {
		out, err := p.Apply(ctx, doorSource(text), false)
		if err != nil || out.Units[0].Units[0].Version != len(text) || out.Versions["func Overflow"].Fingerprint != text {
			t.Fatalf("apply %q: %+v, %v", text, out, err)
		}
	}
	vars, err := p.State(ctx)
	if err != nil || len(vars) != 1 || vars[0].Text != "package door" || vars[0].Name != "source" {
		t.Errorf("state: %+v, %v", vars, err)
	}
	if _, fail, err := p.Eval(ctx, "x"); err != nil || fail == nil || fail.Message != "undefined: x" {
		t.Errorf("eval: %+v, %v", fail, err)
	}
	if v, _, err := p.Eval(ctx, "unencodable"); err != nil || v.Text != "chan" || v.Value != nil {
		t.Errorf("eval of a value that cannot be encoded: %+v, %v", v, err)
	}
	before, after, _, err := p.Set(ctx, "count", "4")
	if err != nil || before.Text != "count" || after.Text != "4" || fmt.Sprintf("%s", after.Value) != "1152921504606846976" {
		t.Errorf("set: %+v, %+v, %v", before, after, err)
	}
	if call, err := p.Call(ctx, interp.CallRequest{Function: "Stdin"}); err != nil || call.Output != `"" <nil>` {
		t.Errorf("standard input gives %s, %v", call.Output, err)
	}
}

func TestProcessRefusedLoad(t *testing.T) {
	e, err := NewProcess(context.Background(), nativeConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	out, err := e.Load(context.Background(), doorSource("syntax error"), nil)
	if err != nil || out.Report.Status != interp.StatusRefused {
		t.Fatalf("%+v, %v", out, err)
	}
	if _, err := e.Call(context.Background(), interp.CallRequest{Function: "Echo"}); err == nil || errors.Is(err, ErrEngineGone) {
		t.Errorf("a call with nothing loaded: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if exit := waitDone(t, e); exit.Reason != "" {
		t.Errorf("a closed engine ended with %q", exit.Reason)
	}
	if _, err := e.State(context.Background()); !errors.Is(err, ErrEngineGone) {
		t.Errorf("after Close: %v", err)
	}
}

func TestProcessSurvivesItsOwnPanic(t *testing.T) {
	p := startNative(t, nil)
	if _, _, err := p.Eval(context.Background(), "panic"); err == nil || !strings.Contains(err.Error(), "a fault of the engine") {
		t.Errorf("error %v", err)
	}
	if _, err := p.State(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestProcessConcurrentCallsAndStop(t *testing.T) {
	ctx := context.Background()
	p := startNative(t, nil)
	var wg sync.WaitGroup
	var stopped atomic.Int32
	for range 5 {
		wg.Go(func() {
			call, err := p.Call(ctx, interp.CallRequest{Function: "Block"})
			if err == nil && call.Error.Kind == interp.ErrStopped {
				stopped.Add(1)
			}
		})
	}
	for range 200 {
		wg.Go(func() {
			data := fmt.Sprint(time.Now().UnixNano())
			if call, err := p.Call(ctx, interp.CallRequest{Function: "Echo", Data: []byte(data)}); err != nil || call.Returns[0].Text != data {
				t.Errorf("%+v, %v", call, err)
			}
		})
	}
	waitUntil(t, "all five are stopped", func() bool {
		if _, err := p.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		return stopped.Load() == 5
	})
	wg.Wait()
}

func TestProcessCancel(t *testing.T) {
	p := startNative(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	call, err := p.Call(ctx, interp.CallRequest{Function: "Block"})
	if err != nil || call.Error == nil || call.Error.Kind != interp.ErrStopped {
		t.Errorf("a cancelled call: %+v, %v", call, err)
	}
	ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.Call(ctx, interp.CallRequest{Function: "Deaf"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a cancelled call that does not listen: %v", err)
	}
	if _, err := p.State(context.Background()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestProcessExits(t *testing.T) {
	for _, test := range []struct {
		function string
		memory   int64
		reasons  []string // one of them
		trace    string
		tail     string
	}{
		{function: "Exit", reasons: []string{"os.Exit(7)"}, tail: "goodbye", trace: "[{Exit  0}]"},
		{function: "Overflow", reasons: []string{"stack overflow"}, trace: "[{Overflow door.go 12}]", tail: "fatal error: stack overflow"},
		{function: "Race", reasons: []string{"concurrent map writes", "concurrent map read and map write"}, trace: "[{Race  0}]", tail: "fatal error: concurrent map"},
		{function: "Panic", reasons: []string{"panic: index out of range"}, trace: "[{inner door.go 12} {(*Lock).Try door.go 30}]", tail: "goroutine "},
		{function: "Grow", memory: 64 << 20, reasons: []string{"memory limit exceeded (64 MiB)"}},
		{function: "Huge", memory: 64 << 20, reasons: []string{"memory limit exceeded (64 MiB)"}},
	} {
		t.Run(test.function, func(t *testing.T) {
			if test.function == "Race" && raceEnabled {
				t.Skip("the race detector's build ends such a program in its own way")
			}
			if test.memory > 0 && raceEnabled {
				t.Skip("the race detector's build needs far more memory than the bound")
			}
			p := startNative(t, func(c *ProcessConfig) { c.Memory = test.memory })
			_, err := p.Call(context.Background(), interp.CallRequest{Function: test.function})
			exit := waitDone(t, p)
			if !errors.Is(err, ErrEngineGone) || !strings.Contains(err.Error(), exit.Reason) {
				t.Errorf("the call's error is %v", err)
			}
			found := false
			for _, r := range test.reasons {
				found = found || exit.Reason == r
			}
			if !found {
				t.Errorf("reason %q, want %q; tail:\n%s", exit.Reason, test.reasons, exit.Tail)
			}
			if got := fmt.Sprint(exit.Trace); test.trace != "" && got != test.trace {
				t.Errorf("trace %s, want %s", got, test.trace)
			}
			if !strings.Contains(exit.Tail, test.tail) || len(exit.Tail) > maxTail+10 {
				t.Errorf("tail of %d bytes without %q:\n%s", len(exit.Tail), test.tail, exit.Tail)
			}
		})
	}
}

func TestProcessKilled(t *testing.T) {
	p := startNative(t, nil)
	v, _, err := p.Eval(context.Background(), "pid")
	if err != nil || v.Text != strconv.Itoa(p.cmd.Process.Pid) {
		t.Fatalf("%+v, %v", v, err)
	}
	killProcess(p.cmd.Process)
	if exit := waitDone(t, p); exit.Reason != "killed by signal SIGKILL" {
		t.Errorf("reason %q", exit.Reason)
	}
	for range p.Notices() {
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

func TestProcessNotices(t *testing.T) {
	p := startNative(t, nil)
	if _, err := p.Call(context.Background(), interp.CallRequest{Function: "Notice"}); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range p.Notices() {
		if n.Panic != nil {
			if n.Panic.Message != "in a goroutine" {
				t.Errorf("panic %+v", n.Panic)
			}
			break
		}
		text.WriteString(n.Text)
	}
	if lines := strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n"); len(lines) != 1000 || lines[999] != "line 999" {
		t.Errorf("%d lines", len(lines))
	}
}

// TestProcessEscapedOutput covers text that gets around the capture, also such
// that looks like the runtime's last words.
func TestProcessEscapedOutput(t *testing.T) {
	p := startNative(t, nil)
	if _, err := p.Call(context.Background(), interp.CallRequest{Function: "Escape"}); err != nil {
		t.Fatal(err)
	}
	const stdout, stderr = "to stdout\n", "to stderr, no newline\npanic: this is only output\nand so is this\n"
	got := map[string]string{}
	timeout := time.After(30 * time.Second)
	for got["stdout"] != stdout || got["stderr"] != stderr {
		select {
		case n := <-p.Notices():
			got[n.Stream] += n.Text
		case <-timeout:
			t.Fatalf("got %q", got)
		}
	}
	// The same words and then an orderly end: they are output of the script.
	if _, err := p.Call(context.Background(), interp.CallRequest{Function: "Escape"}); err != nil {
		t.Fatal(err)
	}
	p.Call(context.Background(), interp.CallRequest{Function: "Exit"})
	if exit := waitDone(t, p); exit.Reason != "os.Exit(7)" {
		t.Errorf("reason %q", exit.Reason)
	}
	after := ""
	for n := range p.Notices() {
		if n.Stream == "stderr" {
			after += n.Text
		}
	}
	if want := stderr + "goodbye\n"; after != want {
		t.Errorf("got %q, want %q", after, want)
	}
}

func TestProcessCloseKillsWhatDoesNotListen(t *testing.T) {
	p := startNative(t, nil)
	go p.Call(context.Background(), interp.CallRequest{Function: "Deaf"})
	var wg sync.WaitGroup
	for range 3 { // from several goroutines
		wg.Go(func() { p.Close() })
	}
	wg.Wait()
	if exit := waitDone(t, p); exit.Reason != "" {
		t.Errorf("reason %q", exit.Reason)
	}
	if p.cmd.ProcessState == nil {
		t.Error("the child was not waited for")
	}
}

func TestProcessLeavesNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	descriptors := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	startNative(t, nil).Close() // what the first one opens for good
	fds, goroutines := descriptors(), runtime.NumGoroutine()
	for i := range 5 {
		p := startNative(t, nil)
		if i == 0 {
			call, err := p.Call(context.Background(), interp.CallRequest{Function: "Orphan"})
			if err != nil || call.Error != nil {
				t.Fatalf("%+v, %v", call.Error, err)
			}
			defer func() {
				waitUntil(t, "the script's own process is gone", func() bool { return dead(call.Output) })
			}()
		}
		if i%2 == 0 {
			killProcess(p.cmd.Process)
		}
		p.Close()
	}
	waitUntil(t, "descriptors and goroutines are back", func() bool {
		return descriptors() <= fds && runtime.NumGoroutine() <= goroutines
	})
}

// dead tells whether a process is gone or a zombie nobody of ours can reap.
func dead(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}

// beParent starts an engine with a call that never ends, says its process id
// and waits to be killed.
func beParent() {
	e, err := NewProcess(context.Background(), nativeConfig())
	if err == nil {
		_, err = e.Load(context.Background(), doorSource("package door"), nil)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	go e.Call(context.Background(), interp.CallRequest{Function: "Deaf"})
	fmt.Println(e.(*process).cmd.Process.Pid)
	select {}
}

func TestChildDiesWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	parent := exec.Command(os.Args[0], parentVerb)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(out, &pid); err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill()
	parent.Wait()
	waitUntil(t, "the child is gone", func() bool { return dead(strconv.Itoa(pid)) })
}

func TestEngineVerbAlone(t *testing.T) {
	cmd := exec.Command(os.Args[0], EngineVerb)
	cmd.Env = append(os.Environ(), nativeScript+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(string(out), "for hotloop itself") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestNewProcessErrors(t *testing.T) {
	if _, err := NewProcess(context.Background(), ProcessConfig{Script: "door", Executable: "/no/such/program"}); err == nil || !strings.Contains(err.Error(), "door") {
		t.Errorf("error %v", err)
	}
}
