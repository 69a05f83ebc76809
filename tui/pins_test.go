package tui

import (
	"context"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"hotloop/interp"
	"hotloop/session"
)

// pinning is a fake session with pins.
type pinning struct {
	*fake
	pins   []session.Pin
	rolled []string
}

func (p *pinning) Pin(_ context.Context, req session.PinRequest) ([]session.Pin, error) {
	pin := session.Pin{ID: len(p.pins) + 1, Event: req.Event, Script: req.Script, Data: req.Data, Live: req.Live}
	p.pins = append(p.pins, pin)
	return []session.Pin{pin}, nil
}

func (p *pinning) Unpin(id int) error {
	for i := range p.pins {
		if p.pins[i].ID == id {
			p.pins = append(p.pins[:i:i], p.pins[i+1:]...)
			return nil
		}
	}
	return &session.NotFoundError{What: "pin"}
}

func (p *pinning) Pins() []session.Pin { return p.pins }

func (p *pinning) Bisect(_ context.Context, id int) (session.Culprit, error) {
	return session.Culprit{Script: "door", Report: 4, Unit: "func OnOpen", From: 2}, nil
}

func (p *pinning) Rollback(_ context.Context, script, unit string, version, report int) (interp.Report, error) {
	p.rolled = append(p.rolled, script+" "+unit+" "+lineNo(version))
	return interp.Report{ID: 9, Script: script}, nil
}

func returning(text string) *session.PinRun {
	return &session.PinRun{Trial: interp.Trial{Call: interp.Call{Returns: []interp.Value{{Type: "string", Text: text}}, DurationUs: 120}, Notes: []string{"f leads to a closure"}}}
}

func pinReport() *session.PinReport {
	many := []session.Change{}
	for _, p := range []string{"returns[0].a", "returns[0].b", "returns[0].c", "output line 1"} {
		many = append(many, session.Change{Kind: session.Changed, Path: p, Before: "1", After: "2"})
	}
	return &session.PinReport{Script: "door", Report: 4, Unchanged: 1, Results: []session.PinResult{
		{ID: 1, Event: "OnOpen", Script: "door", Data: []byte(`{"n":1}`), Before: returning(`"old"`), After: returning(`"new"`), Changed: true, Diff: many, Moved: true},
		{ID: 2, Event: "OnClose", Script: "door", Before: returning("1"), After: returning("1")},
	}}
}

func rowText(lines []line) string {
	var out []string
	for _, l := range lines {
		text := ""
		for _, s := range append(l.left, l.right...) {
			text += s.text
		}
		out = append(out, strings.TrimSpace(text))
	}
	return strings.Join(out, "\n")
}

func TestPinRows(t *testing.T) {
	a := newApp(t.Context(), newFake(), newFake(), Options{Theme: "none"})
	rows := logRows{ink: a.ink, width: 100, frame: -1}
	e := &session.Entry{Script: "door", Pins: pinReport()}
	folded := rowText(rows.entry(e, false))
	for _, want := range []string{"1 pin changed, 1 unchanged", `OnOpen {"n":1}  the state has changed as well`, "Δ returns[0].a 1 → 2", "and 1 place more"} {
		if !strings.Contains(folded, want) {
			t.Errorf("no %q in\n%s", want, folded)
		}
	}
	if strings.Contains(folded, "OnClose") || strings.Contains(folded, "output line 1") {
		t.Errorf("too much:\n%s", folded)
	}
	open := rowText(rows.entry(e, true))
	for _, want := range []string{"OnClose  1", "Δ output line 1 1 → 2", "not copied f leads to a closure"} {
		if !strings.Contains(open, want) {
			t.Errorf("no %q in\n%s", want, open)
		}
	}
	e.Pins.Results, e.Pins.Unchanged = e.Pins.Results[1:], 1
	if got := rowText(rows.entry(e, false)); !strings.Contains(got, "1 pin unchanged") || strings.Contains(got, "\n") {
		t.Errorf("unchanged pins do not fold:\n%s", got)
	}
	if got := strings.Join(plainEntry(&session.Entry{Pins: pinReport()}, nil), "\n"); !strings.Contains(got, "returns[0].a was 1, is 2") {
		t.Errorf("in words:\n%s", got)
	}
	// Nothing is wider than the screen, whatever there is to show.
	for w := 20; w < 120; w += 7 {
		for _, l := range (logRows{ink: a.ink, width: w}).entry(&session.Entry{Script: "door", Pins: pinReport()}, true) {
			if got := width(ansi.Strip(l.draw(w, &a.ink.text))); got > w {
				t.Errorf("%d columns: a row of %d", w, got)
			}
		}
	}
}

func TestPinKeys(t *testing.T) {
	p := &pinning{fake: newFake()}
	a := newApp(t.Context(), p, p.fake, Options{Theme: "none"})
	a.Update(picture(p, p.fake, 0, 0, 0))
	p.fake.log(session.Entry{Script: "door", Event: &session.Event{Name: "OnOpen", Script: "door", Data: []byte(`{"n":1}`), Calls: []interp.Call{{Script: "door", Function: "OnOpen"}}}})
	a.Update(picture(p, p.fake, 0, 0, 0))
	a.focus(paneLog)
	a.do(actEnd)
	run := func() {
		t.Helper()
		cmd := a.togglePin()
		if cmd == nil {
			t.Fatal("the key does nothing")
		}
		a.Update(cmd())
	}
	run()
	if len(p.pins) != 1 || p.pins[0].Event != "OnOpen" || p.pins[0].Script != "door" || string(p.pins[0].Data) != `{"n":1}` {
		t.Fatalf("%+v; it says %q", p.pins, a.notice.text)
	}
	run()
	if len(p.pins) != 0 || !strings.Contains(a.notice.text, "no longer pinned") {
		t.Fatalf("%+v; it says %q", p.pins, a.notice.text)
	}

	// The list: bisect, then undo of what was found.
	p.pins = []session.Pin{{ID: 5, Event: "OnOpen", Script: "door", Before: returning(`"old"`), Last: returning(`"new"`),
		Changes: []session.Change{{Kind: session.Changed, Path: "returns[0]", Before: `"old"`, After: `"new"`}}}}
	a.width, a.height = 90, 30
	a.relayout()
	a.Update(a.openPins()())
	d, ok := a.dialog.(*pinsDialog)
	if !ok || len(d.list) != 1 {
		t.Fatalf("%+v", a.dialog)
	}
	a.Update(bisected{pin: p.pins[0], culprit: session.Culprit{Script: "door", Report: 4, Unit: "func OnOpen", From: 2}})
	rows := make([]string, a.height)
	for i := range rows {
		rows[i] = strings.Repeat(" ", a.width)
	}
	d.draw(a, rows)
	screen := ansi.Strip(strings.Join(rows, "\n"))
	for _, want := range []string{`door.OnOpen  "new"`, `before  "old"`, `Δ returns[0] "old" → "new"`, "changed by func OnOpen in report 4; u rolls it back", "f leads to a closure"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
	if cmd := d.typed(a, "u"); cmd == nil {
		t.Error("u does nothing")
	}
	a.Update(d.typed(a, "x")())
	if len(p.pins) != 0 || len(d.list) != 0 {
		t.Errorf("%+v", p.pins)
	}
}

// Of long texts that differ in a few words these show, whatever the width.
func TestChangedWords(t *testing.T) {
	a := newApp(t.Context(), newFake(), newFake(), Options{Theme: "none"})
	long := `"19.8 degrees in the kitchen on the ground floor, heater %s"`
	for w := 60; w < 200; w += 9 {
		got := rowText([]line{(logRows{ink: a.ink, width: w}).change(session.Change{Kind: session.Changed, Path: "returns[0]",
			Before: strings.Replace(long, "%s", "goes on", 1), After: strings.Replace(long, "%s", "stays off", 1)}, false)})
		if !strings.Contains(got, "goes on → stays off") && !(strings.Contains(got, `goes on" → "`) && strings.Contains(got, "stays off")) || width(got) > w {
			t.Errorf("%d columns: %s", w, got)
		}
	}
	for _, c := range [][6]string{
		{"a b c", "a x c", "a ", "b", "x", " c"},
		{"same", "other", "", "same", "other", ""},
		{"one two", "one two three", "one ", "two", "two three", ""},
		{`"x y"`, `"x z"`, `"x `, "y", "z", `"`},
	} {
		if head, was, is, tail := wordsApart(c[0], c[1]); [4]string{head, was, is, tail} != [4]string(c[2:]) {
			t.Errorf("%q, %q: %q %q %q %q", c[0], c[1], head, was, is, tail)
		}
	}
}
