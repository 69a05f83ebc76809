package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"hotloop/interp"
)

// RecordVersion is the version of the record's lines.
const RecordVersion = 1

// RecordLine is one line of a record: an event with its results, a report or a
// crash, whichever is not nil; an event that has been under way for a while and
// has not ended (Fired, its calls empty); or how many entries were lost because
// the disk was too slow or full.
type RecordLine struct {
	V       int            `json:"v"` // RecordVersion; always first
	Time    time.Time      `json:"time"`
	Seq     uint64         `json:"seq"` // of the log; starts at 1 in every session; 0 for Fired
	Event   *Event         `json:"event,omitempty"`
	Report  *interp.Report `json:"report,omitempty"`
	Crash   *Crash         `json:"crash,omitempty"`
	Fired   *Event         `json:"fired,omitempty"`
	Dropped uint64         `json:"dropped,omitempty"`
}

// Times of a record. Together they keep what is missing from the file, however
// this process ends, below a second.
const (
	firedAfter = 500 * time.Millisecond // an event that takes longer is noted before it ends
	retryWrite = time.Second            // between tries after a write that failed
)

// record appends what happens to a file. It follows the log as any other
// reader does, in a goroutine of its own, so nothing waits for the disk. Each
// line goes out in one write, and what a write that failed left of a line is
// cut off again, so that a line is there whole or not at all. While the disk is
// full it tries again; what the log lets go of meanwhile is counted.
type record struct {
	f       recordFile
	log     *Ring
	changed *changes
	retry   time.Duration
	slim    bool   // a history: without texts, and bounded
	path    string // of a history
	cursor  uint64 // sequence number to write next; owned by run
	size    int64  // of the whole lines; owned by run
	failing error  // of the last write, nil when it went well; owned by run, read after done
	failed  time.Time
	cancel  context.CancelFunc
	done    chan struct{} // closed when run has ended

	mu    sync.Mutex
	going map[int64]*going // events under way, by ID
}

// going is an event that has not ended.
type going struct {
	event   Event
	since   time.Time
	written bool
}

// recordFile is what a record writes to.
type recordFile interface {
	io.Writer
	io.Closer
	Truncate(size int64) error
}

// openRecord opens a record to append to. notices say what was not as it
// should be with the file and what was done about it.
func openRecord(path string, log *Ring, changed *changes) (r *record, notices []string, err error) {
	f, size, notices, err := openLines(path, isRecord)
	if err != nil {
		return nil, nil, fmt.Errorf("open record: %w", err)
	}
	return startRecord(f, size, log, changed), notices, nil
}

// isRecord says whether a line is one of a record.
func isRecord(line []byte) bool {
	var l struct {
		V *int `json:"v"`
	}
	return json.Unmarshal(line, &l) == nil && l.V != nil
}

func newRecord(f recordFile, size int64, log *Ring, changed *changes) *record {
	_, next := log.Bounds()
	return &record{f: f, size: size, log: log, changed: changed, retry: retryWrite, cursor: next,
		done: make(chan struct{}), going: make(map[int64]*going)}
}

func startRecord(f recordFile, size int64, log *Ring, changed *changes) *record {
	return newRecord(f, size, log, changed).start()
}

func (r *record) start() *record {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go r.run(ctx)
	return r
}

func (r *record) run(ctx context.Context) {
	defer close(r.done)
	var since uint64
	for {
		wait, cancel := r.patience(ctx)
		now, err := r.changed.wait(wait, since)
		cancel()
		since = now
		last := ctx.Err() != nil || errors.Is(err, ErrClosed)
		if r.failing == nil || last || time.Since(r.failed) >= r.retry {
			r.report(r.drain())
		}
		if last {
			return
		}
	}
}

// patience bounds the wait for news where something is due without any.
func (r *record) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	if r.failing != nil {
		return context.WithTimeout(ctx, r.retry)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, g := range r.going {
		if !g.written {
			return context.WithTimeout(ctx, firedAfter)
		}
	}
	return ctx, func() {}
}

// report tells, once, that nothing can be written, and that it can again.
func (r *record) report(err error) {
	was := r.failing
	r.failing = err
	text := ""
	switch {
	case err != nil:
		r.failed = time.Now()
		if was == nil {
			text = fmt.Sprintf("nothing is recorded at present: %v", err)
		}
	case was != nil:
		text = "recording goes on"
	}
	if text != "" {
		r.log.append(Entry{Notice: text})
		r.changed.bump()
	}
}

// began notes an event that is being fired.
func (r *record) began(e Event) {
	e.Calls = []interp.Call{}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.going[e.ID] = &going{event: e, since: time.Now()}
}

// ended forgets an event, which is in the log now.
func (r *record) ended(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.going, id)
}

// drain writes what the log holds from the cursor on, and events that take long.
func (r *record) drain() error {
	for {
		entries := r.log.Window(r.cursor, 256)
		if len(entries) == 0 {
			return r.drainGoing()
		}
		if gap := entries[0].Seq - r.cursor; gap > 0 {
			if err := r.write(RecordLine{Time: entries[0].Time, Seq: r.cursor, Dropped: gap}); err != nil {
				return err
			}
			r.cursor += gap
		}
		for i := range entries {
			e := &entries[i]
			if e.Event != nil || e.Report != nil || e.Crash != nil {
				if err := r.write(RecordLine{Time: e.Time, Seq: e.Seq, Event: e.Event, Report: e.Report, Crash: e.Crash}); err != nil {
					return err
				}
			}
			r.cursor = e.Seq + 1
		}
	}
}

func (r *record) drainGoing() error {
	r.mu.Lock()
	var due []*going
	for _, g := range r.going {
		if !g.written && time.Since(g.since) >= firedAfter {
			due = append(due, g)
		}
	}
	r.mu.Unlock()
	slices.SortFunc(due, func(a, b *going) int { return int(a.event.ID - b.event.ID) })
	for _, g := range due {
		if err := r.write(RecordLine{Time: g.since, Fired: &g.event}); err != nil {
			return err
		}
		r.mu.Lock()
		g.written = true
		r.mu.Unlock()
	}
	return nil
}

func (r *record) write(l RecordLine) error {
	l.V = RecordVersion
	if r.slim {
		l = slimmed(l)
		if r.size > historyBytes {
			if err := r.rollOver(); err != nil {
				return fmt.Errorf("write history: %w", err)
			}
		}
	}
	line, err := json.Marshal(l)
	if err != nil && l.Event != nil {
		// A value that promised a JSON form and has none; its text remains.
		l.Event = withoutForms(l.Event)
		line, err = json.Marshal(l)
	}
	if err != nil {
		return fmt.Errorf("write record: %w", err)
	}
	n, err := r.f.Write(append(line, '\n'))
	if err != nil {
		if n > 0 {
			err = errors.Join(err, r.f.Truncate(r.size))
		}
		return fmt.Errorf("write record: %w", err)
	}
	r.size += int64(n)
	return nil
}

// rollOver goes on in an empty file. The lock is on the file and not on its
// name, so the new one is locked before the old one is let go.
func (r *record) rollOver() error {
	if err := os.Rename(r.path, r.path+".1"); err != nil {
		return err
	}
	f, size, _, err := openLines(r.path, isRecord)
	if err != nil {
		return err
	}
	r.f.Close()
	r.f, r.size = f, size
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
	return errors.Join(r.failing, r.f.Close())
}
