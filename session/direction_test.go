package session

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// may says, for every folder of the module, which others its files import;
// main.go is the folder ".". tui knows interp for its data alone: the methods of
// a session speak of its reports and calls.
var may = map[string][]string{
	".":       {"tui", "session"},
	"tui":     {"session", "interp"},
	"session": {"interp", "watch"},
	"interp":  {},
	"watch":   {},
	"samples": {"tui", "session", "interp"}, // the hosts
}

// mayInTests is what tests import on top of that.
var mayInTests = map[string][]string{}

// interpreter is what benchmarks of the session compare with, too.
const interpreter = "github.com/traefik/yaegi"

// kept says which folders alone import a module, by the beginning of its path.
// main.go asks whether there is a terminal at all.
var kept = []struct {
	module  string
	folders []string
}{
	{interpreter, []string{"interp"}},
	{"github.com/fsnotify/fsnotify", []string{"watch"}},
	{"github.com/charmbracelet/x/term", []string{"tui", "."}},
	{"github.com/charmbracelet/", []string{"tui"}},
	{"charm.land/", []string{"tui"}},
}

// Nothing points upwards: main.go, tui, session, and at the bottom interp and
// watch, which do not know one another.
func TestDirection(t *testing.T) {
	seen := make(map[string]bool)
	eachGoFile(t, func(path string) {
		folder, _, found := strings.Cut(path, "/")
		if !found {
			folder = "."
		}
		seen[folder] = true
		allowed, known := may[folder]
		if !known {
			t.Errorf("%s: nothing is said of the folder %s", path, folder)
			return
		}
		if strings.HasSuffix(path, "_test.go") {
			allowed = slices.Concat(allowed, mayInTests[folder])
		}
		for _, imported := range importsOf(t, path) {
			if rest, own := strings.CutPrefix(imported, "hotloop/"); own {
				if to, _, _ := strings.Cut(rest, "/"); to != folder && !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s; %s may import %v", path, imported, folder, allowed)
				}
				continue
			}
			for _, k := range kept {
				if strings.HasPrefix(imported, k.module) {
					compared := k.module == interpreter && folder == "session" && strings.HasSuffix(path, "_bench_test.go")
					if !slices.Contains(k.folders, folder) && !compared {
						t.Errorf("%s imports %s, which is for %v alone", path, imported, k.folders)
					}
					break
				}
			}
		}
	})
	for folder := range may {
		if !seen[folder] {
			t.Errorf("no Go file in %s", folder)
		}
	}
}

// The top level holds what a newcomer has to see and nothing more.
func TestTopLevel(t *testing.T) {
	known := []string{"go.mod", "go.sum", "main.go", "README.md", "LICENSE", "interp", "samples", "session", "tui", "watch"}
	built := []string{"hotloop", "hotloop.exe"} // by go build
	entries, err := os.ReadDir(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if name[0] != '.' && !slices.Contains(known, name) && !slices.Contains(built, name) {
			t.Errorf("%s is on the top level; it goes into one of the folders", name)
		}
	}
	eachGoFile(t, func(path string) {
		for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
			if slices.Contains([]string{"util", "utils", "common", "helpers", "types"}, part) {
				t.Errorf("%s: the folder %s says nothing of what is in it", path, part)
			}
		}
	})
}

// moduleRoot is seen from this package, where its tests run.
const moduleRoot = ".."

// eachGoFile calls f with the path, below the module's root and with slashes, of
// every Go file that is built or tested.
func eachGoFile(t *testing.T, f func(path string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(moduleRoot), ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (d.Name()[0] == '.' || d.Name()[0] == '_' || d.Name() == "testdata"):
			return fs.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ".go"):
			f(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func importsOf(t *testing.T, path string) (paths []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(moduleRoot, path), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}
