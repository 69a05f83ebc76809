package theme

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// TabWidth is the distance of tab stops.
const TabWidth = 4

// longestCluster is how many bytes one character may have with its combining
// marks. Longer ones are not writing but an attempt to smear the screen.
const longestCluster = 64

// Piece is the smallest part of a line that can be shown or left out: one
// character with its marks, a tab, or a character spelt out.
type Piece struct {
	Text    string // what to write; never a control character
	Width   int    // cells it takes, at least 1
	Control bool   // Text stands for something that cannot be shown
	Bytes   int    // length of its source
}

// Next gives the first piece of s, which must not be empty, when it starts in
// column col (that matters to tabs alone). What it gives is measured alike by
// terminals that know grapheme clusters and by those that add up characters,
// so a row keeps its width on both.
func Next(s string, col int) Piece {
	c := s[0]
	switch {
	case c >= 0x20 && c < 0x7f && (len(s) == 1 || s[1] < utf8.RuneSelf):
		return Piece{Text: s[:1], Width: 1, Bytes: 1}
	case c == '\t':
		w := TabWidth - col%TabWidth
		return Piece{Text: blanks[:w], Width: w, Bytes: 1}
	case c < 0x20:
		return Piece{Text: string(rune(0x2400) + rune(c)), Width: 1, Control: true, Bytes: 1}
	case c == 0x7f:
		return Piece{Text: "\u2421", Width: 1, Control: true, Bytes: 1}
	}
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 {
		return spelt(fmt.Sprintf("‹%02x›", c), 1)
	}
	cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if n := validPrefix(cluster); n < len(cluster) {
		cluster = cluster[:n]
		width = ansi.StringWidth(cluster)
	}
	switch {
	case hidden(r) || width == 0 || clings(cluster, r, size):
		return spelt(fmt.Sprintf("‹U+%04X›", r), size)
	case len(cluster) > longestCluster, r < utf8.RuneSelf && strings.ContainsFunc(cluster, hidden):
		// The base alone; what follows is spelt out mark by mark.
		return Piece{Text: s[:size], Width: max(1, ansi.StringWidth(s[:size])), Bytes: size}
	case width == ansi.StringWidthWc(cluster):
		return Piece{Text: cluster, Width: width, Bytes: len(cluster)}
	}
	return Piece{Text: apart(cluster), Width: ansi.StringWidth(apart(cluster)), Bytes: len(cluster)}
}

var blanks = strings.Repeat(" ", TabWidth)

func spelt(text string, bytes int) Piece {
	return Piece{Text: text, Width: ansi.StringWidth(text), Control: true, Bytes: bytes}
}

// validPrefix gives the length of the part of s before its first broken byte.
func validPrefix(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return len(s)
}

// hidden reports characters that show nothing of themselves but may change
// what stands around them: controls, direction marks, joiners, fillers.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) ||
		r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

// clings reports a character that would join what stands before or after it
// into one cluster, though it is a piece of its own: a mark without a base, or
// a prefix without anything to prefix.
func clings(cluster string, first rune, size int) bool {
	if c, _ := ansi.FirstGraphemeCluster("x"+string(first), ansi.GraphemeWidth); len(c) > 1 {
		return true
	}
	if len(cluster) > size {
		return false
	}
	c, _ := ansi.FirstGraphemeCluster(cluster+"x", ansi.GraphemeWidth)
	return len(c) > size
}

// apart rewrites a cluster that terminals disagree about: without joiners,
// variation selectors and skin tones its parts stand side by side, each as
// wide everywhere. Scripts in which clusters are composed of letters are left
// as they are; there is no other way to write them.
func apart(cluster string) string {
	var b strings.Builder
	for _, r := range cluster {
		switch {
		case r == '\u200d', r >= 0xfe00 && r <= 0xfe0f, r == 0x20e3, r >= 0x1f3fb && r <= 0x1f3ff:
		default:
			b.WriteRune(r)
		}
	}
	if s := b.String(); s != "" && ansi.StringWidth(s) == ansi.StringWidthWc(s) {
		return s
	}
	return cluster
}

// Visible makes one line of foreign text fit for the screen: control
// characters, escape sequences, invisible and direction-changing characters
// and broken UTF-8 are spelt out, tabs become blanks up to the next stop, and
// characters that terminals measure differently are taken apart until they
// agree. Line ends count as control characters; split first.
func Visible(s string) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for col := 0; s != ""; {
		p := Next(s, col)
		b.WriteString(p.Text)
		col += p.Width
		s = s[p.Bytes:]
	}
	return b.String()
}

// harmless is the quick answer for what nearly all text is.
func harmless(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Width is how many cells a text takes that went through [Visible]; styles in
// it do not count.
func Width(s string) int {
	if harmless(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut shortens a line, styled or not, to at most width cells; the last one is
// then an ellipsis.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, width, SignEllipsis)
}

// Fit brings a line, styled or not, to exactly width cells: longer ones are
// cut with an ellipsis, shorter ones filled with blanks.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	s = Cut(s, width)
	if n := width - Width(s); n > 0 {
		s += strings.Repeat(" ", n)
	}
	return s
}
