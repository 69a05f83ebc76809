package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
)

// Replayer is a session that can fire events again.
type Replayer interface {
	Replay(ctx context.Context, req session.ReplayRequest) (session.Replay, error)
}

// replayed says what came of firing the events of a script's last life again.
type replayed struct {
	script string
	replay session.Replay
	err    error
}

// replay fires the events of a script's last life again, which rebuilds the
// state that a crash or a restart took.
func (a *App) replay(script string) tea.Cmd {
	r, ok := a.session.(Replayer)
	if !ok || script == "" {
		return a.say(false, "no script is selected")
	}
	return a.guard("replay", func(ctx context.Context) tea.Msg {
		done, err := r.Replay(ctx, session.ReplayRequest{Script: script})
		return replayed{script, done, err}
	})
}

// replayDone tells what came of it; what each event gave is in the log.
func (a *App) replayDone(m replayed) tea.Cmd {
	differ, skipped := len(m.replay.Differences), len(m.replay.Skipped)
	switch {
	case m.err != nil:
		return a.say(true, "replay: %v", m.err)
	case differ+skipped+m.replay.Same == 0:
		return a.say(false, "%s was sent no events before its last start", m.script)
	}
	return a.say(differ > 0, "%s fired again: %d the same, %d differ, %d left out", plural(m.replay.Same+differ, "event"), m.replay.Same, differ, skipped)
}
