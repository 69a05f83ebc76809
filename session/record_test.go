package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	var kinds []string
	var seq uint64
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Scan() // the half one
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

// badFile fails after a few bytes.
type badFile struct {
	bytes.Buffer
	room int
}

func (f *badFile) Write(p []byte) (int, error) {
	if len(p) > f.room {
		n, _ := f.Buffer.Write(p[:f.room])
		f.room = 0
		return n, errors.New("no space left")
	}
	f.room -= len(p)
	return f.Buffer.Write(p)
}

func (f *badFile) Close() error { return nil }

func TestRecordOnAFullDisk(t *testing.T) {
	log, changed := newRing(10, 1<<20), newChanges()
	r := startRecord(&badFile{room: 300}, false, log, changed)
	for range 20 {
		log.append(Entry{Event: &Event{Name: "E"}})
		changed.bump()
	}
	<-r.done
	if err := r.close(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("close: %v", err)
	}
	w := log.Window(0, 100)
	if last := w[len(w)-1]; !strings.Contains(last.Notice, "nothing more is recorded: write record: no space left") {
		t.Errorf("last entry: %+v", last)
	}
}

// Values without a JSON form cost their form, not the line; entries that the
// log let go of are counted.
func TestRecordLoses(t *testing.T) {
	log, changed := newRing(2, 1<<20), newChanges()
	f := &badFile{room: 1 << 20}
	for range 5 {
		log.append(Entry{Crash: &Crash{Reason: "early"}})
	}
	r := &record{f: f, log: log, changed: changed, cursor: 1}
	log.append(Entry{Event: &Event{Name: "E", Calls: []interp.Call{{Returns: []interp.Value{{Text: "chan", Value: make(chan int)}}}}}})
	if err := r.drain(); err != nil {
		t.Fatal(err)
	}
	out := strings.Split(f.String(), "\n")
	if len(out) != 4 || !strings.Contains(out[0], `"dropped":4`) || !strings.Contains(out[2], `"text":"chan"`) || strings.Contains(out[2], `"value"`) {
		t.Errorf("recorded:\n%s", f.String())
	}
}
