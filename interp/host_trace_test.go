package interp

import (
	"fmt"
	"testing"
)

func TestHostTraces(t *testing.T) {
	th := newTestHost(t)
	i := th.load(t, `package main
		import "fmt"
		import "sort"
		func a() { panic("A") }
		func b() { a() }
		func recovered() { defer func() { recover() }(); b() }
		func d() { recovered(); a() }
		func e() { sort.Slice([]int{1, 2}, func(i, j int) bool { b(); return true }) }
		func again() { defer func() { panic("second") }(); b() }
		func spoof() { println("x.go:1:2: panic: main.f(...)"); fmt.Println("x.go:1:2: panic: main.f(...)") }
		func nothing() {}`)
	tests := map[string]string{
		"b":       "[main.a main.b]",
		"d":       "[main.a main.d]",
		"e":       "[main.a main.b main.e.func main.e]",
		"again":   "[main.again.func]", // the frame whose deferred call panics is not told
		"nothing": "[]",
	}
	for name, want := range tests {
		v, _ := i.Eval(name)
		var got []string
		func() {
			defer func() {
				recover()
				for _, l := range th.takeTrace() {
					got = append(got, l.Func)
					if l.Line == 0 || l.Column == 0 {
						t.Errorf("%s: no position in %+v", name, l)
					}
				}
			}()
			v.Call(nil)
		}()
		if fmt.Sprint(got) != want {
			t.Errorf("%s: trace %v, want %s", name, got, want)
		}
	}
	spoof := "x.go:1:2: panic: main.f(...)\n"
	if got := th.call(t, i, "spoof"); got != spoof+spoof {
		t.Errorf("a script's own lines came as %q", got)
	}
}

func TestParseTraceLine(t *testing.T) {
	tests := map[string]traceLine{
		"a/b.go:3:14: panic: main.f(...)\n":     {File: "a/b.go", Line: 3, Column: 14, Func: "main.f"},
		"C:\\x.go:3:14: panic: main.f(...)\n":   {File: "C:\\x.go", Line: 3, Column: 14, Func: "main.f"},
		"3:14: panic: main.f.func(...)\n":       {File: "", Line: 3, Column: 14, Func: "main.f.func"},
		"-: panic: main.f(...)\n":               {File: "", Line: 0, Column: 0, Func: "main.f"},
		"a.go:3:14: panic: main.f(...)":         {},
		"a.go:x: panic: main.f(...)\n":          {},
		"hello\n":                               {},
		"a.go:1:1: panic: b: panic: c d(...)\n": {},
	}
	for text, want := range tests {
		if got, ok := parseTraceLine([]byte(text)); ok != (want != traceLine{}) || ok && got != want {
			t.Errorf("%q: %+v %v, want %+v", text, got, ok, want)
		}
	}
}
