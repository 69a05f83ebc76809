package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/session"
)

// firePlan is what one line of the fire line asks for: events one after the
// other, the whole so many times, a round every so often.
//
//	10x door.OnOpen {"door":"front"}
//	every 2s Tick
//	5x every 500ms door.OnOpen {"door":"front"} ; door.OnClose {"door":"front"}
type firePlan struct {
	steps []session.FireRequest
	times int           // rounds, 0 without end
	every time.Duration // from the beginning of a round to that of the next, 0 at once
}

const (
	mostTimes  = 1_000_000
	leastEvery = 10 * time.Millisecond
)

// single says that a plan is one event, fired once.
func (p firePlan) single() bool { return len(p.steps) == 1 && p.times == 1 && p.every == 0 }

// how describes the rounds of a plan: "10 times, every 2s", "" for once.
func (p firePlan) how() string {
	var parts []string
	if p.times > 1 {
		parts = append(parts, strconv.Itoa(p.times)+" times")
	}
	if p.every > 0 {
		parts = append(parts, "every "+durationText(p.every))
	}
	return strings.Join(parts, ", ")
}

// planHead takes the words off a line that say how often it is fired. n is how
// many bytes they are, blanks included.
func planHead(text string) (p firePlan, n int, problem string) {
	p.times = 1
	counted := false
	for {
		lead := len(text[n:]) - len(strings.TrimLeft(text[n:], " "))
		word, _, whole := strings.Cut(text[n+lead:], " ")
		switch number, isCount := strings.CutSuffix(word, "x"); {
		case isCount && isDigits(number) && whole:
			times, err := strconv.Atoi(number)
			if err != nil || times < 1 || times > mostTimes {
				problem = fmt.Sprintf("%s: from 1x to %dx", word, mostTimes)
			}
			p.times, counted = max(times, 1), true
			n += lead + len(word) + 1
		case word == "every" && whole:
			rest := text[n+lead+len("every "):]
			skip := len(rest) - len(strings.TrimLeft(rest, " "))
			d, _, whole := strings.Cut(rest[skip:], " ")
			if !whole {
				return p, n, problem // still being typed, or an event of that name
			}
			every, err := time.ParseDuration(d)
			switch {
			case err != nil:
				problem = d + " is no time; write 500ms, 2s or 1m"
			case every < leastEvery:
				problem = fmt.Sprintf("every %s is too often; at least %s", d, leastEvery)
			}
			p.every = max(every, leastEvery)
			n += lead + len("every ") + skip + len(d) + 1
		default:
			if p.every > 0 && !counted {
				p.times = 0
			}
			return p, n, problem
		}
	}
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// steps cuts text at the semicolons between events; those in strings are data.
func steps(text string) (from []int) {
	from = []int{0}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			end, _ := stringEnd(text, i)
			i = end - 1
		case ';':
			from = append(from, i+1)
		}
	}
	return from
}

// lastStep is where the event begins that is being typed: behind the words that
// say how often, and behind the events before it.
func lastStep(text string) int {
	_, head, _ := planHead(text)
	from := steps(text[head:])
	at := head + from[len(from)-1]
	return at + len(text[at:]) - len(strings.TrimLeft(text[at:], " "))
}

// plan is the whole line. ok is false where something keeps it from being
// fired; the check then says what.
func (f *fireLine) plan() (p firePlan, ok bool) {
	text := f.String()
	p, head, problem := planHead(text)
	if problem != "" {
		f.check, f.strict = dataCheck{problem: problem, at: -len(text)}, true
		return p, false
	}
	from := steps(text[head:])
	for i, at := range from {
		end := len(text)
		if i+1 < len(from) {
			end = head + from[i+1] - 1
		}
		part := text[head+at : end]
		name, data, _ := splitEvent(part)
		if name == "" && i > 0 {
			continue // a semicolon at the end
		}
		check := checkData(data)
		if name == "" {
			check.problem = "which event?"
		}
		if check.problem != "" {
			if i+1 < len(from) {
				check.problem += " (event " + strconv.Itoa(i+1) + ")"
			}
			f.check, f.strict = check, true
			return p, false
		}
		p.steps = append(p.steps, request(name, data))
	}
	return p, true
}

// fireRun is a plan being fired. At most one is; events are fired one after the
// other, each when the one before has ended.
type fireRun struct {
	firePlan
	number int // tells messages of this run from those of runs before
	step   int // of the round
	round  int // rounds ended
	fired  int
	failed int
	began  time.Time // of the round
}

// runGoesOn wakes a run that waits for its next round.
type runGoesOn struct{ number int }

// startRun begins a plan; the one before ends.
func (a *App) startRun(p firePlan) tea.Cmd {
	if len(p.steps) == 0 {
		return nil
	}
	a.runs++
	a.run = &fireRun{firePlan: p, number: a.runs, began: time.Now()}
	a.fire.last = p.steps[len(p.steps)-1]
	a.notice.text = ""
	return a.fireStep()
}

func (a *App) fireStep() tea.Cmd {
	r := a.run
	number := r.number
	cmd := a.fireEvent(r.steps[r.step])
	return func() tea.Msg {
		m := cmd()
		if fired, ok := m.(eventFired); ok {
			fired.run = number
			return fired
		}
		return m
	}
}

// stepped goes on with a run after one of its events.
func (a *App) stepped(m eventFired) tea.Cmd {
	r := a.run
	if r == nil || m.run != r.number {
		return nil
	}
	r.fired++
	if m.err != nil {
		// What cannot be fired now cannot be fired the next time either.
		a.run = nil
		return a.say(true, "stopped after %s: %v", plural(r.fired, "event"), m.err)
	}
	for i := range m.event.Calls {
		if m.event.Calls[i].Error != nil {
			r.failed++
			break
		}
	}
	if r.step++; r.step < len(r.steps) {
		return a.fireStep()
	}
	r.step = 0
	if r.round++; r.times > 0 && r.round >= r.times {
		return a.endRun("fired")
	}
	wait := r.every - time.Since(r.began)
	if r.every == 0 || wait <= 0 {
		r.began = time.Now()
		return a.fireStep()
	}
	number := r.number
	return a.tick(wait, func(time.Time) tea.Msg { return runGoesOn{number} })
}

func (a *App) runWakes(m runGoesOn) tea.Cmd {
	if a.run == nil || a.run.number != m.number {
		return nil
	}
	a.run.began = time.Now()
	return a.fireStep()
}

// endRun ends the run and says what it did.
func (a *App) endRun(verb string) tea.Cmd {
	r := a.run
	a.run = nil
	if r.failed > 0 {
		return a.say(true, "%s %s, %d failed", verb, plural(r.fired, "event"), r.failed)
	}
	return a.say(false, "%s %s", verb, plural(r.fired, "event"))
}

// progress says how far a run is.
func (r *fireRun) progress() string {
	if r.times > 0 {
		return strconv.Itoa(r.round) + "/" + strconv.Itoa(r.times)
	}
	return strconv.Itoa(r.round) + "×"
}

// durationText is a duration without the units that are zero.
func durationText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
