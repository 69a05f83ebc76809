package diffview

import (
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"hotloop/tui/theme"
)

func syntaxStyles(s theme.Syntax) [classes]lipgloss.Style {
	return [classes]lipgloss.Style{
		Plain: s.Plain, Keyword: s.Keyword, Type: s.Type, String: s.String, Number: s.Number,
		Comment: s.Comment, Builtin: s.Builtin, Func: s.Func, Operator: s.Operator,
	}
}

// strip is a row of cells in the making. Neighbours of one brush are written
// as one.
type strip struct {
	done  []byte
	run   []byte
	brush theme.Brush
	width int
}

func (s *strip) put(b theme.Brush, text string, width int) {
	if b != s.brush {
		s.flush()
		s.brush = b
	}
	s.run = append(s.run, text...)
	s.width += width
}

// text puts text of ours, which needs no care.
func (s *strip) text(b theme.Brush, text string) { s.put(b, text, theme.Width(text)) }

func (s *strip) blanks(b theme.Brush, n int) {
	if n > 0 {
		s.put(b, strings.Repeat(" ", n), n)
	}
}

func (s *strip) flush() {
	s.done = s.brush.Append(s.done, string(s.run))
	s.run = s.run[:0]
}

func (s *strip) String() string {
	s.flush()
	return string(s.done)
}

// glyph is a piece with its brush.
type glyph struct {
	text  string
	width int
	brush theme.Brush
}

// code puts the part of a line that is in columns [x, x+width) and fills the
// rest. What is cut off on either side shows as an ellipsis.
func (k *ink) code(s *strip, r Row, l *lineInk, x, width int, noEOL string) {
	if width <= 0 {
		return
	}
	trailing := 1 << 30 // byte of the line where its trailing blanks begin
	if r.Kind == Insert {
		text := r.Text()
		trailing = len(strings.TrimRight(text, " \t"))
	}
	cells := make([]glyph, 0, width+1)
	used := 0 // cells of glyphs
	col, at := 0, 0
	left, right := false, false // something is cut off there
line:
	for _, span := range r.Spans {
		brush := l.code[span.Class][b2i(span.Changed)]
		for rest := span.Text; rest != ""; {
			p := theme.Next(rest, col)
			g := glyph{p.Text, p.Width, brush}
			switch {
			case p.Control:
				g.brush = l.control
			case at >= trailing:
				g.brush = l.trailing
				g.text = visibleBlank(rest[0], p.Width)
			}
			rest = rest[p.Bytes:]
			at += p.Bytes
			start := col
			col += p.Width
			switch {
			case col <= x:
				left = left || strings.TrimSpace(g.text) != ""
			case start >= x+width || col > x+width && p.Width > 1 && strings.TrimSpace(g.text) != "":
				right = true
				break line
			case start < x || col > x+width:
				// A tab or a wide character in the edge: blanks for its cells
				// inside.
				n := min(col, x+width) - max(start, x)
				left = left || start < x && strings.TrimSpace(g.text) != ""
				cells = append(cells, glyph{strings.Repeat(" ", n), n, g.brush})
				used += n
			default:
				cells = append(cells, g)
				used += p.Width
			}
		}
	}
	if noEOL != "" && !right && used+2+theme.Width(noEOL) <= width {
		text := "  " + noEOL
		cells = append(cells, glyph{text, theme.Width(text), k.note})
		used += theme.Width(text)
	}
	if right {
		cells, used = makeRoom(cells, used, width-1)
	}
	if left && len(cells) > 0 {
		// The first glyph gives its cells to the ellipsis.
		n := cells[0].width
		cells[0] = glyph{theme.SignEllipsis + strings.Repeat(" ", n-1), n, l.fill}
	} else if left && !right {
		cells, used = append(cells, glyph{theme.SignEllipsis, 1, l.fill}), 1
	}
	for _, c := range cells {
		s.put(c.brush, c.text, c.width)
	}
	if right {
		if used < width-1 {
			s.blanks(l.fill, width-1-used)
		}
		s.text(l.fill, theme.SignEllipsis)
		used = width
	}
	s.blanks(l.fill, width-used)
}

// makeRoom takes glyphs off the end until they need no more than width cells.
func makeRoom(cells []glyph, used, width int) ([]glyph, int) {
	for used > width && len(cells) > 0 {
		used -= cells[len(cells)-1].width
		cells = cells[:len(cells)-1]
	}
	return cells, used
}

// visibleBlank draws a blank that should not be there.
func visibleBlank(c byte, width int) string {
	if c == '\t' {
		return theme.SignArrow + strings.Repeat(" ", width-1)
	}
	return "·"
}

// number puts a right-aligned line number, or blanks for none.
func number(s *strip, b theme.Brush, n, digits int) {
	text := ""
	if n > 0 {
		text = strconv.Itoa(n)
	}
	s.blanks(b, digits-len(text))
	s.text(b, text)
}

func digitsOf(n int) int { return len(strconv.Itoa(max(1, n))) }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// RenderSpans draws spans outside a diff, in the cells they need: the syntax as
// foreground, changed words by the kind.
func RenderSpans(spans []Span, kind Kind, styles theme.Styles) string {
	word := styles.Text
	switch kind {
	case Insert:
		word = styles.Diff.InsertWord
	case Delete:
		word = styles.Diff.DeleteWord
	}
	syntax := syntaxStyles(styles.Syntax)
	control := theme.NewBrush(styles.Control)
	var s strip
	for _, span := range spans {
		brush := theme.NewBrush(syntax[span.Class])
		if span.Changed {
			brush = theme.NewBrush(word, syntax[span.Class])
		}
		for rest := span.Text; rest != ""; {
			p := theme.Next(rest, s.width)
			if p.Control {
				s.put(control, p.Text, p.Width)
			} else {
				s.put(brush, p.Text, p.Width)
			}
			rest = rest[p.Bytes:]
		}
	}
	return s.String()
}
