package svg

import (
	"fmt"
	"strings"
)

// The directions in which a box-drawing character reaches the edge of its cell.
const (
	up = 1 << iota
	down
	left
	right
)

var arms = map[string]int{
	"─": left | right, "│": up | down,
	"┌": down | right, "┐": down | left, "└": up | right, "┘": up | left,
	"╭": down | right, "╮": down | left, "╰": up | right, "╯": up | left,
	"├": up | down | right, "┤": up | down | left,
	"┬": down | left | right, "┴": up | left | right, "┼": up | down | left | right,
}

// strokes is the path of a run of box-drawing characters that begins in the
// cell with this corner.
func strokes(text string, x, y float64) string {
	var path strings.Builder
	middle, half := y+cellHeight/2.0, cellWidth/2
	dashes := 0 // how many plain dashes wait to be drawn as one line
	flush := func() {
		if dashes > 0 {
			fmt.Fprintf(&path, "M%.1f %.1fh%.1f", x-float64(dashes)*cellWidth, middle, float64(dashes)*cellWidth)
			dashes = 0
		}
	}
	for _, r := range text {
		reach := arms[string(r)]
		if reach == left|right {
			dashes++
			x += cellWidth
			continue
		}
		flush()
		for _, arm := range []struct {
			to     int
			dx, dy float64
		}{{up, 0, -cellHeight / 2.0}, {down, 0, cellHeight / 2.0}, {left, -half, 0}, {right, half, 0}} {
			if reach&arm.to != 0 {
				fmt.Fprintf(&path, "M%.1f %.1fl%.1f %.1f", x+half, middle, arm.dx, arm.dy)
			}
		}
		x += cellWidth
	}
	flush()
	return path.String()
}
