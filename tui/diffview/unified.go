package diffview

import "hotloop/tui/theme"

// gutter is what stands before the code: numbers, sign, blanks. The sign is
// always there; the numbers go where the code would get too narrow.
type gutter struct {
	digits  int
	numbers int // 2 old and new, 1 the row's own, 0 none
	width   int
}

// Widths of the code for the sake of which numbers are left out.
const (
	codeBesideTwo = 32
	codeBesideOne = 16
)

func unifiedGutter(width, digits int) gutter {
	for _, g := range []gutter{
		{digits, 2, 1 + digits + 1 + digits + 3},
		{digits, 1, 1 + digits + 3},
	} {
		least := codeBesideTwo
		if g.numbers == 1 {
			least = codeBesideOne
		}
		if width-g.width >= least {
			return g
		}
	}
	return gutter{digits, 0, min(2, max(0, width))}
}

// unified draws a row in one column.
func (k *ink) unified(r Row, g gutter, x, width int, noEOL string) string {
	_, l := k.line(r)
	var s strip
	switch g.numbers {
	case 2:
		s.blanks(l.number, 1)
		number(&s, l.number, r.OldNo, g.digits)
		s.blanks(l.number, 1)
		number(&s, l.number, r.NewNo, g.digits)
		s.blanks(l.number, 1)
	case 1:
		s.blanks(l.number, 1)
		number(&s, l.number, max(r.NewNo, r.OldNo*b2i(r.Kind == Delete)), g.digits)
		s.blanks(l.number, 1)
	}
	k.sign(&s, r, l, g.width-s.width)
	k.code(&s, r, l, x, width-g.width, noEOL)
	return s.String()
}

// sign puts the sign and a blank after it, as far as there is room.
func (k *ink) sign(s *strip, r Row, l *lineInk, room int) {
	if room < 1 {
		return
	}
	brush := l.symbol
	if r.Moved {
		brush = l.moved
	}
	text := " "
	switch r.Kind {
	case Insert:
		text = "+"
	case Delete:
		text = "-"
	}
	s.text(brush, text)
	s.blanks(brush, room-1)
}

// source draws a row of plain source; mark points at it.
func (k *ink) source(r Row, g gutter, x, width int, mark bool) string {
	l := &k.lines[onContext]
	sign := " "
	if mark {
		l, sign = &k.lines[onMark], theme.SignClosed
	}
	var s strip
	if g.numbers > 0 {
		s.blanks(l.number, 1)
		number(&s, l.number, r.NewNo, g.digits)
		s.blanks(l.number, 1)
	}
	if room := g.width - s.width; room > 0 {
		s.text(l.symbol, sign)
		s.blanks(l.symbol, room-1)
	}
	k.code(&s, r, l, x, width-g.width, "")
	return s.String()
}

func sourceGutter(width, digits int) gutter {
	if g := (gutter{digits, 1, 1 + digits + 3}); width-g.width >= codeBesideOne {
		return g
	}
	return gutter{digits, 0, min(2, max(0, width))}
}
