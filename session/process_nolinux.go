//go:build unix && !linux

package session

import (
	"os"
	"syscall"
)

// childAttr makes the child lead a process group of its own, so that Ctrl-C in
// the terminal does not reach it. It notices its parent's death by the end of
// the wire.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func ownExecutable() (string, error) { return os.Executable() }

// limitData does nothing: these systems do not count what the Go runtime
// merely reserves apart from what it uses. watchMemory still bounds the child.
func limitData(int64) {}
