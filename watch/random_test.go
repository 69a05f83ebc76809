package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRandom does to a tree what editors, tools and people do, in any order and
// at any speed. In the end the batches must have told all of it, whatever they
// told in between.
func TestRandom(t *testing.T) {
	for _, mode := range []string{"events", "poll"} {
		for range 2 {
			seed := rand.Uint64()
			t.Run(fmt.Sprintf("%s/%x", mode, seed), func(t *testing.T) {
				t.Parallel()
				testRandom(t, mode, rand.New(rand.NewPCG(seed, 0)))
			})
		}
	}
}

func testRandom(t *testing.T, mode string, rnd *rand.Rand) {
	dir := realTemp(t)
	v := vandal{rnd: rnd, dir: filepath.Join(dir, "p"), aside: filepath.Join(dir, "aside")}
	write(t, filepath.Join(v.dir, "a.go"), "A")
	write(t, filepath.Join(v.aside, "b.go"), "B")
	cfg := Config{Roots: []string{v.dir}, HoldFor: 20 * time.Millisecond, Grace: 30 * time.Millisecond}
	if mode == "poll" {
		cfg.Poll = 2 * time.Millisecond
	}
	w, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	model := map[string]string{}
	apply := func(b Batch) {
		for _, c := range b.Changes {
			if old, had := model[c.Path]; had != (c.Old != nil) || old != string(c.Old) {
				t.Fatalf("%s: Old is %q, the batches before gave %q", c.Path, c.Old, old)
			}
			if delete(model, c.Path); !c.Removed {
				model[c.Path] = string(c.Text)
			}
		}
	}
	apply(Batch{Changes: w.Initial()})
	for range 250 {
		v.act()
		switch rnd.IntN(8) {
		case 0:
			time.Sleep(time.Duration(rnd.IntN(40)) * time.Millisecond)
		case 1, 2:
			time.Sleep(time.Duration(rnd.IntN(2000)) * time.Microsecond)
		}
		for more := true; more; {
			select {
			case b := <-w.Batches():
				apply(b)
			default:
				more = false
			}
		}
	}
	deadline := time.After(patience)
	for want := v.tree(t); !maps.Equal(model, want); {
		select {
		case b := <-w.Batches():
			apply(b)
		case <-deadline:
			t.Fatalf("after\n%s\nthe batches say %q, there is %q", v.log, model, want)
		}
	}
	// What is there now is watched.
	for path := range v.tree(t) {
		write(t, path, "last")
		for model[path] != "last" {
			select {
			case b := <-w.Batches():
				apply(b)
			case <-deadline:
				t.Fatalf("after\n%s\n%s is not watched", v.log, path)
			}
		}
	}
}

// TestStorm changes files without a pause; batches come all the same.
func TestStorm(t *testing.T) {
	dir := realTemp(t)
	paths := []string{filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")}
	w, err := New(Config{Roots: []string{dir}, HoldFor: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			path := paths[n%2]
			_ = os.WriteFile(path+".tmp", fmt.Append(nil, n), 0o644)
			_ = os.Rename(path+".tmp", path)
		}
	}()
	defer func() { close(stop); <-stopped }()
	for range 2 {
		select {
		case b := <-w.Batches():
			if len(b.Changes) == 0 {
				t.Errorf("told %v", b.Notices)
			}
		case <-time.After(patience):
			t.Fatal("no batch came")
		}
	}
}

// vandal changes a tree at random. Its errors are part of the game.
type vandal struct {
	rnd        *rand.Rand
	dir, aside string
	n          int
	log        []byte
}

// path is a random path, of one or two directories and a file.
func (v *vandal) path() string {
	p := v.folder()
	return filepath.Join(p, string(rune('a'+v.rnd.IntN(4)))+".go")
}

// folder is a random directory, which may not exist.
func (v *vandal) folder() string {
	p := v.dir
	for range v.rnd.IntN(3) {
		p = filepath.Join(p, string(rune('x'+v.rnd.IntN(3))))
	}
	return p
}

// act does one thing.
func (v *vandal) act() {
	v.n++
	text := fmt.Appendf(nil, "%d", v.n)
	a, b := v.path(), v.path()
	x, y := v.folder(), v.folder()
	what := v.rnd.IntN(13)
	switch what {
	case 0, 1, 2:
		_ = os.WriteFile(a, text, 0o644)
	case 3, 4:
		_ = os.WriteFile(a+".tmp", text, 0o644)
		_ = os.Rename(a+".tmp", a)
	case 5:
		_ = os.Rename(a, a+"~")
		_ = os.WriteFile(a, text, 0o644)
	case 6:
		_ = os.Remove(a)
	case 7:
		_ = os.Rename(a, b)
	case 8, 9:
		_ = os.MkdirAll(filepath.Dir(a), 0o755)
		_ = os.WriteFile(a, text, 0o644)
	case 10:
		if x != v.dir {
			_ = os.Rename(x, y)
		}
	case 11:
		if x != v.dir || v.rnd.IntN(4) == 0 {
			_ = os.RemoveAll(x)
			_ = os.MkdirAll(x, 0o755)
		}
	case 12: // away, or back
		if _, err := os.Stat(v.aside); err == nil {
			_ = os.Rename(v.aside, x)
		} else if x != v.dir || v.rnd.IntN(4) == 0 {
			_ = os.Rename(x, v.aside)
			_ = os.MkdirAll(v.dir, 0o755)
		}
	}
	v.log = fmt.Appendf(v.log, "%d: %d %s %s %s %s\n", v.n, what, a, b, x, y)
}

// tree is what there is, found in another way than the watcher's.
func (v *vandal) tree(t *testing.T) map[string]string {
	files := map[string]string{}
	err := filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
