package tui

import (
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// resultsLimit bounds how many different events are remembered with the result
// they gave last.
const resultsLimit = 4096

// results remembers what each event with the same data gave last, and by how
// an entry differs from the time before.
type results struct {
	last  map[string]string
	order []string            // keys of last, oldest first
	was   map[uint64][]string // by entry: per call the result before, "" where it is the same

	// A crash is told twice: by the calls it ended and by the script itself,
	// in any order. The one that comes second need not repeat the reason.
	crashes map[string]crashSeen // by script, since it was live
	told    map[uint64][]bool    // by entry: per call, or for the one crash, that the reason is told before
}

// crashSeen is the crash of a script that the log told of last.
type crashSeen struct {
	reason string
	call   bool // by a call, not by the script
}

func newResults() *results {
	return &results{last: map[string]string{}, was: map[uint64][]string{},
		crashes: map[string]crashSeen{}, told: map[uint64][]bool{}}
}

// add looks at an entry; they come in the order of the log.
func (r *results) add(e *session.Entry) {
	r.addCrash(e)
	if e.Event == nil {
		return
	}
	for i := range e.Event.Calls {
		c := &e.Event.Calls[i]
		key := c.Script + "\x00" + c.Function + "\x00" + string(e.Event.Data)
		now := resultText(c)
		before, known := r.last[key]
		r.last[key] = now
		if !known {
			r.order = append(r.order, key)
			if len(r.order) > resultsLimit {
				delete(r.last, r.order[0])
				r.order = r.order[1:]
			}
			continue
		}
		if before != now {
			if r.was[e.Seq] == nil {
				r.was[e.Seq] = make([]string, len(e.Event.Calls))
			}
			r.was[e.Seq][i] = before
		}
	}
}

// addCrash notes which of the tellings of a crash is the first.
func (r *results) addCrash(e *session.Entry) {
	switch {
	case e.Event != nil:
		for i := range e.Event.Calls {
			c := &e.Event.Calls[i]
			if c.Error == nil || c.Error.Kind != interp.ErrCrashed {
				continue
			}
			if seen, ok := r.crashes[c.Script]; !ok || seen.reason != c.Error.Message {
				r.crashes[c.Script] = crashSeen{c.Error.Message, true}
				continue
			}
			if r.told[e.Seq] == nil {
				r.told[e.Seq] = make([]bool, len(e.Event.Calls))
			}
			r.told[e.Seq][i] = true
		}
	case e.Crash != nil && !e.Crash.Contained:
		seen, ok := r.crashes[e.Crash.Script]
		if ok && seen.call && seen.reason == e.Crash.Reason {
			r.told[e.Seq] = []bool{true}
		}
		r.crashes[e.Crash.Script] = crashSeen{e.Crash.Reason, false}
	case e.Report != nil && e.Report.Status != interp.StatusRefused:
		delete(r.crashes, e.Report.Script) // live again: the next crash is another one
	}
}

// forget drops what belongs to entries that the ring no longer has.
func (r *results) forget(first uint64) {
	for seq := range r.was {
		if seq < first {
			delete(r.was, seq)
		}
	}
	for seq := range r.told {
		if seq < first {
			delete(r.told, seq)
		}
	}
}

// resultText is what a call gave, in one line.
func resultText(c *interp.Call) string {
	if c.Error != nil {
		return errorText(c.Error)
	}
	parts := make([]string, len(c.Returns))
	for i, v := range c.Returns {
		parts[i] = v.Text
	}
	return strings.Join(parts, ", ")
}

// errorText is a call's error in one line. What a handler returned as its
// error speaks for itself; the other kinds are named.
func errorText(e *interp.CallError) string {
	switch e.Kind {
	case interp.ErrError:
		return e.Message
	case "":
		return "error: " + e.Message
	}
	if strings.HasPrefix(e.Message, e.Kind) {
		return e.Message
	}
	return e.Kind + ": " + e.Message
}

// entryText is what a filter looks into: everything the folded row says.
func entryText(e *session.Entry) string {
	var b strings.Builder
	b.WriteString(e.Script)
	put := func(parts ...string) {
		for _, s := range parts {
			b.WriteByte(' ')
			b.WriteString(s)
		}
	}
	switch {
	case e.Event != nil:
		put("event", e.Event.Name, string(e.Event.Data))
		for i := range e.Event.Calls {
			c := &e.Event.Calls[i]
			put(c.Script, c.Function, resultText(c), c.Output)
			if c.Error != nil {
				put("error")
			}
		}
	case e.Report != nil:
		put(string(e.Report.Status), string(e.Report.Cause), e.Report.Script)
		put(e.Report.Notes()...)
		for _, u := range e.Report.Units {
			put(u.Key)
		}
		for _, d := range e.Report.Diagnostics {
			put("error", d.File, d.Message)
		}
	case e.Output != nil:
		put("output", e.Output.Script, e.Output.Text)
	case e.Dropped != nil:
		put("output dropped", e.Dropped.Script)
	case e.Crash != nil:
		put("crash error", e.Crash.Script, e.Crash.Reason)
	default:
		put(e.Notice)
	}
	return b.String()
}
