package watch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkSave measures from before a save begins until its batch is
// received, for one file in a directory of many.
//
//	median-µs, p99-µs   of the whole
//	event-µs            median from the begin of the save to the first event
//	settle-µs           median from the first event to the batch being whole
func BenchmarkSave(b *testing.B) {
	ways := []struct {
		name string
		save func(path string, text []byte) error
	}{
		{"inplace", func(path string, text []byte) error { return os.WriteFile(path, text, 0o644) }},
		{"rename", func(path string, text []byte) error {
			if err := os.WriteFile(path+".tmp", text, 0o644); err != nil {
				return err
			}
			return os.Rename(path+".tmp", path)
		}},
		{"backup", func(path string, text []byte) error {
			if err := os.Rename(path, path+"~"); err != nil {
				return err
			}
			return os.WriteFile(path, text, 0o644)
		}},
	}
	for _, way := range ways {
		for _, files := range []int{1, 1000} {
			b.Run(fmt.Sprintf("%s/files=%d", way.name, files), func(b *testing.B) {
				benchmarkSave(b, files, way.save)
			})
		}
	}
}

func benchmarkSave(b *testing.B, files int, save func(string, []byte) error) {
	dir := b.TempDir()
	for i := range files {
		name := filepath.Join(dir, fmt.Sprintf("f%d.go", i))
		if err := os.WriteFile(name, []byte("package p\n"), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	w, err := New(Config{Roots: []string{dir}, Ready: parses})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	path := filepath.Join(dir, "f0.go")
	var whole, event, settle []time.Duration
	for i := 0; b.Loop(); i++ {
		// Saves are the doing of people: the process has gone idle in between.
		time.Sleep(3 * time.Millisecond)
		text := fmt.Appendf(nil, "package p\n\nfunc F() int { return %d }\n", i)
		start := time.Now()
		if err := save(path, text); err != nil {
			b.Fatal(err)
		}
		batch := <-w.Batches()
		whole = append(whole, time.Since(start))
		event = append(event, batch.First.Sub(start))
		settle = append(settle, batch.Settled.Sub(batch.First))
		if len(batch.Changes) != 1 || string(batch.Changes[0].Text) != string(text) {
			b.Fatalf("batch is %v", batch.Changes)
		}
	}
	at := func(d []time.Duration, part float64) float64 {
		slices.Sort(d)
		return float64(d[int(float64(len(d)-1)*part)].Nanoseconds()) / 1000
	}
	b.ReportMetric(0, "ns/op") // the pause between saves would be in it
	b.ReportMetric(at(whole, 0.50), "median-µs")
	b.ReportMetric(at(whole, 0.99), "p99-µs")
	b.ReportMetric(at(event, 0.50), "event-µs")
	b.ReportMetric(at(settle, 0.50), "settle-µs")
}

// BenchmarkCopy measures in how many batches files arrive that another process
// writes one after another, with no lock to tell of it.
func BenchmarkCopy(b *testing.B) {
	const files = 100
	dir := b.TempDir()
	for n := range 2 {
		from := filepath.Join(dir, fmt.Sprint("from", n))
		if err := os.Mkdir(from, 0o755); err != nil {
			b.Fatal(err)
		}
		for i := range files {
			name := filepath.Join(from, fmt.Sprintf("f%d.go", i))
			if err := os.WriteFile(name, fmt.Appendf(nil, "package p // %d\n", n), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	to := filepath.Join(dir, "to")
	if err := os.Mkdir(to, 0o755); err != nil {
		b.Fatal(err)
	}
	w, err := New(Config{Roots: []string{to}, Ready: parses})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	batches, n := 0, 0
	for ; b.Loop(); n++ {
		cp := exec.Command("cp", "-r", filepath.Join(dir, fmt.Sprint("from", n%2))+"/.", to)
		if out, err := cp.CombinedOutput(); err != nil {
			b.Skipf("cp: %v: %s", err, out)
		}
		for got := 0; got < files; batches++ {
			got += len((<-w.Batches()).Changes)
		}
		time.Sleep(60 * time.Millisecond) // past the time in which a batch counts as followed up
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(batches)/float64(n), "batches/op")
}
