package tui

import (
	"fmt"
	"image"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// notice is a sentence in the footer that goes by itself. It takes the place of
// the hints and of nothing else.
type notice struct {
	text   string
	bad    bool
	number int
}

func (n *notice) expire(number int) {
	if n.number == number {
		n.text = ""
	}
}

// say shows a notice.
func (a *App) say(bad bool, format string, args ...any) tea.Cmd {
	a.notice.number++
	a.notice.bad = bad
	a.notice.text = clean(fmt.Sprintf(format, args...))
	return a.expireNotice(a.notice.number)
}

// footer draws the last row: a notice or what the keys do here, and at its
// end, always, help and quit.
func (a *App) footer() string {
	k, w, y := a.ink, a.width, a.height-1
	var l line
	if a.dialog != nil {
		for _, h := range a.dialog.hints() {
			l.add(&k.key, " "+h[0]).add(&k.keyText, " "+h[1]+" ")
		}
		if in := &k.info; a.notice.text != "" {
			if a.notice.bad {
				in = &k.bad
			}
			l = line{left: []span{{in, " " + a.notice.text}}}
		}
		return l.draw(w, &k.text)
	}
	if a.help != nil {
		l.add(&k.key, " ↑ ↓").add(&k.keyText, " scroll  ").add(&k.key, "click").add(&k.keyText, " does it  ").add(&k.key, "esc").add(&k.keyText, " close")
		return l.draw(w, &k.text)
	}
	put := func(b *binding, x int, to func(*ink, string) *line) int {
		name, hint := firstWord(b.show), a.hint(b)
		n := width(name) + 1 + width(hint)
		act := b.act
		a.zone(image.Rect(x, y, x+n, y+1), func() tea.Cmd { return a.do(act) })
		to(&k.key, name)
		to(&k.keyText, " "+hint)
		return x + n
	}
	length := func(b *binding) int { return width(firstWord(b.show)) + 1 + width(a.hint(b)) }

	hints, always := a.hints()
	room := w - 1
	for _, b := range always {
		room -= length(b) + 2
	}
	x := room + 2
	for i, b := range always {
		if i > 0 {
			l.end(&k.keyText, "  ")
			x += 2
		}
		x = put(b, x, l.end)
	}
	l.end(&k.keyText, " ")

	message, bad := a.notice.text, a.notice.bad
	if message == "" && a.layout.fireRule.Empty() && a.focused == paneFire {
		message, bad = a.fire.message()
	}
	if message != "" {
		in := &k.text
		if bad {
			in = &k.bad
		}
		l.add(in, " "+message)
		l.soft = true
		return l.draw(w, &k.text)
	}
	x = 1
	l.add(&k.text, " ")
	for _, b := range hints {
		if x+length(b) > room {
			break
		}
		if x > 1 {
			l.add(&k.keyText, "  ")
		}
		x = put(b, x, l.add) + 2
	}
	return l.draw(w, &k.text)
}

// hint is the word for a binding in the footer; some keys do different things
// with different rows.
func (a *App) hint(b *binding) string {
	switch {
	case b.scope == scopeDetail && b.act == actEnter:
		switch a.detail.tab {
		case tabState:
			return "unfold"
		case tabVersions:
			return "make live"
		}
		return "edit"
	case b.act == actTabNext && a.detail.tab == tabState:
		return "unfold"
	case b.scope == scopeScripts && b.act == actEnter:
		switch u := a.scripts.unit(); {
		case u == nil:
			return "fold"
		case u.Kind == interp.KindVar:
			return "state"
		case !isHandler(u):
			return "source"
		}
	case b.scope == scopeInput && b.act == actSend:
		switch a.fire.asks {
		case askExpr:
			return "eval"
		case askValue:
			return "set"
		}
	}
	return b.hint
}

// hints lists the bindings for the footer: those of the focused pane first,
// and apart from them help and quit, which are always there.
func (a *App) hints() (hints, always []*binding) {
	seen := map[action]bool{}
	for _, s := range a.scopes() {
		for i := range a.keys.bindings {
			b := &a.keys.bindings[i]
			if b.scope != s || b.hint == "" || b.show == "" || seen[b.act] || !a.enabled(b) {
				continue
			}
			seen[b.act] = true
			switch b.act {
			case actHelp, actQuit:
				always = append(always, b)
			case actStop: // there only while something runs
				hints = append([]*binding{b}, hints...)
			default:
				hints = append(hints, b)
			}
		}
	}
	return hints, always
}

func firstWord(s string) string {
	for i := range s {
		if s[i] == ' ' {
			return s[:i]
		}
	}
	return s
}
