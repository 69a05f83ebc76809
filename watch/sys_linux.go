package watch

import (
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Numbers of fcntl(2) and statfs(2) that package syscall does not name.
const (
	fSetLease = 1024

	magic9P    = 0x01021997
	magicCIFS  = 0xff534d42
	magicFUSE  = 0x65735546
	magicNFS   = 0x6969
	magicSMB   = 0x517b
	magicSMB2  = 0xfe534d42
	magicVBox  = 0x786f4256
	magicVMHGF = 0xbacbacbc
)

// writerOf tells whether some process has f, opened for reading, open for
// writing. The kernel grants a read lease only when none has, so the answer is
// exact. The lease is given back at once; a process that opens the file in
// between waits for that and notices nothing. The kernel refuses leases on
// other users' files and on some file systems: then nobody knows.
func writerOf(f *os.File) writer {
	fd := f.Fd()
	_, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, fSetLease, syscall.F_RDLCK)
	switch errno {
	case 0:
		_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, fSetLease, syscall.F_UNLCK)
		return writerGone
	case syscall.EAGAIN:
		return writerPresent
	}
	return writerUnknown
}

// pause sleeps for d. The runtime's timers round up to a millisecond when the
// process is otherwise idle; a plain system call does not.
func pause(d time.Duration) {
	ts := syscall.NsecToTimespec(int64(d))
	_ = syscall.Nanosleep(&ts, nil) // woken early by a signal is fine: callers look at the clock
}

// identity gives what tells one file of the same name, size and times from
// another: its inode, and the time its inode changed, which no program can set.
func identity(info fs.FileInfo) (inode uint64, changed int64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ino, st.Ctim.Nano()
	}
	return 0, 0
}

// remote reports whether dir lies on a file system where changes by other
// machines (or by the host of a container) give no events.
func remote(dir string) bool {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return false
	}
	switch uint32(st.Type) {
	case magic9P, magicCIFS, magicFUSE, magicNFS, magicSMB, magicSMB2, magicVBox, magicVMHGF:
		return true
	}
	return false
}
