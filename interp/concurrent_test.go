package interp

import (
	"bufio"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestConcurrentCalls fires the handlers of all cases of testdata/run that have
// no variables of their own from several goroutines at once: each call gives
// what one alone gives. With the race detector it finds state that compiled
// code shares by mistake, the interpreter's own included.
func TestConcurrentCalls(t *testing.T) {
	files, _ := filepath.Glob("testdata/run/*.txtar")
	played := 0
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		r := &runner{t: t, archive: a}
		src := r.source("a")
		if p, ds := check(src); len(ds) > 0 || hasVariables(p) {
			continue
		}
		if strings.Contains(src.Files[0].Text, "os.Std") {
			continue // whose a direct write is cannot be told while several calls run
		}
		fires := firesOf(string(a.Comment))
		if len(fires) == 0 {
			continue
		}
		played++
		t.Run(name, func(t *testing.T) {
			l, out := Load(src, nil, Options{})
			if l == nil {
				t.Fatal(out.Report.Diagnostics)
			}
			defer l.Close()
			for _, req := range fires {
				want := outcomeText(l.Call(context.Background(), req))
				if strings.Contains(want, "0x") {
					continue // an address
				}
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() {
						for range 5 {
							if got := outcomeText(l.Call(context.Background(), req)); got != want {
								t.Errorf("%s: alone %s, beside others %s", req.Function, want, got)
							}
						}
					})
				}
				wg.Wait()
			}
		})
	}
	if played < 20 {
		t.Errorf("only %d cases could be played", played)
	}
}

func hasVariables(p *program) bool {
	for _, u := range p.units {
		if u.kind == KindVar && !u.hidden() {
			return true
		}
	}
	return false
}

// firesOf lists the different calls of a case.
func firesOf(steps string) []CallRequest {
	var out []CallRequest
	seen := map[string]bool{}
	sc := bufio.NewScanner(strings.NewReader(steps))
	for sc.Scan() {
		rest, ok := strings.CutPrefix(sc.Text(), "fire ")
		if !ok || seen[rest] {
			continue
		}
		seen[rest] = true
		name, data, _ := strings.Cut(rest, " ")
		out = append(out, CallRequest{Function: name, Data: []byte(data), Timeout: 20 * time.Second})
	}
	return out
}
