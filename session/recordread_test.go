package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadRecord(t *testing.T) {
	text := "\n" +
		`{"v":1,"time":"2026-01-02T03:04:05Z","seq":1,"event":{"id":1,"event":"A","calls":[]}}` + "\n" +
		`{"v":1,"ti` + "\n" +
		"hello\n" +
		`{"v":9,"seq":2}` + "\n" +
		`{"seq":2}` + "\n" +
		`{"v":1,"seq":3,"event":{"id":2}}` + "\n" +
		`{"v":1,"seq":4,"later":true,"crash":{"script":"a","reason":"r","tail":""}}`
	var got []string
	notices, err := ReadRecord(strings.NewReader(text), func(l RecordLine) bool {
		switch {
		case l.Event != nil:
			got = append(got, "event "+l.Event.Name)
		case l.Crash != nil:
			got = append(got, "crash "+l.Crash.Reason)
		}
		return true
	})
	if s := strings.Join(got, ", "); s != "event A, crash r" || err != nil {
		t.Errorf("read %s, %v", s, err)
	}
	if len(notices) != 5 || !strings.HasPrefix(notices[0], "line 3 of the record is left out: ") || !strings.Contains(notices[2], "version 9") {
		t.Errorf("notices: %q", notices)
	}
}

// What is there and is not a record is neither written to nor lost.
func TestRecordSetsForeignFilesAside(t *testing.T) {
	for name, text := range map[string]string{"text": "my notes\n", "no line": "my notes", "JSON": "{\"a\":1}\n", "binary": "\x00\x01\x02", "start of a record": "{"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "notes")
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			r, notices, err := openRecord(path, newRing(10, 1<<20), newChanges())
			if err != nil || len(notices) != 1 {
				t.Fatalf("%v, notices %q", err, notices)
			}
			r.log.append(Entry{Crash: &Crash{Reason: "r"}})
			if err := r.close(); err != nil {
				t.Fatal(err)
			}
			all, _ := filepath.Glob(path + "*")
			kept := false
			for _, other := range all {
				if held, _ := os.ReadFile(other); other != path && strings.TrimSuffix(string(held), "\n") == strings.TrimSuffix(text, "\n") {
					kept = true
				}
			}
			if record, _ := os.ReadFile(path); !kept || !bytes.HasPrefix(record, []byte(`{"v":1,`)) || bytes.Count(record, []byte("\n")) != 1 {
				t.Errorf("files %q, the record %q, notices %q", all, record, notices)
			}
		})
	}
}

func TestRecordIsLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	r, _, err := openRecord(path, newRing(10, 1<<20), newChanges())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := openRecord(path, newRing(10, 1<<20), newChanges()); !errors.Is(err, errLocked) {
		t.Errorf("a second session: %v", err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	if r, _, err = openRecord(path, newRing(10, 1<<20), newChanges()); err != nil {
		t.Fatal(err)
	}
	r.close()
}

// An event that takes long is in the record before it ends.
func TestRecordOfEventsUnderWay(t *testing.T) {
	disk := &smallDisk{room: 1 << 20}
	log, changed := newRing(10, 1<<20), newChanges()
	r := startRecord(disk, 0, log, changed)
	r.began(Event{ID: 1, Name: "Long"})
	r.began(Event{ID: 2, Name: "Short"})
	r.ended(2)
	changed.bump()
	var l RecordLine
	for end := time.Now().Add(patienceForTests); disk.String() == "" && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := json.Unmarshal([]byte(disk.String()), &l); err != nil || l.Fired == nil || l.Fired.Name != "Long" {
		t.Errorf("%v in %q", err, disk.String())
	}
	if err := r.close(); err != nil || strings.Count(disk.String(), "\n") != 1 {
		t.Errorf("%v, %q", err, disk.String())
	}
}

// FuzzReadRecord reads whatever there is. What it gives can be written and read
// again.
func FuzzReadRecord(f *testing.F) {
	f.Add([]byte(`{"v":1,"time":"2026-01-02T03:04:05Z","seq":1,"event":{"id":1,"event":"A","data":{"a":1},"calls":[{"returns":[{"text":"1","value":1}]}]}}` + "\n{\"v\":1,\"cra"))
	f.Add([]byte("{\"v\":1,\"report\":{\"id\":1}}\n\n\x00\n{\"v\":2}\n[1]\n\"v\""))
	f.Fuzz(func(t *testing.T, text []byte) {
		notices, err := ReadRecord(bytes.NewReader(text), func(l RecordLine) bool {
			again, err := json.Marshal(l)
			if err != nil {
				t.Fatalf("cannot be written again: %v", err)
			}
			if _, why := parseRecordLine(again, false); why != "" {
				t.Errorf("written again as %s: %s", again, why)
			}
			return true
		})
		if err != nil || len(notices) > maxDamaged+1 {
			t.Errorf("%v, %d notices", err, len(notices))
		}
	})
}
