package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// fakeSystem notifies of what a test says, on the clock of a synctest bubble.
// The disk is the real one.
type fakeSystem struct {
	events chan fsnotify.Event
	errors chan error
	closed sync.Once

	mu   sync.Mutex
	dirs map[string]bool
	room int   // how many directories can be watched
	fail error // of asking for notification at all

	onAdd func(dir string) // happens while the watch is put in place
}

func newFake() *fakeSystem {
	return &fakeSystem{
		events: make(chan fsnotify.Event),
		errors: make(chan error),
		dirs:   map[string]bool{},
		room:   1 << 20,
	}
}

func (s *fakeSystem) system() system {
	return system{
		notify: func() (*notifier, error) {
			if s.fail != nil {
				return nil, s.fail
			}
			return &notifier{backend: s, events: s.events, errors: s.errors}, nil
		},
		look:  look,
		pause: time.Sleep,
	}
}

func (s *fakeSystem) Add(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.dirs) >= s.room {
		return fmt.Errorf("add %s: %w", dir, syscall.ENOSPC)
	}
	s.dirs[dir] = true
	if s.onAdd != nil {
		s.onAdd(dir)
	}
	return nil
}

func (s *fakeSystem) Remove(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dirs, dir)
	return nil
}

func (s *fakeSystem) WatchList() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir := range s.dirs {
		list = append(list, dir)
	}
	return list
}

func (s *fakeSystem) Close() error {
	s.closed.Do(func() { close(s.events); close(s.errors) })
	return nil
}

// write writes a file with all directories above it.
func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// realTemp is a temporary directory by its real path, as events speak of it.
func realTemp(t testing.TB) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// text prints a batch, with paths below dir.
func text(dir string, b Batch) string {
	var parts []string
	for _, c := range b.Changes {
		path, _ := filepath.Rel(dir, c.Path)
		if c.Removed {
			parts = append(parts, "-"+path)
		} else {
			parts = append(parts, path+"="+string(c.Text))
		}
	}
	for _, n := range b.Notices {
		parts = append(parts, "("+n.String()+")")
	}
	return strings.Join(parts, " ")
}

// inBubble runs a test with a watcher on a fake system, a fake clock and a real
// directory of the files a and sub/b.
func inBubble(t *testing.T, prepare func(*fakeSystem, *Config), test func(t *testing.T, dir string, s *fakeSystem, w *Watcher)) {
	dir := realTemp(t)
	write(t, filepath.Join(dir, "a.go"), "A")
	write(t, filepath.Join(dir, "sub/b.go"), "B")
	synctest.Test(t, func(t *testing.T) {
		s := newFake()
		cfg := Config{Roots: []string{dir}}
		if prepare != nil {
			prepare(s, &cfg)
		}
		w, err := start(cfg, s.system())
		if err != nil {
			t.Fatal(err)
		}
		if got := text(dir, Batch{Changes: w.Initial()}); got != "a.go=A sub/b.go=B" {
			t.Errorf("initial: %s", got)
		}
		test(t, dir, s, w)
		// The bubble does not end while a goroutine is left in it.
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if _, ok := <-w.Batches(); ok {
			t.Error("a batch came after Close")
		}
	})
}

func TestOverflow(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		write(t, filepath.Join(dir, "sub/b.go"), "2") // of the same size, and too soon for another time stamp
		write(t, filepath.Join(dir, "new/n.go"), "N")
		os.Remove(filepath.Join(dir, "a.go"))
		s.errors <- fsnotify.ErrEventOverflow
		if got := text(dir, <-w.Batches()); got != "-a.go new/n.go=N sub/b.go=2" {
			t.Errorf("after an overflow came %s", got)
		}
		if w.Polling() {
			t.Error("an overflow made it poll")
		}
	})
}

func TestNotificationFails(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		s.errors <- errors.New("out of order")
		if got := text(dir, <-w.Batches()); got != "(the notification of changes failed (out of order): files are polled)" {
			t.Errorf("told %s", got)
		}
		write(t, filepath.Join(dir, "a.go"), "2")
		if got := text(dir, <-w.Batches()); got != "a.go=2" || !w.Polling() {
			t.Errorf("polling %v, came %s", w.Polling(), got)
		}
	})
}

func TestNoNotification(t *testing.T) {
	fail := func(s *fakeSystem, c *Config) { s.fail = syscall.EMFILE }
	inBubble(t, fail, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		if got := text(dir, <-w.Batches()); !strings.Contains(got, "too many open files): files are polled") {
			t.Errorf("told %s", got)
		}
		start := time.Now()
		write(t, filepath.Join(dir, "a.go"), "2")
		if got := text(dir, <-w.Batches()); got != "a.go=2" || !w.Polling() {
			t.Errorf("polling %v, came %s", w.Polling(), got)
		}
		if d := time.Since(start); d > 2*fallbackEvery {
			t.Errorf("a change was found after %v", d)
		}
	})
}

func TestNoMoreWatches(t *testing.T) {
	limit := func(s *fakeSystem, c *Config) { s.room = 1 }
	inBubble(t, limit, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		if got := text(dir, <-w.Batches()); !strings.HasPrefix(got, "(the system has no more watches") || strings.Count(got, "(the") != 1 {
			t.Errorf("told %s", got)
		}
		// What is not watched is found by polling, what is watched at once.
		write(t, filepath.Join(dir, "sub/b.go"), "2")
		if got := text(dir, <-w.Batches()); got != "sub/b.go=2" || !w.Polling() {
			t.Errorf("polling %v, came %s", w.Polling(), got)
		}
		time.Sleep(time.Second)
		start := time.Now()
		write(t, filepath.Join(dir, "a.go"), "2")
		s.events <- fsnotify.Event{Name: filepath.Join(dir, "a.go"), Op: fsnotify.Write}
		if got := text(dir, <-w.Batches()); got != "a.go=2" {
			t.Errorf("came %s", got)
		}
		if d := time.Since(start); d > 50*time.Millisecond {
			t.Errorf("a change with an event was delivered after %v", d)
		}
	})
}

// What is created while the watch of its directory is put in place has no
// event and is found all the same.
func TestWatchBeforeListing(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		s.onAdd = func(added string) {
			if strings.HasPrefix(filepath.Base(added), "new") {
				write(t, filepath.Join(added, "n.go"), "N")
			}
		}
		for _, name := range []string{"new1", "new2"} {
			path := filepath.Join(dir, name)
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
			s.events <- fsnotify.Event{Name: path, Op: fsnotify.Create}
			if got := text(dir, <-w.Batches()); got != name+"/n.go=N" {
				t.Errorf("came %s", got)
			}
		}
	})
}

func TestVersionControl(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		write(t, filepath.Join(dir, ".git/index.lock"), "")
		s.events <- fsnotify.Event{Name: filepath.Join(dir, ".git"), Op: fsnotify.Create}
		write(t, filepath.Join(dir, "a.go"), "2")
		s.events <- fsnotify.Event{Name: filepath.Join(dir, "a.go"), Op: fsnotify.Write}
		select {
		case b := <-w.Batches():
			t.Errorf("under the lock came %s", text(dir, b))
		case <-time.After(time.Second):
		}
		// That sub/b.go changed is told by no event, but the end of the lock
		// says that there is more to be seen.
		write(t, filepath.Join(dir, "sub/b.go"), "22")
		os.Remove(filepath.Join(dir, ".git/index.lock"))
		if got := text(dir, <-w.Batches()); got != "a.go=2 sub/b.go=22" {
			t.Errorf("after the lock came %s", got)
		}
		// The index was written after what was removed: it is not coming back.
		start := time.Now()
		write(t, filepath.Join(dir, ".git/index"), "")
		os.Remove(filepath.Join(dir, "a.go"))
		s.events <- fsnotify.Event{Name: filepath.Join(dir, "a.go"), Op: fsnotify.Remove}
		if got := text(dir, <-w.Batches()); got != "-a.go" {
			t.Errorf("came %s", got)
		}
		if d := time.Since(start); d > DefaultGrace/2 {
			t.Errorf("a removal by version control was delivered after %v", d)
		}
	})
}

// The events of a system never wait for the worker, however long a hook takes
// or nobody receives; and what was not received is merged.
func TestSlowReader(t *testing.T) {
	release := make(chan bool)
	slow := func(s *fakeSystem, c *Config) {
		c.Ready = func([]Change) bool { <-release; return true }
	}
	dir := realTemp(t)
	write(t, filepath.Join(dir, "a.go"), "A")
	synctest.Test(t, func(t *testing.T) {
		release = make(chan bool)
		s := newFake()
		cfg := Config{Roots: []string{dir}}
		slow(s, &cfg)
		w, err := start(cfg, s.system())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		path := filepath.Join(dir, "a.go")
		write(t, path, "1")
		for range 2 * mailboxSize {
			s.events <- fsnotify.Event{Name: path, Op: fsnotify.Write}
		}
		close(release)
		synctest.Wait()
		time.Sleep(time.Minute) // nobody receives
		for _, text := range []string{"2", "A", "3"} {
			write(t, path, text)
			s.events <- fsnotify.Event{Name: path, Op: fsnotify.Write}
			time.Sleep(time.Minute)
		}
		b := <-w.Batches()
		if got := text(dir, b); got != "a.go=3" || string(b.Changes[0].Old) != "A" {
			t.Errorf("came %s after %s", got, b.Changes[0].Old)
		}
		// A change that is undone before anybody took it is none.
		for _, text := range []string{"4", "3"} {
			write(t, path, text)
			s.events <- fsnotify.Event{Name: path, Op: fsnotify.Write}
			time.Sleep(time.Minute)
		}
		select {
		case b := <-w.Batches():
			t.Errorf("came %s", text(dir, b))
		case <-time.After(time.Hour):
		}
	})
}

func TestPoll(t *testing.T) {
	poll := func(s *fakeSystem, c *Config) { c.Poll = 300 * time.Millisecond }
	inBubble(t, poll, func(t *testing.T, dir string, s *fakeSystem, w *Watcher) {
		if !w.Polling() || len(s.dirs) > 0 {
			t.Errorf("polling %v, watching %v", w.Polling(), s.dirs)
		}
		start := time.Now()
		write(t, filepath.Join(dir, "a.go"), "2") // same size, perhaps same time stamp
		if got := text(dir, <-w.Batches()); got != "a.go=2" {
			t.Errorf("came %s", got)
		}
		if d := time.Since(start); d > 400*time.Millisecond {
			t.Errorf("found after %v", d)
		}
		os.RemoveAll(dir)
		if got := text(dir, <-w.Batches()); got != "-a.go -sub/b.go" {
			t.Errorf("came %s", got)
		}
		write(t, filepath.Join(dir, "sub/b.go"), "3")
		if got := text(dir, <-w.Batches()); got != "sub/b.go=3" {
			t.Errorf("came %s", got)
		}
	})
}

func TestRelativeRoots(t *testing.T) {
	dir := realTemp(t)
	write(t, filepath.Join(dir, "a.go"), "A")
	write(t, filepath.Join(dir, "sub/b.go"), "B")
	t.Chdir(filepath.Join(dir, "sub"))
	w, err := New(Config{Roots: []string{".", "./b.go", "../sub", "..//a.go"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	paths := func(changes []Change) (p []string) {
		for _, c := range changes {
			p = append(p, c.Path)
		}
		return p
	}
	if got := fmt.Sprint(paths(w.Initial())); got != "[../a.go b.go]" {
		t.Errorf("initial: %s", got)
	}
	t.Chdir("/")
	write(t, filepath.Join(dir, "sub/b.go"), "2")
	if got := fmt.Sprint(paths((<-w.Batches()).Changes)); got != "[b.go]" {
		t.Errorf("came %s", got)
	}
	write(t, filepath.Join(dir, "a.go"), "2")
	if got := fmt.Sprint(paths((<-w.Batches()).Changes)); got != "[../a.go]" {
		t.Errorf("came %s", got)
	}
}

// TestClose closes watchers in every state they can be in.
func TestClose(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a.go"), "A")
		for _, cfg := range []Config{{}, {Poll: time.Millisecond}, {Settle: time.Hour}, {HoldFor: time.Hour}} {
			cfg.Roots = []string{dir}
			w, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "a.go"), "1")
			write(t, filepath.Join(dir, "b.go"), "")
			var group sync.WaitGroup
			for range 3 {
				group.Go(func() { w.Close() })
				group.Go(func() { _, _ = w.Rescan(context.Background()) })
				group.Go(func() { _ = w.Add(dir) })
			}
			group.Wait()
			if _, err := w.Rescan(context.Background()); err != ErrClosed {
				t.Errorf("Rescan after Close: %v", err)
			}
			if err := w.Add(dir); err != ErrClosed {
				t.Errorf("Add after Close: %v", err)
			}
			for range w.Batches() {
				t.Error("a batch came after Close")
			}
		}
	}
	deadline := time.Now().Add(patience)
	for {
		left := running()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left: %v", left)
		}
		time.Sleep(time.Millisecond)
	}
}

// running counts the goroutines that run code of a watcher or of fsnotify, by
// the function that began them.
func running() map[string]int {
	buf := make([]byte, 1<<20)
	buf = buf[:runtime.Stack(buf, true)]
	left := map[string]int{}
	for _, g := range strings.Split(string(buf), "\n\n") {
		_, by, ok := strings.Cut(g, "created by ")
		if ok && (strings.HasPrefix(by, "hotloop/watch.start") || strings.HasPrefix(by, "hotloop/watch.(*worker)") || strings.HasPrefix(by, "github.com/fsnotify")) {
			by, _, _ = strings.Cut(by, " ")
			left[by]++
		}
	}
	return left
}

func TestOutbox(t *testing.T) {
	var o outbox
	add := func(path, old, text string) {
		c := Change{Path: path}
		if old != "" {
			c.Old = []byte(old)
		}
		if text != "" {
			c.Text = []byte(text)
		} else {
			c.Removed = true
		}
		o.add(Batch{Changes: []Change{c}})
	}
	add("a", "1", "2")
	add("b", "", "1")
	add("c", "1", "")
	add("d", "1", "2")
	add("a", "2", "3")
	add("b", "1", "")
	add("c", "", "2")
	add("d", "2", "1")
	got := map[string]string{}
	for _, c := range o.take().Changes {
		got[c.Path] = string(c.Old) + ">" + string(c.Text)
	}
	if want := map[string]string{"a": "1>3", "c": "1>2"}; !maps.Equal(got, want) || !o.empty() {
		t.Errorf("merged to %v, want %v", got, want)
	}
}
