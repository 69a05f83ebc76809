package door

import (
	"errors"
	"fmt"
	"strings"
)

// The events. Their JSON names are what you write on the fire line.

type Opening struct {
	Door   string `json:"door"`
	People int    `json:"people"`
}

type Closing struct {
	Door string `json:"door"`
}

type Knock struct {
	Door  string `json:"door"`
	Times int    `json:"times"`
}

type Unlocking struct {
	Door string `json:"door"`
	Code string `json:"code"`
}

// State is how a door stands.
type State string

const (
	Shut   State = "shut"
	Open   State = "open"
	Locked State = "locked"
)

// moves is the whole state machine: from a state, by an action, to the next.
// Add a "kick" that opens a locked door; saving runs this initializer again and
// leaves every other variable alone.
var moves = map[State]map[string]State{
	Shut:   {"open": Open, "close": Shut, "lock": Locked},
	Open:   {"open": Open, "close": Shut},
	Locked: {"unlock": Shut},
}

var states = map[string]State{"front": Shut, "back": Shut, "cellar": Locked}

// move takes a door through the state machine, or says why it cannot.
func move(door, action string) error {
	from, ok := states[door]
	if !ok {
		return fmt.Errorf("the house has no %s door", door)
	}
	to, ok := moves[from][action]
	if !ok {
		return fmt.Errorf("cannot %s the %s door: it is %s", action, door, from)
	}
	states[door] = to
	return nil
}

// Lock asks for a code and counts the wrong ones.
type Lock struct {
	Code  string
	Wrong int
}

var lock = Lock{Code: "1234"}

var (
	errCode   = errors.New("wrong code")
	errJammed = errors.New("the lock is jammed")
)

// Try returns nil when the code is right.
func (l *Lock) Try(code string) error {
	if l.Wrong >= 3 {
		return errJammed
	}
	if code != l.Code {
		l.Wrong++
		return errCode
	}
	l.Wrong = 0
	return nil
}

// Chime is anything that makes itself heard.
type Chime interface {
	Ring(times int) string
}

type Bell struct{}

type Gong struct {
	Struck int // all the strokes of its life
}

var chimes = map[string]Chime{"front": Bell{}, "back": &Gong{}}

func (Bell) Ring(times int) string {
	return strings.TrimSpace(strings.Repeat("ding ", times))
}

func (g *Gong) Ring(times int) string {
	g.Struck += times
	return fmt.Sprintf("GONG (stroke %d)", g.Struck)
}
