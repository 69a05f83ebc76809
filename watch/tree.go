package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// root is one path the user named.
type root struct {
	path string // as given, cleaned: what delivered paths begin with
	abs  string
	file bool // was a file when it was there last
}

// tree knows what the roots consist of: which directories must be watched, and
// which watched files an event in them is about. All of it is found anew by
// each scan, so it cannot drift from the disk. It belongs to the worker.
//
// Events speak of real paths (all links resolved) because the system watches
// directories by inode, under the first path it was given. What is delivered
// are the paths as seen from the roots. dirs, links and targets lead from one
// to the other.
type tree struct {
	roots   []root
	match   func(path string) bool
	skipDir func(name string) bool

	dirs    map[string][]view   // real directory to how it is seen; empty for one that only holds targets
	names   map[string]target   // real directory and name of a watched file to its path
	links   map[string]bool     // links on the way to watched files: a change calls for a scan
	targets map[string][]target // real path of a file to the links that lead to it
	repos   []repo
}

// view is a directory as seen from a root.
type view struct {
	path, abs string
	only      map[string]bool // the names that count, for roots that are files; nil for all that match
}

// target is the path of a watched file, as delivered and as opened.
type target struct{ path, abs string }

// entry is a watched file as a scan found it.
type entry struct {
	abs  string
	info fs.FileInfo
}

// census is what a scan found.
type census struct {
	tree   *tree
	watch  func(real string) // called before a directory is listed
	files  map[string]entry  // by path
	links  []view            // linked directories, walked after all others
	tops   []string          // real directories of the roots
	unseen map[string]error  // files and directories that could not be examined, by path
	absent bool              // a root is not there
}

// scan finds out what the roots consist of. It calls watch for every directory
// before it lists it, so that nothing that comes later goes unnoticed.
func (t *tree) scan(watch func(real string)) *census {
	t.dirs, t.names = map[string][]view{}, map[string]target{}
	t.links, t.targets, t.repos = map[string]bool{}, map[string][]target{}, nil
	c := &census{tree: t, watch: watch, files: map[string]entry{}, unseen: map[string]error{}}
	for i := range t.roots {
		c.root(&t.roots[i])
	}
	for len(c.links) > 0 {
		v := c.links[0]
		c.links = c.links[1:]
		c.enter(v, true)
	}
	return c
}

// root starts at one of the roots.
func (c *census) root(r *root) {
	// A root that is a link may come to point elsewhere.
	if info, err := os.Lstat(r.abs); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if real, err := filepath.EvalSymlinks(filepath.Dir(r.abs)); err == nil {
			c.link(filepath.Join(real, filepath.Base(r.abs)))
		}
	}
	info, err := os.Stat(r.abs)
	if err == nil {
		r.file = !info.IsDir()
	}
	if !r.file {
		if err != nil {
			c.missing(r.path, err)
			return
		}
		c.tree.repo(repoAbove(r.abs))
		c.enter(view{path: r.path, abs: r.abs}, false)
		return
	}
	v := view{path: filepath.Dir(r.path), abs: filepath.Dir(r.abs), only: map[string]bool{filepath.Base(r.abs): true}}
	real, err := filepath.EvalSymlinks(v.abs)
	if err != nil {
		c.missing(r.path, err)
		return
	}
	c.tree.repo(repoAbove(v.abs))
	c.see(real, v)
	if info, err := os.Lstat(r.abs); err == nil {
		c.file(v, real, info)
	} else if !errors.Is(err, fs.ErrNotExist) {
		c.unseen[r.path] = err // if it is merely missing, its directory is watched
	}
}

// missing notes a root, or the directory of one, that is not there.
func (c *census) missing(path string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		c.absent = true
		return
	}
	c.unseen[path] = err
}

// enter resolves the links of a directory's path and walks it. A link below a
// root to a directory above a root is not followed: it would make everything
// around the roots a part of them.
func (c *census) enter(v view, linked bool) {
	real, err := filepath.EvalSymlinks(v.abs)
	if err != nil {
		return
	}
	if !linked {
		c.tops = append(c.tops, real)
	} else if slices.ContainsFunc(c.tops, func(top string) bool { return under(top, real) }) {
		return
	}
	c.walk(v, real)
}

// walk lists a directory and what is below it. A directory that several paths
// lead to is seen by the first alone, which also ends loops of links.
func (c *census) walk(v view, real string) {
	for _, seen := range c.tree.dirs[real] {
		if seen.only == nil {
			return
		}
	}
	c.see(real, v)
	entries, err := os.ReadDir(v.abs)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.unseen[v.path] = err
	}
	for _, e := range entries {
		name := e.Name()
		child := view{path: filepath.Join(v.path, name), abs: filepath.Join(v.abs, name)}
		if name == ".git" || name == ".hg" {
			c.tree.repo(repoAt(child.abs))
		}
		switch {
		case e.IsDir():
			if !c.tree.skipDir(name) {
				c.walk(child, filepath.Join(real, name))
			}
		case e.Type()&fs.ModeSymlink != 0:
			if temporary(name) {
				continue
			}
			if info, err := os.Stat(child.abs); err == nil && info.IsDir() {
				if !c.tree.skipDir(name) {
					c.link(filepath.Join(real, name))
					c.links = append(c.links, child)
				}
				continue
			}
			fallthrough
		default:
			if !c.tree.wants(v, name) {
				continue
			}
			if info, err := e.Info(); err == nil {
				c.file(v, real, info)
			} else if !errors.Is(err, fs.ErrNotExist) {
				c.unseen[child.path] = err
			}
		}
	}
}

// file notes the watched file that info, not following links, describes.
func (c *census) file(v view, real string, info fs.FileInfo) {
	name := info.Name()
	key, path, abs := filepath.Join(real, name), filepath.Join(v.path, name), filepath.Join(v.abs, name)
	if _, ok := c.tree.names[key]; ok {
		return // another root leads to it too
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		c.link(key)
		to, err := filepath.EvalSymlinks(abs)
		if err == nil {
			info, err = os.Stat(to)
		}
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) {
				c.unseen[path] = err
			}
			return
		}
		c.tree.targets[to] = append(c.tree.targets[to], target{path, abs})
		c.see(filepath.Dir(to))
	}
	if !info.Mode().IsRegular() {
		return
	}
	c.tree.names[key] = target{path, abs}
	c.files[path] = entry{abs, info}
}

// link notes a link, in a real directory, whose change calls for a scan.
func (c *census) link(real string) {
	c.tree.links[real] = true
	c.see(filepath.Dir(real))
}

// see adds a real directory and ways to see it.
func (c *census) see(real string, views ...view) {
	if _, ok := c.tree.dirs[real]; !ok {
		c.watch(real)
	}
	c.tree.dirs[real] = append(c.tree.dirs[real], views...)
}

// repo adds a repository if there is one.
func (t *tree) repo(r repo, ok bool) {
	if ok && !slices.Contains(t.repos, r) {
		t.repos = append(t.repos, r)
	}
}

// rootless reports whether one of the roots, or its directory, is not there.
func (t *tree) rootless() bool {
	for _, r := range t.roots {
		dir := r.abs
		if r.file {
			dir = filepath.Dir(dir)
		}
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// wants reports whether name in a directory is a watched file, if it is a file.
func (t *tree) wants(v view, name string) bool {
	if v.only != nil {
		return v.only[name]
	}
	return !temporary(name) && t.match(filepath.Join(v.path, name))
}

// under reports whether path is dir or lies below it. Both are clean.
func under(path, dir string) bool {
	if path == dir || dir == "." && !filepath.IsAbs(path) && path != ".." && !strings.HasPrefix(path, ".."+sep) {
		return true
	}
	return strings.HasPrefix(path, strings.TrimSuffix(dir, sep)+sep)
}

const sep = string(filepath.Separator)
