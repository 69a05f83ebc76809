package tui_test

import (
	"strings"
	"testing"
)

// testPins: events are pinned, an edit shows what it did to them, the list
// finds the unit that did it and puts it back, and the state stays what it was.
func testPins(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples/door")
	d.fire(`OnKnock {"door":"back","times":2}`)
	d.Expect("OnKnock")
	d.leave()
	d.fire(`OnOpen {"door":"back","people":3}`)
	d.Expect(`→ "back opened (1)"`)
	d.leave()
	d.Press("tab", "tab") // to the log
	d.Expect("x fire again")
	d.Press("end", "p")
	d.Expect("door.OnOpen is pinned", "first run")
	d.sed("samples/door/door.go", "s/count++/count += e.People/")
	d.Expect("1 pin changed", "Δ returns[0]", "Δ count")
	d.Press("b")
	d.Expect("╭─ Pins", "before", "now")
	d.Press("b")
	d.Expect("changed by func OnOpen in report 2")
	d.Press("u")
	d.Press("esc")
	d.ExpectGone("╭─ Pins")
	d.Expect("≠ file", "rolled back: OnOpen v2→v3")
	d.fire(`OnClose {"door":"back"}`)
	d.Expect("back closed")
	d.leave()
	d.fire(`OnOpen {"door":"back","people":3}`)
	d.Expect(`→ "back opened (2)"`) // the pins opened no door
	if strings.Contains(d.Screen(), "opened (5)") {
		t.Error("the edit is still live")
	}
	d.quit()
}
