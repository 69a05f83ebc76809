package session

import (
	"errors"
	"strings"
	"testing"

	"hotloop/interp"
)

const gate = `
-- gate/gate.go --
package gate

import "strings"

// OnOpen opens.
func OnOpen() string { return strings.ToUpper("one") }

var (
	count = 1 // of all
	limit = 9
)

type Lock struct{}

// Try tries.
func (l *Lock) Try() bool { return true }
`

// change1 replaces a text in an archive and insists that it was there.
func change1(t *testing.T, archive, old, text string) string {
	t.Helper()
	if !strings.Contains(archive, old) {
		t.Fatalf("no %q in the archive", old)
	}
	return strings.Replace(archive, old, text, 1)
}

func TestVersions(t *testing.T) {
	st := sit(t, gate)
	st.loads()
	v2 := change1(t, gate, `"one"`, `"two"`)
	v2 = change1(t, v2, "// OnOpen opens.", "// OnOpen opens\n// wide.")
	st.save(v2)
	st.next()
	st.save(change1(t, v2, `"two"`, `"three"`))
	st.next()
	if _, err := st.Restart(t.Context(), "gate"); err != nil {
		t.Fatal(err)
	}
	got, err := st.Versions("gate", "OnOpen")
	if err != nil || len(got) != 3 {
		t.Fatalf("versions: %+v, %v", got, err)
	}
	for i, want := range []string{
		"// OnOpen opens.\nfunc OnOpen() string { return strings.ToUpper(\"one\") }",
		"// OnOpen opens\n// wide.\nfunc OnOpen() string { return strings.ToUpper(\"two\") }",
		"// OnOpen opens\n// wide.\nfunc OnOpen() string { return strings.ToUpper(\"three\") }",
	} {
		v := got[i]
		if v.Text != want || v.Version != i+1 || v.Line != 5 || v.File != "gate/gate.go" || v.Live != (i == 2) || v.Time.IsZero() {
			t.Errorf("version %d: %+v", i+1, v)
		}
	}
	if v, err := st.Source("gate", "func OnOpen", 2); err != nil || v.Version != 2 || v.Live {
		t.Errorf("source of version 2: %+v, %v", v, err)
	}
	if v, err := st.Source("gate", "Lock.Try", 0); err != nil || v.Text != "// Try tries.\nfunc (l *Lock) Try() bool { return true }" {
		t.Errorf("a method: %+v, %v", v, err)
	}
	if v, err := st.Source("gate", "var count", 0); err != nil || v.Text != "count = 1 // of all" {
		t.Errorf("a line of a group: %+v, %v", v, err)
	}
	for unit, want := range map[string]string{
		"OnOpne":      `no unit "OnOpne" in gate; did you mean func OnOpen?`,
		"func OnOpne": `no unit "func OnOpne" in gate; did you mean func OnOpen?`,
	} {
		if _, err := st.Source("gate", unit, 0); !errors.Is(err, ErrNotFound) || err.Error() != want {
			t.Errorf("%s: %v", unit, err)
		}
	}
	if _, err := st.Source("gate", "OnOpen", 7); err == nil || err.Error() != `no version "7" in OnOpen of gate; did you mean 1, 2 or 3?` {
		t.Errorf("version 7: %v", err)
	}
}

func TestRollbackOfAUnit(t *testing.T) {
	st := sit(t, gate)
	st.loads()
	// The new version needs no import any more, and one more variable.
	v2 := change1(t, gate, `strings.ToUpper("one")`, `"two"`)
	v2 = change1(t, v2, "import \"strings\"\n\n", "")
	v2 = change1(t, v2, "limit = 9", "limit = 9\n\tmore = 3")
	st.save(v2)
	st.next()
	if got := st.fire("OnOpen"); got != `gate: "two"` {
		t.Errorf("before: %s", got)
	}
	rep, err := st.Rollback(t.Context(), "gate", "OnOpen", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	st.seen = rep.ID
	st.expect(rep, "gate rollback live | added import strings 0→1 | changed func OnOpen 2→3")
	if got := st.fire("OnOpen"); got != `gate: "one"` {
		t.Errorf("after: %s", got)
	}
	sc := st.get("gate")
	if !sc.Differs || sc.State != interp.StateLive {
		t.Errorf("script: differs %v, state %s", sc.Differs, sc.State)
	}
	// And forward again, by number.
	if rep, err = st.Rollback(t.Context(), "gate", "OnOpen", 2, 0); err != nil {
		t.Fatal(err)
	}
	st.seen = rep.ID
	st.expect(rep, "gate rollback live | changed func OnOpen 3→4 | removed import strings 1→0")
	if got := st.fire("OnOpen"); got != `gate: "two"` {
		t.Errorf("forward: %s", got)
	}
	// A save ends the difference.
	st.save(change1(t, v2, "limit = 9", "limit = 8"))
	st.next()
	if sc := st.get("gate"); sc.Differs {
		t.Error("still differs after a save")
	}
	if _, err := st.Rollback(t.Context(), "gate", "Lock.Try", 0, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("rollback of what never changed: %v", err)
	}
	if _, err := st.Rollback(t.Context(), "gate", "OnOpen", 4, 0); err == nil || !strings.Contains(err.Error(), "live already") {
		t.Errorf("rollback to what is live: %v", err)
	}
}

// Rolled back and then saved again as it is in memory: nothing to do, and no
// difference any more.
func TestSaveOfWhatWasRolledBackTo(t *testing.T) {
	st := sit(t, gate)
	st.loads()
	st.save(change1(t, gate, `"one"`, `"two"`))
	st.next()
	if _, err := st.Rollback(t.Context(), "gate", "", 0, 2); err != nil {
		t.Fatal(err)
	}
	st.expect(st.next(), "gate rollback live | changed func OnOpen 2→3")
	st.save(gate)
	st.expect(st.next(), "gate watch unchanged")
	if sc := st.get("gate"); sc.Differs {
		t.Error("still differs")
	}
}

func TestRollbackOfAReport(t *testing.T) {
	st := sit(t, gate)
	st.loads()
	v2 := change1(t, gate, `"one"`, `"two"`)
	v2 = change1(t, v2, "// Try tries.\nfunc (l *Lock) Try() bool { return true }\n", "func New() *Lock { return nil }\n")
	v2 = change1(t, v2, "limit = 9", "limit = 10")
	st.save(v2)
	st.next() // report 2
	st.save(change1(t, v2, "count = 1 ", "count = 7 "))
	st.next() // report 3
	rep, err := st.Rollback(t.Context(), "gate", "", 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	st.seen = rep.ID
	st.expect(rep, "gate rollback live | changed func OnOpen 2→3 | changed var limit 2→3 | added method (Lock).Try 0→1 | removed func New 1→0 | initialised limit →")
	if v, err := st.Source("gate", "Lock.Try", 0); err != nil || v.Text != "// Try tries.\nfunc (l *Lock) Try() bool { return true }" {
		t.Errorf("what came back: %+v, %v", v, err)
	}
	if v, _ := st.Source("gate", "count", 0); !strings.HasPrefix(v.Text, "count = 7") {
		t.Errorf("what came after is gone: %+v", v)
	}
	// Undoing the undo brings back exactly what was.
	if rep, err = st.Rollback(t.Context(), "gate", "", 0, rep.ID); err != nil {
		t.Fatal(err)
	}
	st.seen = rep.ID
	if sc := st.get("gate"); sc.Differs {
		t.Error("differs although memory is what the file says")
	}
	if _, err := st.Rollback(t.Context(), "gate", "", 0, 1); err == nil || !strings.Contains(err.Error(), "nothing to undo") {
		t.Errorf("undo of the load: %v", err)
	}
	if _, err := st.Rollback(t.Context(), "gate", "", 0, 99); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "did you mean 3, 4 or 5?") {
		t.Errorf("undo of no report: %v", err)
	}
	if _, err := st.Rollback(t.Context(), "gate", "", 0, 0); err == nil {
		t.Error("rollback of nothing")
	}
}

// A rollback that does not fit leaves everything as it is.
func TestRefusedRollback(t *testing.T) {
	st := sit(t, change1(t, gate, "// OnOpen opens.", "//fake:refuse OnOpen is too old"))
	if sc := st.get("gate"); sc.State != interp.StateBehind {
		t.Fatalf("state %s", sc.State)
	}
	st.next()
	if _, err := st.Rollback(t.Context(), "gate", "OnOpen", 0, 0); !errors.Is(err, ErrNotLoaded) {
		t.Errorf("rollback of what is not loaded: %v", err)
	}
	st.save(gate)
	st.next()
	st.save(change1(t, gate, `"one"`, `"two"`))
	st.next()
	st.world.refuse("undefined: old")
	rep, err := st.Rollback(t.Context(), "gate", "OnOpen", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	st.seen = rep.ID
	st.expect(rep, "gate rollback refused | :0: undefined: old")
	if sc := st.get("gate"); sc.State != interp.StateLive || sc.Differs || len(sc.Diagnostics) != 0 {
		t.Errorf("script: %+v", sc)
	}
	if got := st.fire("OnOpen"); got != `gate: "two"` {
		t.Errorf("after: %s", got)
	}
}

func TestRollbackThatNeedsAReload(t *testing.T) {
	st := sit(t, gate+"\n//fake:reload because\n")
	st.loads()
	st.save(change1(t, gate, `"one"`, `"two"`) + "\n//fake:reload because\n")
	st.next()
	rep, err := st.Rollback(t.Context(), "gate", "OnOpen", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	st.expect(rep, "gate rollback reloaded | changed func OnOpen 2→3 | reset count 1→1 | reset limit 9→9 | because")
	if sc := st.get("gate"); !sc.Differs || sc.State != interp.StateLive {
		t.Errorf("script: differs %v, %s", sc.Differs, sc.State)
	}
}

func TestSplice(t *testing.T) {
	const file = "package p\n\nimport \"fmt\"\n\nvar (\n\ta = 1\n\tb = 2\n)\n\nvar c = 3\n\nvar d, e = 4, 5\n\n// F prints.\nfunc F() { fmt.Println() }\n\nfunc G() {}\n"
	u := func(key string) interp.Unit {
		kind, recv, name := splitKey(key)
		return interp.Unit{Key: key, Kind: kind, Name: name, Receiver: recv, File: "p.go"}
	}
	for _, c := range []struct {
		name    string
		edit    edit
		old     string
		text    string
		wantErr string
	}{
		{"function", edit{unit: u("func G"), text: "func G() { _ = 1 }"}, "func G() {}", "func G() { _ = 1 }", ""},
		{"function removed", edit{unit: u("func G")}, "\nfunc G() {}\n", "\n", ""},
		{"in the middle removed", edit{unit: u("var c")}, "var c = 3\n\n", "", ""},
		{"line of a group", edit{unit: u("var a"), text: "a = 7"}, "a = 1", "a = 7", ""},
		{"declaration into a group", edit{unit: u("var a"), text: "// A.\nvar a = 7"}, "a = 1", "// A.\na = 7", ""},
		{"line of a group alone", edit{unit: u("var c"), text: "// C.\nc = 7"}, "var c = 3", "// C.\nvar c = 7", ""},
		{"line of a group removed", edit{unit: u("var a")}, "\ta = 1\n", "", ""},
		{"shared", edit{unit: u("var d"), text: "d = 1"}, "", "", "var d: it is declared together with other names; edit the file instead"},
		{"put back", edit{unit: u("func H"), text: "func H() {}"}, "func G() {}\n", "func G() {}\n\nfunc H() {}\n", ""},
		{"put back from a group", edit{unit: u("var z"), text: "z = 1"}, "func G() {}\n", "func G() {}\n\nvar z = 1\n", ""},
		{"import not needed any more", edit{unit: u("func F"), text: "func F() {}"}, "import \"fmt\"\n\nvar (\n\ta = 1\n\tb = 2\n)\n\nvar c = 3\n\nvar d, e = 4, 5\n\n// F prints.\nfunc F() { fmt.Println() }", "\n\nvar (\n\ta = 1\n\tb = 2\n)\n\nvar c = 3\n\nvar d, e = 4, 5\n\nfunc F() {}", ""},
		{"import needed again", edit{unit: u("func G"), text: "func G() { strings.Clone(\"\"); fmt.Print() }", imports: []importSpec{{path: "strings"}, {path: "fmt"}, {path: "os"}}}, "package p\n\nimport \"fmt\"\n\nvar (\n\ta = 1\n\tb = 2\n)\n\nvar c = 3\n\nvar d, e = 4, 5\n\n// F prints.\nfunc F() { fmt.Println() }\n\nfunc G() {}", "package p; import \"strings\"\n\nimport \"fmt\"\n\nvar (\n\ta = 1\n\tb = 2\n)\n\nvar c = 3\n\nvar d, e = 4, 5\n\n// F prints.\nfunc F() { fmt.Println() }\n\nfunc G() { strings.Clone(\"\"); fmt.Print() }", ""},
	} {
		src := interp.Source{Files: []interp.File{{Name: "p.go", Text: file}}}
		out, err := splice(src, []edit{c.edit})
		if c.wantErr != "" {
			if err == nil || err.Error() != c.wantErr {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if want := change1(t, file, c.old, c.text); out.Files[0].Text != want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, out.Files[0].Text, want)
		}
		if src.Files[0].Text != file {
			t.Errorf("%s: the source itself was changed", c.name)
		}
	}
}

func TestUnitDiff(t *testing.T) {
	for _, c := range []struct {
		name string
		u    interp.UnitChange
		want string
	}{
		{"changed", interp.UnitChange{File: "a.go", OldLine: 10, Line: 20, OldText: "a\nb\nc\nd\ne\nf", NewText: "a\nb\nc\nd\nE\nf"},
			"--- a.go\n+++ a.go\n@@ -11,5 +21,5 @@\n b\n c\n d\n-e\n+E\n f\n"},
		{"added", interp.UnitChange{File: "a.go", Line: 20, NewText: "a\nb"}, "--- a.go\n+++ a.go\n@@ -19,0 +20,2 @@\n+a\n+b\n"},
		{"removed", interp.UnitChange{File: "a.go", Line: 20, OldLine: 20, OldText: "a"}, "--- a.go\n+++ a.go\n@@ -20 +19,0 @@\n-a\n"},
		{"the same", interp.UnitChange{File: "a.go", Line: 20, OldLine: 2, OldText: "a", NewText: "a\n"}, ""},
	} {
		if got := unitDiff(&c.u); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}
