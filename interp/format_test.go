package interp

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/types"
	"math"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// formatScript is a script with one variable per case of TestFormatValue.
const formatScript = `package door

import ("time"; "errors"; "fmt"; "sync"; "sync/atomic"; "net/url"; "bytes"; "io/fs")

type Opening struct {
	Door   string ` + "`json:\"door\"`" + `
	People int    ` + "`json:\"people,omitempty\"`" + `
	note   string
}
type State int
const ( Closed State = iota; Open; Ajar )
type Shape interface{ Area() float64 }
type Circle struct{ R float64; secret int }
func (c Circle) Area() float64 { return c.R }
type Sq struct{ S float64 }
func (s *Sq) Area() float64 { return s.S }
func (s *Sq) String() string { panic("script methods must not be called") }
type Node struct { Name string; Next *Node; Kids []*Node }
type Base struct{ ID int }
type Emb struct { Base; Name string }
type Op func(int) (int, error)
type Fail struct{ Code int }
func (f *Fail) Error() string { panic("script methods must not be called") }
type Twin1 struct{ X int }
type Twin2 struct{ X int }
type Tagged struct {
	A int ` + "`json:\"-\"`" + `
	B int64 ` + "`json:\"b,string\"`" + `
	C []int ` + "`json:\",omitempty\"`" + `
	D time.Time ` + "`json:\"d,omitzero\"`" + `
	F func()
	G *int
}

var (
	I = 3
	S = "a \"b\"\n"
	B = true
	F64 = 1.5
	C128 = complex(1, -2)
	Strs = []string{"x", "y"}
	NilS []string
	Arr = [2]bool{true, false}
	Bytes = []byte("hi")
	Raw = []byte{0xff, 0}
	M = map[string]int{"b": 2, "a": 1}
	MI = map[int]string{10: "x", 9: "y"}
	NilM map[string]int
	O = Opening{Door: "front", People: 3, note: "n"}
	PO = &Opening{Door: "back"}
	NilP *Opening
	Os = []Opening{{Door: "x"}, {Door: "y"}}
	MO = map[string]*Opening{"k": {Door: "z"}}
	St = Open
	StX = State(9)
	Sh Shape = Circle{R: 2}
	ShP Shape = &Sq{3}
	NilSh Shape
	Shapes = []Shape{Circle{R: 1}, &Sq{2}, nil}
	A any = Circle{R: 4}
	AP any = &Sq{5}
	ATwin any = Twin1{1}
	AI any = 7
	ASh any = Sh
	AL any = []any{1, "x", nil}
	E error = errors.New("bad")
	SE error = &Fail{3}
	JE error
	WE error = fmt.Errorf("wrapped: %w", errors.New("in"))
	NilE error
	N = &Node{Name: "a"}
	Loop *Node
	Em = Emb{Base{4}, "e"}
	F = func(i int) (int, error) { return i, nil }
	NilF Op
	Ops = []Op{F}
	MF = map[string]func(Shape) error{}
	Ch = make(chan Opening, 5)
	T = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	D = 1500 * time.Millisecond
	Mo = time.May
	U = url.URL{Scheme: "http", Host: "h", Path: "/p"}
	Mu sync.Mutex
	At atomic.Int64
	Buf bytes.Buffer
	PE = &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	Tag = Tagged{A: 1, B: 2}
	Anon = struct{ A int; b string }{1, "x"}
	NaN = 0.0
	Str fmt.Stringer = &Sq{8}
	MState = map[State]int{Open: 1, Closed: 2}
)

func initJoined() {
	fails := []error{&Fail{4}}
	JE = errors.Join(fails...)
}

func init() {
	initJoined()
	Loop = &Node{Name: "l"}
	Loop.Next = Loop
	Loop.Kids = []*Node{Loop}
	Ch <- O
	At.Store(42)
	Buf.WriteString("some text")
	z := 0.0
	NaN = z / z
}

func ShapeOf() Shape { return Circle{R: 9} }
func ErrOf() error { return &Fail{7} }
func AnyOf() any { return Opening{Door: "any"} }
func PanicSq() { panic(&Sq{1}) }
func PanicString() { panic("plain") }
func PanicError() { panic(errors.New("an error")) }
func PanicNil() { var p *Opening; p.Door = "x" }
func PanicIndex() { var s []int; i := 3; s[i] = 1 }
`

// loadTyped loads a script and gives it with its package.
func loadTyped(t testing.TB, text string) (*Live, *types.Package) {
	t.Helper()
	l, out := Load(Source{Name: "door", Files: []File{{"s.go", text}}}, nil, Options{})
	if l == nil {
		t.Fatal(out.Report.Diagnostics)
	}
	t.Cleanup(l.Close)
	return l, l.prog.main().types
}

// variable returns a package variable as the interpreter stores it.
func variable(l *Live, name string) reflect.Value { return l.pointer("var " + name).Elem() }

// function returns a function as the host calls it.
func function(t testing.TB, l *Live, name string) reflect.Value {
	u := l.prog.unit("func " + name)
	if err := l.hold(u); err != nil {
		t.Fatal(err)
	}
	return l.handlers[u.id]
}

func TestFormatValue(t *testing.T) {
	i, p := loadTyped(t, formatScript)
	tests := []struct{ name, typ, text, value string }{
		{"I", "int", "3", "3"},
		{"S", "string", `"a \"b\"\n"`, `"a \"b\"\n"`},
		{"B", "bool", "true", "true"},
		{"F64", "float64", "1.5", "1.5"},
		{"C128", "complex128", "(1-2i)", `"(1-2i)"`},
		{"Strs", "[]string", `[]string{"x", "y"}`, `["x","y"]`},
		{"NilS", "[]string", "nil", "null"},
		{"Arr", "[2]bool", "[2]bool{true, false}", "[true,false]"},
		{"Bytes", "[]byte", `[]byte("hi")`, `"hi"`},
		{"Raw", "[]byte", "[]byte{255, 0}", `"/wA="`},
		{"M", "map[string]int", `map[string]int{"a":1, "b":2}`, `{"a":1,"b":2}`},
		{"MI", "map[int]string", `map[int]string{9:"y", 10:"x"}`, `{"10":"x","9":"y"}`},
		{"NilM", "map[string]int", "nil", "null"},
		{"O", "Opening", `Opening{Door:"front", People:3, note:"n"}`, `{"door":"front","people":3}`},
		{"PO", "*Opening", `&Opening{Door:"back", People:0, note:""}`, `{"door":"back"}`},
		{"NilP", "*Opening", "nil", "null"},
		{"Os", "[]Opening", `[]Opening{{Door:"x", People:0, note:""}, {Door:"y", People:0, note:""}}`, `[{"door":"x"},{"door":"y"}]`},
		{"MO", "map[string]*Opening", `map[string]*Opening{"k":&Opening{Door:"z", People:0, note:""}}`, `{"k":{"door":"z"}}`},
		{"St", "State", "Open", "1"},
		{"StX", "State", "9", "9"},
		{"Sh", "Shape", "Circle{R:2, secret:0}", `{"R":2}`},
		{"ShP", "Shape", "&Sq{S:3}", `{"S":3}`},
		{"NilSh", "Shape", "nil", "null"},
		{"Shapes", "[]Shape", "[]Shape{Circle{R:1, secret:0}, &Sq{S:2}, nil}", `[{"R":1},{"S":2},null]`},
		{"A", "any", "Circle{R:4, secret:0}", `{"R":4}`},
		{"AP", "any", "&Sq{S:5}", `{"S":5}`},
		{"ATwin", "any", "Twin1{X:1}", `{"X":1}`},
		{"AI", "any", "7", "7"},
		{"ASh", "any", "Circle{R:2, secret:0}", `{"R":2}`},
		{"AL", "any", `[]any{1, "x", nil}`, `[1,"x",null]`},
		{"E", "error", `error("bad")`, `"bad"`},
		{"SE", "error", "&Fail{Code:3}", `{"Code":3}`},
		{"JE", "error", "&errors.joinError{…}", "{}"},
		{"WE", "error", `error("wrapped: in")`, `"wrapped: in"`},
		{"NilE", "error", "nil", "null"},
		{"N", "*Node", `&Node{Name:"a", Next:nil, Kids:nil}`, `{"Kids":null,"Name":"a","Next":null}`},
		{"Loop", "*Node", `&Node{Name:"l", Next:(cycle), Kids:[]*Node{(cycle)}}`, `{"Kids":[null],"Name":"l"}`},
		{"Em", "Emb", `Emb{Base:Base{ID:4}, Name:"e"}`, `{"ID":4,"Name":"e"}`},
		{"F", "func(i int) (int, error)", "func(i int) (int, error)", ""},
		{"NilF", "Op", "nil", ""},
		{"Ops", "[]Op", "[]Op{Op}", "[null]"},
		{"MF", "map[string]func(Shape) error", "map[string]func(Shape) error{}", "{}"},
		{"Ch", "chan Opening", "chan Opening(1/5)", ""},
		{"T", "time.Time", "2024-05-06T07:08:09Z", `"2024-05-06T07:08:09Z"`},
		{"D", "time.Duration", "1.5s", `"1.5s"`},
		{"Mo", "time.Month", "May", "5"},
		{"U", "url.URL", "http://h/p", "*"},
		{"Mu", "sync.Mutex", "sync.Mutex{…}", "{}"},
		{"At", "atomic.Int64", "42", "42"},
		{"Buf", "bytes.Buffer", `bytes.Buffer("some text")`, "{}"},
		{"PE", "*fs.PathError", `error("open x: file does not exist")`, `"open x: file does not exist"`},
		{"Tag", "Tagged", "*", `{"G":null,"b":"2"}`},
		{"Anon", "struct{A int; b string}", `struct{A int; b string}{A:1, b:"x"}`, `{"A":1}`},
		{"NaN", "float64", "NaN", `"NaN"`},
		{"Str", "fmt.Stringer", "&Sq{S:8}", `{"S":8}`},
		{"MState", "map[State]int", "map[State]int{Closed:2, Open:1}", `{"0":2,"1":1}`},
	}
	for _, test := range tests {
		v := variable(i, test.name)
		obj := p.Scope().Lookup(test.name)
		got := formatter{pkg: p}.format(v, obj.Type())
		value := ""
		if b, err := json.Marshal(got.Value); err != nil {
			t.Errorf("%s: the JSON form has none: %v", test.name, err)
		} else if got.Value != nil || test.value == "null" {
			value = string(b)
		}
		if test.text == "*" {
			test.text = got.Text
		}
		if test.value == "*" {
			test.value = value
		}
		if got.Type != test.typ || got.Text != test.text || value != test.value {
			t.Errorf("%s:\n have %s | %s | %s\n want %s | %s | %s", test.name, got.Type, got.Text, value, test.typ, test.text, test.value)
		}
	}
}

// Results of calls come as the interpreter's function wrappers give them.
func TestFormatResults(t *testing.T) {
	i, p := loadTyped(t, formatScript)
	for name, want := range map[string]string{
		"ShapeOf": "Shape Circle{R:9, secret:0}",
		"ErrOf":   "error &Fail{Code:7}",
		"AnyOf":   `any Opening{Door:"any", People:0, note:""}`,
	} {
		fn := function(t, i, name)
		sig := p.Scope().Lookup(name).Type().(*types.Signature)
		got := formatter{pkg: p}.format(fn.Call(nil)[0], sig.Results().At(0).Type())
		if s := got.Type + " " + got.Text; s != want {
			t.Errorf("%s: %s, want %s", name, s, want)
		}
	}
	if got := formatValue(reflect.ValueOf(3), nil); got.Type != "int" || got.Text != "3" {
		t.Errorf("without a type: %+v", got)
	}
	o := variable(i, "Os")
	if got := formatValue(o, p.Scope().Lookup("Os").Type()); got.Type != "[]Opening" {
		t.Errorf("formatValue does not find the package: %s", got.Type)
	}
	if got := (formatter{}).format(o, p.Scope().Lookup("Os").Type()); got.Type != "[]Opening" {
		t.Errorf("without a package: %s", got.Type)
	}
}

func TestFormatPanic(t *testing.T) {
	i, _ := loadTyped(t, formatScript)
	for name, want := range map[string]string{
		"PanicString": "plain",
		"PanicError":  "an error",
		"PanicSq":     "&Sq{S:1}",
		"PanicNil":    "runtime error: invalid memory address or nil pointer dereference",
		"PanicIndex":  "runtime error: index out of range",
	} {
		fn := function(t, i, name)
		func() {
			defer func() {
				if got := formatPanic(recover()); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}()
			fn.Call(nil)
		}()
	}
	if got := formatPanic(nil); got != "nil" {
		t.Errorf("nil: %q", got)
	}
}

func TestFormatLongValues(t *testing.T) {
	long := strings.Repeat("é", 5000)
	got := formatValue(reflect.ValueOf(long), types.Typ[types.String])
	if len(got.Text) > textLimit+100 || !strings.HasSuffix(got.Text, "é…\" (10000 bytes)") || got.Value != long {
		t.Errorf("long string: %d bytes, %q", len(got.Text), got.Text[max(0, len(got.Text)-40):])
	}
	list := make([]int, 100000)
	got = formatValue(reflect.ValueOf(list), types.NewSlice(types.Typ[types.Int]))
	if len(got.Text) > textLimit+100 || !strings.Contains(got.Text, " more}") {
		t.Errorf("long list: %d bytes, %q", len(got.Text), got.Text[max(0, len(got.Text)-40):])
	}
	if got.Value != nil {
		t.Error("a list above the limit has a JSON form")
	}
	big := map[int]bool{}
	for i := range mapLimit + 1 {
		big[i] = true
	}
	if got := formatValue(reflect.ValueOf(big), nil); got.Text != fmt.Sprintf("map[int]bool{… %d entries}", mapLimit+1) {
		t.Errorf("large map: %q", got.Text)
	}
	var nested any
	for range 200 {
		nested = []any{nested}
	}
	if got := formatValue(reflect.ValueOf(&nested).Elem(), nil); !strings.Contains(got.Text, "…") {
		t.Errorf("deep value: %q", got.Text)
	}
}

// Values of compiled types, also ones that no script makes easily.
func TestFormatCompiledValues(t *testing.T) {
	type hidden struct{ err error }
	for _, test := range []struct {
		v    any
		text string
	}{
		{&url.Error{Op: "Get", URL: "u", Err: errors.New("no")}, `error("Get \"u\": no")`},
		{time.Duration(0), "0s"},
		{os.ErrNotExist, `error("file does not exist")`},
		{math.Inf(-1), "-Inf"},
		{struct{ unexported int }{1}, "struct{unexported:1}"},
		{hidden{os.ErrNotExist}, "interp.hidden{…}"},
		{(*time.Time)(nil), "nil"},
		{json.RawMessage(`{"a":1}`), `json.RawMessage("{\"a\":1}")`},
		{uintptr(5), "5"},
		{reflect.ValueOf(3), "3"},
	} {
		if got := formatValue(reflect.ValueOf(test.v), nil); got.Text != test.text {
			t.Errorf("%T: %s, want %s", test.v, got.Text, test.text)
		}
	}
	if got := formatValue(reflect.ValueOf(json.RawMessage(`{"a":1}`)), nil); fmt.Sprint(got.Value) != fmt.Sprint(json.RawMessage(`{"a":1}`)) {
		t.Errorf("raw JSON became %v", got.Value)
	}
	if got := formatValue(reflect.Value{}, nil); got.Text != "nil" || got.Type != "nil" {
		t.Errorf("invalid value: %+v", got)
	}
}

func BenchmarkFormatStruct(b *testing.B) {
	i, p := loadTyped(b, formatScript)
	v := variable(i, "Os")
	t := p.Scope().Lookup("Os").Type()
	f := formatter{pkg: p}
	for b.Loop() {
		f.format(v, t)
	}
}
