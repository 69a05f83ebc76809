package tui

import (
	"slices"
	"strconv"

	"hotloop/tui/diffview"
	"hotloop/tui/theme"
)

// tab names the tabs of the detail pane.
type tab int

const (
	tabDiff tab = iota
	tabSource
	tabState
	tabVersions
	tabTrouble
	tabCount
)

func (t tab) String() string {
	return [...]string{"Diff", "Source", "State", "Versions", "Trouble"}[t]
}

// rowsView is what every pane and tab can do. Lists have it by themselves.
type rowsView interface {
	SetSize(width, height int)
	SetFocused(bool)
	View() []string // exactly height rows of exactly width cells
	MoveBy(n int)   // the cursor, or the window where there is no cursor
	PageBy(n int)
	ScrollBy(n int) // the window
	Top()
	Bottom()
}

// detailPane is the pane with tabs. It shows what the cursor of the scripts
// pane is on, except for Diff and Trouble, which are about what happened.
type detailPane struct {
	tab tab
	// unread says that something new is in a tab that is not shown. A tab never
	// comes to the front by itself.
	unread [tabCount]bool
}

// show brings a tab to the front.
func (d *detailPane) show(t tab) {
	d.tab = (t + tabCount) % tabCount
	d.unread[d.tab] = false
}

// scroller is a window on rows that are drawn already.
type scroller struct {
	rows          []string
	top           int
	width, height int
}

func (s *scroller) SetSize(width, height int) {
	s.width, s.height = width, height
	s.clamp()
}
func (s *scroller) SetFocused(bool) {}
func (s *scroller) MoveBy(n int)    { s.ScrollBy(n) }
func (s *scroller) PageBy(n int)    { s.ScrollBy(n * max(s.height-1, 1)) }
func (s *scroller) Top()            { s.top = 0 }
func (s *scroller) Bottom()         { s.ScrollBy(len(s.rows)) }
func (s *scroller) ScrollBy(n int) {
	s.top += n
	s.clamp()
}
func (s *scroller) clamp() { s.top = max(min(s.top, len(s.rows)-s.height), 0) }

func (s *scroller) View() []string {
	out := make([]string, s.height)
	for i := range out {
		if n := s.top + i; n < len(s.rows) {
			out[i] = s.rows[n]
		} else {
			out[i] = blanks(s.width)
		}
	}
	return out
}

// more says how many rows are out of sight below.
func (s *scroller) more() int { return max(len(s.rows)-s.height-s.top, 0) }

// diffLook is how a person wants diffs drawn.
type diffLook struct {
	layout  diffview.Layout
	context int // rows around a change, -1 for all
	x       int // columns scrolled to the right
}

// contexts are the amounts of context that a key goes through.
var contexts = []int{3, 10, -1}

func (l *diffLook) nextLayout() string {
	l.layout = (l.layout + 1) % 3
	return [...]string{"side by side where there is room", "one column", "side by side"}[l.layout]
}

func (l *diffLook) nextContext() string {
	l.context = contexts[(slices.Index(contexts, l.context)+1)%len(contexts)]
	if l.context < 0 {
		return "whole units"
	}
	return strconv.Itoa(l.context) + " lines around a change"
}

// set makes a view draw like that.
func (l diffLook) set(v *diffview.View) {
	v.SetLayout(l.layout)
	if v.Context() != l.context {
		v.SetContext(l.context)
	}
	v.ScrollXBy(l.x - v.X())
}

// drawBlocks draws blocks at their full height.
func drawBlocks(blocks []diffview.Block, width int, st theme.Styles, look diffLook) []string {
	if len(blocks) == 0 || width <= 0 {
		return nil
	}
	var v diffview.View
	v.SetStyles(st)
	v.SetSize(width, 1)
	v.SetBlocks(blocks)
	look.set(&v)
	_, _, total := v.Position()
	v.SetSize(width, total)
	return append([]string(nil), v.View()...)
}

// emptyRows fills a pane that has nothing to show with a sentence on its
// second row.
func emptyRows(w, h int, k *inks, sentences ...string) []string {
	rows := make([]string, h)
	for i := range rows {
		var l line
		if n := i - 1; n >= 0 && n < len(sentences) {
			l.add(&k.muted, "  "+sentences[n])
		}
		rows[i] = l.draw(w, &k.text)
	}
	return rows
}
