package interp

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkCarry changes a struct of which a script holds so many values: the
// whole save, and what of it is spent while calls wait.
func BenchmarkCarry(b *testing.B) {
	source := func(n int) Source {
		return Source{Name: "demo", Files: []File{{"a.go", fmt.Sprintf(`package demo

type Item struct {
	F%d  int
	Name string
	Next *Item
}

var items []*Item
var byName = map[string]*Item{}

func Fill(n int) {
	for i := range n {
		it := &Item{Name: string(rune('a' + i%%26))}
		if i > 0 {
			it.Next = items[i-1]
		}
		items = append(items, it)
		byName[it.Name] = it
	}
}
`, n%2)}}}
	}
	for _, values := range []int{0, 1000, 10000, 100000} {
		b.Run(fmt.Sprint(values), func(b *testing.B) {
			l, out := Load(source(0), nil, Options{})
			if l == nil {
				b.Fatal(out.Report.Diagnostics)
			}
			defer l.Close()
			if c := l.Call(context.Background(), CallRequest{Function: "Fill", Data: fmt.Append(nil, values)}); c.Error != nil {
				b.Fatal(c.Error.Message)
			}
			var apply int64
			n := 0
			for b.Loop() {
				n++
				out := l.Apply(source(n), false)
				if out.Report.Status != StatusLive || out.NeedsReload {
					b.Fatal(out.Report)
				}
				apply += out.Report.Timing.Apply
			}
			b.ReportMetric(float64(apply)/float64(n), "apply-µs")
		})
	}
}
