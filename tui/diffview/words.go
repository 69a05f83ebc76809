package diffview

import (
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// tooMuch is the share of a line that may have changed for its changed words
// to be marked. Beyond it there is more change than line, and marks would be
// confetti.
const tooMuch = 0.66

// tokens cuts a line into words, single tabs, runs of blanks, runs of operator
// signs, and single other characters. Never is a word cut: that "fastest"
// became "vast" is one change, not three.
func tokens(s string) []string {
	out := make([]string, 0, len(s)/3+1)
	for s != "" {
		n := tokenLen(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func tokenLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	var more func(prev, r rune) bool
	switch {
	case r == '\t':
		return n
	case isWord(r):
		number := unicode.IsDigit(r)
		more = func(_, r rune) bool { return isWord(r) || number && r == '.' }
	case r == ' ':
		more = func(_, r rune) bool { return r == ' ' }
	case isOperator(r):
		more = func(_, r rune) bool { return isOperator(r) }
	default:
		// Marks and joiners belong to the character before them.
		more = func(prev, r rune) bool { return unicode.Is(unicode.M, r) || r == '\u200d' || prev == '\u200d' }
	}
	prev := r
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !more(prev, r) {
			break
		}
		prev = r
		n += size
	}
	return n
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

func isOperator(r rune) bool {
	switch r {
	case '+', '-', '*', '/', '%', '&', '|', '^', '<', '>', '=', '!', ':', '~':
		return true
	}
	return false
}

// span of bytes that changed, [0] to [1].
type byteRange [2]int

// wordDiff is how two lines differ. Distance is 0 for equal lines and 1 for
// lines that have nothing in common; blanks do not count for it.
type wordDiff struct {
	old, new []byteRange
	distance float64
}

// compareWords compares two lines given as tokens.
func compareWords(a, b []string) wordDiff {
	var w wordDiff
	weigh := func(toks []string) (n int) {
		for _, t := range toks {
			if !isBlank(t) {
				n += len(t)
			}
		}
		return n
	}
	changed := 0
	diffs := lcs.DiffLines(a, b)
	oldRanges, newRanges := make([]byteRange, 0, len(diffs)), make([]byteRange, 0, len(diffs))
	oldAt, newAt := 0, 0 // bytes
	i, j := 0, 0
	for _, d := range diffs {
		oldAt, newAt = oldAt+size(a[i:d.Start]), newAt+size(b[j:d.ReplStart])
		oldEnd, newEnd := oldAt+size(a[d.Start:d.End]), newAt+size(b[d.ReplStart:d.ReplEnd])
		if oldEnd > oldAt {
			oldRanges = append(oldRanges, byteRange{oldAt, oldEnd})
		}
		if newEnd > newAt {
			newRanges = append(newRanges, byteRange{newAt, newEnd})
		}
		changed += weigh(a[d.Start:d.End]) + weigh(b[d.ReplStart:d.ReplEnd])
		oldAt, newAt, i, j = oldEnd, newEnd, d.End, d.ReplEnd
	}
	if total := weigh(a) + weigh(b); total > 0 {
		w.distance = float64(changed) / float64(total)
	} else if len(diffs) > 0 {
		w.distance = 1 // blanks against other blanks
	}
	w.old, w.new = trim(bridge(oldRanges, a), a), trim(bridge(newRanges, b), b)
	return w
}

// trim leaves the blanks at the ends of a range out, unless it has nothing
// else: which of the blanks around a new word is the new one, nobody can say.
func trim(ranges []byteRange, toks []string) []byteRange {
	if len(ranges) == 0 {
		return nil
	}
	at, t := 0, 0 // byte and token reached
	for i, r := range ranges {
		for at < r[0] {
			at += len(toks[t])
			t++
		}
		lo, hi := -1, -1
		for at < r[1] {
			if !isBlank(toks[t]) {
				if lo < 0 {
					lo = at
				}
				hi = at + len(toks[t])
			}
			at += len(toks[t])
			t++
		}
		if lo >= 0 {
			ranges[i] = byteRange{lo, hi}
		}
	}
	return ranges
}

// bridge joins ranges with nothing but blanks between them, so that a phrase
// that changed reads as one change.
func bridge(ranges []byteRange, toks []string) []byteRange {
	if len(ranges) < 2 {
		return ranges
	}
	out := ranges[:1]
	at, t := 0, 0 // byte and token reached
	for _, r := range ranges[1:] {
		last := &out[len(out)-1]
		for at < last[1] {
			at += len(toks[t])
			t++
		}
		blank := true
		for at < r[0] {
			blank = blank && isBlank(toks[t])
			at += len(toks[t])
			t++
		}
		if blank {
			last[1] = r[1]
		} else {
			out = append(out, r)
		}
	}
	return out
}

func isBlank(t string) bool { return t[0] == ' ' || t[0] == '\t' || t[0] == '\r' || t[0] == '\n' }

func size(toks []string) (n int) {
	for _, t := range toks {
		n += len(t)
	}
	return n
}

// Words compares two short texts word by word, for showing a result beside the
// one it replaced. When more changed than stayed, no word is marked: the texts
// are simply different. The spans of each side joined are that side.
func Words(old, new string) (oldSpans, newSpans []Span) {
	w := compareWords(tokens(old), tokens(new))
	if w.distance > tooMuch {
		w.old, w.new = nil, nil
	}
	return mark(old, w.old), mark(new, w.new)
}

func mark(s string, ranges []byteRange) []Span {
	var out []Span
	at := 0
	for _, r := range ranges {
		if r[0] > at {
			out = append(out, Span{Text: s[at:r[0]]})
		}
		out = append(out, Span{Text: s[r[0]:r[1]], Changed: true})
		at = r[1]
	}
	if at < len(s) {
		out = append(out, Span{Text: s[at:]})
	}
	return out
}
