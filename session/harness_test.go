package session

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"hotloop/interp"
	"hotloop/watch"
)

// patienceForTests is what a test waits for something that must happen.
const patienceForTests = 20 * time.Second

// byHand is a watcher that a test plays.
type byHand struct {
	batches chan watch.Batch
	config  watch.Config
	added   chan string
}

func (b *byHand) Batches() <-chan watch.Batch { return b.batches }
func (b *byHand) Add(root string) error       { b.added <- root; return nil }
func (b *byHand) Close() error                { return nil }

// Rescan gives all files there are; what is not new in them is passed over.
func (b *byHand) Rescan(context.Context) (out watch.Batch, err error) {
	for _, root := range b.config.Roots {
		filepath.WalkDir(root, func(path string, d fs.DirEntry, _ error) error {
			if d != nil && d.Type().IsRegular() && b.config.Match(path) {
				text, _ := os.ReadFile(path)
				out.Changes = append(out.Changes, watch.Change{Path: path, Text: text})
			}
			return nil
		})
	}
	return out, nil
}

// sitting is a session on fake engines, with its files in a directory of its
// own, which is the working directory.
type sitting struct {
	*Session
	t     *testing.T
	dir   string
	world *world
	watch *byHand
	seen  int // reports that next has given
}

// sit starts a session on the files of a txtar archive.
func sit(t *testing.T, archive string, set ...func(*Config)) *sitting {
	t.Helper()
	st, err := trySit(t, archive, set...)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func trySit(t *testing.T, archive string, set ...func(*Config)) (*sitting, error) {
	t.Helper()
	st := &sitting{
		t:     t,
		dir:   t.TempDir(),
		world: &world{},
		watch: &byHand{batches: make(chan watch.Batch, 16), added: make(chan string, 16)},
	}
	if dir, err := filepath.EvalSymlinks(st.dir); err == nil {
		st.dir = dir
	}
	t.Chdir(st.dir)
	st.write(archive)
	cfg := Config{NewEngine: st.world.newEngine}
	for _, f := range set {
		f(&cfg)
	}
	before := runtime.NumGoroutine()
	s, err := newSession(t.Context(), cfg, func(c watch.Config) (fileWatch, error) {
		st.watch.config = c
		return st.watch, nil
	})
	if err != nil {
		return nil, err
	}
	st.Session = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		noLeak(t, before)
	})
	return st, nil
}

// noLeak waits until there are no more goroutines than before.
func noLeak(t *testing.T, before int) {
	t.Helper()
	for end := time.Now().Add(patienceForTests); runtime.NumGoroutine() > before; {
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Errorf("goroutines leak: %d before, %d after\n%s", before, runtime.NumGoroutine(), buf[:runtime.Stack(buf, true)])
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// write puts the files of an archive on the disk and tells nobody.
func (st *sitting) write(archive string) []watch.Change {
	st.t.Helper()
	var out []watch.Change
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(st.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			st.t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			st.t.Fatal(err)
		}
		out = append(out, watch.Change{Path: path, Text: f.Data})
	}
	return out
}

// save writes the files of an archive and removes others, in one batch.
func (st *sitting) save(archive string, remove ...string) {
	st.t.Helper()
	changes := st.write(archive)
	for _, name := range remove {
		path := filepath.Join(st.dir, filepath.FromSlash(name))
		if err := os.Remove(path); err != nil {
			st.t.Fatal(err)
		}
		changes = append(changes, watch.Change{Path: path, Removed: true})
	}
	now := time.Now()
	st.watch.batches <- watch.Batch{Changes: changes, First: now.Add(-3 * time.Millisecond), Settled: now, ReadTook: time.Millisecond}
}

// next waits for the next report that has not been given yet.
func (st *sitting) next() interp.Report {
	st.t.Helper()
	var got interp.Report
	st.until("the next report", func() bool {
		reports, err := st.Reports("", st.seen)
		if err != nil || len(reports) == 0 {
			return false
		}
		got = reports[0]
		return true
	})
	st.seen = got.ID
	return got
}

// loads takes the reports of the first loads off.
func (st *sitting) loads() {
	st.t.Helper()
	for range st.Scripts() {
		st.next()
	}
}

// none checks that there is no report beyond those given, once all that is
// under way is done.
func (st *sitting) none() {
	st.t.Helper()
	st.quiet()
	if reports, _ := st.Reports("", st.seen); len(reports) > 0 {
		st.t.Errorf("unexpected report: %s", brief(reports[0]))
	}
}

// quiet waits until the batches sent have been dealt with by every script.
func (st *sitting) quiet() {
	st.t.Helper()
	st.until("batches taken", func() bool { return len(st.watch.batches) == 0 })
	done := make(chan struct{})
	st.tasks <- func() { close(done) }
	<-done
	for _, sc := range st.list() {
		_, _ = sc.do(st.t.Context(), func(context.Context, timing) (interp.Report, error) { return interp.Report{}, nil })
	}
}

// until waits for something to come true.
func (st *sitting) until(what string, ok func() bool) {
	st.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patienceForTests)
	defer cancel()
	var since uint64
	for !ok() {
		// Not everything that is waited for bumps the counter.
		short, stop := context.WithTimeout(ctx, 5*time.Millisecond)
		if n, err := st.Changed(short, since); err == nil {
			since = n
		}
		stop()
		if ctx.Err() != nil {
			st.t.Fatalf("waited in vain for %s\n%s", what, st.history())
		}
	}
}

// script gives a script by name.
func (st *sitting) get(name string) interp.Script {
	st.t.Helper()
	for _, sc := range st.Scripts() {
		if sc.Name == name {
			return sc
		}
	}
	st.t.Fatalf("no script %s", name)
	return interp.Script{}
}

// fire fires an event and gives what its only call gave, as text.
func (st *sitting) fire(event string) string {
	st.t.Helper()
	ev, err := st.Fire(st.t.Context(), FireRequest{Event: event})
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, c := range ev.Calls {
		text := c.Script + ":"
		for _, v := range c.Returns {
			text += " " + v.Text
		}
		if c.Error != nil {
			text += " " + c.Error.Kind + ": " + c.Error.Message
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// log gives the log as lines.
func (st *sitting) history() string {
	var b strings.Builder
	for _, e := range st.Log().Window(0, 1<<20) {
		switch {
		case e.Event != nil:
			fmt.Fprintf(&b, "event %s\n", e.Event.Name)
		case e.Report != nil:
			fmt.Fprintf(&b, "report %s\n", brief(*e.Report))
		case e.Output != nil:
			fmt.Fprintf(&b, "output %s %.40q\n", e.Output.Stream, e.Output.Text)
		case e.Crash != nil:
			fmt.Fprintf(&b, "crash %s %s contained=%v\n", e.Crash.Script, e.Crash.Reason, e.Crash.Contained)
		case e.Dropped != nil:
			fmt.Fprintf(&b, "dropped %s %s %d\n", e.Dropped.Script, e.Dropped.Stream, e.Dropped.Count)
		default:
			fmt.Fprintf(&b, "notice %s: %s\n", e.Script, e.Notice)
		}
	}
	return b.String()
}

// brief gives a report in one line: script, cause, status, what changed.
func brief(r interp.Report) string {
	out := fmt.Sprintf("%s %s %s", r.Script, r.Cause, r.Status)
	for _, u := range r.Units {
		out += fmt.Sprintf(" | %s %s %d→%d", u.Change, u.Key, u.From, u.To)
	}
	for _, v := range r.Vars {
		out += fmt.Sprintf(" | %s %s %s→%s", v.Effect, v.Name, v.Old, v.New)
	}
	for _, d := range r.Diagnostics {
		out += fmt.Sprintf(" | %s:%d: %s", d.File, d.Line, d.Message)
	}
	for _, why := range r.Reasons {
		out += " | " + why
	}
	return out
}

func (st *sitting) expect(got interp.Report, want string) {
	st.t.Helper()
	if b := brief(got); b != want {
		st.t.Errorf("report\n got %s\nwant %s", b, want)
	}
}
