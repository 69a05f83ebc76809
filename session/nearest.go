package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors that callers tell apart.
var (
	// ErrClosed is returned by every method of a closed session.
	ErrClosed = errors.New("the session is closed")
	// ErrNoPath is wrapped by the PathError of a path that does not exist or
	// cannot be read.
	ErrNoPath = errors.New("no such file or directory")
	// ErrNoScripts is wrapped by the PathError of a path in which there is
	// nothing to load.
	ErrNoScripts = errors.New("no Go scripts")
	// ErrNotFound is wrapped by every NotFoundError.
	ErrNotFound = errors.New("not found")
	// ErrNotLoaded is wrapped when a script exists but nothing of it runs.
	ErrNotLoaded = errors.New("not loaded")
	// ErrBadData is wrapped when the data of an event is not JSON.
	ErrBadData = errors.New("the data is not JSON")
)

// PathError says why a path given to New cannot be loaded. It is wrong usage,
// not a fault of a script: a command line exits with 2 for it.
type PathError struct {
	Path   string
	Err    error  // ErrNoPath, ErrNoScripts, or what the system said
	Detail string // what was looked for; may be empty
	Next   string // what to do now, a sentence without a full stop; may be empty
}

func (e *PathError) Error() string {
	text := e.Path + ": " + e.Err.Error()
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Next != "" {
		text += "; " + e.Next
	}
	return text
}

func (e *PathError) Unwrap() error { return e.Err }

// NotFoundError names something that does not exist and the nearest things
// that do. What is "script", "unit", "handler", "version" or "report".
type NotFoundError struct {
	What    string
	Name    string
	In      string   // the script that was searched; empty for the session
	Nearest []string // best first, at most three; may be empty
}

func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no %s %q", e.What, e.Name)
	if e.In != "" {
		fmt.Fprintf(&b, " in %s", e.In)
	}
	switch n := len(e.Nearest); n {
	case 0:
	case 1:
		fmt.Fprintf(&b, "; did you mean %s?", e.Nearest[0])
	default:
		fmt.Fprintf(&b, "; did you mean %s or %s?", strings.Join(e.Nearest[:n-1], ", "), e.Nearest[n-1])
	}
	return b.String()
}

func (e *NotFoundError) Unwrap() error { return ErrNotFound }

// nearest gives up to three of names that name may have been meant to be, best
// first: those that contain it or that few edits turn it into. Letter case does
// not count. When nothing is near and there are at most three names, it gives
// them all, since then the list is the answer.
func nearest(name string, names []string) []string {
	type scored struct {
		name  string
		score int
	}
	low := strings.ToLower(name)
	var near []scored
	for _, n := range names {
		l := strings.ToLower(n)
		score := distance(low, l)
		if low != "" && (strings.Contains(l, low) || strings.Contains(low, l)) {
			score = min(score, 1)
		}
		if score <= max(2, len(low)/3) {
			near = append(near, scored{n, score})
		}
	}
	if len(near) == 0 && len(names) <= 3 {
		return slices.Sorted(slices.Values(names))
	}
	slices.SortFunc(near, func(a, b scored) int {
		if a.score != b.score {
			return a.score - b.score
		}
		return strings.Compare(a.name, b.name)
	})
	var out []string
	for _, s := range near[:min(3, len(near))] {
		out = append(out, s.name)
	}
	return out
}

// distance is the number of single-byte edits, a swap of two neighbours being
// one, that turn a into b.
func distance(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
