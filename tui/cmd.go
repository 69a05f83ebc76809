package tui

import (
	"context"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// Limits of what one wake-up looks at.
const (
	frame     = 16 * time.Millisecond // least time between two pictures of the session
	scanLimit = 8192                  // log entries looked at one by one; a flood beyond that only scrolls
	noticeFor = 6 * time.Second
)

// Names of the two commands that keep the screen up to date.
const (
	looking = "looking at the session"
	waiting = "waiting for the session"
)

// guard makes a command of f: it runs with the context that quitting cancels,
// and a panic in it becomes a message instead of the end of the program.
func (a *App) guard(what string, f func(ctx context.Context) tea.Msg) tea.Cmd {
	ctx := a.ctx
	return func() (msg tea.Msg) {
		defer func() {
			if v := recover(); v != nil {
				msg = commandPanicked{what: what, value: v, stack: debug.Stack()}
			}
		}()
		return f(ctx)
	}
}

// look takes a picture of the session without waiting.
func (a *App) look() tea.Cmd {
	since, seq := a.lastReport, a.nextSeq
	return a.guard(looking, func(context.Context) tea.Msg {
		return picture(a.session, a.entries, 0, since, seq)
	})
}

// drain waits until the session has changed and takes a picture of it. It is
// the only bridge from the session to the screen; exactly one is under way, and
// it is issued again with each picture. At most one picture is taken per frame,
// however fast things happen.
func (a *App) drain() tea.Cmd {
	counter, since, seq, last := a.counter, a.lastReport, a.nextSeq, a.pictured
	return a.guard(waiting, func(ctx context.Context) tea.Msg {
		n, err := a.session.Changed(ctx, counter)
		if err != nil {
			return sessionEnded{err}
		}
		if wait := frame - time.Since(last); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return sessionEnded{ctx.Err()}
			}
		}
		return picture(a.session, a.entries, n, since, seq)
	})
}

// picture asks the session for everything the screen shows at once.
func picture(s Session, log Log, counter uint64, since int, seq uint64) tea.Msg {
	m := sessionChanged{
		counter: counter,
		info:    s.Info(), scripts: inTreeOrder(s.Scripts()), pending: s.Pending(), saved: s.SavedEvents(), running: s.Running(),
	}
	m.reports, m.failed = s.Reports("", since)
	first, next := log.Bounds()
	from := max(seq, first)
	if next > scanLimit {
		from = max(from, next-scanLimit)
	}
	if next > from {
		m.entries = log.Window(from, int(next-from))
	}
	m.next, m.at = next, time.Now()
	return m
}

// readUnit asks for the live text and the versions of a unit.
func (a *App) readUnit(u unitID, stamp int) tea.Cmd {
	return a.guard("read the source", func(context.Context) tea.Msg {
		m := unitRead{unit: u, stamp: stamp}
		if m.text, m.err = a.session.Source(u.script, u.key, 0); m.err == nil {
			m.versions, m.err = a.session.Versions(u.script, u.key)
		}
		return m
	})
}

// fireEvent fires and waits for the end of the calls.
func (a *App) fireEvent(req session.FireRequest) tea.Cmd {
	req.Source = "screen"
	return a.guard("fire "+req.Event, func(ctx context.Context) tea.Msg {
		ev, err := a.session.Fire(ctx, req)
		return eventFired{request: req, event: ev, err: err}
	})
}

// evaluate runs an expression or statement in a script.
func (a *App) evaluate(script, code string) tea.Cmd {
	return a.guard("eval", func(ctx context.Context) tea.Msg {
		v, fail, err := a.session.Eval(ctx, script, code)
		return expressionDone{script: script, code: code, value: v, fail: fail, err: err}
	})
}

// setVariable gives a variable the value of an expression.
func (a *App) setVariable(script, name, expr string) tea.Cmd {
	return a.guard("set "+name, func(ctx context.Context) tea.Msg {
		before, after, fail, err := a.session.Set(ctx, script, name, expr)
		return expressionDone{script: script, code: name + " = " + expr, value: after, before: &before, fail: fail, err: err}
	})
}

// makeReport runs one of the session's verbs that end in a report.
func (a *App) makeReport(what string, f func(ctx context.Context) (interp.Report, error)) tea.Cmd {
	work, began := a.begin(what)
	return tea.Batch(began, a.guard(what, func(ctx context.Context) tea.Msg {
		r, err := f(ctx)
		return reportMade{what, r, err, work}
	}))
}

// stopCalls ends the running calls of the given scripts.
func (a *App) stopCalls(scripts []string, quiet bool) tea.Cmd {
	return a.guard("stop", func(ctx context.Context) tea.Msg {
		m := callsStopped{quiet: quiet}
		for _, s := range scripts {
			n, err := a.session.Stop(ctx, s)
			m.n += n
			if err != nil {
				m.err = err
			}
		}
		return m
	})
}

// setApply changes what a save does.
func (a *App) setApply(mode session.ApplyMode) tea.Cmd {
	return a.guard("apply mode", func(context.Context) tea.Msg {
		a.session.SetApply(mode)
		return applyChanged{mode}
	})
}

// expireNotice ends a notice after its time.
func (a *App) expireNotice(number int) tea.Cmd {
	return a.tick(noticeFor, func(time.Time) tea.Msg { return noticeExpired{number} })
}
