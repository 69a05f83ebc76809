package interp

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// benchScript is a script of n functions, methods among them, that call one
// another; edit is a number in the body of one of them.
func benchScript(n, edit int) Source {
	src := Source{Name: "bench"}
	const perFile = 500
	var b strings.Builder
	for i := range n {
		if i%perFile == 0 {
			b.Reset()
			fmt.Fprintf(&b, "package bench\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\ntype T%d struct {\n\tA, B int\n\tName string\n}\n\nvar v%d = T%d{A: %d}\n", i, i, i, i)
		}
		k := 1
		if i == n/2 {
			k = edit
		}
		t := i - i%perFile
		head := fmt.Sprintf("func F%d(n int, s string) (int, string)", i)
		if i%10 == 9 {
			head = fmt.Sprintf("func (t *T%d) M%d(n int, s string) (int, string)", t, i)
		}
		fmt.Fprintf(&b, `
// F%d is number %d.
%s {
	total := n * %d
	for i := range 3 {
		if i%%2 == 0 {
			total += len(strings.Repeat(s, i))
		} else {
			total -= v%d.A
		}
	}
	if total > 1000 {
		s = fmt.Sprintf("%%s-%%d", s, total)
	}
	v%d.B = total
	return total, s
}
`, i, i, head, k, t, t)
		if i%perFile == perFile-1 || i == n-1 {
			src.Files = append(src.Files, File{fmt.Sprintf("f%03d.go", i/perFile), b.String()})
		}
	}
	return src
}

var benchSizes = []int{100, 1000, 10000}

// BenchmarkApply makes one function of a script live, with the parts of the
// time that its report tells, and the plan's, which it has in check.
func BenchmarkApply(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, out := Load(benchScript(n, 1), nil, Options{})
			if l == nil {
				b.Fatal(out.Report.Diagnostics)
			}
			defer l.Close()
			sources := []Source{benchScript(n, 2), benchScript(n, 3)}
			var total []time.Duration
			var parts Timing
			i := 0
			for b.Loop() {
				start := time.Now()
				out := l.Apply(sources[i%2], false)
				total = append(total, time.Since(start))
				if out.Report.Status != StatusLive || len(out.Report.Units) != 1 {
					b.Fatal(out.Report)
				}
				t := out.Report.Timing
				parts.Parse += t.Parse
				parts.Check += t.Check
				parts.Compile += t.Compile
				parts.Apply += t.Apply
				i++
			}
			each := func(us int64) float64 { return float64(us) / float64(i) }
			b.ReportMetric(each(parts.Parse), "parse-µs")
			b.ReportMetric(each(parts.Check), "check-µs")
			b.ReportMetric(each(parts.Compile), "compile-µs")
			b.ReportMetric(each(parts.Apply), "apply-µs")
			slices.Sort(total)
			b.ReportMetric(float64(total[len(total)/2].Microseconds()), "median-µs")
			b.ReportMetric(float64(total[len(total)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkPlan compares two programs that differ in one function.
func BenchmarkPlan(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			old, new := checked(b, benchScript(n, 1)), checked(b, benchScript(n, 2))
			versions := versionsAtLoad(old)
			for b.Loop() {
				if pl := makePlan(old, new, versions); len(pl.code) != 1 {
					b.Fatal(planText(pl))
				}
			}
		})
	}
}

// BenchmarkLoad loads a script and closes it.
func BenchmarkLoad(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			src := benchScript(n, 1)
			var parts Timing
			i := int64(0)
			for b.Loop() {
				l, out := Load(src, nil, Options{})
				if l == nil {
					b.Fatal(out.Report.Diagnostics)
				}
				l.Close()
				t := out.Report.Timing
				parts.Parse, parts.Check = parts.Parse+t.Parse, parts.Check+t.Check
				parts.Compile, parts.Apply = parts.Compile+t.Compile, parts.Apply+t.Apply
				i++
			}
			b.ReportMetric(float64(parts.Parse/i), "parse-µs")
			b.ReportMetric(float64(parts.Check/i), "check-µs")
			b.ReportMetric(float64(parts.Compile/i), "compile-µs")
			b.ReportMetric(float64(parts.Apply/i), "run-µs")
		})
	}
}

// callScript is what BenchmarkScriptCalls runs, in a live script and in a bare
// interpreter: each loop makes n calls.
const callScript = `
type T struct{ k int }

func (t *T) Add(n int) int { return n + t.k }

type adder interface{ Add(n int) int }

var t = &T{EDIT}

var iface adder = t

func add(n int) int { return n + EDIT }

func Plain(n int) int {
	r := 0
	for i := 0; i < n; i++ {
		r = add(r)
	}
	return r
}

func Method(n int) int {
	r := 0
	for i := 0; i < n; i++ {
		r = t.Add(r)
	}
	return r
}

func Iface(n int) int {
	r := 0
	for i := 0; i < n; i++ {
		r = iface.Add(r)
	}
	return r
}

func Convert(n int) int {
	var x any
	for i := 0; i < n; i++ {
		x = t
	}
	if x == nil {
		return 0
	}
	return n
}

func ConvertInt(n int) int {
	var x any
	for i := 0; i < n; i++ {
		x = i
	}
	if x == nil {
		return 0
	}
	return n
}

func Assert(n int) int {
	var x any = t
	r := 0
	for i := 0; i < n; i++ {
		r += x.(*T).k
	}
	return r
}

func Value(n int) int {
	r := 0
	f := add
	for i := 0; i < n; i++ {
		r = f(r)
	}
	return r
}
`

func callSource(edit string) string { return strings.ReplaceAll(callScript, "EDIT", edit) }

// BenchmarkScriptCalls has scripts call functions. Each result is the time of
// one call, and how many times that of the bare interpreter it is, measured in
// turns in the same run.
func BenchmarkScriptCalls(b *testing.B) {
	bare := yaegi.New(yaegi.Options{})
	if err := bare.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := bare.Eval("package main\n" + callSource("1")); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, loop string
		edit, to   string // what is patched before
	}{
		{"plain", "Plain", "", ""},
		{"method", "Method", "", ""},
		{"interface", "Iface", "", ""},
		{"value", "Value", "", ""},
		{"to an interface", "Convert", "", ""},
		{"int to an interface", "ConvertInt", "", ""},
		{"assertion", "Assert", "", ""},
		{"edited", "Plain", "return n + 1", "return 1 + n"},
		{"edited with its caller", "Plain", "func Plain(n int) int {\n\tr := 0\n", "func Plain(n int) int {\n\tr := 1 - 1\n"},
		{"edited method", "Method", "return n + t.k", "return t.k + n"},
		{"edited behind an interface", "Iface", "return n + t.k", "return t.k + n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			text := callSource("1")
			l, _ := loaded(b, text, Options{})
			if c.edit != "" {
				if !strings.Contains(text, c.edit) {
					b.Fatal("nothing to edit")
				}
				changed := strings.Replace(text, c.edit, c.to, 1)
				if out := l.Apply(oneFile(changed), false); out.Report.Status != StatusLive {
					b.Fatal(out.Report)
				}
				l.settleNow()
				if len(l.unsettled) > 0 {
					b.Fatal("not settled")
				}
			}
			v, err := bare.Eval("main." + c.loop)
			if err != nil {
				b.Fatal(err)
			}
			theirs := v.Interface().(func(int) int)
			fire(l, c.loop, time.Second) // so that the host has the function
			l.Call(context.Background(), CallRequest{Function: c.loop, Data: []byte("1")})
			ours, ok := l.handlers["func "+c.loop].Interface().(func(int) int)
			if !ok {
				b.Fatal("the host has no such function")
			}
			const calls = 2000
			best := func(f func(int) int) time.Duration {
				least := time.Hour
				for range 5 {
					start := time.Now()
					if f(calls) != calls {
						b.Fatal("wrong result")
					}
					least = min(least, time.Since(start))
				}
				return least
			}
			ourBest, theirBest := time.Hour, time.Hour
			for b.Loop() {
				ourBest, theirBest = min(ourBest, best(ours)), min(theirBest, best(theirs))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(ourBest.Nanoseconds())/calls, "ns/call")
			b.ReportMetric(float64(theirBest.Nanoseconds())/calls, "bare-ns/call")
			b.ReportMetric(float64(ourBest)/float64(theirBest), "times-bare")
		})
	}
}

// BenchmarkCall fires handlers as events do: data decoded, results described.
func BenchmarkCall(b *testing.B) {
	l, _ := loaded(b, `
type Opening struct {
	Door   string   `+"`json:\"door\"`"+`
	People int      `+"`json:\"people\"`"+`
	Tags   []string `+"`json:\"tags\"`"+`
}

var count int

func None() {}

func Map(m map[string]any) int { count++; return len(m) }

func Struct(o Opening) Opening { count += o.People; o.People = count; return o }
`, Options{})
	const data = `{"door":"front","people":3,"tags":["a","b"]}`
	for _, c := range []struct{ name, data string }{{"None", ""}, {"Map", data}, {"Struct", data}} {
		b.Run(strings.ToLower(c.name), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if call := l.Call(context.Background(), CallRequest{Function: c.name, Data: []byte(c.data), Timeout: 5 * time.Second}); call.Error != nil {
					b.Fatal(call.Error)
				}
			}
		})
	}
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkMemory tells what one patch leaves behind.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			l, out := Load(benchScript(n, 1), nil, Options{})
			if l == nil {
				b.Fatal(out.Report.Diagnostics)
			}
			defer l.Close()
			sources := []Source{benchScript(n, 2), benchScript(n, 3)}
			before, patches := heap(), 0
			for b.Loop() {
				l.Apply(sources[patches%2], false)
				patches++
			}
			b.ReportMetric(float64(heap()-before)/float64(patches)/1024, "KB/patch")
			b.ReportMetric(float64(before)/(1<<20), "MB-before")
		})
	}
}
