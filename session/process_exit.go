package session

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hotloop/interp"
)

// describeExit makes an Exit of what is known once the process is gone: its
// own last message, its status and its last words. The caller holds mu.
func (p *process) describeExit() Exit {
	fatal, tail := p.escaped.words()
	running := p.runningFunctions()
	reason := p.exitReason(fatal)
	if reason == "" {
		return Exit{}
	}
	if p.said != nil && fatal != "" { // it looked like the end and was output
		p.notices.add(interp.Notice{Stream: "stderr", Text: fatal})
	}
	exit := Exit{Reason: reason, Tail: tail, Trace: scriptFrames(tail)}
	if len(exit.Trace) == 0 && len(running) == 1 {
		// The runtime's trace shows the interpreter's functions. What is known
		// is which handler was in flight.
		exit.Trace = running
	}
	return exit
}

// runtimeStatus is the exit status of a process that the Go runtime gave up.
const runtimeStatus = 2

// exitReason gives the reason in a person's words, empty when the engine was
// asked to end and did.
func (p *process) exitReason(fatal string) string {
	switch {
	case p.killed != "":
		return p.killed
	case p.said != nil && p.said.Reason != "":
		return p.said.Reason
	case p.said != nil:
		return fmt.Sprintf("os.Exit(%d)", p.said.Code)
	case fatal != "":
		if reason := fatalReason(fatal, p.cfg.Memory); reason != "" {
			return reason
		}
	}
	if p.closing {
		return ""
	}
	if p.broken != nil {
		return p.broken.Error()
	}
	state := p.cmd.ProcessState
	if state != nil && state.ExitCode() == runtimeStatus {
		if reason := fatalReason(p.escaped.lateWords(), p.cfg.Memory); reason != "" {
			return reason
		}
	}
	if state == nil {
		return "ended in an unknown way"
	}
	if signal, ok := signalOf(state); ok {
		return "killed by signal " + signal
	}
	return fmt.Sprintf("ended with exit status %d", state.ExitCode())
}

// runtimeFault is a fault in the Go runtime's own work: memory that the system
// refuses it there, because of the bound, is not always looked for.
var runtimeFault = regexp.MustCompile(`^SIGSEGV: [^\n]*\nPC=\S+ m=\d+ sigcode=1 [^\n]*\n\ngoroutine 0 [^\n]*\nruntime\.`)

// fatalReason reads the Go runtime's last words.
func fatalReason(fatal string, memory int64) string {
	for line := range strings.Lines(fatal) {
		line = strings.TrimRight(line, "\r\n")
		if message, ok := strings.CutPrefix(line, "fatal error: "); ok {
			message = strings.TrimPrefix(message, "runtime: ")
			switch {
			case strings.Contains(message, "out of memory") || strings.Contains(message, "cannot allocate memory"):
				if memory > 0 {
					return memoryReason(memory)
				}
				return "out of memory"
			case strings.HasPrefix(message, "all goroutines are asleep"):
				return "deadlock, all goroutines are asleep"
			}
			return message
		}
		if strings.HasPrefix(line, "runtime/cgo: pthread_create failed") { // there is no room for a stack
			if memory > 0 {
				return memoryReason(memory)
			}
			return "out of threads"
		}
		if message, ok := strings.CutPrefix(line, "panic: "); ok {
			message = strings.TrimSuffix(message, " [recovered]")
			return "panic: " + message
		}
		if name, _, ok := strings.Cut(line, ": "); ok && strings.HasPrefix(name, "SIG") && !strings.ContainsRune(name, ' ') {
			if memory > 0 && runtimeFault.MatchString(fatal) {
				return memoryReason(memory)
			}
			return "killed by signal " + name
		}
		if strings.HasPrefix(line, "unexpected fault address ") || strings.HasPrefix(line, "[signal SIG") {
			return "memory fault: " + line
		}
	}
	return ""
}

// runningFunctions gives the handlers in flight, where they stand in the
// files, each once, sorted by name. The caller holds mu.
func (p *process) runningFunctions() []interp.Frame {
	var frames []interp.Frame
	for _, r := range p.pending {
		if r.kind != frameCall || slices.ContainsFunc(frames, func(f interp.Frame) bool { return f.Function == r.function }) {
			continue
		}
		frame := interp.Frame{Function: r.function}
		for _, u := range p.units {
			if u.Kind == interp.KindFunc && u.Name == r.function {
				frame.File, frame.Line = u.File, u.Line
			}
		}
		frames = append(frames, frame)
	}
	slices.SortFunc(frames, func(a, b interp.Frame) int { return strings.Compare(a.Function, b.Function) })
	return frames
}

// framePattern is the line the interpreter writes for each script function
// that a panic passes, innermost first.
var framePattern = regexp.MustCompile(`(?m)^(.+?\.go)(?:/v\d+\.go)?:(\d+):\d+: panic: (?:\w+\.)?(.+?)\(`)

// scriptFrames gives the script functions on the last panic's way.
func scriptFrames(tail string) []interp.Frame {
	var frames []interp.Frame
	for _, m := range framePattern.FindAllStringSubmatch(tail, -1) {
		line, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		frames = append(frames, interp.Frame{Function: m[3], File: m[1], Line: line})
	}
	return frames
}
