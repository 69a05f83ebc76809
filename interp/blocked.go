package interp

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// stuckGrace is how long a call that was left behind may go on before whoever
// runs the script is told that it cannot be ended.
const stuckGrace = time.Second

// maxStacks bounds the text of all goroutines' stacks that is looked at.
const maxStacks = 16 << 20

// blockedIn says what a goroutine is doing in code that is not the script's,
// such as "IO wait in net.(*conn).Read"; empty when that cannot be told. It
// stops all goroutines for a moment.
func blockedIn(g int64) string {
	if text := stack(g); text != "" {
		return describeStack(text)
	}
	return ""
}

// unwinding tells whether a goroutine that was told to end is at it: it runs,
// and is where it asks whether to end or leaves its functions by a panic.
func unwinding(g int64) bool {
	first, rest, _ := strings.Cut(stack(g), "\n")
	return strings.Contains(first, "[run") && (strings.Contains(rest, "interp.(*stopper).check(") || strings.Contains(rest, "\npanic("))
}

// stack gives the stack of a goroutine as text, its inner and outer ends when it
// is deep; empty when it is not found.
func stack(g int64) string {
	for size := 256 << 10; size <= maxStacks; size *= 4 {
		buf := make([]byte, size)
		n := runtime.Stack(buf, true)
		if text, found := stackOf(buf[:n], g); found {
			return text
		}
		if n < size {
			break
		}
	}
	return ""
}

// stackOf cuts one goroutine's stack out of those of all.
func stackOf(all []byte, g int64) (string, bool) {
	head := fmt.Appendf(nil, "goroutine %d ", g)
	for len(all) > 0 {
		if bytes.HasPrefix(all, head) {
			if end := bytes.Index(all, []byte("\n\n")); end >= 0 {
				all = all[:end]
			}
			return string(all), true
		}
		next := bytes.Index(all, []byte("\n\ngoroutine "))
		if next < 0 {
			break
		}
		all = all[next+2:]
	}
	return "", false
}

// describeStack gives the state of a goroutine and the compiled function that
// the interpreter called for the script.
func describeStack(text string) string {
	first, rest, _ := strings.Cut(text, "\n")
	state := first
	if _, after, ok := strings.Cut(first, "["); ok {
		state, _, _ = strings.Cut(after, "]")
		state, _, _ = strings.Cut(state, ",") // how long
	}
	called := ""
	if state == "running" || state == "runnable" {
		state = "running compiled code"
	}
	for line := range strings.Lines(rest) {
		line = strings.TrimSpace(line)
		name, _, isCall := cutLast(line, "(")
		if !isCall || strings.HasPrefix(line, "/") || strings.HasPrefix(line, "created by ") {
			continue
		}
		switch {
		case strings.HasPrefix(name, "reflect.") || strings.HasPrefix(name, "github.com/traefik/yaegi/"):
			if called != "" {
				return state + " in " + called
			}
			return state
		case strings.HasPrefix(name, "runtime."), strings.HasPrefix(name, "internal/"), isStep(name):
		default:
			called = name
		}
	}
	return state
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// leftBehind watches a call that did not end when it was told to, and tells
// whoever runs the script when it does not for long.
func (l *Live) leftBehind(r *running, what string) {
	if l.opt.Stuck == nil {
		return
	}
	go func() {
		timer := time.NewTimer(stuckGrace)
		defer timer.Stop()
		select {
		case <-r.done:
		case <-timer.C:
			why := what + " cannot be stopped in the process"
			if in := blockedIn(r.id); in != "" {
				why += ": " + in
			}
			l.opt.Stuck(why)
		}
	}()
}
