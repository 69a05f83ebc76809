package tui

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/session"
)

// What one does with entries of the log: marking some, copying and saving
// them, firing them again.

// mark marks the entry under the cursor, or takes the mark away, and goes on
// to the next one.
func (p *logPane) mark() {
	e, ok := p.current()
	if !ok {
		return
	}
	n, _ := p.list.Cursor()
	p.list.Hold()
	if p.marked[e.Seq] {
		delete(p.marked, e.Seq)
	} else {
		p.marked[e.Seq] = true
	}
	p.list.Select(n)
	if _, next := p.shown().Bounds(); n+1 < next {
		p.list.Select(n + 1)
	}
}

// chosen are the marked entries, oldest first, or the one under the cursor.
func (p *logPane) chosen() []session.Entry {
	var out []session.Entry
	for seq := range p.marked {
		if e, ok := p.entry(seq); ok {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		if e, ok := p.current(); ok {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b session.Entry) int { return int(int64(a.Seq) - int64(b.Seq)) })
	return out
}

// saved are the entries that saving takes: the marked ones, or all that the
// filter lets through.
func (p *logPane) toSave() []session.Entry {
	if len(p.marked) > 0 {
		return p.chosen()
	}
	first, next := p.Bounds()
	all := p.ring.Window(first, int(next-first))
	if p.filtered == nil {
		return all
	}
	return slices.DeleteFunc(all, func(e session.Entry) bool { return !p.match.matches(&e) })
}

// entryLines is an entry as text, without colours.
func (p *logPane) entryLines(e *session.Entry, open bool) string {
	rows := logRows{ink: p.ink, width: 1 << 14, was: p.results.was[e.Seq]}.entry(e, open)
	var b strings.Builder
	for _, l := range rows {
		text := ""
		for _, s := range append(l.left, l.right...) {
			text += s.text
		}
		b.WriteString(strings.TrimSpace(text) + "\n")
	}
	return b.String()
}

// refire fires the chosen entries' events again, one after the other.
func (a *App) refire() tea.Cmd {
	var reqs []session.FireRequest
	for _, e := range a.log.chosen() {
		if e.Event != nil {
			reqs = append(reqs, session.FireRequest{Event: e.Event.Name, Script: e.Event.Script, Data: e.Event.Data})
		}
	}
	switch len(reqs) {
	case 0:
		return a.say(false, "only events can be fired again")
	case 1:
		return a.fireRequest(reqs[0])
	}
	return a.startRun(firePlan{steps: reqs, times: 1})
}

// askSave asks for the file that the log is saved to.
func (a *App) askSave() tea.Cmd {
	n := len(a.log.toSave())
	if n == 0 {
		return a.say(false, "nothing to save here")
	}
	p := &prompt{title: "Save " + plural(n, "entry", "entries") + " of the log", about: "a name that ends in .jsonl makes a record that can be replayed"}
	p.set("hotloop.log")
	p.done = func(a *App, name string) tea.Cmd { return a.saveLog(name) }
	a.dialog = p
	return nil
}

// saveLog writes entries to a file that must not be there yet: as text, or as
// a record where the name ends in .jsonl.
func (a *App) saveLog(name string) tea.Cmd {
	entries := a.log.toSave()
	if !filepath.IsAbs(name) {
		name = filepath.Join(a.opt.Dir, name)
	}
	var b strings.Builder
	record := strings.HasSuffix(name, ".jsonl")
	for i := range entries {
		if !record {
			b.WriteString(a.log.entryLines(&entries[i], true))
		}
	}
	text := b.String()
	return a.guard("save the log", func(context.Context) tea.Msg {
		if record {
			data, err := recordLines(entries)
			if err != nil {
				return wrote{name, 0, err}
			}
			text = string(data)
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return wrote{name, 0, err}
		}
		_, err = f.WriteString(text)
		if closed := f.Close(); err == nil {
			err = closed
		}
		return wrote{name, strings.Count(text, "\n"), err}
	})
}

// recordLines gives events, reports and crashes as lines of a record.
func recordLines(entries []session.Entry) ([]byte, error) {
	var out []byte
	for i := range entries {
		e := &entries[i]
		if e.Event == nil && e.Report == nil && e.Crash == nil {
			continue
		}
		line, err := json.Marshal(session.RecordLine{V: session.RecordVersion, Time: e.Time, Seq: e.Seq, Event: e.Event, Report: e.Report, Crash: e.Crash})
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		out = append(append(out, line...), '\n')
	}
	return out, nil
}

// narrow changes the log's filter by one of its special words.
func (a *App) narrow(act action) tea.Cmd {
	f := &a.log.filter
	switch act {
	case actErrors:
		f.set(toggleWord(f.String(), "is:error"))
	case actKinds:
		f.set(nextKind(f.String()))
	case actOnlyScript:
		name := a.scripts.scriptName()
		if e, ok := a.log.current(); ok {
			if of := entryScripts(&e); len(of) > 0 {
				name = of[0]
			}
		}
		if name == "" {
			return nil
		}
		f.set(toggleWord(f.String(), "script:"+oneLine(name)))
	}
	return a.scanOn(a.log.refilter())
}

// entryTrace gives the frames that an entry's rows show, in their order.
func entryTrace(e *session.Entry) []interp.Frame {
	var out []interp.Frame
	switch {
	case e.Event != nil:
		for i := range e.Event.Calls {
			if err := e.Event.Calls[i].Error; err != nil {
				out = append(out, err.Trace...)
			}
		}
	case e.Crash != nil:
		out = e.Crash.Trace
	}
	return out
}

// stepFrame goes to another frame of the trace of the entry under the cursor
// and shows the line it was in.
func (a *App) stepFrame(n int) tea.Cmd {
	e, ok := a.log.current()
	if !ok {
		return nil
	}
	trace := entryTrace(&e)
	if len(trace) == 0 {
		return a.say(false, "this entry has no trace")
	}
	at := 0
	if a.log.frameOf == e.Seq {
		at = min(max(a.log.frame+n, 0), len(trace)-1)
	}
	return a.showFrame(&e, at)
}

// showFrame marks a frame of an entry and shows its source.
func (a *App) showFrame(e *session.Entry, at int) tea.Cmd {
	p := a.log
	if !p.open[e.Seq] {
		p.toggle()
	}
	p.frameOf, p.frame = e.Seq, at
	f := entryTrace(e)[at]
	id, ok := a.scripts.at(f.File, f.Line)
	if !ok {
		return a.say(false, "%s is in no loaded script", place(f.File, f.Line, 0))
	}
	a.scripts.reveal(id)
	a.unit.point(id, f.Line)
	if a.layout.shown(paneDetail) {
		a.detail.show(tabSource)
		a.relayout()
		return a.selected()
	}
	return a.showTab(tabSource)
}
