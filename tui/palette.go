package tui

import (
	"image"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// palette finds everything by name: what keys do, handlers and saved events to
// fire, scripts and units to go to.
type palette struct {
	input
	all   []candidate
	popup popup
}

const (
	paletteWidth = 84
	paletteRows  = 16

	paletteReports = 30
)

func newPalette(a *App) *palette {
	p := &palette{all: a.commands()}
	p.search()
	return p
}

// commands lists what can be done now: the keys of the pane in focus first.
func (a *App) commands() []candidate {
	var out []candidate
	seen := map[action]bool{actPalette: true, actUp: true, actDown: true, actPageUp: true, actPageDown: true, actHome: true, actEnd: true}
	add := func(s scope) {
		for i := range a.keys.bindings {
			b := &a.keys.bindings[i]
			if b.scope != s || seen[b.act] || !a.enabled(b) {
				continue
			}
			seen[b.act] = true
			out = append(out, candidate{label: b.help, detail: b.show, do: func() tea.Cmd { return a.doIn(b) }})
		}
	}
	for _, s := range a.scopes() {
		if s != scopeInput && s != scopeFilter {
			add(s)
		}
	}
	for _, s := range []scope{scopeScripts, scopeDetail, scopeLog, scopeGlobal} {
		add(s)
	}
	for _, e := range a.fire.saved {
		name := savedName(e)
		req := request(name, string(e.Data))
		out = append(out, candidate{label: "fire " + clean(name+"  "+e.Name), detail: clean(string(e.Data)), do: func() tea.Cmd { return a.fireRequest(req) }})
	}
	all := a.diff.pages()
	for i := len(all) - 1; i >= max(len(all)-paletteReports, 0); i-- {
		if r := all[i].report; all[i].pending == nil {
			out = append(out, candidate{label: "report " + strconv.Itoa(r.ID) + " of " + clean(r.Script), detail: clean(reportSentence(r)), do: func() tea.Cmd {
				a.diff.only = ""
				a.diff.goTo(r.ID)
				return a.showTab(tabDiff)
			}})
		}
	}
	for i := range a.scripts.scripts {
		sc := &a.scripts.scripts[i]
		out = append(out, candidate{label: "go to " + clean(sc.Name), detail: "script", do: a.goTo(unitID{script: sc.Name}, false)})
		for j := range sc.Units {
			u := &sc.Units[j]
			id := unitID{sc.Name, u.Key}
			if isHandler(u) {
				line := a.fire.lineFor(sc.Name, u)
				out = append(out, candidate{label: "type " + clean(sc.Name+"."+u.Name), detail: "into the fire line", do: func() tea.Cmd {
					a.fire.put(line)
					a.focus(paneFire)
					return nil
				}})
			}
			if u.Kind != interp.KindConst {
				out = append(out, candidate{label: "go to " + clean(sc.Name) + "." + unitLabel(u), detail: string(u.Kind), do: a.goTo(id, true)})
			}
		}
	}
	return out
}

// doIn does what a binding of any place says, in the pane it is about.
func (a *App) doIn(b *binding) tea.Cmd {
	if p, ok := b.scope.pane(); ok {
		a.focus(p)
	}
	return a.do(b.act)
}

// goTo puts the tree's cursor on a script or unit; show brings its code up too.
func (a *App) goTo(id unitID, show bool) func() tea.Cmd {
	return func() tea.Cmd {
		a.scripts.reveal(id)
		a.focus(paneScripts)
		if show {
			return a.showTab(tabSource)
		}
		return a.selected()
	}
}

func (p *palette) search() {
	typed := strings.TrimSpace(p.String())
	p.popup = popup{items: match(typed, p.all)}
}

func (p *palette) key(a *App, name string) tea.Cmd {
	switch {
	case name == "enter":
		return p.choose(a)
	case name == "up", name == "ctrl+p", name == "shift+tab":
		p.scroll(-1)
	case name == "down", name == "ctrl+n", name == "tab":
		p.scroll(1)
	case name == "pgup":
		p.popup.jump(-paletteRows)
	case name == "pgdown":
		p.popup.jump(paletteRows)
	case p.input.key(name):
		p.search()
	}
	return nil
}

func (p *palette) typed(_ *App, text string) tea.Cmd {
	p.insert(text)
	p.search()
	return nil
}

func (p *palette) scroll(n int) {
	if len(p.popup.items) > 0 {
		p.popup.move(n)
	}
}

func (p *palette) hints() [][2]string {
	return [][2]string{{"enter", "do it"}, {"↑ ↓", "choose"}, {"esc", "close"}}
}

func (p *palette) choose(a *App) tea.Cmd {
	if len(p.popup.items) == 0 {
		return nil
	}
	do := p.popup.current().do
	a.dialog = nil
	return do()
}

func (p *palette) draw(a *App, rows []string) *tea.Cursor {
	r := a.dialogArea(min(paletteWidth, a.width-2), min(paletteRows+4, a.height-2))
	w := r.Dx() - 2
	shown, at := p.view(w - 3)
	var l line
	l.add(&a.ink.prompt, " ▸ ").add(&a.ink.text, shown)
	lines := []string{l.draw(w, &a.ink.text), a.ink.rule[plain].Paint(strings.Repeat("─", w))}
	room := r.Dy() - 2 - len(lines)
	if len(p.popup.items) == 0 {
		lines = append(lines, new(line).add(&a.ink.muted, "  Nothing is called like that.").draw(w, &a.ink.text))
	} else {
		for i, row := range p.popup.draw(a.ink, w, room) {
			n, y := p.popup.top+i, r.Min.Y+1+len(lines)
			a.zone(image.Rect(r.Min.X, y, r.Max.X, y+1), func() tea.Cmd {
				p.popup.at = n
				return p.choose(a)
			})
			lines = append(lines, fit0(row, w))
		}
	}
	a.drawBox(rows, r, "Commands", lines)
	c := tea.NewCursor(min(r.Min.X+4+at, r.Max.X-2), r.Min.Y+1)
	c.Shape = tea.CursorBar
	return c
}
