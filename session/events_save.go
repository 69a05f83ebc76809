package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SaveEvent writes an event into the events.jsonl beside a script, where it
// takes the place of one with the same name. Other lines, comments included,
// stay as they are in the file at that moment. It gives the file's path.
func (s *Session) SaveEvent(script string, e SavedEvent) (path string, err error) {
	sc, err := s.script(script)
	if err != nil {
		return "", err
	}
	if e.Name == "" || e.Event == "" {
		return "", errors.New("an event to save needs a name and a handler")
	}
	if len(e.Data) > 0 && !json.Valid(e.Data) {
		return "", errors.New("the data of the event is not JSON")
	}
	path = filepath.Join(sc.dir(), eventsFileName)
	e.Script = ""
	s.mu.Lock()
	if s.owner(filepath.Dir(path), e.Event) != sc.name {
		e.Script = sc.name // several scripts lie there
	}
	s.mu.Unlock()
	line, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("save event: %w", err)
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("save event: %w", err)
	}
	out := withEvent(string(text), e, string(line))
	if err := replaceFile(path, out); err != nil {
		return "", fmt.Errorf("save event: %w", err)
	}
	s.setEvents(path, out, false) // the watcher will find nothing new
	return s.tree.show(path), nil
}

// withEvent puts a line into the text of a file of events.
func withEvent(text string, e SavedEvent, line string) string {
	var b strings.Builder
	done := false
	for l := range strings.Lines(text) {
		old, err := parseEvent(strings.TrimSpace(strings.TrimPrefix(l, "\ufeff")))
		if err == nil && old.Name == e.Name && old.Script == e.Script && !done {
			l, done = line+"\n", true
		}
		b.WriteString(l)
	}
	if done {
		return b.String()
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
	return b.String() + line + "\n"
}

// replaceFile gives a file another text at once, so that nobody reads half.
func replaceFile(path, text string) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".events-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
