package interp

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

var patchCount = flag.Int("patches", 1000, "how many times BenchmarkPatchMemory patches its script")

// liveHeap is the memory that is reachable: what two collections leave, for
// what the first one finalises is gone only after the second.
func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkPatchMemory patches a script of 100 functions, another one of them
// each time, and reports the heap after the first hundred patches and after all,
// with how many times the first that is, and the growth of one patch.
func BenchmarkPatchMemory(b *testing.B) {
	const n = 100
	l, out := Load(benchFunctions(n, 0), nil, Options{})
	if l == nil {
		b.Fatal(out.Report.Diagnostics)
	}
	defer l.Close()
	b.ReportMetric(float64(liveHeap()), "load-B")
	var first int64
	for i := 1; i <= *patchCount; i++ {
		if out := l.Apply(benchFunctions(n, i), false); out.Report.Status != StatusLive || len(out.Report.Units) != 1 {
			b.Fatal(out.Report)
		}
		if i == 100 {
			first = liveHeap()
		}
	}
	last := liveHeap()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(first), "first-B")
	b.ReportMetric(float64(last), "last-B")
	b.ReportMetric(float64(last)/float64(first), "times-first")
	b.ReportMetric(float64(last-first)/float64(*patchCount-100), "B/patch")
}

// benchFunctions is a script of n functions in a ring, each of which calls the
// next, as it is after so many edits: each edit was one of the next function.
func benchFunctions(n, edits int) Source {
	var b strings.Builder
	b.WriteString("package bench\n\nimport \"fmt\"\n\nvar total int\n\nvar later []func() int\n")
	for i := range n {
		fmt.Fprintf(&b, `
// F%[1]d is number %[1]d.
func F%[1]d(n int, s string) (int, string) {
	sum := n * %[2]d
	for j := range 3 {
		if j%%2 == 0 {
			sum += len(s)
		}
	}
	total += sum
	if n > 0 {
		return F%[3]d(n-1, s)
	}
	return sum, fmt.Sprintf("%%s-%%d", s, sum)
}
`, i, (edits+n-1-i)/n, (i+1)%n)
	}
	return Source{Name: "bench", Files: []File{{"bench.go", b.String()}}}
}
