package tui

import (
	"path"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/theme"
)

// How little of an event's data may be left in a row, and how many rows an
// error takes at most that does not fit beside its event.
const (
	leastData = 6
	errorRows = 3
)

// callText is what the row of a call says, cleaned; took is "" where there is
// no room for it.
type callText struct {
	data, result, where, took string
}

// call draws one call: handler, data, result, duration. The result is what a
// person looks for: for its sake the data is shortened first, then the duration
// goes, then the data. An error that still does not fit has rows of its own.
// told says that an entry before has the reason of the crash that ended it.
func (d logRows) call(e *session.Entry, c *interp.Call, first, told bool) []line {
	k := d.ink
	sign, in := theme.SignOK, &k.good
	if c.Error != nil {
		sign, in = theme.SignBehind, &k.bad
	}
	l := d.head(e, sign, in, c.Script)
	if !first && d.stamp() > 0 {
		l.left[1].text = blanks(width(l.left[1].text)) // the time stands once
	}
	l.add(&k.event, clean(c.Function))

	t := callText{data: clean(string(e.Event.Data)), result: clean(resultText(c)), took: micros(c.DurationUs)}
	if t.data == "null" {
		t.data = ""
	}
	result := &k.result
	switch {
	case c.Error != nil && told:
		t.result, result = interp.ErrCrashed, &k.bad
	case c.Error != nil:
		result = &k.bad
		if len(c.Error.Trace) > 0 {
			f := c.Error.Trace[0]
			t.where = "  " + place(path.Base(f.File), f.Line, 0)
		}
	case t.result == "":
		t.result, result = "done", &k.muted
	}

	room := d.width - widthOf(l.left) - 1
	short := t
	if over := short.shorten(room); over > 0 && c.Error != nil {
		return d.longError(l, t)
	}
	if short.data != "" {
		l.add(&k.data, " "+short.data)
	}
	l.add(&k.faint, " "+theme.SignArrow+" ").add(result, short.result).add(&k.trace, short.where)
	if short.took != "" {
		l.end(&k.duration, short.took+" ")
	}
	return []line{l}
}

// shorten takes away what matters less than the result until the text fits
// into room cells, and gives how many are still missing.
func (t *callText) shorten(room int) (over int) {
	missing := func() int {
		n := width(" "+theme.SignArrow+" ") + width(t.result) + width(t.where) - room
		if t.data != "" {
			n += 1 + width(t.data)
		}
		if t.took != "" {
			n += 1 + width(t.took)
		}
		return n
	}
	cutData := func(least int) {
		if over := missing(); over > 0 {
			t.data = cut(t.data, max(width(t.data)-over, min(width(t.data), least)))
		}
	}
	cutData(max(room/4, leastData))
	if missing() > 0 {
		t.took = ""
	}
	cutData(leastData)
	if missing() > 0 {
		t.data = ""
	}
	return missing()
}

// longError draws a call whose error does not fit into the row begun: what was
// fired and where it failed, and below it the error.
func (d logRows) longError(l line, t callText) []line {
	k := d.ink
	room := d.width - widthOf(l.left) - 1
	l.end(&k.duration, t.took+" ")
	room -= 1 + width(t.took)
	if t.data != "" {
		t.data = cut(t.data, max(room-1-width(t.where), leastData))
		l.add(&k.data, " "+t.data)
		room -= 1 + width(t.data)
	}
	// The place is shown whole or not at all.
	if width(t.where) <= room {
		l.add(&k.trace, t.where)
	}
	lines := []line{l}
	lead := max(d.indent()-2, 0)
	room = max(d.width-lead-3, 8)
	rows := wrap(t.result, room)
	if len(rows) > errorRows {
		rows = append(rows[:errorRows-1:errorRows-1], cut(rows[errorRows-1]+theme.SignEllipsis, room))
	}
	for i, row := range rows {
		var l line
		sign := theme.SignArrow + " "
		if i > 0 {
			sign = "  "
		}
		lines = append(lines, *l.add(&k.text, blanks(lead)).add(&k.faint, sign).add(&k.bad, row))
	}
	return lines
}
