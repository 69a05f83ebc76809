// Package theme says how things look: colours, and the few rules of putting
// text on a grid of terminal cells.
//
// A palette is a short list of colour tokens (accent, good, bad, muted ...).
// [New] turns the palette of a theme into one [Styles] value that holds a style
// for everything hotloop draws; nothing outside this package names a colour.
// There are three themes: "dark", "light" and "none". The last one uses bold,
// underline and reverse alone, and is as readable as the other two, because
// colour never carries a meaning by itself: states and kinds have a glyph,
// added and removed lines a sign, changed words an underline.
//
// The palette keeps to one accent. Colours are given as RGB; the program turns
// them into the nearest of 256 where the terminal has no more, and the ones
// behind text were picked so that they stay apart there too.
//
// Text that comes from scripts may hold anything. [Visible] turns it into text
// that moves no cursor and takes the same number of cells on every terminal,
// [Fit] brings it to an exact width, and [Brush] puts a style on it without
// cutting characters apart.
package theme
