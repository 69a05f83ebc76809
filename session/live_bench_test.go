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

// A benchEdit is a kind of save: the files of a script of n functions as of a
// version, of which each differs from the one before in that way, and what an
// event Answer gives then.
type benchEdit struct {
	name  string
	sizes []int
	files func(n, version int) map[string]string
}

var benchEdits = []benchEdit{
	{"body", []int{10, 100, 1000, 10000}, func(n, v int) map[string]string {
		return map[string]string{"big.go": bigScript(n, fmt.Sprintf("func Answer() int {\n\tcalls++\n\treturn %d\n}\n", v))}
	}},
	{"signature with 10 callers", []int{100, 1000}, func(n, v int) map[string]string {
		var b strings.Builder
		fmt.Fprintf(&b, "func answer(%s) int { return %d }\n\nfunc Answer() int { return answer(%s) }\n", []string{"", "int"}[v%2], v, []string{"", "1"}[v%2])
		for i := range 9 {
			fmt.Fprintf(&b, "\nfunc ask%d() int { return answer(%s) }\n", i, []string{"", "1"}[v%2])
		}
		return map[string]string{"big.go": bigScript(n-11, b.String())}
	}},
	{"constant with 100 users", []int{200, 1000}, func(n, v int) map[string]string {
		var b strings.Builder
		fmt.Fprintf(&b, "const answer = %d\n\nfunc Answer() int { return answer }\n", v)
		for i := range 99 {
			fmt.Fprintf(&b, "\nfunc user%d() int { return answer + %d }\n", i, i)
		}
		return map[string]string{"big.go": bigScript(n-100, b.String())}
	}},
	{"struct with 10000 values", []int{100}, func(n, v int) map[string]string {
		return map[string]string{"big.go": bigScript(n, fmt.Sprintf("type item struct {\n\tn int\n\tf%d string\n}\n\nvar items = make([]item, 10000)\n\nfunc Answer() int { return len(items) - 10000 + %d }\n", v, v))}
	}},
	{"100 files", []int{1000}, func(n, v int) map[string]string {
		files := map[string]string{"answer.go": fmt.Sprintf("package big\n\nvar calls int\n\nfunc Answer() int { return %d + f0() - f0() }\n", v)}
		for i := range 99 {
			var b strings.Builder
			b.WriteString("package big\n")
			for j := range n / 100 {
				fmt.Fprintf(&b, "\nfunc f%d() int {\n\tcalls++\n\treturn %d\n}\n", i*(n/100)+j, v)
			}
			files[fmt.Sprintf("f%02d.go", i)] = b.String()
		}
		return files
	}},
}

// bigScript is the text of a script of n functions more than those in head.
func bigScript(n int, head string) string {
	var b strings.Builder
	b.WriteString("package big\n\nimport \"strings\"\n\nvar calls int\n\n" + head)
	for i := range n - 1 {
		fmt.Fprintf(&b, "\n// Work%d does a bit of everything.\nfunc Work%d(xs []int, name string) (int, string) {\n\tsum := 0\n"+
			"\tfor _, x := range xs {\n\t\tif x%%2 == 0 {\n\t\t\tsum += x * %d\n\t\t\tcontinue\n\t\t}\n\t\tsum -= x\n\t}\n"+
			"\treturn sum + Answer(), strings.ToUpper(name)\n}\n", i, i, i+1)
	}
	return b.String()
}

// BenchmarkSaveToLive is the whole real path: files are written, the watcher
// sees them, the session reads them, the child process checks, compiles and
// patches, and an event fired then runs the new code. Beside the median and the
// 99th percentile of the whole it reports the medians of the parts, in
// milliseconds.
func BenchmarkSaveToLive(b *testing.B) {
	for _, e := range benchEdits {
		for _, n := range e.sizes {
			b.Run(fmt.Sprintf("%s/%d", e.name, n), func(b *testing.B) { benchSaveToLive(b, n, e) })
		}
	}
}

func benchSaveToLive(b *testing.B, n int, edit benchEdit) {
	save := newSaves(b, n, edit)
	var whole, fire []float64
	parts := map[string][]float64{}
	for version := 1; b.Loop(); version++ {
		took, rep := save.next(version)
		whole, fire = append(whole, took.whole), append(fire, took.fire)
		for name, us := range map[string]int64{"detect": rep.Timing.Detect, "parse": rep.Timing.Parse, "check": rep.Timing.Check,
			"compile": rep.Timing.Compile, "apply": rep.Timing.Apply, "read": rep.Timing.Read, "look": rep.Timing.Look, "total": rep.Timing.Total} {
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

// saves is a session that watches a directory in which a script is edited.
type saves struct {
	b    *testing.B
	s    *Session
	dir  string
	n    int
	edit benchEdit
}

// saveTook is how long a save took, in milliseconds: until an event has run the
// new code, and what of that the last event took.
type saveTook struct{ whole, fire float64 }

func newSaves(b *testing.B, n int, edit benchEdit) *saves {
	v := &saves{b: b, dir: b.TempDir(), n: n, edit: edit}
	v.write(edit.files(n, 0))
	s, err := New(context.Background(), Config{Paths: []string{v.dir}, NewEngine: func(ctx context.Context, script string) (Engine, error) {
		return NewProcess(ctx, ProcessConfig{Script: script})
	}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	v.s = s
	waitReport(b, s, 0)
	return v
}

func (v *saves) write(files map[string]string) {
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(v.dir, name), []byte(text), 0o644); err != nil {
			v.b.Fatal(err)
		}
	}
}

// next saves a version and waits until an event runs it. Files that are saved
// one after the other may go live in several steps; the report is the last one.
func (v *saves) next(version int) (took saveTook, rep interp.Report) {
	files := v.edit.files(v.n, version)
	last := lastReport(v.b, v.s)
	start := time.Now()
	v.write(files)
	for gave := ""; gave != fmt.Sprint(version); {
		rep = waitReport(v.b, v.s, last)
		live := time.Now()
		e, err := v.s.Fire(context.Background(), FireRequest{Event: "Answer"})
		if err != nil || len(e.Calls) != 1 || e.Calls[0].Error != nil {
			v.b.Fatalf("version %d: %+v, %v", version, e, err)
		}
		gave, last = e.Calls[0].Returns[0].Text, rep.ID
		took.fire = time.Since(live).Seconds() * 1e3
	}
	took.whole = time.Since(start).Seconds() * 1e3
	return took, rep
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

// BenchmarkManyScripts is a session of 200 scripts of 50 functions, each in a
// process of its own, from its start until all of them are live.
func BenchmarkManyScripts(b *testing.B) {
	dir := b.TempDir()
	for i := range 200 {
		script := filepath.Join(dir, fmt.Sprintf("s%03d", i))
		if err := os.Mkdir(script, 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(script, "s.go"), []byte(bigScript(50, "func Answer() int { return 1 }\n")), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		start := time.Now()
		s, err := New(context.Background(), Config{Paths: []string{dir}, NewEngine: func(ctx context.Context, script string) (Engine, error) {
			return NewProcess(ctx, ProcessConfig{Script: script})
		}})
		if err != nil {
			b.Fatal(err)
		}
		live := 0
		for ; live < 200; time.Sleep(10 * time.Millisecond) { // a screen looks no more often
			live = 0
			for _, sc := range s.Scripts() {
				if sc.State == interp.StateLive {
					live++
				}
			}
		}
		b.ReportMetric(time.Since(start).Seconds(), "s/all-live")
		b.StopTimer()
		s.Close()
		b.StartTimer()
	}
}
