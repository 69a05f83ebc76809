package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// eventsFileName is the file beside a script with the events ready to fire.
const eventsFileName = "events.jsonl"

func eventsName(path string) bool { return filepath.Base(path) == eventsFileName }

// eventsFile is a file of saved events as it was read last.
type eventsFile struct {
	dir    string // whose scripts the events are for; "" for the extra file
	text   string
	events []SavedEvent // in file order; Script is what the line names
}

// parseEvents reads a file of saved events, one JSON object a line. Lines that
// are empty or comments (# or //) are passed over. A damaged line gives a
// notice with its number and costs nothing but itself.
func parseEvents(name, text string) (events []SavedEvent, notices []string) {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") {
			continue
		}
		e, err := parseEvent(line)
		if err != nil {
			notices = append(notices, fmt.Sprintf("%s:%d: %v; the line is left out", name, number, err))
			continue
		}
		events = append(events, e)
	}
	return events, notices
}

func parseEvent(line string) (SavedEvent, error) {
	var e SavedEvent
	dec := json.NewDecoder(strings.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		text := strings.TrimPrefix(err.Error(), "json: ")
		if quoted, ok := strings.CutPrefix(text, "unknown field "); ok {
			text = "unknown field " + quoted + "; there are name, event, script and data"
		}
		return e, errors.New(text)
	}
	if dec.More() {
		return e, errors.New("more than one JSON object")
	}
	if e.Event == "" {
		return e, errors.New(`"event" is missing`)
	}
	if e.Name == "" {
		e.Name = e.Event
	}
	if bytes.Equal(e.Data, []byte("null")) {
		e.Data = nil
	}
	return e, nil
}

// setEvents takes over the text of a file of saved events, or its removal, and
// tells what is damaged in it. It gives false when nothing changed.
func (s *Session) setEvents(path, text string, removed bool) bool {
	s.mu.Lock()
	old := s.saved[path]
	s.mu.Unlock()
	if removed && (old == nil || old.text == "") || !removed && old != nil && old.text == text {
		return false
	}
	f := &eventsFile{text: text}
	if eventsName(path) {
		f.dir = filepath.Dir(path)
	}
	if old != nil {
		f.dir = old.dir
	}
	var notices []string
	if !removed {
		f.events, notices = parseEvents(s.tree.show(path), text)
	}
	s.mu.Lock()
	if removed && f.dir != "" {
		delete(s.saved, path)
	} else {
		s.saved[path] = f // the extra file is known even while it is away
	}
	s.mu.Unlock()
	for _, n := range notices {
		s.notice("", n)
	}
	s.changed.bump()
	return true
}

// readEvents reads a file of saved events; one that does not exist is no file.
func (s *Session) readEvents(path string) {
	if strings.HasPrefix(path, s.tree.memory) {
		return // only files have events beside them
	}
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		s.setEvents(path, string(text), false)
	case errors.Is(err, fs.ErrNotExist):
		s.setEvents(path, "", true)
	default:
		s.notice("", fmt.Sprintf("read saved events: %v", err))
	}
}

// loadEvents reads the files beside the scripts and the extra one, if any.
func (s *Session) loadEvents(extra string) {
	for _, sc := range s.list() {
		s.readEvents(filepath.Join(sc.dir(), eventsFileName))
	}
	if extra != "" {
		s.mu.Lock()
		// Its events are for all, wherever it lies and whatever its name.
		if s.saved[extra] == nil {
			s.saved[extra] = &eventsFile{}
		}
		s.mu.Unlock()
		s.readEvents(extra)
	}
}

// SavedEvents lists the events ready to fire, by script and in file order;
// those of the extra file come last. An event is for the script that its line
// names, else for the one beside whose files it lies. Where several lie
// together it is for the one that has the handler.
func (s *Session) SavedEvents() []SavedEvent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []SavedEvent
	paths := make([]string, 0, len(s.saved))
	for path := range s.saved {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if extra := (s.saved[a].dir == "") != (s.saved[b].dir == ""); extra {
			if s.saved[a].dir == "" {
				return 1
			}
			return -1
		}
		return strings.Compare(a, b)
	})
	for _, path := range paths {
		f := s.saved[path]
		for _, e := range f.events {
			if e.Script == "" && f.dir != "" {
				e.Script = s.owner(f.dir, e.Event)
			}
			out = append(out, e)
		}
	}
	out = append(out, s.examples()...)
	// By script, without taking the lines of one apart.
	slices.SortStableFunc(out, func(a, b SavedEvent) int {
		if (a.Script == "") != (b.Script == "") {
			return strings.Compare(b.Script, a.Script)
		}
		return strings.Compare(a.Script, b.Script)
	})
	return out
}

// owner gives the name of the script of a directory that an event is for, or ""
// when that is not clear; with mu held.
func (s *Session) owner(dir, event string) string {
	var here, having []string
	for _, sc := range s.sorted() {
		if sc.plan.dir != dir {
			continue
		}
		here = append(here, sc.name)
		if sc.handles(event) {
			having = append(having, sc.name)
		}
	}
	switch {
	case len(here) == 1:
		return here[0]
	case len(having) == 1:
		return having[0]
	}
	return ""
}
