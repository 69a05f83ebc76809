package diffview

import (
	"fmt"

	"hotloop/tui/theme"
)

// refKind is what a line of the view shows.
type refKind uint8

const (
	refBlank  refKind = iota // between blocks
	refHeader                // header of the block
	refNote                  // a sentence in place of a diff
	refFold                  // b rows of context from row a on, not shown
	refRow                   // row a of a unified diff or of a source
	refPair                  // rows a and b side by side, -1 for none
)

// ref is one line of the view before it is drawn: a few numbers, so that a long
// diff costs little until it is scrolled to.
type ref struct {
	kind  refKind
	block int
	a, b  int
}

// row is the row that stands for the line: of a pair the new one.
func (l ref) row() int {
	if l.kind == refPair && l.b >= 0 {
		return l.b
	}
	return l.a
}

// shows says whether the line shows what another one, of a different layout of
// the same block, stood for.
func (l ref) shows(other ref) bool {
	if other.kind < refFold {
		return l.kind == other.kind
	}
	row := other.row()
	switch l.kind {
	case refFold:
		return l.a <= row && row < l.a+l.b
	case refRow:
		return l.a == row
	case refPair:
		return l.a == row || l.b == row
	}
	return false
}

const (
	// leastFold is how many rows a fold must hide: hiding one would show a
	// line that says so instead of the line itself.
	leastFold = 2
	// defaultContext is how many rows stay around a change.
	defaultContext = 3
)

// fold is a stretch of rows that is opened by hand.
type fold struct{ block, row int }

// layout lists the lines of all blocks.
func (v *View) layout() []ref {
	var refs []ref
	for i, b := range v.blocks {
		if len(refs) > 0 {
			refs = append(refs, ref{kind: refBlank, block: i})
		}
		if b.Header != nil {
			refs = append(refs, ref{kind: refHeader, block: i})
		}
		switch {
		case b.Diff != nil:
			refs = v.diffRefs(refs, i, b.Diff)
		case b.Source != nil:
			for r := range b.Source.Rows {
				refs = append(refs, ref{refRow, i, r, -1})
			}
		}
	}
	return refs
}

func (v *View) diffRefs(refs []ref, block int, d *Diff) []ref {
	if note(d) != "" {
		refs = append(refs, ref{kind: refNote, block: block})
	}
	keep := v.kept(block, d)
	split := v.splits(d)
	for i := 0; i < len(d.Rows); {
		switch {
		case !keep[i]:
			n := 1
			for i+n < len(d.Rows) && !keep[i+n] {
				n++
			}
			refs = append(refs, ref{refFold, block, i, n})
			i += n
		case !split:
			refs = append(refs, ref{refRow, block, i, -1})
			i++
		case d.Rows[i].Kind == Context:
			refs = append(refs, ref{refPair, block, i, i})
			i++
		default:
			end := i
			for end < len(d.Rows) && d.Rows[end].Kind != Context {
				end++
			}
			refs = pairRefs(refs, block, d.Rows, i, end)
			i = end
		}
	}
	return refs
}

// kept says which rows show: changes, the context around them, the first row
// (the unit's own line, which tells where one is), and opened folds.
func (v *View) kept(block int, d *Diff) []bool {
	keep := make([]bool, len(d.Rows))
	context := v.Context()
	for i, r := range d.Rows {
		if context < 0 || r.Kind != Context || i == 0 {
			keep[i] = true
		}
		if r.Kind == Context || context < 0 {
			continue
		}
		for j := max(0, i-context); j <= min(len(d.Rows)-1, i+context); j++ {
			keep[j] = true
		}
	}
	for i := 0; i < len(keep); {
		if keep[i] {
			i++
			continue
		}
		end := i
		for end < len(keep) && !keep[end] {
			end++
		}
		if end-i < leastFold || v.opened[fold{block, i}] {
			for j := i; j < end; j++ {
				keep[j] = true
			}
		}
		i = end
	}
	return keep
}

// pairRefs puts the removed and added rows [lo, hi) of one hunk side by side:
// pairs in one line, what stands between pairs one after the other.
func pairRefs(refs []ref, block int, rows []Row, lo, hi int) []ref {
	mid := lo
	for mid < hi && rows[mid].Kind == Delete {
		mid++
	}
	i, j := lo, mid
	// between puts unpaired rows up to old row a and new row b.
	between := func(a, b int) {
		for i < a || j < b {
			l := ref{refPair, block, -1, -1}
			if i < a {
				l.a = i
				i++
			}
			if j < b {
				l.b = j
				j++
			}
			refs = append(refs, l)
		}
	}
	for at := lo; at < mid; at++ {
		if p := rows[at].Pair; p != 0 {
			between(at, at+p)
			refs = append(refs, ref{refPair, block, at, at + p})
			i, j = at+1, at+p+1
		}
	}
	between(mid, hi)
	return refs
}

// splits says whether a diff is drawn side by side: when the sides are wide
// enough and both have something to show.
func (v *View) splits(d *Diff) bool {
	left, _ := sides(v.width)
	least := MinSplit
	if v.mode == Split {
		least = LeastSplit
	}
	return v.mode != Unified && left >= least && !d.oneSided() && !d.Same()
}

// note is what there is to say about a diff without changes.
func note(d *Diff) string {
	switch {
	case !d.Same():
		return ""
	case len(d.Rows) == 0:
		return "no text"
	case d.OldLine != d.NewLine:
		return fmt.Sprintf("unchanged, moved from line %d to line %d", d.OldLine, d.NewLine)
	}
	return "unchanged"
}

// noEOL is what the end of a line says when one text ends without a line end
// and the other does not.
func noEOL(d *Diff, r Row) string {
	if d.endsDiffer && r.NoEOL && r.Kind != Context {
		return "no line end"
	}
	return ""
}

// draw draws one line in exactly the view's width.
func (v *View) draw(l ref) string {
	b := v.blocks[l.block]
	switch l.kind {
	case refHeader:
		h := *b.Header
		if b.Diff != nil && h.Added == 0 && h.Removed == 0 {
			h.Added, h.Removed = b.Diff.Added, b.Diff.Removed
		}
		return RenderHeader(h, v.width, v.ink.styles)
	case refNote:
		return v.remark(v.ink.note, note(b.Diff))
	case refFold:
		return v.remark(v.ink.fold, fmt.Sprintf("%s %d lines", theme.SignFold, l.b))
	case refRow:
		if b.Source != nil && b.Diff == nil {
			r := b.Source.Rows[l.a]
			return v.ink.source(r, sourceGutter(v.width, v.digits), v.x, v.width, b.Mark > 0 && r.NewNo == b.Mark)
		}
		r := b.Diff.Rows[l.a]
		return v.ink.unified(r, unifiedGutter(v.width, v.digits), v.x, v.width, noEOL(b.Diff, r))
	case refPair:
		var old, new *Row
		end := ""
		if l.a >= 0 {
			old = &b.Diff.Rows[l.a]
			end = noEOL(b.Diff, *old)
		}
		if l.b >= 0 {
			new = &b.Diff.Rows[l.b]
			if end == "" {
				end = noEOL(b.Diff, *new)
			}
		}
		return v.ink.split(old, new, v.digits, v.x, v.width, end)
	}
	return theme.Fit("", v.width)
}

// remark draws a sentence of our own where the code begins.
func (v *View) remark(b theme.Brush, text string) string {
	lead := max(0, unifiedGutter(v.width, v.digits).width-2)
	var s strip
	s.blanks(b, min(lead, v.width))
	s.text(b, theme.Fit(text, v.width-s.width))
	return s.String()
}
