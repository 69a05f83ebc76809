package tui_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// testResize: the screen follows the terminal through all sizes while saves and
// events go on, and is what it was when the size is.
func testResize(t *testing.T, bin string) {
	d := sitDown(t, bin, 160, 50, "aquarium", "door")
	d.open("samples")
	d.choose("OnOpen")
	step := 100
	for range 2 {
		for _, size := range [][2]int{{160, 50}, {120, 40}, {80, 24}, {60, 20}, {40, 10}, {20, 5}, {40, 10}, {60, 20}, {80, 24}, {120, 40}} {
			w, h := size[0], size[1]
			step++
			d.Resize(w, h)
			d.sed("samples/door/door.go", fmt.Sprintf("s/^\tcount[ +].*/\tcount = %d/", step)) // also what the step before wrote
			d.Press(".", "space")
			if w < 40 {
				d.Until("what is needed", func(screen string) bool { return strings.Contains(screen, "needs 40x10") })
				continue
			}
			d.Until(fmt.Sprintf("a frame of %dx%d", w, h), func(screen string) bool {
				rows := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
				return len(rows) == h && strings.HasPrefix(rows[0], " hotloop ") && strings.HasSuffix(rows[h-1], "q quit") &&
					len([]rune(rows[h-1])) == w-1 && strings.HasPrefix(rows[h-2], " fire ▸")
			})
			if w >= 80 {
				d.Until("the diff", func(screen string) bool { return strings.Contains(screen, fmt.Sprintf("+     count = %d", step)) })
			}
		}
	}
	d.Press("space")
	d.Expect(fmt.Sprintf(`→ "front opened (%d)"`, step))
	d.neverSeen("panic", "goroutine ")
	d.quit()
}

// testQuit: every way out leaves the terminal as it was, and no process.
func testQuit(t *testing.T, bin string) {
	d := sitDown(t, bin, 100, 30, "door", "life")
	d.Run("stty -g >before")
	for _, c := range []struct {
		name string
		out  func()
	}{
		{"q", func() { d.Press("q") }},
		{"ctrl+c", func() { d.Press("ctrl+c") }},
		{"ctrl+c in the fire line", func() { d.Press("f"); d.Expect("ctrl+c quit"); d.Press("ctrl+c") }},
		{"SIGTERM", func() { d.do("kill", "-TERM", itoa(d.Process("hotloop samples").PID)) }},
		{"SIGINT", func() { d.do("kill", "-INT", itoa(d.Process("hotloop samples").PID)) }},
		{"while a call runs", func() {
			d.fire("life.Forever")
			d.Expect("1 running")
			d.Press("ctrl+c")
		}},
	} {
		t.Log(c.name)
		d.write("samples/life/forever.go", "package life\n\nfunc Forever() {\n\tfor {\n\t}\n}\n")
		d.Run("clear")
		d.ExpectGone("exit=")
		d.Run("echo before the session")
		d.Run("hotloop samples; echo exit=$?")
		d.Expect("● watching 2 scripts")
		if on := d.Format("alternate_on"); on != "1" {
			t.Errorf("%s: the alternate screen is not on", c.name)
		}
		d.Process("--script door")
		d.Process("--script life")
		processes := d.Processes()
		if len(processes) < 3 {
			t.Errorf("%s: only %v", c.name, processes)
		}
		c.out()
		d.Expect("exit=", "before the session", "ready>")
		d.ExpectNoProcesses(processes)
		for format, want := range map[string]string{
			"alternate_on": "0", "cursor_flag": "1", "insert_flag": "0", "keypad_flag": "0", "keypad_cursor_flag": "0",
			"mouse_any_flag": "0", "mouse_button_flag": "0", "mouse_standard_flag": "0", "mouse_sgr_flag": "0", "wrap_flag": "1",
		} {
			if got := d.Format(format); got != want {
				t.Errorf("%s: %s is %s", c.name, format, got)
			}
		}
		for mode, on := range modes(d.Recording()) {
			if on != (mode == "?25" || mode == "?7") {
				t.Errorf("%s: the terminal's mode %s is left %t", c.name, mode, on)
			}
		}
		d.Run("stty -g >after")
		d.Run("cmp before after && echo same settings")
		d.Expect("\nsame settings")
	}
	if left, _ := filepath.Glob(d.path(".xdg/hotloop/*")); len(left) > 0 {
		t.Errorf("left in the runtime directory: %v", left)
	}
}

// modes is how a terminal's private modes stand after all that was written.
func modes(recording string) map[string]bool {
	state := map[string]bool{}
	for _, m := range regexp.MustCompile(`\x1b\[\?([0-9;]+)([hl])`).FindAllStringSubmatch(recording, -1) {
		for mode := range strings.SplitSeq(m[1], ";") {
			state["?"+mode] = m[2] == "h"
		}
	}
	// The levels of the extended keyboard that were pushed and not taken back.
	if pushed, popped := count(recording, `\x1b\[>\d*u`), count(recording, `\x1b\[<\d*u`); pushed != popped {
		state["keyboard"] = true
	}
	if all := regexp.MustCompile(`\x1b\[>4(;\d)?m`).FindAllStringSubmatch(recording, -1); len(all) > 0 && all[len(all)-1][1] != "" {
		state["modifyOtherKeys"] = true
	}
	return state
}

// testKilled: the engines go even when the session is killed without warning.
func testKilled(t *testing.T, bin string) {
	d := sitDown(t, bin, 100, 30, "door", "life")
	d.open("samples")
	d.Process("--script door")
	d.Process("--script life")
	processes := d.Processes()
	d.do("kill", "-9", itoa(d.Process("hotloop samples").PID))
	d.ExpectNoProcesses(processes)
}

// TestModes checks the checker: what is not taken back is found.
func TestModes(t *testing.T) {
	for recording, want := range map[string]map[string]bool{
		"\x1b[?1049h\x1b[?25l..\x1b[?1002;1006h..\x1b[?1002;1006l\x1b[?25h\x1b[?1049l": {"?1049": false, "?25": true, "?1002": false, "?1006": false},
		"\x1b[?2004h\x1b[>1u":                {"?2004": true, "keyboard": true},
		"\x1b[>1u\x1b[<1u\x1b[>4;2m\x1b[>4m": {},
		"\x1b[>4;2m":                         {"modifyOtherKeys": true},
	} {
		if got := modes(recording); !maps.Equal(got, want) {
			t.Errorf("modes(%q) = %v, want %v", recording, got, want)
		}
	}
}
