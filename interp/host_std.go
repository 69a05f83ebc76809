package interp

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"reflect"
)

// stdoutNow is where fmt.Print goes: the script's os.Stdout, whatever the
// script has made of it.
func (h *host) stdoutNow() io.Writer { return h.captured(h.osStdout, "stdout") }

// captured replaces the script's first standard files by writers that know
// which call writes. A nil file is one that the script cannot name. Other
// files are written to as they are, closed ones for the sake of their error.
func (h *host) captured(f *os.File, stream string) io.Writer {
	if f == nil && h.stdoutFile == nil {
		return streamWriter{&h.out, stream}
	}
	if f != h.stdoutFile && f != h.stderrFile {
		return f
	}
	if _, err := f.Write(nil); err != nil {
		return f
	}
	if f == h.stderrFile {
		stream = "stderr"
	}
	return streamWriter{&h.out, stream}
}

// writer does the same for a writer that a script passes to a function.
func (h *host) writer(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok && f != nil && h.stdoutFile != nil {
		return h.captured(f, "stdout")
	}
	return w
}

// stdinNow is what fmt.Scan reads: nothing, unless the script opens something.
func (h *host) stdinNow() io.Reader {
	if h.osStdin == nil {
		return eofReader{}
	}
	return h.osStdin
}

// eofReader is an empty standard input.
type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }

// fmtSymbols are the functions of package fmt that print to the script's own
// standard output, and all that print: they are given boxes as operands.
func (h *host) fmtSymbols() symbolMap {
	return symbolMap{
		"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(h.stdoutNow(), operands(a)...) }),
		"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(h.stdoutNow(), operands(a)...) }),
		"Printf": reflect.ValueOf(func(format string, a ...any) (int, error) {
			format, a = formatted(format, a)
			return fmt.Fprintf(h.stdoutNow(), format, a...)
		}),
		"Fprint":   reflect.ValueOf(func(w io.Writer, a ...any) (int, error) { return fmt.Fprint(h.writer(w), operands(a)...) }),
		"Fprintln": reflect.ValueOf(func(w io.Writer, a ...any) (int, error) { return fmt.Fprintln(h.writer(w), operands(a)...) }),
		"Fprintf": reflect.ValueOf(func(w io.Writer, format string, a ...any) (int, error) {
			format, a = formatted(format, a)
			return fmt.Fprintf(h.writer(w), format, a...)
		}),
		"Sprint":   reflect.ValueOf(func(a ...any) string { return fmt.Sprint(operands(a)...) }),
		"Sprintln": reflect.ValueOf(func(a ...any) string { return fmt.Sprintln(operands(a)...) }),
		"Sprintf": reflect.ValueOf(func(format string, a ...any) string {
			format, a = formatted(format, a)
			return fmt.Sprintf(format, a...)
		}),
		"Append":   reflect.ValueOf(func(b []byte, a ...any) []byte { return fmt.Append(b, operands(a)...) }),
		"Appendln": reflect.ValueOf(func(b []byte, a ...any) []byte { return fmt.Appendln(b, operands(a)...) }),
		"Appendf": reflect.ValueOf(func(b []byte, format string, a ...any) []byte {
			format, a = formatted(format, a)
			return fmt.Appendf(b, format, a...)
		}),
		"Errorf": reflect.ValueOf(func(format string, a ...any) error {
			format, a = formatted(format, a)
			return fmt.Errorf(format, a...)
		}),
		"Scan":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(h.stdinNow(), a...) }),
		"Scanf":  reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fscanf(h.stdinNow(), format, a...) }),
		"Scanln": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscanln(h.stdinNow(), a...) }),
	}
}

func (h *host) ioSymbols() symbolMap {
	return symbolMap{
		"WriteString": reflect.ValueOf(func(w io.Writer, s string) (int, error) { return io.WriteString(h.writer(w), s) }),
	}
}

func (h *host) osSymbols() symbolMap {
	return symbolMap{
		"Stdin":  reflect.ValueOf(&h.osStdin).Elem(),
		"Stdout": reflect.ValueOf(&h.osStdout).Elem(),
		"Stderr": reflect.ValueOf(&h.osStderr).Elem(),
		"Args":   reflect.ValueOf(&h.osArgs).Elem(),
		"Exit":   reflect.ValueOf(h.exitScript),
	}
}

// logSymbols makes package log speak of the host's logger. Loggers that the
// script makes are real ones, which fit http.Server.ErrorLog and the like;
// their Fatal ends the process.
func (h *host) logSymbols(syms symbolMap) symbolMap {
	out := forwarded(syms, reflect.TypeFor[*log.Logger](), func() reflect.Value { return reflect.ValueOf(h.logger) })
	out["Printf"] = reflect.ValueOf(func(format string, a ...any) { format, a = formatted(format, a); h.logger.Printf(format, a...) })
	out["Panicf"] = reflect.ValueOf(func(format string, a ...any) { format, a = formatted(format, a); h.logger.Panicf(format, a...) })
	out["Default"] = reflect.ValueOf(func() *log.Logger { return h.logger })
	out["SetOutput"] = reflect.ValueOf(func(w io.Writer) { h.logger.SetOutput(h.writer(w)) })
	out["New"] = reflect.ValueOf(func(w io.Writer, prefix string, flag int) *log.Logger { return log.New(h.writer(w), prefix, flag) })
	out["Fatal"] = reflect.ValueOf(func(a ...any) { h.logger.Print(operands(a)...); h.exitScript(1) })
	out["Fatalf"] = reflect.ValueOf(func(format string, a ...any) {
		format, a = formatted(format, a)
		h.logger.Printf(format, a...)
		h.exitScript(1)
	})
	out["Fatalln"] = reflect.ValueOf(func(a ...any) { h.logger.Println(operands(a)...); h.exitScript(1) })
	return out
}

// slogSymbols makes the top-level functions of log/slog use the host's default
// logger instead of the process's.
func (h *host) slogSymbols(syms symbolMap) symbolMap {
	out := forwarded(syms, reflect.TypeFor[*slog.Logger](), func() reflect.Value { return reflect.ValueOf(h.slogger.Load()) })
	out["Default"] = reflect.ValueOf(h.slogger.Load)
	out["SetDefault"] = reflect.ValueOf(h.setSlogDefault)
	out["NewTextHandler"] = reflect.ValueOf(func(w io.Writer, o *slog.HandlerOptions) *slog.TextHandler {
		return slog.NewTextHandler(h.writer(w), o)
	})
	out["NewJSONHandler"] = reflect.ValueOf(func(w io.Writer, o *slog.HandlerOptions) *slog.JSONHandler {
		return slog.NewJSONHandler(h.writer(w), o)
	})
	return out
}

// forwarded replaces every function of a package that is also a method, of the
// same type, of the package's default object by one that calls that method on
// the object of the moment.
func forwarded(syms symbolMap, t reflect.Type, object func() reflect.Value) symbolMap {
	out := symbolMap{}
	for i := range t.NumMethod() {
		m := t.Method(i)
		fn, ok := syms[m.Name]
		if !ok || fn.Kind() != reflect.Func || !sameSignature(fn.Type(), m.Type) {
			continue
		}
		out[m.Name] = reflect.MakeFunc(fn.Type(), func(args []reflect.Value) []reflect.Value {
			method := object().Method(i)
			if fn.Type().IsVariadic() {
				if last := len(args) - 1; args[last].Type() == reflect.TypeFor[[]any]() {
					args[last] = reflect.ValueOf(operands(args[last].Interface().([]any)))
				}
				return method.CallSlice(args)
			}
			return method.Call(args)
		})
	}
	return out
}

// sameSignature compares a function with a method that has its receiver first.
func sameSignature(fn, method reflect.Type) bool {
	if method.NumIn() != fn.NumIn()+1 || method.NumOut() != fn.NumOut() || method.IsVariadic() != fn.IsVariadic() {
		return false
	}
	for i := range fn.NumIn() {
		if fn.In(i) != method.In(i+1) {
			return false
		}
	}
	for i := range fn.NumOut() {
		if fn.Out(i) != method.Out(i) {
			return false
		}
	}
	return true
}
