//go:build unix

package interp

import (
	"os"
	"syscall"
)

// dupFile returns a file of its own that writes to the same place as f.
func dupFile(f *os.File, name string) (*os.File, error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	fd, dupErr := -1, error(nil)
	err = conn.Control(func(old uintptr) {
		// The fork lock keeps a process started meanwhile from inheriting the
		// new descriptor before it is marked.
		syscall.ForkLock.RLock()
		defer syscall.ForkLock.RUnlock()
		if fd, dupErr = syscall.Dup(int(old)); dupErr == nil {
			syscall.CloseOnExec(fd)
		}
	})
	if err == nil {
		err = dupErr
	}
	if err != nil {
		return nil, os.NewSyscallError("dup", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}
