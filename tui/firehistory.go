package tui

// LineHistory is what was typed into the fire line in earlier sessions, by
// kind. A session may offer it; both methods only copy memory, so they may be
// called while a key is handled.
type LineHistory interface {
	Lines(kind string) []string // oldest first
	KeepLine(kind, line string)
}

// lineKinds names what the fire line asks for, where it is kept.
var lineKinds = [askCount]string{askEvent: "event", askExpr: "expression", askValue: "value"}

// recall takes over the history of a session that offers one, and keeps what is
// typed from now on there.
func (f *fireLine) recall(s Session) {
	h, ok := s.(LineHistory)
	if !ok {
		return
	}
	f.kept = h
	for asks, kind := range lineKinds {
		f.history[asks] = h.Lines(kind)
	}
}

// keep hands a line to the history that outlives the screen.
func (f *fireLine) keep(line string) {
	if f.kept != nil {
		f.kept.KeepLine(lineKinds[f.asks], line)
	}
}
