package session

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"
)

// BenchmarkAgainst measures in turns, in one run, how long it takes from a
// changed function to the first result of it: in a session, by evaluating the
// whole script in a fresh interpreter, and by building and starting it as a
// program of its own. It reports medians in milliseconds, and how many times as
// long as the session the others take.
func BenchmarkAgainst(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			body := benchEdits[0]
			save := newSaves(b, n, body)
			program := newGoProgram(b)
			var session, again, build []float64
			for version := 1; b.Loop(); version++ {
				text := body.files(n, version)["big.go"]
				took, _ := save.next(version)
				session = append(session, took.whole)
				again = append(again, evaluated(b, text, version))
				build = append(build, program.built(b, text, version))
			}
			ours := percentile(session, 50)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(ours, "session-ms")
			b.ReportMetric(percentile(again, 50), "evaluate-ms")
			b.ReportMetric(percentile(build, 50), "build-ms")
			b.ReportMetric(percentile(again, 50)/ours, "evaluate/session")
			b.ReportMetric(percentile(build, 50)/ours, "build/session")
		})
	}
}

// evaluated evaluates a script in a fresh interpreter and calls its Answer. It
// gives milliseconds.
func evaluated(b *testing.B, text string, want int) float64 {
	start := time.Now()
	i := yaegi.New(yaegi.Options{})
	if err := i.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := i.Eval(text); err != nil {
		b.Fatal(err)
	}
	v, err := i.Eval("big.Answer()")
	if err != nil || v.Interface() != want {
		b.Fatal(v, err)
	}
	return time.Since(start).Seconds() * 1e3
}

// goProgram is a directory with a module in which a script is built.
type goProgram struct{ dir string }

func newGoProgram(b *testing.B) goProgram {
	p := goProgram{b.TempDir()}
	if err := os.WriteFile(filepath.Join(p.dir, "go.mod"), []byte("module big\n\ngo 1.26\n"), 0o666); err != nil {
		b.Fatal(err)
	}
	main := "package main\n\nfunc main() { println(Answer()) }\n"
	if err := os.WriteFile(filepath.Join(p.dir, "main.go"), []byte(main), 0o666); err != nil {
		b.Fatal(err)
	}
	p.built(b, "package main\n\nfunc Answer() int { return 1 }\n", 1) // the standard library
	return p
}

// built builds and runs a script. It gives milliseconds.
func (p goProgram) built(b *testing.B, text string, want int) float64 {
	text = strings.Replace(text, "package big", "package main", 1)
	start := time.Now()
	if err := os.WriteFile(filepath.Join(p.dir, "big.go"), []byte(text), 0o666); err != nil {
		b.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", "big", ".")
	build.Dir = p.dir
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	out, err := exec.Command(filepath.Join(p.dir, "big")).CombinedOutput()
	if got := strings.TrimSpace(string(out)); err != nil || got != fmt.Sprint(want) {
		b.Fatal(got, err)
	}
	return time.Since(start).Seconds() * 1e3
}
