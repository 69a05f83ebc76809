package tui

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// The unfolded part of a log entry: labelled blocks under the entry's row.

const labelWidth = 11

// text draws a labelled block of text, long lines wrapped.
func (d logRows) text(label string, k *ink, s string) []line {
	indent := max(d.indent()-2, 0)
	room := d.width - indent - labelWidth - 1
	if room < 16 {
		indent, room = 2, d.width-labelWidth-3
	}
	var lines []line
	for _, row := range cleanLines(s) {
		for _, part := range wrap(row, room) {
			var l line
			l.add(&d.ink.text, blanks(indent)).add(&d.ink.faint, fit(clean(label), labelWidth)).add(k, part)
			lines = append(lines, l)
			label = ""
		}
	}
	return lines
}

// openCall draws data, results, output, error and trace of a call.
func (d logRows) openCall(ev *session.Event, c *interp.Call, frames int) []line {
	k := d.ink
	var lines []line
	if len(ev.Data) > 0 {
		data := string(ev.Data)
		if width(data) > d.width-d.indent()-labelWidth {
			data = indentJSON(ev.Data)
		}
		lines = append(lines, d.text("data", &k.data, data)...)
	}
	for _, v := range c.Returns {
		lines = append(lines, d.text("result", &k.result, strings.Join(prettyGo(v.Text, d.width-d.indent()-labelWidth), "\n"))...)
		lines = append(lines, d.text("", &k.muted, v.Type)...)
	}
	if c.Error != nil {
		lines = append(lines, d.text(c.Error.Kind, &k.bad, c.Error.Message)...)
		lines = append(lines, d.trace(c.Error.Trace, frames)...)
	}
	if c.Output != "" {
		rows, more := firstLines(c.Output, outputOpenRows)
		lines = append(lines, d.text("output", &k.output, strings.Join(rows, "\n"))...)
		if more > 0 {
			lines = append(lines, d.text("", &k.muted, "and "+plural(more, "line")+" more")...)
		}
	}
	lines = append(lines, d.details(ev.Details)...)
	about := "v" + strconv.Itoa(c.Version)
	if ev.Program {
		about = "by the program"
	}
	if ev.Source != "" && ev.Source != "screen" {
		about += ", fired by " + clean(ev.Source)
	}
	lines = append(lines, d.text("ran", &k.muted, about)...)
	if len(c.Versions) > 0 {
		lines = append(lines, d.text("versions", &k.muted, versionsText(c.Versions))...)
	}
	return lines
}

// details draws what a program told with an event. What has the label of the
// one before stands below it.
func (d logRows) details(list []session.Detail) (lines []line) {
	last := ""
	for _, x := range list {
		in, label := &d.ink.text, x.Label
		if x.Mark {
			in = &d.ink.changed
		}
		if label == last {
			label = ""
		}
		last = x.Label
		rows, more := firstLines(x.Text, outputOpenRows)
		lines = append(lines, d.text(label, in, strings.Join(rows, "\n"))...)
		if more > 0 {
			lines = append(lines, d.text("", &d.ink.muted, "and "+plural(more, "line")+" more")...)
		}
	}
	return lines
}

// trace draws script frames, innermost first. before is how many frames the
// entry shows above them.
func (d logRows) trace(frames []interp.Frame, before int) []line {
	var lines []line
	label := "trace"
	for i, f := range frames {
		in := &d.ink.trace
		if d.frame == before+i {
			in = &d.ink.accent
		}
		t := d.text(label, in, f.Function+"  "+place(f.File, f.Line, 0))
		for j := range t {
			t[j].frame = before + i + 1
		}
		lines, label = append(lines, t...), ""
	}
	return lines
}

// openReport draws what a report did, unit by unit, without the diffs, which
// are in the Diff tab.
func (d logRows) openReport(r *interp.Report) []line {
	k := d.ink
	var lines []line
	for _, dg := range r.Diagnostics {
		lines = append(lines, d.text(dg.Severity, &k.bad, place(dg.File, dg.Line, dg.Column)+": "+dg.Message)...)
		if dg.Hint != "" {
			lines = append(lines, d.text("try", &k.info, dg.Hint)...)
		}
	}
	if r.Cause != interp.CauseLoad {
		for _, u := range r.Units {
			s := keyLabel(u.Key) + "  " + versions(u.From, u.To)
			if u.Why != "" {
				s += "  " + u.Why
			}
			lines = append(lines, d.text(u.Change, &k.text, s)...)
		}
	}
	for _, v := range r.Vars {
		if v.Effect != interp.VarKept {
			lines = append(lines, d.text(v.Effect, &k.text, variableText(v))...)
		}
	}
	label := "because"
	if r.Status == interp.StatusLive {
		label = "note"
	}
	for _, reason := range r.Notes() {
		lines = append(lines, d.text(label, &k.warn, reason)...)
	}
	return append(lines, d.text("took", &k.muted, timingText(r.Timing))...)
}

// versions is "v3 → v4", "new", "gone".
func versions(from, to int) string {
	switch {
	case from == 0 && to == 0:
		return ""
	case from == 0:
		return "new v" + strconv.Itoa(to)
	case to == 0:
		return "v" + strconv.Itoa(from) + " gone"
	case from == to:
		return "v" + strconv.Itoa(to)
	}
	return "v" + strconv.Itoa(from) + " → v" + strconv.Itoa(to)
}

// variableText says what became of a variable.
func variableText(v interp.VarChange) string {
	s := v.Name
	switch {
	case v.Old != "" && v.New != "":
		s += "  " + v.Old + " → " + v.New
	case v.New != "":
		s += "  " + v.New
	case v.Old != "":
		s += "  was " + v.Old
	}
	if v.Why != "" {
		s += "  " + v.Why
	}
	return s
}

// timingText is where the time of a report went, the stages that took any.
// Parsing counts as reading: in five stages the text is too long for a row.
func timingText(t interp.Timing) string {
	s := micros(t.Total)
	sep := ": "
	for _, p := range []struct {
		name string
		us   int64
	}{{"read", t.Read + t.Parse}, {"check", t.Check}, {"compile", t.Compile}, {"apply", t.Apply}} {
		if p.us > 0 {
			s += sep + p.name + " " + strings.TrimSuffix(micros(p.us), " ms")
			sep = ", "
		}
	}
	if t.Detect > 0 {
		s += "; seen after " + micros(t.Detect)
	}
	if t.Look > 0 {
		s += "; then looked for old code for " + micros(t.Look)
	}
	return s
}

// indentJSON spreads JSON over lines; what is none stays as it is.
func indentJSON(data []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, data, "", "  ") != nil {
		return string(data)
	}
	return b.String()
}
