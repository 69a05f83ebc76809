// Package list holds windowed lists: only the rows that are on the screen are
// ever drawn, so what a frame costs does not depend on how many items there are.
//
// There are two. [Index] is for things one can count: the scripts tree, state,
// versions. Its cursor sits on an item and stays with that item when others
// come and go. [Log] is for a stream of records with sequence numbers, of which
// the oldest go when there are too many; it either follows the end or is held
// at an anchor, a record that keeps its row whatever happens around it.
// [Filtered] is a Log's source that lets only some records through.
//
// An item may be several rows high. The window is therefore a pair, the item at
// the upper edge and the row of it that stands there, and moving it walks over
// the items in between and no others:
//
//	        item 40   row 0
//	        item 40   row 1
//	top ──▶ item 40   row 2   ┐
//	        item 41   row 0   │ height
//	        item 42   row 0   ┘
//
// Drawn rows are kept by item, version and look, so an item whose version is the
// same is not asked for its rows again until the width or the theme changes.
//
// The lists are plain structs with methods that the owner calls; they know no
// messages and no keys. They are not safe for concurrent use.
package list
