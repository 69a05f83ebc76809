//go:build !hotloop

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// watched is an output that does something when it has seen a text.
type watched struct {
	text strings.Builder
	when []reaction
}

type reaction struct {
	seen string
	do   func()
}

func (w *watched) Write(p []byte) (int, error) {
	w.text.Write(p)
	if len(w.when) > 0 && strings.Contains(string(p), w.when[0].seen) {
		next := w.when[0].do
		w.when = w.when[1:]
		next()
	}
	return len(p), nil
}

// TestPatchesBetweenTicks runs the loop and edits the rules: the frame changes,
// an error shows and changes nothing, and the world goes on all the while.
func TestPatchesBetweenTicks(t *testing.T) {
	text, err := os.ReadFile("_rules/rules.go")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "rules.go")
	write := func(old, new string) func() {
		return func() {
			if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	write("", "")()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &watched{when: []reaction{
		{"o.", write("'o'", "'@'")},
		{"@", write("'o'", "nothing")},
		{"undefined: nothing", write("'o'", "'#'")},
		{"#", cancel},
	}}
	w := &World{Width: 20, Height: 3, Balls: []Ball{{1, 1, 1, 1}}}
	if err := loop(ctx, filepath.Dir(file), w, 5*time.Millisecond, 0, out); err != nil {
		t.Fatal(err)
	}
	if len(out.when) > 0 {
		t.Fatalf("never saw %q; the end of the output:\n%s", out.when[0].seen, tail(out.text.String()))
	}
	if w.Tick < 4 || w.Balls[0] == (Ball{1, 1, 1, 1}) {
		t.Errorf("the world stood still: %+v", w)
	}
}

func tail(s string) string { return s[max(0, len(s)-500):] }
