package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// What outlives a session is kept in a directory per project, below the user's
// directory of such things: history.jsonl, a record of what happened, bounded;
// and lines.jsonl, what was typed. One session of a project at a time writes
// there; a second one starts with what is there and keeps its own to itself.
const (
	historyFile  = "history.jsonl"
	linesFile    = "lines.jsonl"
	historyBytes = 8 << 20 // of each of the two files the history is in
	linesPerKind = 500
	maxLine      = 64 << 10 // longer ones are not worth keeping
)

// UserState gives the directory below which sessions keep what outlives them:
// $XDG_STATE_HOME/hotloop, or ~/.local/state/hotloop.
func UserState() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "hotloop"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "hotloop"), nil
}

// projectDir gives the directory of a project below state and makes sure that
// it is there, for this user alone.
func projectDir(state string, paths []string) (string, error) {
	paths, err := canonical(paths)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(state, socketName(paths))
	return dir, os.MkdirAll(dir, 0o700)
}

// openHistory begins to keep the history of a project.
func openHistory(dir string, log *Ring, changed *changes) (r *record, notices []string, err error) {
	path := filepath.Join(dir, historyFile)
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Size() > historyBytes {
		if err := rollOver(path); err != nil {
			return nil, nil, err
		}
	}
	f, size, notices, err := openLines(path, isRecord)
	if err != nil {
		return nil, notices, err
	}
	r = newRecord(f, size, log, changed)
	r.slim, r.path = true, path
	return r.start(), notices, nil
}

// rollOver makes a history the older one, in place of the one before, unless
// another session writes to it.
func rollOver(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if locked, err := tryLock(f); err != nil || !locked {
		return err
	}
	return os.Rename(path, path+".1")
}

// slimmed gives a line as a history keeps it: without texts and diffs of units,
// which are in the files.
func slimmed(l RecordLine) RecordLine {
	if l.Report != nil {
		rep := *l.Report
		rep.Units = slices.Clone(rep.Units)
		for i := range rep.Units {
			u := &rep.Units[i]
			u.Diff, u.OldText, u.NewText = "", "", ""
		}
		if len(rep.Units) > maxTexts {
			rep.Units = nil
		}
		l.Report = &rep
	}
	return l
}

// History gives what happened in the project before this session and, as far
// as it is written, in it: events, reports and crashes, the newest n, oldest
// first. It is empty when nothing is kept.
func (s *Session) History(n int) (lines []RecordLine, notices []string, err error) {
	if s.kept == nil {
		return nil, nil, nil
	}
	for _, name := range []string{historyFile + ".1", historyFile} {
		f, err := os.Open(filepath.Join(s.kept.dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return lines, notices, err
		}
		damaged, err := ReadRecord(f, func(l RecordLine) bool {
			if lines = append(lines, l); len(lines) >= 2*n+1 {
				lines = append(lines[:0], lines[len(lines)-n:]...)
			}
			return true
		})
		f.Close()
		notices = append(notices, damaged...)
		if err != nil {
			return lines, notices, err
		}
	}
	return lines[max(0, len(lines)-n):], notices, nil
}

// keptLine is one line of lines.jsonl.
type keptLine struct {
	V    int    `json:"v"`
	Kind string `json:"kind"`
	Line string `json:"line"`
}

// keptLines is what was typed in a project, in all its sessions.
type keptLines struct {
	dir     string
	file    *os.File // nil when another session writes there
	writing sync.WaitGroup
	more    chan []byte // to the goroutine that writes

	mu     sync.Mutex
	lines  map[string][]string // by kind, oldest first, each once
	closed bool
}

// openKept reads what was typed in a project and begins to keep what will be.
func openKept(dir string) (k *keptLines, notices []string, err error) {
	k = &keptLines{dir: dir, lines: make(map[string][]string), more: make(chan []byte, 64)}
	path := filepath.Join(dir, linesFile)
	f, size, notices, err := openLines(path, isRecord)
	if errors.Is(err, errLocked) {
		notices = append(notices, "another session of the same files is running: what is typed and fired here is not kept")
		f, err = os.Open(path)
		if err != nil {
			return nil, notices, err
		}
		defer f.Close()
		_, err = k.read(f)
		return k, notices, err
	}
	if err != nil {
		return nil, notices, err
	}
	read, err := k.read(io.NewSectionReader(f, 0, size))
	if err == nil && read > 4*linesPerKind {
		err = k.compact(path, f)
	}
	if err != nil {
		f.Close()
		return nil, notices, err
	}
	k.file = f
	k.writing.Go(k.write)
	return k, notices, nil
}

// read takes over the lines of a file; damaged ones are passed over.
func (k *keptLines) read(r io.Reader) (n int, err error) {
	text, err := io.ReadAll(io.LimitReader(r, 64<<20))
	for line := range bytes.Lines(text) {
		var l keptLine
		if n++; json.Unmarshal(line, &l) == nil && l.V == 1 && l.Line != "" {
			k.put(l.Kind, l.Line)
		}
	}
	return n, err
}

// compact writes the file anew, with what is remembered. The lock stays on the
// open file, so the new text goes into that: beside it first, so that a kill in
// between loses nothing.
func (k *keptLines) compact(path string, f *os.File) error {
	var text []byte
	for kind, lines := range k.lines {
		for _, line := range lines {
			text = append(text, encodeKept(kind, line)...)
		}
	}
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	return os.Remove(path + ".new")
}

func encodeKept(kind, line string) []byte {
	text, _ := json.Marshal(keptLine{1, kind, line}) // strings only
	return append(text, '\n')
}

// put remembers a line at the end, once.
func (k *keptLines) put(kind, line string) {
	list := k.lines[kind]
	if i := slices.Index(list, line); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if list = append(list, line); len(list) > linesPerKind {
		list = list[1:]
	}
	k.lines[kind] = list
}

// write is the goroutine that appends to the file.
func (k *keptLines) write() {
	for line := range k.more {
		k.file.Write(line) // each in one piece; a full disk costs the line
	}
}

func (k *keptLines) close() error {
	k.mu.Lock()
	k.closed = true
	close(k.more)
	k.mu.Unlock()
	k.writing.Wait()
	if k.file == nil {
		return nil
	}
	return k.file.Close()
}

// Lines gives what was typed, of one kind, oldest first: in this session and,
// where a state directory is kept, in earlier ones of the project.
func (s *Session) Lines(kind string) []string {
	if s.kept == nil {
		return nil
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	return slices.Clone(s.kept.lines[kind])
}

// KeepLine remembers a line that was typed. It does not wait for the disk; a
// line that the disk is too slow for is kept for this session alone.
func (s *Session) KeepLine(kind, line string) {
	k := s.kept
	if k == nil || line == "" || len(line) > maxLine {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.put(kind, line)
	if k.file == nil || k.closed {
		return
	}
	select {
	case k.more <- encodeKept(kind, line):
	default:
	}
}

// openState opens what outlives the session. That it cannot be kept is no reason not
// to work.
func (s *Session) openState() {
	if s.cfg.State == "" {
		return
	}
	dir, err := projectDir(s.cfg.State, s.cfg.Paths)
	var notices []string
	if err == nil {
		s.kept, notices, err = openKept(dir)
	}
	if err == nil && s.kept.file != nil {
		var more []string
		s.history, more, err = openHistory(dir, s.log, s.changed)
		notices = append(notices, more...)
	}
	for _, n := range notices {
		s.notice("", n)
	}
	if err != nil {
		s.notice("", fmt.Sprintf("the history of this project is not kept: %v", err))
	}
}
