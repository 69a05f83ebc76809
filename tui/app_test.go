package tui

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

func TestFireNow(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("space")
	s.asked(`fire door OnOpen {"door":"front","people":3} from screen`)
	s.keys(".")
	s.asked(`fire door OnOpen {"door":"front","people":3} from screen`)
	// Alarm takes nothing; OnClose takes data that nobody saved.
	s.keys("down", "down", "space")
	s.asked(`fire door Alarm  from screen`)
	s.keys("up", "space")
	s.asked()
	if s.a.focused != paneFire || s.a.fire.String() != `door.OnClose {"door":"","seconds":0}` {
		t.Errorf("focus %v, fire line %q", s.a.focused, s.a.fire.String())
	}
}

func TestFireLine(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("enter")
	if got := s.a.fire.String(); got != `door.OnOpen {"door":"front","people":3}` {
		t.Fatalf("enter on a handler put %q into the fire line", got)
	}
	s.keys("enter")
	s.asked(`fire door OnOpen {"door":"front","people":3} from screen`)

	// Bad data is not fired, stays, and says where it is bad.
	s.keys("backspace")
	s.typed(",}")
	s.keys("enter")
	s.asked()
	s.want("Fire", "column", "a \"field\" begins")
	if got := s.a.fire.String(); got != `door.OnOpen {"door":"front","people":3,}` {
		t.Errorf("the line is now %q", got)
	}
	// Leaving and asking for something else keeps the text.
	s.keys("esc", ":")
	s.want("eval ▸")
	s.keys("esc", "f")
	s.want(`fire ▸ door.OnOpen {"door":"front","people":3,}`)
	s.keys("left", "backspace", "enter")
	s.asked(`fire door OnOpen {"door":"front","people":3} from screen`)

	// An error of the session does not touch the line.
	s.f.fail = errors.New(`no script has a handler OnOpne; nearest is OnOpen`)
	s.keys("ctrl+u", "ctrl+u")
	s.a.fire.set("")
	s.typed("door.OnOpne")
	s.keys("esc", "f") // closes the list of completions, then goes on typing
	s.a.fire.popup = popup{}
	s.keys("enter")
	s.want("nearest is OnOpen")
	if got := s.a.fire.String(); got != "door.OnOpnef" && got != "door.OnOpne" {
		t.Errorf("the line is now %q", got)
	}
}

func TestCompletion(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("f")
	s.typed("back")
	s.want("door.OnOpen  back door")
	s.keys("tab")
	if got := s.a.fire.String(); got != `door.OnOpen {"door":"back","people":1}` {
		t.Errorf("a saved event by name gave %q", got)
	}
	// Enter takes the completion while what is typed is no handler.
	s.keys("ctrl+u")
	s.typed("setp")
	s.keys("enter")
	s.asked()
	if got := s.a.fire.String(); got != `thermostat.OnSetpoint {}` {
		t.Errorf("enter completed to %q", got)
	}
	// A handler without its data gets it filled in instead of being fired.
	s.keys("ctrl+u")
	s.typed("door.OnOpen")
	s.keys("esc", "enter")
	s.asked()
	if got := s.a.fire.String(); got != `door.OnOpen {"door":"front","people":3}` {
		t.Errorf("enter filled in %q", got)
	}
	// Field names, without those there are.
	s.keys("ctrl+u")
	s.typed(`door.OnOpen {"door":"side",p`)
	s.want("│▸ people")
	s.keys("tab")
	s.typed("2}")
	s.keys("enter")
	s.asked(`fire door OnOpen {"door":"side","people":2} from screen`)
}

func TestGaps(t *testing.T) {
	f := freshFake()
	f.saved = nil
	s := openScreen(t, f, 120, 40, Options{})
	s.keys("enter")
	if got := s.a.fire.String(); got != `door.OnOpen {"door":,"people":}` {
		t.Fatalf("an example is %q", got)
	}
	s.typed(`"side"`)
	s.keys("tab")
	s.want("Fire", `"people" needs a value`)
	s.keys("enter")
	s.asked()
	s.typed("4")
	s.keys("enter")
	s.asked(`fire door OnOpen {"door":"side","people":4} from screen`)
}

func TestHistory(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("f")
	for _, line := range []string{`door.OnOpen {"door":"a"}`, `door.OnOpen {"door":"b"}`, `thermostat.Tick {}`} {
		s.a.fire.set("")
		s.typed(line)
		s.keys("enter")
	}
	s.a.fire.set("")
	s.typed("rou")
	s.a.fire.popup = popup{}
	s.keys("up")
	s.want("fire ▸ thermostat.Tick {}")
	s.keys("up")
	s.want(`fire ▸ door.OnOpen {"door":"b"}`)
	s.keys("down", "down")
	s.want("fire ▸ rou")
	s.a.fire.set("")
	s.keys("ctrl+r")
	s.want("History")
	s.typed(`"a"`)
	s.keys("enter")
	s.want(`fire ▸ door.OnOpen {"door":"a"}`)
}

func TestPaste(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.send(tea.PasteMsg{Content: "door.OnOpen {\r\"door\":\"x\x1b[31m\",\r\n\"people\":1}\r"})
	if got := s.a.fire.String(); got != `door.OnOpen { "door":"x", "people":1}` {
		t.Errorf("pasting gave %q", got)
	}
	if s.a.focused != paneFire {
		t.Error("pasting did not go to the fire line")
	}
}

func TestSessionKeys(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.patch()
	s.refresh()
	s.keys("r", "R", "u", "a", "a", "S")
	s.asked("reload door file", "restart door", `rollback door "" 0 4`, "apply file", "apply ask")
	s.f.change(func() { s.f.running = 2 })
	s.refresh()
	s.want("2 running")
	s.keys("S")
	s.asked("stop door", "stop router", "stop thermostat")
	s.keys("4")
	s.a.focus(paneDetail)
	s.keys("down", "enter")
	s.asked(`rollback door "func OnOpen" 3 0`)
}

func TestAsk(t *testing.T) {
	s := openScreen(t, askingFake(), 120, 40, Options{})
	s.want("1 waiting")
	s.want("a plan, nothing is changed yet")
	s.keys("tab", "n", "y")
	s.asked("confirm door false", "confirm door true")
	// Without a plan, y copies.
	s.f.change(func() { s.f.pending = nil })
	s.f.patch()
	s.refresh()
	s.keys("y")
	s.asked()
	s.want("copied")
}

func TestEval(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys(":")
	s.typed("count")
	s.f.evalText = "7"
	s.keys("enter")
	s.asked("eval door count")
	s.want("count → 7", "int")
	s.f.evalText = ""
	s.typed("cuont")
	s.keys("enter")
	s.want("cuont → undefined: cuont")
	s.keys("up")
	s.want("eval ▸ cuont")

	s.keys("esc", "s", "tab", "=")
	s.want("count = 7")
	s.keys("backspace")
	s.typed("42")
	s.keys("enter")
	s.asked("eval door cuont", "set door count 42")
	s.want("count = 42 → 7 → 42")
}

func TestState(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("s")
	s.want("count", "int", "7")
	s.f.change(func() { s.f.vars["door"][0].Text = "10" })
	s.f.fired("door", "OnOpen", `{}`, interp.Call{})
	s.refresh()
	s.want("Δ  count", "10", "was 7")
	s.keys("tab", "enter")
	s.want("set by")
	s.want("was 7")
	// Another script is another list.
	s.a.focus(paneScripts)
	s.keys("end")
	s.want("thermostat has no package variables")
}

// TestNothingJumps says that what a person looks at stays while other things
// happen.
func TestNothingJumps(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.events()
	s.refresh()
	s.keys("2")
	s.f.patch()
	s.refresh()
	if s.a.detail.tab != tabSource {
		t.Errorf("a report brought tab %v to the front", s.a.detail.tab)
	}
	s.want("Diff•", "Source")
	s.keys("1")
	s.wantNot("Diff•")

	// The tree's cursor stays with its unit when units come before it.
	s.keys("down", "down", "down", "down")
	before := s.a.scripts.unitID()
	s.f.change(func() {
		units := append([]interp.Unit{unitOf(interp.KindFunc, "Early", "", "samples/door/door.go", 1, 1, 0)}, s.f.scripts[0].Units...)
		s.f.scripts[0].Units = units
	})
	s.refresh()
	if got := s.a.scripts.unitID(); got != before {
		t.Errorf("the cursor went from %v to %v", before, got)
	}

	// Walking back to an older report holds it there.
	s.keys("[")
	p, at, _ := s.a.diff.current()
	s.f.breakRouter()
	s.refresh()
	if q, now, n := s.a.diff.current(); q.report.ID != p.report.ID || now != at || n != 3 {
		t.Errorf("page %d (report %d) became page %d of %d (report %d)", at, p.report.ID, now, n, q.report.ID)
	}
	s.want("newer ]")
	s.keys("]", "]")
	s.want("router  refused")

	// A held log stays and counts.
	s.a.focus(paneLog)
	s.keys("up", "up")
	y, row := s.row("GET /index.html")
	for range 5 {
		s.f.fired("door", "OnOpen", `{}`, interp.Call{})
	}
	s.refresh()
	if y2, _ := s.row(row); y2 != y {
		t.Errorf("the log moved from row %d to %d", y, y2)
	}
	s.want("+5 new")
	s.keys("end")
	s.wantNot("+5 new")
}

func TestTroubleGoes(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.breakRouter()
	s.refresh()
	s.want("✗ 1 behind")
	s.want("router  refused")
	s.want("44 │ return pth")
	s.keys("t")
	s.want("did you mean path?")
	s.want("samples/router/router.go:44:9: undefined: pth", "old code stays live")
	s.f.change(func() {
		s.f.scripts[1].State = interp.StateLive
		s.f.scripts[1].Diagnostics = nil
	})
	s.refresh()
	s.wantNot("behind")
	s.want("No trouble")
}

func TestMouse(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.events()
	s.refresh()
	s.click("│ Source")
	s.click("State")
	if s.a.detail.tab != tabState {
		t.Errorf("clicking State showed %v", s.a.detail.tab)
	}
	s.click("ƒ OnClose")
	if id := s.a.scripts.unitID(); id.key != "func OnClose" || s.a.focused != paneScripts {
		t.Errorf("clicking a unit selected %v", id)
	}
	s.click("ƒ OnClose")
	if s.a.focused != paneFire || !strings.HasPrefix(s.a.fire.String(), "door.OnClose") {
		t.Errorf("clicking it again put %q into the fire line", s.a.fire.String())
	}
	s.click("▾ router")
	s.wantNot("OnTimeout")
	s.click("apply")
	s.asked("apply file")
	s.click("? help")
	s.click("stop all running calls")
	s.asked("stop door", "stop router", "stop thermostat")
	s.click("loaded 3 functions")
	if s.a.focused != paneLog || s.a.log.list.Following() {
		t.Error("clicking a log entry did not select it")
	}
	s.click("loaded 3 functions")
	s.want("took", "11.4")
	s.click("end follows")
	if !s.a.log.list.Following() {
		t.Error("clicking the note did not make the log follow")
	}
	s.send(tea.MouseWheelMsg{X: 60, Y: 30, Button: tea.MouseWheelUp})
	if s.a.log.list.Following() {
		t.Error("the wheel over the log did not scroll it")
	}
	s.click("fire ▸")
	if s.a.focused != paneFire {
		t.Error("clicking the fire line did not focus it")
	}
	s.a.fire.set("")
	s.typed("back")
	s.click("door.OnOpen  back door")
	if got := s.a.fire.String(); got != `door.OnOpen {"door":"back","people":1}` {
		t.Errorf("clicking a completion gave %q", got)
	}
}

func TestPanics(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.change(func() { s.f.panics = true })
	s.refresh()
	s.want("internal error", "the fake was told to")
	s.f.panics = false
	s.send(drainAgain{})
	s.wantNot("Loading")
}

func TestEndOfSession(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.send(sessionEnded{errors.New("closed")})
	s.want("the session has ended: closed")
}

func TestEditorArgs(t *testing.T) {
	for editor, want := range map[string]string{
		"vim":                "vim +12 a.go",
		"/usr/bin/nvim -p":   "/usr/bin/nvim -p +12 a.go",
		"code -w":            "code -w -g a.go:12:3",
		"hx":                 "hx a.go:12:3",
		"goland":             "goland --line 12 a.go",
		"emacsclient -nw -a": "emacsclient -nw -a +12 a.go",
	} {
		if got := strings.Join(editorArgs(editor, "a.go", 12, 3), " "); got != want {
			t.Errorf("%s: %s, want %s", editor, got, want)
		}
	}
}

func TestEmptySession(t *testing.T) {
	f := newFake()
	for _, size := range screenSizes {
		s := openScreen(t, f, size[0], size[1], Options{})
		for _, b := range bindings {
			if b.act != actQuit {
				s.run(s.a.do(b.act))
				s.check()
			}
		}
	}
	_ = session.ApplyAsk
}

// TestTabStaysInTheFireLine says that tab with nothing to complete leaves the
// focus where it is: what is typed next would be commands.
func TestTabStaysInTheFireLine(t *testing.T) {
	for _, open := range []string{"f", ":"} {
		s := openScreen(t, freshFake(), 120, 40, Options{})
		s.keys(open)
		s.typed("zzz")
		s.keys("tab")
		if s.a.focused != paneFire {
			t.Errorf("%s: tab left the line", open)
		}
	}
}

// TestFireLineReturns says that leaving an expression or a value brings back
// the event that was being typed, by whatever way one leaves.
func TestFireLineReturns(t *testing.T) {
	for _, leave := range []string{"esc", "shift+tab", "click"} {
		s := openScreen(t, freshFake(), 120, 40, Options{})
		s.keys("enter", "esc", "s")
		s.a.focus(paneDetail)
		for _, open := range []string{"=", ":"} {
			s.keys(open)
			s.typed("33")
			s.wantNot("fire ▸")
			if leave == "click" {
				s.click("─ Log")
			} else {
				s.keys(leave)
			}
			s.want("─ Fire ─")
			s.want(`fire ▸ door.OnOpen {"door":"front","people":3}`)
			s.a.focus(paneDetail)
		}
		s.keys(":")
		s.want("eval ▸ 33") // that is not lost either
	}
}

// TestResize says that a new size resets the terminal's scroll region before
// everything is drawn anew.
func TestResize(t *testing.T) {
	s := openScreen(t, freshFake(), 80, 24, Options{})
	_, cmd := s.a.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	if cmd == nil {
		t.Fatal("a new size leads to nothing")
	}
	steps := reflect.ValueOf(cmd()) // tea's type of a sequence has no name outside
	if steps.Kind() != reflect.Slice || steps.Len() != 2 {
		t.Fatalf("a new size leads to %v", steps)
	}
	want := []tea.Msg{tea.RawMsg{Msg: "\x1b7\x1b[r\x1b8"}, tea.ClearScreen()}
	for i, m := range want {
		if got := steps.Index(i).Interface().(tea.Cmd)(); !reflect.DeepEqual(got, m) {
			t.Errorf("step %d is %#v, want %#v", i, got, m)
		}
	}
}

// TestApplyTwice presses the key again before the session has answered.
func TestApplyTwice(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	_, first := s.a.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
	_, second := s.a.Update(tea.KeyPressMsg{Code: 'a', Text: "a"})
	s.run(s.a.look())
	s.want("apply ask")
	s.run(second)
	s.run(first)
	s.asked("apply file", "apply ask")
	s.want("apply ask")
}

// TestBehindWithoutDiagnostics explains a script that waits for an answer.
func TestBehindWithoutDiagnostics(t *testing.T) {
	f := askingFake()
	f.scripts[0].State = interp.StateBehind
	s := openScreen(t, f, 120, 40, Options{})
	s.keys("t")
	s.want("door  behind")
}
