package tui

import (
	"fmt"
	"strings"
	"testing"

	"hotloop/interp"
	"hotloop/tui/theme"
)

// bigPatch is a report that changes several long functions.
func (f *fake) bigPatch() {
	r := interp.Report{Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive, Timing: interp.Timing{Total: 900}}
	for i := range 3 {
		var before, after strings.Builder
		fmt.Fprintf(&before, "func F%d() {\n", i)
		fmt.Fprintf(&after, "func F%d() {\n", i)
		for n := range 30 {
			fmt.Fprintf(&before, "\tstep(%d)\n", n)
			if n == 15 {
				fmt.Fprintf(&after, "\tstep(%d, again, and, a, long, line, of, arguments, up, to, the, end_%d)\n", n, i)
			} else {
				fmt.Fprintf(&after, "\tstep(%d)\n", n)
			}
		}
		r.Units = append(r.Units, interp.UnitChange{Key: fmt.Sprintf("func F%d", i), Change: interp.ChangeChanged, From: 1, To: 2,
			File: "samples/door/door.go", Line: 10 + 40*i, OldLine: 10 + 40*i, OldText: before.String() + "}\n", NewText: after.String() + "}\n"})
	}
	f.report(r)
}

func TestDiffClicks(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.bigPatch()
	s.refresh()
	s.wantNot("step(3)")
	s.click(theme.SignFold + " ")
	s.want("diffs: 10 lines around a change")
	s.want("step(9")
	s.click("F0  v1 → v2", "F0")
	s.want("F0  v1 → v2")
	s.wantNot("F1  v1")
	s.click("F0  v1 → v2", "F0")
	s.keys("x", "x") // as short as it was
	s.want("F1  v1 → v2")
}

func TestDiffKeys(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{Editor: "vim"})
	s.f.bigPatch()
	s.refresh()
	s.a.focus(paneDetail)
	s.want("F0  v1 → v2")
	s.wantNot("step(3)")
	s.keys("x", "x")
	s.want("step(3)")
	s.want("diffs: whole units")
	s.keys("x")
	s.wantNot("step(3)")

	// The row with the change is beside the old one when split.
	s.keys("|", "|")
	s.want("step(15)", "│", "step(15, again")
	s.wantNot("end_0")
	s.keys("L", "L", "L", "L", "L")
	s.want("end_0")
	s.keys("H", "H", "H", "H", "H", "|")
	s.want("diffs: side by side where there is room")

	// From unit to unit, and one alone.
	s.keys("J", "J", "J")
	if file, line, _ := s.a.pointedAt(); file != "samples/door/door.go" || line != 90 {
		t.Errorf("e would edit %s:%d", file, line)
	}
	s.keys("K", "i")
	s.want("F1  v1 → v2")
	s.wantNot("F0  v1")
	s.wantNot("F2  v1")
	s.keys("J")
	s.want("F2  v1 → v2")
	s.wantNot("F1  v1")
	s.keys("i")
	s.want("F2  v1 → v2")

	// An older report can be rolled back by itself.
	s.f.patch()
	s.refresh()
	s.keys("[", "U")
	s.asked(`rollback door "" 0 4`)
	s.keys("u")
	s.asked(`rollback door "" 0 5`)
}

func TestCompareVersions(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.patch()
	s.refresh()
	s.keys("4", "tab")
	s.want("v4 is live")
	s.keys("end")
	oldest := s.a.unit.current().Version
	s.keys("space")
	s.want(fmt.Sprintf("v%d is what the others are compared with", oldest))
	s.keys("up")
	s.want(fmt.Sprintf("v%d → v3", oldest), "enter make it live")
	s.keys("up")
	s.want(fmt.Sprintf("v%d → v4", oldest))
	s.keys("space", "down")
	s.want("v4 → v3", "what making it live would change")
	s.keys("enter")
	s.asked(`rollback door "func OnOpen" 3 0`)
}

// TestManyUnits says that a report of thousands of units is drawn in part.
func TestManyUnits(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	r := interp.Report{Script: "door", Cause: interp.CauseReload, Status: interp.StatusReloaded}
	for i := range 5000 {
		r.Units = append(r.Units, interp.UnitChange{Key: fmt.Sprintf("func F%d", i), Change: interp.ChangeRecompiled, From: 1, To: 1})
	}
	s.f.report(r)
	s.refresh()
	s.a.focus(paneDetail)
	s.keys("end")
	s.want("and 4800 units more")
	s.keys("home", "i", "J")
	s.want("F1 ")
	s.wantNot("F3 ")
}
