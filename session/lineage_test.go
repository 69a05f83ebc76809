package session

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"hotloop/interp"
)

// All code that was live can be had again, whatever the edits were, and with a
// bound the oldest goes first.
func TestLineage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	now := interp.Source{Name: "x", Files: []interp.File{{Name: "a.go", Text: strings.Repeat("line\n", 50)}}}
	edited := func(src interp.Source) interp.Source {
		src.Files = append([]interp.File{}, src.Files...)
		src.Imports = append([]interp.SourcePackage{}, src.Imports...)
		switch i := r.IntN(len(src.Files)); r.IntN(12) {
		case 0:
			src.Files = append(src.Files, interp.File{Name: fmt.Sprintf("f%d.go", r.IntN(1000)), Text: "new"})
		case 1:
			if len(src.Files) > 1 {
				src.Files = src.Files[1:]
			}
		case 2:
			src.Imports = append(src.Imports, interp.SourcePackage{Path: fmt.Sprint("p", r.IntN(100)), Files: []interp.File{{Name: "p.go", Text: "p"}}})
		case 3:
			src.GoVersion = fmt.Sprintf("1.%d", r.IntN(30))
		case 4:
			src.Files[i].Text = ""
		default:
			text := src.Files[i].Text
			from := r.IntN(len(text) + 1)
			to := from + r.IntN(len(text)-from+1)
			src.Files[i].Text = text[:from] + strings.Repeat("x", r.IntN(4)) + text[to:]
		}
		return src
	}
	var l lineage
	type pair struct{ before, after interp.Source }
	var want []pair
	for i := range 300 {
		before := now
		if r.IntN(3) == 0 { // comments changed, which makes no report that counts
			before = edited(now)
		}
		now = edited(before)
		want = append(want, pair{before, now})
		l.add(i+1, before, now)
	}
	for i, w := range want {
		before, after := l.at(i)
		if l.find(i+1) != i || !sameSource(before, w.before) || !sameSource(after, w.after) {
			t.Fatalf("the code of report %d is another", i+1)
		}
	}
	big := interp.Source{Files: []interp.File{{Name: "a.go", Text: strings.Repeat("y", maxLineage/3)}}}
	for i := range 5 {
		next := interp.Source{Files: []interp.File{{Name: fmt.Sprint(i), Text: big.Files[0].Text}}}
		l.add(1000+i, big, next)
		big = next
	}
	if l.size > maxLineage || l.find(1) >= 0 || l.find(1004) < 0 {
		t.Errorf("%d bytes, %d reports", l.size, len(l.points))
	}
}
