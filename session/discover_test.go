package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestDiscover finds the scripts of txtar archives. The line "paths:" gives the
// command line, the file want what is found.
func TestDiscover(t *testing.T) {
	cases, err := filepath.Glob("testdata/discover/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			dir := t.TempDir()
			var want string
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				path := filepath.Join(dir, f.Name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			_, line, found := strings.Cut(string(a.Comment), "paths:")
			if !found {
				t.Fatal("no paths")
			}
			got, err := discovered(dir, strings.Fields(line))
			if err != nil {
				var wrong *PathError
				if !errors.As(err, &wrong) {
					t.Errorf("the error is no PathError: %v", err)
				}
				got = "error: " + err.Error() + "\n"
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func discovered(dir string, paths []string) (string, error) {
	roots, err := findRoots(dir, paths)
	if err != nil {
		return "", err
	}
	tr := newTree(dir, exists)
	notices, err := tr.open(roots)
	if err != nil {
		return "", err
	}
	plans := tr.current()
	named := names(plans, nil)
	var lines []string
	for _, p := range plans {
		var files []string
		for _, f := range p.files {
			files = append(files, tr.show(f))
		}
		lines = append(lines, fmt.Sprintf("%s package %s in %s: %s", named[p.key], p.pkg, p.path, strings.Join(files, " ")))
	}
	slices.Sort(lines)
	for _, n := range notices {
		n, _, _ = strings.Cut(n, ":")
		lines = append(lines, "notice: "+n)
	}
	return strings.Join(lines, "\n") + "\n", nil
}

func TestLinkedDirectoryIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "real", "x.go"), []byte("package x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"again", "real/up"} {
		target := filepath.Join(dir, "real")
		if link == "real/up" {
			target = dir
		}
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	got, err := discovered(dir, []string{"."})
	if want := "x package x in real: real/x.go\n"; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "root")); err != nil {
		t.Fatal(err)
	}
	got, err = discovered(dir, []string{"root"})
	if want := "x package x in root: root/x.go\n"; got != want || err != nil {
		t.Errorf("a link as root: got %q, %v; want %q", got, err, want)
	}
}
