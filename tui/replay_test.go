package tui

import (
	"context"
	"strings"
	"testing"

	"hotloop/session"
)

// replaying is a fake session that can fire events again.
type replaying struct {
	*fake
	asked session.ReplayRequest
}

func (r *replaying) Replay(_ context.Context, req session.ReplayRequest) (session.Replay, error) {
	r.asked = req
	return session.Replay{Same: 4, Differences: make([]session.Difference, 1), Skipped: make([]session.SkippedEvent, 2)}, nil
}

func TestReplayKey(t *testing.T) {
	r := &replaying{fake: newFake()}
	a := newApp(t.Context(), r, r.fake, Options{Theme: "none"})
	msg, ok := a.replay("door")().(replayed)
	if !ok || r.asked != (session.ReplayRequest{Script: "door"}) {
		t.Fatalf("asked for %+v, got %+v", r.asked, msg)
	}
	a.Update(msg)
	if said := a.notice.text; !strings.Contains(said, "5 events fired again: 4 the same, 1 differ, 2 left out") {
		t.Errorf("it says %q", said)
	}
}
