package tui

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// Handlers is what a session has whose program answers events itself. A session
// may have it.
type Handlers interface {
	Handlers(ctx context.Context) ([]session.Handler, error)
}

var (
	_ Handlers = (*session.Session)(nil)
	_ Handlers = (*session.Remote)(nil)
)

// composer is a form for an event that the program answers itself, such as a
// request, with what came of the last one below.
type composer struct {
	formDialog
	about session.Handler
	sent  bool        // one is on its way
	ended *eventFired // the last one, nil before
	off   int         // rows of the answer that are scrolled away
	back  int         // lines of the history that ctrl+r has gone back
}

// handlersRead brings the events that the program answers itself.
type handlersRead struct {
	list []session.Handler
	open bool   // a composer was asked for
	name string // for this event, as it was typed; "" for any
	data string // to fill in
	err  error
}

// openComposer opens a composer for the program's events.
func (a *App) openComposer() tea.Cmd { return a.readHandlers(handlersRead{open: true}) }

// openComposerWith opens one for an event and data that were typed.
func (a *App) openComposerWith(name, data string) tea.Cmd {
	return a.readHandlers(handlersRead{open: true, name: name, data: data})
}

// readHandlers asks for the events that the program answers.
func (a *App) readHandlers(m handlersRead) tea.Cmd {
	h, ok := a.session.(Handlers)
	if !ok {
		return a.handlersArrived(m)
	}
	return a.guard("read the program's events", func(ctx context.Context) tea.Msg {
		m.list, m.err = h.Handlers(ctx)
		return m
	})
}

// handlersChanged brings an open composer up to date when the session has
// changed.
func (a *App) handlersChanged() tea.Cmd {
	if _, open := a.dialog.(*composer); !open {
		return nil
	}
	return a.readHandlers(handlersRead{})
}

// handlersArrived opens a composer for the event that was typed, else for one of
// the selected script, else for the first; or brings the open one up to date.
func (a *App) handlersArrived(m handlersRead) tea.Cmd {
	if m.err != nil {
		return a.say(true, "%v", m.err)
	}
	if c, ok := a.dialog.(*composer); ok {
		for _, h := range m.list {
			if h.Script == c.about.Script && h.Name == c.about.Name {
				c.about = h
			}
		}
		return nil
	}
	if !m.open {
		return nil
	}
	if m.name != "" {
		m.list = slices.DeleteFunc(slices.Clone(m.list), func(h session.Handler) bool { return m.name != h.Name && m.name != h.Script+"."+h.Name })
		if len(m.list) == 0 {
			return a.say(false, "type a handler's name first")
		}
	}
	if len(m.list) == 0 {
		return a.say(false, "the program has no events of its own; hotloop http has requests")
	}
	h := m.list[0]
	for _, o := range m.list {
		if o.Script == a.scripts.scriptName() {
			h = o
			break
		}
	}
	c := &composer{about: h, formDialog: formDialog{handler: unitID{script: h.Script}, name: h.Name, root: newForm(h.Params)}}
	c.root.fill(string(h.Example))
	if json.Valid([]byte(m.data)) {
		c.root.fill(m.data)
	} else {
		c.earlier(a, 1)
	}
	c.suggest(a.fire.seen(h.Script, h.Name))
	a.dialog = c
	return nil
}

// earlier fills in what was sent n events before, if there was one.
func (c *composer) earlier(a *App, n int) bool {
	lines := a.fire.history[askEvent]
	for i := len(lines) - 1; i >= 0; i-- {
		name, data, _ := splitEvent(lines[i])
		if name != c.about.Script+"."+c.about.Name || !json.Valid([]byte(data)) {
			continue
		}
		if n--; n == 0 {
			c.root = newForm(c.about.Params)
			c.root.fill(data)
			return true
		}
	}
	return false
}

// composedFired takes what came of an event into the composer that sent it.
func (a *App) composedFired(m eventFired) {
	c, ok := a.dialog.(*composer)
	if ok && m.request.Event == c.about.Name && m.request.Script == c.about.Script {
		c.sent, c.ended, c.off = false, &m, 0
	}
}

func (c *composer) key(a *App, name string) tea.Cmd {
	switch name {
	case "enter":
		c.strict = true
		cmd := c.fire(a)
		if c.root.bad() == nil {
			c.sent, c.back, c.strict = true, 0, false
		}
		return cmd
	case "ctrl+r":
		c.back++
		if !c.earlier(a, c.back+1) {
			c.back = 0
			c.earlier(a, 1)
		}
		return nil
	case "alt+enter", "ctrl+j", "shift+enter":
		if n := c.current(); n != nil && !n.holds() && n.shape.Kind == interp.ShapeText && n.shape.Pattern == "" {
			n.text.insert(toRow.Replace("\n"))
		}
		return nil
	case "pgdown":
		c.off += 5
		return nil
	case "pgup":
		c.off = max(c.off-5, 0)
		return nil
	}
	return c.formDialog.key(a, name)
}

func (c *composer) scroll(n int) { c.off = max(c.off+n, 0) }

func (c *composer) hints() [][2]string {
	return [][2]string{{"enter", "send"}, {"tab", "next"}, {"ctrl+n", "choose, add"}, {"ctrl+x", "take out"}, {"ctrl+r", "earlier ones"},
		{"pgdn", "answer"}, {"ctrl+t", "as text"}, {"ctrl+s", "save"}, {"esc", "close"}}
}

func (c *composer) draw(a *App, rows []string) *tea.Cursor {
	k := a.ink
	r := a.dialogArea(min(110, a.width-2), a.height-4)
	w, h := r.Dx()-2, r.Dy()-2
	lines, cursor := c.lines(a, r, max(min(len(c.root.rows()), h*2/3), 1))
	if len(lines) < h {
		lines = append(lines, k.rule[plain].Paint(strings.Repeat("─", w)))
	}
	answer := c.answer(k, w)
	c.off = max(min(c.off, len(answer)-(h-len(lines))), 0)
	for i := c.off; i < len(answer) && len(lines) < h; i++ {
		lines = append(lines, answer[i].draw(w, &k.text))
	}
	for len(lines) < h {
		lines = append(lines, blanks(w))
	}
	a.drawBox(rows, r, clean(c.about.About), lines)
	return cursor
}

// answer draws what came of the last event, and the notes of the program.
func (c *composer) answer(k *inks, w int) (lines []line) {
	d := logRows{ink: k, width: w, flush: true, frame: -1}
	say := func(in *ink, text, took string) {
		lines = append(lines, *new(line).add(in, " "+cut(clean(text), max(w-width(took)-4, leastData))).end(&k.duration, took+" "))
	}
	switch {
	case c.sent:
		say(&k.muted, "on its way", "")
	case c.ended == nil:
		say(&k.muted, "enter sends it; what came back shows here", "")
	case c.ended.err != nil:
		say(&k.bad, c.ended.err.Error(), "")
	default:
		for i := range c.ended.event.Calls {
			call := &c.ended.event.Calls[i]
			in := &k.result
			if call.Error != nil {
				in = &k.bad
			}
			say(in, firstLine(resultText(call)), micros(call.DurationUs))
			if call.Output != "" {
				lines = append(lines, d.text("output", &k.output, call.Output)...)
			}
		}
		lines = append(lines, d.details(c.ended.event.Details)...)
	}
	return append(lines, d.details(c.about.Notes)...)
}
