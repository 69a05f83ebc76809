package list

// Records is what a [Log] shows: records with sequence numbers first to next-1,
// without gaps. Bounds may change at any time, both only upwards, and a record
// never changes its number.
type Records interface {
	// Bounds gives the first sequence number still held and the next to be used.
	Bounds() (first, next uint64)
	// Version changes when what Rows gives changes.
	Version(seq uint64) int
	// Rows draws a record. Rows that are too long are cut, short ones filled; a
	// record without rows counts as one empty row. Text must have gone through
	// theme.Visible.
	Rows(seq uint64, look Look) []string
}

// Log is a list of records that keeps growing at its end and may lose records
// at its front. While it follows, the last record is in the last row and under
// the cursor. While it is held, the record at the upper edge stays there; when
// that record is dropped, the oldest one takes its place.
//
// Going to the end, by whatever method, follows again; leaving it holds.
// The zero value is not ready; use [NewLog].
type Log struct {
	w      window
	follow bool
	// seen is the first record that arrived since the log was held; those below
	// it were on the screen or could have been.
	seen uint64
}

// NewLog makes a log that follows, with no size yet.
func NewLog(records Records) *Log {
	l := &Log{follow: true}
	l.w.src = sequence{records}
	return l
}

type sequence struct{ Records }

func (s sequence) bounds() (first, next uint64)        { return s.Bounds() }
func (s sequence) key(pos uint64) key                  { return key{num: pos, version: s.Version(pos)} }
func (s sequence) draw(pos uint64, look Look) []string { return s.Rows(pos, look) }

// SetRecords shows other records, for instance filtered ones. Sequence numbers
// of one source mean nothing in another: a log that is held should be told by
// Select where to stand.
func (l *Log) SetRecords(records Records) {
	l.w.cache.drop()
	l.w.src = sequence{records}
	_, l.seen = records.Bounds()
	l.sync()
}

// sync takes in what happened to the records since the last call. Every
// exported method that looks at the window begins with it.
func (l *Log) sync() {
	l.w.measure()
	if l.follow && !l.w.empty() {
		l.w.cursor = l.w.next - 1
		l.w.top, l.w.line = l.w.end()
	}
	l.w.clamp()
	if l.w.empty() {
		return
	}
	if last := l.w.last() + 1; l.seen < last {
		l.seen = last
	}
}

// SetSize sets the window in cells. A cursor that shows keeps showing.
func (l *Log) SetSize(width, height int) {
	l.sync()
	_, shown := l.w.rowOf(l.w.cursor)
	l.w.setSize(width, height)
	l.sync()
	if shown {
		l.w.reveal(l.w.cursor)
		l.sync()
	}
}

// SetTheme drops what was drawn for a theme of another name.
func (l *Log) SetTheme(name string) { l.w.setTheme(name) }

// SetFocused says whether the list has the focus.
func (l *Log) SetFocused(focused bool) { l.w.focused = focused }

// Following says whether new records move the window.
func (l *Log) Following() bool { return l.follow }

// Follow goes to the end and stays there.
func (l *Log) Follow() {
	l.follow = true
	l.sync()
}

// Hold keeps the window where it is.
func (l *Log) Hold() {
	l.sync()
	l.hold()
}

func (l *Log) hold() {
	if l.follow {
		l.seen = l.w.next
	}
	l.follow = false
}

// New tells how many records arrived since the log was held and have not been
// in the window yet; 0 while it follows.
func (l *Log) New() int {
	l.sync()
	if l.follow {
		return 0
	}
	return int(l.w.next - min(l.w.next, max(l.seen, l.w.first)))
}

// Cursor gives the record the cursor is on; ok is false when there is none.
func (l *Log) Cursor() (seq uint64, ok bool) {
	l.sync()
	return l.w.cursor, !l.w.empty()
}

// Select puts the cursor on a record, or the nearest one held, shows it and
// holds the log.
func (l *Log) Select(seq uint64) {
	l.sync()
	l.hold()
	l.w.cursor = seq
	l.w.clamp()
	l.w.reveal(l.w.cursor)
	l.sync()
}

// MoveBy moves the cursor by n records, down when positive, and shows it. A
// record taller than the window is gone through row by row first.
func (l *Log) MoveBy(n int) {
	l.sync()
	if l.follow && n >= 0 {
		return
	}
	was, followed := l.place(), l.follow
	l.hold()
	l.w.step(n)
	l.settle(n, was, followed)
}

// PageBy moves by n windows less one row and takes the cursor along.
func (l *Log) PageBy(n int) {
	l.sync()
	if l.follow && n >= 0 {
		return
	}
	was, followed := l.place(), l.follow
	l.hold()
	l.w.page(n)
	l.settle(n, was, followed)
}

// ScrollBy moves the window by rows. The cursor stays on its record as long as
// that shows, else it goes to the nearest that does.
func (l *Log) ScrollBy(rows int) {
	l.sync()
	if l.follow && rows >= 0 {
		return
	}
	was := l.follow
	l.hold()
	moved := l.w.scroll(rows)
	switch {
	case rows < 0 && !moved:
		// Everything shows, or the window stands at the front already.
		l.follow = was
	case rows > 0 && l.w.atEnd():
		l.follow = true
	}
	l.sync()
	l.w.cursor = min(max(l.w.cursor, l.w.top), l.w.last())
	l.sync()
}

type place struct {
	top, cursor uint64
	line        int
}

func (l *Log) place() place { return place{l.w.top, l.w.cursor, l.w.line} }

// settle follows again when a movement downwards came to the end, and goes on
// following when a movement upwards led nowhere.
func (l *Log) settle(n int, was place, followed bool) {
	switch {
	case n < 0 && l.place() == was:
		l.follow = followed
	case n > 0 && l.w.cursor+1 == l.w.next && l.w.atEnd():
		l.follow = true
	}
	l.sync()
}

// Top goes to the oldest record and holds the log.
func (l *Log) Top() { l.Select(0) }

// Bottom is Follow.
func (l *Log) Bottom() { l.Follow() }

// At tells which record, and which row of it, is in a row of the window.
func (l *Log) At(row int) (seq uint64, line int, ok bool) {
	l.sync()
	return l.w.at(row)
}

// Visible gives the first and last record that show; ok is false when there
// are none. With Bounds of the records it makes a scroll bar.
func (l *Log) Visible() (first, last uint64, ok bool) {
	l.sync()
	if l.w.empty() {
		return 0, 0, false
	}
	return l.w.top, l.w.last(), true
}

// View gives exactly height rows of exactly width cells. The slice is used
// again by the next call.
func (l *Log) View() []string {
	l.sync()
	return l.w.view()
}
