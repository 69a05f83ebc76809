package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hotloop/interp"
	"hotloop/session"
)

// later lets the screen's clock go on.
func (s *screen) later(d time.Duration) {
	s.t.Helper()
	at := time.Now().Add(d)
	s.a.ticking = false
	s.send(beat{at}, timePassed{at})
}

func TestSort(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	order := func() string {
		var out []string
		for _, r := range s.a.scripts.rows {
			switch {
			case r.script > 0 || r.unit < 0 && r.file == "":
			case r.file != "":
				out = append(out, r.file+":")
			default:
				out = append(out, s.a.scripts.scripts[r.script].Units[r.unit].Name)
			}
		}
		return strings.Join(out, " ")
	}
	s.keys("down") // OnClose
	for _, want := range []string{
		"samples/door/door.go: limit count locks Opening OnOpen OnClose Alarm Lock Try",
		"Alarm count limit Lock Try locks OnClose OnOpen Opening",
		"OnOpen OnClose Alarm Try count locks Opening Lock limit",
		"OnOpen Try OnClose Alarm count locks Opening Lock limit",
		"Try OnOpen OnClose Alarm count locks Opening Lock limit",
		"OnOpen OnClose Alarm Try count locks Opening Lock limit",
	} {
		s.keys("o")
		if got := order(); got != want {
			t.Errorf("%s: %s, want %s", s.a.scripts.order, got, want)
		}
		if got := s.a.scripts.unitID().key; got != "func OnClose" {
			t.Errorf("%s: the cursor is on %s", s.a.scripts.order, got)
		}
	}
	// What was changed last comes first, where that was asked for.
	s.keys("o", "o", "o")
	s.want("Scripts", "by last change")
	s.f.change(func() { s.f.scripts[0].Units[2].Version++ })
	s.f.report(interp.Report{Script: "door", Cause: interp.CauseWatch, Status: interp.StatusLive,
		Units: []interp.UnitChange{{Key: "func Alarm", Change: interp.ChangeChanged, From: 1, To: 2}}})
	s.refresh()
	if got := order(); !strings.HasPrefix(got, "Alarm OnOpen") {
		t.Errorf("after a change: %s", got)
	}
	// Files have rows of their own, that lead to them.
	for s.a.scripts.order != byFile {
		s.keys("o")
	}
	s.keys("home", "down")
	if file, line, _ := s.a.pointedAt(); file != "samples/door/door.go" || line != 1 {
		t.Errorf("e on a file edits %s:%d", file, line)
	}
}

// TestFade says that the mark of a change goes by itself, and nothing else does.
func TestFade(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.patch()
	s.refresh()
	styled := func() string {
		rows, _ := s.a.frame()
		for _, r := range rows {
			if strings.Contains(ansi.Strip(r), "ƒ OnOpen") {
				return r
			}
		}
		return ""
	}
	s.want("OnOpen", "↻  v4")
	now := styled()
	s.later(freshFor + time.Second)
	s.want("OnOpen", "↻  v4")
	if faded := styled(); faded == now {
		t.Error("the mark has not faded")
	}
	s.later(recentFor + time.Second)
	s.wantNot("↻  v4")
}

func TestBorders(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	tree, log := s.a.layout.scripts.Dx(), s.a.layout.log.Dy()
	drag := func(x, y, toX, toY int) {
		s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		s.send(tea.MouseMotionMsg{X: toX, Y: toY, Button: tea.MouseLeft})
		s.send(tea.MouseReleaseMsg{X: toX, Y: toY, Button: tea.MouseLeft})
	}
	drag(tree, 10, tree+15, 12)
	if got := s.a.layout.scripts.Dx(); got != tree+15 {
		t.Errorf("the scripts pane is %d wide", got)
	}
	y := s.a.layout.log.Min.Y
	drag(60, y, 60, y-5)
	if got := s.a.layout.log.Dy(); got != log+5 {
		t.Errorf("the log has %d rows", got)
	}
	// After the release nothing moves, far outside there is an end to it, and
	// tabs in a border are still tabs.
	s.send(tea.MouseMotionMsg{X: 3, Y: 3})
	drag(tree+15, 10, 500, 500)
	if got := s.a.layout.detail.Dx(); got != leastDetail-1 {
		t.Errorf("the detail pane is %d wide", got)
	}
	s.keys("<", "-", "-", ">", "+")
	if got := s.a.layout.log.Dy(); got != log+3 {
		t.Errorf("after keys the log has %d rows", got)
	}
	s.click("Log")
	if s.a.focused != paneLog || s.a.drag != noBorder {
		t.Errorf("a click on the title: focus %v, drag %v", s.a.focused, s.a.drag)
	}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 18}, tea.WindowSizeMsg{Width: 45, Height: 11}, tea.WindowSizeMsg{Width: 120, Height: 40})
}

func TestBusy(t *testing.T) {
	f := freshFake()
	for i := range 2 {
		f.scripts[i] = interp.Script{Name: f.scripts[i].Name, State: interp.StateStopped}
	}
	s := openScreen(t, f, 120, 40, Options{})
	s.want("loading 3 scripts")
	if s.a.progressBar() != nil {
		t.Error("there is a progress bar at once")
	}
	s.later(time.Second)
	s.want("loading ███░░░░░░░ 1 of 3 scripts")
	if p := s.a.progressBar(); p == nil || p.Value != 33 {
		t.Errorf("progress is %+v", p)
	}
	s.f.change(func() { s.f.scripts = freshFake().scripts; s.f.running = 1 })
	s.refresh()
	s.later(2600 * time.Millisecond)
	s.want("1 running", " s")
	s.f.change(func() { s.f.running = 0 })
	s.refresh()
	s.later(time.Second)
	s.wantNot("running")
	if s.a.isBusy() || s.a.progressBar() != nil {
		t.Error("it is still busy")
	}
	// A reload that takes its time is said, and gone when it has come.
	id, _ := s.a.begin("reload")
	s.later(2 * time.Second)
	s.want("reload 2.0 s")
	s.send(reportMade{what: "reload", work: id})
	s.wantNot("reload 2.0 s")
}

// TestNotify says that a terminal in the background is told what went wrong,
// one in sight is not, and never with a script's control sequences.
func TestNotify(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	told := func(m sessionChanged) string {
		cmd := s.a.notify(m)
		if cmd == nil {
			return ""
		}
		raw, ok := cmd().(tea.RawMsg)
		if !ok {
			t.Fatalf("a notification is %T", cmd())
		}
		return raw.Msg.(string)
	}
	bad := sessionChanged{entries: []session.Entry{{Crash: &session.Crash{Script: "do\x1b]0;x\x07or", Reason: "stack overflow\nmore"}}}}
	if got := told(bad); got != "" {
		t.Errorf("told while in sight: %q", got)
	}
	s.send(tea.BlurMsg{})
	if got := told(bad); got != "\x1b]9;hotloop: door crashed: stack overflow\x1b\\" {
		t.Errorf("told %q", got)
	}
	d := []interp.Diagnostic{{File: "router.go", Line: 44, Column: 9, Message: "undefined: pth"}}
	if got := told(sessionChanged{reports: []interp.Report{{Script: "router", Status: interp.StatusRefused, Diagnostics: d}}}); !strings.Contains(got, "router is behind: router.go:44:9: undefined: pth") {
		t.Errorf("told %q", got)
	}
	if got := told(sessionChanged{reports: []interp.Report{{Script: "router", Status: interp.StatusLive}}}); got != "" {
		t.Errorf("a good save was told: %q", got)
	}
	s.send(tea.FocusMsg{})
	if got := told(bad); got != "" {
		t.Errorf("told after it came back: %q", got)
	}
}

func TestTroubleKeys(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{Editor: "vim"})
	s.keys("n") // nothing to go to
	s.f.breakRouter()
	s.f.change(func() {
		d := s.f.scripts[1].Diagnostics
		s.f.scripts[1].Diagnostics = append(d, interp.Diagnostic{Severity: interp.SeverityError, File: "samples/router/pages.go", Line: 7, Message: "second"})
	})
	s.refresh()
	s.keys("n")
	s.want("undefined: pth")
	at := func() int { s.a.focus(paneDetail); _, line, _ := s.a.pointedAt(); return line }
	if at() != 44 {
		t.Errorf("the first is at line %d", at())
	}
	s.keys("n")
	if at() != 7 {
		t.Errorf("the next is at line %d", at())
	}
	s.keys("n", "N", "N", "n")
	if at() != 7 {
		t.Errorf("round and back is line %d", at())
	}
}

func TestThemeKey(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{Theme: "auto"})
	seen := map[string]bool{}
	for range 4 {
		s.keys("T")
		rows, _ := s.a.frame()
		seen[rows[0]] = true
	}
	if (Options{Theme: "drak"}).Check() == nil || (Options{}).Check() != nil {
		t.Error("names of themes are not checked")
	}
	if len(seen) != 3 || s.a.opt.Theme != "auto" { // auto is dark here
		t.Errorf("%d themes, the last is %s", len(seen), s.a.opt.Theme)
	}
}

// TestWide says that wide screens show a second tab, that it can be brought to
// the front, scrolled and resized, and is kept up to date.
func TestWide(t *testing.T) {
	s := openScreen(t, freshFake(), 250, 70, Options{})
	s.want("─ State ─")
	s.want("count", "7")
	s.f.change(func() { s.f.vars["door"][0].Text = "10" })
	s.f.patch()
	s.refresh()
	s.want("Δ  count", "10", "was 7")
	s.want("OnOpen  v3 → v4")
	s.keys("3") // the state in front, what changed beside it
	s.want("─ Diff ─")
	s.want("OnOpen  v3 → v4")
	s.keys("1")
	side := s.a.layout.side
	s.send(tea.MouseWheelMsg{X: side.Min.X + 3, Y: 5, Button: tea.MouseWheelDown})
	s.send(tea.MouseClickMsg{X: side.Min.X - 1, Y: 10, Button: tea.MouseLeft},
		tea.MouseMotionMsg{X: side.Min.X - 21, Y: 10, Button: tea.MouseLeft}, tea.MouseReleaseMsg{})
	if got := s.a.layout.side.Dx(); got != side.Dx()+20 {
		t.Errorf("the second tab is %d wide, was %d", got, side.Dx())
	}
	s.send(tea.MouseClickMsg{X: s.a.layout.side.Min.X + 3, Y: 1, Button: tea.MouseLeft})
	if s.a.detail.tab != tabState {
		t.Errorf("a click on the second tab leads to %v", s.a.detail.tab)
	}
	// On a narrower screen there is none, and its state is not read.
	s.keys("1")
	s.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	if s.a.shows(tabState) {
		t.Error("the state is still shown")
	}
}

// TestCrashInTrouble says that a script that is down says why, as long as it is.
func TestCrashInTrouble(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{Editor: "vim"})
	s.f.crash()
	s.refresh()
	s.keys("n")
	s.want("thermostat", "crashed")
	s.want("   stack overflow")
	s.want("in thermostat.Tick  samples/thermostat/thermostat.go:52")
	s.a.focus(paneDetail)
	if file, line, _ := s.a.pointedAt(); file != "samples/thermostat/thermostat.go" || line != 52 {
		t.Errorf("e edits %s:%d", file, line)
	}
	s.f.change(func() { s.f.scripts[2].State = interp.StateLive })
	s.refresh()
	s.want("No trouble")
}
