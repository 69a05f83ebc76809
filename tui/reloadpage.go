package tui

import (
	"hotloop/interp"
	"hotloop/tui/diffview"
	"hotloop/tui/theme"
)

// mostUnits is how many units a page shows; a reload may change thousands.
const mostUnits = 200

// page draws a report or a plan.
func (d *diffTab) page(p page) []string {
	k, r := d.ink, p.report
	var rows []string
	put := func(l line) { rows = append(rows, l.draw(d.width, &k.text)) }
	blank := func() { rows = append(rows, blanks(d.width)) }

	put(d.headline(p))
	for _, reason := range r.Notes() {
		for i, part := range wrap(clean(reason), d.width-4) {
			var l line
			sign := "  "
			if i == 0 {
				sign = "! "
			}
			l.add(&k.warn, " "+sign).add(&k.muted, part)
			put(l)
		}
	}
	if len(r.Diagnostics) > 0 {
		blank()
		for i := range r.Diagnostics {
			for _, l := range diagnosticLines(k, &r.Diagnostics[i], d.width) {
				put(l)
			}
		}
	}
	d.heads = d.heads[:0]
	for i := range r.Units {
		if r.Cause == interp.CauseRestart || r.Cause == interp.CauseCrash {
			break
		}
		if d.single && i != d.unit {
			continue
		}
		if len(d.heads) == mostUnits {
			var l line
			put(*l.add(&k.muted, "  and "+plural(len(r.Units)-i, "unit")+" more"))
			break
		}
		blank()
		d.heads = append(d.heads, len(rows))
		rows = append(rows, drawBlocks([]diffview.Block{unitBlock(r.Script, &r.Units[i])}, d.width, d.styles, d.look)...)
	}
	if lines := variableLines(k, r.Vars); len(lines) > 0 {
		blank()
		for _, l := range lines {
			put(l)
		}
	}
	if r.Status != interp.StatusRefused && p.pending == nil {
		blank()
		lead := " took "
		for _, part := range wrap(timingText(r.Timing), max(d.width-len(lead)-1, 8)) {
			var l line
			l.add(&k.faint, lead).add(&k.muted, part)
			put(l)
			lead = "      "
		}
		if r.InFlight > 0 {
			var l line
			l.add(&k.faint, " ").add(&k.muted, plural(r.InFlight, "call")+" in flight when it went live")
			put(l)
		}
	}
	return rows
}

// headline says in a row what a report did.
func (d *diffTab) headline(p page) line {
	k, r := d.ink, p.report
	var l line
	l.add(&k.strong, " "+clean(r.Script)+"  ")
	switch {
	case p.pending != nil:
		what := "a plan, nothing is changed yet"
		if p.pending.NeedsReload {
			what = "a plan: reload, state starts over"
		}
		l.add(&k.warn, what).add(&k.text, "   ").add(&k.key, "y").add(&k.keyText, " apply  ").add(&k.key, "n").add(&k.keyText, " drop")
	case r.Status == interp.StatusRefused && r.Cause == interp.CauseLoad:
		l.add(&k.bad, "not loaded").add(&k.muted, ": a good save loads it")
	case r.Status == interp.StatusRefused:
		l.add(&k.bad, "refused").add(&k.muted, ": nothing changed, the old code stays live")
	case r.Status == interp.StatusUnchanged:
		l.add(&k.muted, "the text changed, the code did not")
	case r.Status == interp.StatusReloaded:
		l.add(&k.warn, reportVerb(r)).add(&k.muted, ", state started over")
	default:
		l.add(&k.good, reportVerb(r)+" "+plural(len(r.Units), "unit"))
		if kept := d.kept(r); kept > 0 {
			l.add(&k.muted, ", kept "+plural(kept, "variable"))
		}
	}
	if r.Status != interp.StatusRefused && r.Status != interp.StatusUnchanged && p.pending == nil {
		l.end(&k.accent, "live in "+micros(r.Timing.Total)+" ")
		l.soft = true
	}
	return l
}

func reportVerb(r *interp.Report) string {
	switch r.Cause {
	case interp.CauseRollback:
		return "rolled back"
	case interp.CauseRestart:
		return "restarted"
	case interp.CauseCrash:
		return "live again"
	case interp.CauseLoad:
		return "loaded"
	}
	if r.Status == interp.StatusReloaded {
		return "reloaded"
	}
	return "patched"
}

// unitBlock is the diff of one unit under its header.
func unitBlock(script string, u *interp.UnitChange) diffview.Block {
	b := diffview.Block{Header: &diffview.Header{
		Name: keyLabel(u.Key), From: u.From, To: u.To,
		Place: place(u.File, u.Line, 0), Verdict: u.Change, Detail: clean(u.Why),
	}}
	if u.OldText != "" || u.NewText != "" {
		old := u.OldLine
		if old == 0 {
			old = u.Line
		}
		b.Diff = diffview.Compute(u.OldText, u.NewText, old, u.Line)
	}
	return b
}

// variableLines says what became of the variables; the kept ones are counted
// in the headline.
func variableLines(k *inks, vars []interp.VarChange) []line {
	var lines []line
	for i := range vars {
		v := &vars[i]
		in := &k.warn
		switch v.Effect {
		case interp.VarKept:
			continue
		case interp.VarInitialised:
			in = &k.good
		case interp.VarMigrated:
			in = &k.info
		case interp.VarRemoved:
			in = &k.bad
		}
		var l line
		l.add(&k.faint, " var ").add(&k.strong, clean(v.Name)+"  ").add(in, clean(v.Effect))
		switch {
		case v.Old != "" && v.New != "":
			l.add(&k.text, "  "+clean(v.Old)).add(&k.faint, " "+theme.SignArrow+" ").add(&k.text, clean(v.New))
		case v.New != "":
			l.add(&k.text, "  "+clean(v.New))
		case v.Old != "":
			l.add(&k.muted, "  was "+clean(v.Old))
		}
		if v.Why != "" {
			l.add(&k.muted, "  "+clean(v.Why))
		}
		lines = append(lines, l)
	}
	return lines
}

// kept counts the variables that a report left as they were: those it names as
// kept, or all of the script that it does not name.
func (d *diffTab) kept(r *interp.Report) int {
	if n := effects(r.Vars, interp.VarKept); n > 0 {
		return n
	}
	named := map[string]bool{}
	for _, v := range r.Vars {
		named[v.Name] = true
	}
	n := 0
	for i := range d.scripts {
		if d.scripts[i].Name != r.Script {
			continue
		}
		for _, u := range d.scripts[i].Units {
			if u.Kind == interp.KindVar && u.Name != "_" && !named[u.Name] {
				n++
			}
		}
	}
	return n
}
