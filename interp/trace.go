package interp

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"hotloop/interp/lower"
)

// panicError describes a panic that came up to the host on this goroutine.
func (l *Live) panicError(v any, lines []traceLine) *CallError {
	e := &CallError{Kind: ErrPanic, Message: bounded(formatPanic(v))}
	at, said := l.stop.takePlace()
	if rv, ok := v.(reflect.Value); ok && rv.CanInterface() { // how scripts panic
		v = rv.Interface()
	}
	switch v.(type) {
	case runtime.Error, *reflect.ValueError:
		said = said && at.function == "" // what was said belongs to an earlier panic
	}
	e.Trace = l.frames(lines, e.Message)
	switch {
	case said && len(e.Trace) == 0:
		e.Trace = []Frame{l.frameAt(at)}
	case said && at.function != "":
		if f := l.frameAt(at); strings.HasPrefix(e.Trace[0].Function, f.Function) {
			e.Trace[0].Line = f.Line
		}
	}
	return e
}

// frames turns what the interpreter said while a panic went up into frames of
// the script's own functions, at lines of the files as they are now. Frames of
// code that no person wrote, such as method wrappers, are left out. A call that
// was in flight during a patch shows as one of the newest version.
func (l *Live) frames(lines []traceLine, message string) []Frame {
	var out []Frame
	callee := ""
	for _, t := range lines {
		file, gen, ok := sourceFile(t.File)
		if !ok {
			continue
		}
		name := t.Func
		if i := strings.IndexByte(name, '.'); i >= 0 {
			name = name[i+1:] // the package clause of the emitted file
		}
		emitted, closure, _ := strings.Cut(name, ".")
		s, known := l.symbol(emitted)
		if !known {
			f := Frame{Function: plainName(emitted), File: file, Line: t.Line}
			if s, ok := l.initializer(file, gen, t.Line); ok { // a closure in it
				f.File, f.Line = lineNow(s, t.Line, l.program())
			}
			out = append(out, f)
			continue
		}
		at, inClosure := panicLine(s, t, closure != "", callee, message)
		f := Frame{Function: s.display}
		f.File, f.Line = lineNow(s, at, l.program())
		callee = s.display
		if inClosure {
			f.Function += ".func"
			callee = anyFunc
		}
		out = append(out, f)
	}
	return out
}

func (l *Live) symbol(name string) (symbol, bool) {
	l.tables.Lock()
	defer l.tables.Unlock()
	s, ok := l.symbols[name]
	return s, ok
}

// initializer finds the variable whose initializer, as compiled in a generation,
// has a line in it.
func (l *Live) initializer(file string, gen, line int) (symbol, bool) {
	l.tables.Lock()
	defer l.tables.Unlock()
	prefix := fmt.Sprintf("init %d ", gen)
	for name, s := range l.symbols {
		if strings.HasPrefix(name, prefix) && s.file == file && s.line <= line && line <= s.line+strings.Count(s.text, "\n") {
			return s, true
		}
	}
	return symbol{}, false
}

// program is the live program for readers that do not hold mu.
func (l *Live) program() *program {
	l.tables.Lock()
	defer l.tables.Unlock()
	return l.current
}

// plainName drops what emitting added to a name.
func plainName(s string) string {
	if i := strings.Index(s, lower.Reserved); i > 0 {
		return s[:i]
	}
	return s
}

// frameAt describes a place that code said it was at.
func (l *Live) frameAt(at place) Frame {
	s, ok := l.symbol(at.function)
	if !ok {
		return Frame{Function: plainName(at.function), File: at.file, Line: at.line}
	}
	f := Frame{Function: s.display}
	f.File, f.Line = lineNow(s, at.line, l.program())
	return f
}

// messageLimit bounds what an error or a panic may say, in bytes.
const messageLimit = 64 << 10

// bounded cuts a message that is too long, and says how long it was.
func bounded(s string) string {
	if len(s) <= messageLimit {
		return s
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(s[:messageLimit], ""), len(s))
}
