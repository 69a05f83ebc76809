package list

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// stream is a source of records whose heights follow from their numbers.
type stream struct {
	first, next uint64
	tall        int // heights are 1..tall
	drawn       int // calls of Rows
	versions    map[uint64]int
}

func (s *stream) Bounds() (uint64, uint64) { return s.first, s.next }
func (s *stream) Version(seq uint64) int   { return s.versions[seq] }
func (s *stream) height(seq uint64) int    { return 1 + int(seq*2654435761%uint64(s.tall)) }
func (s *stream) Rows(seq uint64, look Look) []string {
	s.drawn++
	var out []string
	for i := range s.height(seq) {
		out = append(out, fmt.Sprintf("%d.%d v%d", seq, i, s.versions[seq]))
	}
	return out
}

// all gives every row there is, the slow and obvious way.
func (s *stream) all() (rows []string, of []uint64) {
	for seq := s.first; seq < s.next; seq++ {
		for i := range s.height(seq) {
			rows = append(rows, fmt.Sprintf("%d.%d v%d", seq, i, s.versions[seq]))
			of = append(of, seq)
		}
	}
	return rows, of
}

func newStream(n, tall int) *stream {
	return &stream{first: 1, next: uint64(1 + n), tall: tall, versions: map[uint64]int{}}
}

func trim(rows []string) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = trimRight(r)
	}
	return out
}

func trimRight(s string) string {
	for s != "" && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

// checkWindow compares a view with the rows of the whole: it must be a stretch
// of them, filled with blanks only when everything fits.
func checkWindow(t *testing.T, view []string, width, height int, all []string) (offset int) {
	t.Helper()
	if len(view) != height {
		t.Fatalf("%d rows, want %d", len(view), height)
	}
	for i, r := range view {
		if w := ansi.StringWidth(r); w != width {
			t.Fatalf("row %d is %d cells wide, want %d: %q", i, w, width, r)
		}
	}
	if width < 24 || height == 0 {
		return 0
	}
	got := trim(view)
	if len(all) <= height {
		if !slices.Equal(got[:len(all)], all) {
			t.Fatalf("everything fits, but\ngot  %q\nwant %q", got, all)
		}
		return 0
	}
	for offset := range len(all) - height + 1 {
		if slices.Equal(got, all[offset:offset+height]) {
			return offset
		}
	}
	t.Fatalf("not a stretch of the rows: %q", got)
	return 0
}

// TestLogRandom does random things to a log and compares with what may be
// expected of every single one of them.
func TestLogRandom(t *testing.T) {
	for seed := range uint64(80) {
		rng := rand.New(rand.NewPCG(seed, 1))
		src := newStream(rng.IntN(40), 1+rng.IntN(12))
		l := NewLog(src)
		width, height := 30, rng.IntN(14)
		l.SetSize(width, height)
		for step := range 120 {
			wasTop, _, line, wasOK := topOf(l)
			held := !l.Following()
			still := true // the window must not have moved
			op := rng.IntN(12)
			switch op {
			case 0, 1:
				src.next += uint64(rng.IntN(6))
			case 2:
				src.first = min(src.next, src.first+uint64(rng.IntN(3)))
			case 3:
				n := rng.IntN(7) - 4
				l.MoveBy(n)
				still = n == 0
			case 4:
				n := rng.IntN(9) - 5
				l.ScrollBy(n)
				still = n == 0
			case 5:
				n := rng.IntN(3) - 1
				l.PageBy(n)
				still = n == 0
			case 6:
				l.Top()
				still = false
			case 7:
				l.Select(src.first + uint64(rng.IntN(40)))
				still = false
			case 8:
				if rng.IntN(4) == 0 {
					l.Bottom()
					still = false
				}
			case 9:
				height = rng.IntN(14)
				l.SetSize(width, height)
				still = false
			case 10:
				if src.next > src.first {
					src.versions[src.first+uint64(rng.IntN(int(src.next-src.first)))]++
				}
			case 11:
				l.Hold()
			}
			all, of := src.all()
			offset := checkWindow(t, l.View(), width, height, all)
			if height == 0 {
				continue
			}
			name := fmt.Sprintf("seed %d step %d op %d", seed, step, op)
			if l.Following() && len(all) > height && offset != len(all)-height {
				t.Fatalf("%s: follows, but stands at %d of %d", name, offset, len(all)-height)
			}
			if l.Following() && l.New() != 0 {
				t.Fatalf("%s: follows with %d new", name, l.New())
			}
			top, _, nowLine, ok := topOf(l)
			if held && still && wasOK && ok && wasTop >= src.first && op != 2 && (top != wasTop || line != nowLine) {
				t.Fatalf("%s: held at %d.%d, now at %d.%d", name, wasTop, line, top, nowLine)
			}
			cursor, ok := l.Cursor()
			if ok != (len(all) > 0) {
				t.Fatalf("%s: cursor %v with %d rows", name, ok, len(all))
			}
			if ok && op >= 3 && op <= 8 && !still {
				shown := of[offset:min(len(of), offset+height)]
				if !slices.Contains(shown, cursor) {
					t.Fatalf("%s: cursor %d does not show in %v", name, cursor, shown)
				}
			}
			for row := range height {
				seq, _, ok := l.At(row)
				if ok != (row < len(of)) || ok && seq != of[offset+row] {
					t.Fatalf("%s: At(%d) = %d %v", name, row, seq, ok)
				}
			}
		}
	}
}

func topOf(l *Log) (seq uint64, row, line int, ok bool) {
	seq, line, ok = l.At(0)
	return seq, 0, line, ok
}

func TestLogHeldCountsNew(t *testing.T) {
	src := newStream(20, 1)
	l := NewLog(src)
	l.SetSize(30, 5)
	l.ScrollBy(-3)
	if l.Following() || l.New() != 0 {
		t.Fatalf("after scrolling up: following %v, %d new", l.Following(), l.New())
	}
	src.next += 7
	if l.New() != 7 {
		t.Errorf("%d new, want 7", l.New())
	}
	l.ScrollBy(5) // 18..22: two of the new ones show
	if l.New() != 5 {
		t.Errorf("%d new after scrolling down, want 5", l.New())
	}
	l.ScrollBy(-5) // what was seen stays seen
	if l.New() != 5 {
		t.Errorf("%d new after going back, want 5", l.New())
	}
	l.ScrollBy(100)
	if !l.Following() || l.New() != 0 {
		t.Errorf("at the end: following %v, %d new", l.Following(), l.New())
	}
}

func TestLogMoveUpAndBack(t *testing.T) {
	src := newStream(20, 1)
	l := NewLog(src)
	l.SetSize(30, 5)
	l.MoveBy(-1)
	if seq, _ := l.Cursor(); seq != 19 || l.Following() {
		t.Fatalf("cursor %d, following %v", seq, l.Following())
	}
	src.next += 3
	l.MoveBy(1)
	if seq, _ := l.Cursor(); seq != 20 || l.Following() {
		t.Fatalf("cursor %d, following %v; 20 is the last no more", seq, l.Following())
	}
	l.MoveBy(100)
	if seq, _ := l.Cursor(); seq != 23 || !l.Following() {
		t.Fatalf("cursor %d, following %v", seq, l.Following())
	}
}

// A record taller than the window must be readable to its last row by the
// cursor keys alone, downwards and upwards.
func TestLogTallRecord(t *testing.T) {
	src := newStream(3, 1)
	l := NewLog(tallAt{src, 2, 12})
	l.SetSize(30, 4)
	l.Top()
	seen := map[string]bool{}
	for range 20 {
		for _, r := range l.View() {
			seen[trimRight(r)] = true
		}
		l.MoveBy(1)
	}
	for i := range 12 {
		if !seen[fmt.Sprintf("2.%d tall", i)] {
			t.Errorf("row %d was never shown on the way down", i)
		}
	}
	if !l.Following() {
		t.Error("does not follow at the end")
	}
	clear(seen)
	for range 20 {
		l.MoveBy(-1)
		for _, r := range l.View() {
			seen[trimRight(r)] = true
		}
	}
	for i := range 12 {
		if !seen[fmt.Sprintf("2.%d tall", i)] {
			t.Errorf("row %d was never shown on the way up", i)
		}
	}
	if seq, _ := l.Cursor(); seq != 1 {
		t.Errorf("cursor %d, want 1", seq)
	}
}

// Coming from below, a tall record is entered at its end, not at its beginning:
// the row above the one that was read last is the next to be read.
func TestLogTallRecordFromBelow(t *testing.T) {
	l := NewLog(tallAt{newStream(20, 1), 2, 12})
	l.SetSize(30, 4)
	l.Top()
	l.ScrollBy(13) // record 3 is the first to show, and takes the cursor
	if seq, _ := l.Cursor(); seq != 3 {
		t.Fatalf("cursor %d, want 3", seq)
	}
	l.MoveBy(-1)
	if got := trimRight(l.View()[3]); got != "2.11 tall" {
		t.Errorf("the last row shows %q, want the end of record 2", got)
	}
}

type tallAt struct {
	*stream
	seq  uint64
	rows int
}

func (s tallAt) Rows(seq uint64, look Look) []string {
	if seq != s.seq {
		return s.stream.Rows(seq, look)
	}
	var out []string
	for i := range s.rows {
		out = append(out, fmt.Sprintf("%d.%d tall", seq, i))
	}
	return out
}

// What a frame draws must not depend on the number of records.
func TestLogDrawsWindowOnly(t *testing.T) {
	for _, n := range []int{100, 1_000_000} {
		src := newStream(n, 3)
		l := NewLog(src)
		l.SetSize(30, 20)
		ops := map[string]func(){
			"view":   func() {},
			"append": func() { src.next++ },
			"up":     func() { l.MoveBy(-1) },
			"page":   func() { l.PageBy(-1) },
			"top":    l.Top,
			"bottom": l.Bottom,
			"select": func() { l.Select(src.next / 2) },
		}
		for name, op := range ops {
			src.drawn = 0
			op()
			l.View()
			if src.drawn > 100 {
				t.Errorf("%s of %d records drew %d", name, n, src.drawn)
			}
		}
		src.drawn = 0
		l.View()
		if src.drawn != 0 {
			t.Errorf("an unchanged view drew %d records", src.drawn)
		}
	}
}

func TestLogCacheKeys(t *testing.T) {
	src := newStream(3, 1)
	l := NewLog(src)
	l.SetSize(30, 3)
	l.View()
	tests := []struct {
		name string
		do   func()
		want int
	}{
		{"nothing", func() {}, 0},
		{"same size", func() { l.SetSize(30, 3) }, 0},
		{"same theme", func() { l.SetTheme("") }, 0},
		{"version", func() { src.versions[2]++ }, 1},
		{"focus", func() { l.SetFocused(true) }, 1}, // the selected record alone
		{"cursor", func() { l.MoveBy(-1) }, 2},      // two records change their look
		{"theme", func() { l.SetTheme("dark") }, 3},
		{"width", func() { l.SetSize(31, 3) }, 3},
	}
	for _, tt := range tests {
		src.drawn = 0
		tt.do()
		l.View()
		if src.drawn != tt.want {
			t.Errorf("%s: drew %d records, want %d", tt.name, src.drawn, tt.want)
		}
	}
}

func TestLogEmptyAndSizeless(t *testing.T) {
	src := newStream(0, 1)
	l := NewLog(src)
	for _, size := range [][2]int{{0, 0}, {10, 0}, {0, 3}, {-1, -1}, {10, 3}} {
		l.SetSize(size[0], size[1])
		for _, op := range []func(){func() { l.MoveBy(1) }, func() { l.MoveBy(-1) }, func() { l.PageBy(1) }, func() { l.ScrollBy(-1) }, l.Top, l.Bottom, l.Hold} {
			op()
			if got := len(l.View()); got != max(0, size[1]) {
				t.Fatalf("size %v: %d rows", size, got)
			}
			if _, ok := l.Cursor(); ok {
				t.Fatal("a cursor without records")
			}
		}
	}
}
