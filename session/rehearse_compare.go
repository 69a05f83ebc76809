package session

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"hotloop/interp"
)

// RehearsalRequest asks for past events to be fired at fresh engines. Without a
// record they are those of the session's log. Script, From and To bound them as
// in a ReplayRequest.
type RehearsalRequest struct {
	Script string
	Record string
	From   uint64
	To     uint64
	// Sources is the code that the events are fired at, by script; Against,
	// unless nil, other code to compare with instead of what is recorded.
	Sources map[string]interp.Source
	Against map[string]interp.Source
	// Before, if not 0, compares with the code as it was before that report.
	Before int
}

// Rehearsal is what came of it.
type Rehearsal struct {
	Differences []Difference   `json:"differences"`
	Same        int            `json:"same"`
	Skipped     []SkippedEvent `json:"skipped"`
	// States says where the variables of a script differ at the end of a life;
	// only when two versions are compared.
	States []StateDifference `json:"states"`
	// Chance lists the events that may come to something else each time, so that
	// a difference need not come from the code.
	Chance  []Chance `json:"chance,omitempty"`
	Notices []string `json:"notices,omitempty"`

	outcomes []outcomeOf // of every event that was fired, in order
}

// StateDifference says where variables differ after the last event of a life.
type StateDifference struct {
	Script  string   `json:"script"`
	Seq     uint64   `json:"seq"` // of the last event
	Changes []Change `json:"changes"`
}

// outcomeOf is what one event came to.
type outcomeOf struct {
	past    *pastCall
	after   interp.Call
	changes []Change
	why     string // it was not fired
}

// rehearse fires chapters and compares.
func (g *stage) rehearse(ctx context.Context, req RehearsalRequest, list []*chapter) (Rehearsal, error) {
	out := Rehearsal{Differences: []Difference{}, Skipped: []SkippedEvent{}, States: []StateDifference{}}
	for _, ch := range list {
		src, ok := req.Sources[ch.script]
		if !ok {
			for i := range ch.why {
				if ch.why[i] == "" {
					ch.why[i] = "there is no script " + ch.script + " now"
				}
			}
		}
		after, err := g.play(ctx, ch, src)
		if err != nil {
			return out, err
		}
		var before *performance
		if other, ok := req.Against[ch.script]; ok {
			p, err := g.play(ctx, ch, other)
			if err != nil {
				return out, err
			}
			before = &p
		}
		out.compare(ch, before, &after)
		out.addChances(ch.script, after.chances)
		if before != nil {
			out.addChances(ch.script, before.chances)
			out.Notices = append(out.Notices, paceNotices(ch.script, before.calls, after.calls, after.why)...)
		}
	}
	slices.SortStableFunc(out.outcomes, func(a, b outcomeOf) int { return int(int64(a.past.seq) - int64(b.past.seq)) })
	for _, o := range out.outcomes {
		switch p := o.past; {
		case o.why != "":
			out.Skipped = append(out.Skipped, SkippedEvent{p.seq, p.script, p.event, o.why})
		case len(o.changes) == 0:
			out.Same++
		default:
			out.Differences = append(out.Differences, Difference{p.seq, p.script, p.event, p.data, p.call, o.after, aspects(o.changes), o.changes})
		}
	}
	return out, nil
}

// compare adds what a chapter came to, against what is recorded or, where there
// is one, against another performance.
func (r *Rehearsal) compare(ch *chapter, before, after *performance) {
	for i := range ch.calls {
		p := &ch.calls[i]
		if after.why[i] != "" {
			r.outcomes = append(r.outcomes, outcomeOf{past: p, why: after.why[i]})
			continue
		}
		was := p.call
		if before != nil {
			was = before.calls[i]
			past := *p
			past.call = was
			p = &past
		}
		r.outcomes = append(r.outcomes, outcomeOf{past: p, after: after.calls[i], changes: compareCalls(&was, &after.calls[i])})
	}
	if before == nil || before.state == nil || after.state == nil {
		return
	}
	if changes := compareStates(before.state, after.state); len(changes) > 0 {
		r.States = append(r.States, StateDifference{ch.script, ch.calls[len(ch.calls)-1].seq, changes})
	}
}

// compareStates says in what variables differ.
func compareStates(before, after []interp.Var) []Change {
	var c comparison
	is := map[string]*interp.Var{}
	for i := range after {
		is[after[i].Name] = &after[i]
	}
	for i := range before {
		b := &before[i]
		a := is[b.Name]
		if a == nil {
			c.add(Removed, b.Name, b.Text, "")
			continue
		}
		delete(is, b.Name)
		c.values(b.Name, &interp.Value{Type: b.Type, Text: b.Text, Value: b.Value}, &interp.Value{Type: a.Type, Text: a.Text, Value: a.Value})
	}
	for i := range after {
		if a := &after[i]; is[a.Name] != nil {
			c.add(Added, a.Name, "", a.Text)
		}
	}
	return c.changes()
}

// aspects names what changes are about: "returns", "error", "output".
func aspects(changes []Change) (what []string) {
	for _, c := range changes {
		aspect := c.Path
		for _, known := range []string{"returns", "output"} {
			if len(c.Path) >= len(known) && c.Path[:len(known)] == known {
				aspect = known
			}
		}
		if !slices.Contains(what, aspect) {
			what = append(what, aspect)
		}
	}
	return what
}

// Rehearse fires past events at fresh engines with the code that runs now, or
// that the request names, and compares with what they came to. Nothing of the
// session's scripts changes.
func (s *Session) Rehearse(ctx context.Context, req RehearsalRequest) (out Rehearsal, err error) {
	if req.Sources == nil {
		req.Sources = s.liveSources()
	}
	if req.Before > 0 {
		if req.Against, err = s.sourcesBefore(req.Before); err != nil {
			return out, err
		}
	}
	var list []*chapter
	var notices []string
	if req.Record != "" {
		if list, notices, err = readChapters(req.Record, req.From, req.To, req.Script); err != nil {
			return out, fmt.Errorf("replay: %w", err)
		}
	} else {
		list = s.loggedChapters(req.From, req.To, req.Script)
	}
	out, err = s.stage().rehearse(ctx, req, list)
	out.Notices = append(notices, out.Notices...)
	return out, err
}

// sourcesBefore gives the code of the script that a report is about as it was
// before it.
func (s *Session) sourcesBefore(report int) (map[string]interp.Source, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var known []string
	for name, sc := range s.scripts {
		past := &sc.memory.past
		if i := past.find(report); i >= 0 {
			before, _ := past.at(i)
			return map[string]interp.Source{name: before}, nil
		}
		for _, p := range past.points {
			known = append(known, strconv.Itoa(p.report))
		}
	}
	slices.Sort(known)
	return nil, &NotFoundError{What: "report whose code before is remembered", Name: strconv.Itoa(report), Nearest: known[max(0, len(known)-3):]}
}

// liveSources gives the code of the scripts that runs, or ran last.
func (s *Session) liveSources() map[string]interp.Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]interp.Source{}
	for name, sc := range s.scripts {
		if sc.loaded {
			out[name] = sc.live
		}
	}
	return out
}
