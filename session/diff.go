package session

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"hotloop/interp"
)

// fillDiffs makes the diffs of a report from the texts in it. Units of a load
// have no text before and get none; they are all new anyway.
func fillDiffs(rep *interp.Report) {
	if rep.Cause == interp.CauseLoad {
		return
	}
	for i := range rep.Units {
		if u := &rep.Units[i]; u.Diff == "" {
			u.Diff = unitDiff(u)
		}
	}
}

// unitDiff gives the change of a unit as unified text with three lines around
// and the line numbers of its file, before and after. It is "" when the text is
// the same.
func unitDiff(u *interp.UnitChange) string {
	old, text := ended(u.OldText), ended(u.NewText)
	if old == text {
		return ""
	}
	d, err := udiff.ToUnifiedDiff(u.File, u.File, old, udiff.Lines(old, text), udiff.DefaultContextLines)
	if err != nil {
		return "" // the edits are its own; they fit
	}
	oldLine, line := u.OldLine, u.Line
	if oldLine == 0 {
		oldLine = line
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", u.File, u.File)
	for _, h := range d.Hunks {
		var body strings.Builder
		from, to := 0, 0
		for _, l := range h.Lines {
			mark := " "
			switch l.Kind {
			case udiff.Delete:
				mark = "-"
				from++
			case udiff.Insert:
				mark = "+"
				to++
			default:
				from++
				to++
			}
			body.WriteString(mark + l.Content)
		}
		fmt.Fprintf(&b, "@@ -%s +%s @@\n%s",
			hunkRange(h.FromLine+oldLine-1, from), hunkRange(h.ToLine+line-1, to), &body)
	}
	return b.String()
}

// hunkRange gives one side of a hunk's head as diff -u writes it: without the
// count when it is 1, and naming the line before when it is 0.
func hunkRange(line, count int) string {
	switch count {
	case 0:
		return strconv.Itoa(max(0, line-1)) + ",0"
	case 1:
		return strconv.Itoa(line)
	}
	return strconv.Itoa(line) + "," + strconv.Itoa(count)
}

// ended gives a text that ends its last line.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}
