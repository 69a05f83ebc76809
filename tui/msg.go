package tui

import (
	"encoding/json"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// Messages are named by what has happened. All of them come from commands in
// cmd.go; terminal messages are Bubble Tea's own.

// sessionChanged brings a picture of the session, taken after a wake-up.
type sessionChanged struct {
	counter uint64 // to wait on next
	at      time.Time
	info    session.Info
	scripts []interp.Script
	reports []interp.Report // new since the last picture
	pending []session.Pending
	saved   []session.SavedEvent
	running int
	entries []session.Entry // new in the log, the last scanLimit of them
	next    uint64          // sequence number the log goes on with
	failed  error           // the session could not be asked
}

// sessionEnded says that there is nothing to wait for any more.
type sessionEnded struct{ err error }

// unitRead brings the live text of a unit and its versions.
type unitRead struct {
	unit     unitID
	stamp    int // the version that was asked for, to drop late answers
	text     session.UnitText
	versions []session.UnitText
	err      error
}

// eventFired says that a fired event came to its end.
type eventFired struct {
	request session.FireRequest
	event   session.Event
	err     error
	run     int // the run it belongs to, 0 for none
}

// expressionDone brings the outcome of an expression or of setting a variable.
type expressionDone struct {
	script, code string
	value        interp.Value
	before       *interp.Value // of a variable that was set
	fail         *interp.CallError
	err          error
}

// reportMade says that reload, restart, undo or confirm came to its end; the
// report itself also comes with the next sessionChanged.
type reportMade struct {
	what   string
	report interp.Report
	err    error
	work   int // what began when it was asked for
}

// callsStopped says how many calls were ended.
type callsStopped struct {
	n     int
	err   error
	quiet bool // something more telling has been said already
}

// applyChanged says that the session took another apply mode.
type applyChanged struct{ mode session.ApplyMode }

// editorClosed says that the editor gave the terminal back.
type editorClosed struct{ err error }

// timePassed says that something may have to fade.
type timePassed struct{ at time.Time }

// wrote says that something was written to a file.
type wrote struct {
	file  string
	lines int
	err   error
}

// noticeExpired ends the notice of that number, if it is still the one shown.
type noticeExpired struct{ number int }

// commandPanicked says that a command ran into a bug; the screen goes on.
type commandPanicked struct {
	what  string
	value any
	stack []byte
}

// drainAgain takes up waiting for the session after a panic in it.
type drainAgain struct{}

// logScanned gives the log's filter another step.
type logScanned struct{}

// unitID names a unit of a script.
type unitID struct{ script, key string }

// rawData is JSON or nothing.
func rawData(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}
