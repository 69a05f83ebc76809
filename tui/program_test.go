package tui

import (
	"bytes"
	"context"
	"image/color"
	"io"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"hotloop/interp"
)

func slicesSort(s []string) { slices.Sort(s) }

func grey(n int) color.Color { return color.RGBA{uint8(n), uint8(n), uint8(n), 255} }

// TestProgram runs the screen in a program: it starts, shows what happens
// meanwhile, fires, and quits leaving no command behind.
func TestProgram(t *testing.T) {
	f := freshFake()
	f.waits = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a := newApp(ctx, f, f, Options{Theme: "dark", Title: "samples"})
	tm := teatest.NewTestModel(t, a, teatest.WithInitialTermSize(120, 40),
		teatest.WithProgramOptions(tea.WithColorProfile(colorprofile.TrueColor)))
	wait := func(text string) {
		t.Helper()
		teatest.WaitFor(t, tm.Output(), func(b []byte) bool { return bytes.Contains(b, []byte(text)) },
			teatest.WithDuration(10*time.Second), teatest.WithCheckInterval(5*time.Millisecond))
	}
	wait("loaded and live")
	f.patch()
	wait("v3 → v4")
	tm.Send(tea.KeyPressMsg{Code: tea.KeySpace, Text: " "})
	f.fired("door", "OnOpen", `{"door":"front"}`, interp.Call{Returns: text("string", `"front opened (8)"`)})
	wait("front opened (8)")
	tm.Type("q")
	tm.WaitFinished(t, teatest.WithFinalTimeout(10*time.Second))
	out, err := io.ReadAll(tm.FinalOutput(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, sequence := range []string{"\x1b[?1049l", "\x1b[?1002l", "\x1b[?25h"} {
		if !bytes.Contains(out, []byte(sequence)) {
			t.Errorf("quitting did not write %q", sequence)
		}
	}
	f.mu.Lock()
	asked := slices.Clone(f.asked)
	f.mu.Unlock()
	if want := []string{`fire door OnOpen {"door":"front","people":3} from screen`}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	// The command that waits for the session ends with the context.
	cmd := a.drain()
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	cancel()
	select {
	case m := <-done:
		if _, ok := m.(sessionEnded); !ok {
			t.Errorf("the waiting command gave %T", m)
		}
	case <-time.After(10 * time.Second):
		t.Error("the waiting command did not end")
	}
}
