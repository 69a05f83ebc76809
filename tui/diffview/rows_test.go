package diffview

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// checkDiff holds every diff to what rows promise.
func checkDiff(t *testing.T, d *Diff, old, new string) {
	t.Helper()
	if got := d.Old(); got != old {
		t.Fatalf("old text comes back as %q, want %q", got, old)
	}
	if got := d.New(); got != new {
		t.Fatalf("new text comes back as %q, want %q", got, new)
	}
	if d.Same() != (old == new) {
		t.Fatalf("Same is %v for %q and %q", d.Same(), old, new)
	}
	oldNo, newNo := d.OldLine, d.NewLine
	added, removed, lastPair := 0, 0, -1
	for i, r := range d.Rows {
		if r.Kind != Insert {
			if r.OldNo != oldNo {
				t.Fatalf("row %d has old number %d, want %d", i, r.OldNo, oldNo)
			}
			oldNo++
		} else if r.OldNo != 0 {
			t.Fatalf("added row %d has old number %d", i, r.OldNo)
		}
		if r.Kind != Delete {
			if r.NewNo != newNo {
				t.Fatalf("row %d has new number %d, want %d", i, r.NewNo, newNo)
			}
			newNo++
		} else if r.NewNo != 0 {
			t.Fatalf("removed row %d has new number %d", i, r.NewNo)
		}
		switch {
		case r.Kind == Insert:
			added++
		case r.Kind == Delete:
			removed++
		case r.Pair != 0 || r.Moved:
			t.Fatalf("context row %d is paired or moved: %+v", i, r)
		}
		if r.Pair != 0 {
			other := d.Rows[i+r.Pair]
			if other.Pair != -r.Pair || other.Kind == r.Kind || (r.Kind == Delete) != (r.Pair > 0) {
				t.Fatalf("row %d %+v is paired with %+v", i, r, other)
			}
			if r.Kind == Delete {
				if i+r.Pair <= lastPair {
					t.Fatalf("pairs cross at row %d", i)
				}
				lastPair = i + r.Pair
			}
		}
		for j, s := range r.Spans {
			switch {
			case s.Text == "":
				t.Fatalf("row %d has an empty span", i)
			case strings.Contains(s.Text, "\n"):
				t.Fatalf("row %d holds a line end: %q", i, s.Text)
			case s.Changed && r.Pair == 0:
				t.Fatalf("row %d has changed words without a pair", i)
			case j > 0 && r.Spans[j-1].Class == s.Class && r.Spans[j-1].Changed == s.Changed:
				t.Fatalf("row %d: spans %d and %d are one", i, j-1, j)
			}
		}
	}
	if added != d.Added || removed != d.Removed {
		t.Fatalf("counted +%d -%d, says +%d -%d", added, removed, d.Added, d.Removed)
	}
}

// randomText makes text with many equal lines, so that diffs have choices.
func randomText(rng *rand.Rand, lines []string) string {
	var b strings.Builder
	for range rng.IntN(14) {
		b.WriteString(lines[rng.IntN(len(lines))])
		b.WriteString("\n")
	}
	s := b.String()
	if rng.IntN(2) == 0 {
		s = strings.TrimSuffix(s, "\n")
	}
	return s
}

func TestComputeRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	lines := []string{
		"", "}", "\tcount++", "\tcount += e.People", "\t\treturn count", "/* open", "close */", "x := `raw",
		"`", "\tif a == b {", "\tif a != b {", "\"broken", "日本語 := 1", "// note \t ", "\x1b[31m\x00", "\xff\xfe", "a\r", " ",
	}
	for range 4000 {
		old := randomText(rng, lines)
		new := randomText(rng, lines)
		if rng.IntN(2) == 0 { // a small edit of the same text
			parts := strings.SplitAfter(old, "\n")
			at := rng.IntN(len(parts))
			parts[at] = lines[rng.IntN(len(lines))] + "\n"
			new = strings.Join(parts, "")
		}
		checkDiff(t, Compute(old, new, 1+rng.IntN(50), 1+rng.IntN(50)), old, new)
		if got := NewSource(new, 3).Rows; len(got) != len(splitLines(new)) {
			t.Fatalf("source has %d rows for %q", len(got), new)
		}
	}
}

func TestComputeSample(t *testing.T) {
	checkDiff(t, Compute(onOpenBefore, onOpenAfter, 98, 98), onOpenBefore, onOpenAfter)
	checkDiff(t, Compute("", tryAdded, 0, 31), "", tryAdded)
	checkDiff(t, Compute(tryAdded, "", 31, 0), tryAdded, "")
	checkDiff(t, Compute("", "", 0, 0), "", "")
}

// shape writes a diff as signs and texts, changed words in brackets, lines
// that only moved with a tilde.
func shape(d *Diff) string {
	var b strings.Builder
	for _, r := range d.Rows {
		sign := " "
		switch {
		case r.Moved:
			sign = map[Kind]string{Insert: ">", Delete: "<"}[r.Kind]
		case r.Kind == Insert:
			sign = "+"
		case r.Kind == Delete:
			sign = "-"
		}
		b.WriteString(sign)
		b.WriteString(bracket(r.Spans))
		b.WriteString("\n")
	}
	return b.String()
}

func bracket(spans []Span) string {
	var b strings.Builder
	for i, s := range spans {
		if s.Changed && (i == 0 || !spans[i-1].Changed) {
			b.WriteString("[")
		}
		b.WriteString(s.Text)
		if s.Changed && (i+1 == len(spans) || !spans[i+1].Changed) {
			b.WriteString("]")
		}
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{
			"words, not letters",
			"x := fastest(a)\n", "x := vast(a)\n",
			"-x := [fastest](a)\n+x := [vast](a)\n",
		},
		{
			"an operator is one word",
			"count += n\n", "count -= n\n",
			"-count [+=] n\n+count [-=] n\n",
		},
		{
			"a phrase is one change",
			"go to the old red house\n", "go to the new blue house\n",
			"-go to the [old red] house\n+go to the [new blue] house\n",
		},
		{
			"too different for words",
			"return nil\n", "panic(x)\n",
			"-return nil\n+panic(x)\n",
		},
		{
			"each line finds its own",
			"a := one(1)\nb := two(2)\n", "start()\na := one(11)\nb := two(22)\n",
			"-a := one([1])\n-b := two([2])\n+start()\n+a := one([11])\n+b := two([22])\n",
		},
		{
			"deeper by a tab",
			"\tcall(a, b)\n", "\t\tcall(a, b)\n",
			"-\tcall(a, b)\n+[\t]\tcall(a, b)\n",
		},
		{
			"a block is added where it begins",
			"func f() {\n\tif a {\n\t\tx()\n\t}\n\treturn\n}\n",
			"func f() {\n\tif a {\n\t\tx()\n\t}\n\tif b {\n\t\tx()\n\t}\n\treturn\n}\n",
			" func f() {\n \tif a {\n \t\tx()\n \t}\n+\tif b {\n+\t\tx()\n+\t}\n \treturn\n }\n",
		},
		{
			"an equal block is added below",
			"a()\nb()\n\na()\nb()\n", "a()\nb()\n\na()\nb()\n\na()\nb()\n",
			" a()\n b()\n \n a()\n b()\n+\n+a()\n+b()\n",
		},
		{
			"a line that moved",
			"remember(everything)\na()\nb()\nc()\n", "a()\nb()\nc()\nremember(everything)\n",
			"<remember(everything)\n a()\n b()\n c()\n>remember(everything)\n",
		},
		{
			"a brace does not move",
			"}\na()\nb()\nc()\n", "a()\nb()\nc()\n}\n",
			"-}\n a()\n b()\n c()\n+}\n",
		},
	}
	for _, tt := range tests {
		d := Compute(tt.old, tt.new, 1, 1)
		checkDiff(t, d, tt.old, tt.new)
		if got := shape(d); got != tt.want {
			t.Errorf("%s:\ngot\n%swant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestWords(t *testing.T) {
	tests := []struct{ old, new, wantOld, wantNew string }{
		{`"front opened (8)"`, `"front opened (10)"`, `"front opened ([8])"`, `"front opened ([10])"`},
		{"8", "10", "8", "10"},
		{"", "10", "", "10"},
		{"same", "same", "same", "same"},
		{"3.14 metres", "3.15 metres", "[3.14] metres", "[3.15] metres"},
		{"map[a:1 b:2 c:3]", "map[a:1 b:5 c:3 d:4]", "map[a:1 b:[2] c:3]", "map[a:1 b:[5] c:3 [d:4]]"},
		{"café au lait", "cafe\u0301 au lait", "[café] au lait", "[cafe\u0301] au lait"},
	}
	for _, tt := range tests {
		a, b := Words(tt.old, tt.new)
		if got := bracket(a); got != tt.wantOld {
			t.Errorf("%q to %q: old is %s, want %s", tt.old, tt.new, got, tt.wantOld)
		}
		if got := bracket(b); got != tt.wantNew {
			t.Errorf("%q to %q: new is %s, want %s", tt.old, tt.new, got, tt.wantNew)
		}
	}
}

// Above the limit for the best pairing the greedy one must keep the promises.
func TestPairingOfLargeHunks(t *testing.T) {
	var old, new strings.Builder
	for i := range 60 {
		fmt.Fprintf(&old, "value%d := compute(%d, before)\n", i, i)
		if i%7 == 0 {
			fmt.Fprintf(&new, "// a remark between\n")
		}
		fmt.Fprintf(&new, "value%d := compute(%d, after)\n", i, i)
	}
	d := Compute(old.String(), new.String(), 1, 1)
	checkDiff(t, d, old.String(), new.String())
	pairs := 0
	for _, r := range d.Rows {
		if r.Kind == Delete && r.Pair != 0 {
			pairs++
		}
	}
	if pairs < 50 {
		t.Errorf("%d of 60 edited lines are paired", pairs)
	}
}

func TestCacheComputesOnce(t *testing.T) {
	var c Cache
	first := c.Diff("a\n", "b\n", 1, 1)
	src := c.Source("a\n", 1)
	for i := range 3 * perGeneration {
		c.Diff("a\n", fmt.Sprint(i), 1, 1)
		if c.Diff("a\n", "b\n", 1, 1) != first || c.Source("a\n", 1) != src {
			t.Fatalf("forgotten after %d others", i)
		}
	}
	if n := len(c.young) + len(c.old); n > 2*perGeneration {
		t.Errorf("holds %d entries", n)
	}
	if c.Diff("a\n", "b\n", 1, 2) == first {
		t.Error("another line number is another diff")
	}
}
