package tui

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"hotloop/interp"
	"hotloop/session"
)

// fake is a Session made of plain data, with a log of its own. What the screen
// asks of it is written to asked.
type fake struct {
	mu       sync.Mutex
	counter  uint64
	woken    chan struct{}
	waits    bool // Changed waits; otherwise it says errIdle when nothing is new
	scripts  []interp.Script
	saved    []session.SavedEvent
	pending  []session.Pending
	reports  []interp.Report
	vars     map[string][]interp.Var
	texts    map[unitID][]session.UnitText // oldest first, the last one live
	parts    map[string][]interp.Part      // by script.variable and path
	self     map[string]interp.Part
	shapes   map[string][]interp.FieldShape
	running  int
	apply    session.ApplyMode
	entries  []session.Entry
	first    uint64
	asked    []string
	fail     error
	panics   bool
	evalText string
}

var errIdle = errors.New("nothing has changed")

func newFake() *fake {
	return &fake{woken: make(chan struct{}), first: 1, apply: session.ApplyFunctions,
		vars: map[string][]interp.Var{}, texts: map[unitID][]session.UnitText{}}
}

// wake says that something changed; the lock is held.
func (f *fake) wake() {
	f.counter++
	close(f.woken)
	f.woken = make(chan struct{})
}

func (f *fake) ask(format string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf(format, args...))
	return f.fail
}

func (f *fake) Info() session.Info {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics {
		panic("the fake was told to")
	}
	return session.Info{Version: "test", Apply: f.apply, Scripts: len(f.scripts)}
}

func (f *fake) Scripts() []interp.Script {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.scripts)
}

func (f *fake) SavedEvents() []session.SavedEvent { return f.saved }

func (f *fake) Pending() []session.Pending {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.pending)
}

func (f *fake) Running() int { f.mu.Lock(); defer f.mu.Unlock(); return f.running }

func (f *fake) Reports(_ string, since int) ([]interp.Report, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []interp.Report
	for _, r := range f.reports {
		if r.ID > since {
			out = append(out, r)
		}
	}
	return out, nil
}

func (f *fake) Source(script, unit string, version int) (session.UnitText, error) {
	all := f.texts[unitID{script, unit}]
	if len(all) == 0 {
		return session.UnitText{}, fmt.Errorf("%s has no unit %q", script, unit)
	}
	return all[len(all)-1], nil
}

func (f *fake) Versions(script, unit string) ([]session.UnitText, error) {
	return f.texts[unitID{script, unit}], nil
}

func (f *fake) State(_ context.Context, script string) ([]interp.Var, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.vars[script]), nil
}

func (f *fake) Parts(_ context.Context, script, name string, path []string, from, n int) (interp.PartList, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := script + "." + name + strings.Join(path, "")
	all, ok := f.parts[at]
	if self, known := f.self[at]; known {
		return interp.PartList{Self: self, Total: len(all)}, nil
	}
	if !ok {
		return interp.PartList{}, fmt.Errorf("%s has no parts", at)
	}
	list := interp.PartList{Total: len(all)}
	if from < len(all) {
		list.Parts = slices.Clone(all[from:min(from+n, len(all))])
	}
	return list, nil
}

func (f *fake) Shape(_ context.Context, script, function string) ([]interp.FieldShape, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shapes[script+"."+function], nil
}

func (f *fake) SaveEvent(script string, e session.SavedEvent) (string, error) {
	return script + "/events.jsonl", f.ask("save %s %s as %s %s", script, e.Event, e.Name, e.Data)
}

func (f *fake) Fire(_ context.Context, r session.FireRequest) (session.Event, error) {
	return session.Event{}, f.ask("fire %s %s %s from %s", r.Script, r.Event, r.Data, r.Source)
}

func (f *fake) Eval(_ context.Context, script, code string) (interp.Value, *interp.CallError, error) {
	if err := f.ask("eval %s %s", script, code); err != nil {
		return interp.Value{}, nil, err
	}
	if f.evalText == "" {
		return interp.Value{}, &interp.CallError{Kind: "error", Message: "undefined: " + code}, nil
	}
	return interp.Value{Type: "int", Text: f.evalText}, nil, nil
}

func (f *fake) Set(_ context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	return interp.Value{Text: "7"}, interp.Value{Text: expr}, nil, f.ask("set %s %s %s", script, name, expr)
}

func (f *fake) Reload(_ context.Context, script string, mode session.ApplyMode) (interp.Report, error) {
	return interp.Report{Status: interp.StatusReloaded}, f.ask("reload %s %s", script, mode)
}

func (f *fake) Restart(_ context.Context, script string) (interp.Report, error) {
	return interp.Report{Status: interp.StatusReloaded}, f.ask("restart %s", script)
}

func (f *fake) Rollback(_ context.Context, script, unit string, version, report int) (interp.Report, error) {
	return interp.Report{Status: interp.StatusLive}, f.ask("rollback %s %q %d %d", script, unit, version, report)
}

func (f *fake) Confirm(_ context.Context, script string, ok bool) (interp.Report, error) {
	return interp.Report{Status: interp.StatusLive}, f.ask("confirm %s %v", script, ok)
}

func (f *fake) Stop(_ context.Context, script string) (int, error) {
	return 1, f.ask("stop %s", script)
}

func (f *fake) SetApply(mode session.ApplyMode) {
	_ = f.ask("apply %s", mode)
	f.mu.Lock()
	f.apply = mode
	f.mu.Unlock()
}

func (f *fake) Changed(ctx context.Context, since uint64) (uint64, error) {
	for {
		f.mu.Lock()
		n, woken, waits := f.counter, f.woken, f.waits
		f.mu.Unlock()
		switch {
		case n > since:
			return n, nil
		case !waits:
			return 0, errIdle
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (f *fake) Log() *session.Ring { return nil }

// Bounds and Window make the fake the log too.

func (f *fake) Bounds() (first, next uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first, f.first + uint64(len(f.entries))
}

func (f *fake) Window(from uint64, n int) []session.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := 0
	if from > f.first {
		i = int(from - f.first)
	}
	if i >= len(f.entries) {
		return nil
	}
	return f.entries[i:min(i+n, len(f.entries))]
}

// log appends an entry, a tenth of a second after the one before.
func (f *fake) log(e session.Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.Seq = f.first + uint64(len(f.entries))
	if e.Time.IsZero() {
		e.Time = time.Date(2026, 3, 14, 12, 4, 11, 201e6, time.UTC).Add(time.Duration(e.Seq-1) * 137 * time.Millisecond)
	}
	f.entries = append(f.entries, e)
	f.wake()
}

// report adds a report and its log entry.
func (f *fake) report(r interp.Report) {
	f.mu.Lock()
	r.ID = len(f.reports) + 1
	f.reports = append(f.reports, r)
	f.mu.Unlock()
	f.log(session.Entry{Script: r.Script, Report: &r})
}

// fired adds the log entry of a fired event.
func (f *fake) fired(script, function, data string, c interp.Call) {
	c.Script, c.Function = script, function
	if c.Version == 0 {
		c.Version = 1
	}
	f.log(session.Entry{Script: script, Event: &session.Event{
		ID: int64(len(f.entries)), Source: "screen", Name: function, Script: script,
		Data: json.RawMessage(data), Calls: []interp.Call{c},
	}})
}

func text(typ, s string) []interp.Value { return []interp.Value{{Type: typ, Text: s}} }

// change edits the fake's data under its lock and wakes the screen.
func (f *fake) change(edit func()) {
	f.mu.Lock()
	edit()
	f.wake()
	f.mu.Unlock()
}

// screen drives an App without a program: commands run at once, one after the
// other, except for timers.
type screen struct {
	t *testing.T
	f *fake
	a *App
}

func openScreen(t *testing.T, f *fake, w, h int, opt Options) *screen {
	t.Helper()
	if opt.Theme == "" {
		opt.Theme = "dark"
	}
	if opt.Title == "" {
		opt.Title = "samples"
	}
	s := &screen{t: t, f: f, a: newApp(t.Context(), f, f, opt)}
	s.a.tick = func(time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil }
	s.a.View() // the program draws before it knows the size
	s.run(s.a.Init())
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

// send gives messages to the App and runs what they lead to.
func (s *screen) send(msgs ...tea.Msg) {
	s.t.Helper()
	for _, m := range msgs {
		_, cmd := s.a.Update(m)
		s.run(cmd)
	}
	s.check()
}

func (s *screen) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch m := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range m {
			s.run(c)
		}
	case sessionEnded:
		if !errors.Is(m.err, errIdle) {
			s.a.Update(m)
		}
	default:
		_, next := s.a.Update(m)
		s.run(next)
	}
}

// refresh lets the screen see what happened to the fake.
func (s *screen) refresh() {
	s.t.Helper()
	s.run(s.a.drain())
	s.check()
}

// check says that the frame fits the terminal.
func (s *screen) check() {
	s.t.Helper()
	rows, cursor := s.a.frame()
	if len(rows) != max(s.a.height, 0) && s.a.width > 0 {
		s.t.Fatalf("%dx%d: the frame has %d rows", s.a.width, s.a.height, len(rows))
	}
	for y, r := range rows {
		if n := ansi.StringWidth(r); n != s.a.width {
			s.t.Fatalf("%dx%d: row %d is %d cells wide: %q", s.a.width, s.a.height, y, n, ansi.Strip(r))
		}
	}
	if cursor != nil && (cursor.X < 0 || cursor.X >= s.a.width || cursor.Y < 0 || cursor.Y >= s.a.height) {
		s.t.Fatalf("%dx%d: the cursor is at %d,%d", s.a.width, s.a.height, cursor.X, cursor.Y)
	}
}

// text is the frame as a person reads it.
func (s *screen) text() string {
	s.t.Helper()
	s.check()
	rows, _ := s.a.frame()
	for i := range rows {
		rows[i] = strings.TrimRight(ansi.Strip(rows[i]), " ")
	}
	return strings.Join(rows, "\n") + "\n"
}

// row gives the first row of the frame with all of the given texts in it.
func (s *screen) row(parts ...string) (y int, row string) {
	s.t.Helper()
	for y, r := range strings.Split(s.text(), "\n") {
		ok := true
		for _, p := range parts {
			ok = ok && strings.Contains(r, p)
		}
		if ok {
			return y, r
		}
	}
	return -1, ""
}

func (s *screen) want(parts ...string) {
	s.t.Helper()
	if y, _ := s.row(parts...); y < 0 {
		s.t.Errorf("no row has %q:\n%s", parts, s.text())
	}
}

func (s *screen) wantNot(parts ...string) {
	s.t.Helper()
	if y, r := s.row(parts...); y >= 0 {
		s.t.Errorf("row %d has %q: %s", y, parts, r)
	}
}

// asked checks what the screen asked of the session since the last time.
func (s *screen) asked(want ...string) {
	s.t.Helper()
	s.f.mu.Lock()
	got := s.f.asked
	s.f.asked = nil
	s.f.mu.Unlock()
	if !slices.Equal(got, want) {
		s.t.Errorf("asked of the session %q, want %q", got, want)
	}
}

var namedKeys = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab}, "esc": {Code: tea.KeyEscape},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift},
	"up":        {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"backspace": {Code: tea.KeyBackspace}, "space": {Code: tea.KeySpace, Text: " "}, "f1": {Code: tea.KeyF1}, "f2": {Code: tea.KeyF2},
	"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+r": {Code: 'r', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	"ctrl+p": {Code: 'p', Mod: tea.ModCtrl}, "ctrl+s": {Code: 's', Mod: tea.ModCtrl}, "ctrl+t": {Code: 't', Mod: tea.ModCtrl},
	"ctrl+n": {Code: 'n', Mod: tea.ModCtrl}, "ctrl+x": {Code: 'x', Mod: tea.ModCtrl},
}

// keys presses keys by name.
func (s *screen) keys(names ...string) {
	s.t.Helper()
	for _, n := range names {
		m, ok := namedKeys[n]
		if !ok {
			r := []rune(n)
			if len(r) != 1 {
				s.t.Fatalf("no key is called %q", n)
			}
			m = tea.KeyPressMsg{Code: r[0], Text: n}
		}
		s.send(m)
	}
}

// typed types text.
func (s *screen) typed(text string) {
	s.t.Helper()
	for _, r := range text {
		if r == ' ' {
			s.keys("space")
		} else {
			s.keys(string(r))
		}
	}
}

// click clicks on the first cell of a text in the frame.
func (s *screen) click(parts ...string) {
	s.t.Helper()
	y, row := s.row(parts...)
	if y < 0 {
		s.t.Fatalf("no row has %q:\n%s", parts, s.text())
	}
	last := parts[len(parts)-1]
	x := ansi.StringWidth(row[:strings.Index(row, last)])
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}
