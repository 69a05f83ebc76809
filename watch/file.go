package watch

import (
	"bytes"
	"time"
)

// file is one watched file. All fields belong to the worker.
type file struct {
	path string // as delivered
	abs  string // as opened

	// As committed last. known is false for a file that was never there, or is
	// committed as removed; text is nil then.
	known bool
	text  []byte

	pending bool
	stale   bool      // touched, or due, since the last look
	seen    sight     // the last look; its text is let go at commit
	away    time.Time // when it was first found missing; zero while present
	again   time.Time // when to look again without an event; zero for never
}

// change compares what was seen of f with what was committed.
func (f *file) change() (c Change, ok bool) {
	switch {
	case f.seen.err != nil, f.seen.missing && !f.known:
		return c, false
	case f.seen.missing:
		return Change{Path: f.path, Old: f.text, Removed: true}, true
	case f.known && bytes.Equal(f.text, f.seen.text):
		return c, false
	}
	return Change{Path: f.path, Old: f.text, Text: f.seen.text}, true
}
