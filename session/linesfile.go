package session

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// errLocked says that another process appends to a file.
var errLocked = errors.New("another session is writing to it")

// openLines opens a file of lines to append to, locked until it is closed, and
// gives its size. What is not as it should be costs nothing that was there:
//
//   - a file whose first line is not ours (known says so) is set aside and a
//     new one begun;
//   - a last line without its end, as a kill leaves it, is moved to the file
//     beside it that is called the same with .torn at the end.
//
// notices tell of both.
func openLines(path string, known func(line []byte) bool) (f *os.File, size int64, notices []string, err error) {
	for range 3 {
		f, err = os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
		if err != nil {
			return nil, 0, nil, err
		}
		info, err := f.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return f, 0, notices, err // a pipe or a device takes what comes
		}
		if locked, err := tryLock(f); err == nil && !locked {
			f.Close()
			return nil, 0, nil, fmt.Errorf("%s: %w", path, errLocked)
		}
		foreign, torn, err := inspect(f, info.Size(), known)
		switch {
		case err != nil:
			f.Close()
			return nil, 0, nil, err
		case foreign:
			f.Close()
			aside, err := setAside(path)
			if err != nil {
				return nil, 0, nil, err
			}
			notices = append(notices, fmt.Sprintf("%s is not what hotloop writes there; it was moved to %s", path, aside))
			continue
		case torn > 0:
			if err := moveTail(f, path+".torn", info.Size()-torn, torn); err != nil {
				f.Close()
				return nil, 0, nil, err
			}
			notices = append(notices, fmt.Sprintf("%s ended within a line; its %d bytes were moved to %s", path, torn, path+".torn"))
		}
		return f, info.Size() - torn, notices, nil
	}
	return nil, 0, nil, fmt.Errorf("%s is replaced all the time", path)
}

// inspect looks at both ends of a file: whether its first line is a foreign
// one, and how many bytes there are after its last whole line.
func inspect(f *os.File, size int64, known func([]byte) bool) (foreign bool, torn int64, err error) {
	if size == 0 {
		return false, 0, nil
	}
	first, tooLong, err := readLine(bufio.NewReader(io.NewSectionReader(f, 0, size)), maxRecordLine)
	whole := err == nil
	if err != nil && err != io.EOF {
		return false, 0, err
	}
	if tooLong || whole && !known(first) || !whole && !bytes.HasPrefix(first, []byte(`{"`)[:min(2, len(first))]) {
		return true, 0, nil
	}
	const step = 64 << 10
	buf := make([]byte, step)
	for end := size; end > 0; {
		begin := max(0, end-step)
		part := buf[:end-begin]
		if _, err := f.ReadAt(part, begin); err != nil {
			return false, 0, err
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return false, size - (begin + int64(i) + 1), nil
		}
		end = begin
	}
	return false, size, nil
}

// moveTail appends the end of a file to another one and cuts it off.
func moveTail(f *os.File, to string, from, n int64) error {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.NewSectionReader(f, from, n))
	if err == nil {
		_, err = out.Write([]byte("\n"))
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return f.Truncate(from)
}

// setAside renames a file to a name beside it that nothing has yet.
func setAside(path string) (string, error) {
	stamp := time.Now().Format("20060102-150405")
	for i := 1; ; i++ {
		aside := fmt.Sprintf("%s.aside-%s", path, stamp)
		if i > 1 {
			aside = fmt.Sprintf("%s-%d", aside, i)
		}
		// The empty file keeps the name for us until the rename replaces it.
		f, err := os.OpenFile(aside, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) && i < 1000 {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("set %s aside: %w", filepath.Base(path), err)
		}
		f.Close()
		return aside, os.Rename(path, aside)
	}
}
