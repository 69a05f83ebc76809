//go:build unix

package session

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A child that leads a session has no terminal: a script cannot open /dev/tty
// to draw over the screen, nor be stopped for reading it in the background.
func TestChildHasNoTerminal(t *testing.T) {
	p := startNative(t, nil)
	pid := p.cmd.Process.Pid
	if id, err := unix.Getsid(pid); err != nil || id != pid {
		t.Errorf("session %d, %v; want %d", id, err, pid)
	}
	if id, err := unix.Getpgid(pid); err != nil || id != pid {
		t.Errorf("process group %d, %v; want %d", id, err, pid)
	}
}
