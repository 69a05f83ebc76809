package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// absorb takes what the drain goroutine put in the mailbox.
func (k *worker) absorb() {
	events, overflow, failed := k.box.take()
	if failed != nil {
		k.fallBack("the notification of changes failed (" + failed.Error() + ")")
	}
	if overflow {
		k.rescanFrom(time.Now())
		k.thorough = true
	}
	for _, e := range events {
		k.event(e)
	}
}

// rescanFrom has a scan follow. Files it finds changed count as touched at the
// given time.
func (k *worker) rescanFrom(at time.Time) {
	if k.stale.IsZero() {
		k.stale = at
	}
}

// event touches the files that e is about, or has a scan find out which.
func (k *worker) event(e event) {
	t := &k.tree
	if _, ok := t.dirs[e.path]; ok {
		if e.kind == gone {
			k.unwatch(e.path)
		}
		k.rescanFrom(e.at)
	}
	if t.links[e.path] {
		k.rescanFrom(e.at)
	}
	for _, to := range t.targets[e.path] {
		k.settler.touch(k.settler.file(to.path, to.abs), e.at)
	}
	dir, name := filepath.Split(e.path)
	views := t.dirs[filepath.Clean(dir)]
	if len(views) == 0 {
		return
	}
	if to, ok := t.names[e.path]; ok {
		k.settler.touch(k.settler.file(to.path, to.abs), e.at)
		if e.kind != created {
			return
		}
	}
	if e.kind == created && k.arrived(e, name, views) {
		return
	}
	for _, v := range views {
		if t.wants(v, name) {
			to := target{filepath.Join(v.path, name), filepath.Join(v.abs, name)}
			t.names[e.path] = to
			k.settler.touch(k.settler.file(to.path, to.abs), e.at)
			return
		}
	}
}

// arrived looks at what was created in a watched directory and reports whether
// it is dealt with. A file that counts is not.
func (k *worker) arrived(e event, name string, views []view) bool {
	info, err := os.Lstat(e.path)
	switch {
	case err != nil:
		return false // gone again, which its own event will tell
	case info.IsDir():
		if name == ".git" || name == ".hg" || !k.tree.skipDir(name) {
			k.rescanFrom(e.at)
		}
		return true
	case info.Mode()&fs.ModeSymlink != 0:
		// Any link may be a step on the way to a watched file.
		if !temporary(name) {
			k.rescanFrom(e.at)
		}
		return true
	}
	for _, v := range views {
		if k.tree.wants(v, name) {
			return false
		}
	}
	k.settler.stir(e.at)
	return true
}

// unwatch forgets the watches of a directory that was removed or renamed, and
// of those below it: after a rename they would report paths that are no more.
// The scan that follows watches what is there then.
func (k *worker) unwatch(dir string) {
	if k.notifier == nil {
		return
	}
	for real := range k.tree.dirs {
		if under(real, dir) {
			_ = k.notifier.backend.Remove(real) // not watched any more is as good
		}
	}
}
