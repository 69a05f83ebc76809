package interp

import (
	"go/token"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// goroutine is one that runs functions of a script.
type goroutine struct {
	id     int64
	state  string      // what it does, for a person
	frames []codeFrame // innermost first
}

// codeFrame is a call of a function on a stack.
type codeFrame struct {
	provenance
	call string // tells calls apart, as long as they last
}

// provenance is what a frame, or a closure, was compiled from.
type provenance struct {
	function string         // emitted name; empty for initializers
	literal  token.Position // of the closure in it, if it is one; as compiled
}

// interpreted begins the line of a stack trace that shows a frame of the
// interpreter: its arguments are the node and the frame.
const interpreted = "github.com/traefik/yaegi/interp.runCfg("

// goroutines lists those that run functions of the script, by number. All are
// stopped for a moment. Very deep stacks are shown at both ends only.
func (l *Live) goroutines() []goroutine {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	var out []goroutine
	for block := range strings.SplitSeq(allStacks(), "\n\n") {
		head, rest, _ := strings.Cut(block, "\n")
		g, ok := goroutineHead(head)
		if !ok || !strings.Contains(rest, interpreted) {
			continue
		}
		for line := range strings.Lines(rest) {
			args, ok := strings.CutPrefix(line, interpreted)
			if !ok {
				continue
			}
			list := strings.SplitN(args, ", ", 3)
			// A question mark says that the value may be an old one.
			address, err := strconv.ParseUint(list[0], 0, 64)
			if err != nil || len(list) < 2 {
				continue
			}
			frame, _ := strconv.ParseUint(list[1], 0, 64)
			c, ok := l.codeAt(uintptr(address))
			if name := editionOf(uintptr(frame)); ok && name != "" {
				c = provenance{function: name} // the node is the entry's, whatever runs
			}
			if ok {
				g.frames = append(g.frames, codeFrame{c, list[1]})
			}
		}
		g.state = doing(g.state, rest)
		if len(g.frames) > 0 {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b goroutine) int { return int(a.id - b.id) })
	return out
}

// doing says what a goroutine does, from its state and stack. Scripts wait
// through functions of ours.
func doing(state, stack string) string {
	state, _, _ = strings.Cut(state, ",") // how long
	for _, of := range [][2]string{
		{"(*stopper).waitHeld(", "running"}, {"(*stopper).sleep(", "asleep"}, {"(*stopper).choose(", "waits for a channel"},
		{"(*stopper).waitCond(", "waits for a condition"}, {"(*stopper).lock(", "waits for a lock"}, {"(*stopper).waitFor(", "waits for a group"},
	} {
		if strings.Contains(stack, of[0]) {
			return of[1]
		}
	}
	switch state {
	case "running", "runnable":
		return "running"
	case "sleep":
		return "asleep"
	}
	return "waits: " + state
}

// allStacks is the stack trace of all goroutines, cut off at a bound.
func allStacks() string {
	for size := 256 << 10; ; size *= 4 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size || size >= maxStacks {
			return string(buf[:n])
		}
	}
}

// goroutineHead reads "goroutine 12 [select, 2 minutes]:".
func goroutineHead(head string) (g goroutine, ok bool) {
	rest, ok := strings.CutPrefix(head, "goroutine ")
	id, state, found := strings.Cut(rest, " [")
	n, err := strconv.ParseInt(id, 10, 64)
	state, _, _ = strings.Cut(state, "]")
	return goroutine{id: n, state: state}, ok && found && err == nil
}

// codeAt finds what the code at an address, taken from a stack, was compiled
// from. It is false when that cannot be told, or is not the script's own.
func (l *Live) codeAt(address uintptr) (c provenance, ok bool) {
	n, ok := mayBeNode(address, l.i)
	if !ok {
		return provenance{}, false
	}
	return l.codeOf(n)
}

// editionOf names what was compiled for the version that runs in a frame; empty
// for the frame of a closure.
//
//go:norace
func editionOf(frame uintptr) string {
	at, ok := frameAtAddress(frame)
	if !ok {
		return ""
	}
	v := *(**edition)(unsafe.Add(at, frameNote))
	if v == nil {
		return ""
	}
	return v.at.function
}

func (l *Live) codeOf(n node) (c provenance, ok bool) {
	name, literal := n.function()
	c.function = name
	if literal.IsValid() {
		c.literal = l.i.FileSet().Position(literal)
	}
	return c, name != "" || literal.IsValid()
}
