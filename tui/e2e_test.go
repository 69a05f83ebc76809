package tui_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"hotloop/tui/terminal"
)

// TestEndToEnd builds the program and uses it as a person would: in a terminal,
// with keys, with editors beside it.
func TestEndToEnd(t *testing.T) {
	terminal.Require(t)
	bin := buildProgram(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, string)
	}{
		{"start", testStart},
		{"fire", testFire},
		{"outside", testOutside},
		{"mouse", testMouse},
		{"help", testHelp},
		{"filter and eval", testFilterEval},
		{"edit", testEdit},
		{"vim", testVim},
		{"editors", testEditors},
		{"half written", testHalfWritten},
		{"break and fix", testBreakFix},
		{"files", testFiles},
		{"checkout", testCheckout},
		{"crashes", testCrashes},
		{"deadline", testDeadline},
		{"stop", testStop},
		{"resize", testResize},
		{"quit", testQuit},
		{"killed", testKilled},
		{"plain", testPlain},
		{"http", testHTTP},
		{"http plain", testHTTPPlain},
		{"attach", testAttach},
		{"own terminal", testOwnTerminal},
		{"tick", testTick},
		{"form", testForm},
		{"many", testMany},
		{"state tree", testStateTree},
		{"log work", testLogWork},
		{"pins", testPins},
		{"old-code", testOldCode},
		{"palette and keys", testPaletteAndKeys},
		{"diff work", testDiffWork},
		{"wrong usage", testWrongUsage},
		{"apply file", testApplyFile},
		{"apply ask", testApplyAsk},
		{"start over", testStartOver},
		{"picture", testPicture},
		{"picture-pins", testPinStory},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, bin)
		})
	}
}

// buildProgram gives the directory with the program in it.
func buildProgram(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	bin := filepath.Join(dir, "hotloop")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "hotloop").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	return dir
}

// desk is a person's place: a terminal, and the scripts in its home directory.
type desk struct {
	*terminal.Terminal
	t *testing.T
}

// sitDown opens a terminal with copies of some samples below samples/ in it.
func sitDown(t *testing.T, bin string, width, height int, samples ...string) *desk {
	t.Helper()
	return sitDownAt(t, terminal.Options{Width: width, Height: height, Path: []string{bin}}, samples...)
}

func sitDownAt(t *testing.T, o terminal.Options, samples ...string) *desk {
	t.Helper()
	d := &desk{terminal.Open(t, o), t}
	for _, name := range samples {
		if err := os.CopyFS(d.path("samples/"+name), os.DirFS("../samples/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// open opens the session and waits until everything is loaded.
func (d *desk) open(args string) {
	d.t.Helper()
	d.Run("hotloop " + args + "; echo exit=$?")
	d.Expect("● watching", "apply ", "q quit")
}

func (d *desk) path(name string) string { return filepath.Join(d.Home(), filepath.FromSlash(name)) }

func (d *desk) read(name string) string {
	d.t.Helper()
	text, err := os.ReadFile(d.path(name))
	if err != nil {
		d.t.Fatal(err)
	}
	return string(text)
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(d.path(name)), 0o777); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.path(name), []byte(text), 0o666); err != nil {
		d.t.Fatal(err)
	}
}

// changed is the text of a file with one thing replaced that must be there.
func (d *desk) changed(name, old, new string) string {
	d.t.Helper()
	text := d.read(name)
	if !strings.Contains(text, old) {
		d.t.Fatalf("%s does not contain %q", name, old)
	}
	return strings.Replace(text, old, new, 1)
}

// do runs a program beside the terminal, in its home directory.
func (d *desk) do(program string, args ...string) {
	d.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = d.Home()
	cmd.Env = append(os.Environ(), "HOME="+d.Home(), "LC_ALL=C.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %v: %s", cmd, err, out)
	}
}

// sed edits a file as sed -i does: by a new file that takes the old one's name.
func (d *desk) sed(name, command string) {
	d.t.Helper()
	before := d.read(name)
	d.do("sed", "-i.orig", command, d.path(name))
	if d.read(name) == before {
		d.t.Fatalf("sed %q changed nothing in %s", command, name)
	}
}

// fire types an event and sends it.
func (d *desk) fire(event string) {
	d.t.Helper()
	d.focusFire()
	d.Press("ctrl+u")
	d.Type(event)
	d.Expect("fire ▸ " + event)
	d.Press("enter")
}

// focusFire takes the keyboard to the fire line; esc takes it back.
func (d *desk) focusFire() {
	d.t.Helper()
	if !strings.Contains(d.Screen(), "ctrl+c quit") { // else f is a letter
		d.Press("f")
		d.Expect("ctrl+c quit")
	}
}

// leave goes back from wherever one types.
func (d *desk) leave() {
	d.t.Helper()
	typing := func() bool { return strings.Contains(d.Screen(), "ctrl+c quit") }
	// The first esc may close a list of completions, which is not always in
	// sight, so one that leaves nothing is pressed again. What else changes on
	// the screen meanwhile says nothing.
	for range 20 {
		if !typing() {
			return
		}
		d.Press("esc")
		for deadline := time.Now().Add(time.Second); time.Now().Before(deadline) && typing(); {
			time.Sleep(20 * time.Millisecond)
		}
	}
	d.t.Fatalf("esc does not leave the fire line:\n%s", d.Screen())
}

// filter filters the scripts pane and leaves the filter there.
func (d *desk) filter(text string) {
	d.t.Helper()
	d.leave()
	d.Press("/")
	d.Expect("enter keep", "esc drop")
	d.Press("ctrl+u")
	d.Type(text)
	d.Expect("/" + text)
	d.Press("enter")
	d.ExpectGone("enter keep")
}

// choose filters for a handler and puts the cursor on it.
func (d *desk) choose(handler string) {
	d.t.Helper()
	d.filter(handler)
	for !strings.Contains(d.Screen(), "space fire now") {
		before := d.Screen()
		d.Press("down")
		d.Until("a row below", func(screen string) bool { return screen != before })
	}
}

// matches waits until the screen matches a pattern.
func (d *desk) matches(pattern string) {
	d.t.Helper()
	d.Until(pattern, func(screen string) bool { return count(screen, pattern) > 0 })
}

// follows waits until the texts are on the screen one after the other.
func (d *desk) follows(texts ...string) {
	d.t.Helper()
	d.Until(strings.Join(texts, ", then "), func(screen string) bool { return inOrder(screen, texts...) })
}

// quit quits and waits for the prompt and the exit code.
func (d *desk) quit() {
	d.t.Helper()
	d.leave()
	d.Press("q")
	d.Expect("exit=0")
}

// neverSeen says that a text was never on the screen, not even for a moment.
// It has to be one that the screen writes in one piece.
func (d *desk) neverSeen(texts ...string) {
	d.t.Helper()
	recording := d.Recording()
	for _, text := range texts {
		if at := strings.Index(recording, text); at >= 0 {
			d.t.Errorf("%q was on the screen: ...%q...\n%s", text, recording[max(0, at-200):min(len(recording), at+200)], d.Screen())
		}
	}
}

// count is how often a pattern is on the screen.
func count(screen, pattern string) int {
	return len(regexp.MustCompile(pattern).FindAllString(screen, -1))
}

// inOrder says that the texts come one after the other.
func inOrder(screen string, texts ...string) bool {
	for _, text := range texts {
		_, after, found := strings.Cut(screen, text)
		if !found {
			return false
		}
		screen = after
	}
	return true
}

// need skips a test whose program is not there.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}
