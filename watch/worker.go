package watch

import (
	"slices"
	"time"
)

// shortWait is the longest wait that is slept through in system calls. The
// runtime's timers are too coarse for it; see pause.
const shortWait = 1500 * time.Microsecond

// pauseSlice is the longest time in a short wait without a look at the mailbox.
const pauseSlice = 100 * time.Microsecond

// worker is the state behind a Watcher. It belongs to the goroutine that runs
// run, and before that to start.
type worker struct {
	watcher  *Watcher
	box      *mailbox
	notifier *notifier // nil when polling without any notification
	drained  chan struct{}
	pause    func(time.Duration)

	tree     tree
	settler  *settler
	out      outbox
	clock    clock
	full     bool      // the system has no more watches
	stale    time.Time // when it was found that a scan must follow; zero if none must
	thorough bool      // that scan must not trust the stamps of fresh files

	told       map[string]string // notices of files (and, for "", of the watcher) whose cause lasts
	toldUnseen map[string]string // notices of what the last scan could not examine
}

func newWorker(w *Watcher, cfg Config, sys system) *worker {
	k := &worker{
		watcher: w,
		box:     newMailbox(),
		drained: make(chan struct{}),
		pause:   sys.pause,
		tree:    tree{match: cfg.Match, skipDir: cfg.SkipDir},
		settler: newSettler(paceOf(cfg)),

		told:       map[string]string{},
		toldUnseen: map[string]string{},
	}
	k.settler.look = sys.look
	k.settler.ready = cfg.Ready
	k.settler.locked = func() bool { return locked(k.tree.repos, k.settler.last) }
	k.settler.ended = func(since time.Time) bool { return ended(k.tree.repos, since) }
	if cfg.Poll > 0 {
		k.poll(cfg.Poll)
		k.clock.exact = true
	}
	return k
}

// poll scans at intervals from now on.
func (k *worker) poll(every time.Duration) {
	k.clock.every = every
	k.settler.blind = true
	k.watcher.polling.Store(true)
}

// connect starts the notification, unless the user wants polling.
func (k *worker) connect(notify func() (*notifier, error)) {
	if k.clock.every > 0 {
		close(k.drained)
		return
	}
	n, err := notify()
	if err != nil {
		close(k.drained)
		k.fallBack("the system gives no notification of changes (" + err.Error() + ")")
		return
	}
	k.notifier = n
	go func() {
		defer close(k.drained)
		k.box.drain(n)
	}()
}

// run is the worker goroutine.
func (k *worker) run() {
	defer close(k.watcher.ended)
	defer close(k.watcher.batches)
	defer k.disconnect()
	for {
		k.absorb()
		if !k.stale.IsZero() || k.clock.due() {
			k.scan()
		}
		done, until := k.settler.settle()
		k.recovered()
		if done {
			k.deliver()
			until = time.Now() // there may be more; but never without seeing to requests
		}
		if !k.wait(until) {
			return
		}
	}
}

// disconnect ends the notification and waits for the drain goroutine.
func (k *worker) disconnect() {
	if k.notifier != nil {
		k.watcher.err = k.notifier.backend.Close()
	}
	<-k.drained
}

// wait waits for anything to do, at most until the given time or the next
// scan, and reports false when the watcher is closed.
func (k *worker) wait(until time.Time) bool {
	if next := k.clock.next(); until.IsZero() || !next.IsZero() && next.Before(until) {
		until = next
	}
	var batches chan<- Batch
	var next Batch
	if !k.out.empty() {
		batches, next = k.watcher.batches, k.out.batch()
	}
	var timeout <-chan time.Time
	if !until.IsZero() {
		d := time.Until(until)
		if d <= shortWait {
			select {
			case batches <- next:
				k.out.take()
			case f := <-k.watcher.requests:
				f(k)
			case <-k.watcher.done:
				return false
			default:
				// In slices, so that the next event is seen to soon.
				if d > 0 && k.box.empty() {
					k.pause(min(d, pauseSlice))
				}
			}
			return true
		}
		t := time.NewTimer(d)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case batches <- next:
		k.out.take()
	case f := <-k.watcher.requests:
		f(k)
	case <-k.box.signal:
	case <-timeout:
	case <-k.watcher.done:
		return false
	}
	return true
}

// deliver commits what the settler found whole, unless more has happened
// meanwhile. In a storm more has always happened.
func (k *worker) deliver() {
	if k.settler.overdue() {
		k.commit()
		return
	}
	if !k.box.empty() {
		return
	}
	// Events take their time on a busy machine. Where more files are likely to
	// have changed than they told of so far, the disk is asked.
	if k.settler.blind || k.settler.several {
		before := k.settler.touches
		if k.scan(); k.settler.touches != before {
			return
		}
	}
	k.commit()
}

// commit hands what is pending to the outbox.
func (k *worker) commit() {
	b, failed := k.settler.commit()
	if len(b.Changes) > 0 {
		k.out.add(b)
	}
	if slices.ContainsFunc(b.Changes, func(c Change) bool { return c.Removed }) && k.tree.rootless() {
		// The system tells of a directory's end when nobody has it open any more,
		// which may be this process itself, as its working directory. The scan is
		// now, before anybody learns of the removal and can make another directory
		// in its place: that would be taken for the one that is watched.
		k.stale = time.Now()
		k.scan()
	}
	for _, f := range failed {
		k.tell(k.told, f.path, f.seen.err.Error())
	}
}
