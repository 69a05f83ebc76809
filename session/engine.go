package session

import (
	"context"

	"hotloop/interp"
)

// Engine runs one script. There are two implementations: in this process
// (interp.Live behind inProcess) and in a child process (Process). A session
// starts an engine per script; a reload or restart starts a new one, loads the
// sources there, and only then lets go of the old one, so that a load that
// fails loses nothing.
//
// All methods may be called from any goroutine; calls of handlers run
// concurrently, Load and Apply are serialised by the engine. An error that
// satisfies errors.Is(err, ErrEngineGone) means that the engine ended, by
// itself or by Close; every other error leaves it usable. What a script does
// wrong is never an error of these methods: it is in the result.
type Engine interface {
	// Load evaluates the script for the first time. When the report's status
	// is "refused" the engine holds nothing and should be closed.
	Load(ctx context.Context, src interp.Source, base interp.Baseline) (interp.Outcome, error)
	// Apply puts the changes from the live source to src into the running
	// script, whole or not at all. planOnly changes nothing and tells what
	// would be done.
	Apply(ctx context.Context, src interp.Source, planOnly bool) (interp.Outcome, error)
	// Call fires a handler and waits for its end, its deadline or its stop.
	Call(ctx context.Context, req interp.CallRequest) (interp.Call, error)
	// Eval evaluates an expression, or runs a statement, in the script's package.
	Eval(ctx context.Context, code string) (interp.Value, *interp.CallError, error)
	// State lists the package variables, sorted by name.
	State(ctx context.Context) ([]interp.Var, error)
	// Set assigns the value of an expression to a package variable.
	Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError, err error)
	// Stop ends all calls in flight and says how many there were; the calls
	// return with error kind "stopped".
	Stop(ctx context.Context) (int, error)
	// Notices gives what the script does outside calls. It is closed when the
	// engine has ended.
	Notices() <-chan interp.Notice
	// Done is closed when the engine has ended; Exit then says how.
	Done() <-chan struct{}
	Exit() Exit
	// Close ends the engine and everything the script started. It may be
	// called more than once.
	Close() error
}

// Exit says how an engine ended. Reason is one sentence for a person
// ("stack overflow", "os.Exit(7)", "killed by a signal"), Tail the last lines
// the process wrote, Trace the script frames in them when they could be told.
// A closed engine that was asked to end has an empty Reason.
type Exit struct {
	Reason string
	Tail   string
	Trace  []interp.Frame
}
