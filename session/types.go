package session

import (
	"encoding/json"
	"time"

	"hotloop/interp"
)

// ApplyMode says what a save does.
type ApplyMode string

const (
	ApplyFunctions ApplyMode = "functions" // patch what changed, reload where a patch would be unsound
	ApplyFile      ApplyMode = "file"      // evaluate the whole changed script anew
	ApplyAsk       ApplyMode = "ask"       // show the plan and wait for Confirm
)

// Info describes the session.
type Info struct {
	Version  string    `json:"version"`
	PID      int       `json:"pid"`
	Protocol int       `json:"protocol"`
	Apply    ApplyMode `json:"apply"`
	Scripts  int       `json:"scripts"`
}

// FireRequest fires an event. Script empty means every script that has a
// handler of that name; Event may also be "script.Handler". Data empty means no
// data. TimeoutMs nil takes the session's, 0 means none. Source says who asks
// ("screen", "rpc", "fire", "pin", "main").
type FireRequest struct {
	Event     string          `json:"event"`
	Script    string          `json:"script,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`
	TimeoutMs *int64          `json:"timeoutMs,omitempty"`
	Pin       bool            `json:"pin,omitempty"`
	Source    string          `json:"-"`
}

// SavedEvent is one line of an events.jsonl: an event ready to fire. Script is
// the script beside which the file lies, or what the line itself names.
type SavedEvent struct {
	Name   string          `json:"name"`
	Event  string          `json:"event"`
	Script string          `json:"script,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// Event is a fired event with the calls it made.
type Event struct {
	ID     int64           `json:"id"`
	Source string          `json:"source"`
	Name   string          `json:"event"`
	Script string          `json:"script,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	Calls  []interp.Call   `json:"calls"`
	At     time.Time       `json:"at,omitzero"` // when it was fired
	// Program says that the program which has the session answered it, see
	// Handler, and Details what it told beside the result.
	Program bool     `json:"program,omitempty"`
	Details []Detail `json:"details,omitempty"`
}

// Detail is a text under a label of a word or two. Several in a row with the
// same label belong together.
type Detail struct {
	Label string `json:"label"`
	Text  string `json:"text"`
	Mark  bool   `json:"mark,omitempty"` // it is what one looks for
}

// Output is text a script wrote outside any call.
type Output struct {
	Script string `json:"script"`
	Stream string `json:"stream"`
	Text   string `json:"text"`
}

// Crash says that a script's process ended, or (Contained) that one of its
// goroutines panicked and was contained with the state kept.
type Crash struct {
	Script    string         `json:"script"`
	Reason    string         `json:"reason"`
	Tail      string         `json:"tail"`
	Trace     []interp.Frame `json:"trace,omitempty"`
	Contained bool           `json:"contained,omitempty"`
	Events    int            `json:"events,omitempty"` // of the life that ended, for Replay to fire again
}

// Notice is a sentence of the session itself: what cannot be watched, recorded
// or kept, when a crash loop goes on.
type Notice struct {
	Script string `json:"script,omitempty"`
	Text   string `json:"text"`
}

// Dropped says how much of a stream was thrown away because it came faster
// than it could be kept. Stream is "stdout", "stderr" or "crash"; Count is in
// lines for the first two.
type Dropped struct {
	Script string `json:"script"`
	Stream string `json:"stream"`
	Count  int64  `json:"count"`
}

// Entry is one thing that happened, as the log keeps it. At most one of the
// pointers is set; when none is, Notice says what happened. Entries are never
// changed after they are appended.
type Entry struct {
	Seq     uint64
	Time    time.Time
	Script  string
	Event   *Event
	Report  *interp.Report
	Output  *Output
	Crash   *Crash
	Dropped *Dropped
	Pins    *PinReport
	Notice  string // a sentence of the session itself, when no pointer is set
}

// UnitText is the text of one version of a unit and where it stood.
type UnitText struct {
	Text    string    `json:"text"`
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Version int       `json:"version"`
	Live    bool      `json:"live"`
	Time    time.Time `json:"time"`
}

// Pending is a save that waits for Confirm in ApplyAsk mode.
type Pending struct {
	Script      string        `json:"script"`
	Report      interp.Report `json:"report"` // what would be done
	NeedsReload bool          `json:"needsReload"`
}
