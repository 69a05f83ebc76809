package tui

import (
	"cmp"
	"go/ast"
	"slices"
	"strconv"
	"strings"

	"hotloop/interp"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// isHandler says whether a unit can be fired by its name.
func isHandler(u *interp.Unit) bool {
	return u.Kind == interp.KindFunc && u.Name != "init" && u.Name != "_"
}

// unitLabel is how a unit is called on the screen: methods by receiver and name.
func unitLabel(u *interp.Unit) string {
	if u.Kind != interp.KindMethod || u.Receiver == "" {
		return clean(u.Name)
	}
	return clean(strings.Trim(u.Receiver, "*() ") + "." + u.Name)
}

// keyLabel is unitLabel for a unit of which only the key is known.
func keyLabel(key string) string {
	_, name, ok := strings.Cut(key, " ")
	if !ok {
		return clean(key)
	}
	return clean(strings.NewReplacer("(", "", ")", "", "*", "").Replace(name))
}

// treeOrder is the order of units in the tree: what can be called first, then
// what holds values, and last what only says what these are. Imports are left
// out.
func treeOrder(units []interp.Unit) []interp.Unit {
	out := make([]interp.Unit, 0, len(units))
	for _, u := range units {
		if u.Kind != interp.KindImport {
			out = append(out, u)
		}
	}
	rank := func(u *interp.Unit) int {
		switch u.Kind {
		case interp.KindFunc:
			if ast.IsExported(u.Name) {
				return 0 // most likely what events are for
			}
			return 1
		case interp.KindMethod:
			return 2
		case interp.KindVar:
			return 3
		case interp.KindType:
			return 4
		}
		return 5
	}
	owner := func(u *interp.Unit) string {
		if u.Kind != interp.KindMethod {
			return ""
		}
		return strings.Trim(u.Receiver, "*() ")
	}
	slices.SortStableFunc(out, func(a, b interp.Unit) int {
		return cmp.Or(
			cmp.Compare(rank(&a), rank(&b)),
			cmp.Compare(owner(&a), owner(&b)),
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
		)
	})
	return out
}

// inTreeOrder gives scripts with their units in the order of the tree. The
// session's own slices are not touched.
func inTreeOrder(scripts []interp.Script) []interp.Script {
	out := slices.Clone(scripts)
	for i := range out {
		out[i].Units = treeOrder(out[i].Units)
	}
	return out
}

func bool01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Len, ID, Version and Rows make the tree a list.

func (s *scriptsPane) Len() int { return len(s.rows) }

func (s *scriptsPane) Version(i int) int { return s.version }

func (s *scriptsPane) ID(i int) string {
	r := &s.rows[i]
	if r.file != "" {
		return s.scripts[r.script].Name + "\x01" + r.file
	}
	if r.unit < 0 {
		return s.scripts[r.script].Name
	}
	return s.scripts[r.script].Name + "\x00" + s.scripts[r.script].Units[r.unit].Key
}

func (s *scriptsPane) Rows(i int, look list.Look) []string {
	r := &s.rows[i]
	l := line{tone: toneOf(look)}
	if r.file != "" {
		s.fileRow(&l, r.file)
	} else if r.unit < 0 {
		s.scriptRow(&l, &s.scripts[r.script], r.matched)
	} else {
		s.unitRow(&l, &s.scripts[r.script], r, look.Width)
	}
	l.end(&s.ink.text, " ")
	return []string{l.draw(look.Width, &s.ink.text)}
}

func toneOf(look list.Look) tone {
	switch {
	case look.Selected && look.Focused:
		return selected
	case look.Selected:
		return marked
	}
	return plain
}

func (s *scriptsPane) scriptRow(l *line, sc *interp.Script, matched []int) {
	k := s.ink
	sign := theme.SignOpen
	if s.folded[sc.Name] && s.filter.empty() {
		sign = theme.SignClosed
	}
	l.add(&k.faint, " "+sign+" ").marks(&k.script, &k.match, clean(sc.Name), matched)
	if sc.Differs {
		l.end(&k.warn, "≠ file ")
	}
	switch sc.State {
	case interp.StateLive:
		l.end(&k.live, "live "+theme.SignLive)
	case interp.StateBehind:
		l.end(&k.behind, "behind "+theme.SignBehind)
	case interp.StateCrashed:
		l.end(&k.crashed, "crashed "+theme.SignCrashed)
	default:
		if isLoading(sc) {
			l.end(&k.stopped, "loading "+theme.SignStopped)
		} else {
			l.end(&k.stopped, "stopped "+theme.SignStopped)
		}
	}
}

// Widths from which failed calls have a column of their own, and from which
// the duration of the last call has one.
const roomyTree, widestTree = 32, 42

// unitRow draws a unit: kind, name, version, calls, failed calls. The columns
// are always there, whatever is in them, so that none moves; where the tree is
// narrow, failed calls stand in the place of the calls.
func (s *scriptsPane) unitRow(l *line, sc *interp.Script, r *treeRow, wide int) {
	k, u := s.ink, &sc.Units[r.unit]
	sign, in, name := "ƒ", &k.kindFunc, &k.unit
	callable := false
	switch u.Kind {
	case interp.KindFunc:
		callable = true
	case interp.KindMethod:
		sign, in, callable = "m", &k.kindMethod, true
	case interp.KindVar:
		sign, in, name = "v", &k.kindVar, &k.muted
	case interp.KindConst:
		sign, in, name = "c", &k.faint, &k.faint
	case interp.KindType:
		sign, in, name = "t", &k.faint, &k.faint
	}
	l.add(in, "   "+sign+" ").marks(name, &k.match, unitLabel(u), r.matched)
	age := s.freshness(unitID{sc.Name, u.Key})
	switch version := "v" + strconv.Itoa(u.Version); {
	case age == justNow:
		l.end(&k.fresh, theme.SignReport+fitLeft(version, 4))
	case age == fading:
		l.end(&k.version, theme.SignReport+fitLeft(version, 4))
	case callable || u.Version > 1:
		l.end(&k.version, fitLeft(version, 5))
	default:
		return // nothing to say: the name has the whole row
	}
	calls, failed := "", ""
	if callable && u.Calls > 0 {
		calls = count(u.Calls)
	}
	if callable && u.Errors > 0 {
		failed = theme.SignBehind + fewOf(u.Errors)
	}
	if wide < roomyTree && failed != "" {
		l.end(&k.failed, fitLeft(failed, 5))
		return
	}
	l.end(&k.calls, fitLeft(calls, 5))
	if wide >= roomyTree {
		l.end(&k.failed, fitLeft(failed, 4))
	}
	if wide >= widestTree {
		last := ""
		if callable && u.Calls > 0 {
			last = micros(u.LastUs)
		}
		l.end(&k.calls, fitLeft(last, 8))
	}
}

// fewOf writes n in at most three cells.
func fewOf(n int64) string {
	if n > 99 {
		return "99+"
	}
	return strconv.FormatInt(n, 10)
}
