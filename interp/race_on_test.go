//go:build race

package interp

// raceEnabled tells whether the race detector is on.
const raceEnabled = true
