package tui

import (
	"slices"
	"strings"

	"hotloop/session"
)

// logMatch is a log filter taken apart. Every word must be in an entry's text;
// the special words narrow it further, and a minus before any of them turns
// it round:
//
//	script:door       of that script (the beginning of its name is enough)
//	kind:event        event, report, output, crash or notice
//	is:error          calls that failed, refused saves, crashes, stderr
type logMatch struct{ words []logWord }

type logWord struct {
	field string // "script", "kind", "is", or "" for text
	text  string // lower case
	not   bool
}

func parseLogFilter(text string) (m logMatch) {
	for _, w := range strings.Fields(strings.ToLower(text)) {
		var word logWord
		if len(w) > 1 && w[0] == '-' {
			word.not, w = true, w[1:]
		}
		word.text = w
		for _, field := range []string{"script", "kind", "is"} {
			if rest, ok := strings.CutPrefix(w, field+":"); ok {
				word.field, word.text = field, rest
			}
		}
		if word.text != "" {
			m.words = append(m.words, word)
		}
	}
	return m
}

// matches says whether an entry is let through.
func (m logMatch) matches(e *session.Entry) bool {
	text := ""
	for _, w := range m.words {
		ok := false
		switch w.field {
		case "script":
			ok = slices.ContainsFunc(entryScripts(e), func(s string) bool { return strings.HasPrefix(strings.ToLower(s), w.text) })
		case "kind":
			ok = strings.HasPrefix(entryKind(e), w.text)
		case "is":
			ok = strings.HasPrefix("error", w.text) && entryFailed(e)
		default:
			if text == "" {
				text = strings.ToLower(entryText(e))
			}
			ok = strings.Contains(text, w.text)
		}
		if ok == w.not {
			return false
		}
	}
	return true
}

// logKinds are the kinds of entries, in the order a key goes through them.
var logKinds = []string{"event", "report", "output", "crash", "notice", "pins"}

func entryKind(e *session.Entry) string {
	switch {
	case e.Event != nil:
		return "event"
	case e.Report != nil:
		return "report"
	case e.Output != nil, e.Dropped != nil:
		return "output"
	case e.Crash != nil:
		return "crash"
	case e.Pins != nil:
		return "pins"
	}
	return "notice"
}

// entryScripts are the scripts an entry is about.
func entryScripts(e *session.Entry) []string {
	out := []string{e.Script}
	switch {
	case e.Event != nil:
		for i := range e.Event.Calls {
			out = append(out, e.Event.Calls[i].Script)
		}
	case e.Report != nil:
		out = append(out, e.Report.Script)
	case e.Output != nil:
		out = append(out, e.Output.Script)
	case e.Dropped != nil:
		out = append(out, e.Dropped.Script)
	case e.Crash != nil:
		out = append(out, e.Crash.Script)
	case e.Pins != nil:
		out = append(out, e.Pins.Script)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// entryFailed says whether an entry tells of something that went wrong.
func entryFailed(e *session.Entry) bool {
	switch {
	case e.Event != nil:
		for i := range e.Event.Calls {
			if e.Event.Calls[i].Error != nil {
				return true
			}
		}
	case e.Report != nil:
		return e.Report.Status == "refused"
	case e.Output != nil:
		return e.Output.Stream == "stderr"
	case e.Crash != nil:
		return true
	}
	return false
}

// toggleWord puts a word into a filter's text or takes it out; other words
// with the same field go.
func toggleWord(text, word string) string {
	field, _, special := strings.Cut(word, ":")
	var kept []string
	had := false
	for _, w := range strings.Fields(text) {
		switch {
		case strings.EqualFold(w, word):
			had = true
		case special && strings.HasPrefix(strings.ToLower(w), field+":"):
		default:
			kept = append(kept, w)
		}
	}
	if !had {
		kept = append(kept, word)
	}
	return strings.Join(kept, " ")
}

// nextKind goes on to the next kind of entry, and behind the last to all.
func nextKind(text string) string {
	at := -1
	for _, w := range strings.Fields(strings.ToLower(text)) {
		if kind, ok := strings.CutPrefix(w, "kind:"); ok {
			at = slices.Index(logKinds, kind)
		}
	}
	if at+1 == len(logKinds) {
		return toggleWord(text, "kind:"+logKinds[at])
	}
	return toggleWord(text, "kind:"+logKinds[at+1])
}
