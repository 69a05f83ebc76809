package interp

import (
	"reflect"
	"strings"
)

// runtimeError is what a script recovers where the interpreter met the misuse
// of a value in its own way: compiled code would have a runtime.Error.
type runtimeError string

func (e runtimeError) Error() string { return string(e) }

// RuntimeError makes it a runtime.Error.
func (runtimeError) RuntimeError() {}

// recovered gives what recover gives in compiled code for what was recovered
// from interpreted code.
func recovered(v any, f failure) any {
	switch x := v.(type) {
	case *reflect.ValueError:
		return runtimeError(nilPointer)
	case string:
		if text, ok := runtimeErrors[x]; ok {
			return runtimeError(f.said(text))
		}
		if rest, ok := strings.CutPrefix(x, "reflect: cannot convert slice with length "); ok {
			have, want := rest[:strings.IndexByte(rest+" ", ' ')], rest[strings.LastIndexByte(rest, ' ')+1:]
			return runtimeError("runtime error: cannot convert slice with length " + have + " to array or pointer to array with length " + want)
		}
	case error: // the interpreter's own begin with a place in its files
		if m := compilePosition.FindString(x.Error()); m != "" {
			return runtimeError(strings.TrimPrefix(x.Error(), m))
		}
	}
	return v
}

// said is the text of a runtime error, completed by what is known of the failure.
func (f failure) said(text string) string {
	if strings.HasPrefix(f.text, text) {
		return f.text
	}
	return text
}

// panicTrace is what is known of where a panic came from.
type panicTrace struct {
	lines []traceLine
	place place
	said  bool
}

// takePanicTrace gives the trace of the panic that was recovered last on the
// calling goroutine, so that it outlives the panics of deferred calls.
func (l *Live) takePanicTrace() any {
	t := &panicTrace{lines: l.host.takeTrace()}
	t.place, t.said = l.stop.takePlace()
	return t
}

// putPanicTrace is for a panic that goes on after the deferred calls.
func (l *Live) putPanicTrace(v any) {
	if t, ok := v.(*panicTrace); ok {
		l.host.putTrace(t.lines)
		if t.said {
			l.stop.putPlace(t.place)
		}
	}
}
