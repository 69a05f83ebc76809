package interp

import (
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// Recursion without an end costs the call, or the goroutine, and nothing else;
// deep recursion with an end is left alone.
func TestStackOverflow(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector's build is too slow to look in time")
	}
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 30))
	l, n := loaded(t, `
var calls, deferred int

type t struct{}

func Deep() int {
	calls++
	defer func() { deferred++ }()
	return 1 + down(1)
}

func down(n int) int { return down(n+1) + 1 }

func Recovers() (s string) {
	defer func() {
		if recover() != nil {
			s = "recovered"
		}
	}()
	return up()
}

func up() string { return "a" + up() }

func Go() { go down(1) }

func Ends() int { return to(60000) }

func to(n int) int {
	if n == 0 {
		return 0
	}
	return to(n-1) + 1
}

func Calls() int { return calls*10 + deferred }
`, Options{})
	for i, name := range []string{"Deep", "Recovers"} {
		c := fire(l, name, 0)
		if c.Error == nil || c.Error.Kind != ErrPanic || !strings.HasPrefix(c.Error.Message, "stack overflow: ") || len(c.Error.Trace) != 1 {
			t.Errorf("%s: %+v", name, c.Error)
		}
		if want := []int{13, 24}[i]; c.Error != nil && len(c.Error.Trace) == 1 && c.Error.Trace[0].Line != want {
			t.Errorf("%s: at line %d, want %d", name, c.Error.Trace[0].Line, want)
		}
	}
	wantInt(t, l, "Calls", "11")
	wantInt(t, l, "Ends", "60000")
	if c := fire(l, "Go", 20*time.Second); c.Error != nil {
		t.Error(c.Error)
	}
	eventually(t, "the goroutine's end is reported", func() bool { return len(n.panics()) == 1 })
	if p := n.panics()[0]; !strings.HasPrefix(p.Message, "stack overflow: ") {
		t.Errorf("reported %+v", p)
	}
	wantInt(t, l, "Calls", "11")
}
