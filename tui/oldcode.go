package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
)

// OldTeller is a session that can tell what still runs old code.
type OldTeller interface {
	Old(ctx context.Context, script string) (session.OldCode, error)
}

var (
	_ OldTeller = (*session.Session)(nil)
	_ OldTeller = (*session.Remote)(nil)
)

// oldTold says what still runs old code in a script.
type oldTold struct {
	script string
	got    session.OldCode
	err    error
}

// askOld answers why there still is the old behaviour.
func (a *App) askOld(script string) tea.Cmd {
	t, ok := a.session.(OldTeller)
	if !ok || script == "" {
		return a.say(false, "no script is selected")
	}
	return a.guard("look", func(ctx context.Context) tea.Msg {
		got, err := t.Old(ctx, script)
		return oldTold{script, got, err}
	})
}

func (a *App) oldTold(m oldTold) tea.Cmd {
	if m.err != nil {
		return a.say(true, "old code: %v", m.err)
	}
	if len(m.got.Old) == 0 && m.got.Whole {
		return a.say(false, "nothing was found in %s that still runs old code", m.script)
	}
	a.dialog = &pager{title: "Old code in " + m.script, lines: func(a *App, w int) []line { return oldLines(a.ink, &m, w) }}
	return nil
}

func oldLines(k *inks, m *oldTold, w int) []line {
	var lines []line
	for _, o := range m.got.Old {
		lines = append(lines, words(&k.text, " ! ", o.String(), w)...)
	}
	if !m.got.Whole {
		lines = append(lines, words(&k.warn, " ! ", "there was too much to look through it all", w)...)
	}
	lines = append(lines, line{})
	return append(lines, words(&k.muted, " ", "A goroutine leaves the old code when the function returns; a closure keeps the code that it was made with. "+
		"What local variables, channels and the standard library hold is not found. R starts the script anew.", w)...)
}
