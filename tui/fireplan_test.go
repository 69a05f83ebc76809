package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/tui/theme"
)

func TestPlan(t *testing.T) {
	for _, c := range []struct{ line, want, problem string }{
		{`Tick`, `Tick`, ""},
		{`10x Tick`, `10 times: Tick`, ""},
		{`every 2s Tick`, `every 2s without end: Tick`, ""},
		{`3x every 500ms door.OnOpen {"door":"a;b"} ; Tick`, `3 times, every 500ms: door.OnOpen {"door":"a;b"}; Tick`, ""},
		{`Tick;OnOpen [1, "x\";"];`, `Tick; OnOpen [1, "x\";"]`, ""},
		{`10x`, `10x`, ""}, // an event of that name, as long as nothing follows
		{`every`, `every`, ""},
		{`every day`, "", "day is not JSON"},
		{`every day Tick`, "", "day is no time"},
		{`every 1ms Tick`, "", "too often"},
		{`0x Tick`, "", "from 1x"},
		{`99999999999999999999x Tick`, "", "from 1x"},
		{`Tick {"a" ; Tick`, "", "(event 1)"},
		{`; Tick`, "", "which event?"},
		{`10x ;`, "", "which event?"},
	} {
		f := newFireLine(newInks(theme.New("none", true)))
		f.set(c.line)
		p, ok := f.plan()
		if ok != (c.problem == "") || !strings.Contains(f.check.problem, c.problem) {
			t.Errorf("%s: %v, %q, want problem %q", c.line, ok, f.check.problem, c.problem)
			continue
		}
		if !ok {
			continue
		}
		var parts []string
		for _, s := range p.steps {
			name := s.Event
			if s.Script != "" {
				name = s.Script + "." + name
			}
			parts = append(parts, strings.TrimSpace(name+" "+string(s.Data)))
		}
		got := strings.Join(parts, "; ")
		if how := p.how(); how != "" {
			if p.times == 0 {
				how += " without end"
			}
			got = how + ": " + got
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.line, got, c.want)
		}
	}
}

func TestFireMany(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.keys("f")
	s.typed(`2x thermostat.Tick {} ; doorop`)
	s.want("OnOpen")
	s.keys("tab")
	if got, want := s.a.fire.String(), `2x thermostat.Tick {} ; door.OnOpen {"door":"front","people":3}`; got != want {
		t.Fatalf("completing the second event gave %q, want %q", got, want)
	}
	s.want("2 times: OnOpen")
	s.keys("enter")
	const tick, open = `fire thermostat Tick {} from screen`, `fire door OnOpen {"door":"front","people":3} from screen`
	s.asked(tick, open, tick, open)
	s.want("fired 4 events")

	// Every so often goes on until somebody stops it.
	var wakes []func() tea.Msg
	s.a.tick = func(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		if d != noticeFor {
			wakes = append(wakes, func() tea.Msg { return f(time.Now()) })
		}
		return nil
	}
	s.keys("ctrl+u")
	s.typed("every 2m thermostat.Tick {}")
	s.keys("enter")
	s.asked(tick)
	s.keys("esc")
	s.want("firing 1×")
	s.want("S stop")
	for n := range 3 {
		s.send(wakes[n]())
		s.asked(tick)
	}
	s.want("firing 4×")
	s.f.change(func() { s.f.running = 1 })
	s.refresh()
	s.keys("S")
	s.want("stopped after 4 events")
	s.asked("stop door", "stop router", "stop thermostat")
	s.send(wakes[3]())
	s.asked()

	// An event that cannot be fired ends the run.
	s.f.fail = fmt.Errorf("the script is gone")
	s.keys("f", "ctrl+u")
	s.typed("5x thermostat.Tick {}")
	s.keys("enter")
	s.asked(tick)
	s.want("stopped after 1 event: the script is gone")
}

// TestValueAt finds the place where a value is typed.
func TestValueAt(t *testing.T) {
	for text, want := range map[string]string{
		`{"door":`:                `door 8 `,
		`{"door": "fr`:            `door 9 "fr`,
		`{"door":"front"`:         "",
		`{"do`:                    "",
		`{"a":{"b":[1,tr`:         `a.b.#2 13 tr`,
		`{"a":[{"b":1},{"b":"x\"`: `a.#2.b 19 "x\"`,
		`{"a":1,`:                 "",
		`[`:                       `#1 1 `,
		`[1, 2`:                   `#2 4 2`,
		``:                        "",
		`{"a":{}`:                 "",
		`{"a":1}`:                 "",
	} {
		p := valueAt(text)
		got := ""
		if p.ok {
			got = fmt.Sprintf("%s %d %s", strings.Join(p.path, "."), p.from, p.partial)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// TestValues completes values by what the type says and by what was given
// before, and says while one types what does not fit.
func TestValues(t *testing.T) {
	f := freshFake()
	f.shapes = map[string][]interp.FieldShape{"door.OnOpen": {field("e", false, openingShape())}}
	s := openScreen(t, f, 120, 40, Options{})
	s.keys("f")
	s.typed(`door.OnOpen {"door":`)
	s.want(`"front"`)
	s.want(`"cellar"`)
	s.want(`"back"`) // of a saved event
	s.typed(`"ce`)
	s.keys("tab")
	s.typed(`,"quiet":`)
	s.want("│▸ true")
	s.keys("down", "enter")
	s.typed(`,"guests":[{"na`)
	s.want("│▸ name")
	s.keys("tab")
	s.typed(`"x"}],"people":`)
	s.want("│▸ 3")
	s.keys("tab")
	s.typed("}")
	if got, want := s.a.fire.String(), `door.OnOpen {"door":"cellar","quiet":false,"guests":[{"name":"x"}],"people":3}`; got != want {
		t.Fatalf("completing gave %s, want %s", got, want)
	}
	s.want("Fire", "OnOpen(e Opening")
	s.keys("backspace", "backspace")
	s.typed("1000}")
	s.want("Fire", "people from -128 to 127")
	s.keys("backspace")
	s.typed(`,"knock":1}`)
	s.want("Fire", "no field knock")
	s.keys("enter") // whether it fits is for the session to say
	s.asked(`fire door OnOpen {"door":"cellar","quiet":false,"guests":[{"name":"x"}],"people":1000,"knock":1} from screen`)
}
