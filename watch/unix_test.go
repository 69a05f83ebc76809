//go:build unix

package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
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

// TestOpenRootMadeAgain deletes a root that a process has open and makes it
// again: the system says nothing of the old one's end.
func TestOpenRootMadeAgain(t *testing.T) {
	dir := filepath.Join(realTemp(t), "root")
	write(t, filepath.Join(dir, "a.go"), "package a")
	w, err := New(Config{Roots: []string{dir}, Grace: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	open, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	receive := func() Change {
		select {
		case b := <-w.Batches():
			if len(b.Changes) == 1 {
				return b.Changes[0]
			}
			t.Fatalf("batch %+v", b)
		case <-time.After(20 * time.Second):
			t.Fatal("no batch")
		}
		return Change{}
	}
	if c := receive(); !c.Removed {
		t.Fatalf("after the removal: %+v", c)
	}
	write(t, filepath.Join(dir, "a.go"), "package b")
	if c := receive(); string(c.Text) != "package b" {
		t.Fatalf("made again: %+v", c)
	}
	write(t, filepath.Join(dir, "a.go"), "package c")
	if c := receive(); string(c.Text) != "package c" {
		t.Fatalf("edited: %+v", c)
	}
}
