package interp

import (
	"cmp"
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

const (
	diagnosticLimit = 50   // diagnostics listed of one check
	excerptLimit    = 1000 // bytes of a source line shown
)

// diagnoser collects what is wrong with one source and makes diagnostics of
// it: one per line, the first that was found, since what follows on a line is
// mostly its consequence. It is used by one goroutine.
type diagnoser struct {
	lines  map[string][]string // source lines by file
	found  []finding
	scopes []*types.Package // checked packages, for the names one may have meant
}

// finding is a diagnostic before hints. pos is kept to look up scopes.
type finding struct {
	Diagnostic
	pos token.Pos
}

func newDiagnoser(src Source) *diagnoser {
	d := &diagnoser{lines: map[string][]string{}}
	read := func(files []File) {
		for _, f := range files {
			d.lines[f.Name] = strings.Split(f.Text, "\n")
		}
	}
	read(src.Files)
	for _, p := range src.Imports {
		read(p.Files)
	}
	return d
}

// any reports whether something was found.
func (d *diagnoser) any() bool { return len(d.found) > 0 }

// add takes an error of our own.
func (d *diagnoser) add(pos token.Position, message, hint string) {
	d.found = append(d.found, finding{Diagnostic: Diagnostic{
		Severity: SeverityError,
		File:     pos.Filename,
		Line:     pos.Line,
		Column:   pos.Column,
		Message:  message,
		Excerpt:  d.excerpt(pos),
		Hint:     hint,
	}})
}

// syntax takes what the parser found.
func (d *diagnoser) syntax(list scanner.ErrorList) {
	for _, e := range list {
		d.add(e.Pos, e.Msg, "")
	}
}

// typeError takes an error of the type checker, in the order it reports them.
// Unused variables and imports are errors, as in Go.
func (d *diagnoser) typeError(fset *token.FileSet, err error) {
	te, ok := err.(types.Error)
	if !ok {
		d.add(token.Position{}, err.Error(), "")
		return
	}
	// Positions in the file as it is: an excerpt is of no use at the place
	// that a //line comment names.
	pos := fset.PositionFor(te.Pos, false)
	if more, ok := strings.CutPrefix(te.Msg, "\t"); ok {
		// The second half of the error before, at another place.
		if n := len(d.found); n > 0 && d.found[n-1].Hint == "" {
			d.found[n-1].Hint = fmt.Sprintf("%s (%s:%d)", more, pos.Filename, pos.Line)
		}
		return
	}
	message, hint := cleanTypeError(te.Msg)
	d.add(pos, message, hint)
	d.found[len(d.found)-1].pos = te.Pos
}

// cleanTypeError takes off what only helps somebody who has a Go module.
func cleanTypeError(msg string) (message, hint string) {
	rest, ok := strings.CutPrefix(msg, "could not import ")
	if !ok {
		return msg, ""
	}
	_, reason, ok := strings.Cut(rest, " (")
	if !ok {
		return msg, ""
	}
	reason = strings.TrimSuffix(reason, ")")
	if what, why, ok := strings.Cut(reason, ": "); ok {
		return what, why
	}
	return reason, ""
}

// scope tells the diagnoser of a checked package, so that undefined names can
// be compared with what is in scope where they stand.
func (d *diagnoser) scope(p *types.Package) {
	if p != nil {
		d.scopes = append(d.scopes, p)
	}
}

// list gives the diagnostics: sorted, one per line, with hints, and with a
// last one that counts what was left out.
func (d *diagnoser) list() []Diagnostic {
	type place struct {
		file string
		line int
	}
	seen := map[place]bool{}
	var out []Diagnostic
	for _, f := range d.found {
		at := place{f.File, f.Line}
		if f.Line > 0 && seen[at] {
			continue
		}
		seen[at] = true
		if f.Hint == "" {
			f.Hint = d.hint(f)
		}
		out = append(out, f.Diagnostic)
	}
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	if more := len(out) - diagnosticLimit; more > 0 {
		out = append(out[:diagnosticLimit], Diagnostic{Severity: SeverityError, Message: fmt.Sprintf("%d more errors", more)})
	}
	return out
}

func (d *diagnoser) excerpt(pos token.Position) string {
	lines := d.lines[pos.Filename]
	if pos.Line < 1 || pos.Line > len(lines) {
		return ""
	}
	line := strings.TrimRight(lines[pos.Line-1], "\r")
	if len(line) > excerptLimit {
		line = line[:wholeRunes([]byte(line[:excerptLimit]))]
	}
	return line
}

// String is "file:line:column: message", the form that editors jump to.
func (d Diagnostic) String() string {
	switch {
	case d.File == "" && d.Line == 0:
		return d.Message
	case d.Line == 0:
		return d.File + ": " + d.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
}

// FormatDiagnostic writes a diagnostic for a person: the line of String, the
// source line, a caret under the column, and the hint.
func FormatDiagnostic(d Diagnostic) string {
	var b strings.Builder
	b.WriteString(d.String())
	if text := strings.TrimLeft(d.Excerpt, " \t"); text != "" {
		indent := len(d.Excerpt) - len(text)
		b.WriteString("\n    " + strings.TrimRight(text, " \t"))
		before := min(max(0, d.Column-1-indent), len(text))
		b.WriteString("\n    " + blank(text[:before]) + "^")
	}
	if d.Hint != "" {
		b.WriteString("\n    " + d.Hint)
	}
	return b.String()
}

// blank is white space as wide as text is on a terminal: tabs stay tabs, so
// that they reach the same tab stops.
func blank(text string) string {
	var b strings.Builder
	state := -1
	for text != "" {
		var cluster string
		var width int
		cluster, text, width, state = uniseg.FirstGraphemeClusterInString(text, state)
		if cluster == "\t" {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", width))
	}
	return b.String()
}
