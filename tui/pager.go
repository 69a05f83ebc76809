package tui

import (
	tea "charm.land/bubbletea/v2"
)

// pager is a dialog that shows lines, more than there is room for if need be.
type pager struct {
	title  string
	lines  func(a *App, w int) []line // at a width
	more   [][2]string                // keys of its own, for the footer
	typing func(a *App, text string) tea.Cmd
	back   dialog // what was open before; closing it goes there

	top, count, rows int
}

func (d *pager) scroll(n int) { d.top = max(min(d.top+n, d.count-d.rows), 0) }

func (d *pager) key(a *App, name string) tea.Cmd {
	switch name {
	case "up":
		d.scroll(-1)
	case "down":
		d.scroll(1)
	case "pgup":
		d.scroll(-d.rows)
	case "pgdown":
		d.scroll(d.rows)
	case "home":
		d.scroll(-d.count)
	case "end":
		d.scroll(d.count)
	case "enter":
		a.dialog = d.back
	}
	return nil
}

func (d *pager) typed(a *App, text string) tea.Cmd {
	switch text {
	case "k":
		d.scroll(-1)
	case "j":
		d.scroll(1)
	case "g":
		d.scroll(-d.count)
	case "G":
		d.scroll(d.count)
	case " ":
		d.scroll(d.rows)
	case "q":
		a.dialog = d.back
	default:
		if d.typing != nil {
			return d.typing(a, text)
		}
	}
	return nil
}

func (d *pager) hints() [][2]string {
	out := append([][2]string{{"↑ ↓", "scroll"}}, d.more...)
	if d.back != nil {
		out = append(out, [2]string{"q", "back"})
	}
	return append(out, [2]string{"esc", "close"})
}

func (d *pager) draw(a *App, rows []string) *tea.Cursor {
	w := min(110, a.width-2)
	lines := d.lines(a, w-2)
	r := a.dialogArea(w, min(len(lines)+2, a.height-4))
	d.count, d.rows = len(lines), r.Dy()-2
	d.scroll(0)
	var out []string
	for i := d.top; i < min(d.top+d.rows, len(lines)); i++ {
		out = append(out, lines[i].draw(w-2, &a.ink.text))
	}
	a.drawBox(rows, r, d.title, out)
	return nil
}

// words adds a text, wrapped, behind a sign.
func words(in *ink, sign, text string, w int) (lines []line) {
	for _, part := range wrap(clean(text), max(w-width(sign)-1, leastData)) {
		lines = append(lines, *new(line).add(in, sign+part))
		sign = blanks(width(sign))
	}
	return lines
}
