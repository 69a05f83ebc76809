package tui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"hotloop/tui/theme"
)

// Everything that scripts, files or errors put on the screen passes clean or
// cleanLines first. That is the one gate that keeps a script from moving the
// cursor, changing the title or colouring the screen.

// clean gives s as one line of printable text: escape sequences are gone,
// line ends show as ⏎ and every other control character is spelt out.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = ansi.Strip(s)
	if strings.ContainsAny(s, "\r\n") {
		s = lineEnds.Replace(s)
	}
	return theme.Visible(s)
}

var lineEnds = strings.NewReplacer("\r\n", "⏎", "\n", "⏎")

// cleanLines is clean for text of several lines; the last newline adds none.
func cleanLines(s string) []string {
	s = strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	return lines
}

// firstLines gives the first n lines of a text, cleaned, and how many more there
// are. What is not shown is not looked at but for its line ends.
func firstLines(s string, n int) (lines []string, more int) {
	s = strings.TrimSuffix(s, "\n")
	for len(lines) < n {
		l, rest, found := strings.Cut(s, "\n")
		lines = append(lines, clean(strings.TrimSuffix(l, "\r")))
		if !found {
			return lines, 0
		}
		s = rest
	}
	return lines, strings.Count(s, "\n") + 1
}

// isPlain says that s is printable ASCII, which nearly every string is.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

// width is the number of cells s takes.
func width(s string) int {
	if isPlain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// cut shortens s to w cells, with … for what is gone.
func cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w && isPlain(s) {
		return s
	}
	return ansi.Truncate(s, w, "…")
}

// cutLeft shortens s to w cells from its beginning, for paths.
func cutLeft(s string, w int) string {
	n := width(s)
	if n <= w {
		return s
	}
	if w <= 0 {
		return ""
	}
	return ansi.TruncateLeft(s, n-w+1, "…")
}

// fit gives s cut or filled up to exactly w cells.
func fit(s string, w int) string {
	s = cut(s, w)
	return s + blanks(w-width(s))
}

// fitLeft is fit with the filling before the text, for numbers.
func fitLeft(s string, w int) string {
	s = cut(s, w)
	return blanks(w-width(s)) + s
}

const blankRun = "                                                                "

func blanks(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blankRun) {
		return blankRun[:n]
	}
	return strings.Repeat(" ", n)
}

// repeat is n cells of one sign.
func repeat(sign string, n int) string { return strings.Repeat(sign, max(n, 0)) }

// micros writes a duration given in microseconds as people read it: three
// figures and a unit that fits.
func micros(us int64) string {
	switch {
	case us < 0:
		return "0 ms"
	case us < 1000:
		return strconv.FormatFloat(float64(us)/1000, 'f', 2, 64) + " ms"
	case us < 100_000:
		return strconv.FormatFloat(float64(us)/1000, 'f', 1, 64) + " ms"
	case us < 1_000_000:
		return strconv.FormatInt((us+500)/1000, 10) + " ms"
	case us < 100_000_000:
		return strconv.FormatFloat(float64(us)/1e6, 'f', 1, 64) + " s"
	}
	return strconv.FormatInt(us/1_000_000, 10) + " s"
}

// count writes n in at most four cells: 999, 1.2k, 45k, 3.4M.
func count(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10)
	case n < 10_000:
		return strconv.FormatFloat(float64(n/100)/10, 'f', 1, 64) + "k"
	case n < 1_000_000:
		return strconv.FormatInt(n/1000, 10) + "k"
	case n < 10_000_000:
		return strconv.FormatFloat(float64(n/100_000)/10, 'f', 1, 64) + "M"
	}
	return strconv.FormatInt(n/1_000_000, 10) + "M"
}

// plural is "1 unit", "2 units"; words that do not take an s say their plural.
func plural(n int, word string, many ...string) string {
	if n == 1 {
		return "1 " + word
	}
	if len(many) > 0 {
		return strconv.Itoa(n) + " " + many[0]
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// place writes file:line:column, without what is not known.
func place(file string, line, column int) string {
	switch {
	case line <= 0:
		return clean(file)
	case column <= 0:
		return clean(file) + ":" + strconv.Itoa(line)
	}
	return clean(file) + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(column)
}

// wrap breaks one cleaned line into rows of at most w cells, at blanks where
// it can.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	if width(s) <= w {
		return []string{s}
	}
	return strings.Split(ansi.Wrap(s, w, ""), "\n")
}

// runesBefore counts the runes of s before byte offset n.
func runesBefore(s string, n int) int {
	return utf8.RuneCountInString(s[:min(max(n, 0), len(s))])
}
