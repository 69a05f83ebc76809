// Package life is Conway's game of life on a board whose edges meet. Try:
//
//   - Put a glider, then fire Step a few times.
//   - Change the rule: let survives accept 4 neighbours as well, save, and
//     fire Step. The board goes on from where it is.
//   - Change alive and dead to other characters and fire Board.
package life

import (
	"context"
	"fmt"
	"strings"
)

const (
	rows = 10
	cols = 32
)

// alive and dead are how cells look.
const (
	alive = "●"
	dead  = "·"
)

// Grid is the board, row by row.
type Grid [rows][cols]bool

var (
	board      Grid
	generation int
)

// patterns are drawn as they look.
var patterns = map[string][]string{
	"block":   {"##", "##"},
	"blinker": {"###"},
	"glider":  {".#.", "..#", "###"},
	"acorn":   {".#.....", "...#...", "##..###"},
}

// Put sets a pattern on the board, its upper left corner at row and col.
func Put(pattern string, row, col int) (int, error) {
	drawing, ok := patterns[pattern]
	if !ok {
		return 0, fmt.Errorf("no pattern %q", pattern)
	}
	if row < 0 || col < 0 {
		return 0, fmt.Errorf("%s at %d, %d: rows and columns count from 0", pattern, row, col)
	}
	for y, line := range drawing {
		for x, c := range line {
			if c == '#' {
				board[(row+y)%rows][(col+x)%cols] = true
			}
		}
	}
	return population(), nil
}

// Step goes on by so many generations and prints the board. It stops at the
// deadline of the event: give it a million.
func Step(ctx context.Context, generations int) (int, error) {
	for i := 0; i < generations; i++ {
		if err := ctx.Err(); err != nil {
			return generation, fmt.Errorf("step %d of %d: %w", i, generations, err)
		}
		board = next(board)
		generation++
	}
	Board()
	return generation, nil
}

// next is the board one generation later.
func next(now Grid) Grid {
	var later Grid
	for y := range now {
		for x := range now[y] {
			n := neighbours(&now, y, x)
			if now[y][x] {
				later[y][x] = survives(n)
			} else {
				later[y][x] = isBorn(n)
			}
		}
	}
	return later
}

// survives says whether a cell with n neighbours lives on.
func survives(n int) bool {
	return n == 2 || n == 3
}

// isBorn says whether an empty cell with n neighbours comes to life.
func isBorn(n int) bool {
	return n == 3
}

// neighbours counts the living among the eight cells around.
func neighbours(g *Grid, y, x int) int {
	n := 0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if dy == 0 && dx == 0 {
				continue
			}
			if g[(y+dy+rows)%rows][(x+dx+cols)%cols] {
				n++
			}
		}
	}
	return n
}

// Board prints the board.
func Board() {
	fmt.Printf("generation %d, %d alive\n", generation, population())
	for _, row := range board {
		var b strings.Builder
		for _, cell := range row {
			if cell {
				b.WriteString(alive)
			} else {
				b.WriteString(dead)
			}
		}
		fmt.Println(b.String())
	}
}

// Clear empties the board and starts counting anew.
func Clear() {
	board = Grid{}
	generation = 0
}

func population() int {
	n := 0
	for _, row := range board {
		for _, cell := range row {
			if cell {
				n++
			}
		}
	}
	return n
}
