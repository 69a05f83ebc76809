package tui

import (
	"strconv"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/tui/diffview"
	"hotloop/tui/list"
	"hotloop/tui/theme"
)

// unitTabs are Source and Versions: the live text of the selected unit, and
// the versions there were. Both come with one reading.
type unitTabs struct {
	ink      *inks
	styles   theme.Styles
	source   diffview.View
	diff     diffview.View // of the version under the cursor against the live one
	versions *list.Index

	shown   unitID // whose text this is
	stamp   int    // version the text was asked for
	asked   unitID
	text    session.UnitText
	all     []session.UnitText // newest first
	failed  string
	mark    int    // line of the file that is pointed at, 0 for none
	markOf  unitID // in this unit
	version int
	compare [2]int // versions the diff shows
	base    int    // version to compare with, 0 for the live one
	look    *diffLook
	width   int
	height  int
}

func newUnitTabs(k *inks, st theme.Styles) *unitTabs {
	t := &unitTabs{ink: k, styles: st}
	t.versions = list.NewIndex(t)
	t.source.SetStyles(st)
	t.diff.SetStyles(st)
	return t
}

// wants says whether the unit's text has to be asked for, and notes that it
// was. The version is part of the question, so a save asks anew.
func (t *unitTabs) wants(id unitID, version int) bool {
	if id.key == "" || t.asked == id && t.stamp == version {
		return false
	}
	t.asked, t.stamp = id, version
	return true
}

// read takes a reading over, unless the cursor has gone on.
func (t *unitTabs) read(m unitRead) {
	if m.unit != t.asked || m.stamp != t.stamp {
		return
	}
	same := t.shown == m.unit
	top, _, _ := t.source.Position()
	t.shown, t.text, t.failed = m.unit, m.text, ""
	if m.err != nil {
		t.failed = m.err.Error()
	}
	t.showSource()
	if same && t.markOf != t.shown {
		t.source.ScrollBy(top)
	}
	t.all = make([]session.UnitText, 0, len(m.versions))
	for i := len(m.versions) - 1; i >= 0; i-- {
		t.all = append(t.all, m.versions[i])
	}
	t.version++
	t.compare = [2]int{}
	if !same {
		t.base = 0
	}
	t.versions.Refresh()
	if !same {
		t.versions.Top()
	}
}

// showSource gives the text to its view, with the line that is pointed at.
func (t *unitTabs) showSource() {
	b := diffview.Block{Source: diffview.NewSource(t.text.Text, t.text.Line)}
	if t.markOf == t.shown {
		b.Mark = t.mark
	}
	t.source.SetBlocks([]diffview.Block{b})
	if b.Mark > 0 {
		t.source.ShowLine(b.Mark)
	}
}

// point points at a line of a unit, in its text when that is there.
func (t *unitTabs) point(id unitID, line int) {
	t.markOf, t.mark = id, line
	if t.shown == id {
		t.showSource()
	}
}

// current is the version under the cursor.
func (t *unitTabs) current() *session.UnitText {
	if i := t.versions.Cursor(); i >= 0 && i < len(t.all) {
		return &t.all[i]
	}
	return nil
}

func (t *unitTabs) setSize(w, h int) {
	t.width, t.height = w, h
	t.source.SetSize(w, max(h-1, 0))
	rows := min(max(len(t.all), 1), max(h/3, 1))
	t.versions.SetSize(w, min(rows, h))
	t.diff.SetSize(w, max(h-rows-1, 0))
}

// restyle takes another theme.
func (t *unitTabs) restyle(k *inks, st theme.Styles) {
	t.ink, t.styles = k, st
	t.source.SetStyles(st)
	t.diff.SetStyles(st)
	t.versions.SetTheme(st.Name)
}

// sourceRows are the rows of the Source tab: what it is, then the text.
func (t *unitTabs) sourceRows(sc *interp.Script, u *interp.Unit) []string {
	k := t.ink
	if u == nil {
		return t.overview(sc)
	}
	var l line
	l.add(&k.unitName, " "+unitLabel(u)).add(&k.unitVersion, "  v"+strconv.Itoa(u.Version)).
		add(&k.unitPlace, "  "+place(u.File, u.Line, 0))
	if u.Calls > 0 {
		s := plural(int(u.Calls), "call") + ", last " + micros(u.LastUs)
		if u.Errors > 0 {
			s += ", " + plural(int(u.Errors), "error")
		}
		l.end(&k.muted, s+" ")
	}
	head := l.draw(t.width, &k.text)
	if t.shown != (unitID{sc.Name, u.Key}) {
		return append([]string{head}, emptyRows(t.width, t.height-1, k)...)
	}
	if t.failed != "" {
		return append([]string{head}, emptyRows(t.width, t.height-1, k, clean(t.failed))...)
	}
	return append([]string{head}, t.source.View()...)
}

// overview is what the Source tab shows for a whole script.
func (t *unitTabs) overview(sc *interp.Script) []string {
	if sc == nil {
		return emptyRows(t.width, t.height, t.ink, "No script is selected.")
	}
	s := []string{
		"package " + clean(sc.Package) + "   " + clean(sc.Path),
		plural(functions(sc), "function") + " in " + plural(len(sc.Files), "file") + ":",
	}
	for _, f := range sc.Files {
		s = append(s, "  "+clean(f))
	}
	return emptyRows(t.width, t.height, t.ink, append(s, "", "Select a unit to read its live code.")...)
}

// versionRows are the rows of the Versions tab: the versions, and what tells
// the one under the cursor from the live one.
func (t *unitTabs) versionRows(sc *interp.Script, u *interp.Unit) []string {
	k := t.ink
	switch {
	case sc == nil || u == nil:
		return emptyRows(t.width, t.height, k, "Select a unit to see its versions.")
	case t.shown != (unitID{sc.Name, u.Key}):
		return emptyRows(t.width, t.height, k)
	case t.failed != "":
		return emptyRows(t.width, t.height, k, clean(t.failed))
	case len(t.all) == 0:
		return emptyRows(t.width, t.height, k, "No versions are known.")
	}
	t.setSize(t.width, t.height)
	rows := append([]string(nil), t.versions.View()...)
	if len(rows) >= t.height {
		return rows[:t.height]
	}
	cur, from := t.current(), t.compared()
	var l line
	switch {
	case cur.Version == from.Version && cur.Version == t.text.Version:
		l.add(&k.muted, " v"+strconv.Itoa(cur.Version)+" is live")
	case cur.Version == from.Version:
		l.add(&k.muted, " v"+strconv.Itoa(cur.Version)+" is what the others are compared with")
	default:
		l.add(&k.unitVersion, " v"+strconv.Itoa(from.Version)+" → v"+strconv.Itoa(cur.Version))
		if from.Version == t.text.Version {
			l.add(&k.muted, "  what making it live would change")
		}
	}
	if cur.Version != t.text.Version {
		l.end(&k.key, "enter").end(&k.keyText, " make it live ")
	}
	rows = append(rows, l.draw(t.width, &k.text))
	if want := [2]int{from.Version, cur.Version}; t.compare != want {
		t.compare = want
		b := diffview.Block{Diff: diffview.Compute(from.Text, cur.Text, from.Line, cur.Line)}
		if cur.Version == from.Version {
			b = diffview.Block{Source: diffview.NewSource(cur.Text, cur.Line)}
		}
		t.diff.SetBlocks([]diffview.Block{b})
	}
	t.look.set(&t.diff)
	return append(rows, t.diff.View()...)
}

// compared is the version that the one under the cursor is compared with.
func (t *unitTabs) compared() *session.UnitText {
	for i := range t.all {
		if t.all[i].Version == t.base {
			return &t.all[i]
		}
	}
	return &t.text
}

// setBase compares with the version under the cursor, or with the live one
// again.
func (t *unitTabs) setBase() {
	cur := t.current()
	if cur == nil {
		return
	}
	if t.base == cur.Version || cur.Version == t.text.Version {
		t.base = 0
	} else {
		t.base = cur.Version
	}
	t.version++
	t.versions.Refresh()
}

// Len, ID, Version and Rows make the versions a list.

func (t *unitTabs) Len() int          { return len(t.all) }
func (t *unitTabs) ID(i int) string   { return strconv.Itoa(t.all[i].Version) }
func (t *unitTabs) Version(i int) int { return t.version }

func (t *unitTabs) Rows(i int, look list.Look) []string {
	k, v := t.ink, &t.all[i]
	l := line{tone: toneOf(look)}
	if t.base == v.Version {
		l.add(&k.accent, theme.SignPin)
	} else {
		l.add(&k.text, " ")
	}
	l.add(&k.unitVersion, fitLeft("v"+strconv.Itoa(v.Version), 5)+"  ")
	if !v.Time.IsZero() {
		l.add(&k.time, v.Time.Format("15:04:05")+"  ")
	}
	l.add(&k.unitPlace, place(v.File, v.Line, 0))
	if v.Live {
		l.end(&k.live, "live "+theme.SignLive+" ")
	}
	return []string{l.draw(look.Width, &k.text)}
}

// versionsView scrolls the list of versions with the cursor and the diff with
// the wheel and pages.
type versionsView struct{ t *unitTabs }

func (v versionsView) SetSize(w, h int)  { v.t.setSize(w, h) }
func (v versionsView) SetFocused(f bool) { v.t.versions.SetFocused(f) }
func (v versionsView) View() []string    { return nil }
func (v versionsView) MoveBy(n int)      { v.t.versions.MoveBy(n) }
func (v versionsView) PageBy(n int)      { v.t.diff.PageBy(n) }
func (v versionsView) ScrollBy(n int)    { v.t.diff.ScrollBy(n) }
func (v versionsView) Top()              { v.t.versions.Top() }
func (v versionsView) Bottom()           { v.t.versions.Bottom() }

// sourceTab scrolls the text under its heading.
type sourceTab struct{ t *unitTabs }

func (v sourceTab) SetSize(w, h int) { v.t.setSize(w, h) }
func (v sourceTab) SetFocused(bool)  {}
func (v sourceTab) View() []string   { return nil }
func (v sourceTab) MoveBy(n int)     { v.t.source.ScrollBy(n) }
func (v sourceTab) PageBy(n int)     { v.t.source.PageBy(n) }
func (v sourceTab) ScrollBy(n int)   { v.t.source.ScrollBy(n) }
func (v sourceTab) Top()             { v.t.source.Top() }
func (v sourceTab) Bottom()          { v.t.source.Bottom() }
