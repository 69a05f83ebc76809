package session

import "testing"

// What the runtime says last is told in a person's words.
func TestFatalReason(t *testing.T) {
	const fault = "SIGSEGV: segmentation violation\nPC=0x43d4fd m=0 sigcode=1 addr=0x0\n\ngoroutine 0 gp=0x1e4de40 m=0 mp=0x1e4fbe0 [idle]:\nruntime.(*spanQueue).tryDrain(0x400?)\n"
	for _, c := range []struct {
		words  string
		memory int64
		want   string
	}{
		{"fatal error: stack overflow\n\nruntime stack:\n", 0, "stack overflow"},
		{"runtime: goroutine stack exceeds 268435456-byte limit\nfatal error: stack overflow\n", 0, "stack overflow"},
		{"fatal error: runtime: out of memory\n", 0, "out of memory"},
		{"runtime: out of memory: cannot allocate\nfatal error: out of memory\n", 64 << 20, "memory limit exceeded (64 MiB)"},
		{"fatal error: all goroutines are asleep - deadlock!\n", 0, "deadlock, all goroutines are asleep"},
		{"panic: boom [recovered]\n", 0, "panic: boom"},
		{"SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n", 1 << 30, "killed by signal SIGQUIT"},
		{"SIGSEGV: segmentation violation\nPC=0x1 m=0 sigcode=0 addr=0x1\n\ngoroutine 0 gp=0x1 [idle]:\nruntime.futex()\n", 1 << 30, "killed by signal SIGSEGV"},
		{fault, 0, "killed by signal SIGSEGV"},
		{fault, 192 << 20, "memory limit exceeded (192 MiB)"},
		{"runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\nPC=0x1 m=0 sigcode=0\n", 192 << 20, "memory limit exceeded (192 MiB)"},
		{"runtime/cgo: pthread_create failed: Resource temporarily unavailable\nSIGABRT: abort\nPC=0x1 m=0 sigcode=0\n", 0, "out of threads"},
		{"nothing of the kind\n", 0, ""},
	} {
		if got := fatalReason(c.words, c.memory); got != c.want {
			t.Errorf("%q: %q, want %q", c.words, got, c.want)
		}
	}
}
