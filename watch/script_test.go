package watch

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the file operations of testdata/script against a real file
// system: with the system's notification, with notification where nobody knows
// whether a file is still open for writing, and polling. All must give the same
// batches. The commands beside testscript's own:
//
//	watch [flags] [root...]     start watching (default root: p); flags are those of Config
//	batch change...             the next batch holds exactly these changes
//	reach change...             batches bring these changes, in however many
//	quiet                       no batch comes
//	notice path text            a notice of path contains text
//	hold file / let file        truncate file and keep it open for writing / write the rest, close
//	put file text               truncate file, write text (\n for line ends), close
//	append file text            the same at its end
//	add root                    add a root
//	rescan change...            a rescan gives exactly these changes
//
// A change is path=file (path has the content of file), path=: (path is empty),
// or -path (removed). A slow machine makes these tests slow, not red: they wait for
// up to a minute, and HoldFor and Grace are that long wherever they must not run
// out.
func TestScripts(t *testing.T) {
	for _, mode := range []string{"events", "unknown", "poll"} {
		t.Run(mode, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir: "testdata/script",
				Setup: func(env *testscript.Env) error {
					env.Setenv("mode", mode)
					env.Setenv("HOME", env.WorkDir)
					env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
					env.Values[stageKey{}] = &stage{open: map[string]*os.File{}}
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"watch":  cmdWatch,
					"batch":  cmdBatch,
					"reach":  cmdReach,
					"quiet":  cmdQuiet,
					"notice": cmdNotice,
					"hold":   cmdHold,
					"let":    cmdLet,
					"put":    cmdPut,
					"append": cmdAppend,
					"add":    cmdAdd,
					"rescan": cmdRescan,
				},
				Condition: func(cond string) (bool, error) {
					switch cond {
					case "writers": // are known
						f, err := os.CreateTemp(t.TempDir(), "")
						if err != nil {
							return false, err
						}
						defer f.Close()
						return mode != "unknown" && writerOf(f) == writerPresent, nil
					case "root":
						return os.Geteuid() == 0, nil
					}
					return false, fmt.Errorf("unknown condition %q", cond)
				},
			})
		})
	}
}

// stage is what a script has going.
type stage struct {
	w       *Watcher
	model   map[string]string // what a reader of the batches knows
	notices []Notice
	open    map[string]*os.File
}

type stageKey struct{}

// patience bounds every wait; only a test that fails takes it.
const patience = 60 * time.Second

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

func cmdWatch(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	cfg := Config{}
	parse := flags.Bool("parse", false, "content is ready when it parses")
	flags.DurationVar(&cfg.HoldFor, "hold", time.Minute, "HoldFor")
	flags.DurationVar(&cfg.Grace, "grace", time.Minute, "Grace")
	flags.DurationVar(&cfg.Settle, "settle", 0, "Settle")
	ts.Check(flags.Parse(args))
	roots := flags.Args()
	if len(roots) == 0 {
		roots = []string{"p"}
	}
	for _, r := range roots {
		cfg.Roots = append(cfg.Roots, ts.MkAbs(r))
	}
	if *parse {
		cfg.Ready = parses
	}
	if ts.Getenv("mode") == "poll" {
		cfg.Poll = 5 * time.Millisecond
	}
	sys := system{notify: newNotifier, look: look, pause: pause}
	if ts.Getenv("mode") == "unknown" {
		sys.look = func(path string) sight {
			s := look(path)
			s.writer = writerUnknown
			return s
		}
	}
	w, err := start(cfg, sys)
	if neg {
		if err == nil {
			w.Close()
			ts.Fatalf("watch succeeded")
		}
		ts.Logf("%v", err)
		return
	}
	ts.Check(err)
	ts.Defer(func() {
		if err := w.Close(); err != nil {
			panic(err) // the script is over, so there is no other way to fail
		}
	})
	st.w, st.model = w, map[string]string{}
	st.apply(ts, Batch{Changes: w.Initial()})
}

// parses reports whether all changes parse.
func parses(changes []Change) bool {
	for _, c := range changes {
		if _, err := parser.ParseFile(token.NewFileSet(), c.Path, c.Text, 0); !c.Removed && err != nil {
			return false
		}
	}
	return true
}

// apply brings the model up to date and checks that the batch fits it.
func (st *stage) apply(ts *testscript.TestScript, b Batch) {
	st.notices = append(st.notices, b.Notices...)
	if !slices.IsSortedFunc(b.Changes, func(x, y Change) int { return strings.Compare(x.Path, y.Path) }) {
		ts.Fatalf("batch is not sorted: %s", st.show(ts, b))
	}
	for _, c := range b.Changes {
		old, had := st.model[c.Path]
		switch {
		case had != (c.Old != nil) || old != string(c.Old):
			ts.Fatalf("%s: Old is %q, the batches before gave %q", c.Path, c.Old, old)
		case c.Removed && (!had || c.Text != nil):
			ts.Fatalf("%s: removed, but was not there or has text", c.Path)
		case !c.Removed && (c.Text == nil || had && old == string(c.Text)):
			ts.Fatalf("%s: delivered though it has not changed", c.Path)
		}
		if c.Removed {
			delete(st.model, c.Path)
		} else {
			st.model[c.Path] = string(c.Text)
		}
	}
}

// next waits for a batch that has changes.
func (st *stage) next(ts *testscript.TestScript) Batch {
	deadline := time.After(patience)
	for {
		select {
		case b, ok := <-st.w.Batches():
			if !ok {
				ts.Fatalf("the channel of batches is closed")
			}
			st.apply(ts, b)
			if len(b.Changes) > 0 {
				return b
			}
		case <-deadline:
			ts.Fatalf("no batch came; notices: %v", st.notices)
		}
	}
}

func cmdBatch(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	b := st.next(ts)
	got, want := changesOf(b), wanted(ts, args)
	if !maps.EqualFunc(got, want, eq) {
		ts.Fatalf("batch is %s, want %s", st.show(ts, b), strings.Join(args, " "))
	}
}

func cmdReach(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	want := wanted(ts, args)
	reached := func() bool {
		for path, text := range want {
			have, ok := st.model[path]
			if ok != (text != nil) || ok && have != *text {
				return false
			}
		}
		return true
	}
	for !reached() {
		b := st.next(ts)
		for path := range changesOf(b) {
			if _, ok := want[path]; !ok {
				ts.Fatalf("batch is %s, want at most %s", st.show(ts, b), strings.Join(args, " "))
			}
		}
	}
}

func cmdQuiet(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	deadline := time.After(100 * time.Millisecond)
	for {
		select {
		case b := <-st.w.Batches():
			if st.apply(ts, b); len(b.Changes) > 0 {
				ts.Fatalf("batch came: %s", st.show(ts, b))
			}
		case <-deadline:
			return
		}
	}
}

func cmdNotice(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	path, text := ts.MkAbs(args[0]), args[1]
	told := func() int {
		n := 0
		for _, notice := range st.notices {
			if notice.Path == path && strings.Contains(notice.Text, text) {
				n++
			}
		}
		return n
	}
	deadline := time.After(patience)
	for told() == 0 {
		select {
		case b := <-st.w.Batches():
			if st.apply(ts, b); len(b.Changes) > 0 {
				ts.Fatalf("batch came: %s", st.show(ts, b))
			}
		case <-deadline:
			ts.Fatalf("no such notice; notices: %v", st.notices)
		}
	}
	if n := told(); n > 1 {
		ts.Fatalf("the notice was repeated %d times", n)
	}
	st.notices = nil
}

func cmdHold(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o644)
	ts.Check(err)
	if len(args) > 1 {
		_, err = f.WriteString(unescape(args[1]))
		ts.Check(err)
	}
	stageOf(ts).open[args[0]] = f
	ts.Defer(func() { f.Close() })
}

func cmdLet(ts *testscript.TestScript, neg bool, args []string) {
	f := stageOf(ts).open[args[0]]
	_, err := f.WriteString(unescape(args[1]))
	ts.Check(err)
	ts.Check(f.Close())
}

func cmdPut(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(unescape(args[1])), 0o644))
}

func cmdAppend(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_WRONLY|os.O_APPEND, 0)
	ts.Check(err)
	_, err = f.WriteString(unescape(args[1]))
	ts.Check(err)
	ts.Check(f.Close())
}

func cmdAdd(ts *testscript.TestScript, neg bool, args []string) {
	if err := stageOf(ts).w.Add(ts.MkAbs(args[0])); (err != nil) != neg {
		ts.Fatalf("add %s: %v", args[0], err)
	}
}

func cmdRescan(ts *testscript.TestScript, neg bool, args []string) {
	st := stageOf(ts)
	b, err := st.w.Rescan(context.Background())
	ts.Check(err)
	st.apply(ts, b)
	if got, want := changesOf(b), wanted(ts, args); !maps.EqualFunc(got, want, eq) {
		ts.Fatalf("rescan gave %s, want %s", st.show(ts, b), strings.Join(args, " "))
	}
}

func unescape(s string) string { return strings.ReplaceAll(s, `\n`, "\n") }

// wanted reads the changes a script expects: text by path, nil for removed.
func wanted(ts *testscript.TestScript, args []string) map[string]*string {
	m := map[string]*string{}
	for _, arg := range args {
		if path, ok := strings.CutPrefix(arg, "-"); ok {
			m[ts.MkAbs(path)] = nil
			continue
		}
		path, from, ok := strings.Cut(arg, "=")
		if !ok {
			ts.Fatalf("%q is neither path=file nor -path", arg)
		}
		text := ""
		if from != ":" {
			text = ts.ReadFile(from)
		}
		m[ts.MkAbs(path)] = &text
	}
	return m
}

func changesOf(b Batch) map[string]*string {
	m := map[string]*string{}
	for _, c := range b.Changes {
		m[c.Path] = nil
		if !c.Removed {
			text := string(c.Text)
			m[c.Path] = &text
		}
	}
	return m
}

func eq(a, b *string) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// show prints a batch for a person.
func (st *stage) show(ts *testscript.TestScript, b Batch) string {
	var s bytes.Buffer
	for _, c := range b.Changes {
		path, err := filepath.Rel(ts.Getenv("WORK"), c.Path)
		if err != nil {
			path = c.Path
		}
		if c.Removed {
			fmt.Fprintf(&s, " -%s", path)
		} else {
			fmt.Fprintf(&s, " %s=%q", path, c.Text)
		}
	}
	if s.Len() == 0 {
		return "empty"
	}
	return s.String()
}
