// Package rules moves the balls of the tick sample. Edit Step or Draw while the
// loop runs: the balls go on from where they are.
package rules

import (
	"strings"

	"tick/world"
)

// Step moves every ball by one tick.
func Step(w *world.World) {
	for i := range w.Balls {
		b := &w.Balls[i]
		b.X, b.Y = b.X+b.DX, b.Y+b.DY
		if b.X < 0 || b.X >= w.Width {
			b.DX = -b.DX
			b.X += 2 * b.DX
		}
		if b.Y < 0 || b.Y >= w.Height {
			b.DY = -b.DY
			b.Y += 2 * b.DY
		}
	}
}

// Draw is the frame as text.
func Draw(w *world.World) string {
	rows := make([][]byte, w.Height)
	for y := range rows {
		rows[y] = []byte(strings.Repeat(".", w.Width))
	}
	for _, b := range w.Balls {
		rows[b.Y][b.X] = 'o'
	}
	lines := make([]string, len(rows))
	for y, row := range rows {
		lines[y] = string(row)
	}
	return strings.Join(lines, "\n")
}
