package list

import (
	"slices"
	"sort"
)

// Filtered lets some records of a source through. Its own sequence numbers
// count the matches, so that it has no gaps; [Filtered.Seq] and
// [Filtered.Near] lead from one numbering to the other. Each record is looked
// at once, in Update; nothing is searched while drawing.
type Filtered struct {
	base  Records
	match func(seq uint64) bool

	hits []uint64 // numbers in base, rising
	lost uint64   // matches that base has dropped; the number of hits[0]
	next uint64   // first record of base not looked at yet
}

// NewFiltered makes a filter that has looked at nothing yet.
func NewFiltered(base Records, match func(seq uint64) bool) *Filtered {
	return &Filtered{base: base, match: match}
}

// Update looks at up to limit records that came since the last call, and says
// whether there are more. Call it whenever the source has grown.
func (f *Filtered) Update(limit int) (more bool) {
	first, next := f.base.Bounds()
	gone, _ := slices.BinarySearch(f.hits, first)
	f.lost += uint64(gone)
	// Copied down, so that dropped numbers do not pile up in front.
	f.hits = slices.Delete(f.hits, 0, gone)
	f.next = max(f.next, first)
	for ; f.next < next && limit > 0; limit-- {
		if f.match(f.next) {
			f.hits = append(f.hits, f.next)
		}
		f.next++
	}
	return f.next < next
}

// Bounds implements Records. Matches that the source has dropped since the last
// Update are left out.
func (f *Filtered) Bounds() (first, next uint64) {
	oldest, _ := f.base.Bounds()
	gone := 0
	if len(f.hits) > 0 && f.hits[0] < oldest {
		gone, _ = slices.BinarySearch(f.hits, oldest)
	}
	return f.lost + uint64(gone), f.lost + uint64(len(f.hits))
}

// Version implements Records.
func (f *Filtered) Version(n uint64) int { return f.base.Version(f.Seq(n)) }

// Rows implements Records.
func (f *Filtered) Rows(n uint64, look Look) []string { return f.base.Rows(f.Seq(n), look) }

// Seq gives the number in the source of match n, which must be in Bounds.
func (f *Filtered) Seq(n uint64) uint64 { return f.hits[n-f.lost] }

// Near gives the first match at or after a record of the source, or the last
// there is.
func (f *Filtered) Near(seq uint64) uint64 {
	i := sort.Search(len(f.hits), func(i int) bool { return f.hits[i] >= seq })
	return f.lost + uint64(min(i, max(0, len(f.hits)-1)))
}

// Matches gives how many records are let through.
func (f *Filtered) Matches() int {
	first, next := f.Bounds()
	return int(next - first)
}
