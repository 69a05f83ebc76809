package session

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const boxed = `package boxed

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func Read() (int, error)    { b, err := os.ReadFile("/etc/hostname"); return len(b), err }
func Write() error          { return os.WriteFile("x.txt", []byte("x"), 0644) }
func Append() error         { f, err := os.OpenFile("boxed.go", os.O_APPEND|os.O_WRONLY, 0); if err == nil { f.Close() }; return err }
func Mkdir() error          { return os.Mkdir("d", 0755) }
func Remove() error         { return os.Remove("boxed.go") }
func Rename() error         { return os.Rename("boxed.go", "t.go") }
func Chmod() error          { return os.Chmod("boxed.go", 0) }
func Link() error           { return os.Symlink("boxed.go", "l.go") }
func Chtimes() error        { return os.Chtimes("boxed.go", time.Now(), time.Now()) }
func Trunc() error          { return os.Truncate("boxed.go", 0) }
func Temp() error           { _, err := os.CreateTemp("", "x"); return err }
func Exec() error           { return exec.Command("true").Run() }
func Start() error          { _, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{}); return err }
func Kill() error           { return syscall.Kill(os.Getppid(), 0) }
func Dial() error           { _, err := net.Dial("tcp", "127.0.0.1:1"); return err }
func Unix() error           { _, err := net.Dial("unix", "/tmp/x.sock"); return err }
func Listen() error         { _, err := net.Listen("tcp", "127.0.0.1:0"); return err }
func UDP() error            { _, err := net.Dial("udp", "127.0.0.1:53"); return err }
func Lookup() error         { _, err := net.LookupHost("example.com"); return err }
func Get() error            { _, err := http.Get("http://127.0.0.1:1"); return err }
func Socket() error         { _, err := syscall.Socket(2, 1, 0); return err }
func Env() string           { all := os.Environ(); return fmt.Sprint(os.Getenv("HOME"), len(all)) }
func Print() int            { fmt.Println("hello"); done := make(chan int); go func() { time.Sleep(time.Millisecond); done <- 1 }(); return <-done }
`

// testSandbox tries everything that a sandbox does not offer.
func testSandbox(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("there is a sandbox on Linux alone")
	}
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"boxed.go": boxed}, "--sandbox")
	for _, c := range []struct{ handler, want string }{
		{"Read", "3"}, {"Env", `"0"`}, {"Print", "1"}, {"Exec", "not found"},
	} {
		if call, _ := s.fire(c.handler, 20_000); c.handler == "Read" && call.Error != nil || c.handler != "Read" && !strings.Contains(text(call), c.want) {
			t.Errorf("%s gave %s, want %s", c.handler, text(call), c.want)
		}
	}
	for _, handler := range strings.Fields("Write Append Mkdir Remove Rename Chmod Link Chtimes Trunc Temp Start Kill Dial Unix Listen UDP Lookup Get Socket") {
		if call, _ := s.fire(handler, 20_000); !strings.Contains(text(call), "operation not permitted") {
			t.Errorf("%s gave %s", handler, text(call))
		}
	}
	if left, err := os.ReadDir(s.cmd.Dir); err != nil || len(left) != 2 { // and .state
		t.Errorf("files: %v, %v", left, err)
	}
}

const greedy = `package greedy

import (
	"fmt"
	"strings"
)

var kept [][]byte

func Grow() int {
	for i := 0; ; i++ {
		b := make([]byte, 1<<20)
		for k := 0; k < len(b); k += 4096 {
			b[k] = 1
		}
		kept = append(kept, b)
	}
}

func Repeat() int { return len(strings.Repeat("x", 1<<30)) }

func OK() int { return 1 }

func Print() { s := strings.Repeat("x", 100000) + "\n"; for i := 0; i < 500; i++ { fmt.Print(s) } }

func Background() { go Print() }

func Value() []string { s := make([]string, 2000); for i := range s { s[i] = strings.Repeat("v", 10000) }; return s }
`

// testMemory has a script exceed its bound, and looks what the session itself
// takes meanwhile.
func testMemory(t *testing.T, bin string) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	s := serveFiles(t, bin, map[string]string{"greedy.go": greedy}, "--memory", "192MiB")
	for _, handler := range []string{"Grow", "Repeat"} {
		if call, _ := s.fire(handler, 60_000); call.Error == nil || call.Error.Message != "memory limit exceeded (192 MiB)" {
			t.Errorf("%s gave %s", handler, text(call))
		}
		if crash := s.crash(); crash.Reason != "memory limit exceeded (192 MiB)" {
			t.Errorf("%s: told of %+v", handler, crash)
		}
		if call, _ := s.fire("OK", 20_000); text(call) != "1" {
			t.Errorf("after %s: %s", handler, text(call))
		}
	}
	for _, handler := range []string{"Print", "Background", "Value", "Print", "Background", "Value"} {
		if call, _ := s.fire(handler, 60_000); call.Error != nil {
			t.Errorf("%s gave %s", handler, text(call))
		}
	}
	if mib := residentMiB(t, s.cmd.Process.Pid); mib > 200 {
		t.Errorf("the session takes %d MiB", mib)
	}
}

// residentMiB is the memory of a process.
func residentMiB(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		t.Fatalf("no VmRSS in %s", status)
	}
	kib, _ := strconv.Atoi(string(m[1]))
	return kib >> 10
}
