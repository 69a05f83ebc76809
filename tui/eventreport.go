package tui

import (
	"path"
	"strconv"
	"strings"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/theme"
)

// report draws what a save did, in a sentence.
func (d logRows) report(e *session.Entry, open bool) []line {
	k, r := d.ink, e.Report
	sign, in := theme.SignReport, &k.report
	switch r.Status {
	case interp.StatusRefused:
		sign, in = theme.SignBehind, &k.bad
	case interp.StatusUnchanged:
		sign, in = theme.SignNotice, &k.notice
	}
	l := d.head(e, sign, in, r.Script)
	switch r.Status {
	case interp.StatusRefused:
		l.add(&k.bad, clean(refusal(r, d.width < 100)))
		if r.Cause == interp.CauseLoad {
			l.end(&k.muted, "not loaded ")
		} else {
			l.end(&k.muted, "old code stays live ")
		}
		l.soft = true
	case interp.StatusUnchanged:
		l.add(&k.muted, "text changed, code did not")
	default:
		l.add(&k.text, reportSentence(r))
		took := ""
		if r.Timing.Total > 0 {
			took = "live in " + micros(r.Timing.Total) + " "
		}
		// Notes on what is live now must not go unseen; those of a script that
		// started over only say why it did.
		note := ""
		if n := len(r.Notes()); n > 0 && r.Status == interp.StatusLive && r.Cause != interp.CauseCrash {
			note = "! " + plural(n, "note") + " "
		}
		switch {
		case note == "":
			l.end(&k.duration, took)
			l.soft = true
		case widthOf(l.left)+width(note)+width(took)+2 <= d.width:
			l.end(&k.warn, note+" ").end(&k.duration, took)
		default:
			l.end(&k.warn, note)
		}
	}
	lines := []line{l}
	if open {
		lines = append(lines, d.openReport(r)...)
	}
	return lines
}

// refusal is the first diagnostic of a refused report; short leaves the folder
// out of its place.
func refusal(r *interp.Report, short bool) string {
	for _, dg := range r.Diagnostics {
		if dg.Severity == interp.SeverityError || dg.Severity == "" {
			file := dg.File
			if short {
				file = path.Base(file)
			}
			s := place(file, dg.Line, dg.Column) + ": " + dg.Message
			if n := len(r.Diagnostics) - 1; n > 0 {
				s += " (+" + strconv.Itoa(n) + ")"
			}
			return s
		}
	}
	if len(r.Reasons) > 0 {
		return r.Reasons[0]
	}
	return "refused"
}

// reportSentence says what a report that went live did.
func reportSentence(r *interp.Report) string {
	var s strings.Builder
	switch {
	case r.Cause == interp.CauseLoad:
		return "loaded " + loadedText(r)
	case r.Cause == interp.CauseRestart:
		s.WriteString("restarted, state started over")
	case r.Cause == interp.CauseCrash:
		s.WriteString("live again from its files, state started over")
	case r.Cause == interp.CauseRollback:
		s.WriteString("rolled back")
	case r.Status == interp.StatusReloaded:
		s.WriteString("reloaded, state started over")
	}
	if len(r.Units) > 0 {
		if s.Len() > 0 {
			s.WriteString(": ")
		}
		s.WriteString(unitsText(r.Units))
	} else if s.Len() == 0 {
		s.WriteString("live")
	}
	if n := effects(r.Vars, interp.VarMigrated); n > 0 {
		s.WriteString(", " + plural(n, "variable") + " carried over")
	}
	if n := effects(r.Vars, interp.VarReset, interp.VarInitialised); n > 0 {
		s.WriteString(", " + plural(n, "variable") + " set anew")
	}
	return s.String()
}

// loadedText counts what a load brought.
func loadedText(r *interp.Report) string {
	funcs := 0
	for _, u := range r.Units {
		if strings.HasPrefix(u.Key, "func ") || strings.HasPrefix(u.Key, "method ") {
			funcs++
		}
	}
	s := plural(funcs, "function")
	if n := len(r.Vars); n > 0 {
		s += ", " + plural(n, "variable")
	}
	return s
}

// unitsText names the changed units, the first few of them.
func unitsText(units []interp.UnitChange) string {
	const most = 4
	var parts []string
	again := 0
	for _, u := range units {
		name := keyLabel(u.Key)
		switch u.Change {
		case interp.ChangeAdded:
			parts = append(parts, "+"+name)
		case interp.ChangeRemoved:
			parts = append(parts, "−"+name)
		case interp.ChangeRecompiled:
			again++
		default:
			parts = append(parts, name+" v"+strconv.Itoa(u.From)+"→v"+strconv.Itoa(u.To))
		}
	}
	if len(parts) > most {
		parts = append(parts[:most:most], "+"+strconv.Itoa(len(parts)-most)+" more")
	}
	if again > 0 {
		parts = append(parts, plural(again, "unit")+" compiled again")
	}
	return strings.Join(parts, ", ")
}

// effects counts the variables with one of the given effects.
func effects(vars []interp.VarChange, which ...string) int {
	n := 0
	for _, v := range vars {
		for _, w := range which {
			if v.Effect == w {
				n++
			}
		}
	}
	return n
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}
