package diffview

// sides gives the widths of the two sides of a split; the divider is one cell.
func sides(width int) (left, right int) {
	left = (width - 1) / 2
	return left, width - 1 - left
}

// split draws two rows side by side; nil for a side that has none.
func (k *ink) split(old, new *Row, digits, x, width int, noEOL string) string {
	left, right := sides(width)
	var s strip
	k.side(&s, old, digits, x, left, true, noEOL)
	s.text(k.divider, "│")
	k.side(&s, new, digits, x, right, false, noEOL)
	return s.String()
}

func (k *ink) side(s *strip, r *Row, digits, x, width int, old bool, noEOL string) {
	if r == nil {
		s.blanks(k.missing, width)
		return
	}
	_, l := k.line(*r)
	no := r.NewNo
	if old {
		no = r.OldNo
	}
	start := s.width
	s.blanks(l.number, 1)
	number(s, l.number, no, digits)
	s.blanks(l.number, 1)
	k.sign(s, *r, l, 2)
	if r.Kind == Context || !r.NoEOL {
		noEOL = ""
	}
	k.code(s, *r, l, x, width-(s.width-start), noEOL)
}
