package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

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
	look    diffLook
	single  bool  // show one unit of the report alone
	unit    int   // which one, counted from 0
	heads   []int // rows at which the units of the page begin
	drawn   pageKey
}

// pageKey tells what the rows of the scroller were drawn from.
type pageKey struct {
	kind  string // "welcome", "report", "plan"
	id    int
	width int
	theme string
	stamp int // changes when a plan or the welcome page does
	look  diffLook
	unit  int // the one unit that is shown, -1 for all
}

// page is what is shown: a report, a plan, or nothing yet.
type page struct {
	report  *interp.Report
	pending *session.Pending
}

func newDiffTab(k *inks, st theme.Styles) *diffTab {
	return &diffTab{ink: k, styles: st, look: diffLook{context: contexts[0]}}
}

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

// nextUnit goes on to another unit of the report shown.
func (d *diffTab) nextUnit(n int) {
	d.View()
	p, _, _ := d.current()
	if p.report == nil {
		return
	}
	d.unit = d.unitAt()
	d.unit = max(min(d.unit+n, len(p.report.Units)-1), 0)
	if !d.single && d.unit < len(d.heads) {
		d.top = d.heads[d.unit]
		d.clamp()
	}
}

// unitAt is the unit at the upper edge of the window, or the only one shown.
func (d *diffTab) unitAt() int {
	if d.single {
		return d.unit
	}
	// At the end of the page the edge cannot come to the last units.
	if d.unit < len(d.heads) && d.heads[d.unit] > d.top && d.more() == 0 {
		return d.unit
	}
	at := 0
	for i, row := range d.heads {
		if row <= d.top {
			at = i
		}
	}
	if len(d.heads) > 0 && d.top < d.heads[0] {
		return -1
	}
	return at
}

// oneUnit shows one unit of the report alone, or all again.
func (d *diffTab) oneUnit() {
	d.View()
	d.unit = max(d.unitAt(), 0)
	d.single = !d.single
	if !d.single {
		d.View()
		if d.unit < len(d.heads) {
			d.top = d.heads[d.unit]
			d.clamp()
		}
	}
}

// click does what is under a row of the window: a unit's heading shows that unit
// alone, or all again. It says whether the row stands for lines left out, which
// are for the caller to show.
func (d *diffTab) click(y int) (folded bool) {
	d.View()
	row := d.top + y
	if row < 0 || row >= len(d.rows) {
		return false
	}
	for i, head := range d.heads {
		if head == row {
			if !d.single {
				d.unit, d.top = i, head
			}
			d.oneUnit()
			return false
		}
	}
	return strings.Contains(ansi.Strip(d.rows[row]), theme.SignFold+" ")
}

// last is the newest report that changed what is live, which undo takes back.
func (d *diffTab) last() *interp.Report {
	for i := len(d.reports) - 1; i >= 0; i-- {
		if r := &d.reports[i]; undoable(r) {
			return r
		}
	}
	return nil
}

// undoable says whether a report changed what is live in a way that can be
// taken back.
func undoable(r *interp.Report) bool {
	live := r.Status == interp.StatusLive || r.Status == interp.StatusReloaded
	return live && len(r.Units) > 0 && r.Cause != interp.CauseLoad && r.Cause != interp.CauseCrash && r.Cause != interp.CauseRestart
}

// View draws the page if it is not drawn yet. Another page begins at its top,
// the same page keeps its place.
func (d *diffTab) View() []string {
	p, _, _ := d.current()
	key := pageKey{kind: "welcome", width: d.width, theme: d.styles.Name, look: d.look, unit: -1}
	if d.single && p.report != nil {
		d.unit = max(min(d.unit, len(p.report.Units)-1), 0)
		key.unit = d.unit
	}
	switch {
	case p.pending != nil:
		key.kind, key.id, key.stamp = "plan", p.report.ID, len(p.report.Units)+1000*len(p.report.Diagnostics)
	case p.report != nil:
		key.kind, key.id = "report", p.report.ID
	default:
		key.stamp = stampOf(d.scripts)
	}
	if key != d.drawn || key.kind == "plan" {
		same := key.kind == d.drawn.kind && key.id == d.drawn.id && key.unit == d.drawn.unit
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
