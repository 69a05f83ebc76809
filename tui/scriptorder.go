package tui

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"hotloop/interp"
)

// treeSort says how the units of a script follow one another in the tree.
type treeSort int

const (
	byKind   treeSort = iota // what can be called first
	byFile                   // as in the files, each file with a row of its own
	byName                   // by letter
	byRecent                 // what a save changed last first
	byCalls                  // what was called most first
	byErrors                 // what failed most first
	treeSortCount
)

func (o treeSort) String() string {
	return [...]string{"by kind", "by file", "by name", "by last change", "by calls", "by errors"}[o]
}

// Times after which the mark of a changed unit fades, and fades altogether.
const (
	freshFor  = 15 * time.Second
	recentFor = 3 * time.Minute
)

// freshness is how new the last change of a unit is.
type freshness int

const (
	unchanged freshness = iota
	fading
	justNow
)

// freshness tells by the time of the last look at the session, so that drawing
// asks for no time.
func (s *scriptsPane) freshness(id unitID) freshness {
	at, ok := s.changed[id]
	switch age := s.now.Sub(at); {
	case !ok || age >= recentFor:
		return unchanged
	case age >= freshFor:
		return fading
	}
	return justNow
}

// passes notes the time; marks fade by it.
func (s *scriptsPane) passes(now time.Time) {
	s.now = now
	s.version++
}

// sorted gives the places of a script's units in the order chosen.
func (s *scriptsPane) sorted(sc *interp.Script) []int {
	at := make([]int, len(sc.Units))
	for i := range at {
		at[i] = i
	}
	if s.order == byKind {
		return at
	}
	slices.SortStableFunc(at, func(i, j int) int {
		a, b := &sc.Units[i], &sc.Units[j]
		switch s.order {
		case byFile:
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
		case byName:
			return strings.Compare(strings.ToLower(unitLabel(a)), strings.ToLower(unitLabel(b)))
		case byRecent:
			return s.changed[unitID{sc.Name, b.Key}].Compare(s.changed[unitID{sc.Name, a.Key}])
		case byCalls:
			return cmp.Compare(b.Calls, a.Calls)
		}
		return cmp.Or(cmp.Compare(b.Errors, a.Errors), cmp.Compare(b.Calls, a.Calls))
	})
	return at
}

// addUnits adds the rows of a script's units.
func (s *scriptsPane) addUnits(i int) {
	sc := &s.scripts[i]
	file := ""
	for _, u := range s.sorted(sc) {
		if f := sc.Units[u].File; s.order == byFile && f != file {
			s.rows = append(s.rows, treeRow{script: i, unit: -1, file: f})
			file = f
		}
		s.rows = append(s.rows, treeRow{script: i, unit: u})
	}
}

// nextOrder goes on to the next order; the cursor stays with its unit.
func (s *scriptsPane) nextOrder() string {
	s.order = (s.order + 1) % treeSortCount
	s.rebuild()
	return s.order.String()
}

// fileRow draws the row of a file.
func (s *scriptsPane) fileRow(l *line, file string) {
	dir, name := path.Split(clean(file))
	l.add(&s.ink.faint, "  ▫ "+dir).add(&s.ink.muted, name)
}
