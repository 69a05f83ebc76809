package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// formDialog fills in the data of a handler, a row per value. It follows the
// handler when a save changes what it takes.
type formDialog struct {
	handler unitID
	name    string // of the handler
	stamp   int    // of the script when its shape was read
	root    *formNode
	at      int  // row with the cursor
	inKey   bool // the cursor is in the key of a map's entry
	top     int
	strict  bool // somebody tried to fire it: all problems show
	note    string
}

// suggest gives the rows values to choose from.
func (f *formDialog) suggest(seen map[string][]string) {
	for _, n := range f.root.rows() {
		if n.holds() {
			continue
		}
		for _, v := range seen[n.path()] {
			if text := unquoted(n.shape, v); !slices.Contains(n.seen, text) && valueProblem(n.shape, text) == "" {
				n.seen = append(n.seen, text)
			}
		}
	}
}

func (f *formDialog) current() *formNode {
	rows := f.root.rows()
	f.at = max(min(f.at, len(rows)-1), 0)
	if len(rows) == 0 {
		return nil
	}
	return rows[f.at]
}

// field is the text the cursor is in, nil on a row that is not typed into.
func (f *formDialog) field() *input {
	n := f.current()
	switch {
	case n == nil:
		return nil
	case n.key != nil && f.inKey:
		return n.key
	case n.holds():
		return nil
	}
	return &n.text
}

func (f *formDialog) move(by int) {
	n := f.current()
	switch {
	case by == 1 && n != nil && n.key != nil && f.inKey && !n.holds():
		f.inKey = false
		return
	case by == -1 && n != nil && n.key != nil && !f.inKey:
		f.inKey = true
		return
	}
	rows := len(f.root.rows())
	f.at = max(min(f.at+by, rows-1), 0)
	n = f.current()
	f.inKey = n != nil && n.key != nil && (by > 0 || n.holds())
}

func (f *formDialog) scroll(n int) { f.move(n) }

func (f *formDialog) typed(a *App, text string) tea.Cmd {
	n := f.current()
	in := f.field()
	switch {
	case n == nil:
	case in == nil && text == " ", n.shape.Kind == interp.ShapeBool && text == " " && !f.inKey:
		f.turn(n)
	case in == nil:
		return a.say(false, "ctrl+n adds to it, ctrl+x takes it out")
	case n.shape.Kind == interp.ShapeBool && !f.inKey:
		switch text {
		case "t", "y", "1":
			in.set("true")
		case "f", "n", "0":
			in.set("false")
		}
	case n.shape.Kind == interp.ShapeText:
		in.insert(toRow.Replace(strings.ReplaceAll(text, "\r", "\n"))) // a paste has bare returns
	default:
		in.insert(text)
	}
	return nil
}

// turn is the space bar on a row that is not typed into.
func (f *formDialog) turn(n *formNode) {
	switch {
	case n.shape.Kind == interp.ShapeBool:
		n.choose(1)
	case n.optional && n.on:
		n.remove()
	case n.optional:
		n.on = true
	}
}

func (f *formDialog) key(a *App, name string) tea.Cmd {
	n := f.current()
	if n == nil {
		return nil
	}
	switch name {
	case "enter":
		return f.fire(a)
	case "tab", "down":
		f.move(1)
	case "shift+tab", "up":
		f.move(-1)
	case "pgdown":
		f.at += 8
	case "pgup":
		f.at -= 8
	case "ctrl+n":
		f.more(n)
	case "ctrl+p":
		n.choose(-1)
	case "ctrl+x":
		n.remove()
		f.inKey = false
	case "ctrl+t":
		a.dialog = nil
		a.fire.put(f.line())
		a.focus(paneFire)
	case "ctrl+s":
		if bad := f.root.bad(); bad != nil {
			return f.goTo(bad)
		}
		return a.askSaveEvent(f.handler.script, f.name, f.root.data())
	default:
		in := f.field()
		switch {
		case in == nil:
		case n.shape.Kind != interp.ShapeBool || f.inKey:
			in.key(name)
		case name == "left" || name == "right":
			n.choose(1)
		case (name == "backspace" || name == "delete") && n.optional:
			in.set("")
		}
	}
	return nil
}

// more adds to the list or map the cursor is on or in, or goes on to the next
// value to choose.
func (f *formDialog) more(n *formNode) {
	if n.choose(1) {
		return
	}
	for ; n != nil; n = n.up {
		if n.grows() {
			kid := n.add()
			f.at = slices.Index(f.root.rows(), kid)
			f.inKey = kid.key != nil
			return
		}
	}
}

func (f *formDialog) line() string { return f.handler.script + "." + f.name + " " + f.root.data() }

func (f *formDialog) goTo(n *formNode) tea.Cmd {
	f.strict = true
	f.at = slices.Index(f.root.rows(), n)
	f.inKey = false
	return nil
}

// fire fires what is filled in; the form stays, for the next time.
func (f *formDialog) fire(a *App) tea.Cmd {
	if bad := f.root.bad(); bad != nil {
		return f.goTo(bad)
	}
	line := f.line()
	a.fire.put(line) // first, since it keeps what was typed before
	a.fire.remember(line)
	f.note = "fired"
	return a.fireRequest(request(f.handler.script+"."+f.name, f.root.data()))
}

func (f *formDialog) hints() [][2]string {
	return [][2]string{{"enter", "fire"}, {"tab", "next"}, {"ctrl+n", "choose, add"}, {"ctrl+x", "take out"},
		{"ctrl+t", "as text"}, {"ctrl+s", "save"}, {"esc", "close"}}
}
