package tui

import (
	"image"
)

// border is an edge between panes that can be moved.
type border int

const (
	noBorder     border = iota
	besideTree          // between scripts and detail
	besideDetail        // between detail and the second tab
	aboveTheLog         // the log's title
	sizeStep     = 4    // columns by which a key moves it
	sizeStepRows = 2
)

// borderAt is the border at a cell, where what else is there cannot be clicked.
func (a *App) borderAt(at image.Point) border {
	l := &a.layout
	switch {
	case at.In(l.divider):
		return besideTree
	case at.In(l.sideDivider):
		return besideDetail
	case l.arrangement != single && !l.log.Empty() && at.In(l.log) && at.Y == l.log.Min.Y:
		return aboveTheLog
	}
	return noBorder
}

// dragTo moves the border being dragged to a cell.
func (a *App) dragTo(x, y int) {
	switch a.drag {
	case besideTree:
		a.sizes.tree = max(x, 1)
	case besideDetail:
		a.sizes.side = max(a.width-1-x, 1)
	case aboveTheLog:
		a.sizes.log = max(a.layout.log.Max.Y-y, 1)
	default:
		return
	}
	a.relayout()
}

// resize moves borders by keys.
func (a *App) resize(act action) {
	l := &a.layout
	switch act {
	case actWider:
		a.sizes.tree = l.scripts.Dx() + sizeStep
	case actNarrower:
		a.sizes.tree = max(l.scripts.Dx()-sizeStep, 1)
	case actTaller:
		a.sizes.log = l.log.Dy() + sizeStepRows
	case actShorter:
		a.sizes.log = max(l.log.Dy()-sizeStepRows, 1)
	}
	a.relayout()
	// What is out of the possible is not remembered.
	if a.sizes.tree > 0 && !a.layout.divider.Empty() {
		a.sizes.tree = a.layout.scripts.Dx()
	}
	if a.sizes.log > 0 && a.layout.arrangement != single {
		a.sizes.log = a.layout.log.Dy()
	}
}
