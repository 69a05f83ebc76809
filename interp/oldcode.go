package interp

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// What a patch cannot replace is code that has begun, or that was made, before
// it: a goroutine stays in the body that it is in until that returns, and a
// closure is a value. Both are found by looking at the stacks of goroutines
// (stacks.go) and at what variables and timers hold (holders.go).

// OldCode kinds.
const (
	OldCall      = "call"      // a fired event that has not ended
	OldGoroutine = "goroutine" // any other goroutine
	OldClosure   = "closure"   // a func value
)

// OldCode is code of an earlier version that can still run.
type OldCode struct {
	Kind string `json:"kind"`
	// Unit is whose code it is, Version which version of it, 0 when that is
	// not known. Closure says that it is a closure that the unit made.
	Unit    string `json:"unit"`
	Version int    `json:"version,omitempty"`
	Closure bool   `json:"closure,omitempty"`
	Count   int    `json:"count"` // how many calls, goroutines or func values
	// Holder is what holds a closure: a variable or a timer. Of a call it is
	// the handler, of a goroutine the function it began in, if another one.
	Holder string `json:"holder,omitempty"`
	// State says what a call or goroutine does: "select", "sleep", "running".
	State string `json:"state,omitempty"`
}

// Notes are what a person should know of a report, in sentences.
func (r *Report) Notes() []string {
	notes := slices.Clone(r.Reasons)
	for _, o := range r.Old {
		notes = append(notes, "old code: "+o.String())
	}
	return notes
}

// String says it in a sentence.
func (o OldCode) String() string {
	_, what, _ := strings.Cut(o.Unit, " ")
	version := "an earlier version"
	if o.Version > 0 {
		version = fmt.Sprintf("v%d", o.Version)
	}
	what = version + " of " + what
	if o.Closure && o.Kind != OldClosure {
		what = "a closure that " + what + " made"
	}
	pick := func(one, more string) string {
		if o.Count == 1 {
			return one
		}
		return fmt.Sprintf("%d %s", o.Count, more)
	}
	s := ""
	switch o.Kind {
	case OldCall:
		s = pick("a call", "calls") + " of " + o.Holder + " in flight: in " + what + " until that returns"
	case OldGoroutine:
		s = pick("a goroutine", "goroutines") + " in " + what + " until that returns"
		if o.Holder != "" {
			s += "; begun in " + o.Holder
		}
	default:
		s = o.Holder + " holds " + pick("a closure", "closures") + " that " + what + " made"
	}
	if o.State != "" {
		s += " (" + o.State + ")"
	}
	return s
}

// How long variables are searched for closures, with a report and when somebody
// asks: calls wait meanwhile. With more goroutines than oldGoroutines these are
// not looked at, all would stand still for too long.
const (
	oldLook       = 20 * time.Millisecond
	oldAsked      = 2 * time.Second
	oldGoroutines = 2000
)

// secondLook is after how long a goroutine in old code is looked at again: what
// it only passes through it has left by then.
const secondLook = time.Millisecond

// Old lists what can still run code of earlier versions: calls in flight and
// goroutines that are in it now, and closures that variables and timers hold.
// It does not find what goroutines and closures hold in local variables, what is
// in channels, and what compiled packages keep. Whole is false when there was too
// much to look through it all.
func (l *Live) Old() (list []OldCode, whole bool) {
	l.mu.Lock()
	p := l.prog
	l.mu.Unlock()
	list, whole = l.oldStacks(nil)
	l.holding(p, func() {
		more, all := l.oldClosures(p, nil, oldAsked)
		list, whole = append(list, more...), whole && all
	})
	return list, whole
}

// oldAfter is what a report lists of Old: what it concerns.
func (l *Live) oldAfter(rep *Report, concurrent, closures bool) {
	units := map[string]bool{}
	for _, u := range rep.Units {
		units[u.Key] = u.Change != ChangeAdded
	}
	if concurrent {
		list, whole := l.oldStacks(units)
		if rep.Old = list; !whole {
			rep.Reasons = append(rep.Reasons, "there are too many goroutines to tell which go on in old code")
		}
	}
	if closures {
		p := l.program()
		l.holding(p, func() {
			list, whole := l.oldClosures(p, units, oldLook)
			rep.Old = append(rep.Old, list...)
			if !whole {
				rep.Reasons = append(rep.Reasons, "there may be closures with old code that were not found: the state is too large to be looked through")
			}
		})
	}
}

// oldStacks finds the calls and goroutines that are in old code of some units,
// nil for all. whole is false when there are too many to look at.
func (l *Live) oldStacks(units map[string]bool) (out []OldCode, whole bool) {
	if runtime.NumGoroutine() > oldGoroutines {
		return nil, false
	}
	type entry struct {
		OldCode
		call string
	}
	look := func() map[int64][]entry {
		found := map[int64][]entry{}
		l.stop.mu.Lock()
		calls := map[int64]string{}
		for r := range l.stop.running {
			if r.call {
				calls[r.id] = r.what
			}
		}
		l.stop.mu.Unlock()
		for _, g := range l.goroutines() {
			for i := range g.frames {
				o, ok := l.oldCode(g.frames[i].provenance, units)
				if !ok {
					continue
				}
				o.Kind, o.Count, o.State = OldGoroutine, 1, g.state
				if what, isCall := calls[g.id]; isCall {
					o.Kind, o.Holder = OldCall, what
				} else if first, ok := l.began(g.frames); ok && first != strings.SplitN(o.Unit, " ", 2)[1] {
					o.Holder = first
				}
				found[g.id] = append(found[g.id], entry{o, g.frames[i].call})
			}
		}
		return found
	}
	found := look()
	if len(found) > 0 {
		time.Sleep(secondLook)
		again := look()
		for id, list := range again {
			again[id] = slices.DeleteFunc(list, func(a entry) bool {
				return !slices.ContainsFunc(found[id], func(e entry) bool { return a.call == e.call })
			})
		}
		found = again
	}
	for _, list := range found {
		counted := map[OldCode]bool{} // recursion is one goroutine all the same
		for _, e := range list {
			if !counted[e.OldCode] {
				counted[e.OldCode] = true
				out = append(out, e.OldCode)
			}
		}
	}
	return summed(out), true
}

// began names the function that a goroutine began in.
func (l *Live) began(frames []codeFrame) (string, bool) {
	s, ok := l.symbolAt(frames[len(frames)-1].provenance)
	return s.display, ok
}

// summed counts what reads the same together.
func summed(list []OldCode) []OldCode {
	counts := map[OldCode]int{}
	for _, o := range list {
		n := o.Count
		o.Count = 0
		counts[o] += n
	}
	var out []OldCode
	for o, n := range counts {
		o.Count = n
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b OldCode) int { return strings.Compare(a.Kind+a.Unit+a.String(), b.Kind+b.Unit+b.String()) })
	return out
}

// oldCode tells whether code is no longer what its unit says, and the unit one
// of those asked for.
func (l *Live) oldCode(c provenance, units map[string]bool) (o OldCode, ok bool) {
	s, ok := l.symbolAt(c)
	if !ok || units != nil && !units[s.id] {
		return o, false
	}
	p := l.program()
	u := p.unit(s.id)
	if u != nil && u.meaning == s.meaning {
		return o, false
	}
	o = OldCode{Unit: s.id, Version: s.version}
	if c.literal.IsValid() {
		text, isOne := s.closureAt(c.literal)
		if !isOne { // a part of the function in a closure of ours
			return o, false
		}
		// A closure that the unit makes today as well is not old for a person.
		if u != nil && u.shape != s.shape && slices.ContainsFunc(closureTexts(p.text(u)), func(t closureText) bool { return t.tokens == text }) {
			return o, false
		}
		o.Closure = true
	}
	return o, true
}

// symbolAt finds what a piece of code was compiled from.
func (l *Live) symbolAt(c provenance) (symbol, bool) {
	if s, ok := l.symbol(c.function); ok || !c.literal.IsValid() {
		return s, ok
	}
	file, gen, ok := sourceFile(c.literal.Filename)
	if !ok {
		return symbol{}, false
	}
	return l.initializer(file, gen, c.literal.Line)
}
