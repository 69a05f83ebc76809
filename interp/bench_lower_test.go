package interp

import (
	"testing"
	"time"
)

// BenchmarkLowering compares what lowering a whole program costs with what the
// interpreter takes to compile the outcome.
func BenchmarkLowering(b *testing.B) {
	for _, c := range corpusBench(b) {
		b.Run(c.name, func(b *testing.B) {
			src := Source{Name: "p", Files: []File{{"p.go", c.text}}}
			p, ds := check(src)
			if p == nil {
				b.Fatal(ds)
			}
			var lowering, compiling time.Duration
			for b.Loop() {
				l := newLive("p", Options{})
				if err := l.start(); err != nil {
					b.Fatal(err)
				}
				start := time.Now()
				e := newEmission(p, l.names, 1, l.i.FileSet())
				f, err := e.whole()
				if err != nil {
					b.Fatal(err)
				}
				lowering += time.Since(start)
				start = time.Now()
				if err := l.useAll(e); err != nil {
					b.Fatal(err)
				}
				if _, err := l.compile(e, f); err != nil {
					b.Fatal(err)
				}
				compiling += time.Since(start)
				l.Close()
			}
			b.ReportMetric(float64(lowering.Microseconds())/float64(b.N), "lower-µs/op")
			b.ReportMetric(float64(compiling.Microseconds())/float64(b.N), "compile-µs/op")
		})
	}
}

// corpusBench picks programs of the corpus of several kinds.
func corpusBench(b *testing.B) (out []corpusProgram) {
	for file, name := range map[string]string{"programs": "calculator", "generics_types": "recursion", "library_values": "slices_functions", "concurrency": "once_pool_cond"} {
		for _, p := range readCorpus(b, "testdata/corpus/"+file+".txtar").programs {
			if p.name == name {
				out = append(out, p)
			}
		}
	}
	return out
}
