//go:build unix && !linux

package session

import (
	"os"
	"syscall"
)

// childAttr makes the child lead a session and a process group of its own, so
// that it has no terminal: Ctrl-C does not reach it, and a script that opens
// /dev/tty gets an error instead of drawing over the screen or being stopped.
// The child notices its parent's death by the end of the wire.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func ownExecutable() (string, error) { return os.Executable() }

// limitData does nothing: these systems do not count what the Go runtime
// merely reserves apart from what it uses. watchMemory still bounds the child.
func limitData(int64) {}
