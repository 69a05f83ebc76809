package tui_test

import (
	"strings"
	"testing"
)

// testForm: a form made from the handler's types fires, saves, and follows the
// file.
func testForm(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples/door")
	d.choose("OnOpen")
	d.Press("F")
	d.Expect("╭─ door.OnOpen", "front · back · cellar", "people  3")
	d.Press("tab", "backspace")
	d.Type("many")
	d.Expect("wants a whole number")
	d.Press("enter") // is not fired
	d.Press("ctrl+u")
	d.Type("4")
	d.Expect(`{"door":"front","people":4}`)
	d.Press("enter")
	d.Expect(`→ "front opened (1)"`, "fired")
	d.Press("ctrl+s")
	d.Expect("Save door.OnOpen")
	d.Type("four people")
	d.Press("enter")
	d.Expect("saved four people in samples/door/events.jsonl")
	if text := d.read("samples/door/events.jsonl"); !strings.Contains(text, `{"name":"four people","event":"OnOpen","data":{"door":"front","people":4}}`) {
		t.Errorf("the event is not in the file: %s", text)
	}
	// A field more in the type is a row more in the form; what was typed stays.
	d.write("samples/door/house.go", d.changed("samples/door/house.go", "`json:\"people\"`", "`json:\"people\"`\n\tQuiet bool `json:\"quiet\"`"))
	d.Expect("quiet", "[ ] false", "people  4", "OnOpen has changed")
	d.Press("esc")
	d.ExpectGone("╭─")
	d.quit()
}

// testMany: events in rounds and in sequence.
func testMany(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples/door")
	d.fire(`3x OnOpen {"door":"back","people":1} ; Doors`)
	d.Expect("back opened (3)", "fired 6 events")
	d.leave()
	d.fire(`every 50ms OnOpen {"door":"back","people":1}`)
	d.Expect("firing ", "back opened (6)")
	d.leave()
	d.Press("S")
	d.Expect("stopped after ")
	d.ExpectGone("firing ")
	d.quit()
}

// testStateTree: values unfold, are watched and set.
func testStateTree(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples/door")
	d.choose("OnOpen")
	d.Press("s")
	d.Expect("states", "map[string]State")
	d.Press("tab", "end")
	d.Expect("→ unfold")
	d.Press("right")
	d.Expect("▾ states", `["cellar"]`)
	d.Press("right", "w")
	d.Expect("watched", `["back"] "shut"`)
	d.Press("1") // the watched value stays in sight
	d.fire(`OnOpen {"door":"back","people":2}`)
	d.Expect(`Δ `, `["back"] "open"`)
	d.quit()
}

// testLogWork: entries are filtered, marked, fired again, saved; a frame of a
// trace leads to its line.
func testLogWork(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "vending")
	d.open("samples/vending")
	d.fire("4x Kick") // the fourth finds no spring
	d.Expect("panic", "fired 4 events, 1 failed")
	d.leave()
	d.Press("tab", "tab")
	d.Expect("x fire again")
	d.Press("!")
	d.Expect("Log /is:error 1")
	d.Press("right")
	d.Expect("trace      Kick  samples/vending/vending.go:139", "139 ▸     noise := springs[kicks]")
	d.Press("m", "x")
	d.Expect("Log /is:error 2", "◆")
	d.Press("w")
	d.Expect("Save 1 entry of the log")
	d.Press("enter")
	d.Expect("wrote ")
	if text := d.read("hotloop.log"); !strings.Contains(text, "Kick") {
		t.Errorf("the log has %q", text)
	}
	d.quit()
}

// testPaletteAndKeys: everything by name, and keys from a file.
func testPaletteAndKeys(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door", "life")
	d.write("mine", "quit Q\nfire F\n")
	d.Run("hotloop --keys mine samples; echo exit=$?")
	d.Expect("● watching", "F fire", "Q quit")
	d.Press("P")
	d.Expect("Commands")
	d.Type("go to life.Step")
	d.Press("enter")
	d.Expect("func Step(")
	d.Press("P")
	d.Type("units by kind")
	d.Press("ctrl+u")
	d.Type("sort by")
	d.Press("enter")
	d.Expect("by file", "▫ samples/life/life.go")
	d.Press("q") // has no meaning any more
	d.Press("Q")
	d.Expect("exit=0")
}

// testDiffWork: a diff side by side, and any two versions compared.
func testDiffWork(t *testing.T, bin string) {
	d := sitDown(t, bin, 130, 40, "door")
	d.open("samples/door")
	d.sed("samples/door/door.go", "s/count++/count += e.People/")
	d.Expect("+     count += e.People")
	d.choose("OnOpen")
	d.Press("tab", "|", "|")
	d.matches(`- +count\+\+ +│ +\d+ \+ +count \+= e\.People`)
	d.sed("samples/door/door.go", "s/count += e.People/count += 2*e.People/")
	d.Expect("v2 → v3")
	d.Press("4")
	d.Expect("v3 is live")
	d.Press("end")
	d.Expect("v3 → v1")
	d.Press("space", "up", "up")
	d.Expect("v1 → v3")
	d.quit()
}
