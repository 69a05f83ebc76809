package session

import (
	"os"
	"slices"
	"strings"
)

// What runs old code is read off stacks, and what stands there may be the address
// of something that is gone. The collector ends a process in which it meets such
// an address, unless it is told not to; it hears that only when a process starts.

const (
	toleranceVar = "GODEBUG"
	tolerance    = "invalidptr=0"
)

// withTolerance adds to the environment of a child what its runtime has to hear.
func withTolerance(env []string) []string {
	env = slices.Clone(env)
	for i, v := range slices.Backward(env) { // the last one counts
		if old, ok := strings.CutPrefix(v, toleranceVar+"="); ok && old != "" {
			env[i] = toleranceVar + "=" + tolerance + "," + old
			return env
		}
	}
	return append(env, toleranceVar+"="+tolerance)
}

// takeTolerance makes the environment the script's again.
func takeTolerance() {
	switch v := os.Getenv(toleranceVar); {
	case v == tolerance:
		os.Unsetenv(toleranceVar)
	case strings.HasPrefix(v, tolerance+","):
		os.Setenv(toleranceVar, v[len(tolerance)+1:])
	}
}
