package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"

	"hotloop/interp"
)

func TestFilters(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.f.events()
	s.refresh()
	s.keys("/")
	s.typed("onre")
	s.want("Scripts /onre")
	s.want("ƒ OnReading")
	s.wantNot("ƒ OnClose")
	s.keys("enter")
	// It survives a reload, also of what it filters.
	s.f.change(func() {
		u := unitOf(interp.KindFunc, "OnRemove", "", "samples/router/router.go", 90, 1, 0)
		s.f.scripts[1].Units = append(s.f.scripts[1].Units, u)
	})
	s.f.patch()
	s.refresh()
	s.want("ƒ OnRemove")
	s.wantNot("ƒ OnClose ")
	s.keys("esc")
	s.want("ƒ OnClose ")

	s.a.focus(paneLog)
	s.keys("/")
	s.typed("panic")
	s.want("Log /panic  1")
	s.want("OnReading", "index out of range")
	s.wantNot("OnClose", "done")
	s.keys("enter", "enter")
	s.want("trace", "history.go:22")
	s.keys("esc")
	s.want("OnClose", "done")
	s.keys("/")
	s.typed("zzz")
	s.want("Nothing matches")
}

// TestLoading says that scripts which are still being loaded are not trouble,
// and that the tree arranges itself only until somebody touches it.
func TestLoading(t *testing.T) {
	f := newFake()
	done := freshFake().scripts
	for _, sc := range done {
		f.scripts = append(f.scripts, interp.Script{Name: sc.Name, State: interp.StateStopped})
	}
	s := openScreen(t, f, 120, 40, Options{})
	s.want("loading 3 scripts")
	s.wantNot("down")
	f.change(func() { f.scripts[0], f.scripts[1] = done[0], done[1] })
	s.refresh()
	if u := s.a.scripts.unit(); u == nil || u.Name != "OnOpen" {
		t.Errorf("the cursor is not on the first handler but on %v", u)
	}
	s.keys("down", "down")
	before := s.a.scripts.unitID()
	f.change(func() { f.scripts[2] = done[2] })
	s.refresh()
	s.want("watching 3 scripts")
	if got := s.a.scripts.unitID(); got != before {
		t.Errorf("the cursor went from %v to %v", before, got)
	}
}

// TestFilterFinds says where the cursor is while a filter is typed: on the best
// match, which is a handler if one has the text in its name.
func TestFilterFinds(t *testing.T) {
	s := openScreen(t, freshFake(), 80, 16, Options{}) // room for the scripts alone
	if !s.a.scripts.folded["door"] {
		t.Fatal("door is not folded")
	}
	for _, c := range []struct{ typed, want string }{
		{"OnOpen", "func OnOpen"}, // the first in its script
		{"open", "func OnOpen"},   // not the type Opening
		{"setp", "func OnSetpoint"},
		{"report", "func Report"},
		{"count", "var count"}, // called so
		{"opening", "type Opening"},
		{"router.onr", "func OnRequest"},
		{"try", "method (*Lock).Try"},
		{"otm", "func OnTimeout"},
	} {
		s.keys("/")
		s.typed(c.typed)
		if got := s.a.scripts.unitID().key; got != c.want {
			t.Errorf("/%s is on %q, want %q", c.typed, got, c.want)
		}
		s.keys("esc")
		if id := s.a.scripts.unitID(); id != (unitID{script: "door"}) {
			t.Errorf("dropping /%s while it is typed leaves the cursor on %v", c.typed, id)
		}
	}
	// A filter that was kept has found something for good.
	s.keys("/")
	s.typed("setp")
	s.keys("enter", "space")
	if s.a.focused != paneFire || !strings.HasPrefix(s.a.fire.String(), "thermostat.OnSetpoint") {
		t.Errorf("space after the filter: focus on %v, fire line %q", s.a.focused, s.a.fire.String())
	}
	s.keys("esc", "esc")
	if id := s.a.scripts.unitID(); id.key != "func OnSetpoint" || s.a.scripts.folded["thermostat"] {
		t.Errorf("dropping the filter leaves the cursor on %v", id)
	}
}

// TestUnfolded says which scripts are open at the start, by the height there is
// for them: of the fake's, door has 9 units, router 4, thermostat 5.
func TestUnfolded(t *testing.T) {
	folded := func(s *screen) (names []string) {
		for _, sc := range s.a.scripts.scripts {
			if s.a.scripts.folded[sc.Name] {
				names = append(names, sc.Name)
			}
		}
		return names
	}
	for rows := 5; rows < 30; rows++ {
		a := &App{width: 120, last: paneScripts}
		for inner(arrange(120, a.height, paneScripts, false, sizes{}).scripts).Dy() < rows {
			a.height++
		}
		want := []string{"door", "router", "thermostat"}
		switch {
		case rows >= 3+9+4+5:
			want = nil
		case rows >= 3+9:
			want = want[1:]
		}
		s := openScreen(t, freshFake(), 120, a.height, Options{})
		if got := folded(s); !slices.Equal(got, want) {
			t.Errorf("%d rows: folded are %v, want %v", rows, got, want)
		}
		// What somebody has seen does not change with the size.
		s.send(tea.WindowSizeMsg{Width: 120, Height: 60})
		if got := folded(s); !slices.Equal(got, want) {
			t.Errorf("%d rows and then more: folded are %v, want %v", rows, got, want)
		}
	}
	f := freshFake()
	f.scripts = f.scripts[:1]
	if got := folded(openScreen(t, f, 80, 14, Options{})); got != nil {
		t.Errorf("a script alone is folded: %v", got)
	}
}

// TestColumnsStay says that the columns of the tree are where they were when
// calls begin to fail.
func TestColumnsStay(t *testing.T) {
	for _, w := range []int{80, 120, 160} {
		f := freshFake()
		for i := range f.scripts {
			for j := range f.scripts[i].Units {
				f.scripts[i].Units[j].Errors = 0
			}
		}
		s := openScreen(t, f, w, 40, Options{})
		column := func(row, text string) int {
			_, r := s.row(row)
			return ansi.StringWidth(r[:strings.Index(r, text)])
		}
		v, calls := column("ƒ OnOpen", "v3"), column("ƒ OnOpen", "12 ")
		f.change(func() {
			f.scripts[0].Units[1].Errors = 7
			f.scripts[1].Units[0].Errors = 123_456
		})
		s.refresh()
		s.want("ƒ OnClose", "✗7")
		s.want("ƒ OnReq", "✗99+")
		if v2, calls2 := column("ƒ OnOpen", "v3"), column("ƒ OnOpen", "12 "); v2 != v || calls2 != calls {
			t.Errorf("%d columns: the version went from %d to %d, the calls from %d to %d", w, v, v2, calls, calls2)
		}
	}
}

// TestTreeOrder says what comes first in an unfolded script.
func TestTreeOrder(t *testing.T) {
	var got []string
	for _, u := range treeOrder([]interp.Unit{
		unitOf(interp.KindConst, "limit", "", "a.go", 1, 1, 0),
		unitOf(interp.KindType, "Lock", "", "a.go", 2, 1, 0),
		unitOf(interp.KindImport, "fmt", "", "a.go", 3, 1, 0),
		unitOf(interp.KindVar, "count", "", "a.go", 4, 1, 0),
		unitOf(interp.KindMethod, "Try", "*Lock", "a.go", 5, 1, 0),
		unitOf(interp.KindFunc, "help", "", "a.go", 6, 1, 0),
		unitOf(interp.KindMethod, "Ring", "Bell", "a.go", 7, 1, 0),
		unitOf(interp.KindFunc, "OnOpen", "", "a.go", 8, 1, 0),
		unitOf(interp.KindMethod, "Open", "Lock", "a.go", 9, 1, 0),
	}) {
		got = append(got, unitLabel(&u))
	}
	if want := "[OnOpen help Bell.Ring Lock.Try Lock.Open count Lock limit]"; fmt.Sprint(got) != want {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestTypesAreDim says that what is neither called nor holds a value is drawn
// fainter than what is.
func TestTypesAreDim(t *testing.T) {
	s := openScreen(t, freshFake(), 120, 40, Options{})
	s.want("t Lock")
	rows, _ := s.a.frame()
	frame := strings.Join(rows, "\n")
	for name, in := range map[string]*ink{"Lock": &s.a.ink.faint, "limit": &s.a.ink.faint, "count": &s.a.ink.muted, "OnClose": &s.a.ink.unit} {
		if !strings.Contains(frame, in[plain].Paint(name)) {
			t.Errorf("%s is not drawn as it should be", name)
		}
	}
}
