package interp

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
)

type geoPoint struct{ X, Y int }

func (p geoPoint) Sum() int { return p.X + p.Y }

type geoShape struct {
	Name   string
	Points []geoPoint
}

func offered(t *testing.T, members map[string]any) *Packages {
	t.Helper()
	exp, err := Export("app/geo", members)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPackages(exp)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func loadWith(t *testing.T, p *Packages, text string) *Live {
	t.Helper()
	l, out := Load(Source{Name: "s", Files: []File{{Name: "s.go", Text: text}}}, nil, Options{Packages: p})
	if l == nil {
		t.Fatalf("refused: %+v", out.Report.Diagnostics)
	}
	t.Cleanup(l.Close)
	return l
}

const geoScript = `package s

import (
	"errors"
	"fmt"

	"app/geo"
)

var seen []geo.Shape

var failed = errors.New("no points")

type Own struct {
	Name string
	N    int
}

func Add(s geo.Shape, more ...geo.Point) (int, error) {
	s.Points = append(s.Points, more...)
	if len(s.Points) == 0 {
		return 0, failed
	}
	seen = append(seen, s)
	geo.Count++
	sum := geo.Base
	for _, p := range s.Points {
		sum += p.Sum()
	}
	return geo.Double(sum), nil
}

func Seen() []geo.Shape { return seen }

func Find(name string) *geo.Shape {
	for i := range seen {
		if seen[i].Name == name {
			return &seen[i]
		}
	}
	return nil
}

func Echo(o Own) Own { o.N++; return o }

func Any(x any) string { return fmt.Sprintf("%T", x) }

func Boom() { panic("boom") }

func Map() map[string]any { return map[string]any{"own": Own{"a", 1}} }
`

func TestInvokeWithHostTypes(t *testing.T) {
	count := 0
	p := offered(t, map[string]any{
		"Point": reflect.TypeFor[geoPoint](), "Shape": reflect.TypeFor[geoShape](),
		"Double": func(n int) int { return 2 * n }, "Count": &count, "Base": 100,
	})
	l := loadWith(t, p, geoScript)
	invoke := func(f string, args ...any) Invocation {
		var vs []reflect.Value
		for _, a := range args {
			vs = append(vs, reflect.ValueOf(a))
		}
		return l.Invoke(context.Background(), InvokeRequest{Function: f, Args: vs})
	}
	want := func(inv Invocation, want any) {
		t.Helper()
		if inv.Error != nil {
			t.Fatalf("%s: %+v", inv.Function, inv.Error)
		}
		got := reflect.New(reflect.TypeOf(want))
		if err := inv.Result(0, got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got.Elem().Interface(), want) {
			t.Errorf("%s gave %v, want %v", inv.Function, got.Elem(), want)
		}
	}
	want(invoke("Add", geoShape{"a", []geoPoint{{1, 2}}}, geoPoint{3, 4}), 220)
	want(invoke("Seen"), []geoShape{{"a", []geoPoint{{1, 2}, {3, 4}}}})
	if count != 1 {
		t.Errorf("the host's variable is %d, want 1", count)
	}
	// The very same memory, not a copy.
	inv := invoke("Find", "a")
	var found *geoShape
	if err := inv.Result(0, reflect.ValueOf(&found)); err != nil {
		t.Fatal(err)
	}
	found.Name = "b"
	want(invoke("Seen"), []geoShape{{"b", []geoPoint{{1, 2}, {3, 4}}}})

	inv = invoke("Add", geoShape{})
	if inv.Err == nil || inv.Err.Error() != "no points" || inv.Error.Kind != ErrError {
		t.Errorf("error %v, %+v", inv.Err, inv.Error)
	}
	// A type of the same structure is converted; one that is not goes by JSON.
	type twin struct {
		Name string
		N    int
	}
	want(invoke("Echo", twin{"t", 1}), twin{"t", 2})
	want(invoke("Echo", map[string]any{"Name": "m", "N": 4}), twin{"m", 5})
	want(invoke("Echo", twin{"t", 1}), map[string]any{"Name": "t", "N": float64(2)})
	want(invoke("Any", geoPoint{1, 2}), "interp.geoPoint")

	for _, bad := range []struct {
		inv  Invocation
		text string
	}{
		{invoke("Echo"), "0 arguments for 1 parameters"},
		{invoke("Echo", 3), "argument 1"},
		{invoke("Ech"), "did you mean Echo"},
		{invoke("Boom"), "boom"},
	} {
		if bad.inv.Error == nil || !strings.Contains(bad.inv.Error.Message, bad.text) {
			t.Errorf("%s: %+v, want %q", bad.inv.Function, bad.inv.Error, bad.text)
		}
	}
}

func TestPatchKeepsHostTypes(t *testing.T) {
	p := offered(t, map[string]any{"Point": reflect.TypeFor[geoPoint]()})
	const before = "package s\n\nimport \"app/geo\"\n\nvar last geo.Point\n\nfunc Set(p geo.Point) { last = p }\n\nfunc Get() int { return last.Sum() }\n"
	l := loadWith(t, p, before)
	set := l.Invoke(context.Background(), InvokeRequest{Function: "Set", Args: []reflect.Value{reflect.ValueOf(geoPoint{20, 1})}})
	if set.Error != nil {
		t.Fatal(set.Error)
	}
	out := l.Apply(Source{Name: "s", Files: []File{{Name: "s.go", Text: strings.Replace(before, "last.Sum()", "last.Sum() * 2", 1)}}}, false)
	if out.Report.Status != StatusLive || out.NeedsReload {
		t.Fatalf("%+v", out.Report)
	}
	inv := l.Invoke(context.Background(), InvokeRequest{Function: "Get"})
	var n int
	if err := inv.Result(0, reflect.ValueOf(&n)); err != nil || n != 42 || inv.Version != 2 {
		t.Errorf("%d, version %d, %v", n, inv.Version, err)
	}
	if ds := Check(Source{Name: "s", Files: []File{{Name: "s.go", Text: before}}}); len(ds) == 0 {
		t.Error("a script that offers nothing has the package")
	}
}

func TestOfferRefuses(t *testing.T) {
	for path, members := range map[string]map[string]any{
		"app/no-name": {}, "app/x": {"small": 1}, "app/y": {"Nil": nil}, "app/z": {"F": (func())(nil)},
	} {
		if _, err := Export(path, members); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
	exp, err := Export("net/http", map[string]any{"X": 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewPackages(exp); err == nil || !strings.Contains(err.Error(), "net/http") {
		t.Errorf("net/http was offered again: %v", err)
	}
}

func TestDuringContainsPanics(t *testing.T) {
	l := loadWith(t, nil, "package s\n\nfunc F() {}\n")
	if _, fail := l.During(context.Background(), "it", func() { panic(errors.New("bad")) }); fail == nil || !strings.Contains(fail.Message, "bad") {
		t.Errorf("%+v", fail)
	}
	ran := false
	if _, fail := l.During(context.Background(), "it", func() { ran = true }); fail != nil || !ran {
		t.Errorf("ran %v, %+v", ran, fail)
	}
}
