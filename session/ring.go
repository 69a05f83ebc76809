package session

import (
	"encoding/json"
	"sync"
	"time"

	"hotloop/interp"
)

// Bounds of the log of a session. Entries are bounded in number because a
// screen scrolls through them, and in bytes because a script decides how much
// it writes.
const (
	ringEntries = 100_000
	ringBytes   = 16 << 20
)

// Ring is a bounded log. Sequence numbers start at 1 and never repeat; when it
// is full, by number or by bytes of text, the oldest entries go. All methods
// may be called from any goroutine, and none waits for anything.
type Ring struct {
	maxEntries int
	maxBytes   int

	mu    sync.Mutex
	buf   []Entry // circular; grows up to maxEntries
	sizes []int   // bytes accounted for the entry in the same place of buf
	head  int     // place of the oldest entry
	n     int     // entries held
	next  uint64  // sequence number of the entry to come; the oldest is next-n
	bytes int     // sum of sizes held
}

func newRing(maxEntries, maxBytes int) *Ring {
	return &Ring{maxEntries: maxEntries, maxBytes: maxBytes, next: 1}
}

// append puts e at the end, gives it its sequence number and, when it has
// none, the time now. The newest entry is always kept, however large.
func (r *Ring) append(e Entry) uint64 {
	size := entrySize(&e)
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	e.Seq = r.next
	r.next++
	for r.n > 0 && (r.n >= r.maxEntries || r.bytes+size > r.maxBytes) {
		r.drop()
	}
	if r.n == len(r.buf) {
		r.grow()
	}
	at := (r.head + r.n) % len(r.buf)
	r.buf[at], r.sizes[at] = e, size
	r.n++
	r.bytes += size
	return e.Seq
}

// drop lets go of the oldest entry.
func (r *Ring) drop() {
	r.bytes -= r.sizes[r.head]
	r.buf[r.head] = Entry{}
	r.head = (r.head + 1) % len(r.buf)
	r.n--
}

// grow doubles the room, up to maxEntries, and lays the entries out from 0.
func (r *Ring) grow() {
	room := min(max(64, 2*len(r.buf)), r.maxEntries)
	buf, sizes := make([]Entry, room), make([]int, room)
	for i := range r.n {
		at := (r.head + i) % len(r.buf)
		buf[i], sizes[i] = r.buf[at], r.sizes[at]
	}
	r.buf, r.sizes, r.head = buf, sizes, 0
}

// Bounds gives the first sequence number still held and the next to be used;
// they are equal when nothing is held.
func (r *Ring) Bounds() (first, next uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.next - uint64(r.n), r.next
}

// Dropped says how many entries are no longer held.
func (r *Ring) Dropped() uint64 {
	first, _ := r.Bounds()
	return first - 1
}

// Window gives up to n entries from sequence number from on; what was dropped
// is skipped, so the first entry may have a higher number than asked for. The
// slice is the caller's.
func (r *Ring) Window(from uint64, n int) []Entry {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.next - uint64(r.n)
	from = max(from, first)
	if from >= r.next || n <= 0 {
		return nil
	}
	count := int(min(uint64(n), r.next-from))
	out := make([]Entry, count)
	at := (r.head + int(from-first)) % len(r.buf)
	k := copy(out, r.buf[at:])
	copy(out[k:], r.buf)
	return out
}

// entrySize estimates the bytes that an entry keeps alive.
func entrySize(e *Entry) int {
	size := 128 + len(e.Notice)
	switch {
	case e.Event != nil:
		size += 128 + len(e.Event.Data)
		for i := range e.Event.Details {
			size += 64 + len(e.Event.Details[i].Text)
		}
		for i := range e.Event.Calls {
			c := &e.Event.Calls[i]
			size += 128 + len(c.Output)
			for _, v := range c.Returns {
				// Value holds about what Text says, in another form.
				size += 64 + 2*len(v.Text)
				if raw, ok := v.Value.(json.RawMessage); ok {
					size += len(raw)
				}
			}
			if c.Error != nil {
				size += len(c.Error.Message) + 64*len(c.Error.Trace)
			}
		}
	case e.Report != nil:
		size += reportSize(e.Report)
	case e.Pins != nil:
		size += pinReportSize(e.Pins)
	case e.Output != nil:
		size += len(e.Output.Text)
	case e.Crash != nil:
		size += len(e.Crash.Reason) + len(e.Crash.Tail) + 64*len(e.Crash.Trace)
	}
	return size
}

func reportSize(r *interp.Report) int {
	size := 256
	for i := range r.Units {
		u := &r.Units[i]
		size += 160 + len(u.Diff) + len(u.OldText) + len(u.NewText)
	}
	for i := range r.Vars {
		size += 80 + len(r.Vars[i].Old) + len(r.Vars[i].New)
	}
	return size + 160*len(r.Diagnostics)
}
