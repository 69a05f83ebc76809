package session

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

var saveCount = flag.Int("saves", 1000, "how many times BenchmarkSaveMemory saves its script")

// BenchmarkSaveMemory saves a script of 100 functions, with another body of one
// of them each time, and reports the memory of the child process, and the
// session's own heap, after the first hundred saves and after all.
func BenchmarkSaveMemory(b *testing.B) {
	const n = 100
	ctx := context.Background()
	dir := b.TempDir()
	save := func(version int) {
		text := bigScript(n, fmt.Sprintf("func Answer() int {\n\tcalls++\n\treturn %d\n}\n", version))
		if err := os.WriteFile(filepath.Join(dir, "big.go"), []byte(text), 0o644); err != nil {
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
	note := func(when string) {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "session-"+when+"-MB")
		b.ReportMetric(childMemory(), "child-"+when+"-MB")
	}
	for version := 1; version <= *saveCount; version++ {
		last := lastReport(b, s)
		save(version)
		waitReport(b, s, last)
		if e, err := s.Fire(ctx, FireRequest{Event: "Answer"}); err != nil || e.Calls[0].Returns[0].Text != fmt.Sprint(version) {
			b.Fatalf("version %d: %+v, %v", version, e, err)
		}
		if version == 100 {
			note("first")
		}
	}
	note("last")
	b.ReportMetric(0, "ns/op")
}

// childMemory is what the children of this process have in memory, in MB; 0
// where there is no /proc.
func childMemory() (mb float64) {
	list, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, name := range list {
		text, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(text), fmt.Sprintf("\nPPid:\t%d\n", os.Getpid())) {
			continue
		}
		if _, after, ok := strings.Cut(string(text), "\nVmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(after)[0], 64)
			mb += kb / 1e3
		}
	}
	return mb
}
