package session

import (
	"slices"

	"hotloop/interp"
)

// The protocol's lists are [] and never null. These give copies in which that
// is so; what they are given is shared and stays as it is.

func wireScripts(scripts []interp.Script) []interp.Script {
	scripts = orEmpty(slices.Clone(scripts))
	for i := range scripts {
		s := &scripts[i]
		s.Files, s.Units, s.Diagnostics = orEmpty(s.Files), orEmpty(s.Units), orEmpty(s.Diagnostics)
	}
	return scripts
}

func wireReport(r interp.Report) interp.Report {
	r.Units, r.Vars, r.Diagnostics = orEmpty(r.Units), orEmpty(r.Vars), orEmpty(r.Diagnostics)
	return r
}

func wireReports(reports []interp.Report) []interp.Report {
	reports = orEmpty(slices.Clone(reports))
	for i := range reports {
		reports[i] = wireReport(reports[i])
	}
	return reports
}

func wireCalls(calls []interp.Call) []interp.Call {
	calls = orEmpty(slices.Clone(calls))
	for i := range calls {
		c := &calls[i]
		c.Returns = orEmpty(c.Returns)
	}
	return calls
}

func wireEvent(e Event) Event {
	e.Calls = wireCalls(e.Calls)
	return e
}

func wireReplay(r Replay) Replay {
	r.Differences, r.Skipped = orEmpty(slices.Clone(r.Differences)), orEmpty(r.Skipped)
	for i := range r.Differences {
		d := &r.Differences[i]
		d.Before.Returns, d.After.Returns = orEmpty(d.Before.Returns), orEmpty(d.After.Returns)
	}
	return r
}
