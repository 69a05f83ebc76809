package diffview

import (
	"strings"
	"unicode"
)

const (
	// pairLimit is the distance up to which a removed and an added line count
	// as one line that was edited.
	pairLimit = 0.6
	// fullPairing is the number of line pairs of a hunk up to which the best
	// pairing is looked for. Above it each removed line takes the first added
	// line that is near enough, within pairReach lines.
	fullPairing = 900
	pairReach   = 12
	// movedLetters is how many letters and digits a line must have to be
	// recognised when it turns up elsewhere; a brace or a return turns up
	// everywhere.
	movedLetters = 8
)

// linePair says that removed line i became added line j, both counted from the
// start of their hunk.
type linePair struct {
	i, j int
	diff wordDiff
}

// pairLines finds which of the added lines replace which of the removed ones.
// Pairs are in order and never cross.
func pairLines(del, add []string) []linePair {
	if len(del) == 0 || len(add) == 0 {
		return nil
	}
	a, b := tokenizeAll(del), tokenizeAll(add)
	if len(del)*len(add) > fullPairing {
		return pairGreedy(a, b)
	}
	return pairBest(a, b)
}

func tokenizeAll(lines []string) [][]string {
	out := make([][]string, len(lines))
	for i, l := range lines {
		out[i] = tokens(strings.TrimRight(l, "\r\n"))
	}
	return out
}

// pairBest maximises the likeness of all pairs together.
func pairBest(a, b [][]string) []linePair {
	n, m := len(a), len(b)
	diffs := make([]wordDiff, n*m)
	// best[i][j] is the most likeness that lines from i and from j on can give.
	best := make([]float64, (n+1)*(m+1))
	at := func(i, j int) int { return i*(m+1) + j }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			w := compareWords(a[i], b[j])
			diffs[i*m+j] = w
			v := max(best[at(i+1, j)], best[at(i, j+1)])
			if w.distance <= pairLimit {
				v = max(v, best[at(i+1, j+1)]+likeness(w))
			}
			best[at(i, j)] = v
		}
	}
	var out []linePair
	for i, j := 0, 0; i < n && j < m; {
		w := diffs[i*m+j]
		switch {
		case w.distance <= pairLimit && best[at(i, j)] == best[at(i+1, j+1)]+likeness(w):
			out = append(out, linePair{i, j, w})
			i, j = i+1, j+1
		case best[at(i, j)] == best[at(i+1, j)]:
			i++
		default:
			j++
		}
	}
	return out
}

// likeness of a pair; above 0 even at the limit, so that a poor pair is still
// better than none.
func likeness(w wordDiff) float64 { return 1.01 - w.distance }

func pairGreedy(a, b [][]string) []linePair {
	var out []linePair
	from := 0
	for i := range a {
		for j := from; j < min(len(b), from+pairReach); j++ {
			if w := compareWords(a[i], b[j]); w.distance <= pairLimit {
				out = append(out, linePair{i, j, w})
				from = j + 1
				break
			}
		}
	}
	return out
}

// markMoved finds lines that were removed at one place and added at another.
func markMoved(rows []Row) {
	gone := map[string][]int{}
	for i, r := range rows {
		if r.Kind == Delete && r.Pair == 0 {
			if t, ok := telling(r.Text()); ok {
				gone[t] = append(gone[t], i)
			}
		}
	}
	if len(gone) == 0 {
		return
	}
	for i, r := range rows {
		if r.Kind != Insert || r.Pair != 0 {
			continue
		}
		t, ok := telling(r.Text())
		if from := gone[t]; ok && len(from) > 0 {
			rows[i].Moved, rows[from[0]].Moved = true, true
			gone[t] = from[1:]
		}
	}
}

// telling gives a line without the blanks around it, and whether it is long
// enough to know it again.
func telling(line string) (string, bool) {
	line = strings.TrimSpace(line)
	n := 0
	for _, r := range line {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return line, n >= movedLetters
}
