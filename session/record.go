package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"hotloop/interp"
)

// RecordVersion is the version of the record's lines.
const RecordVersion = 1

// RecordLine is one line of a record: an event, a report or a crash, whichever
// is not nil, or how many entries were lost because the disk was too slow.
type RecordLine struct {
	V       int            `json:"v"` // RecordVersion; always first
	Time    time.Time      `json:"time"`
	Seq     uint64         `json:"seq"` // of the log; starts at 1 in every session
	Event   *Event         `json:"event,omitempty"`
	Report  *interp.Report `json:"report,omitempty"`
	Crash   *Crash         `json:"crash,omitempty"`
	Dropped uint64         `json:"dropped,omitempty"`
}

// record appends what happens to a file. It follows the log as any other
// reader does, in a goroutine of its own, so nothing waits for the disk. Each
// line goes out in one write and is never half there, unless the disk is full.
type record struct {
	f       recordFile
	log     *Ring
	changed *changes
	cursor  uint64 // sequence number to write next; owned by run
	torn    bool   // the file ends within a line; owned by run
	cancel  context.CancelFunc
	done    chan struct{} // closed when run has ended
	err     error         // why writing ended; read after done
}

// recordFile is what a record writes to.
type recordFile interface {
	io.Writer
	io.Closer
}

func openRecord(path string, log *Ring, changed *changes) (*record, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open record: %w", err)
	}
	return startRecord(f, endsTorn(f), log, changed), nil
}

// endsTorn says whether a file does not end with a whole line.
func endsTorn(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

func startRecord(f recordFile, torn bool, log *Ring, changed *changes) *record {
	ctx, cancel := context.WithCancel(context.Background())
	_, next := log.Bounds()
	r := &record{f: f, log: log, changed: changed, cursor: next, torn: torn, cancel: cancel, done: make(chan struct{})}
	go r.run(ctx)
	return r
}

func (r *record) run(ctx context.Context) {
	defer close(r.done)
	var since uint64
	for r.err == nil {
		now, err := r.changed.wait(ctx, since)
		r.err = r.drain()
		if err != nil {
			return
		}
		since = now
	}
	r.log.append(Entry{Notice: fmt.Sprintf("nothing more is recorded: %v", r.err)})
	r.changed.bump()
}

// drain writes what the log holds from the cursor on.
func (r *record) drain() error {
	for {
		entries := r.log.Window(r.cursor, 256)
		if len(entries) == 0 {
			return nil
		}
		if gap := entries[0].Seq - r.cursor; gap > 0 {
			if err := r.write(RecordLine{Time: entries[0].Time, Seq: r.cursor, Dropped: gap}); err != nil {
				return err
			}
		}
		for i := range entries {
			e := &entries[i]
			if e.Event == nil && e.Report == nil && e.Crash == nil {
				continue
			}
			if err := r.write(RecordLine{Time: e.Time, Seq: e.Seq, Event: e.Event, Report: e.Report, Crash: e.Crash}); err != nil {
				return err
			}
		}
		r.cursor = entries[len(entries)-1].Seq + 1
	}
}

func (r *record) write(l RecordLine) error {
	l.V = RecordVersion
	line, err := json.Marshal(l)
	if err != nil && l.Event != nil {
		// A value that promised a JSON form and has none; its text remains.
		l.Event = withoutForms(l.Event)
		line, err = json.Marshal(l)
	}
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	line = append(line, '\n')
	if r.torn {
		line = append([]byte{'\n'}, line...)
	}
	if n, err := r.f.Write(line); err != nil {
		r.torn = n > 0
		return fmt.Errorf("write record: %w", err)
	}
	r.torn = false
	return nil
}

// withoutForms gives an event whose values are text alone.
func withoutForms(e *Event) *Event {
	out := *e
	out.Calls = append([]interp.Call(nil), e.Calls...)
	for i := range out.Calls {
		returns := append([]interp.Value(nil), out.Calls[i].Returns...)
		for k := range returns {
			returns[k].Value = nil
		}
		out.Calls[i].Returns = returns
	}
	return &out
}

// close writes what is left and closes the file.
func (r *record) close() error {
	r.cancel()
	<-r.done
	return errors.Join(r.err, r.f.Close())
}
