package tui

import (
	"image"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// View draws the frame. It asks nothing of the session but the log's visible
// entries, and remembers what can be clicked where.
func (a *App) View() tea.View {
	rows, cursor := a.frame()
	v := tea.NewView(strings.Join(rows, "\n"))
	v.AltScreen = true
	v.Cursor = cursor
	v.WindowTitle = a.windowTitle()
	v.ReportFocus = true
	v.ProgressBar = a.progressBar()
	if !a.opt.NoMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

func (a *App) windowTitle() string {
	title := "hotloop"
	if a.opt.Title != "" {
		title += " · " + clean(a.opt.Title)
	}
	if n := len(a.trouble.items); n > 0 {
		title += " ✗"
	}
	return title
}

// frame draws every row in exactly the terminal's width.
func (a *App) frame() (rows []string, cursor *tea.Cursor) {
	a.zones = a.zones[:0]
	if a.width <= 0 || a.height <= 0 {
		return nil, nil
	}
	rows = make([]string, a.height)
	l := &a.layout
	if l.arrangement == tooSmall {
		for i := range rows {
			rows[i] = blanks(a.width)
		}
		rows[0] = fit("hotloop needs "+strconv.Itoa(minWidth)+"x"+strconv.Itoa(minHeight), a.width)
		return rows, nil
	}

	rows[0] = a.header()
	switch {
	case a.help != nil:
		a.drawHelp(rows)
	default:
		cursor = a.drawPanes(rows)
		if a.dialog != nil {
			// What lies below a dialog is not there for the mouse.
			a.zones = a.zones[:0]
			cursor = a.dialog.draw(a, rows)
		}
	}
	rows[l.footer.Min.Y] = a.footer()
	return rows, cursor
}

// drawPanes draws what lies between header and footer.
func (a *App) drawPanes(rows []string) (cursor *tea.Cursor) {
	l := &a.layout
	set := func(c *tea.Cursor) {
		if c != nil {
			cursor = c
		}
	}
	put := func(r image.Rectangle, lines []string) {
		for i, s := range lines {
			if y := r.Min.Y + i; y < r.Max.Y {
				rows[y] += s
			}
		}
	}
	if l.arrangement == full {
		title, c := a.scriptsTitle(l.scripts)
		set(c)
		put(l.scripts, append([]string{title}, a.scriptsRows(inner(l.scripts))...))
		divide := func(r image.Rectangle) {
			for y := r.Min.Y; y < r.Max.Y; y++ {
				mark := "│"
				if y == r.Min.Y {
					mark = "┬"
				}
				rows[y] += a.ink.rule[plain].Paint(mark)
			}
		}
		divide(l.divider)
		put(l.detail, append([]string{a.detailTitle(l.detail, a.tabSegs(true), a.focused == paneDetail)}, a.detailRows(inner(l.detail))...))
		if !l.side.Empty() {
			divide(l.sideDivider)
			put(l.side, append([]string{a.sideTitle(l.side)}, a.tabRows(a.sideTab(), inner(l.side))...))
		}
	} else if above := *l.pane(l.top); !above.Empty() && (l.top != paneLog || l.arrangement == single) {
		title, c := a.sharedTitle(above)
		set(c)
		var body []string
		switch l.top {
		case paneScripts:
			body = a.scriptsRows(inner(above))
		case paneLog:
			body = a.logRows(inner(above))
		default:
			body = a.detailRows(inner(above))
		}
		put(above, append([]string{title}, body...))
	}
	if l.arrangement != single {
		title, c := a.logTitle(l.log)
		set(c)
		put(l.log, append([]string{title}, a.logRows(inner(l.log))...))
	}
	if !l.fireRule.Empty() {
		rows[l.fireRule.Min.Y] = a.fireTitle(l.fireRule)
	}
	row, x := a.fire.draw(l.fire.Dx(), a.focused == paneFire)
	rows[l.fire.Min.Y] = row
	if a.focused == paneFire {
		cursor = tea.NewCursor(min(x, a.width-1), l.fire.Min.Y)
		cursor.Shape = tea.CursorBar
	}
	a.drawPopup(rows)
	return cursor
}

// scriptsRows, logRows and detailRows draw the inside of a pane.

func (a *App) scriptsRows(r image.Rectangle) []string {
	if n := a.watchRows(r.Dy()); n > 0 {
		r.Max.Y -= n
		return append(slices.Clone(a.treeRows(r)), a.drawWatches(r.Dx(), n)...)
	}
	return a.treeRows(r)
}

func (a *App) treeRows(r image.Rectangle) []string {
	switch {
	case !a.started:
		return emptyRows(r.Dx(), r.Dy(), a.ink, "Loading ...")
	case len(a.scripts.rows) == 0 && a.scripts.filter.active():
		return emptyRows(r.Dx(), r.Dy(), a.ink, "Nothing matches.", "esc drops the filter")
	case len(a.scripts.rows) == 0:
		return emptyRows(r.Dx(), r.Dy(), a.ink, "No scripts.")
	}
	return a.scripts.list.View()
}

func (a *App) logRows(r image.Rectangle) []string {
	var records interface{ Bounds() (uint64, uint64) } = a.log
	if a.log.filtered != nil {
		records = a.log.filtered
	}
	if first, next := records.Bounds(); first >= next {
		if a.log.filter.active() {
			return emptyRows(r.Dx(), r.Dy(), a.ink, "Nothing matches.", "esc drops the filter")
		}
		return emptyRows(r.Dx(), r.Dy(), a.ink, "Nothing has happened yet.")
	}
	return a.log.list.View()
}

func (a *App) detailRows(r image.Rectangle) []string { return a.tabRows(a.detail.tab, r) }

func (a *App) tabRows(t tab, r image.Rectangle) []string {
	sc, u := a.scripts.script(), a.scripts.unit()
	switch t {
	case tabSource:
		return a.unit.sourceRows(sc, u)
	case tabState:
		return a.state.rowsNow(r.Dx(), r.Dy(), a.scripts.scriptName())
	case tabVersions:
		return a.unit.versionRows(sc, u)
	case tabTrouble:
		return a.trouble.rowsNow(r.Dx(), r.Dy())
	}
	return a.diff.View()
}

// drawPopup lays the fire line's list over the rows above it.
func (a *App) drawPopup(rows []string) {
	if a.focused != paneFire {
		return
	}
	bottom := a.layout.fire.Min.Y
	if !a.layout.fireRule.Empty() {
		bottom = a.layout.fireRule.Min.Y
	}
	const left = 1
	lines := a.fire.list(a.width-2*left, min(bottom-2, popupRows+1))
	for i, s := range lines {
		y := bottom - len(lines) + i
		w := ansi.StringWidth(s)
		rows[y] = overlay(rows[y], left, s, w, a.width)
		if a.fire.popup.open() && i > 0 {
			n := a.fire.popup.top + i - 1
			a.zone(image.Rect(left, y, left+w, y+1), func() tea.Cmd {
				if n < len(a.fire.popup.items) {
					a.fire.popup.at = n
					a.fire.accept()
				}
				return nil
			})
		}
	}
}

// overlay puts text of n cells over a row of w cells, at cell x.
func overlay(row string, x int, text string, n, w int) string {
	return fit0(ansi.Cut(row, 0, x), x) + text + fit0(ansi.Cut(row, x+n, w), w-x-n)
}

// fit0 fills a styled text up to w cells; a wide character that was cut in two
// leaves a gap.
func fit0(s string, w int) string { return s + blanks(w-ansi.StringWidth(s)) }
