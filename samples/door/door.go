// Package door watches the doors of a house. Load it, fire a few events, and
// edit it while it runs:
//
//   - Fire OnOpen twice. Then change count++ to count += e.People, save, and
//     fire again: the counter goes on from where it stood.
//   - Let Lock.Try accept "0000" as well, save, and fire OnUnlock.
//   - Misspell something and save: the old code keeps answering.
package door

import "fmt"

// count is how many came in so far. A save does not touch it.
var count int

// OnOpen is fired when somebody opens a door.
func OnOpen(e Opening) string {
	if err := move(e.Door, "open"); err != nil {
		return err.Error()
	}
	count++
	return fmt.Sprintf("%s opened (%d)", e.Door, count)
}

// OnClose is fired when a door falls shut.
func OnClose(e Closing) string {
	if err := move(e.Door, "close"); err != nil {
		return err.Error()
	}
	return e.Door + " closed"
}

// OnKnock rings whatever hangs at the door: Bell and Gong are both a Chime, and
// the values in chimes follow your edits of their methods.
func OnKnock(e Knock) string {
	chime, ok := chimes[e.Door]
	if !ok {
		return "nobody hears it"
	}
	return chime.Ring(e.Times)
}

// OnLock turns the key from inside, where no code is asked for.
func OnLock(e Closing) (State, error) {
	err := move(e.Door, "lock")
	return states[e.Door], err
}

// OnUnlock tries a code. Three wrong ones in a row and the lock jams: try that,
// then give Lock.Try more patience and save.
func OnUnlock(e Unlocking) (State, error) {
	if err := lock.Try(e.Code); err != nil {
		return states[e.Door], fmt.Errorf("%s door: %w", e.Door, err)
	}
	err := move(e.Door, "unlock")
	return states[e.Door], err
}

// Doors tells how every door stands.
func Doors() map[string]State {
	return states
}
