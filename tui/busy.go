package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

// What takes longer than a moment is said, with the time it has taken.
const (
	patience = 500 * time.Millisecond
	beatOf   = 250 * time.Millisecond // how often the time shown is brought up to date
)

// work is a report that was asked for and has not come yet.
type work struct {
	what  string
	began time.Time
	id    int
}

// beat is the time passing while something is under way.
type beat struct{ at time.Time }

// begin notes that something was asked for; done takes it off again.
func (a *App) begin(what string) (id int, cmd tea.Cmd) {
	a.nwork++
	a.works = append(a.works, work{what, time.Now(), a.nwork})
	return a.nwork, a.beats()
}

func (a *App) done(id int) {
	a.works = slices.DeleteFunc(a.works, func(w work) bool { return w.id == id })
}

// loading counts the scripts that have been tried, and all.
func (a *App) loading() (done, all int) {
	for i := range a.scripts.scripts {
		if !isLoading(&a.scripts.scripts[i]) {
			done++
		}
	}
	return done, len(a.scripts.scripts)
}

// isBusy says whether anything is under way that time is shown for.
func (a *App) isBusy() bool {
	done, all := a.loading()
	return a.running > 0 || done < all || len(a.works) > 0
}

// beats starts the clock when something is under way and it stands still.
func (a *App) beats() tea.Cmd {
	if !a.isBusy() {
		a.busy = time.Time{}
		return nil
	}
	if a.busy.IsZero() {
		a.busy = time.Now()
		a.beat = a.busy
	}
	if a.ticking {
		return nil
	}
	a.ticking = true
	return a.tick(beatOf, func(at time.Time) tea.Msg { return beat{at} })
}

func (a *App) beaten(m beat) tea.Cmd {
	a.ticking, a.beat = false, m.at
	return a.beats()
}

// busyFor is how long something is under way, "" for a moment.
func (a *App) busyFor(since time.Time) string {
	d := a.beat.Sub(since)
	if since.IsZero() || d < patience {
		return ""
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
}

// progressBar is the terminal's own progress, in its tab or task bar.
func (a *App) progressBar() *tea.ProgressBar {
	done, all := a.loading()
	switch {
	case done < all && a.busyFor(a.busy) != "":
		return tea.NewProgressBar(tea.ProgressBarDefault, 100*done/all)
	case a.run != nil && a.run.times > 1:
		return tea.NewProgressBar(tea.ProgressBarDefault, 100*a.run.round/a.run.times)
	case len(a.works) > 0 && a.busyFor(a.works[0].began) != "":
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	case len(a.trouble.items) > 0:
		return tea.NewProgressBar(tea.ProgressBarError, 100)
	}
	return nil
}

// bar draws how much of something is done in n cells.
func bar(done, all, n int) string {
	full := 0
	if all > 0 {
		full = n * done / all
	}
	return strings.Repeat("█", full) + strings.Repeat("░", n-full)
}

// notify tells the terminal of what went wrong while nobody looks at it.
func (a *App) notify(m sessionChanged) tea.Cmd {
	if !a.blurred || !a.started || a.opt.NoNotify {
		return nil
	}
	text := ""
	for i := range m.reports {
		r := &m.reports[i]
		switch {
		case r.Status == interp.StatusRefused:
			text = r.Script + " is behind: " + refusal(r, true)
		case r.Cause == interp.CauseCrash:
			text = r.Script + " has crashed and is live again"
		}
	}
	for i := range m.entries {
		if c := m.entries[i].Crash; c != nil && !c.Contained {
			text = c.Script + " crashed: " + firstLine(c.Reason)
		}
	}
	if text == "" {
		return nil
	}
	// OSC 9 is what most terminals take; those that do not leave it out. The
	// text goes through the gate for foreign text like everything else.
	return tea.Raw("\x1b]9;hotloop: " + cut(clean(text), 200) + "\x1b\\")
}
