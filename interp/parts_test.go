package interp

import (
	"fmt"
	"strings"
	"testing"
)

const partsScript = `package door

import (
	"sync"
	"time"
)

type Kind string

const (
	Front Kind = "front"
	Back  Kind = "back"
)

type Lock struct {
	Name  string
	tries []int
	next  *Lock
	any   any
}

type Opening struct {
	Door   Kind              ` + "`json:\"door\"`" + `
	People int8              ` + "`json:\"people\"`" + `
	At     time.Time         ` + "`json:\"at,omitempty\"`" + `
	Wait   *time.Duration
	Tags   []string
	Sizes  [2]float32
	Extra  map[string]Lock
	Deep   struct{ Ok bool }
	secret int
}

var (
	locks = map[string]*Lock{"b": {Name: "two"}, "a": {Name: "one", tries: []int{7, 8, 9}, any: map[int]string{1: "x"}}}
	many  = make([]int, 2500)
	mu    sync.Mutex
	when  = time.Unix(0, 0).UTC()
	empty *Lock
	huge  = func() map[int]bool {
		m := map[int]bool{}
		for i := 0; i < 100001; i++ {
			m[i] = true
		}
		return m
	}()
)

func OnOpen(e Opening, times uint) {}

func Plain() {}
`

func loadParts(t *testing.T) *Live {
	t.Helper()
	l, out := Load(Source{Name: "door", Files: []File{{Name: "door.go", Text: partsScript}}}, nil, Options{})
	if l == nil {
		t.Fatalf("not loaded: %+v", out.Report.Diagnostics)
	}
	t.Cleanup(l.Close)
	return l
}

func TestParts(t *testing.T) {
	l := loadParts(t)
	for _, c := range []struct {
		at      string
		from, n int
		want    string
	}{
		{"locks", 0, 10, `2: ["a"] *Lock 4, ["b"] *Lock 4`},
		{`locks ["a"]`, 0, 10, `4: .Name string = "one", .tries []int 3, .next *Lock = nil, .any any 1`},
		{`locks ["a"] .tries`, 1, 1, `3: [1] int = 8`},
		{`locks ["a"] .any`, 0, 10, `1: [1] string = "x"`},
		{"many", 2498, 10, `2500: [2498] int = 0, [2499] int = 0`},
		{"many", 2500, 10, `2500: `},
		{"when", 0, 10, `0: `},
		{"empty", 0, 10, `0: `},
		{`locks ["c"]`, 0, 10, `it is no longer there`},
		{`many [2500]`, 0, 10, `it is no longer there`},
		{`many [x]`, 0, 10, `it is no longer there`},
		{"huge", 0, 10, `a map of 100001 entries is too large to be listed`},
		{"huge", 0, 0, `100001: `},
		{"nothing", 0, 10, `no variable nothing`},
	} {
		path := strings.Fields(c.at)
		list, err := l.Parts(path[0], path[1:], c.from, c.n)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			var parts []string
			for _, p := range list.Parts {
				s := p.Name + " " + p.Type
				if p.Parts > 0 {
					s += fmt.Sprintf(" %d", p.Parts)
				} else {
					s += " = " + p.Text
				}
				parts = append(parts, s)
			}
			got = fmt.Sprintf("%d: %s", list.Total, strings.Join(parts, ", "))
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.at, got, c.want)
		}
	}
	if list, err := l.Parts("locks", []string{`["a"]`, ".tries", "[2]"}, 0, 0); err != nil || list.Self != (Part{Type: "int", Text: "9"}) {
		t.Errorf("a value itself: %+v, %v", list, err)
	}
	if list, err := l.Parts("mu", nil, 0, 10); err != nil {
		t.Errorf("a mutex: %v, %v", list, err)
	}
}

func shapeText(s Shape) string {
	out := s.Kind
	if s.Bits > 0 {
		out += fmt.Sprint(s.Bits)
	}
	if s.Len > 0 {
		out += fmt.Sprintf("[%d]", s.Len)
	}
	if s.Elem != nil {
		out += " of " + shapeText(*s.Elem)
	}
	if len(s.Options) > 0 {
		out += "(" + strings.Join(s.Options, "|") + ")"
	}
	if s.Kind == ShapeStruct {
		var fields []string
		for _, f := range s.Fields {
			name := f.Name
			if f.Optional {
				name += "?"
			}
			fields = append(fields, name+" "+shapeText(f.Shape))
		}
		out += "{" + strings.Join(fields, ", ") + "}"
	}
	return out
}

func TestShape(t *testing.T) {
	l := loadParts(t)
	shape, err := l.Shape("OnOpen")
	if err != nil || len(shape) != 2 {
		t.Fatalf("%v, %v", shape, err)
	}
	const want = `struct{door text("front"|"back"), people int8, at? time, Wait? duration, Tags list of text, ` +
		`Sizes list[2] of float32, Extra map of struct{Name text}, Deep struct{Ok bool}}`
	if got := shapeText(shape[0].Shape); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := shape[1].Name + " " + shapeText(shape[1].Shape); got != "times uint64" {
		t.Errorf("the second parameter is %s", got)
	}
	if shape, err := l.Shape("Plain"); err != nil || len(shape) != 0 {
		t.Errorf("Plain: %v, %v", shape, err)
	}
	if _, err := l.Shape("Nobody"); err == nil {
		t.Error("Nobody has a shape")
	}
}
