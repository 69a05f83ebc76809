package session

import "golang.org/x/sys/unix"

const (
	sandboxArch = unix.AUDIT_ARCH_AARCH64
	sandboxOpen = -1 // there is openat alone
)

// sandboxCalls are refused calls that this architecture has besides.
var sandboxCalls []int
