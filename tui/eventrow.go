package tui

import (
	"path"
	"strings"

	"hotloop/session"
	"hotloop/tui/diffview"
	"hotloop/tui/theme"
)

// logRows draws entries of the log as lines. It is a value: nothing of it
// outlives the drawing.
type logRows struct {
	ink   *inks
	width int
	was   []string // results before, by call
	frame int      // chosen frame of the trace, -1 for none
	flush bool     // no columns stand before the text
	told  []bool   // an entry before says why the call crashed, by call; of a crash entry its first
}

// Rows of script output shown before an entry is unfolded, and after.
const (
	outputRows     = 3
	outputOpenRows = 400
)

// entry gives the lines of an entry, folded or not.
func (d logRows) entry(e *session.Entry, open bool) []line {
	var lines []line
	switch {
	case e.Event != nil:
		lines = d.event(e, open)
	case e.Report != nil:
		lines = d.report(e, open)
	case e.Output != nil:
		lines = d.output(e, open)
	case e.Crash != nil:
		lines = d.crash(e, open)
	case e.Dropped != nil:
		lines = []line{d.dropped(e)}
	case e.Pins != nil:
		lines = d.pins(e, open)
	default:
		lines = []line{d.head(e, theme.SignNotice, &d.ink.notice, e.Script)}
		lines[0].add(&d.ink.notice, clean(e.Notice))
		if open {
			lines = append(lines, d.text("", &d.ink.notice, e.Notice)...)
		}
	}
	return lines
}

// stamp and name are the widths of the columns before an entry's text.
func (d logRows) stamp() int {
	switch {
	case d.width >= 100:
		return len("15:04:05.000")
	case d.width >= 72:
		return len("15:04:05")
	}
	return 0
}

func (d logRows) name() int {
	switch {
	case d.width >= 110:
		return 12
	case d.width >= 70:
		return 10
	}
	return 8
}

// indent is where an entry's text begins.
func (d logRows) indent() int {
	if d.flush {
		return 3
	}
	n := 1 + 2 + d.name() + 1
	if s := d.stamp(); s > 0 {
		n += s + 1
	}
	return n
}

// head begins an entry: time, sign, script.
func (d logRows) head(e *session.Entry, sign string, k *ink, script string) line {
	var l line
	l.add(&d.ink.text, " ")
	switch d.stamp() {
	case 12:
		l.add(&d.ink.time, e.Time.Format("15:04:05.000")+" ")
	case 8:
		l.add(&d.ink.time, e.Time.Format("15:04:05")+" ")
	}
	l.add(k, sign+" ")
	l.add(&d.ink.script, fit(clean(script), d.name())+" ")
	return l
}

// event draws an event: a line per call, the result before where it differs,
// what the call printed.
func (d logRows) event(e *session.Entry, open bool) []line {
	k, ev := d.ink, e.Event
	if len(ev.Calls) == 0 {
		l := d.head(e, theme.SignNotice, &k.notice, e.Script)
		l.add(&k.muted, clean(ev.Name)+"  no script handles this")
		return []line{l}
	}
	var lines []line
	frames := 0
	for i := range ev.Calls {
		c := &ev.Calls[i]
		lines = append(lines, d.call(e, c, i == 0, i < len(d.told) && d.told[i])...)
		if i < len(d.was) && d.was[i] != "" {
			lines = append(lines, d.before(d.was[i], resultText(c)))
		}
		if open {
			lines = append(lines, d.openCall(ev, c, frames)...)
			if c.Error != nil {
				frames += len(c.Error.Trace)
			}
		} else if c.Output != "" {
			lines = append(lines, d.printed(c.Output, &k.output, outputRows)...)
		}
	}
	return lines
}

// before draws the result an event gave the last time, the words that are no
// longer in it marked.
func (d logRows) before(was, now string) line {
	var l line
	l.add(&d.ink.text, blanks(d.indent()-2)).add(&d.ink.changed, theme.SignChanged+" ").add(&d.ink.was, "was ")
	if was == "" {
		was = "done"
	}
	spans, _ := diffview.Words(was, now)
	for _, s := range spans {
		in := &d.ink.was
		if s.Changed {
			in = &d.ink.changed
		}
		l.add(in, clean(s.Text))
	}
	if len(spans) == 0 {
		l.add(&d.ink.was, clean(was))
	}
	return l
}

// printed draws up to n lines of text that a script wrote.
func (d logRows) printed(text string, k *ink, n int) []line {
	rows, more := firstLines(text, n)
	var lines []line
	for i := range rows {
		var l line
		l.add(&d.ink.text, blanks(d.indent()-2)).add(&d.ink.faint, theme.SignOutput+" ").add(k, rows[i])
		if more > 0 && i == n-1 {
			l.end(&d.ink.muted, "+"+plural(more, "line")+" ")
		}
		lines = append(lines, l)
	}
	return lines
}

func (d logRows) output(e *session.Entry, open bool) []line {
	k := &d.ink.output
	if e.Output.Stream == "stderr" {
		k = &d.ink.stderr
	}
	first, rest, more := strings.Cut(e.Output.Text, "\n")
	l := d.head(e, theme.SignOutput, &d.ink.output, e.Output.Script)
	l.add(k, clean(strings.TrimSuffix(first, "\r")))
	lines := []line{l}
	switch {
	case !more || rest == "":
		return lines
	case open:
		return append(lines, d.printed(rest, k, outputOpenRows)...)
	}
	return append(lines, d.printed(rest, k, outputRows-1)...)
}

// dropped says that a script wrote more than could be kept.
func (d logRows) dropped(e *session.Entry) line {
	l := d.head(e, theme.SignOutput, &d.ink.output, e.Dropped.Script)
	what := plural(int(e.Dropped.Count), "line") + " on " + clean(e.Dropped.Stream)
	if e.Dropped.Stream == "crash" {
		what = plural(int(e.Dropped.Count), "contained panic")
	}
	l.add(&d.ink.dropped, what+" dropped: they came too fast")
	return l
}

func (d logRows) crash(e *session.Entry, open bool) []line {
	k, c := d.ink, e.Crash
	l := d.head(e, theme.SignCrashed, &k.crash, c.Script)
	reason := clean(firstLine(c.Reason))
	told := len(d.told) > 0 && d.told[0]
	switch {
	case told:
		l.add(&k.crash, "its process ended")
		if _, n := firstLines(c.Tail, 0); c.Tail != "" && !open {
			l.end(&k.muted, plural(n, "last line")+" ")
			l.soft = true
		}
	case c.Contained:
		l.add(&k.crash, "contained: "+reason).add(&k.muted, "  state kept")
	default:
		l.add(&k.crash, "crashed: "+reason)
	}
	if c.Events > 0 && !c.Contained {
		l.add(&k.muted, "  E fires "+plural(c.Events, "event")+" again")
	}
	if len(c.Trace) > 0 && !told {
		at := c.Trace[0]
		where := "  " + place(at.File, at.Line, 0)
		if widthOf(l.left)+width(where) > d.width {
			where = "  " + place(path.Base(at.File), at.Line, 0)
		}
		l.add(&k.trace, where)
	}
	lines := []line{l}
	if open {
		if told {
			lines = append(lines, d.text("reason", &k.crash, c.Reason)...)
		}
		lines = append(lines, d.trace(c.Trace, 0)...)
		if c.Tail != "" {
			lines = append(lines, d.text("last lines", &k.stderr, c.Tail)...)
		}
	}
	return lines
}
