package terminal

import (
	"strings"
	"time"
)

// pause is the time between two looks at the screen.
const pause = 15 * time.Millisecond

// Screen is the text on the screen now, a line per row.
func (term *Terminal) Screen() string {
	term.t.Helper()
	term.last = term.tmux("capture-pane", "-p")
	return term.last
}

// Styled is the screen with its colours, as a terminal would be sent them, and
// with the blanks at the ends of its rows.
func (term *Terminal) Styled() string {
	term.t.Helper()
	return term.tmux("capture-pane", "-p", "-e", "-N")
}

// Rows are the rows of the screen now.
func (term *Terminal) Rows() []string {
	term.t.Helper()
	return strings.Split(strings.TrimSuffix(term.Screen(), "\n"), "\n")
}

// Expect waits until all the texts are on the screen together.
func (term *Terminal) Expect(texts ...string) {
	term.t.Helper()
	var missing []string
	term.until(func() bool {
		missing = missing[:0]
		for _, text := range texts {
			if !strings.Contains(term.last, text) {
				missing = append(missing, text)
			}
		}
		return len(missing) == 0
	}, func() string { return "not on the screen: " + quoted(missing) })
}

// ExpectGone waits until none of the texts is on the screen.
func (term *Terminal) ExpectGone(texts ...string) {
	term.t.Helper()
	var there []string
	term.until(func() bool {
		there = there[:0]
		for _, text := range texts {
			if strings.Contains(term.last, text) {
				there = append(there, text)
			}
		}
		return len(there) == 0
	}, func() string { return "still on the screen: " + quoted(there) })
}

// Until waits until seen says yes to the screen; what names that in the
// failure.
func (term *Terminal) Until(what string, seen func(screen string) bool) {
	term.t.Helper()
	term.until(func() bool { return seen(term.last) }, func() string { return "never seen: " + what })
}

func (term *Terminal) until(seen func() bool, failure func() string) {
	term.t.Helper()
	for deadline := time.Now().Add(Patience); ; time.Sleep(pause) {
		// Asked first: a look that began in time counts, however long it took.
		late := time.Now().After(deadline)
		term.Screen()
		if seen() {
			return
		}
		if late {
			term.keep()
			term.t.Fatalf("%s\n%s", failure(), framed(term.last))
		}
	}
}

func quoted(texts []string) string { return "“" + strings.Join(texts, "”, “") + "”" }
