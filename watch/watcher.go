package watch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is returned by methods of a Watcher that has been closed.
var ErrClosed = errors.New("watch: closed")

// Watcher watches files. Its methods may be called from any goroutine, except
// from the functions of its Config.
type Watcher struct {
	initial  []Change
	batches  chan Batch
	requests chan func(*worker) // run by the worker
	polling  atomic.Bool

	closing sync.Once
	done    chan struct{} // closed by Close
	ended   chan struct{} // closed by the worker when all goroutines have ended
	err     error         // of closing; set before ended is closed
}

// New watches the roots of cfg. It fails when there is none or one does not
// exist. A directory that cannot be read, or a system without notification, is
// no error but a notice.
func New(cfg Config) (*Watcher, error) {
	return start(cfg, system{notify: newNotifier, look: look, pause: pause})
}

// system is what the watcher wants from the operating system.
type system struct {
	notify func() (*notifier, error)
	look   func(path string) sight
	pause  func(time.Duration) // may return early
}

// start is New on a given system.
func start(cfg Config, sys system) (*Watcher, error) {
	cfg = cfg.withDefaults()
	if len(cfg.Roots) == 0 {
		return nil, errors.New("watch: no roots")
	}
	w := &Watcher{
		batches:  make(chan Batch),
		requests: make(chan func(*worker)),
		done:     make(chan struct{}),
		ended:    make(chan struct{}),
	}
	k := newWorker(w, cfg, sys)
	for _, path := range cfg.Roots {
		r, err := rootAt(path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(k.tree.roots, r) {
			k.tree.roots = append(k.tree.roots, r)
		}
	}
	k.connect(sys.notify)
	w.initial = k.adopt()
	go k.run()
	return w, nil
}

// rootAt examines a root.
func rootAt(path string) (root, error) {
	r := root{path: filepath.Clean(path)}
	info, err := os.Stat(r.path)
	if err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return r, fmt.Errorf("watch %s: %w", path, err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return r, fmt.Errorf("watch %s: neither a file nor a directory", path)
	}
	r.file = !info.IsDir()
	if r.abs, err = filepath.Abs(r.path); err != nil {
		return r, fmt.Errorf("watch %s: %w", path, err)
	}
	return r, nil
}

// Initial gives the files there were when New returned, sorted by path, as
// changes from nothing. Batches are relative to it: nothing is lost between
// Initial and the first of them.
func (w *Watcher) Initial() []Change { return w.initial }

// Batches gives the channel on which batches arrive. It is closed after Close;
// what was not received by then is lost. While nobody receives, batches are
// merged.
func (w *Watcher) Batches() <-chan Batch { return w.batches }

// Polling reports whether roots are scanned at intervals, because Config.Poll
// says so or because notification cannot be relied on.
func (w *Watcher) Polling() bool { return w.polling.Load() }

// Add watches one more root. Files that are new by this come as a batch. Adding
// a root again changes nothing.
func (w *Watcher) Add(path string) error {
	r, err := rootAt(path)
	if err != nil {
		return err
	}
	return w.request(context.Background(), func(k *worker) { k.add(r) })
}

// Rescan reads all files now and gives what is different from what the reader
// of Batches has, including a batch that waited to be received and content that
// is not Ready. Nothing of it will come as a batch again. A file that is
// missing is not yet in it; it comes as a batch, if it stays away. The error is
// ErrClosed or that of ctx.
func (w *Watcher) Rescan(ctx context.Context) (b Batch, err error) {
	err = w.request(ctx, func(k *worker) { b = k.rescan() })
	return b, err
}

// request has the worker run f and waits for it. ctx only ends the wait for
// the worker to begin, so that nothing f does is lost.
func (w *Watcher) request(ctx context.Context, f func(*worker)) error {
	finished := make(chan struct{})
	select {
	case <-w.done:
		return ErrClosed
	default:
	}
	select {
	case w.requests <- func(k *worker) { f(k); close(finished) }:
		<-finished
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.ended:
		return ErrClosed
	}
}

// Close stops watching and returns when all goroutines of the watcher have
// ended. It may be called more than once.
func (w *Watcher) Close() error {
	w.closing.Do(func() { close(w.done) })
	<-w.ended
	return w.err
}
