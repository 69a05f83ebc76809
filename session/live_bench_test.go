package session

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
)

// bigScript is a script of n functions. Version is what Answer gives.
func bigScript(n, version int) string {
	var b strings.Builder
	b.WriteString("package big\n\nimport \"strings\"\n\nvar calls int\n\n")
	fmt.Fprintf(&b, "func Answer() int {\n\tcalls++\n\treturn %d\n}\n", version)
	for i := range n - 1 {
		fmt.Fprintf(&b, "\n// Work%d does a bit of everything.\nfunc Work%d(xs []int, name string) (int, string) {\n\tsum := 0\n"+
			"\tfor _, x := range xs {\n\t\tif x%%2 == 0 {\n\t\t\tsum += x * %d\n\t\t\tcontinue\n\t\t}\n\t\tsum -= x\n\t}\n"+
			"\treturn sum + Answer(), strings.ToUpper(name)\n}\n", i, i, i+1)
	}
	return b.String()
}

// BenchmarkSaveToLive is the whole real path: a file is written, the watcher
// sees it, the session reads it, the child process checks, compiles and patches
// it, and an event fired then runs the new code. Beside the median and the 99th
// percentile of the whole it reports the medians of the parts, in milliseconds.
func BenchmarkSaveToLive(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchSaveToLive(b, n) })
	}
}

func benchSaveToLive(b *testing.B, n int) {
	ctx := context.Background()
	dir := b.TempDir()
	file := filepath.Join(dir, "big.go")
	save := func(version int) {
		if err := os.WriteFile(file, []byte(bigScript(n, version)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	save(0)
	s, err := New(ctx, Config{Paths: []string{dir}, NewEngine: func(ctx context.Context, script string) (Engine, error) {
		return NewProcess(ctx, ProcessConfig{Script: script})
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	waitReport(b, s, 0)

	var whole, fire []float64
	parts := map[string][]float64{}
	version := 0
	for b.Loop() {
		version++
		text := []byte(bigScript(n, version))
		last := lastReport(b, s)
		start := time.Now()
		if err := os.WriteFile(file, text, 0o644); err != nil {
			b.Fatal(err)
		}
		rep := waitReport(b, s, last)
		live := time.Now()
		e, err := s.Fire(ctx, FireRequest{Event: "Answer"})
		if err != nil || len(e.Calls) != 1 || e.Calls[0].Error != nil || e.Calls[0].Returns[0].Text != fmt.Sprint(version) {
			b.Fatalf("version %d: %+v, %v", version, e, err)
		}
		whole = append(whole, time.Since(start).Seconds()*1e3)
		fire = append(fire, time.Since(live).Seconds()*1e3)
		for name, us := range map[string]int64{"detect": rep.Timing.Detect, "parse": rep.Timing.Parse, "check": rep.Timing.Check,
			"compile": rep.Timing.Compile, "apply": rep.Timing.Apply, "total": rep.Timing.Total} {
			parts[name] = append(parts[name], float64(us)/1e3)
		}
	}
	b.ReportMetric(percentile(whole, 50), "ms/median")
	b.ReportMetric(percentile(whole, 99), "ms/p99")
	b.ReportMetric(percentile(fire, 50), "ms/fire")
	for name, values := range parts {
		b.ReportMetric(percentile(values, 50), "ms/"+name)
	}
}

func percentile(values []float64, p int) float64 {
	slices.Sort(values)
	return values[(len(values)-1)*p/100]
}

func lastReport(b *testing.B, s *Session) int {
	reports, err := s.Reports("", 0)
	if err != nil || len(reports) == 0 {
		b.Fatalf("no reports: %v", err)
	}
	return reports[len(reports)-1].ID
}

// waitReport waits for a report after the given one that went live.
func waitReport(b *testing.B, s *Session, after int) interp.Report {
	deadline, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for since := uint64(0); ; {
		reports, err := s.Reports("", after)
		if err != nil {
			b.Fatal(err)
		}
		if len(reports) > 0 {
			if r := reports[0]; r.Status != interp.StatusLive {
				b.Fatalf("report %+v", r)
			}
			return reports[0]
		}
		if since, err = s.Changed(deadline, since); err != nil {
			b.Fatal(err)
		}
	}
}
