package session

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestBinary builds the program and drives it from outside, as its users do.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bin := filepath.Join(t.TempDir(), "hotloop")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "hotloop")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Run("scripts", func(t *testing.T) { runScripts(t, bin) })
	t.Run("crashes", func(t *testing.T) { testCrashes(t, bin) })
	t.Run("contained", func(t *testing.T) { testContained(t, bin) })
	t.Run("ended", func(t *testing.T) { testEnded(t, bin) })
	t.Run("recursion", func(t *testing.T) { testRecursion(t, bin) })
	t.Run("files", func(t *testing.T) { testFiles(t, bin) })
	t.Run("crash loop", func(t *testing.T) { testCrashLoop(t, bin) })
	t.Run("record", func(t *testing.T) { testRecordSurvives(t, bin) })
	t.Run("restarts", func(t *testing.T) { testRestarts(t, bin) })
	t.Run("soak", func(t *testing.T) { testSoak(t, bin) })
	t.Run("sandbox", func(t *testing.T) { testSandbox(t, bin) })
	t.Run("memory", func(t *testing.T) { testMemory(t, bin) })
	t.Run("killed", func(t *testing.T) { testKilledEngine(t, bin) })
	t.Run("orphans", func(t *testing.T) { testOrphans(t, bin) })
}

// runScripts runs the command line scripts. They may say
//
//	exits CODE hotloop ARGS...   run and want this exit code
//	session ARGS...              start hotloop serve with a socket and leave it running
func runScripts(t *testing.T, bin string) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			run, err := os.MkdirTemp("", "hl") // short, for the sockets
			if err != nil {
				return err
			}
			env.Defer(func() { os.RemoveAll(run) })
			env.Setenv("XDG_RUNTIME_DIR", run)
			env.Setenv("XDG_STATE_HOME", filepath.Join(run, "state"))
			env.Setenv("PATH", filepath.Dir(bin)+string(os.PathListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   scriptExits,
			"session": func(ts *testscript.TestScript, neg bool, args []string) { scriptSession(ts, bin, args) },
		},
	})
}

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("%s is no exit code", args[0])
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptSession(ts *testscript.TestScript, bin string, args []string) {
	cmd := exec.Command(bin, append([]string{"serve", "--listen", "on"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+ts.Getenv("XDG_RUNTIME_DIR"), "XDG_STATE_HOME="+ts.Getenv("XDG_STATE_HOME"))
	in, err := cmd.StdinPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		in.Close()
		cmd.Wait()
	})
	sockets := filepath.Join(ts.Getenv("XDG_RUNTIME_DIR"), "hotloop", "*.session")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if found, _ := filepath.Glob(sockets); len(found) > 0 {
			if text, _ := os.ReadFile(found[0]); len(text) > 0 {
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the session does not come up")
		}
	}
}

// served is a running "hotloop serve" that a test talks to.
type served struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
	asked int     // requests of ask so far
	notes []heard // that ask and crash came across
}

func serveFiles(t *testing.T, bin string, files map[string]string, flags ...string) *served {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bin, append(append([]string{"serve"}, flags...), ".")...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, ".state"))
	return serveCommand(t, cmd, dir)
}

// serveCommand starts a session in a directory.
func serveCommand(t *testing.T, cmd *exec.Cmd, dir string) *served {
	t.Helper()
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &served{t: t, cmd: cmd, in: in, lines: make(chan string, 10_000)}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(s.lines)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			s.lines <- line
		}
	}()
	t.Cleanup(func() {
		in.Close()
		<-read
		cmd.Wait()
	})
	return s
}

func (s *served) send(id int, method, params string) {
	s.t.Helper()
	if _, err := fmt.Fprintf(s.in, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`+"\n", id, method, params); err != nil {
		s.t.Fatal(err)
	}
}

// want gives the first line from here on that holds all of the parts.
func (s *served) want(parts ...string) string {
	s.t.Helper()
	var passed []string
	timeout := time.After(30 * time.Second)
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				s.t.Fatalf("ended without %q after\n%s", parts, strings.Join(passed, ""))
			}
			all := true
			for _, p := range parts {
				all = all && strings.Contains(line, p)
			}
			if all {
				return line
			}
			passed = append(passed, line)
		case <-timeout:
			s.t.Fatalf("no line with %q in\n%s", parts, strings.Join(passed, ""))
		}
	}
}

const boom = `package boom

import (
	"fmt"
	"os"
)

var count int

func Count() int { count++; return count }

func Deep() int {
	var deeper func(int) int
	deeper = func(n int) int { return deeper(n+1) + 1 }
	return deeper(1)
}

func Exit() { fmt.Println("last words"); os.Exit(7) }

func Race() {
	m := map[int]int{}
	for i := 0; i < 8; i++ {
		go func() {
			for j := 0; ; j++ {
				m[j%10] = j
			}
		}()
	}
	select {}
}

func Panic() { go func() { panic("in a goroutine") }() }

func Huge() int { return len(make([]byte, 1<<44)) }
`

// testCrashes ends the process of a script in every way a script can. The
// session says what it was and where, and has the script back from its files.
func testCrashes(t *testing.T, bin string) {
	for _, test := range []struct {
		handler string
		reasons []string
	}{
		{"Deep", []string{"stack overflow"}},
		{"Exit", []string{"os.Exit(7)"}},
		{"Race", []string{"concurrent map"}},
		{"Huge", []string{"memory limit exceeded", "out of memory"}},
	} {
		t.Run(test.handler, func(t *testing.T) {
			t.Parallel()
			s := serveFiles(t, bin, map[string]string{"boom.go": boom})
			s.want(`"method":"report"`, `"cause":"load"`, `"status":"live"`)
			s.send(1, "session.fire", `{"event":"Count"}`)
			s.want(`"id":1,`, `"text":"1"`)
			s.send(2, "session.fire", fmt.Sprintf(`{"event":%q,"timeoutMs":20000}`, test.handler))

			var seen []string
			for len(seen) < 3 { // in whatever order they come
				line := s.want(`"jsonrpc"`)
				switch {
				case strings.Contains(line, `"id":2,`):
					seen = append(seen, line)
					if !strings.Contains(line, `"kind":"crashed"`) {
						t.Errorf("the call: %s", line)
					}
				case strings.Contains(line, `"method":"crash"`):
					seen = append(seen, line)
					var crash struct{ Params Crash }
					if err := json.Unmarshal([]byte(line), &crash); err != nil {
						t.Fatal(err)
					}
					found := false
					for _, r := range test.reasons {
						found = found || strings.Contains(crash.Params.Reason, r)
					}
					if !found || crash.Params.Script != "boom" {
						t.Errorf("reason %q, want one of %q; tail:\n%s", crash.Params.Reason, test.reasons, crash.Params.Tail)
					}
					if len(crash.Params.Trace) == 0 || crash.Params.Trace[0].File != "boom.go" {
						t.Errorf("it does not say where: %+v", crash.Params.Trace)
					}
				case strings.Contains(line, `"cause":"crash"`):
					seen = append(seen, line)
					if !strings.Contains(line, `"status":"reloaded"`) && !strings.Contains(line, `"status":"live"`) {
						t.Errorf("the script is not back: %s", line)
					}
				}
			}
			s.send(3, "session.fire", `{"event":"Count"}`)
			s.want(`"id":3,`, `"text":"1"`) // its state started over
		})
	}
	t.Run("Panic", func(t *testing.T) {
		t.Parallel()
		s := serveFiles(t, bin, map[string]string{"boom.go": boom})
		s.send(1, "session.fire", `{"event":"Count"}`)
		s.send(2, "session.fire", `{"event":"Panic"}`)
		s.want(`"method":"crash"`, `in a goroutine`, `"contained":true`)
		s.send(3, "session.fire", `{"event":"Count"}`)
		s.want(`"id":3,`, `"text":"2"`) // contained: the state is kept
	})
}

// children gives the processes that a process has started.
func children(t *testing.T, pid int) []string {
	t.Helper()
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var all []string
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		all = append(all, strings.Fields(string(text))...)
	}
	return all
}

func testKilledEngine(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"boom.go": boom})
	s.want(`"method":"report"`, `"cause":"load"`)
	engines := children(t, s.cmd.Process.Pid)
	if len(engines) != 1 {
		t.Fatalf("%d engines", len(engines))
	}
	pid, _ := strconv.Atoi(engines[0])
	p, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	p.Kill()
	s.want(`"method":"crash"`, `killed by signal SIGKILL`)
	s.send(1, "session.fire", `{"event":"Count"}`)
	s.want(`"id":1,`, `"text":"1"`)
}

// testOrphans kills the session itself, in the middle of a call.
func testOrphans(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"loop.go": "package loop\n\nfunc Loop() {\n\tfor {\n\t}\n}\n"})
	s.want(`"method":"report"`, `"cause":"load"`)
	s.send(1, "session.fire", `{"event":"Loop","timeoutMs":0}`)
	engines := children(t, s.cmd.Process.Pid)
	if len(engines) != 1 {
		t.Fatalf("%d engines", len(engines))
	}
	s.cmd.Process.Kill()
	waitUntil(t, "the engine is gone", func() bool { return dead(engines[0]) })
}
