package tui_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hotloop/tui/svg"
	"hotloop/tui/terminal"
)

// The picture in the README and what it has to show, whenever it was made.
const pictureFile = "testdata/screen.svg"

var pictured = []string{
	"hotloop samples", "watching 7 scripts", "1 behind", "live in", // the bar
	"Scripts", "aquarium", "thermostat", "live ●", "behind ✗", "ƒ OnOpen", "↻ v2", // the tree
	"door patched 1 unit , kept 7 variables", "OnOpen v1 → v2 samples/door/door.go:16", "+1 -1", // the diff
	"20 - count ++", "20 + count += e.People",
	`✓ door OnOpen {"door":"front","people":3} → "front opened (1)"`, `→ "front opened (4)"`, `Δ was "front opened (1)"`, // the log
	"✗ aquarium samples/aquarium/aquarium.go:89:", "undefined", "old code stays live", "wrong code", "heater goes on",
	`fire ▸ door.OnOpen {"door":"front","people":3}`, "enter fire", "ctrl+c quit",
}

// TestPicture checks the picture that is there. It is made anew by
//
//	go test ./tui -run TestEndToEnd/picture -update
func TestPicture(t *testing.T) {
	data, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	checkPicture(t, data)
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
	screen := steady(d.Styled())

	foreground, background := color.RGBA{0xd8, 0xd8, 0xd8, 0xff}, color.RGBA{0x1a, 0x1a, 0x1e, 0xff}
	data := svg.Render(screen, svg.Options{Width: width, Height: height, Title: "hotloop samples", Foreground: foreground, Background: background})
	checkPicture(t, data)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" && !t.Failed() {
		if err := os.MkdirAll(filepath.Dir(pictureFile), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pictureFile, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
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
	return regexp.MustCompile(`\d\d:\d\d:\d\d\.\d\d\d`).ReplaceAllStringFunc(screen, func(was string) string {
		second++
		return "10:24:" + string(rune('0'+second/10%6)) + string(rune('0'+second%10)) + was[8:]
	})
}

// checkPicture parses a picture and looks for its parts. Blanks are of no
// account.
func checkPicture(t *testing.T, data []byte) {
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
	for _, part := range pictured {
		if !strings.Contains(text, strings.Join(strings.Fields(part), "")) {
			t.Errorf("the picture lacks %q", part)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(words, " "))
	}
}
