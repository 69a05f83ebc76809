package tui_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"hotloop/tui/terminal"
)

// The one edit that most tests make: OnOpen counts the people, not the openings.
// The tab is there since a comment of the file speaks of the same edit.
const (
	oldLine = "count++"
	newLine = "count += e.People"
	edit    = "s/\tcount++/\tcount += e.People/"
)

// begin opens the session on door and fires once.
func (d *desk) begin() {
	d.t.Helper()
	d.open("samples/door")
	d.fire(`door.OnOpen {"door":"front","people":3}`)
	d.Expect(`→ "front opened (1)"`)
	d.leave()
}

// went says that the edit is live: its diff, its versions, and the next event
// with the state kept.
func (d *desk) went(v string, next string) {
	d.t.Helper()
	d.Expect("OnOpen  "+v, "-     "+oldLine, "+     "+newLine, "kept 7 variables", "live in ")
	d.Press(".")
	d.Expect(`→ "front opened (` + next + `)"`)
}

// testEdit: a save by sed -i shows its diff, and undoing it shows it too.
func testEdit(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 40, "door")
	d.begin()
	d.sed("samples/door/door.go", edit)
	d.went("v1 → v2", "4")
	d.Expect("was \"front opened (1)\"")
	d.filter("OnOpen")
	d.matches(`ƒ OnOpen +↻ +v2 +2 `)

	d.Press("u") // memory goes back, the file does not
	d.follows("v2 → v3", "-     "+newLine, "+     "+oldLine)
	d.Press(".")
	d.Expect(`→ "front opened (5)"`)
	d.sed("samples/door/door.go", "s/%s opened/%s is open/") // a save makes both one again
	d.Expect("v3 → v4")
	d.Press(".")
	d.Expect(`→ "front is open (8)"`)

	d.sed("samples/door/door.go", "s/^import/\\/\\/ A comment.\\\n\\\nimport/")
	d.Expect("text changed, code did not")
	d.neverSeen("✗", "behind")
	d.quit()
}

// testVim: vim once as a filter, once with a person at its keys.
func testVim(t *testing.T, bin string) {
	need(t, "vim")
	d := sitDown(t, bin, 120, 40, "door")
	d.begin()
	d.do("vim", "-Nu", "NONE", "-n", "-es", "-c", "%"+edit, "-c", "wq", d.path("samples/door/door.go"))
	d.went("v1 → v2", "4")

	vim := terminal.Open(t, terminal.Options{Width: 80, Height: 24})
	vim.Run("cd " + d.Home() + "/samples/door && vim -Nu NONE door.go; echo left vim") // with its swap file
	vim.Expect("Package door watches")
	vim.Type("/^.count +=")
	vim.Press("enter")
	vim.Type("f+r-")
	vim.Expect("count -= e.People")
	vim.Type(":w")
	vim.Press("enter")
	vim.Expect("written")
	d.Expect("v2 → v3", "-     count += e.People", "+     count -= e.People")
	d.Press(".")
	d.Expect(`→ "front opened (1)"`)
	vim.Type("u:wq")
	vim.Press("enter")
	vim.Expect("left vim")
	d.Expect("v3 → v4")
	d.Press(".")
	d.Until("the event after the undo", func(screen string) bool { return count(screen, `front opened \(4\)"`) >= 2 })
	if edits := count(d.Screen(), `↻ door +OnOpen v\d→v\d`); edits != 3 {
		t.Errorf("the log shows %d edits, want 3\n%s", edits, d.Screen())
	}
	d.neverSeen("✗", "behind", "loaded 0")
	d.quit()
}

// testEditors: the ways in which editors put a file in place.
func testEditors(t *testing.T, bin string) {
	for _, c := range []struct {
		name string
		save func(d *desk, file, text string)
	}{
		{"in place", func(d *desk, file, text string) { d.write(file, text) }},
		{"new file takes the name", func(d *desk, file, text string) {
			d.write(file+".tmp", text)
			d.rename(file+".tmp", file)
		}},
		{"old file becomes the backup", func(d *desk, file, text string) {
			d.rename(file, file+"~")
			d.write(file, text)
		}},
		{"deleted and written anew", func(d *desk, file, text string) {
			if err := os.Remove(d.path(file)); err != nil {
				d.t.Fatal(err)
			}
			d.write(file, text)
		}},
		{"a lock beside it", func(d *desk, file, text string) {
			lock := d.path("samples/door/.#door.go")
			if err := os.Symlink("me@here.1:2", lock); err != nil {
				d.t.Fatal(err)
			}
			d.write("samples/door/#door.go#", text)
			d.write(file, text)
			os.Remove(d.path("samples/door/#door.go#"))
			os.Remove(lock)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			const file = "samples/door/door.go"
			d := sitDown(t, bin, 120, 30, "door")
			d.begin()
			c.save(d, file, d.changed(file, "\t"+oldLine, "\t"+newLine))
			d.went("v1 → v2", "4")
			d.neverSeen("✗", "behind")
			d.quit()
		})
	}
}

func (d *desk) rename(from, to string) {
	d.t.Helper()
	if err := os.Rename(d.path(from), d.path(to)); err != nil {
		d.t.Fatal(err)
	}
}

// testHalfWritten: a file that is written piece by piece, with time between the
// pieces, goes live once, as a whole. The cuts are in the middle of things and
// also between declarations, where what is there is a valid file by itself.
func testHalfWritten(t *testing.T, bin string) {
	const file = "samples/door/door.go"
	d := sitDown(t, bin, 120, 40, "door")
	d.begin()
	for i, open := range []bool{true, false} {
		old, new, v := oldLine, newLine, "v1 → v2"
		if i == 1 {
			old, new, v = newLine, newLine+" + 1", "v2 → v3"
		}
		inPieces(t, d.path(file), d.changed(file, "\t"+old, "\t"+new), open)
		d.Expect(v, "+     "+new)
		d.Press(".")
		d.Expect(`→ "front opened (` + []string{"4", "8"}[i] + `)"`)
	}
	if edits := count(d.Screen(), `↻ door +OnOpen v\d→v\d`); edits != 2 {
		t.Errorf("the log shows %d edits, want 2\n%s", edits, d.Screen())
	}
	if count(d.Screen(), `removed|\d reload`) > 0 {
		t.Errorf("something was taken for removed\n%s", d.Screen())
	}
	d.neverSeen("✗", "behind")
	d.quit()
}

// inPieces empties a file and writes text in pieces, keeping it open or opening
// it anew for each. The pauses are what a slow program or network does; nothing
// here waits for the session.
func inPieces(t *testing.T, file, text string, open bool) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range pieces(text) {
		if !open {
			f.Close()
			if f, err = os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.WriteString(piece); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Millisecond)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// pieces cuts text after each declaration and in the middle of each.
func pieces(text string) []string {
	var cut []string
	for part := range strings.SplitAfterSeq(text, "\n}\n") {
		cut = append(cut, part[:len(part)/2], part[len(part)/2:])
	}
	return cut
}
