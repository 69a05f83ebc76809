package interp

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestRun plays the cases of testdata/run: load a script, fire, edit, fire. The
// comment of each archive is the list of steps; see (*runner).step for them.
func TestRun(t *testing.T) {
	files, err := filepath.Glob("testdata/run/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := &runner{t: t, archive: a}
			defer r.close()
			r.run()
		})
	}
}

// TestGaps plays the cases of testdata/gaps: programs that Go runs in another
// way. Those that are known are listed in the README and expected to fail; one that
// passes belongs in testdata/run.
func TestGaps(t *testing.T) {
	files, err := filepath.Glob("testdata/gaps/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		rec := &recorder{TB: t}
		r := &runner{t: rec, archive: a}
		done := make(chan struct{})
		go func() { // a fatal failure ends this goroutine only
			defer close(done)
			defer r.close()
			r.run()
		}()
		<-done
		if !rec.failed {
			t.Errorf("%s passes now: move it to testdata/run", file)
		}
	}
}

// recorder takes failures down instead of reporting them.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }
func (r *recorder) Fatalf(string, ...any) { r.FailNow() }
func (r *recorder) FailNow()              { r.failed = true; runtime.Goexit() }
func (r *recorder) Logf(string, ...any)   {}

type runner struct {
	t       testing.TB
	archive *txtar.Archive
	live    *Live
	where   string
	last    Call
	trial   Trial
	out     Outcome
	wanted  map[string]bool // unit lines seen for the last apply
}

func (r *runner) close() {
	if r.live != nil {
		r.live.Close()
	}
}

func (r *runner) errorf(format string, args ...any) {
	r.t.Helper()
	r.t.Errorf("%s: %s", r.where, fmt.Sprintf(format, args...))
}

func (r *runner) source(dir string) Source {
	src := Source{Name: "test"}
	prefix := dir + "/"
	deps := map[string]*SourcePackage{}
	for _, f := range r.archive.Files {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok {
			continue
		}
		// A file below a directory belongs to the imported package "mod/DIR".
		if d := filepath.Dir(name); d != "." {
			p := deps[d]
			if p == nil {
				p = &SourcePackage{Path: "mod/" + d}
				deps[d] = p
			}
			p.Files = append(p.Files, File{name, string(f.Data)})
			continue
		}
		src.Files = append(src.Files, File{name, string(f.Data)})
	}
	var dirs []string
	for d := range deps {
		dirs = append(dirs, d)
	}
	sort.Strings(dirs)
	for _, d := range dirs {
		src.Imports = append(src.Imports, *deps[d])
	}
	sort.Slice(src.Files, func(i, j int) bool { return src.Files[i].Name < src.Files[j].Name })
	if len(src.Files) == 0 {
		r.t.Fatalf("%s: no files in %s", r.where, dir)
	}
	return src
}

func (r *runner) run() {
	sc := bufio.NewScanner(strings.NewReader(string(r.archive.Comment)))
	n := 0
	for sc.Scan() {
		n++
		line := strings.TrimRight(sc.Text(), " \t")
		r.where = fmt.Sprintf("line %d", n)
		if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			r.expect(strings.TrimSpace(line))
			continue
		}
		r.finish()
		r.step(line)
	}
	r.finish()
}

func (r *runner) step(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch verb {
	case "load":
		r.close()
		r.live, r.out = Load(r.source(rest), nil, Options{Notice: func(n Notice) {
			if n.Text != "" {
				r.t.Logf("output: %q", n.Text)
			}
		}})
		if r.live == nil {
			for _, d := range r.out.Report.Diagnostics {
				r.errorf("load: %s", FormatDiagnostic(d))
			}
			r.t.FailNow()
		}
	case "fire":
		name, data, _ := strings.Cut(rest, " ")
		r.last = r.live.Call(context.Background(), CallRequest{Function: name, Data: []byte(data), Timeout: 5 * time.Second})
	case "try":
		name, data, _ := strings.Cut(rest, " ")
		r.trial = r.live.Try(context.Background(), []TrialRequest{{CallRequest: CallRequest{Function: name, Data: []byte(data), Timeout: 5 * time.Second}}})[0]
		r.last = r.trial.Call
		if !r.trial.OnCopy {
			r.errorf("not on a copy: %s", r.trial.Why)
		}
	case "eval":
		v, fail := r.live.Eval(context.Background(), rest)
		r.last = Call{Error: fail}
		if fail == nil && v.Text != "" {
			r.last.Returns = []Value{v}
		}
	case "apply":
		src := r.source(rest)
		r.out = r.live.Apply(src, false)
		r.wanted = map[string]bool{}
		if r.out.NeedsReload {
			fresh, out := Load(src, maps.Clone(r.live.listed.told), Options{})
			if fresh == nil {
				r.errorf("reload refused: %v", out.Report.Diagnostics)
				return
			}
			r.live.Close()
			r.live = fresh
		}
	case "state":
		name, want, _ := strings.Cut(rest, " ")
		for _, v := range r.live.State() {
			if v.Name == name {
				if v.Text != want {
					r.errorf("state %s is %s, want %s", name, v.Text, want)
				}
				return
			}
		}
		r.errorf("no variable %s", name)
	case "goroutines":
		// The script leaves a goroutine running while it is patched: the race
		// detector sees the flags, which are ordered by stopping the world.
		if raceEnabled {
			r.t.Skip("a goroutine of the script runs under the patch")
		}
	case "sleep":
		ms, _ := strconv.Atoi(rest)
		time.Sleep(time.Duration(ms) * time.Millisecond)
	default:
		r.t.Fatalf("%s: unknown step %q", r.where, verb)
	}
}

func (r *runner) expect(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	rep := r.out.Report
	switch verb {
	case "->":
		var texts []string
		for _, v := range r.last.Returns {
			texts = append(texts, v.Text)
		}
		if r.last.Error != nil {
			r.errorf("error %s: %s %v", r.last.Error.Kind, r.last.Error.Message, r.last.Error.Trace)
		} else if got := strings.Join(texts, ", "); got != rest {
			r.errorf("got %s, want %s", got, rest)
		}
	case "versions":
		var all []string
		for k, v := range r.last.Versions {
			all = append(all, fmt.Sprintf("%s %d", k, v))
		}
		sort.Strings(all)
		if got := strings.Join(all, ", "); got != rest {
			r.errorf("versions %s, want %s", got, rest)
		}
	case "touched":
		name, want, _ := strings.Cut(rest, " ")
		for _, v := range r.trial.Touched {
			if v.Name == name {
				if got := v.Before.Text + " => " + v.After.Text; got != want {
					r.errorf("touched %s: %s, want %s", name, got, want)
				}
				return
			}
		}
		r.errorf("%s was not touched: %v", name, r.trial.Touched)
	case "untouched":
		if len(r.trial.Touched) > 0 {
			r.errorf("touched: %v", r.trial.Touched)
		}
	case "no-note":
		if len(r.trial.Notes) > 0 {
			r.errorf("notes: %q", r.trial.Notes)
		}
	case "note":
		for _, s := range r.trial.Notes {
			if strings.Contains(s, rest) {
				return
			}
		}
		r.errorf("no note %q in %q", rest, r.trial.Notes)
	case "out":
		want, err := strconv.Unquote(rest)
		if err != nil {
			r.t.Fatalf("%s: %v", r.where, err)
		}
		if r.last.Output != want {
			r.errorf("output %q, want %q", r.last.Output, want)
		}
	case "error":
		kind, msg, _ := strings.Cut(rest, " ")
		if r.last.Error == nil {
			r.errorf("no error, want %s", rest)
		} else if r.last.Error.Kind != kind || !strings.Contains(r.last.Error.Message, strings.TrimSpace(msg)) {
			r.errorf("error %s: %s, want %s", r.last.Error.Kind, r.last.Error.Message, rest)
		}
	case "at":
		place, fn, _ := strings.Cut(rest, " ")
		if r.last.Error == nil {
			r.errorf("no error")
			return
		}
		for _, f := range r.last.Error.Trace {
			if fmt.Sprintf("%s:%d", f.File, f.Line) == place && f.Function == strings.TrimSpace(fn) {
				return
			}
		}
		r.errorf("no frame %s in %v", rest, r.last.Error.Trace)
	case "status":
		got := string(rep.Status)
		if r.out.NeedsReload {
			got = "reload"
		}
		for _, want := range strings.Split(rest, "|") {
			if got == want {
				return
			}
		}
		r.errorf("status %s, want %s; %v %v", got, rest, rep.Diagnostics, rep.Reasons)
	case "unit":
		r.wanted[rest] = true
	case "var":
		for _, v := range rep.Vars {
			if v.Name+" "+v.Effect == rest {
				return
			}
		}
		r.errorf("no var %q in %v", rest, rep.Vars)
	case "reason":
		for _, s := range rep.Reasons {
			if strings.Contains(s, rest) {
				return
			}
		}
		r.errorf("no reason %q in %q", rest, rep.Reasons)
	case "old":
		for _, o := range rep.Old {
			o.State = "" // on a busy machine it may be on its way there
			if o.String() == rest {
				return
			}
		}
		r.errorf("no old code %q in %q", rest, rep.Old)
	case "no-old":
		if len(rep.Old) > 0 {
			r.errorf("old code: %q", rep.Old)
		}
	case "diag":
		place, msg, _ := strings.Cut(rest, " ")
		for _, d := range rep.Diagnostics {
			if fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Column) == place && strings.Contains(d.Message, strings.TrimSpace(msg)) {
				return
			}
		}
		r.errorf("no diagnostic %q in %v", rest, rep.Diagnostics)
	default:
		r.t.Fatalf("%s: unknown expectation %q", r.where, verb)
	}
}

// finish compares the unit lines of the last apply with its report.
func (r *runner) finish() {
	if len(r.wanted) == 0 {
		return
	}
	got := map[string]bool{}
	for _, u := range r.out.Report.Units {
		got[fmt.Sprintf("%s %s %d->%d", u.Key, u.Change, u.From, u.To)] = true
	}
	for w := range r.wanted {
		if key, any := strings.CutSuffix(w, " *"); any {
			for g := range got {
				if strings.HasPrefix(g, key+" ") {
					delete(got, g)
					w = ""
				}
			}
			if w == "" {
				continue
			}
		}
		if !got[w] {
			r.errorf("no unit %q in the report", w)
		}
		delete(got, w)
	}
	for g := range got {
		r.errorf("unexpected unit %q in the report", g)
	}
	r.wanted = nil
}
