package session

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// plan says what one script is made of. Plans are made anew from the files
// whenever they change, and compared by key with the scripts that run.
type plan struct {
	key   string   // stays while the script's place and package do
	pkg   string   // package name; empty when no file of it can be read
	dir   string   // absolute directory
	path  string   // directory, or file of a script of its own; as shown
	alone bool     // one file that is a script of its own
	files []string // absolute paths, sorted
}

// title is the name that the script would like to have.
func (p *plan) title() string {
	if p.pkg != "" {
		return p.pkg
	}
	base := filepath.Base(p.dir)
	if p.alone {
		base = strings.TrimSuffix(filepath.Base(p.files[0]), ".go")
	}
	return base
}

// open makes the paths of the command line the roots of the tree and reads the
// scripts in them. Its errors are PathErrors. Notices tell of files left out.
func (t *tree) open(roots []root) (notices []string, err error) {
	t.roots = roots
	t.mu.Lock()
	defer t.mu.Unlock()
	var changes []change
	for _, r := range t.roots {
		found, err := t.readRoot(r)
		if err != nil {
			return nil, &PathError{Path: t.show(r.path), Err: err}
		}
		if len(found) == 0 {
			return nil, noScripts(t.show(r.path))
		}
		changes = append(changes, found...)
	}
	t.put(changes)
	if len(t.plans) == 0 {
		e := noScripts(t.show(roots[0].path))
		if len(t.files) > 0 {
			e.Detail = "the build constraints of all files in it leave them out here"
			e.Next = "name one of the files to load it all the same"
		}
		return nil, e
	}
	for _, path := range slices.Sorted(maps.Keys(t.files)) {
		if f := t.files[path]; f.head.excluded != "" && !f.head.program && !t.isRoot(path) {
			notices = append(notices, fmt.Sprintf("%s is left out: %s", f.name, f.head.excluded))
		}
	}
	return notices, nil
}

func noScripts(path string) *PathError {
	return &PathError{
		Path:   path,
		Err:    ErrNoScripts,
		Detail: "looked for *.go files here and below, without _test.go files, testdata, vendor and hidden directories",
		Next:   "name a directory or file that holds one",
	}
}

// findRoots makes paths absolute and checks that they are there.
func findRoots(wd string, paths []string) ([]root, error) {
	var roots []root
	for _, p := range paths {
		abs := p
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(wd, p)
		}
		abs = filepath.Clean(abs)
		info, err := os.Stat(abs)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, missing(p, abs)
		case err != nil:
			return nil, &PathError{Path: p, Err: err}
		case !info.IsDir() && filepath.Ext(abs) != ".go":
			return nil, &PathError{Path: p, Err: ErrNoScripts, Detail: "not a .go file", Next: "name a Go file or a directory"}
		}
		if r := (root{abs, !info.IsDir()}); !slices.Contains(roots, r) {
			roots = append(roots, r)
		}
	}
	return roots, nil
}

// missing says that a path does not exist and which one there is that looks
// most like it: at the first part of the path that is not there.
func missing(path, abs string) error {
	e := &PathError{Path: path, Err: ErrNoPath, Next: "name a Go file or a directory that exists"}
	gone, below := abs, ""
	for {
		if _, err := os.Stat(filepath.Dir(gone)); err == nil || filepath.Dir(gone) == gone {
			break
		}
		below = filepath.Join(filepath.Base(gone), below)
		gone = filepath.Dir(gone)
	}
	entries, err := os.ReadDir(filepath.Dir(gone))
	if err != nil {
		return e
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && !skipDir(entry.Name()) || goFile(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	near := nearest(filepath.Base(gone), names)
	if len(near) == 0 {
		return e
	}
	meant := filepath.Join(filepath.Dir(gone), near[0])
	if whole := filepath.Join(meant, below); exists(whole) {
		meant = whole
	}
	// Shown as the user began to write it.
	if !filepath.IsAbs(path) {
		if rel, err := filepath.Rel(strings.TrimSuffix(abs, filepath.Clean(path)), meant); err == nil {
			meant = rel
		}
	}
	e.Next = "did you mean " + filepath.ToSlash(meant) + "?"
	return e
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// readRoot reads the Go files of a root and of the directories below it, links
// to directories included, as the watcher does.
func (t *tree) readRoot(r root) ([]change, error) {
	if r.file {
		text, err := os.ReadFile(r.path)
		return []change{{path: r.path, text: string(text)}}, err
	}
	if r.path == t.memory {
		return t.inMemory(), nil
	}
	if _, err := os.ReadDir(r.path); err != nil {
		return nil, err
	}
	return t.readBelow(r.path, make(map[string]bool)), nil
}

// readBelow reads a directory and those below it, each once however many links
// lead to it. What may not be read is not there.
func (t *tree) readBelow(dir string, seen map[string]bool) []change {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil || seen[real] {
		return nil
	}
	seen[real] = true
	out := t.readDir(dir)
	entries, _ := os.ReadDir(dir)
	var links []string
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case skipDir(e.Name()):
		case e.IsDir():
			out = append(out, t.readBelow(path, seen)...)
		case e.Type()&fs.ModeSymlink != 0 && isDir(path):
			links = append(links, path)
		}
	}
	for _, path := range links {
		out = append(out, t.readBelow(path, seen)...)
	}
	return out
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// plan makes the plans from the files, with mu held.
func (t *tree) plan() {
	plans := make(map[string]*plan)
	for _, r := range t.roots {
		if f := t.files[r.path]; r.file && f != nil {
			p := t.alonePlan(f)
			plans[p.key] = p
		}
	}
	for dir := range t.dirs {
		if t.inRoots(dir) {
			t.planDir(dir, plans)
		}
	}
	// A directory that was named beside one of its files would run it twice.
	for key, p := range plans {
		if !p.alone && len(p.files) == 1 && plans[p.files[0]] != nil {
			delete(plans, key)
		}
	}
	t.plans = plans
}

func (t *tree) alonePlan(f *file) *plan {
	return &plan{
		key:   f.path,
		pkg:   f.owner,
		dir:   filepath.Dir(f.path),
		path:  f.name,
		alone: true,
		files: []string{f.path},
	}
}

// planDir adds one plan per package of a directory and one per file that
// stands alone.
func (t *tree) planDir(dir string, plans map[string]*plan) {
	groups := t.group(dir, func(f *file) {
		p := t.alonePlan(f)
		plans[p.key] = p
	})
	for pkg, files := range groups {
		p := &plan{
			key:   dir + "\x00" + pkg,
			pkg:   pkg,
			dir:   dir,
			path:  t.show(dir),
			files: files,
		}
		plans[p.key] = p
	}
}

// group gives the files of a directory that are for this system, sorted, by
// package; those marked ignore go to alone instead. A file whose package clause
// cannot be read counts to the package it was in, or else to the only one, or
// to the first by name, so that somebody reports what is wrong with it.
func (t *tree) group(dir string, alone func(*file)) map[string][]string {
	groups := make(map[string][]string)
	var homeless []string
	for path := range t.dirs[dir] {
		f := t.files[path]
		switch {
		case f.head.excluded != "":
		case f.head.alone:
			if alone != nil {
				alone(f)
			}
		case f.owner == "":
			homeless = append(homeless, path)
		default:
			groups[f.owner] = append(groups[f.owner], path)
		}
	}
	if len(homeless) > 0 {
		home := ""
		if len(groups) > 0 {
			home = slices.Min(slices.Collect(maps.Keys(groups)))
		}
		groups[home] = append(groups[home], homeless...)
	}
	for _, files := range groups {
		slices.Sort(files)
	}
	return groups
}

// names gives every plan its name: its package, or, where two would collide,
// its path. taken names are of scripts that run already and keep theirs.
func names(plans []*plan, taken map[string]bool) map[string]string {
	count := make(map[string]int)
	for _, p := range plans {
		count[p.title()]++
	}
	out := make(map[string]string)
	used := make(map[string]bool)
	free := func(name string) bool { return !taken[name] && !used[name] }
	give := func(p *plan, name string) {
		out[p.key] = name
		used[name] = true
	}
	var rest []*plan
	for _, p := range plans {
		if count[p.title()] == 1 && free(p.title()) {
			give(p, p.title())
		} else {
			rest = append(rest, p)
		}
	}
	for _, p := range rest {
		name := p.path
		if name == "." {
			name = filepath.Base(p.dir)
		}
		// Two packages of one directory, or a path that is also the name of
		// somebody's package.
		for i, try := 2, name; ; i++ {
			if free(try) {
				give(p, try)
				break
			}
			if try = name + ":" + p.title(); i > 2 {
				try = fmt.Sprintf("%s:%s:%d", name, p.title(), i-1)
			}
		}
	}
	return out
}
