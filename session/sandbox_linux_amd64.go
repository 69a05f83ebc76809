package session

import "golang.org/x/sys/unix"

const (
	sandboxArch = unix.AUDIT_ARCH_X86_64
	sandboxOpen = unix.SYS_OPEN
)

// sandboxCalls are refused calls that this architecture has besides.
var sandboxCalls = []int{
	unix.SYS_CREAT, unix.SYS_MKDIR, unix.SYS_RMDIR, unix.SYS_UNLINK, unix.SYS_RENAME, unix.SYS_LINK, unix.SYS_SYMLINK,
	unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_MKNOD, unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_FUTIMESAT,
	unix.SYS_FORK, unix.SYS_VFORK,
}
