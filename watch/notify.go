package watch

import (
	"errors"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// notifier is the system's notification. backend is *fsnotify.Watcher, except
// in tests.
type notifier struct {
	backend interface {
		Add(dir string) error
		Remove(dir string) error
		WatchList() []string
		Close() error // closes events
	}
	events <-chan fsnotify.Event
	errors <-chan error
}

// newNotifier asks the system for one.
func newNotifier() (*notifier, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	return &notifier{backend: w, events: w.Events, errors: w.Errors}, nil
}

// kind is what an event says happened to a path.
type kind int

const (
	changed kind = iota // content or attributes
	created             // also when something was renamed to it
	gone                // removed, or renamed to something else
)

// event is one notification. path is what the directory was added as, joined
// with the name in it, or the directory itself.
type event struct {
	path string
	kind kind
	at   time.Time
}

// mailbox carries events from the drain goroutine to the worker.
type mailbox struct {
	signal chan struct{} // holds one token when there is something to take

	mu       sync.Mutex // guards what follows
	events   []event
	overflow bool  // events were lost: only a scan can tell what happened
	failed   error // the system's notification is at its end
}

// mailboxSize bounds the events that wait while the worker is busy. Beyond it
// a scan is cheaper.
const mailboxSize = 1 << 16

func newMailbox() *mailbox { return &mailbox{signal: make(chan struct{}, 1)} }

// drain moves everything from n to the mailbox until n is closed. It never
// waits for the worker.
func (m *mailbox) drain(n *notifier) {
	errs := n.errors
	for {
		select {
		case ev, ok := <-n.events:
			if !ok {
				return
			}
			if e, ok := eventOf(ev); ok {
				m.put(func() { m.events = append(m.events, e) })
			}
		case err, ok := <-errs:
			switch {
			case !ok:
				errs = nil
			case err == nil:
			case errors.Is(err, fsnotify.ErrEventOverflow):
				m.put(func() { m.overflow = true })
			default:
				m.put(func() { m.overflow, m.failed = true, err })
			}
		}
	}
}

// eventOf translates an event and stamps it. Empty events, which the backend
// sends for its own bookkeeping, are none.
func eventOf(ev fsnotify.Event) (event, bool) {
	e := event{path: ev.Name, at: time.Now()}
	switch {
	case ev.Name == "" || ev.Op == 0:
		return e, false
	case ev.Has(fsnotify.Create):
		e.kind = created
	case ev.Has(fsnotify.Remove), ev.Has(fsnotify.Rename):
		e.kind = gone
	}
	return e, true
}

// put changes the mailbox and wakes the worker.
func (m *mailbox) put(change func()) {
	m.mu.Lock()
	if len(m.events) >= mailboxSize {
		m.events, m.overflow = nil, true
	}
	change()
	m.mu.Unlock()
	select {
	case m.signal <- struct{}{}:
	default:
	}
}

// take empties the mailbox.
func (m *mailbox) take() (events []event, overflow bool, failed error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	events, overflow, failed = m.events, m.overflow, m.failed
	m.events, m.overflow, m.failed = nil, false, nil
	return events, overflow, failed
}

// empty reports whether there is nothing to take.
func (m *mailbox) empty() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.events) == 0 && !m.overflow && m.failed == nil
}

// exhausted reports whether err means that the system has no more watches,
// or open files, to give.
func exhausted(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) ||
		errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}
