package interp

import (
	"fmt"
	"io"
	"reflect"
	"testing"
)

// Errors of a script's own types must do through compiled code what they do
// in compiled Go.
func TestHostErrors(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import ("errors"; "fmt"; "io"; "log"; "hotrt")
		type plain struct{ Code int }
		func (e *plain) Error() string { return fmt.Sprint("plain ", e.Code) }
		type byValue struct{ N int; Name string }
		func (e byValue) As(target any) bool { p, ok := target.(*hotrt.Self); if ok { p.Value = e }; return ok }
		func (e byValue) Error() string { return "value " + e.Name }
		type wrapping struct{ Op string; Err error }
		func (e *wrapping) Error() string { return e.Op + ": " + e.Err.Error() }
		func (e *wrapping) Unwrap() error { return e.Err }
		type many struct{ Errs []error }
		func (e *many) Error() string { return "many" }
		func (e *many) Unwrap() []error { return e.Errs }
		type matching struct{ N int; X string }
		func (e *matching) Error() string { return "matching" }
		func (e *matching) Is(target error) bool { return target == io.EOF }
		var sentinel error = &plain{1}

		func print() { log.SetFlags(0); fmt.Println(&plain{2}, byValue{1, "v"}); fmt.Printf("%v %s\n", &plain{3}, sentinel); log.Print(&plain{4}) }
		func wrapped() { err := fmt.Errorf("ctx: %w", &plain{5}); fmt.Println(err, errors.Unwrap(err) != nil) }
		func is() {
			err := fmt.Errorf("ctx: %w", sentinel)
			var other error = &plain{1}
			a, b, c := byValue{1, "a"}, byValue{1, "a"}, byValue{2, "a"}
			var v1, v2, v3 error = a, b, c
			var w error = &wrapping{"op", io.EOF}
			var m error = &many{[]error{io.ErrUnexpectedEOF, sentinel}}
			var x error = &matching{}
			fmt.Println(errors.Is(err, sentinel), errors.Is(err, other), errors.Is(v1, v2), errors.Is(v1, v3), errors.Is(w, io.EOF), errors.Is(w, io.ErrClosedPipe),
				errors.Is(m, sentinel), errors.Is(m, io.EOF), errors.Is(x, io.EOF), errors.Is(nil, sentinel))
		}
		func as() {
			var p *plain
			var v byValue
			var w *wrapping
			err := fmt.Errorf("ctx: %w", &wrapping{"op", sentinel})
			fmt.Println(errors.As(err, &p), p.Code, errors.As(err, &v), errors.As(err, &w), w.Op)
			fmt.Println(errors.As(fmt.Errorf("%w", byValue{4, "z"}), &v), v.N, v.Name)
		}
		func through() { _, err := io.ReadAll(reader{}); var p *plain; fmt.Println(errors.As(err, &p), errors.Is(err, sentinel)) }
		type reader struct{ n int }
		func (reader) Read([]byte) (int, error) { return 0, sentinel }
		func asserted() { var e error = &wrapping{"a", io.EOF}; w, ok := e.(*wrapping); fmt.Println(ok, w.Op) }
	`)
	for name, want := range map[string]string{
		"print":    "plain 2 value v\nplain 3 plain 1\nplain 4\n",
		"wrapped":  "ctx: plain 5 true\n",
		"is":       "true false true false true false true false true false\n",
		"as":       "true 1 false true op\ntrue 4 z\n",
		"through":  "true true\n",
		"asserted": "true a\n",
	} {
		if got := th.call(t, i, name); got != want {
			t.Errorf("%s:\n have %q\n want %q", name, got, want)
		}
	}
}

// What the interpreter itself cannot do with errors in an interface.
func TestErrorAssertionsAndEquality(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import "hotrt"
		type pointer struct{ Code int }
		func (e *pointer) Error() string { return "p" }
		type value struct{ N int; Name string }
		func (e value) Error() string { return e.Name }
		func (e value) As(target any) bool { p, ok := target.(*hotrt.Self); if ok { p.Value = e }; return ok }
		type number int
		func (n number) Error() string { return "n" }
		var P, V, N error
		func init() { V0 := value{1, "v"}; P = &pointer{1}; V = V0; N = number(3) }
		var IntoP *pointer
		var IntoV value
		var IntoN number`)
	get := func(name string) reflect.Value { return i.Symbols("main")["main"][name] }
	for _, name := range []string{"P", "V", "N"} {
		err := get(name).Interface().(error)
		for _, into := range []string{"P", "V", "N"} {
			if got := holdsError(err, get("Into"+into).Addr().Interface()); got != (into == name) {
				t.Errorf("%s held by a variable for %s: %v", name, into, got)
			}
			if got := equalErrors(err, get(into).Interface().(error)); got != (into == name) {
				t.Errorf("%s equal to %s: %v", name, into, got)
			}
		}
	}
	if got := fmt.Sprint(get("IntoV").Interface(), get("IntoN").Interface()); got != "{1 v} 3" {
		t.Errorf("assigned %s", got)
	}
	if !equalErrors(nil, nil) || equalErrors(nil, io.EOF) || !equalErrors(io.EOF, io.EOF) || holdsError(nil, new(error)) {
		t.Error("nil and compiled errors")
	}
}

// The interpreter must find the wrappers under its own, or errors silently
// lose their methods again.
func TestErrorWrappersAreKnown(t *testing.T) {
	if plainErrorWrapper() == nil {
		t.Fatal("the interpreter's wrapper of errors was not found")
	}
	for _, w := range errorWrappers {
		if !isWrapper(w) || !w.Implements(reflectError) {
			t.Errorf("%v is no wrapper of errors", w)
		}
	}
}
