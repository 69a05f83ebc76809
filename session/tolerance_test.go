package session

import (
	"os"
	"slices"
	"testing"
)

// A child hears what it has to, and the script sees the environment it would
// have seen.
func TestTolerance(t *testing.T) {
	for _, c := range []struct{ before, child, after string }{
		{"", "invalidptr=0", ""},
		{"madvdontneed=1", "invalidptr=0,madvdontneed=1", "madvdontneed=1"},
	} {
		env := []string{"A=b"}
		if c.before != "" {
			env = append(env, "GODEBUG="+c.before)
		}
		given := withTolerance(env)
		if !slices.Contains(given, "GODEBUG="+c.child) || !slices.Contains(given, "A=b") {
			t.Errorf("%q becomes %q", env, given)
		}
		t.Setenv("GODEBUG", c.child)
		takeTolerance()
		if got := os.Getenv("GODEBUG"); got != c.after {
			t.Errorf("the script sees %q for %q", got, c.after)
		}
	}
}
