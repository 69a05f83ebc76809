package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
	"hotloop/tui/theme"
)

// Rehearser is a session that can fire its events beside its scripts, from a
// fresh start.
type Rehearser interface {
	Rehearse(ctx context.Context, req session.RehearsalRequest) (session.Rehearsal, error)
}

var (
	_ Rehearser = (*session.Session)(nil)
	_ Rehearser = (*session.Remote)(nil)
)

// rehearsed says what all events of the session come to with the code of now.
type rehearsed struct {
	before int // the report whose code before was compared with; 0 for what happened
	got    session.Rehearsal
	err    error
}

// rehearse fires all events of the session at the code that is live, from a
// fresh start and beside the scripts, and compares with what they came to, or,
// when before is a report, with what they come to with the code before it.
func (a *App) rehearse(before int) tea.Cmd {
	r, ok := a.session.(Rehearser)
	if !ok {
		return a.say(false, "this session does not replay beside its scripts")
	}
	said := a.say(false, "all events of the session are fired again, beside the scripts")
	return tea.Batch(said, a.guard("replay", func(ctx context.Context) tea.Msg {
		got, err := r.Rehearse(ctx, session.RehearsalRequest{Before: before})
		return rehearsed{before, got, err}
	}))
}

func (a *App) rehearseDone(m rehearsed) tea.Cmd {
	if m.err != nil {
		return a.say(true, "replay: %v", m.err)
	}
	a.notice.text = ""
	title, other := "Replay: the code of now, and what happened", "with the code before the last report"
	if m.before > 0 {
		title, other = fmt.Sprintf("Replay: the code of now, and before report %d", m.before), "with what happened"
	}
	a.dialog = &pager{title: title, more: [][2]string{{"c", other}},
		lines: func(a *App, w int) []line { return rehearsalLines(a.ink, &m, w) },
		typing: func(a *App, text string) tea.Cmd {
			switch {
			case text != "c":
				return nil
			case m.before > 0:
				return a.rehearse(0)
			}
			if r := a.lastChange(); r > 0 {
				return a.rehearse(r)
			}
			return a.say(false, "no report has changed code yet")
		}}
	return nil
}

// lastChange is the number of the last report that put other code in, 0 for none.
func (a *App) lastChange() int {
	for _, r := range slices.Backward(a.diff.reports) {
		if undoable(&r) {
			return r.ID
		}
	}
	return 0
}

// rehearsalLines draws the differences, event by event.
func rehearsalLines(k *inks, m *rehearsed, w int) []line {
	got := &m.got
	rows := logRows{ink: k, width: w}
	var lines []line
	put := func(l line) { lines = append(lines, l) }
	in := &k.good
	if len(got.Differences)+len(got.States) > 0 {
		in = &k.changed
	}
	put(*new(line).add(in, fmt.Sprintf(" %s: %d the same, %d differ", plural(got.Same+len(got.Differences), "event"), got.Same, len(got.Differences))))
	for _, n := range got.Notices {
		lines = append(lines, words(&k.warn, " ! ", n, w)...)
	}
	for _, c := range got.Chance {
		lines = append(lines, words(&k.muted, " ~ ", c.Script+"."+c.Event+" may come to something else each time: "+strings.Join(c.Why, ", "), w)...)
	}
	for i := range got.Differences {
		d := &got.Differences[i]
		put(line{})
		var l line
		l.add(&k.muted, " #"+lineNo(int(d.Seq))+" ").add(&k.script, clean(d.Script)+".").add(&k.event, clean(d.Event))
		if data := clean(string(d.Data)); data != "" && data != "null" {
			l.add(&k.data, " "+cut(data, w/2))
		}
		put(l)
		for _, c := range rows.changes(d.Changes, true) {
			c.left = c.left[1:]
			put(*new(line).add(&k.text, " ").then(c))
		}
	}
	for _, s := range got.States {
		put(line{})
		put(*new(line).add(&k.script, " "+clean(s.Script)).add(&k.muted, ": state at the end"))
		for _, c := range rows.changes(s.Changes, true) {
			c.left = c.left[1:]
			put(*new(line).add(&k.text, " ").then(c))
		}
	}
	if len(got.Skipped) > 0 {
		put(line{})
		put(*new(line).add(&k.muted, " left out:"))
	}
	for _, s := range got.Skipped {
		lines = append(lines, words(&k.muted, "   "+theme.SignArrow+" ", fmt.Sprintf("#%d %s.%s: %s", s.Seq, s.Script, s.Event, s.Why), w)...)
	}
	return lines
}
