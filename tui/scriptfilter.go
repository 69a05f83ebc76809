package tui

import (
	"cmp"
	"strings"

	"github.com/sahilm/fuzzy"

	"hotloop/interp"
)

// openFilter lets the tree's filter be typed.
func (s *scriptsPane) openFilter() {
	if i := s.list.Cursor(); !s.filter.active() && i >= 0 {
		s.before = s.ID(i)
	}
	s.filter.open = true
	s.filter.key("end")
}

// refilter applies a changed filter and puts the cursor on what fits best, so
// that the next key does something with it. Without a filter the cursor is
// where it was before.
func (s *scriptsPane) refilter() {
	s.rebuild()
	if s.filter.empty() {
		s.list.SelectID(s.before)
		return
	}
	if i := s.best(); i >= 0 {
		s.list.SetCursor(i)
	}
}

// dropFilter shows the whole tree again. What was found stays under the cursor
// if it was found for good, which may take unfolding its script.
func (s *scriptsPane) dropFilter() {
	found := !s.filter.open
	s.filter.clear()
	if sc := s.script(); found && s.unit() != nil {
		s.folded[sc.Name] = false
	}
	s.rebuild()
	if !found {
		s.list.SelectID(s.before)
	}
}

// pattern is the text of the filter as it is matched.
func (s *scriptsPane) pattern() string { return strings.ReplaceAll(s.filter.String(), " ", "") }

// addMatches adds script i with those of its units that match the filter.
func (s *scriptsPane) addMatches(i int) {
	sc := &s.scripts[i]
	prefix := clean(sc.Name) + "."
	labels := make([]string, len(sc.Units))
	for u := range sc.Units {
		labels[u] = prefix + unitLabel(&sc.Units[u])
	}
	pattern := s.pattern()
	matches := fuzzy.FindNoSort(pattern, labels)
	own := fuzzy.Find(pattern, []string{clean(sc.Name)})
	if len(matches) == 0 && len(own) == 0 {
		return
	}
	row := treeRow{script: i, unit: -1}
	if len(own) > 0 {
		row.matched = own[0].MatchedIndexes
	}
	s.rows = append(s.rows, row)
	for _, m := range matches {
		var at []int
		for _, n := range m.MatchedIndexes {
			if n >= len(prefix) {
				at = append(at, n-len(prefix))
			}
		}
		s.rows = append(s.rows, treeRow{script: i, unit: m.Index, matched: at, score: m.Score})
	}
}

// hits counts the units in sight.
func (s *scriptsPane) hits() int {
	n := 0
	for i := range s.rows {
		if s.rows[i].unit >= 0 {
			n++
		}
	}
	return n
}

// best is the unit that fits the filter best, -1 when none does: first what is
// called so, then handlers with the pattern in their names, then anything with
// it, then handlers, and among equals by score.
func (s *scriptsPane) best() int {
	pattern := strings.ToLower(s.pattern())
	best, rank := -1, [3]int{}
	for i := range s.rows {
		r := &s.rows[i]
		if r.unit < 0 {
			continue
		}
		sc := &s.scripts[r.script]
		u := &sc.Units[r.unit]
		now := [3]int{closeness(pattern, sc, u), bool01(isHandler(u)), r.score}
		if now[0] == contains && isHandler(u) {
			now[0] = handlerContains
		}
		if best < 0 || cmp.Or(cmp.Compare(now[0], rank[0]), cmp.Compare(now[1], rank[1]), cmp.Compare(now[2], rank[2])) > 0 {
			best, rank = i, now
		}
	}
	return best
}

// How near a unit's name is to a pattern.
const (
	scattered = iota // the letters are there, in order
	contains
	handlerContains
	equal
)

func closeness(pattern string, sc *interp.Script, u *interp.Unit) int {
	name := strings.ToLower(unitLabel(u))
	full := strings.ToLower(clean(sc.Name)) + "." + name
	switch {
	case name == pattern || full == pattern:
		return equal
	case strings.Contains(full, pattern):
		return contains
	}
	return scattered
}
