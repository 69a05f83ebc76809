package tui

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hotloop/interp"
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

// rehearsing is a fake session that can fire its events beside its scripts, and
// tell what runs old code.
type rehearsing struct {
	*fake
	before []int
	old    session.OldCode
}

func (r *rehearsing) Rehearse(_ context.Context, req session.RehearsalRequest) (session.Rehearsal, error) {
	r.before = append(r.before, req.Before)
	return session.Rehearsal{Same: 4, Notices: []string{"door read crypto/rand"},
		Differences: []session.Difference{{Seq: 12, Script: "door", Event: "OnOpen", Data: []byte(`{"n":1}`), Changes: []session.Change{{Kind: session.Changed, Path: "returns[0]", Before: "1", After: "2"}}}},
		States:      []session.StateDifference{{Script: "door", Changes: []session.Change{{Kind: session.Added, Path: "limit", After: "7"}}}},
		Skipped:     []session.SkippedEvent{{Seq: 13, Script: "door", Event: "Quit", Why: "the script's process ended in it"}},
	}, nil
}

func (r *rehearsing) Old(context.Context, string) (session.OldCode, error) { return r.old, nil }

// shown is what a dialog draws.
func shown(a *App) string {
	rows := make([]string, a.height)
	for i := range rows {
		rows[i] = strings.Repeat(" ", a.width)
	}
	a.dialog.draw(a, rows)
	return ansi.Strip(strings.Join(rows, "\n"))
}

func TestRehearseKey(t *testing.T) {
	r := &rehearsing{fake: newFake()}
	a := newApp(t.Context(), r, r.fake, Options{Theme: "none"})
	a.width, a.height = 90, 30
	a.relayout()
	got, _ := r.Rehearse(t.Context(), session.RehearsalRequest{})
	a.Update(rehearsed{got: got})
	screen := shown(a)
	for _, want := range []string{"Replay: the code of now, and what happened", "5 events: 4 the same, 1 differ", "! door read crypto/rand",
		`#12 door.OnOpen {"n":1}`, "Δ returns[0] 1 → 2", "door: state at the end", "+ limit 7", "#13 door.Quit: the script's process ended in it"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
	a.dialog.typed(a, "c")
	if !strings.Contains(a.notice.text, "no report has changed code yet") {
		t.Errorf("it says %q", a.notice.text)
	}
	a.diff.arrived([]interp.Report{{ID: 7, Script: "door", Status: interp.StatusLive, Cause: interp.CauseWatch, Units: []interp.UnitChange{{Key: "func F"}}}})
	if a.lastChange() != 7 || a.dialog.typed(a, "c") == nil {
		t.Error("c does not compare with the code before the last report")
	}
	a.Update(rehearsed{before: 7, got: got})
	if screen := shown(a); !strings.Contains(screen, "and before report 7") {
		t.Errorf("%s", screen)
	}
}

func TestOldCodeKey(t *testing.T) {
	r := &rehearsing{fake: newFake(), old: session.OldCode{Whole: true}}
	a := newApp(t.Context(), r, r.fake, Options{Theme: "none"})
	a.width, a.height = 90, 30
	a.relayout()
	a.Update(a.askOld("door")())
	if a.dialog != nil || !strings.Contains(a.notice.text, "nothing was found in door that still runs old code") {
		t.Errorf("%v; it says %q", a.dialog, a.notice.text)
	}
	r.old = session.OldCode{Old: []interp.OldCode{{Kind: interp.OldGoroutine, Unit: "func pump", Version: 1, Count: 2, Holder: "Start", State: "asleep"}}}
	a.Update(a.askOld("door")())
	screen := shown(a)
	for _, want := range []string{"Old code in door", "! 2 goroutines in v1 of pump until that returns; begun in Start (asleep)", "too much to look through"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
}

// A pager goes back to what was open before it.
func TestBothRuns(t *testing.T) {
	p := &pinning{fake: newFake()}
	p.pins = []session.Pin{{ID: 5, Event: "OnOpen", Script: "door", Before: returning(`"old"`), Last: returning(`"new"`)}}
	p.pins[0].Last.Call.Output = "hello\n"
	a := newApp(t.Context(), p, p.fake, Options{Theme: "none"})
	a.width, a.height = 90, 30
	a.relayout()
	a.Update(a.openPins()())
	a.dialog.key(a, "enter")
	screen := shown(a)
	for _, want := range []string{"Pin door.OnOpen", "before", `"old"`, "now", `"new"`, "printed", "hello"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
	a.dialog.typed(a, "q")
	if _, ok := a.dialog.(*pinsDialog); !ok {
		t.Errorf("%T", a.dialog)
	}
}
