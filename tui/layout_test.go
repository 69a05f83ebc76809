package tui

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

// drawLayout draws rectangles: a letter per four columns, equal rows once with
// their number before them.
func drawLayout(w, h int, l layout) string {
	if l.arrangement == tooSmall {
		return "too small\n"
	}
	at := func(x, y int) byte {
		mark := byte(' ')
		for _, p := range []struct {
			letter byte
			r      image.Rectangle
		}{{'H', l.header}, {'F', l.footer}, {'s', l.scripts}, {'d', l.detail}, {'l', l.log}, {'f', l.fire}, {'-', l.fireRule}, {'|', l.divider}, {'e', l.side}, {'|', l.sideDivider}} {
			if image.Pt(x, y).In(p.r) {
				if mark != ' ' {
					return '!'
				}
				mark = p.letter
			}
		}
		return mark
	}
	var b strings.Builder
	rows := 0
	last := ""
	flush := func() {
		if rows > 0 {
			fmt.Fprintf(&b, "%3d %s\n", rows, last)
		}
	}
	for y := range h {
		var row strings.Builder
		for x := range w {
			if c := at(x, y); x%4 == 0 || c == '|' || c == '!' || c == ' ' {
				row.WriteByte(c)
			}
		}
		if row.String() != last {
			flush()
			last, rows = row.String(), 0
		}
		rows++
	}
	flush()
	return b.String()
}

func TestLayoutDrawings(t *testing.T) {
	for _, size := range screenSizes {
		for _, last := range []pane{paneScripts, paneDetail, paneLog} {
			for _, zoom := range []bool{false, true} {
				name := fmt.Sprintf("%dx%d/%s", size[0], size[1], last)
				if zoom {
					name += "-zoomed"
				}
				t.Run(name, func(t *testing.T) {
					golden.RequireEqual(t, drawLayout(size[0], size[1], arrange(size[0], size[1], last, zoom, sizes{})))
				})
			}
		}
	}
}

// TestLayoutTiles says that at every size each cell belongs to one rectangle,
// and that the pane used last shows.
func TestLayoutTiles(t *testing.T) {
	for w := 0; w <= 260; w++ {
		by := []sizes{{}, {1, 1, 1}, {500, 500, 500}, {60, 10, 70}}[w%4]
		for h := 0; h <= 60; h++ {
			for last := paneScripts; last < paneFire; last++ {
				for _, zoom := range []bool{false, true} {
					l := arrange(w, h, last, zoom, by)
					if l.arrangement == tooSmall {
						if w >= minWidth && h >= minHeight {
							t.Fatalf("%dx%d counts as too small", w, h)
						}
						continue
					}
					area := 0
					all := []image.Rectangle{l.header, l.footer, l.scripts, l.detail, l.log, l.fire, l.fireRule, l.divider, l.side, l.sideDivider}
					for i, r := range all {
						if !r.Empty() && !r.In(image.Rect(0, 0, w, h)) {
							t.Fatalf("%dx%d %v: %v is outside", w, h, last, r)
						}
						area += r.Dx() * r.Dy()
						for _, o := range all[:i] {
							if r.Overlaps(o) {
								t.Fatalf("%dx%d %v: %v overlaps %v", w, h, last, r, o)
							}
						}
					}
					if area != w*h {
						t.Fatalf("%dx%d %v: %d of %d cells are used", w, h, last, area, w*h)
					}
					if !l.shown(last) || inner(*l.pane(last)).Dy() < 2 {
						t.Fatalf("%dx%d: %v has no room", w, h, last)
					}
				}
			}
		}
	}
}
