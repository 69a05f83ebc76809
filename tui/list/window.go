package list

import "strings"

// Look says how an item is to be drawn. How many rows an item has must depend
// on Width alone.
type Look struct {
	Width    int
	Selected bool // the cursor is on it
	Focused  bool // and the list has the focus; never set without Selected
}

// key tells drawn rows apart. num is used by Log, id by Index.
type key struct {
	num     uint64
	id      string
	version int
	look    Look
}

// source is what a window looks at: positions [first, next) without gaps.
type source interface {
	bounds() (first, next uint64)
	key(pos uint64) key // without look
	draw(pos uint64, look Look) []string
}

// window is the arithmetic that both lists share. What must stay true after
// each exported method of theirs: when there are items, first <= top < next,
// first <= cursor < next and 0 <= line < height of top; and no row below the
// last item shows while there are items above the window.
type window struct {
	src           source
	first, next   uint64 // bounds of src as of the last measure
	width, height int
	focused       bool
	theme         string

	top    uint64 // the item at the upper edge
	line   int    // the row of it at the upper edge
	cursor uint64

	cache cache
	out   []string // what View gave last, used again
}

// measure takes the bounds from the source. They stay as they are for the
// whole of an operation, even if another goroutine adds to the source meanwhile.
func (w *window) measure() { w.first, w.next = w.src.bounds() }

func (w *window) empty() bool { return w.first >= w.next }

// rows gives the drawn rows of an item, at least one. A window without a size
// draws nothing and takes every item for one row.
func (w *window) rows(pos uint64) []string {
	if w.width == 0 || w.height == 0 {
		return noRows
	}
	selected := pos == w.cursor
	look := Look{Width: w.width, Selected: selected, Focused: selected && w.focused}
	k := w.src.key(pos)
	k.look = look
	if rows, ok := w.cache.get(k); ok {
		return rows
	}
	rows := fit(w.src.draw(pos, look), w.width)
	w.cache.put(k, rows, w.height)
	return rows
}

var noRows = []string{""}

func (w *window) heightOf(pos uint64) int { return len(w.rows(pos)) }

// setSize gives a changed width a fresh cache; rows of another width are of no
// use any more.
func (w *window) setSize(width, height int) {
	width, height = max(0, width), max(0, height)
	if width != w.width {
		w.cache.drop()
	}
	w.width, w.height = width, height
}

func (w *window) setTheme(name string) {
	if name != w.theme {
		w.cache.drop()
	}
	w.theme = name
}

// clamp restores what must stay true after the source or the size changed.
func (w *window) clamp() {
	if w.empty() {
		w.top, w.line, w.cursor = w.first, 0, w.first
		return
	}
	w.cursor = min(max(w.cursor, w.first), w.next-1)
	switch {
	case w.top < w.first:
		w.top, w.line = w.first, 0
	case w.top >= w.next:
		w.top, w.line = w.next-1, 0
	}
	w.line = min(max(w.line, 0), w.heightOf(w.top)-1)
	if top, line := w.end(); after(w.top, w.line, top, line) {
		w.top, w.line = top, line
	}
}

// end gives the lowest place of the window: the last row of the last item is in
// its last row, or everything fits and it is the first row of the first item.
func (w *window) end() (top uint64, line int) {
	left := w.height
	for pos := w.next; pos > w.first; {
		pos--
		h := w.heightOf(pos)
		if h >= left {
			return pos, h - max(left, 1)
		}
		left -= h
	}
	return w.first, 0
}

func (w *window) atEnd() bool {
	top, line := w.end()
	return !after(top, line, w.top, w.line)
}

// scroll moves the window by rows, as far as it goes, and says whether it moved.
func (w *window) scroll(rows int) bool {
	if w.empty() {
		return false
	}
	top, line := w.top, w.line
	for rows < 0 {
		if line > 0 {
			step := min(line, -rows)
			line -= step
			rows += step
			continue
		}
		if top == w.first {
			break
		}
		top--
		line = w.heightOf(top)
	}
	if rows > 0 {
		lastTop, lastLine := w.end()
		for rows > 0 && after(lastTop, lastLine, top, line) {
			left := w.heightOf(top) - 1 - line
			if rows <= left || top+1 >= w.next {
				line += min(rows, left)
				break
			}
			rows -= left + 1
			top, line = top+1, 0
		}
		if after(top, line, lastTop, lastLine) {
			top, line = lastTop, lastLine
		}
	}
	moved := top != w.top || line != w.line
	w.top, w.line = top, line
	return moved
}

// reveal scrolls as little as needed to show an item whole, or its upper part
// when it is taller than the window.
func (w *window) reveal(pos uint64) {
	if w.empty() || w.height == 0 {
		return
	}
	if pos < w.top || pos == w.top && w.line > 0 {
		w.top, w.line = pos, 0
		return
	}
	// Walk up from the item: the window's top must not be above the place that
	// leaves the item in the last rows.
	left := w.height - w.heightOf(pos)
	if left <= 0 {
		w.top, w.line = pos, 0
		return
	}
	for at := pos; at > w.top; {
		at--
		h := w.heightOf(at)
		if h >= left {
			if after(at, h-left, w.top, w.line) {
				w.top, w.line = at, h-left
			}
			return
		}
		left -= h
	}
}

// rowOf gives the row of the window where an item begins, negative when it
// begins above, and whether any of it shows.
func (w *window) rowOf(pos uint64) (row int, shows bool) {
	if pos < w.top || pos >= w.next {
		return 0, false
	}
	row = -w.line
	for at := w.top; at < pos; at++ {
		row += w.heightOf(at)
		if row >= w.height {
			return 0, false
		}
	}
	return row, row < w.height
}

// place scrolls so that an item begins at a row of the window, as near as the
// ends of the list allow.
func (w *window) place(pos uint64, row int) {
	w.top, w.line = pos, 0
	switch {
	case row > 0:
		w.scroll(-row)
	case row < 0:
		w.line = min(-row, w.heightOf(pos)-1)
	}
	w.clamp()
}

// at gives the item and its row at a row of the window.
func (w *window) at(row int) (pos uint64, line int, ok bool) {
	if row < 0 || row >= w.height {
		return 0, 0, false
	}
	line = w.line + row
	for pos = w.top; pos < w.next; pos++ {
		h := w.heightOf(pos)
		if line < h {
			return pos, line, true
		}
		line -= h
	}
	return 0, 0, false
}

// last gives the lowest item of which a row shows.
func (w *window) last() uint64 {
	rows := -w.line
	pos := w.top
	for ; pos < w.next; pos++ {
		rows += w.heightOf(pos)
		if rows >= w.height {
			return pos
		}
	}
	return max(pos, 1) - 1
}

// step moves the cursor by n items. One step from an item that goes on beyond
// the edge of the window moves the window by a row instead, so that every row
// of a tall item can be reached.
func (w *window) step(n int) {
	if w.empty() || n == 0 {
		return
	}
	row, shows := w.rowOf(w.cursor)
	tall := shows && w.heightOf(w.cursor) > w.height
	switch {
	case tall && n == 1 && row+w.heightOf(w.cursor) > w.height,
		tall && n == -1 && row < 0:
		w.scroll(n)
		return
	}
	if n < 0 {
		w.cursor -= min(w.cursor-w.first, uint64(-n))
	} else {
		w.cursor += min(w.next-1-w.cursor, uint64(n))
	}
	tall = w.heightOf(w.cursor) > w.height
	if _, shows := w.rowOf(w.cursor); tall && shows {
		return // the following steps go through it from where it shows
	}
	w.reveal(w.cursor)
	if tall && n < 0 {
		w.line = w.heightOf(w.cursor) - w.height // entered from below
	}
	w.clamp()
}

// page moves by n windows and keeps the cursor in its row; where the list ends
// the cursor goes to the first or last item.
func (w *window) page(n int) {
	if w.empty() || n == 0 {
		return
	}
	row, _ := w.rowOf(w.cursor)
	row = min(max(row, 0), max(0, w.height-1))
	if !w.scroll(n * max(1, w.height-1)) {
		w.cursor = w.first
		if n > 0 {
			w.cursor = w.next - 1
		}
		w.reveal(w.cursor)
		w.clamp()
		return
	}
	if pos, _, ok := w.at(row); ok {
		w.cursor = pos
	}
}

// view draws the window.
func (w *window) view() []string {
	if cap(w.out) < w.height {
		w.out = make([]string, 0, w.height)
	}
	out := w.out[:0]
	skip := w.line
	for pos := w.top; pos < w.next && len(out) < w.height; pos++ {
		rows := w.rows(pos)
		rows = rows[min(skip, len(rows)):]
		skip = 0
		out = append(out, rows[:min(len(rows), w.height-len(out))]...)
	}
	if len(out) < w.height {
		blank := strings.Repeat(" ", w.width)
		for len(out) < w.height {
			out = append(out, blank)
		}
	}
	w.out = out
	return out
}

// after reports whether place a is below place b.
func after(aTop uint64, aLine int, bTop uint64, bLine int) bool {
	return aTop > bTop || aTop == bTop && aLine > bLine
}
