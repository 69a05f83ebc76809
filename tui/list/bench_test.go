package list

import (
	"fmt"
	"testing"
)

// One frame while records pour in: the size of the log must not show.
func BenchmarkLogFrame(b *testing.B) {
	for _, n := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			src := newStream(n, 3)
			l := NewLog(src)
			l.SetSize(120, 40)
			b.ReportAllocs()
			for b.Loop() {
				src.next += 10
				l.View()
			}
		})
	}
}

func BenchmarkLogFrameUnchanged(b *testing.B) {
	l := NewLog(newStream(100_000, 3))
	l.SetSize(120, 40)
	b.ReportAllocs()
	for b.Loop() {
		l.View()
	}
}
