package session

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"hotloop/watch"
)

// tree holds the text of every Go file that a session knows of, and from that
// says which scripts there are and what each is made of. It is the only place
// that reads scripts from the disk: at the start, and when a package outside the
// roots is imported for the first time. Otherwise texts come in batches from the
// watcher, and a batch is put in whole under the lock, so that no source is ever
// made of half of it.
//
// mu guards all fields that are not marked otherwise. It is held while files
// are read, and never together with the lock of the session.
type tree struct {
	wd      string                // fixed; absolute
	roots   []root                // fixed after open
	memory  string                // fixed; the directory that stands for sources held in memory
	sources map[string]string     // its texts when the session starts, by path
	offered func(string) bool     // fixed; whether an import path is one of the program's
	follows func(dir string) bool // fixed; asks for a directory to be watched; false when it is not there

	mu      sync.Mutex
	files   map[string]*file           // by absolute path
	dirs    map[string]map[string]bool // the keys of files, by directory
	plans   map[string]*plan           // by key; plans are never changed
	modules map[string]*module         // by directory asked for; nil for none
	watched map[string]bool            // directories given to watch
}

// root is one PATH of the command line.
type root struct {
	path string // absolute
	file bool   // a file that is one script, else a directory
}

// file is one Go file with its text.
type file struct {
	path string // absolute
	name string // as it is shown
	text string
	head header
	// owner is the package that the file was last seen in; a file whose
	// package clause cannot be read at the moment stays there.
	owner string
}

func newTree(wd string, follows func(string) bool) *tree {
	return &tree{
		wd:      wd,
		memory:  filepath.Join(wd, memoryDir),
		offered: func(string) bool { return false },
		follows: follows,
		files:   make(map[string]*file),
		dirs:    make(map[string]map[string]bool),
		plans:   make(map[string]*plan),
		modules: make(map[string]*module),
		watched: make(map[string]bool),
	}
}

// show gives the name under which a file is shown: relative to the working
// directory unless that is the longer one.
func (t *tree) show(path string) string {
	if rest, ok := strings.CutPrefix(path, t.memory); ok {
		return cmp.Or(strings.TrimPrefix(filepath.ToSlash(rest), "/"), "memory")
	}
	if rel, err := filepath.Rel(t.wd, path); err == nil && len(rel) < len(path) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// current gives the plans, sorted by key. Plans are not changed after they are
// made.
func (t *tree) current() []*plan {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.SortedFunc(maps.Values(t.plans), func(a, b *plan) int { return strings.Compare(a.key, b.key) })
}

// change is one changed file of a batch. Path is absolute.
type change struct {
	path    string
	text    string
	removed bool
}

// update puts changes in, whole, and gives the paths whose text is another now.
// Files that are no script's business are passed over.
func (t *tree) update(changes []change) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.put(changes)
}

func (t *tree) put(changes []change) []string {
	var changed []string
	for _, c := range changes {
		if filepath.Base(c.path) == "go.mod" {
			clear(t.modules)
			changed = append(changed, c.path)
			continue
		}
		if !t.wants(c.path) {
			continue
		}
		old := t.files[c.path]
		switch {
		case c.removed && old != nil:
			t.forget(c.path)
		case c.removed, old != nil && old.text == c.text:
			continue
		case old == nil && strings.TrimSpace(c.text) == "" && !t.isRoot(c.path):
			// A file that was just made and has nothing in it yet.
			continue
		default:
			t.set(c.path, c.text)
		}
		changed = append(changed, c.path)
	}
	if len(changed) > 0 {
		t.plan()
	}
	return changed
}

func (t *tree) set(path, text string) {
	f := &file{path: path, name: t.show(path), text: text, head: readHeader(path, text)}
	f.owner = f.head.pkg
	if old := t.files[path]; old != nil && f.owner == "" {
		f.owner = old.owner
	}
	t.files[path] = f
	dir := filepath.Dir(path)
	if t.dirs[dir] == nil {
		t.dirs[dir] = make(map[string]bool)
	}
	t.dirs[dir][path] = true
}

func (t *tree) forget(path string) {
	delete(t.files, path)
	dir := filepath.Dir(path)
	delete(t.dirs[dir], path)
	if len(t.dirs[dir]) == 0 {
		delete(t.dirs, dir)
	}
}

// wants says whether a path can be part of a script or of what one imports.
func (t *tree) wants(path string) bool {
	if t.isRoot(path) {
		return true
	}
	if !goFile(filepath.Base(path)) {
		return false
	}
	return t.inRoots(filepath.Dir(path)) || t.watched[filepath.Dir(path)]
}

func (t *tree) isRoot(path string) bool {
	return slices.Contains(t.roots, root{path, true})
}

// inRoots says whether the Go files of dir are scripts.
func (t *tree) inRoots(dir string) bool {
	for _, r := range t.roots {
		if r.file {
			continue
		}
		rel, err := filepath.Rel(r.path, dir)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			continue
		}
		if rel == "." || !slices.ContainsFunc(strings.Split(rel, string(filepath.Separator)), skipDir) {
			return true
		}
	}
	return false
}

// goFile says whether a file name is that of a script's file.
func goFile(name string) bool { return watch.MatchGo(name) }

// skipDir says whether a directory of this name, below a root, holds no
// scripts. What is discovered and what is watched must be the same.
func skipDir(name string) bool { return watch.SkipHidden(name) }

// readDir reads the Go files of one directory; a directory that cannot be read
// has none.
func (t *tree) readDir(dir string) []change {
	entries, _ := os.ReadDir(dir)
	var out []change
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() || !goFile(e.Name()) && !t.isRoot(path) {
			continue
		}
		if text, err := os.ReadFile(path); err == nil {
			out = append(out, change{path: path, text: string(text)})
		}
	}
	return out
}
