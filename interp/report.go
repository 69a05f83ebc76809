package interp

import "encoding/json"

// This file holds the plain data that hotloop speaks: what a script is, what
// an edit did, what a call gave. The JSON names are the protocol's; programs
// outside depend on them. Positions are 1-based, durations are microseconds,
// file names are the script's own names made relative to the working directory
// by whoever shows them.

// State says how a script stands at the moment.
type State string

const (
	StateLive    State = "live"    // the code in memory is what the files say
	StateBehind  State = "behind"  // the files hold something that could not go live
	StateStopped State = "stopped" // nothing is loaded; a save or a restart loads it
	StateCrashed State = "crashed" // its process ended and is not back yet
)

// Kind is the kind of a unit, also the first word of its key.
type Kind string

const (
	KindFunc   Kind = "func"
	KindMethod Kind = "method"
	KindVar    Kind = "var"
	KindConst  Kind = "const"
	KindType   Kind = "type"
	KindImport Kind = "import"
)

// Script describes one loaded script.
type Script struct {
	Name        string       `json:"name"`
	Package     string       `json:"package"`
	Path        string       `json:"path"`
	Files       []string     `json:"files"`
	State       State        `json:"state"`
	Units       []Unit       `json:"units"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	// Differs says that memory holds something else than the files because of
	// a rollback; the next save of the script clears it.
	Differs bool `json:"differs,omitempty"`
}

// Unit describes one top-level declaration.
// Key is kind, receiver and name: "func OnOpen", "method (*Lock).Try", "var count".
type Unit struct {
	Key       string `json:"key"`
	Kind      Kind   `json:"kind"`
	Name      string `json:"name"`
	Receiver  string `json:"receiver,omitempty"`
	Signature string `json:"signature,omitempty"`
	File      string `json:"file"`
	Line      int    `json:"line"`
	Version   int    `json:"version"`
	Calls     int64  `json:"calls"`
	Errors    int64  `json:"errors"`
	LastUs    int64  `json:"lastUs"`
	// Params names the handler's parameters for completion, without a leading context.
	Params []Param `json:"params,omitempty"`
}

// Param is one parameter of a handler. Fields lists the JSON field names when
// its type is a struct.
type Param struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Fields []string `json:"fields,omitempty"`
}

// CallError kinds.
const (
	ErrError     = "error"     // the handler's last result was a non-nil error
	ErrPanic     = "panic"     // the handler panicked
	ErrTimeout   = "timeout"   // the deadline passed
	ErrStopped   = "stopped"   // somebody stopped it
	ErrCrashed   = "crashed"   // the script's process ended under it
	ErrArguments = "arguments" // the data does not fit the handler's parameters
)

// Call is the outcome of one fired event in one script.
type Call struct {
	Script     string     `json:"script"`
	Function   string     `json:"function"`
	Version    int        `json:"version"`
	Returns    []Value    `json:"returns"`
	Output     string     `json:"output"`
	Error      *CallError `json:"error,omitempty"`
	DurationUs int64      `json:"durationUs"`
	// Versions are those of the functions that the call can have run, by key,
	// as far as these were edited: what is not in it is in its first version.
	Versions map[string]int `json:"versions,omitempty"`
}

// Value is a Go value as a person and as a program read it. Type is the Go
// type, Text one line in Go-like syntax, Value what encoding/json makes of it
// (absent when it has no JSON form).
type Value struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Value any    `json:"value,omitempty"`
}

// CallError says why a call gave no result.
type CallError struct {
	Kind    string  `json:"kind"`
	Message string  `json:"message"`
	Trace   []Frame `json:"trace"`
}

// MarshalJSON writes a trace that is not there as an empty list.
func (e CallError) MarshalJSON() ([]byte, error) {
	type plain CallError
	if e.Trace == nil {
		e.Trace = []Frame{}
	}
	return json.Marshal(plain(e))
}

// Frame is one script function on a trace, innermost first.
type Frame struct {
	Function string `json:"function"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// Cause is what made a report.
type Cause string

const (
	CauseLoad     Cause = "load"
	CauseWatch    Cause = "watch"
	CauseReload   Cause = "reload"
	CauseRestart  Cause = "restart"
	CauseRollback Cause = "rollback"
	CauseCrash    Cause = "crash"
)

// Status is how it ended.
type Status string

const (
	StatusLive      Status = "live"      // patched, or loaded for the first time
	StatusRefused   Status = "refused"   // nothing changed; diagnostics say why
	StatusUnchanged Status = "unchanged" // the text changed, its meaning did not
	StatusReloaded  Status = "reloaded"  // evaluated anew, state started over
)

// Report is what one save, reload, restart or rollback did. It is complete:
// a unit or variable that it does not name is as it was before.
type Report struct {
	ID          int          `json:"id"`
	Script      string       `json:"script"`
	Cause       Cause        `json:"cause"`
	Status      Status       `json:"status"`
	Units       []UnitChange `json:"units"`
	Vars        []VarChange  `json:"vars"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	// Reasons says in whole sentences why a reload was needed, or what a
	// person should know (closures that keep old code, init not run again).
	Reasons  []string `json:"reasons,omitempty"`
	InFlight int      `json:"inFlight"`
	// Old is code of before that can still run, as far as it can be known: calls
	// and goroutines that are in functions that changed, closures that these made.
	Old    []OldCode `json:"old,omitempty"`
	Timing Timing    `json:"timing"`
	// Seed is what the script's random numbers follow from since a load.
	Seed int64 `json:"seed,omitempty"`
}

// UnitChange kinds.
const (
	ChangeAdded      = "added"
	ChangeChanged    = "changed"
	ChangeRemoved    = "removed"
	ChangeSignature  = "signature"
	ChangeRecompiled = "recompiled" // same text, compiled again because of something it uses
)

// UnitChange is what happened to one unit. From and To are versions; 0 means
// that the unit did not exist. Diff is unified text with positions of the file.
type UnitChange struct {
	Key    string `json:"key"`
	Change string `json:"change"`
	From   int    `json:"from"`
	To     int    `json:"to"`
	Diff   string `json:"diff,omitempty"`
	Why    string `json:"why,omitempty"`
	// File and Line say where the unit stands now (or stood, when removed);
	// OldText and NewText are its text before and after, for whoever draws the
	// diff, and OldLine is where the old text began.
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	OldLine int    `json:"oldLine,omitempty"`
	OldText string `json:"oldText,omitempty"`
	NewText string `json:"newText,omitempty"`
}

// VarChange effects.
const (
	VarKept        = "kept"
	VarInitialised = "initialised"
	VarMigrated    = "migrated"
	VarReset       = "reset"
	VarRemoved     = "removed"
	VarStale       = "stale" // its initializer used something that changed; it was not run again
)

// VarChange is what happened to one variable.
type VarChange struct {
	Name   string `json:"name"`
	Effect string `json:"effect"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
	Why    string `json:"why,omitempty"`
}

// Severities of a Diagnostic.
const (
	SeverityError   = "error"
	SeverityWarning = "warning"
)

// Diagnostic is one thing wrong at one place. Excerpt is the source line it
// points at, without the caret; Hint is what to do, when there is something.
type Diagnostic struct {
	Severity string `json:"severity"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Excerpt  string `json:"excerpt"`
	Hint     string `json:"hint,omitempty"`
}

// Timing is where the time of a report went, in microseconds. Detect is from
// the first file event to the settled batch, Total from there to live.
type Timing struct {
	Detect  int64 `json:"detect"`
	Read    int64 `json:"read"`
	Parse   int64 `json:"parse"`
	Check   int64 `json:"check"`
	Compile int64 `json:"compile"`
	Apply   int64 `json:"apply"`
	Total   int64 `json:"total"`
	// Look is what looking for old code took after all that; it is not in Total.
	Look int64 `json:"look,omitempty"`
}

// Var is one package variable with its value now. SetBy says what gave it the
// value, as far as is known: "load", "report 3", "set", or "script".
type Var struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Text  string `json:"text"`
	Value any    `json:"value,omitempty"`
	SetBy string `json:"setBy"`
}
