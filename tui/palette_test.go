package tui

import (
	"strings"
	"testing"
)

func TestPalette(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("ctrl+p")
	s.want("Commands")
	s.typed("restart")
	s.keys("enter")
	s.asked("restart door")
	s.wantNot("Commands")

	// Saved events are fired, units gone to.
	s.keys("P")
	s.typed("fire back door")
	s.keys("enter")
	s.asked(`fire door OnOpen {"door":"back","people":1} from screen`)
	s.keys("P")
	s.typed("goto thermostat.Report")
	s.keys("enter")
	if id := s.a.scripts.unitID(); id.script != "thermostat" || id.key != "func Report" {
		t.Errorf("the cursor went to %v", id)
	}
	if s.a.detail.tab != tabSource {
		t.Errorf("tab %v is shown", s.a.detail.tab)
	}

	// From the fire line too, and back with nothing lost.
	s.keys("f")
	s.typed("door.OnO")
	s.keys("esc", "f2")
	s.want("Commands")
	s.keys("esc")
	s.typed("pen")
	if got := s.a.fire.String(); got != "door.OnOpen" {
		t.Errorf("the fire line has %q", got)
	}
	s.a.focus(paneScripts)

	// What is typed is text, whatever it means elsewhere; esc leaves all as it was.
	s.keys("P")
	s.typed("qSR.")
	s.want("Nothing is called like that")
	s.keys("enter", "esc")
	s.asked()
	s.keys("P")
	s.typed("all keys")
	s.keys("down", "up", "esc")
	s.want("Scripts")
	s.keys("P")
	s.typed("all keys")
	s.click("all keys", "?")
	s.want("─ Help ─")
}

func TestKeyFile(t *testing.T) {
	keys, err := LoadKeys("keys", strings.NewReader(`
# mine
fire     F   # as in my editor
zoom
log.open o ctrl+o
list.up  k
everywhere.quit Q
`))
	if err != nil {
		t.Fatal(err)
	}
	s := openScreen(t, freshFake(), 120, 40, Options{Keys: keys})
	s.keys("f")
	if s.a.focused == paneFire {
		t.Error("f still types an event")
	}
	s.keys("z")
	if s.a.zoom {
		t.Error("z still zooms")
	}
	s.keys("F")
	if s.a.focused != paneFire {
		t.Error("F does not type an event")
	}
	s.keys("esc")
	s.want("F fire", "Q quit")
	s.keys("?")
	s.want("F", "type an event")
	s.keys("esc", "P")
	s.typed("whole screen")
	s.keys("enter")
	if !s.a.zoom {
		t.Error("an action without a key is not in the palette")
	}

	for text, want := range map[string]string{
		"frie f":                      `keys:1: no action is called "frie"; there are fire`,
		"\nfire f\nfire g":            "keys:3: fire has its keys from line 2 already",
		"everywhere.undo x\nreload x": "keys:2: x is the key of",
		"log.quit x":                  `no action is called "log.quit"`,
	} {
		if _, err := LoadKeys("keys", strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	// A key that is given away is gone where it was.
	keys, err = LoadKeys("keys", strings.NewReader("undo r"))
	if err != nil {
		t.Fatal(err)
	}
	if got := keys.m.global("r"); got != actUndo {
		t.Errorf("r is %v", got)
	}
	for _, b := range keys.m.bindings {
		if b.act == actReload && len(b.keys) > 0 {
			t.Errorf("reload still has %v", b.keys)
		}
	}
}
