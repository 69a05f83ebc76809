package watch

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// How long a version control command's lock is respected. A lock that a crashed
// command left behind, or that one holds while it waits for a person, must not
// stop saves from going live.
const (
	lockFresh  = 2 * time.Second  // since the lock was written
	lockActive = 10 * time.Second // the same while files keep changing
	lockCalm   = 100 * time.Millisecond
)

// repo is the version control directory of a repository that a root lies in or
// that lies below a root.
type repo struct {
	lock  string // exists while a command changes the working tree
	index string // is written when such a command ends
}

// repoAt gives the repository whose marker (.git or .hg) lies at path.
func repoAt(path string) (repo, bool) {
	switch filepath.Base(path) {
	case ".git":
		dir := path
		// In a worktree or a submodule .git is a file that names the directory.
		if text, err := os.ReadFile(path); err == nil {
			name, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
			if !ok {
				return repo{}, false
			}
			if dir = filepath.FromSlash(name); !filepath.IsAbs(dir) {
				dir = filepath.Join(filepath.Dir(path), dir)
			}
		}
		return repo{lock: filepath.Join(dir, "index.lock"), index: filepath.Join(dir, "index")}, true
	case ".hg":
		return repo{lock: filepath.Join(path, "wlock"), index: filepath.Join(path, "dirstate")}, true
	}
	return repo{}, false
}

// repoAbove gives the repository that dir lies in or is the top of, if there
// is one.
func repoAbove(dir string) (repo, bool) {
	for {
		for _, marker := range []string{".git", ".hg"} {
			path := filepath.Join(dir, marker)
			if _, err := os.Lstat(path); err != nil {
				continue
			}
			if r, ok := repoAt(path); ok {
				return r, true
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return repo{}, false
		}
		dir = parent
	}
}

// locked reports whether a command is at work in one of the repositories; last
// is when a watched file changed last.
func locked(repos []repo, last time.Time) bool {
	for _, r := range repos {
		info, err := os.Lstat(r.lock)
		if err != nil {
			continue
		}
		age := time.Since(info.ModTime())
		if age < lockFresh || age < lockActive && time.Since(last) < lockCalm {
			return true
		}
	}
	return false
}

// ended reports whether a command has ended since the given time in one of the
// repositories. Files that are missing after that were removed by it.
func ended(repos []repo, since time.Time) bool {
	since = since.Add(-10 * time.Millisecond) // file systems stamp with a clock that ticks coarsely
	for _, r := range repos {
		if info, err := os.Lstat(r.index); err == nil && info.ModTime().After(since) {
			return true
		}
	}
	return false
}
