package tui

import (
	"fmt"
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// plainEntry is an entry of the log in words, without signs that have to be
// seen. was is what its calls gave the time before, where that differs.
func plainEntry(e *session.Entry, was []string) []string {
	at := e.Time.Format("15:04:05") + " "
	var lines []string
	put := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch {
	case e.Event != nil:
		if len(e.Event.Calls) == 0 {
			put("%s%s: no script handles this", at, clean(e.Event.Name))
		}
		for i := range e.Event.Calls {
			c := &e.Event.Calls[i]
			data := ""
			if d := string(e.Event.Data); d != "" && d != "null" {
				data = " " + clean(d)
			}
			head := at + clean(c.Script+"."+c.Function) + data
			result := clean(resultText(c))
			switch {
			case c.Error != nil:
				where := ""
				if len(c.Error.Trace) > 0 {
					where = " at " + place(c.Error.Trace[0].File, c.Error.Trace[0].Line, 0)
				}
				put("%s failed: %s%s, after %s", head, result, where, micros(c.DurationUs))
			case result == "":
				put("%s: done in %s", head, micros(c.DurationUs))
			default:
				put("%s gave %s in %s", head, result, micros(c.DurationUs))
			}
			if i < len(was) && was[i] != "" {
				put("  the time before it gave %s", clean(was[i]))
			}
			rows, more := firstLines(c.Output, outputOpenRows)
			for _, l := range rows {
				if c.Output != "" {
					put("  it printed %s", l)
				}
			}
			if more > 0 {
				put("  and %s more", plural(more, "line"))
			}
		}
	case e.Report != nil:
		lines = plainReport(at, e.Report)
	case e.Pins != nil:
		lines = plainPins(at, e.Pins)
	case e.Output != nil:
		for _, l := range cleanLines(e.Output.Text) {
			put("%s%s printed %s", at, clean(e.Output.Script), l)
		}
	case e.Dropped != nil:
		put("%s%s: %d on %s were dropped, they came too fast", at, clean(e.Dropped.Script), e.Dropped.Count, clean(e.Dropped.Stream))
	case e.Crash != nil:
		what := "crashed"
		if e.Crash.Contained {
			what = "had a panic that was contained, its state is kept"
		}
		put("%s%s %s: %s", at, clean(e.Crash.Script), what, clean(firstLine(e.Crash.Reason)))
		for _, f := range e.Crash.Trace {
			put("  in %s at %s", clean(f.Function), place(f.File, f.Line, 0))
		}
	default:
		script := ""
		if e.Script != "" {
			script = clean(e.Script) + ": "
		}
		put("%s%s%s", at, script, clean(e.Notice))
	}
	return lines
}

var inWords = strings.NewReplacer("→", " to ", "+", "added ", "−", "removed ")

func plainReport(at string, r *interp.Report) []string {
	name := at + clean(r.Script)
	var lines []string
	switch r.Status {
	case interp.StatusRefused:
		lines = append(lines, name+" is behind, the old code stays live:")
		if r.Cause == interp.CauseLoad {
			lines[0] = name + " is not loaded:"
		}
		for i := range r.Diagnostics {
			lines = append(lines, "  "+plainDiagnostic(&r.Diagnostics[i]))
		}
	case interp.StatusUnchanged:
		lines = append(lines, name+": the text changed, the code did not")
	default:
		lines = append(lines, name+": "+clean(inWords.Replace(reportSentence(r)))+", live in "+micros(r.Timing.Total))
	}
	for _, v := range r.Vars {
		if v.Effect != interp.VarKept && r.Cause != interp.CauseLoad {
			lines = append(lines, "  variable "+clean(v.Effect+" "+inWords.Replace(variableText(v))))
		}
	}
	for _, reason := range r.Notes() {
		lines = append(lines, "  "+clean(reason))
	}
	return lines
}

func plainDiagnostic(d *interp.Diagnostic) string {
	s := place(d.File, d.Line, d.Column) + ": " + clean(d.Message)
	if d.Hint != "" {
		s += "; try " + clean(d.Hint)
	}
	return s
}
