package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/theme"
)

// Session is what the screen needs of a live sitting.
// Its methods are called from commands, each in a goroutine of its own, never
// from Update or View: any of them may wait for a script's process. What they
// return is read only.
type Session interface {
	Info() session.Info
	Scripts() []interp.Script
	SavedEvents() []session.SavedEvent
	Pending() []session.Pending
	Running() int
	Reports(script string, since int) ([]interp.Report, error)
	Source(script, unit string, version int) (session.UnitText, error)
	Versions(script, unit string) ([]session.UnitText, error)
	State(ctx context.Context, script string) ([]interp.Var, error)
	Parts(ctx context.Context, script, name string, path []string, from, n int) (interp.PartList, error)
	Shape(ctx context.Context, script, function string) ([]interp.FieldShape, error)

	Fire(ctx context.Context, req session.FireRequest) (session.Event, error)
	Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error)
	Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error)
	Reload(ctx context.Context, script string, mode session.ApplyMode) (interp.Report, error)
	Restart(ctx context.Context, script string) (interp.Report, error)
	Rollback(ctx context.Context, script, unit string, version, report int) (interp.Report, error)
	Confirm(ctx context.Context, script string, ok bool) (interp.Report, error)
	Stop(ctx context.Context, script string) (int, error)
	SetApply(mode session.ApplyMode)
	SaveEvent(script string, e session.SavedEvent) (path string, err error)

	Changed(ctx context.Context, since uint64) (uint64, error)
	Log() *session.Ring
}

// Log is the window into the bounded log that the screen draws from. The ring
// of a session is one. Both methods only copy memory under a short lock, so the
// log pane may call them while drawing.
type Log interface {
	Bounds() (first, next uint64)
	Window(from uint64, n int) []session.Entry
}

// A screen shows a session of this process, or one elsewhere.
var (
	_ Session = (*session.Session)(nil)
	_ Session = (*session.Remote)(nil)
)

// Check says what is wrong with the options.
func (o Options) Check() error {
	if o.Theme != "" && !slices.Contains(theme.Names(), o.Theme) {
		return fmt.Errorf("no theme %s; there are %s", o.Theme, strings.Join(theme.Names(), ", "))
	}
	return nil
}

// Options is how the screen looks and behaves.
type Options struct {
	Theme    string // "dark", "light", "none" or "" for what the terminal says
	NoMouse  bool   // leave the mouse to the terminal
	NoNotify bool   // send no notifications to the terminal
	Title    string // what is loaded, in a word: shown in the header and the window's title
	Dir      string // working directory; positions are relative to it
	Editor   string // command that edits a file, such as "vim" or "code -w"; "" switches the key off
	Keys     Keys   // keys that differ from the usual ones
}
