package session

import (
	"os"
	"path/filepath"
	"testing"
)

// TestOfferedBeforeDisk offers a package that is on the disk as well, where
// editors find it: scripts get the program's.
func TestOfferedBeforeDisk(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module guest\n\ngo 1.26\n",
		"store/store.go": "package store\n\nvar Total = 1\n",
		"scripts/a.go":   "package a\n\nimport \"guest/store\"\n\nfunc Add() int { store.Total++; return store.Total }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	total := 40
	p, err := Offer(map[string]map[string]any{"guest/store": {"Total": &total}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), Config{Paths: []string{filepath.Join(dir, "scripts")}, Host: Host{Packages: p}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Call(t.Context(), "a.Add")
	if err != nil || out[0] != 41 || total != 41 {
		t.Errorf("%v, %v; the program has %d", out, err, total)
	}
	if n := len(s.Scripts()); n != 1 {
		t.Errorf("%d scripts", n)
	}
}
