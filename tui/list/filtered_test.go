package list

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFilteredRandom compares with a fresh scan after each change.
func TestFilteredRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	src := newStream(30, 1)
	match := func(seq uint64) bool { return seq%3 == 0 }
	f := NewFiltered(src, match)
	l := NewLog(f)
	l.SetSize(20, 4)
	numbered := map[uint64]uint64{} // match number to record, for ever
	for range 500 {
		src.next += uint64(rng.IntN(5))
		if rng.IntN(3) == 0 {
			src.first = min(src.next, src.first+uint64(rng.IntN(6)))
		}
		l.View() // between the change and the update nothing must break
		for f.Update(1 + rng.IntN(4)) {
		}
		var want, got []uint64
		for seq := src.first; seq < src.next; seq++ {
			if match(seq) {
				want = append(want, seq)
			}
		}
		first, next := f.Bounds()
		for n := first; n < next; n++ {
			seq := f.Seq(n)
			got = append(got, seq)
			if was, ok := numbered[n]; ok && was != seq {
				t.Fatalf("match %d was record %d, now %d", n, was, seq)
			}
			numbered[n] = seq
		}
		if !slices.Equal(got, want) {
			t.Fatalf("matches %v, want %v", got, want)
		}
		if f.Matches() != len(want) {
			t.Fatalf("%d matches, want %d", f.Matches(), len(want))
		}
		for _, seq := range want {
			if got := f.Seq(f.Near(seq - 1)); got != seq {
				t.Fatalf("nearest to %d is %d, want %d", seq-1, got, seq)
			}
		}
		l.View()
	}
}
