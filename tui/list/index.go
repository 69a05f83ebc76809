package list

// Items is what an [Index] shows. Len and the IDs may change only together with
// a call of [Index.Refresh].
type Items interface {
	Len() int
	// ID tells item i from all others, over time.
	ID(i int) string
	// Version changes when what Rows gives changes.
	Version(i int) int
	// Rows draws item i. Rows that are too long are cut, short ones filled; a
	// list without rows counts as one empty row. Text must have gone through
	// theme.Visible.
	Rows(i int, look Look) []string
}

// Index is a list of items by number, with a cursor that stays with its item.
// The zero value is not ready; use [NewIndex].
type Index struct {
	w     window
	items Items

	// What Refresh holds on to, as of the last call of any method: the items
	// under the cursor and at the upper edge, and the row where the cursor's
	// item begins, negative or beyond the window when it does not show.
	cursorID, topID string
	cursorRow       int
}

// NewIndex makes a list with the cursor on the first item and no size yet.
func NewIndex(items Items) *Index {
	l := &Index{items: items}
	l.w.src = indexed{items}
	l.w.measure()
	l.note()
	return l
}

// indexed makes Items a source of positions from 0.
type indexed struct{ Items }

func (s indexed) bounds() (first, next uint64) { return 0, uint64(s.Len()) }
func (s indexed) key(pos uint64) key {
	return key{id: s.ID(int(pos)), version: s.Version(int(pos))}
}
func (s indexed) draw(pos uint64, look Look) []string { return s.Rows(int(pos), look) }

// Refresh must follow every change of the items. The cursor stays on its item,
// and the item in its row of the window; when the item is gone, the cursor goes
// to the one that took its place. The cost grows with how far the item moved.
func (l *Index) Refresh() {
	w := &l.w
	w.measure()
	if l.items.Len() == 0 {
		w.clamp()
		l.note()
		return
	}
	cursor, cursorFound := l.find(l.cursorID, w.cursor)
	top, topFound := l.find(l.topID, w.top)
	if topFound {
		w.top = top
	}
	if cursorFound {
		w.cursor = cursor
	}
	shown := l.cursorRow > -w.height && l.cursorRow < w.height
	w.clamp()
	if cursorFound && shown {
		w.place(w.cursor, l.cursorRow)
	}
	l.note()
}

// note remembers what Refresh has to find again.
func (l *Index) note() {
	if l.w.empty() {
		l.cursorID, l.topID, l.cursorRow = "", "", 0
		return
	}
	l.cursorID, l.topID = l.items.ID(int(l.w.cursor)), l.items.ID(int(l.w.top))
	row, shows := l.w.rowOf(l.w.cursor)
	if !shows {
		row = l.w.height
	}
	l.cursorRow = row
}

// find looks for an item, from where it was outwards.
func (l *Index) find(id string, was uint64) (pos uint64, ok bool) {
	n := l.items.Len()
	at := min(int(was), n-1)
	for d := 0; at-d >= 0 || at+d < n; d++ {
		if at-d >= 0 && l.items.ID(at-d) == id {
			return uint64(at - d), true
		}
		if at+d < n && l.items.ID(at+d) == id {
			return uint64(at + d), true
		}
	}
	return 0, false
}

// SetSize sets the window in cells. A cursor that shows keeps showing.
func (l *Index) SetSize(width, height int) {
	shown := l.w.height == 0 || l.cursorRow < l.w.height
	l.w.setSize(width, height)
	l.w.clamp()
	if shown {
		l.w.reveal(l.w.cursor)
		l.w.clamp()
	}
	l.note()
}

// SetTheme drops what was drawn for a theme of another name.
func (l *Index) SetTheme(name string) { l.w.setTheme(name) }

// SetFocused says whether the list has the focus.
func (l *Index) SetFocused(focused bool) { l.w.focused = focused }

// Cursor gives the item the cursor is on, -1 when there is none.
func (l *Index) Cursor() int {
	if l.w.empty() {
		return -1
	}
	return int(l.w.cursor)
}

// SetCursor puts the cursor on item i, or the nearest there is, and shows it.
func (l *Index) SetCursor(i int) {
	l.w.cursor = uint64(max(0, i))
	l.w.clamp()
	l.w.reveal(l.w.cursor)
	l.w.clamp()
	l.note()
}

// SelectID puts the cursor on an item by its ID and says whether it is there.
func (l *Index) SelectID(id string) bool {
	if l.w.empty() {
		return false
	}
	pos, ok := l.find(id, l.w.cursor)
	if ok {
		l.SetCursor(int(pos))
	}
	return ok
}

// MoveBy moves the cursor by n items, down when positive, and shows it. An item
// taller than the window is gone through row by row first.
func (l *Index) MoveBy(n int) { l.w.step(n); l.note() }

// PageBy moves by n windows less one row and takes the cursor along.
func (l *Index) PageBy(n int) { l.w.page(n); l.note() }

// ScrollBy moves the window by rows and leaves the cursor where it is, even
// when that is out of sight: looking around does not select.
func (l *Index) ScrollBy(rows int) { l.w.scroll(rows); l.note() }

// Top puts the cursor on the first item, Bottom on the last.
func (l *Index) Top() { l.SetCursor(0) }

// Bottom puts the cursor on the last item.
func (l *Index) Bottom() { l.SetCursor(l.items.Len() - 1) }

// At tells which item, and which row of it, is in a row of the window.
func (l *Index) At(row int) (i, line int, ok bool) {
	pos, line, ok := l.w.at(row)
	return int(pos), line, ok
}

// Visible gives the first and the last item that show, and how many there are;
// for a scroll bar.
func (l *Index) Visible() (first, last, total int) {
	if l.w.empty() {
		return 0, 0, 0
	}
	return int(l.w.top), int(l.w.last()), l.items.Len()
}

// View gives exactly height rows of exactly width cells. The slice is used
// again by the next call.
func (l *Index) View() []string { return l.w.view() }
