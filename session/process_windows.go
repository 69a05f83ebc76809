package session

import (
	"os"
	"os/exec"
	"syscall"
)

// connectWire gives the child its ends of the wire. Only the standard streams
// can be inherited here, so the wire takes two of them.
func connectWire(cmd *exec.Cmd, requests, replies, stdout, stderr *os.File) {
	cmd.Stdin, cmd.Stdout, cmd.Stderr = requests, replies, stderr
}

// wireFiles takes the wire from the standard streams and gives the script
// others in their place.
func wireFiles() (requests, replies *os.File, err error) {
	requests, replies = os.Stdin, os.Stdout
	if os.Stdin, err = os.Open(os.DevNull); err != nil {
		return nil, nil, err
	}
	os.Stdout = os.Stderr
	return requests, replies, nil
}

// childAttr keeps Ctrl-C in the console from the child. It notices its parent's
// death by the end of the wire.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

func ownExecutable() (string, error) { return os.Executable() }

func limitData(int64) {}

func killProcess(p *os.Process) { p.Kill() }

func killLeftovers(int) {}

func signalOf(*os.ProcessState) (string, bool) { return "", false }
