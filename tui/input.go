package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// input is one line of editable text. It knows nothing of what the text means;
// the fire line and the filters are built on it. The zero value is empty and
// ready.
type input struct {
	text   []rune
	at     int // cursor, as an index into text
	scroll int // first rune shown
}

func (in *input) String() string { return string(in.text) }
func (in *input) empty() bool    { return len(in.text) == 0 }

// before is the text left of the cursor.
func (in *input) before() string { return string(in.text[:in.at]) }

// set replaces the text and puts the cursor at its end.
func (in *input) set(s string) {
	in.text = []rune(oneLine(s))
	in.at = len(in.text)
}

// insert puts s at the cursor, as typing or pasting does.
func (in *input) insert(s string) {
	r := []rune(oneLine(s))
	in.text = append(in.text[:in.at:in.at], append(r, in.text[in.at:]...)...)
	in.at += len(r)
}

// replace puts s in the place of the runes from..to, the cursor behind it.
func (in *input) replace(from, to int, s string) {
	from, to = max(from, 0), min(to, len(in.text))
	r := []rune(oneLine(s))
	in.text = append(in.text[:from:from], append(r, in.text[to:]...)...)
	in.at = from + len(r)
}

// key edits by the name of a key and says whether the key meant something.
// Printable text does not come here but to insert.
func (in *input) key(name string) bool {
	switch name {
	case "left", "ctrl+b":
		in.at = max(in.at-1, 0)
	case "right", "ctrl+f":
		in.at = min(in.at+1, len(in.text))
	case "home", "ctrl+a":
		in.at = 0
	case "end", "ctrl+e":
		in.at = len(in.text)
	case "alt+left", "ctrl+left", "alt+b":
		in.at = in.wordLeft()
	case "alt+right", "ctrl+right", "alt+f":
		in.at = in.wordRight()
	case "backspace", "ctrl+h":
		in.remove(in.at-1, in.at)
	case "delete", "ctrl+d":
		in.remove(in.at, in.at+1)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		in.remove(in.wordLeft(), in.at)
	case "alt+d", "alt+delete", "ctrl+delete":
		in.remove(in.at, in.wordRight())
	case "ctrl+u":
		in.remove(0, in.at)
	case "ctrl+k":
		in.remove(in.at, len(in.text))
	default:
		return false
	}
	return true
}

func (in *input) remove(from, to int) {
	from, to = max(from, 0), min(to, len(in.text))
	if from >= to {
		return
	}
	in.text = append(in.text[:from:from], in.text[to:]...)
	in.at = from
}

func (in *input) wordLeft() int {
	i := in.at
	for i > 0 && !isWord(in.text[i-1]) {
		i--
	}
	for i > 0 && isWord(in.text[i-1]) {
		i--
	}
	return i
}

func (in *input) wordRight() int {
	i := in.at
	for i < len(in.text) && !isWord(in.text[i]) {
		i++
	}
	for i < len(in.text) && isWord(in.text[i]) {
		i++
	}
	return i
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// view gives what fits into w cells, scrolled so that the cursor is inside,
// and the cell the cursor is in.
func (in *input) view(w int) (shown string, cursor int) {
	if w <= 0 {
		return "", 0
	}
	if in.at < in.scroll {
		in.scroll = in.at
	}
	in.scroll = min(in.scroll, len(in.text))
	for in.scroll < in.at && ansi.StringWidth(string(in.text[in.scroll:in.at])) > w-1 {
		in.scroll++
	}
	// Room that has come free shows what was scrolled away.
	for in.scroll > 0 && ansi.StringWidth(string(in.text[in.scroll-1:])) < w {
		in.scroll--
	}
	shown = ansi.Truncate(string(in.text[in.scroll:]), w, "")
	return shown, ansi.StringWidth(string(in.text[in.scroll:in.at]))
}

// click puts the cursor at the rune drawn in cell x of the view.
func (in *input) click(x int) {
	in.at = in.scroll
	for used := 0; in.at < len(in.text); in.at++ {
		used += ansi.StringWidth(string(in.text[in.at]))
		if used > x {
			return
		}
	}
}

// oneLine makes pasted text fit to be typed into one line: line ends, also the
// bare \r that terminals send, become blanks, other control characters go.
func oneLine(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\t", " ").Replace(ansi.Strip(s))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
}

// filter is a filter of a pane: what is typed, whether it is being typed. It
// lives on its text alone, so it survives whatever happens to what it filters.
type filter struct {
	input
	open bool
}

func (f *filter) active() bool { return f.open || !f.empty() }

func (f *filter) clear() {
	f.set("")
	f.open = false
}
