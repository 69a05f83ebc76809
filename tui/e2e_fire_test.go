package tui_test

import (
	"os/exec"
	"strings"
	"testing"

	"hotloop/tui/terminal"
)

// testStart: everything below samples is listed, live.
func testStart(t *testing.T, bin string) {
	names := []string{"aquarium", "door", "dungeon", "life", "router", "thermostat", "vending"}
	d := sitDown(t, bin, 120, 40, names...)
	d.open("samples")
	d.Expect("hotloop", "watching 7 scripts", "loaded and live")
	d.Press("left") // folds whatever the cursor is on, so that all fit
	for _, name := range names {
		d.Until(name+" live", func(screen string) bool { return count(screen, `▸ `+name+` +live ●`) == 1 })
		if loaded := count(d.Screen(), `↻ `+name+` +loaded \d+ functions.* live in `); loaded != 1 {
			t.Errorf("the log reports %d loads of %s\n%s", loaded, name, d.Screen())
		}
	}
	d.quit()
}

// testFire: events go out by a key on a handler and from the fire line; wrong
// ones are refused with the nearest right one.
func testFire(t *testing.T, bin string) {
	d := sitDown(t, bin, 140, 40, "door")
	d.open("samples/door")
	d.choose("OnOpen")
	d.Press("space")
	d.Expect(`OnOpen {"door":"front","people":3} → "front opened (1)"`)
	d.Press("space")
	d.Expect(`→ "front opened (2)"`, `was "front opened (1)"`)
	d.Press(".")
	d.Expect(`→ "front opened (3)"`)
	d.matches(`ƒ OnOpen +v1 +3 `) // calls

	d.Press("enter") // takes it into the fire line with its data
	d.Expect(`fire ▸ door.OnOpen {"door":"front","people":3}`)
	d.fire(`door.OnOpen {"door":"back","people":2}`)
	d.Expect(`→ "back opened (4)"`)
	d.fire(`OnOpen {"door":"back","people":1}`)
	d.Expect(`→ "back opened (5)"`)
	d.fire(`door.OnUnlock {"door":"cellar","code":"0000"}`)
	d.Expect("cellar door: wrong code")
	d.fire(`door.OnOpen {"dor":"back"}`)
	d.Expect(`unknown field "dor" in Opening; did you mean "door"`)
	d.fire(`door.OnOpn {"door":"back"}`)
	d.Expect(`no handler "OnOpn" in door; did you mean OnOpen?`)
	d.Press("ctrl+u")
	d.Type(`door.OnOpen {"door":`)
	d.Press("enter")
	d.Expect("column ") // where the JSON ends too early
	if opened := count(d.Screen(), `OnOpen .*opened \(`); opened != 5 {
		t.Errorf("%d events succeeded, want 5\n%s", opened, d.Screen())
	}

	d.Press("ctrl+u")
	d.Type("onk")
	d.Expect("▸ door.OnKnock", "knock at the front", "strike the gong")
	d.Press("tab")
	d.Expect(`fire ▸ door.OnKnock {"door":"front","times":2}`)
	d.Press("enter")
	d.Expect(`→ "ding ding"`)
	d.Press("ctrl+u", "up")
	d.Expect(`fire ▸ door.OnKnock`)
	d.quit()
}

// testOutside: hotloop fire and the screen share one session.
func testOutside(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 30, "door")
	d.open("samples/door")
	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (1)"`)
	other := terminal.Open(t, terminal.Options{Width: 80, Height: 20, Path: []string{bin}, Env: []string{"XDG_RUNTIME_DIR=" + d.path(".xdg")}})
	other.Run("cd " + d.Home() + ` && hotloop fire door.OnOpen '{"door":"back","people":1}' samples/door`)
	other.Expect(`"back opened (2)"`)
	d.Expect(`→ "back opened (2)"`)
	d.quit()
	other.Run("clear")
	other.Run(`hotloop fire door.OnOpen '{"door":"back","people":1}' samples/door; echo exit=$?`)
	other.Expect(`"back opened (1)"`, "exit=0") // there is no session any more: a fresh one
}

// testMouse: what the keys do, clicks do.
func testMouse(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples/door")
	d.Click("State │ Versions")
	d.matches(`moves +map\[State\].* map\[State\]`)
	d.matches(`count +int +0`)
	if strings.Contains(d.Screen(), "▸ door") {
		d.Click("▸ door")
	}
	d.Click("OnKnock")
	d.Click("Source │")
	d.Expect("OnKnock  v1  samples/door/door.go", "chime, ok := chimes[e.Door]")
	d.Click("apply functions") // the next way to apply
	d.Expect("apply file")
	d.Click("? help")
	d.Expect("Everywhere", "In a list")
	d.Press("x") // any key
	d.ExpectGone("Everywhere")
	d.Click("q quit")
	d.Expect("exit=0")
}

// testHelp: the overlay lists the keys, and the screen behind it comes back.
func testHelp(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 66, "door")
	d.open("samples/door")
	before := d.Screen()
	d.Press("?")
	d.Expect("Everywhere", "Fire line", "Filter",
		"type an event: 10x E", "reload the script whole", "restart the script in a fresh process", "roll the last report back",
		"evaluate an expression", "filter the focused pane", "q ctrl+c   quit")
	d.Press("x")
	d.Until("the screen of before", func(screen string) bool { return screen == before })
	d.Press("f")
	d.Expect("f1 help")
	d.Press("f1")
	d.Expect("Everywhere")
	d.Press("esc")
	d.ExpectGone("Everywhere")
	d.quit()
}

// testFilterEval: filters of the panes, expressions, variables set by hand.
func testFilterEval(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door", "thermostat")
	d.open("samples")
	d.choose("OnUnl")
	d.matches(`▾ door(.|\n)*ƒ OnUnlock`)
	if strings.Contains(d.Screen(), "OnReading") {
		t.Errorf("the filter left OnReading\n%s", d.Screen())
	}
	d.Press(":")
	d.Expect("eval ▸")
	d.Type(`len(states) + 4`)
	d.Press("enter")
	d.Expect("len(states) + 4 → 7", "int")
	d.Type("lock.Code")
	d.Press("enter")
	d.Expect(`lock.Code → "1234"`)
	d.Type("nonsense")
	d.Press("enter")
	d.Expect("undefined: nonsense")
	d.leave()
	d.Press("esc") // the filter goes, what it found stays
	d.Expect("ƒ OnLock", "ƒ OnUnlock", "space fire now")

	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (1)"`)
	d.filter("count")
	d.Press("s")
	d.matches(`count +int +1`)
	d.quit()
}

// testWrongUsage: what cannot be opened is said, with the next step.
func testWrongUsage(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 30, "door")
	d.Run("mkdir empty")
	for _, c := range []struct{ command, says string }{
		{"hotloop nowhere", "nowhere"},
		{"hotloop empty", "empty"},
		{"hotloop samples | cat", "hotloop serve"},
		{"hotloop samples </dev/null", "hotloop serve"},
		{"TERM=dumb hotloop samples", "hotloop serve"},
		{"hotloop --aply file samples", "aply"},
		{"hotloop --apply files samples", "want functions, file or ask"},
	} {
		d.Run("clear")
		d.ExpectGone("exit=")
		// Not the shell's $?, which is that of cat.
		program, rest, _ := strings.Cut(c.command, " | ")
		line := program + "; echo exit=$?"
		if rest != "" {
			line = "{ " + line + " >&2; } | " + rest
		}
		d.Run(line)
		d.Expect("exit=2", "hotloop", c.says)
	}
	// The same without any terminal at all.
	cmd := exec.Command(bin+"/hotloop", d.path("samples"))
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "hotloop serve") {
		t.Errorf("without a terminal: %v, %q", err, out)
	}
}
