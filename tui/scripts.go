package tui

import (
	"time"

	"hotloop/interp"
	"hotloop/tui/list"
)

// scriptsPane is the tree of scripts and their units. Its cursor stays with a
// unit by name, so nothing under it moves when a save adds or removes others.
type scriptsPane struct {
	list    *list.Index
	ink     *inks
	filter  filter
	before  string // ID of the row under the cursor before the filter
	scripts []interp.Script
	rows    []treeRow
	folded  map[string]bool
	settled bool // all scripts are loaded and the height is known, or somebody touched the tree
	height  int  // rows of the pane, also while it is not shown
	order   treeSort
	changed map[unitID]time.Time // when a report changed a unit last
	now     time.Time            // as of the last look
	version int                  // of all rows, for the list's cache
}

// treeRow is a script or one of its files (unit < 0), or one of its units, the
// bytes of its label that the filter matched, and how well.
type treeRow struct {
	script, unit int
	file         string
	matched      []int
	score        int
}

func newScriptsPane(k *inks) *scriptsPane {
	s := &scriptsPane{ink: k, folded: map[string]bool{}, changed: map[unitID]time.Time{}}
	s.list = list.NewIndex(s)
	return s
}

// show takes new scripts over. Folding, filter and cursor stay as they are,
// but for the first moments: while scripts are still being loaded and nobody
// has touched the tree, it arranges itself.
func (s *scriptsPane) show(scripts []interp.Script) {
	s.scripts = scripts
	s.arrange()
	s.rebuild()
	if s.settled {
		return
	}
	s.toHandler()
	loading := len(scripts) == 0
	for i := range scripts {
		loading = loading || isLoading(&scripts[i])
	}
	s.settled = !loading && s.height > 0
}

// setHeight tells how many rows the tree has.
func (s *scriptsPane) setHeight(rows int) {
	if s.height == rows {
		return
	}
	s.height = rows
	if !s.settled {
		s.show(s.scripts)
	}
}

// arrange folds and unfolds scripts that nobody has folded or unfolded yet: all
// are open when they fit, else the first where that leaves the others in
// sight. A script alone is always open.
func (s *scriptsPane) arrange() {
	rows := len(s.scripts)
	for i := range s.scripts {
		rows += len(s.scripts[i].Units)
	}
	for i := range s.scripts {
		sc := &s.scripts[i]
		if _, known := s.folded[sc.Name]; known && s.settled {
			continue
		}
		first := i == 0 && len(s.scripts)+len(sc.Units) <= s.height
		s.folded[sc.Name] = rows > s.height && len(s.scripts) > 1 && !first
	}
}

// isLoading says that a script has not been tried for the first time yet.
func isLoading(sc *interp.Script) bool {
	return sc.State == interp.StateStopped && len(sc.Units) == 0 && len(sc.Diagnostics) == 0
}

// toHandler puts the cursor on the first thing that can be fired, so that the
// first key of a newcomer does something.
func (s *scriptsPane) toHandler() {
	for i, r := range s.rows {
		if r.unit >= 0 && isHandler(&s.scripts[r.script].Units[r.unit]) {
			s.list.SetCursor(i)
			return
		}
	}
}

// rebuild flattens the tree into rows by what is folded and filtered.
func (s *scriptsPane) rebuild() {
	s.rows = s.rows[:0]
	for i := range s.scripts {
		sc := &s.scripts[i]
		if !s.filter.empty() {
			s.addMatches(i)
			continue
		}
		s.rows = append(s.rows, treeRow{script: i, unit: -1})
		if !s.folded[sc.Name] {
			s.addUnits(i)
		}
	}
	s.version++
	s.list.Refresh()
}

// markFresh notes what a report changed and when.
func (s *scriptsPane) markFresh(r *interp.Report, at time.Time) {
	if r.Status == interp.StatusRefused || r.Cause == interp.CauseLoad {
		return
	}
	for _, u := range r.Units {
		if u.Change != interp.ChangeRecompiled && u.Change != interp.ChangeRemoved {
			s.changed[unitID{r.Script, u.Key}] = at
		}
	}
}

// current is the row under the cursor, nil in an empty tree.
func (s *scriptsPane) current() *treeRow {
	if i := s.list.Cursor(); i >= 0 && i < len(s.rows) {
		return &s.rows[i]
	}
	return nil
}

// script is the selected script: the one under the cursor or around it.
func (s *scriptsPane) script() *interp.Script {
	if r := s.current(); r != nil {
		return &s.scripts[r.script]
	}
	return nil
}

// scriptName is the name of the selected script, "" when there is none.
func (s *scriptsPane) scriptName() string {
	if sc := s.script(); sc != nil {
		return sc.Name
	}
	return ""
}

// unit is the selected unit, nil on a script's own row.
func (s *scriptsPane) unit() *interp.Unit {
	if r := s.current(); r != nil && r.unit >= 0 {
		return &s.scripts[r.script].Units[r.unit]
	}
	return nil
}

// unitID names the selected unit; its key is "" when a script is selected.
func (s *scriptsPane) unitID() unitID {
	id := unitID{script: s.scriptName()}
	if u := s.unit(); u != nil {
		id.key = u.Key
	}
	return id
}

// handler is the selected unit if it can be fired.
func (s *scriptsPane) handler() *interp.Unit {
	if u := s.unit(); u != nil && isHandler(u) {
		return u
	}
	return nil
}

// find gives a script by name and one of its handlers by name.
func (s *scriptsPane) find(script, handler string) *interp.Unit {
	for i := range s.scripts {
		if s.scripts[i].Name != script {
			continue
		}
		for j := range s.scripts[i].Units {
			if u := &s.scripts[i].Units[j]; u.Name == handler && isHandler(u) {
				return u
			}
		}
	}
	return nil
}

// fold folds or unfolds the selected script; folding takes the cursor along.
func (s *scriptsPane) fold(fold bool) {
	sc := s.script()
	if sc == nil || !s.filter.empty() {
		return
	}
	if s.folded[sc.Name] == fold {
		// Right on an open script goes in, left on a closed one has nowhere to go.
		if r := s.current(); !fold && r.unit < 0 && r.file == "" && len(sc.Units) > 0 {
			s.list.MoveBy(1)
		}
		return
	}
	s.folded[sc.Name] = fold
	name := sc.Name
	s.rebuild()
	if fold {
		s.list.SelectID(name)
	}
}

// toggle folds an unfolded script and the other way round.
func (s *scriptsPane) toggle() {
	if sc := s.script(); sc != nil {
		s.fold(!s.folded[sc.Name])
	}
}

// reveal puts the cursor on a script or one of its units, unfolded and without
// a filter in the way. It says whether there is such a row.
func (s *scriptsPane) reveal(id unitID) bool {
	s.settled = true
	if s.filter.active() {
		s.filter.clear()
	}
	row := id.script
	if id.key != "" {
		s.folded[id.script] = false
		row += "\x00" + id.key
	}
	s.rebuild()
	return s.list.SelectID(row)
}

// at finds the unit that holds a line of a file.
func (s *scriptsPane) at(file string, line int) (id unitID, ok bool) {
	best := 0
	for i := range s.scripts {
		for j := range s.scripts[i].Units {
			u := &s.scripts[i].Units[j]
			if u.File == file && u.Line <= line && u.Line > best && u.Kind != interp.KindImport {
				id, best = unitID{s.scripts[i].Name, u.Key}, u.Line
			}
		}
	}
	return id, best > 0
}
