package tui

import (
	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/theme"
)

// reportsKept bounds the reports that one can walk back through.
const reportsKept = 500

// diffTab shows what the saves changed, a page per report, and in ask mode the
// plans that wait. It follows the newest page until somebody walks back; then
// it stays where it is, and says that there is something newer.
type diffTab struct {
	scroller
	ink     *inks
	styles  theme.Styles
	scripts []interp.Script
	reports []interp.Report
	pending []session.Pending
	only    string // show this script's reports, "" for all
	at      int    // report shown, by ID; 0 follows the newest
	drawn   pageKey
}

// pageKey tells what the rows of the scroller were drawn from.
type pageKey struct {
	kind  string // "welcome", "report", "plan"
	id    int
	width int
	theme string
	stamp int // changes when a plan or the welcome page does
}

// page is what is shown: a report, a plan, or nothing yet.
type page struct {
	report  *interp.Report
	pending *session.Pending
}

func newDiffTab(k *inks, st theme.Styles) *diffTab { return &diffTab{ink: k, styles: st} }

// arrived takes new reports over, oldest first.
func (d *diffTab) arrived(reports []interp.Report) {
	d.reports = append(d.reports, reports...)
	if over := len(d.reports) - reportsKept; over > 0 {
		d.reports = append([]interp.Report(nil), d.reports[over:]...)
	}
}

// pages lists what can be walked through, oldest first. Loads are left out:
// they changed nothing anybody wrote just now.
func (d *diffTab) pages() []page {
	var out []page
	for i := range d.reports {
		r := &d.reports[i]
		if d.only != "" && r.Script != d.only || r.Cause == interp.CauseLoad && r.Status != interp.StatusRefused {
			continue
		}
		out = append(out, page{report: r})
	}
	for i := range d.pending {
		if d.only == "" || d.pending[i].Script == d.only {
			out = append(out, page{pending: &d.pending[i], report: &d.pending[i].Report})
		}
	}
	return out
}

// current gives the page shown, its place among all, counted from 1, and how
// many there are. Without pages the place is 0.
func (d *diffTab) current() (p page, place, total int) {
	all := d.pages()
	if len(all) == 0 {
		return page{}, 0, 0
	}
	if d.at != 0 {
		for i, p := range all {
			if p.pending == nil && p.report.ID == d.at {
				return p, i + 1, len(all)
			}
		}
	}
	return all[len(all)-1], len(all), len(all)
}

// plan is the pending plan that is shown, nil when none is.
func (d *diffTab) plan() *session.Pending {
	p, _, _ := d.current()
	return p.pending
}

// following says that the newest page is shown and a newer one would replace it.
func (d *diffTab) following() bool { return d.at == 0 }

// walk goes to an older (n < 0) or newer page.
func (d *diffTab) walk(n int) {
	all := d.pages()
	if len(all) == 0 {
		return
	}
	_, at, _ := d.current()
	at = min(max(at-1+n, 0), len(all)-1)
	d.at = 0
	if at < len(all)-1 {
		d.at = all[at].report.ID
	}
}

// goTo shows a report by its ID.
func (d *diffTab) goTo(id int) {
	d.at = id
	if all := d.pages(); len(all) > 0 {
		if last := all[len(all)-1]; last.pending == nil && last.report.ID == id {
			d.at = 0
		}
	}
}

// last is the newest report that changed what is live, which undo takes back.
func (d *diffTab) last() *interp.Report {
	for i := len(d.reports) - 1; i >= 0; i-- {
		r := &d.reports[i]
		live := r.Status == interp.StatusLive || r.Status == interp.StatusReloaded
		if live && len(r.Units) > 0 && r.Cause != interp.CauseLoad && r.Cause != interp.CauseCrash && r.Cause != interp.CauseRestart {
			return r
		}
	}
	return nil
}

// View draws the page if it is not drawn yet. Another page begins at its top,
// the same page keeps its place.
func (d *diffTab) View() []string {
	p, _, _ := d.current()
	key := pageKey{kind: "welcome", width: d.width, theme: d.styles.Name}
	switch {
	case p.pending != nil:
		key.kind, key.id, key.stamp = "plan", p.report.ID, len(p.report.Units)+1000*len(p.report.Diagnostics)
	case p.report != nil:
		key.kind, key.id = "report", p.report.ID
	default:
		key.stamp = stampOf(d.scripts)
	}
	if key != d.drawn || key.kind == "plan" {
		same := key.kind == d.drawn.kind && key.id == d.drawn.id
		d.drawn = key
		switch key.kind {
		case "welcome":
			d.rows = d.welcome()
		default:
			d.rows = d.page(p)
		}
		if !same {
			d.top = 0
		}
		d.clamp()
	}
	return d.scroller.View()
}

func stampOf(scripts []interp.Script) int {
	n := 0
	for i := range scripts {
		n = n*31 + len(scripts[i].Units)*7 + len(scripts[i].State)
	}
	return n
}
