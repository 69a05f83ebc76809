package tui

import (
	"cmp"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/sahilm/fuzzy"

	"hotloop/interp"
	"hotloop/tui/theme"
)

const popupRows = 8

// candidate is one thing the fire line can be completed with.
type candidate struct {
	label, detail string
	insert        string
	whole         bool // insert replaces the event, or the line of the history, not only from..to
	from, to      int  // bytes of the text that are replaced
	matched       []int
	group         string         // candidates of one handler stay together
	do            func() tea.Cmd // of the palette: what choosing it does
}

// popup is the list of candidates over the fire line. It covers log rows only
// while it has something to say.
type popup struct {
	items   []candidate
	at, top int
	moved   bool // somebody chose: enter takes the choice
	history bool // the items are earlier lines
	closed  bool // by esc, until the text changes
}

func (p *popup) open() bool { return len(p.items) > 0 && !p.closed }

func (p *popup) move(n int) {
	p.at = (p.at + n + len(p.items)) % len(p.items)
	p.moved = true
}

// jump moves by n without going round.
func (p *popup) jump(n int) {
	p.at = max(min(p.at+n, len(p.items)-1), 0)
	p.moved = true
}

// current is the candidate chosen.
func (p *popup) current() candidate { return p.items[p.at] }

// complete makes the list of candidates for what is typed. Without being asked
// for, it stays closed on an empty line and where there is nothing to add.
func (f *fireLine) complete(asked bool) {
	if f.popup.history {
		f.searchHistory()
		return
	}
	f.popup = popup{}
	if f.asks != askEvent {
		return
	}
	text, before := f.String(), f.before()
	name, _, at := splitEvent(text)
	lead := lastStep(text)
	if len(before) < lead {
		return
	}
	if len(before) <= lead+len(name) {
		if name == "" && !asked {
			return
		}
		f.popup.items = match(strings.TrimSpace(before[lead:]), f.events())
		if len(f.popup.items) > 0 && f.popup.items[0].insert == text[lead:] && !asked {
			f.popup = popup{}
		}
		return
	}
	if _, u := f.target(); u != nil && len(before) >= at {
		if value := valueAt(before[at:]); value.ok {
			f.popup.items = f.values(value, at)
			return
		}
		place := keyAt(before[at:])
		if !place.ok {
			return
		}
		var items []candidate
		for _, name := range f.names(u, place.path) {
			if slices.Contains(place.used, name) {
				continue
			}
			to := len(before)
			if strings.HasPrefix(text[to:], `"`) {
				to++
			}
			insert := quote(name) + ":"
			if strings.HasPrefix(text[to:], ":") {
				insert = quote(name)
			}
			items = append(items, candidate{label: name, insert: insert, from: at + place.from, to: to})
		}
		f.popup.items = match(strings.TrimPrefix(place.partial, `"`), items)
	}
}

// names are the field names at a path in the data of a handler.
func (f *fireLine) names(u *interp.Unit, path []string) []string {
	_, _, fields := f.shape()
	shape, ok := atPath(fields, path)
	if !ok {
		return fieldsAt(u.Params, path)
	}
	var names []string
	for _, field := range shape.Fields {
		names = append(names, field.Name)
	}
	return names
}

// events are the candidates for the beginning of a line: saved events by their
// names, then handlers.
func (f *fireLine) events() []candidate {
	var items []candidate
	for _, e := range f.saved {
		name := savedName(e)
		line := strings.TrimSpace(name + " " + string(e.Data))
		label := strings.TrimSpace(name + "  " + e.Name)
		items = append(items, candidate{label: clean(label), detail: clean(string(e.Data)), insert: oneLine(line), whole: true, group: name})
	}
	for i := range f.scripts {
		sc := &f.scripts[i]
		for j := range sc.Units {
			u := &sc.Units[j]
			if !isHandler(u) {
				continue
			}
			name := sc.Name + "." + u.Name
			if _, ok := savedFor(f.saved, sc.Name, u.Name); ok && len(u.Params) == 0 {
				continue // the saved event is the same
			}
			items = append(items, candidate{
				label: clean(name), detail: parameterText(u), whole: true, group: name,
				insert: strings.TrimSpace(name + " " + exampleData(u.Params)),
			})
		}
	}
	return items
}

// match keeps the candidates that fit what is typed, the best first.
func match(typed string, items []candidate) []candidate {
	if typed == "" {
		return items
	}
	labels := make([]string, len(items))
	for i := range items {
		labels[i] = items[i].label
	}
	found := fuzzy.FindNoSort(strings.ReplaceAll(typed, " ", ""), labels)
	// What belongs together is ranked by the best of it: a saved event is not
	// worse than its handler for having a longer name.
	best := map[string]int{}
	rank := func(m fuzzy.Match) int {
		if g := items[m.Index].group; g != "" {
			return best[g]
		}
		return m.Score
	}
	for _, m := range found {
		if g := items[m.Index].group; g != "" {
			if b, ok := best[g]; !ok || m.Score > b {
				best[g] = m.Score
			}
		}
	}
	slices.SortStableFunc(found, func(x, y fuzzy.Match) int { return cmp.Compare(rank(y), rank(x)) })
	out := make([]candidate, len(found))
	for i, m := range found {
		out[i] = items[m.Index]
		out[i].matched = m.MatchedIndexes
	}
	return out
}

// searchHistory lists earlier lines that fit what is typed, the latest first.
func (f *fireLine) searchHistory() {
	var items []candidate
	h := f.history[f.asks]
	for i := len(h) - 1; i >= 0; i-- {
		items = append(items, candidate{label: clean(h[i]), insert: h[i], whole: true})
	}
	f.popup = popup{history: true, items: match(f.String(), items)}
}

// accept puts the chosen candidate into the text.
func (f *fireLine) accept() {
	c := f.popup.current()
	text := f.String()
	switch {
	case f.popup.history:
		f.set(c.insert)
	case c.whole:
		f.set(text[:lastStep(text)] + c.insert)
	default:
		f.replace(runesBefore(text, c.from), runesBefore(text, c.to), c.insert)
	}
	f.popup = popup{}
	f.strict = false
	f.recheck()
	f.toGap(false)
}

// toGap moves the cursor to the next place that wants filling in, and says
// whether there is one. From the last one it goes round to the first.
func (f *fireLine) toGap(after bool) bool {
	text := f.String()
	_, data, start := splitEvent(text)
	from := 0
	if after {
		from = max(len(f.before())-start+1, 0)
	}
	at, _, ok := nextGap(data, from, true)
	if !ok && after {
		at, _, ok = nextGap(data, 0, true)
	}
	if ok {
		f.at = runesBefore(text, start+at)
	}
	return ok
}

// list draws what lies above the fire line, in a frame that is open below:
// candidates, or the outcomes of expressions. The rows are at most w cells wide
// and all equally wide; the first is the frame's.
func (f *fireLine) list(w, h int) []string {
	if h <= 1 || w < 20 {
		return nil
	}
	var rows []string
	title := ""
	switch {
	case f.popup.open():
		rows = f.popup.draw(f.ink, w-2, min(popupRows, h-1))
		switch {
		case f.popup.history:
			title = " History "
		case len(f.popup.items) > len(rows):
			title = " " + lineNo(f.popup.at+1) + " of " + lineNo(len(f.popup.items)) + " "
		}
	case f.asks != askEvent && len(f.shown) > 0:
		rows = f.answers(w-2, h-1)
	default:
		return nil
	}
	border := f.ink.popBorder[plain]
	wide := ansi.StringWidth(rows[0])
	title = cut(title, wide-1)
	out := make([]string, 0, len(rows)+1)
	out = append(out, border.Paint("╭─"+title+strings.Repeat("─", wide-1-width(title))+"╮"))
	for _, r := range rows {
		out = append(out, border.Paint("│")+r+border.Paint("│"))
	}
	return out
}

// draw draws at most h candidates around the chosen one, all equally wide and
// at most w cells.
func (p *popup) draw(k *inks, w, h int) []string {
	n := min(len(p.items), h)
	p.top = min(max(p.top, p.at-n+1), p.at)
	p.top = max(min(p.top, len(p.items)-n), 0)
	labels, all := 0, 0
	for _, c := range p.items {
		labels = max(labels, width(c.label))
		all = max(all, width(c.detail))
	}
	labels = min(labels, w*2/3)
	wide := min(labels+3, w)
	if all > 0 {
		wide = min(labels+all+5, w)
	}
	rows := make([]string, 0, n)
	for i := p.top; i < p.top+n; i++ {
		c, fill := p.items[i], &k.item
		if i == p.at {
			fill = &k.itemOn
		}
		sign := "  "
		if i == p.at {
			sign = theme.SignClosed + " "
		}
		l := new(line).add(fill, sign)
		if i == p.at {
			l.add(fill, fit(c.label, labels))
		} else {
			l.marks(fill, &k.match, cut(c.label, labels), c.matched)
			l.add(fill, blanks(labels-width(cut(c.label, labels))))
		}
		if all > 0 {
			detail := &k.itemDetail
			if i == p.at {
				detail = fill
			}
			l.add(detail, "  "+c.detail)
		}
		rows = append(rows, l.draw(wide, fill))
	}
	return rows
}

func (f *fireLine) answers(w, h int) []string {
	k := f.ink
	n := min(len(f.shown), h)
	rows := make([]string, 0, n)
	for _, r := range f.shown[len(f.shown)-n:] {
		l := new(line).add(&k.item, " ").add(&k.itemDetail, cut(clean(r.code), w/2)).add(&k.item, " "+theme.SignArrow+" ")
		if r.bad {
			l.add(&k.bad, clean(r.text))
		} else {
			l.add(&k.item, clean(r.text)).end(&k.itemDetail, clean(r.kind)+" ")
		}
		rows = append(rows, l.draw(w, &k.item))
	}
	return rows
}
