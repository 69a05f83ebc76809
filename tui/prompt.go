package tui

import tea "charm.land/bubbletea/v2"

// prompt asks for one line of text.
type prompt struct {
	input
	title, about string
	done         func(a *App, text string) tea.Cmd
}

func (p *prompt) key(a *App, name string) tea.Cmd {
	if name == "enter" {
		if p.empty() {
			return nil
		}
		a.dialog = nil
		return p.done(a, p.String())
	}
	p.input.key(name)
	return nil
}

func (p *prompt) typed(_ *App, text string) tea.Cmd { p.insert(text); return nil }
func (p *prompt) scroll(int)                        {}
func (p *prompt) hints() [][2]string                { return [][2]string{{"enter", "do it"}, {"esc", "leave it"}} }

func (p *prompt) draw(a *App, rows []string) *tea.Cursor {
	r := a.dialogArea(min(72, a.width-2), 4)
	w := r.Dx() - 2
	shown, at := p.view(w - 2)
	lines := []string{
		new(line).add(&a.ink.text, " "+shown).draw(w, &a.ink.text),
		new(line).add(&a.ink.muted, " "+cut(p.about, w-2)).draw(w, &a.ink.text),
	}
	a.drawBox(rows, r, p.title, lines)
	c := tea.NewCursor(min(r.Min.X+2+at, r.Max.X-2), r.Min.Y+1)
	c.Shape = tea.CursorBar
	return c
}
