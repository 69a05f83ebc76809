package tui

import "image"

// Sizes at which the arrangement changes. Below minWidth x minHeight only a
// line saying so is drawn.
const (
	minWidth, minHeight         = 40, 10
	stackedHeight               = 14 // room for two panes, one above the other
	fullWidth, fullHeight       = 80, 18
	wideWidth                   = 190 // from here on a second tab has room beside the first
	sideShare, leastSide        = 38, 50
	minTree, maxTree            = 28, 46
	leastTree, leastDetail      = 18, 40 // where somebody chooses the width
	minLogRows                  = 3
	fireRuleHeight              = 18 // from here on the fire line has a rule above it
	treeShare, logShare, shares = 28, 38, 100
)

// arrangement says which panes are on the screen together.
type arrangement int

const (
	tooSmall arrangement = iota
	single               // one pane at a time
	stacked              // scripts or detail above, log below
	full                 // scripts and detail side by side, log below
)

// layout is where everything is. A pane's rectangle includes its title rule,
// the first row; an empty rectangle is a pane that is not shown.
type layout struct {
	arrangement
	header, footer       image.Rectangle
	scripts, detail, log image.Rectangle
	fire                 image.Rectangle // the line that is typed into
	fireRule             image.Rectangle // the rule above it, may be empty
	divider              image.Rectangle // one column between scripts and detail
	side                 image.Rectangle // a second tab beside detail, on wide screens
	sideDivider          image.Rectangle // the column before it
	top                  pane            // the pane shown where only one of several fits
}

// sizes are what a person made of the panes: columns of the scripts pane, rows
// of the log with its title, columns of the second tab. 0 is the usual share.
type sizes struct{ tree, log, side int }

// arrange computes the layout from the size of the terminal, the pane last
// used (never the fire line), whether that pane is zoomed, and the sizes chosen
// by hand. It is pure; the rectangles tile the terminal without gap or overlap.
func arrange(w, h int, last pane, zoom bool, by sizes) layout {
	if w < minWidth || h < minHeight {
		return layout{arrangement: tooSmall}
	}
	l := layout{arrangement: single, top: last}
	l.header = image.Rect(0, 0, w, 1)
	l.footer = image.Rect(0, h-1, w, h)
	l.fire = image.Rect(0, h-2, w, h-1)
	bottom := h - 2
	if h >= fireRuleHeight {
		bottom--
		l.fireRule = image.Rect(0, bottom, w, bottom+1)
	}
	body := image.Rect(0, 1, w, bottom)
	switch {
	case zoom || h < stackedHeight:
	case w >= fullWidth && h >= fullHeight:
		l.arrangement = full
	default:
		l.arrangement = stacked
	}

	switch l.arrangement {
	case single:
		*l.pane(last) = body
	case stacked:
		above, below := splitLog(body, by.log)
		if last == paneLog {
			l.top = paneDetail
		}
		*l.pane(l.top), l.log = above, below
	case full:
		above, below := splitLog(body, by.log)
		tree := min(max(w*treeShare/shares, minTree), maxTree)
		if by.tree > 0 {
			tree = min(max(by.tree, leastTree), w-leastDetail)
		}
		l.scripts, l.log = above, below
		l.scripts.Max.X = tree
		l.divider = image.Rect(tree, above.Min.Y, tree+1, above.Max.Y)
		l.detail = above
		l.detail.Min.X = tree + 1
		if w >= wideWidth && l.detail.Dx() >= leastDetail+1+leastSide {
			side := max(l.detail.Dx()*sideShare/shares, leastSide)
			if by.side > 0 {
				side = min(max(by.side, leastTree), l.detail.Dx()-1-leastDetail)
			}
			x := l.detail.Max.X - side
			l.side, l.sideDivider = l.detail, image.Rect(x-1, above.Min.Y, x, above.Max.Y)
			l.side.Min.X, l.detail.Max.X = x, x-1
		}
	}
	return l
}

// splitLog gives the lower part of the body to the log, its rule included.
func splitLog(body image.Rectangle, by int) (above, below image.Rectangle) {
	rows := max(body.Dy()*logShare/shares, minLogRows+1)
	if by > 0 {
		rows = min(max(by, minLogRows), body.Dy()-minLogRows-1)
	}
	above, below = body, body
	above.Max.Y = body.Max.Y - rows
	below.Min.Y = above.Max.Y
	return above, below
}

// pane gives the rectangle of a pane that has one.
func (l *layout) pane(p pane) *image.Rectangle {
	switch p {
	case paneScripts:
		return &l.scripts
	case paneLog:
		return &l.log
	case paneFire:
		return &l.fire
	}
	return &l.detail
}

// shown says whether the pane is on the screen.
func (l *layout) shown(p pane) bool { return !l.pane(p).Empty() }

// inner is a pane's rectangle without its title rule.
func inner(r image.Rectangle) image.Rectangle {
	if r.Empty() {
		return r
	}
	r.Min.Y++
	return r
}
