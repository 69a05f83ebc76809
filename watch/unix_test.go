//go:build unix

package watch

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
)

func TestNewErrors(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.go")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Skip("no named pipes: ", err)
	}
	for _, test := range []struct {
		roots []string
		want  string
	}{
		{nil, "watch: no roots"},
		{[]string{dir, filepath.Join(dir, "none")}, "watch " + filepath.Join(dir, "none") + ": no such file or directory"},
		{[]string{pipe}, "watch " + pipe + ": neither a file nor a directory"},
	} {
		w, err := New(Config{Roots: test.roots})
		if err == nil {
			w.Close()
		}
		if fmt.Sprint(err) != test.want {
			t.Errorf("New(%q): %v, want %s", test.roots, err, test.want)
		}
	}
	// A pipe below a root is nothing to wait for.
	w, err := New(Config{Roots: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil || len(w.Initial()) > 0 {
		t.Errorf("closed with %v, initial %v", err, w.Initial())
	}
}
