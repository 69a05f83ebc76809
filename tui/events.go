package tui

import (
	"cmp"
	"slices"

	"hotloop/session"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// scanStep is how many entries a changed filter looks at before the screen gets
// a turn.
const scanStep = 4096

// logPane shows the session's log. It keeps no entries: rows are drawn from the
// ring when they come into sight. What it keeps is what a person chose (which
// entries are unfolded, the filter) and what was computed once per entry (which
// results differ from the time before, which entries match).
type logPane struct {
	list     *list.Log
	ring     Log
	next     uint64 // entries from here on have not been looked at yet and are not shown
	ink      *inks
	filter   filter
	filtered *list.Filtered // nil without a filter
	match    logMatch       // of the filter
	window   []session.Entry
	open     map[uint64]bool
	marked   map[uint64]bool
	frameOf  uint64 // the entry of which a frame of its trace is chosen, 0 for none
	frame    int
	results  *results
	theme    int // counts themes, for the list's cache
}

func newLogPane(ring Log, k *inks) *logPane {
	p := &logPane{ring: ring, ink: k, next: 1, open: map[uint64]bool{}, marked: map[uint64]bool{}, results: newResults()}
	p.list = list.NewLog(p)
	return p
}

// arrived looks at new entries once, in order; next is where the log goes on.
// It says whether the filter has more to look at.
func (p *logPane) arrived(entries []session.Entry, next uint64) (more bool) {
	for i := range entries {
		p.results.add(&entries[i])
	}
	p.next = max(p.next, next)
	first, _ := p.ring.Bounds()
	p.results.forget(first)
	for seq := range p.open {
		if seq < first {
			delete(p.open, seq)
		}
	}
	for seq := range p.marked {
		if seq < first {
			delete(p.marked, seq)
		}
	}
	return p.scan()
}

// refilter applies a changed filter, a step at a time: it says whether scan has
// to be called again.
func (p *logPane) refilter() (more bool) {
	was, _ := p.current()
	p.match = parseLogFilter(p.filter.String())
	if len(p.match.words) == 0 {
		if p.filtered != nil {
			following := p.list.Following()
			p.filtered = nil
			p.list.SetRecords(p)
			if !following && was.Seq != 0 {
				p.list.Select(was.Seq)
			}
		}
		return false
	}
	p.window = nil
	p.filtered = list.NewFiltered(p, p.keeps)
	more = p.scan()
	p.list.SetRecords(p.filtered)
	p.list.Follow()
	return more
}

// scan lets the filter look at entries it has not seen.
func (p *logPane) scan() (more bool) {
	return p.filtered != nil && p.filtered.Update(scanStep)
}

// shown are the records of the list.
func (p *logPane) shown() list.Records {
	if p.filtered != nil {
		return p.filtered
	}
	return p
}

// keeps says whether the filter lets an entry through.
func (p *logPane) keeps(seq uint64) bool {
	// Entries are asked for in rising order, so one window serves many.
	if len(p.window) == 0 || seq < p.window[0].Seq || seq > p.window[len(p.window)-1].Seq {
		p.window = p.ring.Window(seq, 512)
	}
	i, ok := slices.BinarySearchFunc(p.window, seq, func(e session.Entry, s uint64) int { return cmp.Compare(e.Seq, s) })
	return ok && p.match.matches(&p.window[i])
}

// current is the entry under the cursor.
func (p *logPane) current() (session.Entry, bool) {
	n, ok := p.list.Cursor()
	if !ok {
		return session.Entry{}, false
	}
	return p.entry(p.seq(n))
}

// seq gives the sequence number in the ring of what the list numbers n.
func (p *logPane) seq(n uint64) uint64 {
	if p.filtered == nil {
		return n
	}
	if first, next := p.filtered.Bounds(); n < first || n >= next {
		return 0
	}
	return p.filtered.Seq(n)
}

func (p *logPane) entry(seq uint64) (session.Entry, bool) {
	if seq == 0 {
		return session.Entry{}, false
	}
	w := p.ring.Window(seq, 1)
	if len(w) == 0 || w[0].Seq != seq {
		return session.Entry{}, false
	}
	return w[0], true
}

// toggle unfolds or folds the entry under the cursor and stops following, so
// that what is being read stays where it is.
func (p *logPane) toggle() {
	e, ok := p.current()
	if !ok {
		return
	}
	n, _ := p.list.Cursor()
	p.list.Hold()
	if p.open[e.Seq] {
		delete(p.open, e.Seq)
	} else {
		p.open[e.Seq] = true
	}
	p.list.Select(n)
	p.list.Hold()
}

// Bounds, Version and Rows make the log a list of records.

func (p *logPane) Bounds() (first, next uint64) {
	first, next = p.ring.Bounds()
	next = max(min(next, p.next), first)
	return first, next
}

func (p *logPane) Version(seq uint64) int {
	v := p.theme << 16
	if p.open[seq] {
		v |= 1
	}
	if p.list.Following() {
		v |= 2
	}
	if p.marked[seq] {
		v |= 4
	}
	if p.frameOf == seq {
		v |= 8 + p.frame&0xff<<4
	}
	return v
}

// lines draws an entry as it is shown.
func (p *logPane) lines(e *session.Entry, width int) []line {
	d := logRows{ink: p.ink, width: width, was: p.results.was[e.Seq], told: p.results.told[e.Seq], frame: -1}
	if p.frameOf == e.Seq {
		d.frame = p.frame
	}
	lines := d.entry(e, p.open[e.Seq])
	if p.marked[e.Seq] {
		lines[0].left[0] = span{&p.ink.accent, theme.SignPin}
	}
	return lines
}

func (p *logPane) Rows(seq uint64, look list.Look) []string {
	e, ok := p.entry(seq)
	if !ok {
		return nil
	}
	lines := p.lines(&e, look.Width)
	out := make([]string, len(lines))
	back := toneOf(look)
	if back == marked && p.list.Following() {
		back = plain // the end is no place anybody chose
	}
	for i := range lines {
		lines[i].tone = back
		out[i] = lines[i].draw(look.Width, &p.ink.text)
	}
	return out
}
