// Package samples_test checks what a newcomer relies on: every sample says what
// to try, and every event beside it can be fired as it stands.
package samples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// event is a line of an events.jsonl.
type event struct {
	Name  string          `json:"name"`
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
}

func TestSamples(t *testing.T) {
	dirs := sampleDirs(t)
	if len(dirs) < 6 {
		t.Fatalf("found %d samples, want at least 6", len(dirs))
	}
	for _, dir := range dirs {
		t.Run(dir, func(t *testing.T) {
			pkg := load(t, dir)
			if pkg.types.Name() != dir {
				t.Errorf("package %s in directory %s: the script would not be called like its directory", pkg.types.Name(), dir)
			}
			if !strings.Contains(pkg.doc, "Try") && !strings.Contains(pkg.doc, "edit it while it runs") {
				t.Errorf("the package comment tells nothing to try")
			}
			for i, e := range readEvents(t, dir) {
				if err := pkg.accepts(e); err != nil {
					t.Errorf("events.jsonl:%d: %v", i+1, err)
				}
			}
		})
	}
}

// TestOnlyTestsHere keeps scripts out of the directory above the samples, which
// `hotloop samples` would load as one more script.
func TestOnlyTestsHere(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			t.Errorf("%s lies beside the samples; put it into a directory of its own", f)
		}
	}
}

// TestHandlerNamesDiffer lets an event without a script name reach one sample only.
func TestHandlerNamesDiffer(t *testing.T) {
	owner := map[string]string{}
	for _, dir := range sampleDirs(t) {
		for _, e := range readEvents(t, dir) {
			if o, ok := owner[e.Event]; ok && o != dir {
				t.Errorf("%s is fired in %s and in %s", e.Event, o, dir)
			}
			owner[e.Event] = dir
		}
	}
}

func sampleDirs(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" && e.Name() != "hosts" { // those are programs
			dirs = append(dirs, e.Name())
		}
	}
	return dirs
}

func readEvents(t *testing.T, dir string) []event {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var events []event
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	for {
		var e event
		err := dec.Decode(&e)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s/events.jsonl, event %d: %v", dir, len(events)+1, err)
		}
		events = append(events, e)
	}
	if lines := bytes.Count(text, []byte("\n")); lines != len(events) {
		t.Errorf("%s/events.jsonl: %d events in %d lines, want one a line", dir, len(events), lines)
	}
	if len(events) < 3 {
		t.Errorf("%s/events.jsonl: only %d events", dir, len(events))
	}
	return events
}

// sample is a package whose signatures are checked and whose imports are not:
// what comes from elsewhere has an invalid type here.
type sample struct {
	types *types.Package
	doc   string
	files []*ast.File
}

func load(t *testing.T, dir string) *sample {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	s := &sample{}
	fset := token.NewFileSet()
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
		s.doc += f.Doc.Text()
	}
	conf := types.Config{
		IgnoreFuncBodies: true,
		Importer:         emptyPackages{},
		Error:            func(error) {}, // everything imported is undefined
	}
	s.types, _ = conf.Check(dir, fset, s.files, nil)
	return s
}

// emptyPackages imports every path as a package without contents, so that the
// test needs no export data and no source of the standard library.
type emptyPackages struct{}

func (emptyPackages) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path[strings.LastIndex(path, "/")+1:])
	p.MarkComplete()
	return p, nil
}

// accepts says whether firing e would reach its handler with fitting data.
func (s *sample) accepts(e event) error {
	if e.Name == "" {
		return fmt.Errorf("event %s has no name", e.Event)
	}
	fn, ok := s.types.Scope().Lookup(e.Event).(*types.Func)
	if !ok {
		return fmt.Errorf("%q: package %s has no function %s", e.Name, s.types.Name(), e.Event)
	}
	params := s.params(fn)
	var data any
	if len(e.Data) > 0 {
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return fmt.Errorf("%q: %w", e.Name, err)
		}
	}
	if err := fitsAll(params, data, len(e.Data) > 0); err != nil {
		return fmt.Errorf("%q: %s: %w", e.Name, e.Event, err)
	}
	return nil
}

// params gives the parameters that come from data, without a leading context.
func (s *sample) params(fn *types.Func) []*types.Var {
	sig := fn.Signature()
	var params []*types.Var
	for v := range sig.Params().Variables() {
		params = append(params, v)
	}
	if len(params) > 0 && s.takesContext(fn.Name()) {
		params = params[1:]
	}
	return params
}

func (s *sample) takesContext(name string) bool {
	for _, f := range s.files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || fn.Name.Name != name || len(fn.Type.Params.List) == 0 {
				continue
			}
			sel, ok := fn.Type.Params.List[0].Type.(*ast.SelectorExpr)
			return ok && sel.Sel.Name == "Context"
		}
	}
	return false
}

func fitsAll(params []*types.Var, data any, given bool) error {
	if len(params) == 0 {
		if given {
			return errors.New("takes no data")
		}
		return nil
	}
	if !given {
		return errors.New("needs data")
	}
	if len(params) == 1 {
		return fits(params[0].Type(), data)
	}
	switch data := data.(type) {
	case []any:
		if len(data) != len(params) {
			return fmt.Errorf("has %d parameters, data has %d values", len(params), len(data))
		}
		for i, p := range params {
			if err := fits(p.Type(), data[i]); err != nil {
				return fmt.Errorf("%s: %w", p.Name(), err)
			}
		}
		return nil
	case map[string]any:
		fields := map[string]types.Type{}
		for _, p := range params {
			fields[p.Name()] = p.Type()
		}
		return fitFields(fields, data)
	}
	return fmt.Errorf("has %d parameters: want an array or an object, have %T", len(params), data)
}

// fits says whether a decoded JSON value can become a value of type t: nothing
// missing, nothing unknown, nothing that would be cut.
func fits(t types.Type, data any) error {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return fitBasic(u, data)
	case *types.Struct:
		object, ok := data.(map[string]any)
		if !ok {
			return fmt.Errorf("want an object for %s, have %v", t, data)
		}
		fields := map[string]types.Type{}
		for i := range u.NumFields() {
			fields[jsonName(u, i)] = u.Field(i).Type()
		}
		return fitFields(fields, object)
	case *types.Slice:
		list, ok := data.([]any)
		if !ok {
			return fmt.Errorf("want an array for %s, have %v", t, data)
		}
		for i, item := range list {
			if err := fits(u.Elem(), item); err != nil {
				return fmt.Errorf("item %d: %w", i, err)
			}
		}
		return nil
	case *types.Map:
		object, ok := data.(map[string]any)
		if !ok {
			return fmt.Errorf("want an object for %s, have %v", t, data)
		}
		for key, item := range object {
			if err := fits(u.Elem(), item); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		return nil
	case *types.Pointer:
		return fits(u.Elem(), data)
	case *types.Interface:
		return nil
	}
	return fmt.Errorf("no data can be checked against %s", t)
}

func fitBasic(b *types.Basic, data any) error {
	ok := false
	switch v := data.(type) {
	case string:
		ok = b.Info()&types.IsString != 0
	case bool:
		ok = b.Info()&types.IsBoolean != 0
	case float64:
		ok = b.Info()&types.IsFloat != 0 || b.Info()&types.IsInteger != 0 && v == math.Trunc(v)
	}
	if !ok {
		return fmt.Errorf("%v is no %s", data, b)
	}
	return nil
}

func fitFields(fields map[string]types.Type, object map[string]any) error {
	for name, t := range fields {
		value, ok := object[name]
		if !ok {
			return fmt.Errorf("%s is missing", name)
		}
		if err := fits(t, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for name := range object {
		if _, ok := fields[name]; !ok {
			return fmt.Errorf("%s is unknown", name)
		}
	}
	return nil
}

func jsonName(s *types.Struct, i int) string {
	_, rest, ok := strings.Cut(s.Tag(i), `json:"`)
	if !ok {
		return s.Field(i).Name()
	}
	name, _, _ := strings.Cut(rest, `"`)
	name, _, _ = strings.Cut(name, ",")
	return name
}
