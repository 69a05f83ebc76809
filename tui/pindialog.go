package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
	"hotloop/tui/theme"
)

// pinsDialog lists the pins, and of the chosen one what it came to before and
// now, and where that differs.
type pinsDialog struct {
	list     []session.Pin
	at, top  int
	culprits map[int]session.Culprit // by pin
}

// openPins shows the pins.
func (a *App) openPins() tea.Cmd {
	p, no := a.pinner()
	if p == nil {
		return no
	}
	a.dialog = &pinsDialog{culprits: map[int]session.Culprit{}}
	return a.readPins(p)
}

func (a *App) readPins(p Pinner) tea.Cmd {
	return a.guard("read the pins", func(context.Context) tea.Msg { return pinned{list: p.Pins()} })
}

// pinsChanged brings an open list up to date when the session has changed.
func (a *App) pinsChanged() tea.Cmd {
	p, ok := a.session.(Pinner)
	if _, open := a.dialog.(*pinsDialog); !ok || !open {
		return nil
	}
	return a.readPins(p)
}

func (d *pinsDialog) take(list []session.Pin) {
	d.list = list
	d.at = min(d.at, max(len(list)-1, 0))
}

func (d *pinsDialog) current() *session.Pin {
	if d.at >= len(d.list) {
		return nil
	}
	return &d.list[d.at]
}

func (d *pinsDialog) scroll(n int) { d.at = max(min(d.at+n, len(d.list)-1), 0) }

func (d *pinsDialog) key(a *App, name string) tea.Cmd {
	switch name {
	case "up":
		d.scroll(-1)
	case "down":
		d.scroll(1)
	case "pgup", "home":
		d.scroll(-len(d.list))
	case "pgdown", "end":
		d.scroll(len(d.list))
	case "enter":
		if p := d.current(); p != nil {
			pin := *p
			a.dialog = &pager{title: "Pin " + pin.Script + "." + pin.Event, back: d, lines: func(a *App, w int) []line { return runLines(a.ink, &pin, w) }}
		}
	}
	return nil
}

func (d *pinsDialog) typed(a *App, text string) tea.Cmd {
	pin := d.current()
	p, no := a.pinner()
	if p == nil {
		return no
	}
	switch text {
	case "k":
		d.scroll(-1)
	case "j":
		d.scroll(1)
	}
	if pin == nil {
		return nil
	}
	switch id, req := pin.ID, (session.PinRequest{Event: pin.Event, Script: pin.Script, Data: pin.Data, Live: !pin.Live}); text {
	case "x", "p":
		return a.guard("unpin", func(context.Context) tea.Msg {
			err := p.Unpin(id)
			return pinned{list: p.Pins(), err: err}
		})
	case "c":
		return a.guard("pin", func(ctx context.Context) tea.Msg {
			if err := p.Unpin(id); err != nil {
				return pinned{err: err}
			}
			_, err := p.Pin(ctx, req)
			return pinned{list: p.Pins(), err: err}
		})
	case "b":
		return a.bisect(*pin)
	case "u":
		c, ok := d.culprits[id]
		if !ok {
			return a.say(false, "b finds what changed the pin; then u rolls that back")
		}
		return a.undoCulprit(c)
	}
	return nil
}

func (d *pinsDialog) hints() [][2]string {
	return [][2]string{{"enter", "both runs"}, {"b", "bisect"}, {"u", "undo what changed it"}, {"x", "unpin"}, {"c", "on a copy, or live"}, {"esc", "close"}}
}

func (d *pinsDialog) draw(a *App, rows []string) *tea.Cursor {
	k := a.ink
	r := a.dialogArea(min(100, a.width-2), a.height-4)
	w, h := r.Dx()-2, r.Dy()-2
	var lines []string
	put := func(l line) {
		if len(lines) < h {
			lines = append(lines, l.draw(w, &k.text))
		}
	}
	if len(d.list) == 0 {
		put(*new(line).add(&k.muted, " nothing is pinned: p pins the event under the cursor"))
	}
	listed := max(h/2, 1)
	d.top = max(min(d.top, d.at), d.at-listed+1, 0)
	for i := d.top; i < min(len(d.list), d.top+listed); i++ {
		put(pinLine(k, &d.list[i], i == d.at, w))
	}
	if p := d.current(); p != nil {
		put(line{})
		for _, l := range d.about(k, p, w) {
			put(l)
		}
	}
	a.drawBox(rows, a.dialogArea(w+2, len(lines)+2), "Pins", lines)
	return nil
}

func pinLine(k *inks, p *session.Pin, chosen bool, w int) line {
	var l line
	cursor := "  "
	if chosen {
		cursor = theme.SignArrow + " "
	}
	sign, in := theme.SignPin, &k.muted
	if len(p.Changes) > 0 {
		sign, in = theme.SignChanged, &k.changed
	}
	l.add(&k.accent, cursor).add(in, sign+" ").add(&k.script, clean(p.Script)+".").add(&k.event, clean(p.Event))
	if data := clean(string(p.Data)); data != "" {
		l.add(&k.data, " "+cut(data, w/3))
	}
	text := pinOutcome(p.Last)
	if p.Paused != "" {
		text = "paused: " + p.Paused
	}
	l.add(&k.result, "  "+cut(clean(text), max(w-widthOf(l.left)-7, leastData)))
	if p.Live {
		l.end(&k.muted, "live ")
	}
	return l
}

// about draws the chosen pin: where its last two runs differ.
func (d *pinsDialog) about(k *inks, p *session.Pin, w int) (lines []line) {
	say := func(k2 *ink, text string) { lines = append(lines, *new(line).add(k2, " "+cut(clean(text), w-2))) }
	if p.Before != nil {
		say(&k.was, "before  "+pinOutcome(p.Before)+"  "+micros(p.Before.Call.DurationUs))
	}
	if p.Last != nil {
		say(&k.result, "now     "+pinOutcome(p.Last)+"  "+micros(p.Last.Call.DurationUs))
	}
	if c, ok := d.culprits[p.ID]; ok {
		say(&k.changed, "changed by "+culpritText(c)+"; u rolls it back")
	}
	rows := logRows{ink: k, width: w}
	for _, l := range rows.changes(p.Changes, true) {
		l.left = l.left[1:] // the indentation of the log
		lines = append(lines, *new(line).add(&k.text, " ").then(l))
	}
	if p.Last != nil {
		for _, n := range p.Last.Notes {
			say(&k.muted, n)
		}
	}
	return lines
}

// runLines shows the last two runs of a pin whole, one below the other.
func runLines(k *inks, p *session.Pin, w int) (lines []line) {
	rows := logRows{ink: k, width: w}
	for _, of := range []struct {
		name string
		run  *session.PinRun
	}{{"before", p.Before}, {"now", p.Last}} {
		if of.run == nil {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, line{})
		}
		c := &of.run.Call
		lines = append(lines, *new(line).add(&k.strong, " "+of.name).add(&k.muted, fmt.Sprintf("  after report %d, %s", of.run.Report, micros(c.DurationUs))))
		lines = append(lines, words(&k.result, "   ", pinOutcome(of.run), w)...)
		if c.Output != "" {
			lines = append(lines, rows.text("printed", &k.text, c.Output)...)
		}
		for _, t := range of.run.Touched {
			lines = append(lines, words(&k.text, "   ", t.Name+"  "+t.Before.Text+" "+theme.SignArrow+" "+t.After.Text, w)...)
		}
		if v := versionsText(c.Versions); v != "" {
			lines = append(lines, words(&k.muted, "   ", "ran "+v, w)...)
		}
	}
	return lines
}

// then adds the spans of another line.
func (l *line) then(o line) *line {
	l.left = append(l.left, o.left...)
	return l
}
