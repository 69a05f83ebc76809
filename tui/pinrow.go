package tui

import (
	"fmt"
	"slices"
	"strings"

	"hotloop/session"
	"hotloop/tui/theme"
)

// pinChanges is how many changes of a pin show before an entry is unfolded.
const pinChanges = 3

// pins draws what the pins of a script came to after a report: one line for all
// that came to the same, and for each that did not where it differs.
func (d logRows) pins(e *session.Entry, open bool) []line {
	k, r := d.ink, e.Pins
	sign, in := theme.SignPin, &k.muted
	if r.Unchanged < len(r.Results) {
		sign, in = theme.SignChanged, &k.changed
	}
	l := d.head(e, sign, in, r.Script)
	l.add(&k.muted, pinSummary(r))
	l.end(&k.duration, fmt.Sprintf("report %d ", r.Report))
	lines := []line{l}
	for i := range r.Results {
		p := &r.Results[i]
		switch {
		case p.Before == nil && p.After != nil:
			lines = append(lines, d.pinResult(p, "first run: "+pinOutcome(p.After)))
		case p.Changed:
			lines = append(lines, d.pinResult(p, ""))
			lines = append(lines, d.changes(p.Diff, open)...)
		case open:
			lines = append(lines, d.pinResult(p, pinOutcome(p.After)))
		}
		if open {
			lines = append(lines, d.pinNotes(p)...)
		}
	}
	return lines
}

func pinSummary(r *session.PinReport) string {
	first := 0
	for i := range r.Results {
		if r.Results[i].Before == nil {
			first++
		}
	}
	changed := len(r.Results) - r.Unchanged
	switch {
	case first == len(r.Results):
		return plural(first, "pin") + " fired for the first time"
	case changed == 0:
		return plural(r.Unchanged, "pin") + " unchanged"
	case r.Unchanged == 0:
		return plural(changed, "pin") + " changed"
	}
	return fmt.Sprintf("%s changed, %d unchanged", plural(changed, "pin"), r.Unchanged)
}

// pinOutcome is what a run of a pin came to, in a line.
func pinOutcome(r *session.PinRun) string {
	if r == nil {
		return ""
	}
	if r.Why != "" {
		return "not fired: " + r.Why
	}
	if s := resultText(&r.Call); s != "" {
		return s
	}
	return "done"
}

func (d logRows) pinResult(p *session.PinResult, text string) line {
	var l line
	l.add(&d.ink.text, blanks(d.indent())).add(&d.ink.event, clean(p.Event))
	if data := clean(string(p.Data)); data != "" {
		l.add(&d.ink.data, " "+cut(data, max(d.width/3, leastData)))
	}
	if text != "" {
		l.add(&d.ink.result, "  "+cut(clean(text), max(d.width-widthOf(l.left)-3, leastData)))
	}
	if p.Moved && p.Changed {
		l.add(&d.ink.muted, "  the state has changed as well")
	}
	return l
}

// changes draws where two runs differ: the path, and what was and is there.
func (d logRows) changes(list []session.Change, open bool) []line {
	shown := list
	if !open && len(shown) > pinChanges {
		shown = shown[:pinChanges]
	}
	var lines []line
	for _, c := range shown {
		lines = append(lines, d.change(c, open))
	}
	if n := len(list) - len(shown); n > 0 {
		var l line
		lines = append(lines, *l.add(&d.ink.text, blanks(d.indent()+2)).add(&d.ink.muted, fmt.Sprintf("and %s more", plural(n, "place"))))
	}
	return lines
}

func (d logRows) change(c session.Change, open bool) line {
	var l line
	l.add(&d.ink.text, blanks(d.indent())).add(&d.ink.changed, changeSign(c.Kind)+" ").add(&d.ink.data, clean(c.Path)+" ")
	room := max(d.width-widthOf(l.left)-4, 2*leastData)
	before, after := clean(c.Before), clean(c.After)
	switch c.Kind {
	case session.Added:
		l.add(&d.ink.good, cut(after, room))
	case session.Removed:
		l.add(&d.ink.was, cut(before, room))
	default:
		if width(before)+width(after) > room {
			if head, was, is, tail := wordsApart(before, after); head+tail != "" {
				// What is the same stands once, and gives way first.
				left := max(room-width(was)-width(is), 2*leastData)
				head = cutLeft(head, max(left-width(tail), leastData))
				l.add(&d.ink.text, head).add(&d.ink.was, cut(was, room)).add(&d.ink.faint, " "+theme.SignArrow+" ").add(&d.ink.good, cut(is, room)).add(&d.ink.text, cut(tail, max(left-width(head), leastData)))
				return l
			}
		}
		w := max(room/2, room-width(after))
		before = cut(before, w)
		l.add(&d.ink.was, before).add(&d.ink.faint, " "+theme.SignArrow+" ").add(&d.ink.good, cut(after, max(room-width(before), leastData)))
	}
	return l
}

// wordsApart splits two texts into what is the same at both ends, in whole words,
// and what differs between.
func wordsApart(before, after string) (head, was, is, tail string) {
	n := 0
	for i := 0; i < min(len(before), len(after)) && before[i] == after[i]; i++ {
		if before[i] == ' ' {
			n = i + 1
		}
	}
	head, was, is = before[:n], before[n:], after[n:]
	n = 0
	for i := 1; i <= min(len(was), len(is)) && was[len(was)-i] == is[len(is)-i]; i++ {
		switch was[len(was)-i] {
		case ' ', '"', ']', '}', ')':
			n = i
		}
	}
	return head, was[:len(was)-n], is[:len(is)-n], was[len(was)-n:]
}

func changeSign(kind string) string {
	switch kind {
	case session.Added:
		return "+"
	case session.Removed:
		return "−"
	}
	return theme.SignChanged
}

// pinNotes says what was not on a copy.
func (d logRows) pinNotes(p *session.PinResult) []line {
	if p.After == nil || len(p.After.Notes) == 0 {
		return nil
	}
	return d.text("not copied", &d.ink.muted, strings.Join(p.After.Notes, "\n"))
}

// plainPins says in words what the pins of a script came to.
func plainPins(at string, r *session.PinReport) []string {
	lines := []string{at + clean(r.Script) + ": " + pinSummary(r)}
	for i := range r.Results {
		p := &r.Results[i]
		if !p.Changed {
			continue
		}
		lines = append(lines, strings.TrimSpace("  pin "+clean(p.Event)+" "+clean(string(p.Data))))
		for _, c := range p.Diff {
			lines = append(lines, "    "+plainChange(c))
		}
	}
	return lines
}

func plainChange(c session.Change) string {
	path := clean(c.Path)
	switch c.Kind {
	case session.Added:
		return path + " is new: " + clean(c.After)
	case session.Removed:
		return path + " is gone: " + clean(c.Before)
	}
	return path + " was " + clean(c.Before) + ", is " + clean(c.After)
}

// versionsText lists the versions that served a call.
func versionsText(versions map[string]int) string {
	var out []string
	for key, n := range versions {
		_, name, _ := strings.Cut(key, " ")
		out = append(out, fmt.Sprintf("%s v%d", name, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
