package theme

import (
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Brush is a style made ready for many short texts: the escape sequence is
// built once. Unlike [lipgloss.Style.Render] it never looks into the text, so
// it neither splits a character from its combining marks (as underlining
// does there) nor touches tabs and line ends.
type Brush struct{ open string }

// NewBrush takes the colours and attributes of the styles, one laid over the
// other: what a later style sets wins, what it leaves open shows through.
// So a background and a foreground of different origin go together.
func NewBrush(layers ...lipgloss.Style) Brush {
	s := Under(layers...)
	var a ansi.Style
	if s.GetBold() {
		a = a.Bold()
	}
	if s.GetFaint() {
		a = a.Faint()
	}
	if s.GetItalic() {
		a = a.Italic(true)
	}
	if s.GetUnderline() {
		a = a.Underline(true)
	}
	if s.GetReverse() {
		a = a.Reverse(true)
	}
	if s.GetStrikethrough() {
		a = a.Strikethrough(true)
	}
	if c := s.GetForeground(); c != (lipgloss.NoColor{}) {
		a = a.ForegroundColor(c)
	}
	if c := s.GetBackground(); c != (lipgloss.NoColor{}) {
		a = a.BackgroundColor(c)
	}
	if len(a) == 0 {
		return Brush{}
	}
	return Brush{open: a.String()}
}

// Paint styles text that is already fit for the terminal, see [Visible].
func (b Brush) Paint(text string) string {
	if b.open == "" || text == "" {
		return text
	}
	return b.open + text + ansi.ResetStyle
}

// Append is Paint into a buffer.
func (b Brush) Append(dst []byte, text string) []byte {
	if b.open == "" || text == "" {
		return append(dst, text...)
	}
	dst = append(dst, b.open...)
	dst = append(dst, text...)
	return append(dst, ansi.ResetStyle...)
}

// Under lays styles over one another, the first lowest: colours of a later
// style replace those of an earlier one, attributes add up.
func Under(layers ...lipgloss.Style) lipgloss.Style {
	out := lipgloss.NewStyle()
	for _, l := range layers {
		if c := l.GetForeground(); c != (lipgloss.NoColor{}) {
			out = out.Foreground(c)
		}
		if c := l.GetBackground(); c != (lipgloss.NoColor{}) {
			out = out.Background(c)
		}
		if l.GetBold() {
			out = out.Bold(true)
		}
		if l.GetFaint() {
			out = out.Faint(true)
		}
		if l.GetItalic() {
			out = out.Italic(true)
		}
		if l.GetUnderline() {
			out = out.Underline(true)
		}
		if l.GetReverse() {
			out = out.Reverse(true)
		}
		if l.GetStrikethrough() {
			out = out.Strikethrough(true)
		}
	}
	return out
}
