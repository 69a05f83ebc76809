package diffview

import (
	"fmt"
	"strings"
	"testing"

	"hotloop/tui/theme"
)

// longText is Go of about n lines.
func longText(n int) string {
	var b strings.Builder
	for i := 0; i*8 < n; i++ {
		fmt.Fprintf(&b, "// Step%d does one step.\nfunc Step%d(e Event, n int) (string, error) {\n\tif e.Count > %d {\n\t\treturn \"\", fmt.Errorf(\"step %%d: %%w\", n, ErrLimit)\n\t}\n\ttotal += e.Count * %d\n\treturn fmt.Sprintf(\"%%d of %%d\", total, n), nil\n}\n", i, i, i, i)
	}
	return b.String()
}

func BenchmarkCompute(b *testing.B) {
	for _, lines := range []int{40, 400, 4000} {
		old := longText(lines)
		new := strings.Replace(old, "e.Count * 3\n", "e.Count * 33\n", 1)
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compute(old, new, 1, 1)
			}
		})
	}
}

// Two texts with nothing in common: the worst for the line diff and the pairs.
func BenchmarkComputeRewritten(b *testing.B) {
	old := longText(400)
	new := strings.NewReplacer("Step", "Stage", "e.Count", "ev.N", "return", "panic", "total", "sum").Replace(old)
	b.ReportAllocs()
	for b.Loop() {
		Compute(old, new, 1, 1)
	}
}

// One screen drawn from nothing, and from the rows kept.
func BenchmarkScreen(b *testing.B) {
	old := longText(4000)
	d := Compute(old, strings.ReplaceAll(old, "total", "sum"), 1, 1)
	for _, width := range []int{100, 160} {
		v := newView(theme.Dark, width, 45, []Block{{Diff: d}})
		v.ScrollBy(2000)
		b.Run(fmt.Sprintf("width=%d/drawn", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.redraw()
				v.View()
			}
		})
		b.Run(fmt.Sprintf("width=%d/kept", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.View()
			}
		})
	}
}

// A report's diff embedded at full height in something else: a view for once.
func BenchmarkSmallReport(b *testing.B) {
	blocks := sampleBlocks()
	st := theme.New(theme.Dark, true)
	b.ReportAllocs()
	for b.Loop() {
		var v View
		v.SetStyles(st)
		v.SetSize(100, 1)
		v.SetBlocks(blocks)
		_, _, n := v.Position()
		v.SetSize(100, n)
		v.View()
	}
}

func BenchmarkInk(b *testing.B) {
	st := theme.New(theme.Dark, true)
	for b.Loop() {
		newInk(st)
	}
}
