//go:build linux && (amd64 || arm64)

package session

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// HasSandbox tells whether scripts can be put into a sandbox on this system.
const HasSandbox = true

// enterSandbox takes from this process, for good, what a script in a sandbox is
// not to have: writing to the file system, starting and signalling processes,
// and sockets. The system refuses these calls from then on, whatever the code
// that makes them; reading files goes on to work. The environment is the
// business of whoever starts the process.
//
// It is a filter on system calls (seccomp). What it does not name is allowed,
// so that the Go runtime keeps all it needs.
func enterSandbox() error {
	filter := sandboxFilter()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// TSYNC: all threads there are, not only this one.
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return fmt.Errorf("sandbox: %w", errno)
	}
	if thread != 0 {
		return fmt.Errorf("sandbox: thread %d cannot be brought into it", thread)
	}
	return nil
}

// Offsets in what a filter sees of a system call (struct seccomp_data, little
// endian): its number, the architecture, and six arguments of 64 bits.
const (
	seccompNumber = 0
	seccompArch   = 4
	seccompArg0   = 16
	refuse        = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	unknown       = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	allow         = unix.SECCOMP_RET_ALLOW
)

// writing are the flags of open that may change the file system.
const writing = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC | unix.O_APPEND | (unix.O_TMPFILE &^ unix.O_DIRECTORY)

// sandboxFilter writes the filter.
func sandboxFilter() []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	jump := func(code uint16, k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | code | unix.BPF_K, Jt: yes, Jf: no, K: k}
	}
	give := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }

	f := []unix.SockFilter{
		load(seccompArch), jump(unix.BPF_JEQ, sandboxArch, 1, 0), give(refuse),
		load(seccompNumber),
		// Numbers of another table (x32) reach the same calls.
		jump(unix.BPF_JGE, 0x40000000, 0, 1), give(refuse),
	}
	for _, nr := range append(refusedCalls(), sandboxCalls...) {
		f = append(f, jump(unix.BPF_JEQ, uint32(nr), 0, 1), give(refuse))
	}
	// With arguments in memory, which a filter cannot read. The Go runtime does
	// without them.
	for _, nr := range []int{unix.SYS_OPENAT2, unix.SYS_CLONE3} {
		f = append(f, jump(unix.BPF_JEQ, uint32(nr), 0, 1), give(unknown))
	}
	argument := func(nr, arg int, bits uint32, set, unset uint32) {
		f = append(f,
			jump(unix.BPF_JEQ, uint32(nr), 0, 4),
			load(seccompArg0+8*uint32(arg)), jump(unix.BPF_JSET, bits, 0, 1), give(set), give(unset))
	}
	argument(unix.SYS_OPENAT, 2, writing, refuse, allow)
	argument(unix.SYS_CLONE, 0, unix.CLONE_THREAD, allow, refuse)
	if sandboxOpen >= 0 {
		argument(sandboxOpen, 1, writing, refuse, allow)
	}
	return append(f, give(allow))
}

// refusedCalls are the calls that a sandbox refuses on every architecture.
func refusedCalls() []int {
	return []int{
		// the file system
		unix.SYS_MKDIRAT, unix.SYS_MKNODAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT,
		unix.SYS_SYMLINKAT, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHMOD, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT,
		unix.SYS_TRUNCATE, unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_UTIMENSAT, unix.SYS_SETXATTR, unix.SYS_LSETXATTR,
		unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR, unix.SYS_MOUNT, unix.SYS_UMOUNT2,
		unix.SYS_CHROOT, unix.SYS_PIVOT_ROOT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_MOUNT_SETATTR, unix.SYS_MOVE_MOUNT, unix.SYS_OPEN_TREE, unix.SYS_FSOPEN,
		// processes
		unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_PIDFD_OPEN, unix.SYS_PIDFD_SEND_SIGNAL,
		unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_SETNS, unix.SYS_UNSHARE,
		unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_BPF,
		// the network
		unix.SYS_SOCKET, unix.SYS_SOCKETPAIR, unix.SYS_CONNECT, unix.SYS_BIND, unix.SYS_LISTEN, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
		unix.SYS_SENDTO, unix.SYS_SENDMSG, unix.SYS_SENDMMSG,
		// ways around
		unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	}
}
