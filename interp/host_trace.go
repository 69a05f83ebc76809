package interp

import (
	"bytes"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"hotloop/interp/lower"
)

// traceLine is one function that a panic went through, as the interpreter
// names it. It gives the place where the function's code begins, not where in
// it the panic came from: Line is that of the first statement.
type traceLine struct {
	File   string
	Line   int
	Column int
	Func   string

	failed *failure // of the innermost function
}

const (
	traceDepth      = 64  // functions kept of one panic, from the inside
	traceGoroutines = 128 // goroutines for which a trace is kept
)

// traces collects, by goroutine, what the interpreter writes to its standard
// error while a panic goes up: one line per function, whether or not the panic
// is recovered in the end. The traces of recovered panics are never asked for;
// the oldest goroutines' are forgotten.
type traces struct {
	mu    sync.Mutex
	lines map[int64][]traceLine
	order []int64 // goroutines, oldest first
}

// takeTrace returns the functions that the last panic on the calling goroutine
// went through so far, innermost first, and forgets them. It is for whoever
// has recovered that panic.
func (h *host) takeTrace() []traceLine {
	g := goid()
	t := &h.traces
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines[g]
	t.forget(g)
	return lines
}

// forgetTrace forgets the panics of a goroutine that is through with a call.
func (h *host) forgetTrace(g int64) {
	h.traces.mu.Lock()
	defer h.traces.mu.Unlock()
	h.traces.forget(g)
}

// failure is what is known of the panic that was recovered last on the calling
// goroutine.
func (h *host) failure() failure {
	g := goid()
	t := &h.traces
	t.mu.Lock()
	defer t.mu.Unlock()
	return innermost(t.lines[g])
}

// innermost is what is known of the panic that a trace is of.
func innermost(lines []traceLine) failure {
	if len(lines) == 0 || lines[0].failed == nil {
		return failure{}
	}
	return *lines[0].failed
}

// putTrace is for a panic that goes on: it undoes takeTrace.
func (h *host) putTrace(lines []traceLine) {
	h.takeTrace()
	for _, line := range lines {
		h.traces.add(line, false)
	}
}

func (t *traces) forget(g int64) {
	if _, ok := t.lines[g]; !ok {
		return
	}
	delete(t.lines, g)
	for i, o := range t.order {
		if o == g {
			t.order = append(t.order[:i], t.order[i+1:]...)
			break
		}
	}
}

func (t *traces) add(line traceLine, fresh bool) {
	g := goid()
	t.mu.Lock()
	defer t.mu.Unlock()
	if fresh {
		t.forget(g)
	}
	old, ok := t.lines[g]
	if !ok {
		if t.lines == nil {
			t.lines = map[int64][]traceLine{}
		}
		t.order = append(t.order, g)
		if len(t.order) > traceGoroutines {
			t.forget(t.order[0])
		}
	}
	if len(old) < traceDepth {
		t.lines[g] = append(old, line)
	}
}

// stderr is the standard error of the interpreter itself, and of the script's
// default logger. Lines that trace a panic are kept back for takeTrace.
func (h *host) stderr() io.Writer { return stderrWriter{h} }

type stderrWriter struct{ h *host }

func (w stderrWriter) Write(p []byte) (int, error) {
	// The interpreter writes each trace line at once, from a deferred
	// function of the frame that panics; nothing else can write from there.
	if line, ok := parseTraceLine(p); ok {
		if strings.HasSuffix(line.Func, "."+lower.RunFunc) {
			return len(p), nil // hands a panic on, past the deferred calls
		}
		if fromPanic, fresh := panicState(); fromPanic {
			if fresh {
				f := failed()
				line.failed = &f
			}
			w.h.traces.add(line, fresh)
			return len(p), nil
		}
	}
	w.h.out.write("stderr", p)
	return len(p), nil
}

// parseTraceLine takes apart "file:line:col: panic: pkg.f(...)\n".
func parseTraceLine(p []byte) (traceLine, bool) {
	if !bytes.HasSuffix(p, []byte("(...)\n")) {
		return traceLine{}, false
	}
	place, fn, ok := strings.Cut(strings.TrimSuffix(string(p), "(...)\n"), ": panic: ")
	if !ok || strings.ContainsAny(fn, " \n") {
		return traceLine{}, false
	}
	line := traceLine{File: place, Func: fn}
	if place == "-" {
		line.File = "" // code without a position
		return line, true
	}
	var numbers [2]int
	for i := range numbers {
		colon := strings.LastIndexByte(line.File, ':')
		n, err := strconv.Atoi(line.File[colon+1:])
		if err != nil {
			return traceLine{}, false
		}
		numbers[i], line.File = n, line.File[:max(0, colon)]
		if colon < 0 {
			break
		}
	}
	line.Column, line.Line = numbers[0], numbers[1]
	return line, true
}

// panicState looks at the stack of a write: is it made by the interpreter's
// frame code while a panic goes up, and if so, is this the panic's first frame?
// Each frame panics anew with the same value, so that from the second one on
// there are two panics on the stack with nothing interpreted in between.
func panicState() (fromPanic, fresh bool) {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	panics := 0
	for {
		f, more := frames.Next()
		switch {
		case strings.HasSuffix(f.Function, "yaegi/interp.runCfg.func1"):
			if panics == 0 {
				fromPanic = true
			}
		case f.Function == "runtime.gopanic":
			if !fromPanic {
				return false, false
			}
			if panics++; panics == 2 {
				return true, false
			}
		case strings.HasSuffix(f.Function, "yaegi/interp.runCfg"):
			return fromPanic, true
		}
		if !more {
			return fromPanic, true
		}
	}
}
