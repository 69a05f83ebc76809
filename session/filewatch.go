package session

import (
	"context"
	"path/filepath"
	"unsafe"

	"hotloop/watch"
)

// fileWatch is what a session needs of a watcher; *watch.Watcher is one. Tests
// put batches in by hand.
type fileWatch interface {
	// Batches gives settled batches in order. It is never closed before Close.
	Batches() <-chan watch.Batch
	// Add watches one more root. It may be called from any goroutine.
	Add(root string) error
	// Rescan gives what is other now than what was given before, settled or
	// not; it does not come as a batch again.
	Rescan(ctx context.Context) (watch.Batch, error)
	Close() error
}

// startWatchFunc starts a watcher. It returns when nothing that happens from
// then on is missed.
type startWatchFunc func(watch.Config) (fileWatch, error)

func startWatch(c watch.Config) (fileWatch, error) {
	if len(c.Roots) == 0 {
		return noWatch{}, nil // all sources are held in memory
	}
	w, err := watch.New(c)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// noWatch is a watcher of nothing.
type noWatch struct{}

func (noWatch) Batches() <-chan watch.Batch                 { return nil }
func (noWatch) Add(string) error                            { return nil }
func (noWatch) Rescan(context.Context) (watch.Batch, error) { return watch.Batch{}, nil }
func (noWatch) Close() error                                { return nil }

// textOf gives the bytes of a change as a string without copying them: a
// watch.Change never changes, and a script may be a megabyte.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// watchSetup says what is watched: the Go files, event files and go.mod of the
// roots, and the extra file of events. Paths are absolute, and so are those of
// the batches.
func (s *Session) watchSetup(roots []root, extra string) watch.Config {
	c := watch.Config{
		Match:   func(path string) bool { return goFile(path) || eventsName(path) || filepath.Base(path) == "go.mod" },
		SkipDir: skipDir,
		Ready:   ready,
		Settle:  s.cfg.Settle,
		Poll:    s.cfg.Poll,
	}
	for _, r := range roots {
		c.Roots = append(c.Roots, r.path)
		if r.file {
			// The events of a single file lie beside it.
			if beside := filepath.Join(filepath.Dir(r.path), eventsFileName); exists(beside) {
				c.Roots = append(c.Roots, beside)
			}
		}
	}
	if extra != "" {
		c.Roots = append(c.Roots, extra)
	}
	return c
}

// watchImport has the directory of an imported package watched, and says whether
// it is there to be watched at all.
func (s *Session) watchImport(dir string) bool {
	if !exists(dir) {
		return false
	}
	if err := s.files.Add(dir); err != nil {
		s.notice("", "cannot watch "+s.tree.show(dir)+": "+err.Error())
	}
	return true
}
