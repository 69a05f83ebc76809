package diffview

import (
	"slices"
	"strings"

	"hotloop/tui/theme"
)

// Block is one part of what a View shows: a header, then a diff or a source.
type Block struct {
	Header *Header // nil for none
	Diff   *Diff
	Source *Source // when there is no Diff
	Mark   int     // line of Source to point at, 0 for none
}

// Layout is how diffs are laid out.
type Layout uint8

const (
	Auto    Layout = iota // side by side where each side gets MinSplit columns, else unified
	Unified               // one column at any width
	Split                 // side by side, where each side gets LeastSplit columns; elsewhere unified
)

// MinSplit is the width of one side from which Auto splits, LeastSplit the
// least that a split can do with when somebody asks for it.
const (
	MinSplit   = 60
	LeastSplit = 36
)

// View is a window on blocks, scrolled by rows and columns. It draws the rows
// it shows and keeps them. The zero value is an empty view of the dark theme
// without a size. It is not safe for concurrent use, and the blocks it was
// given must not be changed.
type View struct {
	width, height int
	mode          Layout
	lessContext   int // rows of context less than defaultContext, so that 0 is the default
	ink           *ink

	blocks []Block
	opened map[fold]bool

	refs   []ref    // nil when they have to be made again
	drawn  []string // beside refs; "" where not drawn yet
	digits int      // of the highest line number in all blocks
	widest int      // columns of the widest line, 0 when not known

	top, x int
	out    []string // what View gave last, used again
}

// SetSize sets the size in cells.
func (v *View) SetSize(width, height int) {
	width, height = max(0, width), max(0, height)
	if width != v.width {
		v.relayout(func() { v.width = width })
	}
	v.height = height
	v.lines()
}

// SetStyles sets the theme.
func (v *View) SetStyles(s theme.Styles) {
	if v.ink == nil || s.Name != v.ink.styles.Name {
		v.ink = inkOf(s)
		v.redraw()
	}
}

// SetBlocks replaces what is shown and goes to the top. The same blocks again
// (equal headers, the same diffs and sources) change nothing.
func (v *View) SetBlocks(blocks []Block) {
	if slices.EqualFunc(v.blocks, blocks, sameBlock) {
		return
	}
	v.blocks = slices.Clone(blocks)
	v.refs, v.drawn, v.widest = nil, nil, 0
	v.top, v.x = 0, 0
	clear(v.opened)
	last := 1
	for _, b := range v.blocks {
		switch {
		case b.Diff != nil:
			last = max(last, lastNo(b.Diff.Rows))
		case b.Source != nil:
			last = max(last, lastNo(b.Source.Rows))
		}
	}
	v.digits = digitsOf(last)
}

func sameBlock(a, b Block) bool {
	if (a.Header == nil) != (b.Header == nil) || a.Header != nil && *a.Header != *b.Header {
		return false
	}
	return a.Diff == b.Diff && a.Source == b.Source && a.Mark == b.Mark
}

// Blocks gives what is shown.
func (v *View) Blocks() []Block { return v.blocks }

// SetLayout chooses between unified and side by side.
func (v *View) SetLayout(l Layout) {
	if l != v.mode {
		v.relayout(func() { v.mode = l })
	}
}

// SetContext sets how many rows stay around a change; negative for all. It
// closes folds that were opened one by one.
func (v *View) SetContext(n int) {
	v.relayout(func() {
		clear(v.opened)
		v.lessContext = defaultContext - n
	})
}

// Context gives what SetContext set, 3 at first.
func (v *View) Context() int { return defaultContext - v.lessContext }

// OpenFold opens the fold in a row of the window and says whether there was one.
func (v *View) OpenFold(row int) bool {
	l, ok := v.refAt(row)
	if !ok || l.kind != refFold {
		return false
	}
	if v.opened == nil {
		v.opened = map[fold]bool{}
	}
	v.relayout(func() { v.opened[fold{l.block, l.a}] = true })
	return true
}

// relayout makes a change on which the list of lines depends, and keeps what
// was at the upper edge there.
func (v *View) relayout(change func()) {
	anchor, ok := v.refAt(0)
	change()
	v.refs, v.drawn = nil, nil
	if !ok {
		return
	}
	for i, l := range v.lines() {
		if l.block == anchor.block && l.shows(anchor) {
			v.top = i
			break
		}
	}
	v.lines()
}

// redraw forgets drawn rows.
func (v *View) redraw() { clear(v.drawn) }

// lines gives the list of lines, made when it is needed.
func (v *View) lines() []ref {
	if v.refs == nil {
		v.refs = v.layout()
		v.drawn = make([]string, len(v.refs))
	}
	v.top = min(max(v.top, 0), max(0, len(v.refs)-v.height))
	return v.refs
}

func (v *View) refAt(row int) (ref, bool) {
	refs := v.lines()
	if row < 0 || row >= max(v.height, 1) || v.top+row >= len(refs) {
		return ref{}, false
	}
	return refs[v.top+row], true
}

// ScrollBy moves by rows; positive is down.
func (v *View) ScrollBy(n int) { v.top += n; v.lines() }

// PageBy moves by n windows less one row.
func (v *View) PageBy(n int) { v.ScrollBy(n * max(1, v.height-1)) }

// Top goes to the first row and column.
func (v *View) Top() { v.top = 0; v.ScrollXBy(-v.x) }

// Bottom goes to the last row.
func (v *View) Bottom() { v.top = len(v.lines()); v.lines() }

// ScrollXBy moves the code by columns; positive shows what is further right.
// The gutter stays.
func (v *View) ScrollXBy(n int) {
	if v.widest == 0 {
		v.widest = v.measure()
	}
	x := min(max(0, v.x+n), max(0, v.widest-1))
	if x != v.x {
		v.x = x
		v.redraw()
	}
}

// X is how many columns the code is moved.
func (v *View) X() int { return v.x }

// measure gives the columns of the widest line of code.
func (v *View) measure() (widest int) {
	widen := func(rows []Row) {
		for _, r := range rows {
			col := 0
			for _, s := range r.Spans {
				for rest := s.Text; rest != ""; {
					p := theme.Next(rest, col)
					col += p.Width
					rest = rest[p.Bytes:]
				}
			}
			widest = max(widest, col)
		}
	}
	for _, b := range v.blocks {
		switch {
		case b.Diff != nil:
			widen(b.Diff.Rows)
		case b.Source != nil:
			widen(b.Source.Rows)
		}
	}
	return widest
}

// NextBlock goes to the beginning of the next block (n > 0), or of the one
// before (n < 0).
func (v *View) NextBlock(n int) {
	refs := v.lines()
	if len(refs) == 0 {
		return
	}
	at := refs[v.top].block
	if n < 0 && v.top > v.headerOf(at) {
		at++ // the beginning of this one counts
	}
	v.top = v.headerOf(min(max(0, at+n), len(v.blocks)-1))
	v.lines()
}

// headerOf gives the first line of a block, without the blank before it.
func (v *View) headerOf(block int) int {
	for i, l := range v.refs {
		if l.block == block && l.kind != refBlank {
			return i
		}
	}
	return len(v.refs)
}

// ShowLine scrolls, if it must, so that a line of the first source shows with
// some lines around it.
func (v *View) ShowLine(line int) {
	for i, l := range v.lines() {
		b := v.blocks[l.block]
		if l.kind != refRow || b.Source == nil || b.Diff != nil || b.Source.Rows[l.a].NewNo != line {
			continue
		}
		if i < v.top || i >= v.top+v.height {
			v.top = i - v.height/3
			v.lines()
		}
		return
	}
}

// Position gives the first row shown, how many rows fit, and how many there
// are.
func (v *View) Position() (top, visible, total int) {
	refs := v.lines()
	return v.top, v.height, len(refs)
}

// BlockAt tells which block a row of the window belongs to, and which line of
// the file it shows: of the new file, or of the old one where the line is gone;
// 0 where it shows none.
func (v *View) BlockAt(row int) (block, line int, ok bool) {
	l, ok := v.refAt(row)
	if !ok {
		return 0, 0, false
	}
	b := v.blocks[l.block]
	rows := []Row(nil)
	if b.Diff != nil {
		rows = b.Diff.Rows
	} else if b.Source != nil {
		rows = b.Source.Rows
	}
	switch l.kind {
	case refPair:
		if l.b >= 0 {
			return l.block, rows[l.b].NewNo, true
		}
		return l.block, rows[l.a].OldNo, true
	case refRow, refFold:
		r := rows[l.a]
		if r.NewNo > 0 {
			return l.block, r.NewNo, true
		}
		return l.block, r.OldNo, true
	}
	return l.block, 0, true
}

// View gives exactly height rows of exactly width cells. The slice is used
// again by the next call.
func (v *View) View() []string {
	if v.ink == nil {
		v.SetStyles(theme.New(theme.Dark, true))
	}
	refs := v.lines()
	out := v.out[:0]
	for i := v.top; i < len(refs) && len(out) < v.height; i++ {
		if v.drawn[i] == "" && v.width > 0 {
			v.drawn[i] = v.draw(refs[i])
		}
		out = append(out, v.drawn[i])
	}
	if len(out) < v.height {
		blank := strings.Repeat(" ", v.width)
		for len(out) < v.height {
			out = append(out, blank)
		}
	}
	v.out = out
	return out
}
