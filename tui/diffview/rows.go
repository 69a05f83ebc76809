package diffview

import "strings"

// Kind is the kind of a row.
type Kind uint8

const (
	Context Kind = iota // in both texts
	Insert              // in the new text only
	Delete              // in the old text only
)

// Class is the syntax class of a span; it decides the foreground.
type Class uint8

const (
	Plain Class = iota
	Keyword
	Type
	String
	Number
	Comment
	Builtin
	Func
	Operator
	classes // how many there are
)

// Span is a piece of a line that is of one syntax class and either changed or
// not. Text is the source's own: tabs and control characters are still in it.
type Span struct {
	Text    string
	Class   Class
	Changed bool
}

// Row is one line of a text or of two.
type Row struct {
	Kind  Kind
	OldNo int // line number in the old file, 0 when the row has no old side
	NewNo int // line number in the new file, 0 when the row has no new side
	Spans []Span
	// Pair is how many rows further the row stands that this one is replaced
	// by (a Delete) or replaces (an Insert, negative); 0 when there is none.
	// Pairs never cross.
	Pair  int
	Moved bool // the same line was taken away or put elsewhere in the same unit
	NoEOL bool // the text ends here, without a line end
}

// Text is the line without its end.
func (r Row) Text() string {
	if len(r.Spans) == 1 {
		return r.Spans[0].Text
	}
	var b strings.Builder
	for _, s := range r.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Diff is the difference of two texts, line by line. It is complete: Old and
// New rebuild both texts from it.
type Diff struct {
	Rows           []Row
	Added, Removed int // lines
	// OldLine and NewLine are where the texts begin in their files.
	OldLine, NewLine int

	endsDiffer bool // one text ends with a line end and the other does not
}

// Old gives the old text back.
func (d *Diff) Old() string { return d.side(Insert) }

// New gives the new text back.
func (d *Diff) New() string { return d.side(Delete) }

func (d *Diff) side(without Kind) string {
	var b strings.Builder
	for _, r := range d.Rows {
		if r.Kind == without {
			continue
		}
		for _, s := range r.Spans {
			b.WriteString(s.Text)
		}
		if !r.NoEOL {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// Same says that the texts are equal; what differs then is at most the place.
func (d *Diff) Same() bool { return d.Added == 0 && d.Removed == 0 }

// oneSided says that one of the texts has no lines of its own, nor shares any.
func (d *Diff) oneSided() bool { return d.Added == len(d.Rows) || d.Removed == len(d.Rows) }

// lastNo gives the highest line number.
func lastNo(rows []Row) int {
	n := 0
	for _, r := range rows {
		n = max(n, r.OldNo, r.NewNo)
	}
	return n
}

// Compute compares two texts, the first lines of which are oldLine and newLine
// of their files. An empty text has no lines: a unit that was added or removed.
// Compute is pure; the result may be shared and must not be changed.
func Compute(old, new string, oldLine, newLine int) *Diff {
	d := &Diff{OldLine: max(1, oldLine), NewLine: max(1, newLine)}
	a, b := splitLines(old), splitLines(new)
	bld := builder{
		d: d, a: a, b: b,
		oldCut: cutter{text: old, lexemes: highlight(old)},
		newCut: cutter{text: new, lexemes: highlight(new)},
	}
	d.Rows = make([]Row, 0, max(len(a), len(b))+8)
	i, j := 0, 0
	for _, h := range hunks(a, b) {
		for ; i < h.Start; i, j = i+1, j+1 {
			bld.context(i, j)
		}
		bld.hunk(h)
		i, j = h.End, h.ReplEnd
	}
	for ; i < len(a); i, j = i+1, j+1 {
		bld.context(i, j)
	}
	markMoved(d.Rows)
	d.endsDiffer = old != "" && new != "" && strings.HasSuffix(old, "\n") != strings.HasSuffix(new, "\n")
	return d
}
