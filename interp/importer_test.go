package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"sync"
	"testing"

	yaegi "github.com/traefik/yaegi/interp"
)

// checkText type-checks one file and returns its errors.
func checkText(im types.Importer, text string) (*types.Package, []types.Error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "t.go", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, []types.Error{{Msg: err.Error()}}
	}
	var errs []types.Error
	conf := types.Config{Importer: im, Error: func(err error) { errs = append(errs, err.(types.Error)) }}
	p, _ := conf.Check("t", fset, []*ast.File{f}, nil)
	return p, errs
}

// goodPrograms use what scripts use.
var goodPrograms = map[string]string{
	"fmt, strings": `import ("fmt"; "strings")
		type T struct{ strings.Builder }
		func f() string { var b strings.Builder; fmt.Fprintf(&b, "%d", 1); var s fmt.Stringer = &b; var t T; t.WriteByte('x'); return s.String() + strings.ToUpper(t.String()) }`,
	"os, errors, io/fs": `import ("os"; "errors"; "io/fs")
		func f() error { _, err := os.ReadFile("x"); var pe *fs.PathError; var oe *os.PathError = pe; if errors.As(err, &pe) { return oe }; var m os.FileMode = fs.ModeDir; _ = m.IsDir(); return errors.Join(err, fs.ErrNotExist) }`,
	"net/http": `import ("net/http"; "time")
		type h struct{ n int }
		func (h *h) ServeHTTP(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot); r.URL.Query().Get("x"); _ = r.Header["A"][0] }
		func f() { mux := http.NewServeMux(); mux.Handle("/", &h{}); mux.HandleFunc("/a", func(w http.ResponseWriter, r *http.Request) {}); s := http.Server{Handler: mux, ReadTimeout: 3 * time.Second}; _ = s.ListenAndServe() }`,
	"time, sort": `import ("time"; "sort")
		type byLen []string
		func (b byLen) Len() int { return len(b) }
		func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
		func (b byLen) Swap(i, j int) { b[i], b[j] = b[j], b[i] }
		const tick = 2 * time.Millisecond
		func f() { sort.Sort(sort.Reverse(byLen{})); sort.Slice([]int{}, func(i, j int) bool { return i < j }); <-time.After(tick); switch time.Now().Month() { case time.May: } }`,
	"context, sync": `import ("context"; "sync"; "sync/atomic")
		type q struct { sync.Mutex; n atomic.Int64; once sync.Once }
		func f(ctx context.Context) { ctx, cancel := context.WithTimeout(ctx, 1); defer cancel(); x := &q{}; x.Lock(); defer x.Unlock(); x.n.Add(1); x.once.Do(func() {}); <-ctx.Done() }`,
	"json, bufio": `import ("encoding/json"; "bufio"; "os"; "io")
		type m struct{ json.RawMessage }
		func (*m) UnmarshalJSON(b []byte) error { return nil }
		var _ json.Unmarshaler = (*m)(nil)
		func f() { s := bufio.NewScanner(os.Stdin); for s.Scan() { _ = json.Unmarshal(s.Bytes(), &m{}) }; rw := bufio.ReadWriter{}; var r io.Reader = rw; _, _ = io.ReadAll(r); _ = rw.Flush() }`,
	"container/heap": `import "container/heap"
		type h []int
		func (h h) Len() int { return len(h) }
		func (h h) Less(i, j int) bool { return h[i] < h[j] }
		func (h h) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
		func (h *h) Push(x any) { *h = append(*h, x.(int)) }
		func (h *h) Pop() any { o := *h; *h = o[:len(o)-1]; return o[len(o)-1] }
		func f() int { x := &h{}; heap.Init(x); heap.Push(x, 1); return heap.Pop(x).(int) }`,
	"templates of one name": `import (t "text/template"; h "html/template"; "os")
		func f() { t.Must(t.New("x").Funcs(t.FuncMap{"a": func() int { return 1 }}).Parse("")).Execute(os.Stdout, nil); var _ h.HTML = "x" }`,
	"math, unicode": `import ("math"; "unicode"; "unicode/utf8")
		const big = 1 << 100 * math.MaxInt8
		var r rune = utf8.RuneError
		var inferred = unicode.MaxRune
		var _ *rune = &inferred
		var b byte = unicode.MaxASCII
		func f() float64 { var f32 float32 = math.Pi; return math.Sqrt(float64(f32)) * math.Pi }`,
	"iterators of compiled functions": `import ("iter"; "strings")
		var s iter.Seq[string] = strings.SplitSeq("a", "b")
		func f() (n int) { for x := range s { n += len(x) }; return }`,
	"unexported methods satisfy interfaces": `import ("go/ast"; "testing"; "go/types")
		var e ast.Expr = &ast.Ident{}
		var tb testing.TB = (*testing.T)(nil)
		var tt types.Type = types.Typ[types.Int]
		func f() { e.(*ast.Ident).Name = "x"; tb.Helper(); (*testing.T)(nil).Errorf("") }`,
	"os/exec": `import ("os/exec"; "log"; "os"; "net/http")
		func f() { c := exec.Command("true"); c.Stdout = os.Stdout; s := http.Server{ErrorLog: log.New(os.Stderr, "", 0)}; _ = s; _ = c.Run() }`,
	"embedded promotions stay at their depth": `import ("bufio"; "io")
		type t struct { bufio.ReadWriter; io.Reader }
		func f(x t) { x.Read(nil) }`,
}

func TestImporterAcceptsPrograms(t *testing.T) {
	im := newImporter()
	for name, body := range goodPrograms {
		if _, errs := checkText(im, "package p; "+body); len(errs) > 0 {
			t.Errorf("%s: %v", name, errs)
		}
	}
}

func TestImporterRefusesPrograms(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"unexported field":             {`import "strings"; func f() { var b strings.Builder; _ = b.buf }`, "cannot refer to unexported field buf"},
		"no such field":                {`import "strings"; func f() { var b strings.Builder; _ = b.bux }`, "no field or method bux"},
		"unknown symbol":               {`import "strings"; var x = strings.Foo`, "undefined: strings.Foo"},
		"too many arguments":           {`import "strings"; var x = strings.ToUpper("a", "b")`, "too many arguments"},
		"wrong argument":               {`import "time"; func f() { time.Sleep("1s") }`, "cannot use"},
		"unexported implementation":    {`import "go/ast"; type t struct{}; func (t) Pos() int { return 0 }; var _ ast.Expr = t{}`, "does not implement"},
		"not comparable":               {`import "strings"; func f(a, b strings.Builder) bool { return a == b }`, "cannot be compared"},
		"value without pointer method": {`import ("bytes"; "io"); var _ io.Writer = bytes.Buffer{}`, "pointer receiver"},
		"constant overflow":            {`import "math"; var x int = math.MaxUint64`, "overflow"},
		"wrapper name":                 {`import "fmt"; var x fmt._Stringer`, "undefined"},
		"unknown package":              {`import "math/rnd"`, `the interpreter does not offer math/rnd: did you mean "math/rand"?`},
		"unsafe":                       {`import "unsafe"; var x unsafe.Pointer`, "the interpreter does not offer unsafe: "},
		"other module":                 {`import "github.com/x/y"`, "vendored"},
	}
	im := newImporter()
	for name, test := range tests {
		_, errs := checkText(im, "package p; "+test.body)
		var all []string
		for _, e := range errs {
			all = append(all, e.Msg)
		}
		if !strings.Contains(strings.Join(all, "\n"), test.want) {
			t.Errorf("%s: errors %q lack %q", name, all, test.want)
		}
	}
}

// Type identity across packages and importers is what lets one script's
// values, or one package's, fit another's parameters.
func TestImporterSharesTypes(t *testing.T) {
	a, b := newImporter(), newImporter(yaegi.Exports{"host/api/api": {"Now": reflect.ValueOf(func() ModTime { return ModTime{} })}})
	timeType := func(im *symbolImporter) types.Type {
		p, err := im.Import("time")
		if err != nil {
			t.Fatal(err)
		}
		return p.Scope().Lookup("Time").Type()
	}
	if timeType(a) != timeType(b) {
		t.Error("two importers disagree about time.Time")
	}
	fsys, _ := a.Import("io/fs")
	osp, _ := b.Import("os")
	if fsys.Scope().Lookup("FileInfo").Type() != osp.Scope().Lookup("FileInfo").Type() {
		t.Error("os.FileInfo is not io/fs.FileInfo")
	}
}

// ModTime stands for a type that a host offers.
type ModTime struct {
	Hook func(*ModTime) error
}

// Again is a method on a host type.
func (m *ModTime) Again() *ModTime { return m }

func TestImporterHostPackage(t *testing.T) {
	level := 3
	exports := yaegi.Exports{"host/api/api": {
		"ModTime": reflect.ValueOf((*ModTime)(nil)),
		"Level":   reflect.ValueOf(&level).Elem(),
		"Log":     reflect.ValueOf(func(format string, args ...any) {}),
	}}
	im := newImporter(exports)
	_, errs := checkText(im, `package p
		import ("host/api"; "strings")
		var m = (&api.ModTime{Hook: func(*api.ModTime) error { return nil }}).Again()
		func init() { api.Level++; api.Log("x %d", 1, strings.ToLower("A")) }`)
	if len(errs) > 0 {
		t.Error(errs)
	}
	if _, errs := checkText(im, `package p; import "host/api"; var x string = api.Level`); len(errs) != 1 {
		t.Errorf("a host variable lost its type: %v", errs)
	}
	if _, err := newImporter().Import("host/api"); err == nil {
		t.Error("a host package leaked into another importer")
	}
	if _, name, ok := im.symbolsOf("host/api"); !ok || name != "api" {
		t.Errorf("symbolsOf: %q %v", name, ok)
	}
	if _, name, _ := im.symbolsOf("math/rand/v2"); name != "rand" {
		t.Errorf("math/rand/v2 is package %q", name)
	}
}

// Scripts are checked at the same time; a fresh universe makes sure that the
// packages are being built meanwhile. The race detector is the judge.
func TestImporterConcurrently(t *testing.T) {
	im := &symbolImporter{newUniverse(stdTables(), nil)}
	host := &symbolImporter{newUniverse(map[string]packageSymbols{"api": {"api", symbolMap{
		"ModTime": reflect.ValueOf((*ModTime)(nil)),
	}}}, im.u)}
	var wg sync.WaitGroup
	for range 4 {
		for name, body := range goodPrograms {
			wg.Go(func() {
				if _, errs := checkText(im, "package p; "+body); len(errs) > 0 {
					t.Errorf("%s: %v", name, errs)
				}
			})
		}
		wg.Go(func() {
			if _, errs := checkText(host, `package p; import ("api"; "net/http"); var _ api.ModTime; var _ http.Handler`); len(errs) > 0 {
				t.Error(errs)
			}
		})
	}
	wg.Wait()
}

func BenchmarkImportNetHTTP(b *testing.B) {
	for b.Loop() {
		if _, err := newUniverse(stdTables(), nil).importPackage("net/http"); err != nil {
			b.Fatal(err)
		}
	}
}
