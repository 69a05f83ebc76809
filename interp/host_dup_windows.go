package interp

import (
	"os"
	"syscall"
)

// dupFile returns a file of its own that writes to the same place as f.
func dupFile(f *os.File, name string) (*os.File, error) {
	process, err := syscall.GetCurrentProcess()
	if err != nil {
		return nil, os.NewSyscallError("GetCurrentProcess", err)
	}
	var h syscall.Handle
	err = syscall.DuplicateHandle(process, syscall.Handle(f.Fd()), process, &h, 0, false, syscall.DUPLICATE_SAME_ACCESS)
	if err != nil {
		return nil, os.NewSyscallError("DuplicateHandle", err)
	}
	return os.NewFile(uintptr(h), name), nil
}
