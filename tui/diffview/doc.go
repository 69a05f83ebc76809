// Package diffview draws what changed in a unit, and the source of a unit.
//
// From text to screen there are three steps, each plain data for the next:
//
//	old and new text ──Compute───▶ Diff    rows of spans ┐
//	one text         ──NewSource─▶ Source  rows of spans ┴─▶ View: lines of cells
//
// A row is one line of a text: its kind (context, added, removed), its numbers in
// the files, and its code as spans. A span is of one syntax class and either
// changed or not; it ends where either does. Nothing is lost on the way: the
// rows of a diff rebuild both texts byte by byte.
//
// How the rows come about:
//
//   - Lines are compared first (lines.go). A hunk that could stand at several
//     places stands where a block begins.
//   - Removed and added lines of a hunk are paired (pair.go) when they are near
//     enough to count as one line that was edited. A line that turns up elsewhere
//     in the unit is marked as moved.
//   - The lines of a pair are compared word by word (words.go), never letter by
//     letter.
//   - The whole unit is scanned once for syntax (highlight.go), so that comments
//     and strings over several lines are right.
//
// A [View] shows blocks, each a header and a diff or a source, one below the
// other. It lists its lines as small references first (layout.go), which is
// where unified and side by side differ and context is folded, and draws those
// that show. The foreground of a cell comes from the syntax, the background from
// the diff; without colour changed words are underlined. Signs are never left
// out. Whatever the text holds, no control character reaches the terminal and
// each row has exactly the width asked for.
package diffview
