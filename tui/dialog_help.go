package tui

import (
	"image"
	"slices"

	tea "charm.land/bubbletea/v2"
)

// helpDialog is the help over the panes: the live key table. Rows can be
// clicked to do what they say.
type helpDialog struct {
	top   int
	lines int // rows there are
	rows  int // rows that show
}

const helpColumn = 58

func (h *helpDialog) scroll(n int) {
	h.top = max(min(h.top+n, h.lines-h.rows), 0)
}

// helpKey is what keys do while the help is open.
func (a *App) helpKey(name string) tea.Cmd {
	switch name {
	case "up", "k":
		a.help.scroll(-1)
	case "down", "j":
		a.help.scroll(1)
	case "pgup":
		a.help.scroll(-a.help.rows)
	case "pgdown", "space":
		a.help.scroll(a.help.rows)
	case "home", "g":
		a.help.scroll(-a.help.lines)
	case "end", "G":
		a.help.scroll(a.help.lines)
	case "ctrl+c":
		return a.do(actQuit)
	default:
		a.help = nil
	}
	return nil
}

// helpLine is a row of a column: a heading, a binding, or nothing.
type helpLine struct {
	heading string
	binding *binding
}

// helpOrder lists all scopes, those of the pane in focus first.
func (a *App) helpOrder() []scope {
	order := a.scopes()
	for s := range scopeCount {
		if !slices.Contains(order, s) {
			order = append(order, s)
		}
	}
	return order
}

// helpColumns lists the bindings by scope in n columns of about the same
// height. A scope is not torn apart.
func helpColumns(bindings []binding, order []scope, n int) [][]helpLine {
	var groups [][]helpLine
	total := 0
	for _, s := range order {
		group := []helpLine{{heading: scopeTitles[s]}}
		for i := range bindings {
			if bindings[i].scope == s {
				group = append(group, helpLine{binding: &bindings[i]})
			}
		}
		group = append(group, helpLine{})
		groups = append(groups, group)
		total += len(group)
	}
	out := make([][]helpLine, 1, n)
	for _, g := range groups {
		// A group goes to the next column when more than half of it would stand
		// below the even height.
		c := len(out) - 1
		if c < n-1 && len(out[c]) > 0 && len(out[c])+len(g)/2 > total/n {
			out = append(out, nil)
			c++
		}
		out[c] = append(out[c], g...)
	}
	return out
}

// drawHelp draws the help between header and footer.
func (a *App) drawHelp(rows []string) {
	k, h := a.ink, a.help
	area := image.Rect(0, 1, a.width, a.height-1)
	columns := helpColumns(a.keys.bindings, a.helpOrder(), max(1, a.width/helpColumn))
	h.lines, h.rows = 0, area.Dy()-1
	for _, c := range columns {
		h.lines = max(h.lines, len(c)-1) // without the blank at the end
	}
	h.scroll(0)
	note := "any other key closes"
	if below := h.lines - h.rows - h.top; below > 0 {
		note = "↓" + lineNo(below) + " more"
	}
	rows[area.Min.Y], _ = a.rule(image.Rect(0, 1, a.width, 2), []seg{{text: "Help", on: true}}, true, []span{{&k.figure, note}})
	wide := a.width / len(columns)
	for y := range h.rows {
		n := h.top + y
		row := ""
		for c, lines := range columns {
			x, cell := c*wide, wide
			if c == len(columns)-1 {
				cell = a.width - x
			}
			var l line
			if n < len(lines) {
				a.helpRow(&l, lines[n], image.Rect(x, area.Min.Y+1+y, x+cell, area.Min.Y+2+y))
			}
			row += l.draw(cell, &k.text)
		}
		rows[area.Min.Y+1+y] = row
	}
}

func (a *App) helpRow(l *line, h helpLine, r image.Rectangle) {
	k := a.ink
	switch {
	case h.heading != "":
		l.add(&k.accent, "  "+h.heading)
	case h.binding != nil:
		l.add(&k.key, "  "+fit(h.binding.show, 10)+" ").add(&k.dialog, h.binding.help)
		b := h.binding
		a.zone(r, func() tea.Cmd {
			a.help = nil
			return a.doIn(b)
		})
	}
}
