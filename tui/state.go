package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
	"hotloop/tui/list"
)

// Bounds of the state tree.
const (
	partsPage  = 50  // parts shown at once of a large value
	mostOpened = 200 // values unfolded at the same time
)

// spot names a value of a script: a variable and the names of parts that lead
// into it.
type spot struct {
	script, name string
	path         string // part names with a zero byte before each
}

func (s spot) steps() []string {
	if s.path == "" {
		return nil
	}
	return strings.Split(s.path[1:], "\x00")
}

// expression is the spot as Go writes it.
func (s spot) expression() string { return s.name + strings.ReplaceAll(s.path, "\x00", "") }

// stateTab is the variables of the selected script as a tree. The parts of a
// value are asked for when it is unfolded, a page at a time. All is read again
// after each event and report; what the last reading changed is marked with the
// text before.
type stateTab struct {
	*list.Index
	ink     *inks
	script  string // whose variables these are, "" before the first reading
	vars    []*stateNode
	rows    []*stateNode      // those in sight, in their order
	want    map[spot]int      // how many parts to show of what is unfolded
	was     map[spot]string   // texts before, of what has changed since the last event
	before  map[spot]string   // texts of the last reading
	base    map[spot]string   // texts after the last event or report
	whole   map[spot]bool     // values shown in full below their row
	watched func(s spot) bool // of the app
	failed  string            // why the variables could not be read
	names   int               // width of the column of names
	types   int
	version int
	reading bool // a reading is under way
	again   bool // something happened meanwhile
}

// stateNode is a variable or a part of one.
type stateNode struct {
	spot
	label string
	depth int
	typ   string
	text  string
	setBy string
	parts int // how many it has, as far as is known
	kids  []*stateNode
	left  int // of a row that stands for parts not shown: how many
}

// stateRead brings the variables of a script, and the parts of what is unfolded.
type stateRead struct {
	script string
	vars   []interp.Var
	asked  map[spot]int // what was unfolded then
	parts  map[spot]interp.PartList
	// refused says why something that was just unfolded cannot be.
	refused error
	// between says that no event and no report led to this reading.
	between bool
	err     error
}

func newStateTab(k *inks) *stateTab {
	t := &stateTab{ink: k, watched: func(spot) bool { return false }}
	t.forget("")
	t.Index = list.NewIndex(t)
	return t
}

func (t *stateTab) forget(script string) {
	t.script, t.vars, t.rows = script, nil, nil
	t.want, t.was, t.before, t.base, t.whole = map[spot]int{}, map[spot]string{}, map[spot]string{}, nil, map[spot]bool{}
}

// readState asks for the variables of a script and for the parts of those that
// are unfolded.
func (a *App) readState(script string, between bool) tea.Cmd {
	want := make(map[spot]int, len(a.state.want))
	if a.state.script == script {
		for s, n := range a.state.want {
			want[s] = n
		}
	}
	asked := map[spot]bool{} // just unfolded: somebody waits for their parts
	for _, n := range a.state.rows {
		asked[n.spot] = want[n.spot] > 0 && len(n.kids) == 0
	}
	return a.guard("read the state", func(ctx context.Context) tea.Msg {
		m := stateRead{script: script, between: between, asked: want, parts: map[spot]interp.PartList{}}
		m.vars, m.err = a.session.State(ctx, script)
		for s, n := range want {
			if m.err != nil {
				break
			}
			// What cannot be read any more is folded again.
			list, err := a.session.Parts(ctx, s.script, s.name, s.steps(), 0, n)
			switch {
			case err == nil:
				m.parts[s] = list
			case asked[s]:
				m.refused = err
			}
		}
		return m
	})
}

// read takes a reading over.
func (t *stateTab) read(m stateRead) {
	t.failed = ""
	if m.err != nil {
		t.failed = m.err.Error()
	}
	same := t.script == m.script
	if !same {
		t.forget(m.script)
	}
	if m.err != nil {
		t.version++
		t.Refresh()
		return
	}
	t.vars = t.vars[:0:0]
	for _, v := range m.vars {
		n := &stateNode{spot: spot{m.script, v.Name, ""}, label: clean(v.Name), typ: clean(v.Type), text: v.Text, setBy: v.SetBy}
		n.parts = guessParts(v.Text)
		t.vars = append(t.vars, n)
		t.grow(n, m.parts)
	}
	for s := range m.asked {
		if _, ok := m.parts[s]; !ok {
			delete(t.want, s)
		}
	}
	t.compare(same, m.between)
	t.flatten()
}

// grow hangs the parts that were read below a node.
func (t *stateTab) grow(n *stateNode, parts map[spot]interp.PartList) {
	list, ok := parts[n.spot]
	if !ok || t.want[n.spot] == 0 {
		return
	}
	n.parts = list.Total
	for _, p := range list.Parts {
		kid := &stateNode{spot: n.spot, label: clean(p.Name), depth: n.depth + 1, typ: clean(p.Type), text: p.Text, parts: p.Parts}
		kid.path += "\x00" + p.Name
		n.kids = append(n.kids, kid)
		t.grow(kid, parts)
	}
	if rest := list.Total - len(list.Parts); rest > 0 {
		n.kids = append(n.kids, &stateNode{spot: spot{n.script, n.name, n.path + "\x00…"}, depth: n.depth + 1, left: rest})
	}
}

// guessParts says whether a value may have parts, before it was asked for them.
func guessParts(text string) int {
	if strings.HasSuffix(text, "{}") || !strings.ContainsAny(text, "{[") || strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "func(") {
		return 0
	}
	return 1
}

// compare finds what changed: through an event against the reading before, or
// between events against what the last event left. A reading after an event
// that found nothing new leaves the marks of the one before.
func (t *stateTab) compare(same, between bool) {
	now, was := map[spot]string{}, map[spot]string{}
	reference := t.before
	if between {
		reference = t.base
	}
	var walk func(ns []*stateNode)
	walk = func(ns []*stateNode) {
		for _, n := range ns {
			if n.left > 0 {
				continue
			}
			now[n.spot] = n.text
			if b, ok := reference[n.spot]; ok && b != n.text && same {
				was[n.spot] = b
			}
			walk(n.kids)
		}
	}
	walk(t.vars)
	t.before = now
	switch {
	case !between:
		t.base = now
	case !same || t.base == nil:
		t.base = now
	default:
		for s, text := range now { // what was unfolded since
			if _, ok := t.base[s]; !ok {
				t.base[s] = text
			}
		}
		for s, b := range was {
			t.was[s] = b
		}
		return
	}
	if len(was) > 0 {
		t.was = was
	}
}

// flatten lists the rows.
func (t *stateTab) flatten() {
	t.rows = t.rows[:0]
	t.names, t.types = 0, 0
	var walk func(ns []*stateNode)
	walk = func(ns []*stateNode) {
		for _, n := range ns {
			t.rows = append(t.rows, n)
			t.names = max(t.names, width(n.label)+2*n.depth)
			t.types = max(t.types, width(n.typ))
			if t.want[n.spot] > 0 {
				walk(n.kids)
			}
		}
	}
	walk(t.vars)
	t.version++
	t.Refresh()
}

// current is the row under the cursor.
func (t *stateTab) current() *stateNode {
	if i := t.Cursor(); i >= 0 && i < len(t.rows) {
		return t.rows[i]
	}
	return nil
}

// toggle unfolds the value under the cursor into its parts, shows more of them,
// or folds it. A value without parts is shown in full below its row. It says
// whether parts have to be read.
func (t *stateTab) toggle() (read bool) {
	n := t.current()
	switch {
	case n == nil:
		return false
	case n.left > 0:
		at := n.spot
		at.path = strings.TrimSuffix(at.path, "\x00…")
		t.want[at] += partsPage
		return true
	case t.want[n.spot] > 0:
		t.fold(n.spot)
		n.kids = nil
		t.flatten()
		return false
	case n.parts > 0 && len(t.want) < mostOpened:
		t.want[n.spot] = partsPage
		return true
	}
	t.whole[n.spot] = !t.whole[n.spot]
	t.version++
	t.Refresh()
	return false
}

// fold folds a value and all that is unfolded in it.
func (t *stateTab) fold(at spot) {
	for s := range t.want {
		if s.script == at.script && s.name == at.name && (s.path == at.path || strings.HasPrefix(s.path, at.path+"\x00")) {
			delete(t.want, s)
		}
	}
}

// step unfolds the value under the cursor or goes into it (in), or folds it or
// goes out to what holds it. It says whether parts have to be read.
func (t *stateTab) step(in bool) (read bool) {
	n := t.current()
	if n == nil {
		return false
	}
	open := t.want[n.spot] > 0
	switch {
	case in && open && len(n.kids) > 0:
		t.MoveBy(1)
	case in && !open && (n.parts > 0 || n.left > 0), !in && open:
		return t.toggle()
	case !in && n.path != "":
		up := n.spot
		up.path = up.path[:strings.LastIndexByte(up.path, 0)]
		t.SelectID(spotID(up))
	}
	return false
}

// costly says that something is unfolded that takes long to read.
func (t *stateTab) costly() bool {
	const many = 10_000
	for _, n := range t.rows {
		if n.parts > many && t.want[n.spot] > 0 {
			return true
		}
	}
	return false
}

func spotID(s spot) string { return s.name + s.path }
