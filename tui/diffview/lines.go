package diffview

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// splitLines cuts a text after each line end; the last line may have none.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// hunks gives the stretches of lines that differ, in order. What is equal at
// both ends is taken off first: an edit is small, the text around it is not.
func hunks(a, b []string) []lcs.Diff {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	diffs := lcs.DiffLines(a[head:len(a)-tail], b[head:len(b)-tail])
	for i := range diffs {
		h := &diffs[i]
		h.Start, h.End = h.Start+head, h.End+head
		h.ReplStart, h.ReplEnd = h.ReplStart+head, h.ReplEnd+head
	}
	for i := range diffs {
		prevEnd, nextStart := 0, len(a)
		if i > 0 {
			prevEnd = diffs[i-1].End
		}
		if i+1 < len(diffs) {
			nextStart = diffs[i+1].Start
		}
		slide(&diffs[i], a, b, prevEnd, nextStart)
	}
	return diffs
}

// slide moves a hunk that only adds or only removes lines to where a person
// would say that it is. Such a hunk may often stand at several places with the
// same result: when the line before it equals its last one it can go up, when
// the line after it equals its first one it can go down. It must stay between
// the neighbouring hunks, given as lines of a.
func slide(h *lcs.Diff, a, b []string, prevEnd, nextStart int) {
	var text []string
	var lo, hi int
	switch {
	case h.Start == h.End:
		text, lo, hi = b, h.ReplStart, h.ReplEnd
	case h.ReplStart == h.ReplEnd:
		text, lo, hi = a, h.Start, h.End
	default:
		return
	}
	up, down := 0, 0
	for up < h.Start-prevEnd && lo-up > 0 && text[lo-up-1] == text[hi-up-1] {
		up++
	}
	for down < nextStart-h.End && hi+down < len(text) && text[lo+down] == text[hi+down] {
		down++
	}
	best, bestCost := 0, 0
	for by := -up; by <= down; by++ {
		// Among equals the lowest place wins, as a block is mostly written
		// below the one it was copied from.
		if cost := edgeCost(text, lo+by, hi+by); by == -up || cost <= bestCost {
			best, bestCost = by, cost
		}
	}
	h.Start, h.End = h.Start+best, h.End+best
	h.ReplStart, h.ReplEnd = h.ReplStart+best, h.ReplEnd+best
}

// edgeCost is low where a hunk of lines [lo, hi) begins and ends at the outer
// level of a block and does not begin with the end of one.
func edgeCost(text []string, lo, hi int) int {
	cost := 2*indent(text, lo) + 2*indent(text, hi)
	if lo < len(text) {
		if s := strings.TrimLeft(text[lo], " \t"); strings.HasPrefix(s, "}") || strings.HasPrefix(s, ")") {
			cost++
		}
	}
	return cost
}

// indent is the depth of line i; a blank line counts as the next that is none.
func indent(text []string, i int) int {
	for ; i < len(text); i++ {
		line := text[i]
		rest := strings.TrimLeft(line, " \t")
		if strings.TrimRight(rest, "\r\n") != "" {
			return len(line) - len(rest)
		}
	}
	return 0
}
