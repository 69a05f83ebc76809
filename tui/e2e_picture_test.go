package tui_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/color"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"hotloop/tui/svg"
	"hotloop/tui/terminal"
)

// The pictures in the README and what they have to show, whenever they were made.
var pictures = map[string][]string{
	"screen":      pictured,
	"pins-edit":   picturedEdit,
	"pins-bisect": picturedBisect,
}

var pictured = []string{
	"hotloop samples", "watching 7 scripts", "1 behind", "live in", // the bar
	"Scripts", "aquarium", "thermostat", "live ●", "behind ✗", "ƒ OnOpen", "↻ v2", // the tree
	"door patched 1 unit , kept 7 variables", "OnOpen v1 → v2 samples/door/door.go:16", "+1 -1", // the diff
	"20 - count ++", "20 + count += e.People",
	`✓ door OnOpen {"door":"front","people":3} → "front opened (1)"`, `→ "front opened (4)"`, `Δ was "front opened (1)"`, // the log
	"✗ aquarium samples/aquarium/aquarium.go:89:", "undefined", "old code stays live", "wrong code", "heater goes on",
	`fire ▸ door.OnOpen {"door":"front","people":3}`, "enter fire", "ctrl+c quit",
}

var picturedEdit = []string{
	"thermostat patched 3 units , kept 5 variables", "wantsHeat v1 → v2", "Chart v1 → v2",
	"1 pin changed, 2 unchanged", `OnReading {"sensor":"kitchen","celsius":19.8}`, "Δ returns[0]", "heater goes on → stays off", "− heating false → true",
}

var picturedBisect = []string{
	"Pins", "thermostat.OnReading", "changed by func wantsHeat in report 2; u rolls it back", "before", "now", "goes on → stays off", "− heating false → true",
	"enter both runs", "b bisect", "u undo what changed it",
}

// TestPicture checks the pictures that are there. They are made anew by
//
//	go test ./tui -run TestEndToEnd/picture -update
func TestPicture(t *testing.T) {
	for name, parts := range pictures {
		data, err := os.ReadFile(pictureFile(name))
		if err != nil {
			t.Fatal(err)
		}
		checkPicture(t, data, parts)
	}
}

func pictureFile(name string) string { return "testdata/" + name + ".svg" }

// takePicture takes a picture of the screen, checks it and, with -update, keeps
// it.
func (d *desk) takePicture(name, title string, width, height int) {
	d.t.Helper()
	foreground, background := color.RGBA{0xd8, 0xd8, 0xd8, 0xff}, color.RGBA{0x1a, 0x1a, 0x1e, 0xff}
	data := svg.Render(steady(d.Styled()), svg.Options{Width: width, Height: height, Title: title, Foreground: foreground, Background: background})
	checkPicture(d.t, data, pictures[name])
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" && !d.t.Failed() {
		if err := os.WriteFile(pictureFile(name), data, 0o666); err != nil {
			d.t.Fatal(err)
		}
	}
}

// testPinStory is the story of pins in the README: three events are pinned, an
// edit shows what it did to them, the unit that did it is found and put back, and
// what was played becomes a test.
func testPinStory(t *testing.T, bin string) {
	const width, height, file = 120, 40, "samples/thermostat/thermostat.go"
	d := sitDownAt(t, terminal.Options{Width: width, Height: height, Term: "xterm-256color", Path: []string{bin}}, "thermostat")
	d.open("--theme dark samples/thermostat")
	for _, e := range [][2]string{{`OnReading {"sensor":"kitchen","celsius":19.8}`, "heater goes on"}, {`OnReading {"sensor":"kitchen","celsius":21.4}`, "heater goes off"}, {"Average", "50"}} {
		d.fire(e[0])
		d.Expect(e[1])
		d.leave()
	}
	d.Press("tab", "tab") // to the log
	d.Expect("x fire again")
	d.Press("home", "down", "space", "space", "space", "p")
	d.Expect("first run: 20.6, 50")
	d.Press("end") // follow the log
	// One save, three functions.
	d.do("sed", "-i.orig", "-e", `s/target-band\/2/target-band/`, "-e", `s/"█"/"▓"/`, "-e", `s/100 \* on \/ n/on * 100 \/ n/`, d.path(file))
	d.Expect("1 pin changed, 2 unchanged", "Δ returns[0]")
	d.takePicture("pins-edit", "hotloop samples/thermostat", width, height)
	d.Press("b")
	d.Expect("╭─ Pins", "before", "now")
	for !strings.Contains(d.Screen(), "→ Δ thermostat.OnReading") {
		before := d.Screen()
		d.Press("down")
		d.Until("another pin", func(screen string) bool { return screen != before })
	}
	d.Press("b")
	d.Expect("changed by func wantsHeat in report 2")
	d.Until("the notice is gone", func(screen string) bool { return strings.Contains(screen, "enter both runs") })
	d.takePicture("pins-bisect", "hotloop samples/thermostat", width, height)
	d.Press("u")
	d.Press("esc")
	d.ExpectGone("╭─ Pins")
	d.Expect("≠ file", "rolled back: wantsHeat v2→v3", "stays off → goes on")
	// As a test: the file still has the edit, and the record tells.
	d.Press("w")
	d.Press("ctrl+u")
	d.Type("heat.jsonl")
	d.Press("enter")
	d.Until("the record", func(string) bool { _, err := os.Stat(d.path("heat.jsonl")); return err == nil })
	d.quit()
	d.Run("clear; hotloop replay heat.jsonl samples/thermostat; echo exit=$?")
	d.Expect("heater goes on", "heater stays off", "3 different", "exit=1")
	d.do("mv", d.path(file+".orig"), d.path(file))
	d.Run("clear; hotloop replay heat.jsonl samples/thermostat; echo exit=$?")
	d.Expect("0 different, 3 the same", "exit=0")
}

// testPicture takes the picture of a session and, with -update, keeps it.
func testPicture(t *testing.T, bin string) {
	const width, height = 120, 36
	d := sitDownAt(t, terminal.Options{Width: width, Height: height, Term: "xterm-256color", Path: []string{bin}},
		"aquarium", "door", "dungeon", "life", "router", "thermostat", "vending")
	d.open("--theme dark samples")
	d.fire(`thermostat.OnReading {"sensor":"kitchen","celsius":18.5}`)
	d.Expect("heater goes on")
	d.fire(`door.OnUnlock {"door":"cellar","code":"0000"}`)
	d.Expect("wrong code")
	d.leave()
	d.sed("samples/aquarium/aquarium.go", "s/f.Hunger > 10/f.Hunger > hungre/")
	d.Expect("1 behind", "undefined: hungre")
	d.unfold("door")
	d.Press("space")
	d.Expect(`→ "front opened (1)"`)
	d.sed("samples/door/door.go", edit)
	d.Expect("+     "+newLine, "kept 7 variables")
	d.Press("enter")
	d.Expect(`fire ▸ door.OnOpen {"door":"front","people":3}`, "ctrl+c quit")
	d.Press("enter")
	d.Expect(`→ "front opened (4)"`, `Δ was "front opened (1)"`)
	d.Until("a call that counts", func(screen string) bool { return count(screen, `ƒ OnOpen +↻ +v2 +2 `) == 1 })
	d.takePicture("screen", "hotloop samples", width, height)
	d.quit()
}

// unfold unfolds a script in the tree and puts the cursor on its first handler.
func (d *desk) unfold(script string) {
	d.t.Helper()
	row := regexp.MustCompile(`[▸▾] ` + script + ` `)
	d.Click(row.FindString(d.Screen()))
	d.matches(`▾ ` + script + ` `)
	for !strings.Contains(d.Screen(), "space fire now") {
		before := d.Screen()
		d.Press("down")
		d.Until("a row below", func(screen string) bool { return screen != before })
	}
}

// steady puts the times of day in the place of those that the test was run at.
func steady(screen string) string {
	second := 0
	return regexp.MustCompile(`\d\d:\d\d:\d\d\.(\d\d\d)?`).ReplaceAllStringFunc(screen, func(was string) string {
		second++
		return "10:24:" + string(rune('0'+second/10%6)) + string(rune('0'+second%10)) + was[8:]
	})
}

// checkPicture parses a picture and looks for its parts. Blanks are of no
// account.
func checkPicture(t *testing.T, data []byte, parts []string) {
	t.Helper()
	var words []string
	for dec := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
		if text, ok := token.(xml.CharData); ok {
			words = append(words, strings.Fields(string(text))...)
		}
	}
	text := strings.Join(words, "")
	for _, part := range parts {
		if !strings.Contains(text, strings.Join(strings.Fields(part), "")) {
			t.Errorf("the picture lacks %q", part)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(words, " "))
	}
}
