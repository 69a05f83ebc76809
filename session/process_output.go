package session

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"hotloop/interp"
)

// escapes reads what a child writes to its real standard streams: output that
// gets around the interpreter's capture, and the last words of the Go runtime
// when the process dies. The former goes out as notices. The latter is held
// back: it belongs to the report of the crash and not to the script's output.
type escapes struct {
	notice func(interp.Notice)

	mu    sync.Mutex
	tail  []byte // the last maxTail bytes that went out as notices
	fatal []byte // from the first line that looks like the end, up to maxTail bytes
	more  int    // bytes of it beyond that
	late  []byte // what was held last and went out after all
}

const (
	maxTail = 64 << 10
	// partialDelay is how long the beginning of a line waits for its end.
	partialDelay = 30 * time.Millisecond
	// fatalDelay is how long a process may live on after words that look like
	// its last; then they were ordinary output.
	fatalDelay = time.Second
)

// fatalWords begin the first line of what the Go runtime prints when it gives up.
var fatalWords = []string{
	"fatal error: ", "panic: ", "runtime: ", "runtime/cgo: ", "unexpected fault address ", "[signal SIG", "SIGQUIT: ", "SIGABRT: ", "SIGSEGV: ", "SIGBUS: ", "SIGFPE: ", "SIGILL: ", "SIGTRAP: ", "SIGSYS: ",
}

func newEscapes(notice func(interp.Notice)) *escapes { return &escapes{notice: notice} }

// read drains one stream until its end.
func (e *escapes) read(stream string, f *os.File) {
	var line []byte // begun and not ended
	holding := false
	buf := make([]byte, 32<<10)
	for {
		var deadline time.Time
		switch {
		case holding:
			deadline = time.Now().Add(fatalDelay)
		case len(line) > 0:
			deadline = time.Now().Add(partialDelay)
		}
		f.SetReadDeadline(deadline)
		n, err := f.Read(buf)
		text := buf[:n]
		if holding {
			e.hold(text)
		} else if n > 0 {
			text = append(line, text...)
			line = nil
			if at := fatalLine(text); stream == "stderr" && at >= 0 {
				e.pass(stream, text[:at])
				e.hold(text[at:])
				holding = true
			} else {
				whole := bytes.LastIndexByte(text, '\n') + 1
				if len(text)-whole > 4<<10 {
					whole = len(text)
				}
				e.pass(stream, text[:whole])
				line = append(line, text[whole:]...)
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			if holding {
				e.release()
				holding = false
			} else {
				e.pass(stream, line)
				line = nil
			}
		default:
			e.pass(stream, line)
			return
		}
	}
}

// fatalLine gives the offset of the first line that begins like a fatal
// message, or -1. The runtime writes such a line in several pieces, the first
// of which is never shorter than the words looked for.
func fatalLine(text []byte) int {
	for at := 0; at < len(text); {
		for _, words := range fatalWords {
			if bytes.HasPrefix(text[at:], []byte(words)) {
				return at
			}
		}
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	return -1
}

func (e *escapes) pass(stream string, text []byte) {
	if len(text) == 0 {
		return
	}
	e.mu.Lock()
	e.tail = append(e.tail, text...)
	if over := len(e.tail) - maxTail; over > 0 {
		e.tail = append(e.tail[:0], e.tail[over:]...)
	}
	e.mu.Unlock()
	e.notice(interp.Notice{Stream: stream, Text: string(text)})
}

func (e *escapes) hold(text []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	keep := min(len(text), maxTail-len(e.fatal))
	e.fatal = append(e.fatal, text[:keep]...)
	e.more += len(text) - keep
}

// release lets held text go out after all.
func (e *escapes) release() {
	e.mu.Lock()
	text := e.fatal
	e.late = text
	e.fatal, e.more = nil, 0
	e.mu.Unlock()
	e.pass("stderr", text)
}

// lateWords gives words that looked like the end and went out as output. They
// were the end if the process ended as one does that the runtime gives up: on a
// busy machine, or with a deep stack to look through, it takes its time.
func (e *escapes) lateWords() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.late)
}

// words gives the last words of the runtime, empty when there were none, and
// the tail: the end of the output before them and the words themselves, no
// more than maxTail bytes. The beginning of a long trace is worth more than
// its end, so that is where it is cut.
func (e *escapes) words() (fatal, tail string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	fatal = string(e.fatal)
	before := string(e.tail)
	if over := len(before) + len(fatal) - maxTail; over > 0 {
		before = before[min(over, len(before)):]
		if _, rest, ok := strings.Cut(before, "\n"); ok {
			before = rest
		}
	}
	tail = before + fatal
	if e.more > 0 {
		tail += "\n...\n"
	}
	return fatal, tail
}
