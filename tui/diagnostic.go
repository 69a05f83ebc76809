package tui

import (
	"strings"

	"hotloop/interp"
	"hotloop/tui/theme"
)

// diagnosticLines draws a diagnostic: place and message, the line, a caret
// under the column, the hint.
func diagnosticLines(k *inks, dg *interp.Diagnostic, w int) []line {
	in := &k.bad
	sign := theme.SignBehind
	if dg.Severity == interp.SeverityWarning {
		in, sign = &k.warn, "!"
	}
	var lines []line
	at := " " + sign + " " + place(dg.File, dg.Line, dg.Column)
	message := clean(dg.Message)
	if width(at)+2+width(message) <= w {
		var l line
		lines = append(lines, *l.add(in, at+"  ").add(&k.strong, message))
	} else {
		var l line
		lines = append(lines, *l.add(in, at))
		for _, part := range wrap(message, max(w-4, 8)) {
			var l line
			lines = append(lines, *l.add(&k.strong, "   "+part))
		}
	}
	if dg.Excerpt != "" {
		number := fitLeft(lineNo(dg.Line), 5)
		before := dg.Excerpt[:min(max(dg.Column-1, 0), len(dg.Excerpt))]
		excerpt, lead := clean(dg.Excerpt), width(clean(before))
		if trimmed := strings.TrimLeft(excerpt, " "); width(excerpt)-width(trimmed) <= lead {
			lead -= width(excerpt) - width(trimmed)
			excerpt = trimmed
		}
		// A place far to the right is brought into sight.
		room := w - len(" 12345 │ ")
		if lead >= room && room > 8 {
			off := lead - room/2
			excerpt, lead = cutLeft(excerpt, width(excerpt)-off), lead-off
		}
		var code, caret line
		lines = append(lines, *code.add(&k.lineNumber, " "+number+" "+theme.SignOutput+" ").add(&k.text, excerpt))
		if dg.Column > 0 {
			lines = append(lines, *caret.add(&k.lineNumber, blanks(7)+theme.SignOutput+" ").add(&k.caret, blanks(lead)+"^"))
		}
	}
	if dg.Hint != "" {
		for i, part := range wrap(clean(dg.Hint), max(w-9, 8)) {
			lead := "   try  "
			if i > 0 {
				lead = blanks(8)
			}
			var l line
			lines = append(lines, *l.add(&k.info, lead).add(&k.text, part))
		}
	}
	return lines
}
