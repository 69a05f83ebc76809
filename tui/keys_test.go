package tui

import (
	"flag"
	"os"
	"strings"
	"testing"
)

// TestBindings checks the key table itself: every action has a key and a
// sentence, and no key means two things in one place.
func TestBindings(t *testing.T) {
	bound := map[action]bool{}
	for _, b := range bindings {
		bound[b.act] = true
		if b.help == "" || b.show == "" {
			t.Errorf("action %d on %v has no help", b.act, b.keys)
		}
		for _, shown := range strings.Fields(b.show) {
			name := strings.NewReplacer("↑", "up", "↓", "down", "→", "right", "←", "left", "pgdn", "pgdown").Replace(shown)
			ok := false
			for _, k := range b.keys {
				ok = ok || k == name
			}
			if !ok {
				t.Errorf("the help shows %q for keys %v", shown, b.keys)
			}
		}
		for _, k := range b.keys {
			if defaultKeys.byScope[b.scope][k].help != b.help {
				t.Errorf("%q means two things in %s", k, scopeTitles[b.scope])
			}
			if k == " " {
				t.Error("the space bar is called space")
			}
		}
	}
	for act := actNone + 1; act < actCount; act++ {
		if !bound[act] {
			t.Errorf("action %d has no key", act)
		}
	}
}

// TestHelpShowsAll says that every binding is in the help and that its row
// fits a column.
func TestHelpShowsAll(t *testing.T) {
	s := openScreen(t, freshFake(), 160, 80, Options{})
	s.keys("?")
	frame := s.text()
	for _, b := range bindings {
		if !strings.Contains(frame, b.help) {
			t.Errorf("the help lacks %q", b.help)
		}
	}
}

// TestReadme compares the key table in the README, if it has one, with the live
// table; with -update it puts the live table there.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("../README.md")
	if os.IsNotExist(err) {
		t.Skip("there is no README yet")
	}
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "<!-- keys -->", "<!-- /keys -->"
	_, rest, ok := strings.Cut(string(data), from)
	if !ok {
		t.Skip("the README has no key table")
	}
	got, _, ok := strings.Cut(rest, to)
	if !ok {
		t.Fatalf("the README has %s without %s", from, to)
	}
	if strings.TrimSpace(got) == strings.TrimSpace(KeyTable()) {
		return
	}
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		fresh := strings.Replace(string(data), from+got+to, from+"\n"+KeyTable()+to, 1)
		if err := os.WriteFile("../README.md", []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the README's key table is not the program's; run: go test ./tui -run TestReadme -update")
}
