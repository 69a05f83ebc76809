package tui

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// nasty is text a script might write to take the terminal over.
const nasty = "\x1b]0;owned\x07\x1b[2J\x1b[10;10Hboo\x1b[31mred\x9b5mC1\r\n\ttab\u202edrawkcab\u200bzero\xff\x00end 日本語 e\u0301"

var sgr = regexp.MustCompile(`\x1b\[[0-9;:]*m`)

// TestNoForeignSequences says that whatever scripts, files and errors contain,
// the frame has no control characters but colours.
func TestNoForeignSequences(t *testing.T) {
	f := freshFake()
	f.scripts[0].Name = "do" + nasty
	f.scripts[0].Units[0].Name += nasty
	f.scripts[0].Units[0].Params[0].Fields[0] += nasty
	f.scripts[0].Path += nasty
	f.saved = append(f.saved, session.SavedEvent{Name: nasty, Event: "OnOpen", Script: f.scripts[0].Name, Data: []byte(`{"a":"` + nasty + `"}`)})
	f.vars[f.scripts[0].Name] = []interp.Var{{Name: "v" + nasty, Type: nasty, Text: nasty, SetBy: nasty}}
	f.texts[unitID{f.scripts[0].Name, "func OnOpen"}] = []session.UnitText{{Text: "func OnOpen() {\n\t" + nasty + "\n}\n", File: nasty, Line: 3, Version: 3, Live: true}}
	d := interp.Diagnostic{Severity: "error", File: nasty, Line: 3, Column: 14, Message: nasty, Excerpt: nasty, Hint: nasty}
	f.scripts[1].State, f.scripts[1].Diagnostics = interp.StateBehind, []interp.Diagnostic{d}
	f.report(interp.Report{Script: nasty, Cause: interp.CauseWatch, Status: interp.StatusRefused, Diagnostics: []interp.Diagnostic{d}, Reasons: []string{nasty}})
	f.report(interp.Report{Script: nasty, Cause: interp.CauseWatch, Status: interp.StatusReloaded, Reasons: []string{nasty},
		Units: []interp.UnitChange{{Key: "func " + nasty, Change: "changed", From: 1, To: 2, File: nasty, OldText: nasty, NewText: nasty + nasty, Why: nasty}},
		Vars:  []interp.VarChange{{Name: nasty, Effect: interp.VarReset, Old: nasty, New: nasty, Why: nasty}}})
	call := interp.Call{Returns: text(nasty, nasty), Output: nasty + "\n" + nasty, Error: &interp.CallError{Kind: nasty, Message: nasty, Trace: []interp.Frame{{Function: nasty, File: nasty, Line: 2}}}}
	f.fired(nasty, nasty, nasty, call)
	f.fired(nasty, nasty, nasty, interp.Call{Returns: text("string", nasty)})
	f.log(session.Entry{Script: nasty, Output: &session.Output{Script: nasty, Stream: "stderr", Text: nasty}})
	f.log(session.Entry{Script: nasty, Crash: &session.Crash{Script: nasty, Reason: nasty, Tail: nasty}})
	f.log(session.Entry{Script: nasty, Notice: nasty})

	check := func(s *screen, where string) {
		t.Helper()
		s.check()
		v := s.a.View()
		rest := sgr.ReplaceAllString(v.Content, "")
		for _, r := range rest {
			if r != '\n' && (r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b) {
				t.Fatalf("%s: the frame has %U: %q", where, r, rest)
			}
		}
		if strings.ContainsAny(v.WindowTitle, "\x1b\x07\u009b") {
			t.Fatalf("%s: the title has control characters: %q", where, v.WindowTitle)
		}
	}
	for _, size := range screenSizes {
		s := openScreen(t, f, size[0], size[1], Options{Title: nasty})
		check(s, "start")
		for _, k := range []string{"1", "[", "[", "2", "s", "4", "t"} {
			s.keys(k)
			check(s, k)
		}
		s.a.focus(paneLog)
		for range 6 {
			s.keys("up", "enter")
			check(s, "log")
		}
		s.keys("esc", "f", "tab")
		check(s, "fire")
		s.keys("tab")
		check(s, "completed")
		s.f.fail = &nastyError{}
		s.keys("enter")
		check(s, "error")
		s.f.fail = nil
	}
}

type nastyError struct{}

func (*nastyError) Error() string { return nasty }

// TestAnything sends random sizes, keys, clicks and session events and says
// that the frame always fits and nothing panics.
func TestAnything(t *testing.T) {
	for seed := range uint64(5) {
		anything(t, rand.New(rand.NewPCG(seed, 7)), 200)
	}
}

func FuzzAnything(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { anything(t, rand.New(rand.NewPCG(seed, 11)), 200) })
}

func anything(t *testing.T, r *rand.Rand, steps int) {
	t.Helper()
	s := openScreen(t, freshFake(), 80, 24, Options{})
	names := make([]string, 0, len(namedKeys))
	for n := range namedKeys {
		if n != "ctrl+c" {
			names = append(names, n)
		}
	}
	// Map order would make a run different each time.
	letters := strings.Split(`abcdefghijklmnoprstuvwxyzGRS.:/[]=?12345{"},`, "")
	slicesSort(names)
	for range steps {
		switch n := r.IntN(20); {
		case n < 3:
			s.send(tea.WindowSizeMsg{Width: r.IntN(180), Height: r.IntN(55)})
		case n < 9:
			s.keys(names[r.IntN(len(names))])
		case n < 14:
			s.keys(letters[r.IntN(len(letters))])
		case n < 16:
			s.send(tea.MouseClickMsg{X: r.IntN(170), Y: r.IntN(50), Button: tea.MouseLeft})
		case n < 17:
			s.send(tea.MouseWheelMsg{X: r.IntN(170), Y: r.IntN(50), Button: []tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}[r.IntN(2)]})
		case n < 18:
			s.send(tea.PasteMsg{Content: nasty[:r.IntN(len(nasty))]})
		default:
			switch r.IntN(8) {
			case 0:
				s.f.events()
			case 1:
				s.f.breakRouter()
			case 2:
				s.f.crash()
			case 3:
				s.f.change(func() {
					s.f.scripts = s.f.scripts[:1+r.IntN(len(s.f.scripts))]
					for len(s.f.scripts) < 3 {
						s.f.scripts = append(s.f.scripts, otherScript(string(rune('k'+r.IntN(9))), "OnA", "OnB"))
					}
				})
			case 4:
				s.f.change(func() { // the ring drops its oldest
					n := r.IntN(len(s.f.entries) + 1)
					s.f.first += uint64(n)
					s.f.entries = s.f.entries[n:]
				})
			case 5:
				s.f.change(func() { s.f.pending = askingFake().pending[:r.IntN(2)] })
			case 6:
				s.send(tea.BackgroundColorMsg{Color: grey(r.IntN(2) * 255)})
			default:
				s.f.fired("door", "OnOpen", `{}`, interp.Call{Returns: text("string", nasty)})
			}
			s.refresh()
		}
	}
}
