package session

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestRing(t *testing.T) {
	r := newRing(3, 1<<20)
	if first, next := r.Bounds(); first != 1 || next != 1 {
		t.Errorf("empty: %d, %d", first, next)
	}
	for i := range 5 {
		if seq := r.append(Entry{Notice: fmt.Sprint(i + 1)}); seq != uint64(i+1) {
			t.Errorf("entry %d got number %d", i+1, seq)
		}
	}
	first, next := r.Bounds()
	if first != 3 || next != 6 || r.Dropped() != 2 {
		t.Errorf("bounds %d, %d, dropped %d", first, next, r.Dropped())
	}
	for _, c := range []struct {
		from uint64
		n    int
		want string
	}{
		{0, 10, "3 4 5"}, {1, 2, "3 4"}, {4, 1, "4"}, {4, 10, "4 5"}, {6, 10, ""}, {99, 1, ""}, {3, 0, ""}, {3, -1, ""},
	} {
		var got []string
		for _, e := range r.Window(c.from, c.n) {
			if e.Notice != fmt.Sprint(e.Seq) || e.Time.IsZero() {
				t.Errorf("entry %+v", e)
			}
			got = append(got, e.Notice)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("Window(%d, %d) = %q, want %q", c.from, c.n, s, c.want)
		}
	}
}

// Whatever is appended, the ring holds the newest entries, in order, within its
// bounds, and what it accounts for is what it holds.
func TestRingAgainstASlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	r := newRing(200, 64<<10)
	var all []int // sizes, by sequence number from 1
	for range 5000 {
		e := Entry{Output: &Output{Text: strings.Repeat("x", rng.IntN(2000))}}
		r.append(e)
		all = append(all, entrySize(&e))
		first, next := r.Bounds()
		if int(next) != len(all)+1 {
			t.Fatalf("next is %d after %d", next, len(all))
		}
		bytes := 0
		for seq := first; seq < next; seq++ {
			bytes += all[seq-1]
		}
		if bytes != r.bytes || bytes > 64<<10 || next-first > 200 || next-first < 1 {
			t.Fatalf("holds %d entries, %d bytes, accounts for %d", next-first, bytes, r.bytes)
		}
		if first > 1 && next-first < 200 && bytes+all[first-2] <= 64<<10 {
			t.Fatalf("dropped %d without need", first-1)
		}
	}
	from := uint64(4990)
	for i, e := range r.Window(from, 100) {
		if e.Seq != from+uint64(i) || len(e.Output.Text)+128 != all[e.Seq-1] {
			t.Fatalf("entry %d: number %d", i, e.Seq)
		}
	}
}

// The newest entry is kept even if it alone is too large.
func TestRingKeepsTheNewest(t *testing.T) {
	r := newRing(10, 1000)
	r.append(Entry{Notice: "small"})
	r.append(Entry{Notice: strings.Repeat("x", 5000)})
	if first, next := r.Bounds(); first != 2 || next != 3 {
		t.Errorf("bounds %d, %d", first, next)
	}
	r.append(Entry{Notice: "small again"})
	if w := r.Window(0, 10); len(w) != 1 || w[0].Notice != "small again" {
		t.Errorf("holds %d entries", len(w))
	}
}

func TestChanges(t *testing.T) {
	c := newChanges()
	n, err := c.wait(t.Context(), 0)
	if n != 1 || err != nil {
		t.Fatalf("at first: %d, %v", n, err)
	}
	for range 100 {
		c.bump()
	}
	if n, err = c.wait(t.Context(), 1); n != 101 || err != nil {
		t.Errorf("coalesced: %d, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err = c.wait(ctx, 101); n != 101 || !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that ended: %d, %v", n, err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for since := uint64(101); since < 1101; {
				n, err := c.wait(context.Background(), since)
				if err != nil || n <= since {
					t.Errorf("wait(%d) = %d, %v", since, n, err)
					return
				}
				since = n
			}
		}()
	}
	for range 1000 {
		c.bump()
	}
	wg.Wait()
	c.close()
	if _, err = c.wait(context.Background(), 1101); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if n, err = c.wait(context.Background(), 1100); n != 1101 || err != nil {
		t.Errorf("the last change is still told: %d, %v", n, err)
	}
}

func BenchmarkRingAppend(b *testing.B) {
	r := newRing(ringEntries, ringBytes)
	e := Entry{Time: time.Now(), Output: &Output{Text: strings.Repeat("x", 80)}}
	b.ReportAllocs()
	for b.Loop() {
		r.append(e)
	}
}
