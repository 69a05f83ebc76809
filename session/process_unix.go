//go:build unix

package session

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// The child finds the wire on the first two descriptors after the standard
// ones: a script that reads or writes those does not disturb it.
const (
	requestsFD = 3
	repliesFD  = 4
)

// connectWire gives the child its ends of the wire and of its standard streams.
func connectWire(cmd *exec.Cmd, requests, replies, stdout, stderr *os.File) {
	cmd.ExtraFiles = []*os.File{requests, replies}
	cmd.Stdout, cmd.Stderr = stdout, stderr // stdin is nil: the null device
}

// wireFiles opens the child's ends. Processes that the script starts do not
// inherit them.
func wireFiles() (requests, replies *os.File, err error) {
	for _, fd := range []int{requestsFD, repliesFD} {
		var st unix.Stat_t
		if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFIFO {
			return nil, nil, fmt.Errorf("descriptor %d is no pipe", fd)
		}
		unix.CloseOnExec(fd)
	}
	return os.NewFile(requestsFD, "requests"), os.NewFile(repliesFD, "replies"), nil
}

// killProcess ends the child and, as it leads a process group, what the script
// started. The child must not have been waited for.
func killProcess(p *os.Process) {
	if err := unix.Kill(-p.Pid, unix.SIGKILL); err != nil {
		p.Kill()
	}
}

// killLeftovers ends what a dead child left behind in its process group. The
// child has just been waited for: its number cannot be another's so soon.
func killLeftovers(pid int) { unix.Kill(-pid, unix.SIGKILL) }

// signalOf names the signal that ended a process.
func signalOf(state *os.ProcessState) (string, bool) {
	ws, ok := state.Sys().(syscall.WaitStatus)
	if !ok || !ws.Signaled() {
		return "", false
	}
	if name := unix.SignalName(ws.Signal()); name != "" {
		return name, true
	}
	return fmt.Sprint(int(ws.Signal())), true
}
