package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestDiffers compares what a scan finds with what was seen. The disk always
// holds other content than was seen, so true is right wherever it is not too
// dear.
func TestDiffers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	write(t, path, "new")
	written := time.Now()
	same := stamp{size: 3, modified: written.UnixNano(), inode: 1}
	other := same
	other.inode = 2
	settle := same
	settle.changed = 3
	tests := []struct {
		name     string
		found    stamp
		readAt   time.Duration // after it was written
		thorough bool
		want     bool
	}{
		{"other inode", other, time.Hour, false, true},
		{"other change time", settle, time.Hour, false, true},
		{"equal", same, time.Hour, false, false},
		{"equal, thorough", same, time.Hour, true, false},
		{"equal, but read at once", same, time.Second, false, false},
		{"equal, but read at once, thorough", same, time.Second, true, true},
		{"equal, but from the future, thorough", same, -time.Hour, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &worker{settler: newSettler(pace{})}
			f := &file{path: path, abs: path, known: true, text: []byte("old"),
				seen: sight{stamp: same, at: written.Add(test.readAt)}}
			if got := k.differs(f, test.found, test.thorough); got != test.want {
				t.Errorf("differs is %v, want %v", got, test.want)
			}
			if f.text = []byte("new"); k.differs(f, same, true) {
				t.Error("differs though the content is the same")
			}
			if f.seen.text != nil {
				t.Error("a look keeps the text twice")
			}
		})
	}
}

func TestLook(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.go")
	write(t, path, "text")
	if err := os.Symlink("a.go", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.go", "link"} {
		if s := look(filepath.Join(dir, name)); string(s.text) != "text" || s.missing || s.torn || s.err != nil || s.at.IsZero() {
			t.Errorf("%s: %+v", name, s)
		}
	}
	write(t, filepath.Join(dir, "empty"), "")
	if s := look(filepath.Join(dir, "empty")); s.text == nil || len(s.text) > 0 || s.missing || s.err != nil {
		t.Errorf("empty: %+v", s)
	}
	for _, name := range []string{"none", "none/a.go", "a.go/a.go"} {
		if s := look(filepath.Join(dir, name)); !s.missing || s.err != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s := look(dir); s.err == nil || s.missing {
		t.Errorf("directory: %+v", s)
	}
	if err := os.Truncate(path, maxSize+1); err != nil {
		t.Fatal(err)
	}
	if s := look(path); s.err == nil || s.missing {
		t.Errorf("too large: %+v", s)
	}
	if err := os.Truncate(path, maxSize); err != nil {
		t.Fatal(err)
	}
	if s := look(path); len(s.text) != maxSize || s.torn {
		t.Errorf("just not too large: %d bytes, %v", len(s.text), s.err)
	}
}

// Where the system can tell who writes, the answer is right, also while others
// open and close the file all the time, and none of them fails.
func TestWriterOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	write(t, path, "text")
	if look(path).writer == writerUnknown {
		t.Skip("this system or file system cannot tell who has a file open")
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if w := look(path).writer; w != writerPresent {
		t.Errorf("open for writing: %v", w)
	}
	f.Close()
	if w := look(path).writer; w != writerGone {
		t.Errorf("closed: %v", w)
	}
	stop := make(chan bool)
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
			}
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
			if err != nil {
				failed <- err
				return
			}
			f.WriteString("text")
			f.Close()
		}
	}()
	for range 2000 {
		if s := look(path); s.writer == writerGone && !s.torn && string(s.text) != "text" {
			t.Errorf("nobody writes, and there is %q", s.text)
		}
	}
	close(stop)
	if err := <-failed; err != nil {
		t.Error(err)
	}
}
