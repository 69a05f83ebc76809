// Package svg draws what a terminal shows as an SVG picture, for pages that
// cannot show a terminal.
//
// [Render] takes the text of a screen with its escape sequences, as a terminal
// multiplexer gives it, puts it into a grid of cells, and draws the grid:
// backgrounds as rectangles, neighbouring cells of one style as one text,
// stretched to the cells they take so that columns stay in line whatever font
// the reader has, and box-drawing characters as lines, so that they meet.
// The same screen always gives the same bytes.
package svg
