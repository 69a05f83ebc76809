package diffview

// Source is a text to be shown with line numbers and syntax colour: rows of
// kind Context with NewNo alone.
type Source struct {
	Rows []Row
	text string
}

// NewSource prepares a text whose first line is line of its file. It is pure;
// the result may be shared and must not be changed.
func NewSource(text string, line int) *Source {
	line = max(1, line)
	src := &Source{text: text}
	cut := cutter{text: text, lexemes: highlight(text)}
	lines := splitLines(text)
	src.Rows = make([]Row, 0, len(lines))
	for i, l := range lines {
		spans, noEOL := cut.line(l, nil)
		src.Rows = append(src.Rows, Row{NewNo: line + i, Spans: spans, NoEOL: noEOL})
	}
	return src
}

// Text gives the text back.
func (s *Source) Text() string { return s.text }
