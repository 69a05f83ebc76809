package session

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"hotloop/interp"
	"hotloop/watch"
)

// still is an engine that does nothing, at once: what is measured with it is
// the session.
type still struct {
	done    chan struct{}
	notices chan interp.Notice
	out     interp.Outcome
	change  interp.UnitChange
}

func (e *still) Load(context.Context, interp.Source, interp.Baseline) (interp.Outcome, error) {
	e.out.Report.Status = interp.StatusLive
	return e.out, nil
}

func (e *still) Apply(context.Context, interp.Source, bool) (interp.Outcome, error) {
	e.out.Report.Units = []interp.UnitChange{e.change}
	return e.out, nil
}

func (e *still) Call(_ context.Context, req interp.CallRequest) (interp.Call, error) {
	return interp.Call{Function: req.Function, Version: 1, DurationUs: 1}, nil
}

func (e *still) Eval(context.Context, string) (v interp.Value, fail *interp.CallError, err error) {
	return
}
func (e *still) State(context.Context) ([]interp.Var, error) { return nil, nil }
func (e *still) Set(context.Context, string, string) (before, after interp.Value, fail *interp.CallError, err error) {
	return
}
func (e *still) Stop(context.Context) (int, error) { return 0, nil }
func (e *still) Notices() <-chan interp.Notice     { return e.notices }
func (e *still) Done() <-chan struct{}             { return e.done }
func (e *still) Exit() Exit                        { return Exit{} }
func (e *still) Close() error {
	select {
	case <-e.done:
	default:
		close(e.done)
		close(e.notices)
	}
	return nil
}

// script of n functions, and an engine that has loaded it.
func benchScript(n int) (text string, e *still) {
	var s strings.Builder
	s.WriteString("package big\n")
	e = &still{done: make(chan struct{}), notices: make(chan interp.Notice)}
	e.out.Versions = make(interp.Baseline)
	var units []interp.Unit
	line := 1
	for i := range n {
		fmt.Fprintf(&s, "\n// F%d does something.\nfunc F%d(a, b int) int {\n\tif a > b {\n\t\treturn a * %d\n\t}\n\treturn b\n}\n", i, i, i)
		u := interp.Unit{Key: fmt.Sprintf("func F%d", i), Kind: interp.KindFunc, Name: fmt.Sprintf("F%d", i), File: "big.go", Line: line + 2, Version: 1}
		line += 8
		units = append(units, u)
		e.out.Versions[u.Key] = interp.UnitVersion{Fingerprint: u.Key, Version: 1}
	}
	e.out.Units = interp.AllUnits(units)
	u := units[n/2]
	old := fmt.Sprintf("func %s(a, b int) int {\n\tif a > b {\n\t\treturn a * %d\n\t}\n\treturn b\n}", u.Name, n/2)
	e.change = interp.UnitChange{Key: u.Key, Change: interp.ChangeChanged, From: 1, To: 2, File: u.File, Line: u.Line, OldLine: u.Line, OldText: old, NewText: strings.Replace(old, "*", "+", 1)}
	return s.String(), e
}

func benchSession(b *testing.B, n int) (*sitting, string, *still) {
	b.Helper()
	dir := b.TempDir()
	b.Chdir(dir)
	text, e := benchScript(n)
	st := &sitting{dir: dir, watch: &byHand{batches: make(chan watch.Batch, 1)}}
	files := st.watch
	cfg := Config{NewEngine: func(context.Context, string) (Engine, error) { return e, nil }}
	if err := os.WriteFile(dir+"/big.go", []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	s, err := newSession(b.Context(), cfg, func(watch.Config) (fileWatch, error) { return files, nil })
	if err != nil {
		b.Fatal(err)
	}
	st.Session = s
	b.Cleanup(func() { _ = s.Close() })
	return st, text, e
}

// BenchmarkSave measures what a session adds to a save, from the settled batch
// to the report in the log, without watcher and engine.
func BenchmarkSave(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			st, text, _ := benchSession(b, n)
			texts := [2][]byte{[]byte(strings.Replace(text, "a > b", "a < b", 1)), []byte(text)}
			i := 0
			for b.Loop() {
				now := time.Now()
				old := texts[(i+1)%2]
				c := watch.Change{Path: st.dir + "/big.go", Old: old, Text: texts[i%2]}
				if !ready([]watch.Change{c}) {
					b.Fatal("not ready")
				}
				st.watch.batches <- watch.Batch{Changes: []watch.Change{c}, First: now, Settled: now}
				// The load was the first report.
				for since := uint64(0); ; {
					if _, next := st.Log().Bounds(); int(next) > i+2 {
						break
					}
					since, _ = st.Changed(b.Context(), since)
				}
				i++
			}
		})
	}
}

// BenchmarkFire measures what a session adds to a call.
func BenchmarkFire(b *testing.B) {
	st, _, _ := benchSession(b, 100)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := st.Fire(b.Context(), FireRequest{Event: "F7", Script: "big", Data: []byte("[1,2]")}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScripts measures a look at a script that has just been called.
func BenchmarkScripts(b *testing.B) {
	st, _, _ := benchSession(b, 1000)
	for b.Loop() {
		_, _ = st.Fire(b.Context(), FireRequest{Event: "F7"})
		if len(st.Scripts()) != 1 {
			b.Fatal("no script")
		}
	}
}
