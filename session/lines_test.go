package session

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReadLines(t *testing.T) {
	file := filepath.Join(t.TempDir(), "in")
	if err := os.WriteFile(file, []byte("a\nb\nc"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got []string
	if err := ReadLines(t.Context(), f, func(s string) bool { got = append(got, s); return true }); err != nil || !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("%q, %v", got, err)
	}
	got = nil
	if err := ReadLines(t.Context(), strings.NewReader("a\nb\n"), func(s string) bool { got = append(got, s); return false }); err != nil || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
	if err := ReadLines(t.Context(), strings.NewReader(strings.Repeat("x", maxTyped+1)), func(string) bool { return true }); err == nil {
		t.Error("a line without end was taken")
	}
}

// TestReadLinesIsBrokenOff has a read wait for a pipe that nobody writes to.
func TestReadLinesIsBrokenOff(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	first, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- ReadLines(ctx, r, func(s string) bool { first <- s; return true }) }()
	w.WriteString("a\n")
	<-first
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	// What comes later is for who reads then.
	w.WriteString("b\n")
	b := make([]byte, 2)
	if n, err := r.Read(b); err != nil || string(b[:n]) != "b\n" {
		t.Errorf("%q, %v", b[:n], err)
	}
}
