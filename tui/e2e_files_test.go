package tui_test

import (
	"os"
	"strings"
	"testing"
)

// testFiles: files and directories that come and go.
func testFiles(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.open("samples")
	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (1)"`)
	d.leave()

	t.Log("a new file of a package")
	d.write("samples/door/wave.go", "package door\n\n// OnWave waves back.\nfunc OnWave() int { return count }\n")
	d.Expect("OnWave  v1  samples/door/wave.go:4", "added", "+OnWave")
	d.fire("door.OnWave")
	d.Expect("OnWave → 1")
	d.leave()

	t.Log("it is renamed: the same package, nothing to compile")
	d.rename("samples/door/wave.go", "samples/door/hello.go")
	d.Expect("text changed, code did not")

	t.Log("and deleted")
	if err := os.Remove(d.path("samples/door/hello.go")); err != nil {
		t.Fatal(err)
	}
	d.Until("the removal", func(screen string) bool {
		return count(screen, `↻ door +.*OnWave.*(removed|gone)|−OnWave|-OnWave`) > 0
	})
	d.fire("door.OnWave")
	d.Expect(`no handler "OnWave" in door`)
	d.leave()

	t.Log("a new directory is a new script")
	d.write("samples/lamp/lamp.go", "package lamp\n\nvar on bool\n\nfunc Switch() bool { on = !on; return on }\n")
	d.Expect("watching 2 scripts", "lamp", "loaded 1 function, 1 variable")
	d.fire("lamp.Switch")
	d.Expect("Switch → true")
	d.leave()

	t.Log("so is a file that is marked as one")
	d.write("samples/single.go", "//go:build ignore\n\npackage single\n\nfunc One() int { return 1 }\n")
	d.Expect("watching 3 scripts")
	d.fire("single.One")
	d.Expect("One → 1")
	d.leave()

	t.Log("gone with their files")
	if err := os.RemoveAll(d.path("samples/lamp")); err != nil {
		t.Fatal(err)
	}
	d.Expect("watching 2 scripts")
	if err := os.Remove(d.path("samples/single.go")); err != nil {
		t.Fatal(err)
	}
	d.Expect("watching 1 script ")
	d.fire(`door.OnOpen {"door":"front","people":1}`)
	d.Expect(`→ "front opened (2)"`)
	d.neverSeen("✗", "behind")
	d.quit()
}

// testCheckout: a git checkout of several files is one save.
func testCheckout(t *testing.T, bin string) {
	need(t, "git")
	d := sitDown(t, bin, 130, 40, "dungeon")
	git := func(args ...string) {
		d.do("git", append([]string{"-C", d.path("samples"), "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"}, args...)...)
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "one")
	git("checkout", "-qb", "two")
	// A function that moves, its new caller, and a body: each alone would not do.
	d.write("samples/dungeon/moved.go", "package dungeon\n\nfunc moved() string { return \"moved\" }\n")
	for _, file := range []string{"combat", "dungeon", "player", "world"} {
		name := "samples/dungeon/" + file + ".go"
		d.write(name, d.read(name)+"\nfunc in"+strings.ToUpper(file[:1])+file[1:]+"() string { return moved() }\n")
	}
	git("add", ".")
	git("commit", "-qm", "two")
	git("checkout", "-q", "main")

	d.open("samples")
	d.Expect("loaded 29 functions")
	git("checkout", "-q", "two")
	d.Expect("watching 1 script 34 functions")
	reports := func() int { return count(d.Screen(), `\d\d:\d\d:\d\d\.\d+ [↻✗·] dungeon`) }
	if n := reports(); n != 2 {
		t.Errorf("%d reports, want one of the load and one of the checkout\n%s", n, d.Screen())
	}
	git("checkout", "-q", "main")
	d.Expect("watching 1 script 29 functions")
	if n := reports(); n != 3 {
		t.Errorf("%d reports, want one more\n%s", n, d.Screen())
	}
	d.neverSeen("✗", "behind")
	d.quit()
}

// testApplyFile: with --apply file a save starts the script over, and a key
// changes that.
func testApplyFile(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.Run("hotloop --apply file samples/door; echo exit=$?")
	d.Expect("● watching", "apply file")
	d.fire(`door.OnOpen {"door":"front","people":3}`)
	d.Expect(`→ "front opened (1)"`)
	d.leave()
	d.sed("samples/door/door.go", edit)
	d.Expect("reloaded", "state started over", "-     "+oldLine, "+     "+newLine)
	d.Press(".")
	d.Expect(`→ "front opened (3)"`)
	d.Press("a")
	d.Expect("apply ask")
	d.Press("a")
	d.Expect("apply functions")
	d.sed("samples/door/door.go", "s/\tcount += e.People/\tcount += 10/")
	d.Expect("+     count += 10")
	d.Press(".")
	d.Expect(`→ "front opened (13)"`)
	d.quit()
}

// testApplyAsk: with --apply ask a save waits for a key.
func testApplyAsk(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.Run("hotloop --apply ask samples/door; echo exit=$?")
	d.Expect("● watching", "apply ask")
	d.fire(`door.OnOpen {"door":"front","people":3}`)
	d.Expect(`→ "front opened (1)"`)
	d.leave()
	d.sed("samples/door/door.go", edit)
	d.Expect("1 waiting", "-     "+oldLine, "+     "+newLine)
	d.Press(".")
	d.Expect(`→ "front opened (2)"`) // nothing is live yet
	d.Press("d")
	d.focusDetail()
	d.Press("n")
	d.ExpectGone("1 waiting")
	d.Press(".")
	d.Expect(`→ "front opened (3)"`)
	d.sed("samples/door/door.go", "s/\tcount += e.People/\tcount += 10/")
	d.Expect("1 waiting", "+     count += 10")
	d.focusDetail()
	d.Press("y")
	d.ExpectGone("1 waiting")
	d.Press(".")
	d.Expect(`→ "front opened (13)"`)
	d.quit()
}

// focusDetail takes the keyboard to the detail pane, by what its footer says.
func (d *desk) focusDetail() {
	d.t.Helper()
	for range 4 {
		if strings.Contains(d.Screen(), "→ tabs") {
			return
		}
		before := d.Screen()
		d.Press("tab")
		d.Until("another footer", func(screen string) bool { return screen != before })
	}
	d.t.Fatalf("the detail pane does not get the keyboard\n%s", d.Screen())
}

// testStartOver: a script is reloaded whole, or put into a fresh process.
func testStartOver(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.begin()
	engine := d.Process("--script door")
	d.Press("r")
	d.Expect("reloaded, state started over")
	d.Press(".")
	d.Until("a count from the start", func(screen string) bool { return count(screen, `front opened \(1\)`) == 2 })
	d.Press("R")
	d.Expect("restarted, state started over")
	d.Press(".")
	d.Until("a count from the start", func(screen string) bool { return count(screen, `front opened \(1\)`) == 3 })
	if p := d.Process("--script door"); p.PID == engine.PID {
		t.Errorf("a restart kept process %d", p.PID)
	}
	d.quit()
}
