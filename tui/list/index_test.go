package list

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// tree is a list of named items; heights follow from the names.
type tree struct {
	ids   []string
	tall  int
	drawn int
}

func (tr *tree) Len() int          { return len(tr.ids) }
func (tr *tree) ID(i int) string   { return tr.ids[i] }
func (tr *tree) Version(i int) int { return 0 }
func (tr *tree) height(id string) int {
	h := 0
	for _, c := range id {
		h = h*31 + int(c)
	}
	return 1 + h%tr.tall
}

func (tr *tree) Rows(i int, look Look) []string {
	tr.drawn++
	return tr.rows(tr.ids[i])
}

func (tr *tree) rows(id string) (out []string) {
	for j := range tr.height(id) {
		out = append(out, fmt.Sprintf("%s.%d", id, j))
	}
	return out
}

func (tr *tree) all() (out []string) {
	for _, id := range tr.ids {
		out = append(out, tr.rows(id)...)
	}
	return out
}

func newTree(n, tall int) *tree {
	tr := &tree{tall: tall}
	for i := range n {
		tr.ids = append(tr.ids, fmt.Sprintf("item%d", i))
	}
	return tr
}

func rowOfID(view []string, id string) int {
	return slices.IndexFunc(view, func(r string) bool { return trimRight(r) == id+".0" })
}

// TestIndexStable: whatever comes and goes above or below, the cursor stays on
// its item and the item in its row, as long as the ends of the list allow it.
func TestIndexStable(t *testing.T) {
	fresh := 0
	for seed := range uint64(80) {
		rng := rand.New(rand.NewPCG(seed, 2))
		tr := newTree(40, 1+rng.IntN(3))
		l := NewIndex(tr)
		l.SetSize(30, 10)
		l.SetCursor(15 + rng.IntN(10))
		l.ScrollBy(rng.IntN(7) - 3)
		for range 30 {
			id := tr.ids[l.Cursor()]
			before := rowOfID(l.View(), id)
			at := rng.IntN(len(tr.ids) + 1)
			if rng.IntN(2) == 0 || len(tr.ids) < 30 {
				fresh++
				tr.ids = slices.Insert(tr.ids, at, fmt.Sprintf("new%d", fresh))
			} else if at < len(tr.ids) && tr.ids[at] != id {
				tr.ids = slices.Delete(tr.ids, at, at+1)
			}
			l.Refresh()
			checkWindow(t, l.View(), 30, 10, tr.all())
			if got := tr.ids[l.Cursor()]; got != id {
				t.Fatalf("seed %d: cursor went from %s to %s", seed, id, got)
			}
			after := rowOfID(l.View(), id)
			first, last, total := l.Visible()
			atEdge := first == 0 || last == total-1
			if before >= 0 && before != after && !atEdge {
				t.Fatalf("seed %d: %s moved from row %d to %d", seed, id, before, after)
			}
		}
	}
}

func TestIndexCursorItemGoes(t *testing.T) {
	tr := newTree(5, 1)
	l := NewIndex(tr)
	l.SetSize(20, 3)
	l.SetCursor(2)
	tr.ids = slices.Delete(tr.ids, 2, 3)
	l.Refresh()
	if got := tr.ids[l.Cursor()]; got != "item3" {
		t.Errorf("cursor on %s, want item3", got)
	}
	tr.ids = tr.ids[:1]
	l.Refresh()
	if got := l.Cursor(); got != 0 {
		t.Errorf("cursor %d, want 0", got)
	}
	tr.ids = nil
	l.Refresh()
	if got := l.Cursor(); got != -1 {
		t.Errorf("cursor %d in an empty list", got)
	}
	l.MoveBy(1)
	l.PageBy(-1)
	if _, _, ok := l.At(0); ok || len(l.View()) != 3 {
		t.Error("an empty list shows an item")
	}
	tr.ids = []string{"a", "b"}
	l.Refresh()
	if l.Cursor() != 0 || trimRight(l.View()[0]) != "a.0" {
		t.Errorf("cursor %d, view %q", l.Cursor(), l.View())
	}
}

func TestIndexScrollLeavesCursor(t *testing.T) {
	tr := newTree(50, 1)
	l := NewIndex(tr)
	l.SetSize(20, 5)
	l.ScrollBy(20)
	if l.Cursor() != 0 {
		t.Fatalf("cursor went to %d", l.Cursor())
	}
	if i, _, _ := l.At(0); i != 20 {
		t.Fatalf("window at %d", i)
	}
	// New items at the front push nothing around while the cursor is away.
	tr.ids = slices.Insert(tr.ids, 0, "front")
	l.Refresh()
	if got := trimRight(l.View()[0]); got != "item20.0" {
		t.Errorf("window shows %s at the top", got)
	}
	l.MoveBy(1)
	if got := rowOfID(l.View(), "item1"); got < 0 {
		t.Errorf("the cursor does not show after a key: %q", l.View())
	}
}

func TestIndexPaging(t *testing.T) {
	tr := newTree(30, 1)
	l := NewIndex(tr)
	l.SetSize(20, 10)
	var got []int
	for range 5 {
		l.PageBy(1)
		got = append(got, l.Cursor())
	}
	for range 5 {
		l.PageBy(-1)
		got = append(got, l.Cursor())
	}
	if want := []int{9, 18, 20, 29, 29, 20, 11, 9, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("cursor at %v, want %v", got, want)
	}
}

func TestIndexSelectID(t *testing.T) {
	tr := newTree(30, 1)
	l := NewIndex(tr)
	l.SetSize(20, 4)
	if !l.SelectID("item17") || l.Cursor() != 17 || rowOfID(l.View(), "item17") < 0 {
		t.Errorf("cursor %d, view %q", l.Cursor(), l.View())
	}
	if l.SelectID("nothing") || l.Cursor() != 17 {
		t.Error("selected what is not there")
	}
}

func TestIndexResizeKeepsCursorInSight(t *testing.T) {
	tr := newTree(30, 1)
	l := NewIndex(tr)
	l.SetSize(20, 20)
	l.SetCursor(19)
	for _, h := range []int{5, 1, 0, 12, 40} {
		l.SetSize(20, h)
		if h > 0 && rowOfID(l.View(), "item19") < 0 {
			t.Errorf("height %d: cursor is out of sight: %q", h, l.View())
		}
	}
}
