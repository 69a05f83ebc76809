package session

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// childAttr makes the child lead a session and a process group of its own, so
// that it has no terminal: Ctrl-C does not reach it, and a script that opens
// /dev/tty, or runs a program that does, gets an error instead of drawing over
// the screen or being stopped for reading in the background. The child dies
// with its parent even when the script keeps it from noticing the end of the
// wire.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
}

// ownExecutable is this very program, also after its file was replaced or
// removed, as builds and "go run" do.
func ownExecutable() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}

// limitData bounds the writable memory the system gives this process.
func limitData(bytes int64) {
	var now unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_DATA, &now) != nil {
		return
	}
	unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: min(uint64(bytes), now.Max), Max: now.Max})
}
