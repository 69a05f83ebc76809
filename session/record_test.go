package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
)

func TestRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.jsonl")
	// A session that was killed while it wrote left half a line.
	if err := os.WriteFile(path, []byte(`{"v":1,"ti`), 0o644); err != nil {
		t.Fatal(err)
	}
	st := sit(t, fragile, func(c *Config) { c.Record = path })
	st.loads()
	st.fire("OK")
	st.world.last("fragile").say(interp.Notice{Stream: "stdout", Text: "not recorded\n"})
	st.fire("Crash")
	st.next()
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasSuffix(text, []byte("\n")) {
		t.Error("the last line is not whole")
	}
	if torn, err := os.ReadFile(path + ".torn"); string(torn) != "{\"v\":1,\"ti\n" {
		t.Errorf("the torn line is kept as %q, %v", torn, err)
	}
	var kinds []string
	var seq uint64
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), `{"v":1,"time":"`) {
			t.Errorf("line %s", lines.Text())
		}
		var l RecordLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if l.Seq <= seq || l.Time.IsZero() {
			t.Errorf("number %d after %d", l.Seq, seq)
		}
		seq = l.Seq
		switch {
		case l.Event != nil:
			kinds = append(kinds, "event "+l.Event.Name)
		case l.Report != nil:
			kinds = append(kinds, "report "+string(l.Report.Cause))
		case l.Crash != nil:
			kinds = append(kinds, "crash")
		}
	}
	got := strings.Join(kinds, ", ")
	if got != "report load, event OK, event Crash, crash, report crash" && got != "report load, event OK, crash, event Crash, report crash" && got != "report load, event OK, crash, report crash, event Crash" {
		t.Errorf("recorded: %s", got)
	}
}

func TestRecordCannotBeOpened(t *testing.T) {
	_, err := trySit(t, two, func(c *Config) { c.Record = filepath.Join("no", "such", "dir") })
	if err == nil || !strings.Contains(err.Error(), "open record: open no/such/dir: no such file") {
		t.Errorf("error: %v", err)
	}
}

// smallDisk is a file on a disk with little room.
type smallDisk struct {
	mu   sync.Mutex
	text []byte
	room int
}

func (f *smallDisk) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := min(len(p), f.room)
	f.text, f.room = append(f.text, p[:n]...), f.room-n
	if n < len(p) {
		return n, errors.New("no space left")
	}
	return n, nil
}

func (f *smallDisk) Truncate(size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room += len(f.text) - int(size)
	f.text = f.text[:size]
	return nil
}

func (f *smallDisk) Close() error { return nil }

func (f *smallDisk) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.text)
}

// A full disk costs no line its wholeness; recording goes on when there is
// room, from where it was.
func TestRecordOnAFullDisk(t *testing.T) {
	log, changed := newRing(100, 1<<20), newChanges()
	disk := &smallDisk{room: 300}
	r := newRecord(disk, 0, log, changed)
	for i := range 20 {
		log.append(Entry{Event: &Event{ID: int64(i + 1), Name: "E"}})
	}
	r.report(r.drain())
	if r.failing == nil || !strings.HasSuffix(disk.String(), "\n") {
		t.Fatalf("error %v, on the disk:\n%s", r.failing, disk.String())
	}
	r.report(r.drain())
	disk.room = 1 << 20
	r.report(r.drain())
	ids := 0
	notices, err := ReadRecord(strings.NewReader(disk.String()), func(l RecordLine) bool {
		if ids++; l.Event == nil || l.Event.ID != int64(ids) {
			t.Errorf("line %d is %+v", ids, l)
		}
		return true
	})
	if ids != 20 || len(notices) > 0 || err != nil {
		t.Errorf("%d lines, %q, %v", ids, notices, err)
	}
	var said []string
	for _, e := range log.Window(0, 100) {
		if e.Notice != "" {
			said = append(said, e.Notice)
		}
	}
	if got := strings.Join(said, "; "); got != "nothing is recorded at present: write record: no space left; recording goes on" {
		t.Errorf("said: %s", got)
	}
}

// Values without a JSON form cost their form, not the line; entries that the
// log let go of are counted.
func TestRecordLoses(t *testing.T) {
	log, changed := newRing(2, 1<<20), newChanges()
	f := &smallDisk{room: 1 << 20}
	for range 5 {
		log.append(Entry{Crash: &Crash{Reason: "early"}})
	}
	r := newRecord(f, 0, log, changed)
	r.cursor = 1
	log.append(Entry{Event: &Event{Name: "E", Calls: []interp.Call{{Returns: []interp.Value{{Text: "chan", Value: make(chan int)}}}}}})
	if err := r.drain(); err != nil {
		t.Fatal(err)
	}
	out := strings.Split(f.String(), "\n")
	if len(out) != 4 || !strings.Contains(out[0], `"dropped":4`) || !strings.Contains(out[2], `"text":"chan"`) || strings.Contains(out[2], `"value"`) {
		t.Errorf("recorded:\n%s", f.String())
	}
}
