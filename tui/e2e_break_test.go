package tui_test

import (
	"regexp"
	"strings"
	"testing"
)

// testBreakFix: a save that cannot go live leaves everything as it was and says
// where and why, until a good save takes the mark away by itself.
func testBreakFix(t *testing.T, bin string) {
	const file = "samples/door/door.go"
	d := sitDown(t, bin, 120, 40, "door", "life")
	d.open("samples")
	d.choose("OnOpen")
	d.Press("space")
	d.Expect(`→ "front opened (1)"`)
	good := d.read(file)

	t.Log("a type error")
	d.sed(file, "s/\tcount++/\tcount += e.Peopl/")
	d.Expect("1 behind", "refused: nothing changed, the old code stays live",
		"✗ samples/door/door.go:20:13", "e.Peopl undefined", "20 │ count += e.Peopl", "did you mean People?")
	d.matches(`door +behind ✗`)
	d.Until("the caret below the name", func(screen string) bool { return caretBelow(screen, "Peopl\n") })
	d.Press("space")
	d.Expect(`→ "front opened (2)"`) // the old code answers

	t.Log("another one, a syntax error")
	d.write(file, strings.Replace(good, "\t"+oldLine, "\t"+"count +", 1))
	d.Expect("1 behind", "samples/door/door.go:", "expected")
	d.Press("t")
	d.Expect("behind: the file is ahead of what is live; the old code answers", "samples/door/door.go:21:2")
	d.ExpectGone("e.Peopl undefined (type Opening has no field or method Peopl)\n   │")
	d.Press("space")
	d.Expect(`→ "front opened (3)"`)
	d.Press("d")

	t.Log("two errors in two files")
	d.write(file, strings.Replace(good, "\t"+oldLine, "\t"+"count += missing", 1))
	d.sed("samples/door/house.go", "s/errJammed$/errJamed/")
	d.Press("t")
	d.Expect("undefined: missing", "undefined: errJamed", "samples/door/house.go:")

	t.Log("mended")
	d.sed("samples/door/house.go", "s/errJamed$/errJammed/")
	d.write(file, strings.Replace(good, "\t"+oldLine, "\t"+newLine, 1))
	d.Expect("● watching 2 scripts", "No trouble")
	d.ExpectGone("1 behind", "behind ✗")
	d.Press(".")
	d.Expect(`→ "front opened (6)"`) // all the state is still there

	t.Log("broken again, and what is live put back")
	d.write(file, strings.Replace(good, "\t"+oldLine, "\t"+"count+", 1))
	d.Expect("1 behind")
	d.write(file, strings.Replace(good, "\t"+oldLine, "\t"+newLine, 1))
	d.ExpectGone("1 behind", "behind ✗")
	d.Press(".")
	d.Expect(`→ "front opened (9)"`)
	d.quit()
}

// caretBelow says that a row with only a caret follows a row with the text, and
// that the caret is below it or inside it.
func caretBelow(screen, text string) bool {
	rows := strings.Split(screen, "\n")
	text = strings.TrimSpace(text)
	for i, row := range rows[:len(rows)-1] {
		before, _, found := strings.Cut(row, text)
		if caret := strings.IndexByte(rows[i+1], '^'); found && caret >= 0 {
			from, at := len([]rune(before)), len([]rune(rows[i+1][:caret]))
			if from-2 <= at && at < from+len(text) {
				return true
			}
		}
	}
	return false
}

// fatal is a script that can end its process in many ways. It is marked as a
// script of its own.
const fatal = `//go:build ignore

// Package fatal dies when asked.
package fatal

import (
	"fmt"
	"os"
	"sync"
	"time"
)

var calls int

func Fine() int { calls++; return calls }

func Recurse(depth int) int { var f func(int) int; f = func(n int) int { return f(n+1) + 1 }; return f(depth) }

func Exit(code int) { os.Exit(code) }

func Goroutine() string {
	done := make(chan bool)
	go func() {
		defer close(done)
		panic("boom behind the scenes")
	}()
	<-done
	return "survived"
}

func Race() {
	m := map[int]int{}
	var all sync.WaitGroup
	for i := 0; i < 8; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for j := 0; j < 10_000_000; j++ {
				m[j%10] = j
			}
		}()
	}
	all.Wait()
}

func Panic() { panic(fmt.Sprint("boom after ", calls)) }

func Loop() {
	for {
		calls++
	}
}

func Sleep() { time.Sleep(time.Hour) }
`

// testCrashes: whatever a script does to its process, the screen stays, says
// what it was, and the script is live again from its files.
func testCrashes(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.write("samples/fatal.go", fatal)
	d.open("--timeout 15s samples")
	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (1)"`)
	before := "opened"
	for _, c := range []struct{ event, says string }{
		{"fatal.Exit 3", "crashed: os.Exit(3)"},
		{"fatal.Race", "crashed: concurrent map writes"},
	} {
		d.fire("fatal.Fine")
		d.follows(before, "Fine → 1") // of a fresh process
		d.fire(c.event)
		before = c.says
		// The call and the script tell of it in any order; the first one says
		// why and where, the script also what could be done.
		d.matches(regexp.QuoteMeta(c.says) + `  (E fires .+  )?(samples/)?fatal\.go:\d+`)
		d.follows(before, "live again from its files, state started over")
		d.ExpectGone("1 down", "crashed ✖")
	}

	// Runaway recursion is contained, or ends the process like the others when
	// the stack is full before the depth is noticed.
	d.fire("fatal.Fine")
	d.follows(before, "Fine → 1")
	d.fire("fatal.Recurse 1")
	d.matches("(panic|crashed): stack overflow")
	d.fire("fatal.Fine")
	d.follows("stack overflow", "Fine → ")
	before = "stack overflow"

	t.Log("killed from outside")
	engine := d.Process("--script fatal")
	d.do("kill", "-9", itoa(engine.PID))
	before = "crashed: killed by signal SIGKILL"
	d.follows(before, "live again from its files, state started over")
	if next := d.Process("--script fatal"); next.PID == engine.PID {
		t.Errorf("still process %d", next.PID)
	}

	t.Log("what is no crash")
	d.fire("fatal.Fine")
	d.follows(before, "Fine → 1")
	d.fire("fatal.Panic")
	d.Expect("panic: boom after 1", "fatal.go:46")
	d.fire("fatal.Goroutine")
	d.Expect("boom behind the scenes", `"survived"`)
	d.fire("fatal.Fine")
	d.Expect("Fine → 2")

	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (2)"`) // the others never noticed
	d.quit()
}

// testDeadline: a call that does not end is stopped, and the script goes on.
func testDeadline(t *testing.T, bin string) {
	d := sitDown(t, bin, 150, 40)
	d.write("samples/fatal.go", fatal)
	d.open("--timeout 500ms samples")
	d.fire("fatal.Loop")
	d.Expect("timeout: Loop ran longer than 500ms and was stopped")
	d.fire("fatal.Sleep")
	d.Expect("timeout: Sleep ran longer than 500ms and was stopped")
	d.leave()
	d.sed("samples/fatal.go", "s/calls++; return calls/calls = 7; return calls/")
	d.Expect("Fine  v1 → v2")
	d.fire("fatal.Fine")
	d.Expect("Fine → 7")
	d.quit()
}

// testStop: a key stops what runs.
func testStop(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.write("samples/fatal.go", fatal)
	d.open("--timeout 0 samples")
	d.fire("fatal.Loop")
	d.Expect("1 running")
	d.fire(`door.OnOpen {"door":"front","people":1}`) // others are not held up
	d.Expect(`→ "front opened (1)"`)
	d.leave()
	d.Press("S")
	d.Expect("stopped")
	d.ExpectGone("1 running")
	d.fire("fatal.Fine")
	d.matches(`fatal +Fine → \d+`)
	d.quit()
}
