package watch

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// scan compares what is there with what was seen and touches what differs.
func (k *worker) scan() {
	at, thorough := k.stale, k.thorough || k.settler.blind
	k.stale, k.thorough = time.Time{}, false
	start := time.Now()
	if at.IsZero() {
		at = start
	}
	c := k.census()
	for path, e := range c.files {
		if f := k.settler.file(path, e.abs); k.differs(f, stampOf(e.info), thorough) {
			k.settler.touch(f, at)
		}
	}
	for path, f := range k.settler.files {
		if _, ok := c.files[path]; ok || c.hidden(path) {
			continue
		}
		switch {
		case f.pending && f.stale: // will be looked at
		case !f.pending && !f.known:
			delete(k.settler.files, path)
		case !f.as(k.settler.look(f.abs)):
			k.settler.touch(f, at)
		}
	}
	k.clock.ran(start)
}

// hidden reports whether path lies below something that could not be examined.
func (c *census) hidden(path string) bool {
	for dir := range c.unseen {
		if under(path, dir) {
			return true
		}
	}
	return false
}

// differs reports whether f may have changed since it was looked at. When
// equal stamps are no proof, a thorough answer takes another look.
func (k *worker) differs(f *file, now stamp, thorough bool) bool {
	switch {
	case f.pending && f.stale:
		return false // will be looked at
	case f.seen.at.IsZero() || f.seen.stamp != now:
		return true
	case !thorough || f.seen.proves(now):
		return false
	}
	s := k.settler.look(f.abs)
	if !f.as(s) {
		return true
	}
	if !f.pending {
		s.text = nil // f.text is the same
	} else {
		s.writer = f.seen.writer
	}
	f.seen = s
	return false
}

// census finds out what the roots consist of and makes the watches fit.
func (k *worker) census() *census {
	watched := map[string]bool{}
	if k.notifier != nil {
		// The backend drops watches by itself, so only it knows what is watched.
		for _, dir := range k.notifier.backend.WatchList() {
			watched[dir] = true
		}
	}
	c := k.tree.scan(func(real string) {
		if !watched[real] {
			k.watch(real)
		}
	})
	for dir := range watched {
		if _, ok := k.tree.dirs[dir]; !ok {
			_ = k.notifier.backend.Remove(dir) // gone by itself is as good
		}
	}
	k.clock.absent = c.absent
	k.report(c)
	return c
}

// watch asks for the events of one directory.
func (k *worker) watch(real string) {
	if k.notifier == nil || k.full {
		return
	}
	err := k.notifier.backend.Add(real)
	switch {
	case err == nil:
		if k.clock.every == 0 && remote(real) {
			k.tell(k.told, "", "changes by other machines to "+real+" give no notification: files are polled too")
			k.poll(remoteEvery)
		}
	case exhausted(err):
		k.full = true
		k.fallBack("the system has no more watches to give (on Linux raise fs.inotify.max_user_watches)")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		// A directory that vanished is the next event; one that cannot be read
		// is told by the scan.
	default:
		k.fallBack(real + " cannot be watched (" + err.Error() + ")")
	}
}

// report tells what the scan could not examine.
func (k *worker) report(c *census) {
	for path, err := range c.unseen {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		k.tell(k.toldUnseen, path, "cannot be read: "+err.Error()+"; what was read of it before stays")
	}
	for path := range k.toldUnseen {
		if _, ok := c.unseen[path]; !ok {
			delete(k.toldUnseen, path)
		}
	}
}

// adopt takes the files that are new as they are, without settling, and gives
// them as changes from nothing.
func (k *worker) adopt() (changes []Change) {
	start := time.Now()
	c := k.census()
	for path, e := range c.files {
		if k.settler.files[path] != nil {
			continue
		}
		f := k.settler.file(path, e.abs)
		f.seen = k.settler.look(f.abs)
		if f.seen.err != nil {
			k.tell(k.told, path, f.seen.err.Error())
		}
		if ch, ok := f.change(); ok {
			changes = append(changes, ch)
			f.known, f.text = true, ch.Text
		}
		f.seen.text = nil
	}
	k.clock.ran(start)
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes
}

// add makes r a root.
func (k *worker) add(r root) {
	if slices.ContainsFunc(k.tree.roots, func(have root) bool { return have.abs == r.abs }) {
		return
	}
	k.tree.roots = append(k.tree.roots, r)
	now := time.Now()
	b := Batch{Changes: k.adopt(), First: now}
	if b.Settled = time.Now(); len(b.Changes) > 0 {
		b.ReadTook = b.Settled.Sub(now)
		k.out.add(b)
	}
	k.rescanFrom(now) // adopt saw the new files only
}

// rescan commits all that differs now and gives all the reader has not got.
func (k *worker) rescan() Batch {
	k.absorb()
	k.thorough = true
	k.scan()
	k.settler.lookNow()
	k.commit()
	return k.out.take()
}

// as reports whether s shows f as it was last seen, or committed.
func (f *file) as(s sight) bool {
	if f.pending {
		return s.same(f.seen)
	}
	if s.err != nil || f.seen.err != nil {
		return s.err != nil && f.seen.err != nil
	}
	return f.known != s.missing && bytes.Equal(s.text, f.text)
}
