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

// testOldCode: a report lists the goroutine and the closure that keep the code
// they have, a key lists them until they are gone, and a replay of all events
// shows what the edit did.
func testOldCode(t *testing.T, bin string) {
	const file = "pump/pump.go"
	d := sitDown(t, bin, 120, 40)
	d.write(file, `package pump

import "time"

var ticks int
var stop = make(chan bool)
var hooks = map[string]func() string{}

func run() {
	for {
		select {
		case <-stop:
			return
		case <-time.After(10 * time.Millisecond):
			ticks++
		}
	}
}

func greet(name string) func() string {
	return func() string { return "hello " + name }
}

func Start(name string) {
	go run()
	hooks[name] = greet(name)
}

func Greet(name string) string { return hooks[name]() }

func Stop() {
	stop <- true
	clear(hooks)
}
`)
	d.open("pump")
	d.fire(`Start "bob"`)
	d.Expect(`Start "bob" → done`)
	d.fire(`Greet "bob"`)
	d.Expect(`→ "hello bob"`)
	d.leave()
	d.write(file, strings.NewReplacer("ticks++", "ticks += 2", "hello ", "hi ").Replace(d.read(file)))
	d.Expect("! old code: a goroutine in v1 of run until that returns; begun in Start",
		"! old code: hooks holds a closure that v1 of greet made", "! 2 notes")
	d.Press("O")
	d.Expect("Old code in pump", "! hooks holds a closure that v1 of greet made")
	d.Press("esc")
	d.ExpectGone("Old code in pump")
	d.Press("D")
	d.Expect("Replay: the code of now, and what happened", "2 events: 1 the same, 1 differ", `"hello bob" → "hi bob"`, "it starts goroutines")
	d.Press("c")
	d.Expect("the code of now, and before report 2", `"hello bob" → "hi bob"`)
	d.Press("esc")
	d.ExpectGone("before report 2")
	d.fire("Stop")
	d.Expect("Stop → done")
	d.leave()
	d.Press("O")
	d.Expect("nothing was found in pump that still runs old code")
	d.quit()
}
