package tui

import (
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// dialog is a window over the panes that has the keyboard while it is open. It
// covers rows, never the header and the footer.
type dialog interface {
	// key handles a key that is no text. Esc and quitting do not come here.
	key(a *App, name string) tea.Cmd
	typed(a *App, text string) tea.Cmd
	// draw lays the dialog over the rows of a frame.
	draw(a *App, rows []string) *tea.Cursor
	scroll(n int)
	hints() [][2]string // keys and what they do, for the footer
}

// dialogKey routes a key to the open dialog.
func (a *App) dialogKey(m tea.KeyPressMsg) tea.Cmd {
	switch name := m.String(); {
	case name == "ctrl+c":
		return a.do(actQuit)
	case name == "esc":
		a.dialog = nil
	case m.Text != "" && name != "enter" && name != "tab":
		return a.dialog.typed(a, m.Text)
	default:
		return a.dialog.key(a, name)
	}
	return nil
}

// dialogArea is where a dialog of at most w by h cells stands: in the middle,
// between header and footer, frame included.
func (a *App) dialogArea(w, h int) image.Rectangle {
	w, h = min(w, a.width), min(h, a.height-2)
	x, y := (a.width-w)/2, 1+(a.height-2-h)/3
	return image.Rect(x, y, x+w, y+h)
}

// drawBox lays a framed box over a frame. lines are its rows, each exactly two
// cells narrower than the box; rows that are missing are blank.
func (a *App) drawBox(rows []string, r image.Rectangle, title string, lines []string) {
	k := a.ink
	border, name := k.ruleOn[plain], k.titleOn[plain]
	title = " " + cut(title, r.Dx()-6) + " "
	edge := border.Paint("╭─") + name.Paint(title) + border.Paint(strings.Repeat("─", max(r.Dx()-3-width(title), 0))+"╮")
	for y := r.Min.Y; y < r.Max.Y; y++ {
		text := ""
		switch n := y - r.Min.Y - 1; {
		case n < 0:
			text = edge
		case y == r.Max.Y-1:
			text = border.Paint("╰" + strings.Repeat("─", r.Dx()-2) + "╯")
		case n < len(lines):
			text = border.Paint("│") + lines[n] + border.Paint("│")
		default:
			text = border.Paint("│") + blanks(r.Dx()-2) + border.Paint("│")
		}
		rows[y] = overlay(rows[y], r.Min.X, text, r.Dx(), a.width)
	}
}
