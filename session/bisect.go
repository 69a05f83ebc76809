package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hotloop/interp"
)

// Culprit is what changed the result of a pin.
type Culprit struct {
	Script string `json:"script"`
	Report int    `json:"report"`
	// Unit is the one unit of the report that does it alone; empty when only
	// several together do. From is its version before.
	Unit  string   `json:"unit,omitempty"`
	From  int      `json:"from,omitempty"`
	Diff  []Change `json:"diff,omitempty"` // between the versions before and after it
	Tried int      `json:"tried"`          // versions of the code that were rehearsed
}

var (
	errSameResult = errors.New("the pin comes to the same in every version of the code that is remembered")
	errNoVersions = errors.New("no version of the code before this one is remembered")
)

// Bisect finds the report, and the unit in it, that changed the result of a pin
// last. Each version of the code that is tried is loaded in an engine of its
// own, is fired the events of the script's present life, and then the pin; the
// state that the pin sees is the one that this code makes of these events. The
// session's script is not touched.
func (s *Session) Bisect(ctx context.Context, id int) (out Culprit, err error) {
	pins := s.Pins()
	i := slices.IndexFunc(pins, func(p Pin) bool { return p.ID == id })
	if i < 0 {
		return out, &NotFoundError{What: "pin", Name: fmt.Sprint(id)}
	}
	b := bisection{s: s, pin: pins[i], seen: map[int]*PinRun{}}
	out.Script = b.pin.Script
	sc, err := s.script(b.pin.Script)
	if err != nil {
		return out, err
	}
	b.chapter = s.presentLife(b.pin.Script)
	s.mu.Lock()
	b.past, b.live = sc.memory.past.clone(), sc.live
	s.mu.Unlock()
	if len(b.past.points) == 0 {
		return out, errNoVersions
	}
	at, err := b.search(ctx)
	if err != nil {
		return out, err
	}
	out.Report, out.Diff = b.past.points[at-1].report, comparePins(b.seen[at-1], b.seen[at])
	err = b.blame(ctx, &out, at)
	out.Tried = b.tried
	return out, err
}

// bisection is the search for a culprit. Source i+1 came to be by report i of
// the past, source 0 was there before all of them.
type bisection struct {
	s       *Session
	pin     Pin
	chapter *chapter
	past    lineage
	live    interp.Source
	seen    map[int]*PinRun // what the pin came to, by source
	tried   int
}

// source gives a source. What is live may have other comments than the last
// report left.
func (b *bisection) source(i int) interp.Source {
	switch {
	case i == len(b.past.points):
		return b.live
	case i == 0:
		before, _ := b.past.at(0)
		return before
	}
	_, after := b.past.at(i - 1)
	return after
}

// presentLife gives the events of the script since its last load.
func (s *Session) presentLife(script string) *chapter {
	list := s.loggedChapters(0, 0, script)
	if len(list) == 0 {
		return &chapter{script: script, repeat: interp.Repeat{Seed: unrecorded, Start: s.started}}
	}
	return list[len(list)-1]
}

// run rehearses the life with a version of the code and fires the pin.
func (b *bisection) run(ctx context.Context, src interp.Source) (*PinRun, error) {
	b.tried++
	g := b.s.stage()
	out := &PinRun{}
	_, err := g.playThen(ctx, b.chapter, src, func(e Engine, lost string) error {
		if lost != "" {
			out.Call = interp.Call{Function: b.pin.Event, Error: &interp.CallError{Kind: interp.ErrCrashed, Message: lost}}
			return nil
		}
		t, ok := e.(trier)
		if !ok {
			return errNoTrier
		}
		trials, err := t.Try(ctx, []interp.TrialRequest{{CallRequest: interp.CallRequest{Function: b.pin.Event, Data: b.pin.Data, Timeout: g.timeout}, Live: b.pin.Live}})
		if errors.Is(err, ErrEngineGone) && ctx.Err() == nil {
			out.Call = interp.Call{Function: b.pin.Event, Error: &interp.CallError{Kind: interp.ErrCrashed, Message: "the script's process ended"}}
			return nil
		}
		if err == nil {
			out.Trial = trials[0]
		}
		return err
	})
	return out, err
}

// result gives what the pin comes to with a source.
func (b *bisection) result(ctx context.Context, i int) (*PinRun, error) {
	if r := b.seen[i]; r != nil {
		return r, nil
	}
	r, err := b.run(ctx, b.source(i))
	if err == nil {
		b.seen[i] = r
	}
	return r, err
}

// search finds the last source with which the pin came to something else than
// with the one before. It halves the span between one that differs from the
// newest and the newest; the newest that differs is found first by going back
// in steps that double, since the last change is what is asked for.
func (b *bisection) search(ctx context.Context) (at int, err error) {
	good := len(b.past.points) // comes to the same as the newest
	newest, err := b.result(ctx, good)
	if err != nil {
		return 0, err
	}
	differs := func(i int) (bool, error) {
		r, err := b.result(ctx, i)
		return err == nil && len(comparePins(r, newest)) > 0, err
	}
	bad := -1
	for step := 1; bad < 0; step *= 2 {
		i := max(good-step, 0)
		d, err := differs(i)
		switch {
		case err != nil:
			return 0, err
		case d:
			bad = i
		case i == 0:
			return 0, errSameResult
		default:
			good = i
		}
	}
	for good-bad > 1 {
		mid := (good + bad) / 2
		d, err := differs(mid)
		if err != nil {
			return 0, err
		}
		if d {
			bad = mid
		} else {
			good = mid
		}
	}
	return good, nil
}

// blame finds the unit of a report that changes the result alone: put back, it
// brings the result before the report.
func (b *bisection) blame(ctx context.Context, out *Culprit, at int) error {
	b.s.mu.Lock()
	var units []interp.UnitChange
	for _, r := range b.s.reports {
		if r.ID == out.Report {
			units = slices.Clone(r.Units)
		}
	}
	b.s.mu.Unlock()
	units = slices.DeleteFunc(units, func(u interp.UnitChange) bool {
		return u.Change == interp.ChangeRecompiled || u.Change == interp.ChangeRemoved || u.From == 0 || u.OldText == ""
	})
	if len(units) == 1 {
		out.Unit, out.From = units[0].Key, units[0].From
		return nil
	}
	before, err := b.result(ctx, at-1)
	if err != nil {
		return err
	}
	for _, u := range units {
		kind, recv, name := splitKey(u.Key)
		src, err := splice(b.source(at), []edit{{unit: interp.Unit{Key: u.Key, Kind: kind, Name: name, Receiver: recv, File: u.File, Line: u.Line}, text: u.OldText}})
		if err != nil {
			continue // it cannot be put back by itself
		}
		r, err := b.run(ctx, src)
		if err != nil {
			return err
		}
		if len(comparePins(before, r)) == 0 {
			out.Unit, out.From = u.Key, u.From
			return nil
		}
	}
	return nil
}
