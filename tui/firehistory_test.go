package tui

import (
	"slices"
	"testing"
)

// keeper is a fake session that offers a history of lines.
type keeper struct {
	*fake
	lines map[string][]string
}

func (k *keeper) Lines(kind string) []string { return slices.Clone(k.lines[kind]) }

func (k *keeper) KeepLine(kind, line string) { k.lines[kind] = append(k.lines[kind], line) }

func TestFireLineRecallsEarlierSessions(t *testing.T) {
	k := &keeper{newFake(), map[string][]string{"event": {"A", "B 1"}}}
	f := newFireLine(nil)
	f.recall(k)
	f.walk(1)
	if f.String() != "B 1" {
		t.Errorf("up gives %q", f.String())
	}
	f.remember("A")
	f.asks = askExpr
	f.remember("x + 1")
	if got := k.lines["event"]; !slices.Equal(got, []string{"A", "B 1", "A"}) || !slices.Equal(k.lines["expression"], []string{"x + 1"}) {
		t.Errorf("kept: %q", k.lines)
	}
}
