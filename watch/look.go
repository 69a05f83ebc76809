package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// maxSize is the largest file that is read, in bytes. Anything larger is no
// source, and keeping two versions of it in memory helps nobody.
const maxSize = 16 << 20

// racy is how young a file may be when it is read before an equal stamp no
// longer proves equal content: the coarsest clock of a file system (FAT) ticks
// every two seconds.
const racy = 2 * time.Second

// writer says whether a process has a file open for writing.
type writer int

const (
	writerUnknown writer = iota
	writerGone
	writerPresent
)

// stamp is what a scan compares before it reads. Equal stamps mean equal
// content unless the file was racy when it was read.
type stamp struct {
	size, modified, changed int64
	inode                   uint64
	mode                    fs.FileMode
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), modified: info.ModTime().UnixNano(), mode: info.Mode()}
	s.inode, s.changed = identity(info)
	return s
}

// sight is a file as one look found it: missing, not readable (err), or text.
type sight struct {
	text    []byte
	missing bool
	err     error
	torn    bool // changed while it was read
	writer  writer
	stamp   stamp
	at      time.Time // when the look ended; zero before the first look
}

// same reports whether two looks found the same content.
func (s sight) same(o sight) bool {
	return s.missing == o.missing && (s.err == nil) == (o.err == nil) && bytes.Equal(s.text, o.text)
}

// proves reports whether the stamp of a later scan, if equal, shows that the
// content is still what this look found.
func (s sight) proves(now stamp) bool {
	return s.stamp == now && s.at.Sub(time.Unix(0, s.stamp.modified)) > racy
}

// look reads one file. path may lead to it through links.
func look(path string) (s sight) {
	defer func() { s.at = time.Now() }()
	// Stat before open: opening a pipe would wait for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return unseen(err)
	}
	s.stamp = stampOf(info)
	switch {
	case info.IsDir():
		s.err = errors.New("is a directory now; its last content stays")
		return s
	case !info.Mode().IsRegular():
		s.err = errors.New("is not a regular file; its last content stays")
		return s
	case info.Size() > maxSize:
		s.err = fmt.Errorf("is larger than %d MB; its last content stays", maxSize>>20)
		return s
	}
	f, err := os.Open(path)
	if err != nil {
		u := unseen(err)
		u.stamp = s.stamp
		return u
	}
	defer f.Close()
	s.text = make([]byte, info.Size(), info.Size()+bytes.MinRead)
	n, err := io.ReadFull(f, s.text)
	s.text = s.text[:n]
	if err == nil && n < maxSize {
		// One more byte than the size tells whether the file grew meanwhile.
		var extra [1]byte
		if m, _ := f.Read(extra[:]); m > 0 {
			s.torn = true
		}
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		u := unseen(err)
		u.stamp = s.stamp
		return u
	}
	// The order matters: nobody writes, and then nothing has changed since Stat,
	// together mean that text is all of the file.
	s.writer = writerOf(f)
	after, err := f.Stat()
	s.torn = s.torn || err != nil || stampOf(after) != s.stamp || int64(n) != s.stamp.size
	return s
}

// unseen is the sight of a file that could not be read because of err.
func unseen(err error) sight {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) {
		return sight{missing: true}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // a notice names the path itself
	}
	return sight{err: fmt.Errorf("cannot be read: %w; its last content stays", err)}
}
