package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"hotloop/interp"
)

// Version is hotloop's own version.
const Version = "0.1.0"

// Protocol is the version of the JSON-RPC protocol that Info announces.
const Protocol = 1

// ErrEngineGone is wrapped by every error of an Engine that has ended.
var ErrEngineGone = errors.New("the script's engine has ended")

// Config is what a session is started with.
type Config struct {
	Paths   []string      // files and directories to load; positions and names are relative to the working directory
	Apply   ApplyMode     // ApplyFunctions when empty
	Timeout time.Duration // per event; 0 means none
	Settle  time.Duration // 0 takes the watcher's default
	Poll    time.Duration // > 0 scans instead of asking the system for events
	Record  string        // file to append events, reports and crashes to as JSON lines
	Events  string        // extra file of saved events
	State   string        // directory below which the history of the project is kept; empty for none
	Memory  int64         // bound of one script's process in bytes, 0 for none
	Main    bool          // fire main at load, without a deadline
	Sandbox bool          // scripts get no file writes, processes, network or environment; for child processes

	// Background lets New return before the scripts are loaded, so that a
	// screen can stand at once; they come up one by one and Changed tells.
	Background bool

	// NewEngine starts an empty engine for one script. Nil means InProcess.
	// The context bounds the start, not the life of the engine.
	NewEngine func(ctx context.Context, script string) (Engine, error)

	// Host is what a program that embeds the session adds to it.
	Host Host
}

// Bounds of a session. Those of time are fields of Session so that tests need
// not wait for them.
const (
	maxReports     = 1000             // reports kept for Reports and Rollback
	maxReportBytes = 32 << 20         // and their texts; the newest stays whatever its size
	maxGone        = 64               // removed scripts whose versions are remembered
	patience       = 10 * time.Second // what New waits for first loads at most
)

// Session is one sitting. All methods may be called from any goroutine; slices
// and pointers they return are the caller's to read and never change. After
// Close they fail with ErrClosed, apart from those that only look.
//
// doc.go says which goroutines there are and who waits for whom.
type Session struct {
	cfg     Config // fixed after New
	wd      string // fixed; absolute
	started time.Time
	tree    *tree      // has its own lock
	files   fileWatch  // nil until open has started it
	log     *Ring      // has its own lock
	changed *changes   // has its own lock
	record  *record    // nil when nothing is recorded
	history *record    // nil when no history is kept
	kept    *keptLines // has its own lock; nil when no state is kept
	pins    *pinList   // has its own locks
	loads   turns      // of engines that load
	metrics meter      // has its own lock

	ctx    context.Context // ends when Close begins
	cancel context.CancelFunc
	tasks  chan func()    // run by the loop goroutine, in order
	wg     sync.WaitGroup // all goroutines of the session but the recorder's
	calls  sync.WaitGroup // fired events that have not returned
	done   chan struct{}  // closed when Close has ended
	wrote  chan struct{}  // closed when the program's logger has had everything; nil where there is none

	// Fixed after New; see crash.go, engines.go and fire.go.
	backoff   time.Duration // first delay of a crash loop
	strikeGap time.Duration // a crash this soon after the load counts as a strike
	grace     time.Duration // what calls in flight get before their engine is closed
	closeWait time.Duration // what one engine gets to close
	probeWait time.Duration // what an engine that is overdue gets to give a sign of life
	overdue   time.Duration // how long after its deadline a call may still be under way

	// mu guards everything below and the fields of script that say so. It is
	// never held while an engine, the disk or the tree is asked for anything.
	mu          sync.Mutex
	closed      bool
	apply       ApplyMode
	scripts     map[string]*script // by name
	reports     []interp.Report    // oldest first, IDs ascending
	reportBytes int
	nextReport  int
	nextEvent   int64
	nextCall    int64
	running     int
	gone        []*memory              // of removed scripts, oldest first
	saved       map[string]*eventsFile // by absolute path
	handlers    []*Handler             // of the program; what one points to never changes
}

// New discovers the scripts of cfg.Paths, loads them and starts watching. It
// returns a PathError when a path does not exist or holds no script; a script
// that cannot be loaded is no error, it stands as "behind" with diagnostics.
// It waits until every script has been tried once, unless cfg.Background says
// otherwise or one of them takes longer than ten seconds. The context bounds
// New alone; the session lives until Close.
func New(ctx context.Context, cfg Config) (*Session, error) {
	return newSession(ctx, cfg, startWatch)
}

func newSession(ctx context.Context, cfg Config, start startWatchFunc) (*Session, error) {
	if len(cfg.Paths) == 0 && len(cfg.Host.Sources) == 0 {
		cfg.Paths = []string{"."}
	}
	if cfg.Apply == "" {
		cfg.Apply = ApplyFunctions
	}
	if cfg.NewEngine == nil {
		cfg.NewEngine = inProcessWith(cfg.Host)
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	s := &Session{
		cfg:       cfg,
		wd:        wd,
		started:   time.Now(),
		log:       newRing(ringEntries, ringBytes),
		changed:   newChanges(),
		tasks:     make(chan func(), 16),
		done:      make(chan struct{}),
		backoff:   time.Second,
		strikeGap: 5 * time.Second,
		grace:     500 * time.Millisecond,
		closeWait: 3 * time.Second,
		loads:     newTurns(),
		overdue:   time.Second,
		probeWait: probeWait,
		apply:     cfg.Apply,
		scripts:   make(map[string]*script),
		saved:     make(map[string]*eventsFile),
		pins:      newPinList(),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(start); err != nil {
		s.Close()
		return nil, err
	}
	if !cfg.Background {
		s.waitLoaded(ctx)
	}
	if err := ctx.Err(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// open finds the scripts, starts the watcher and sets the loads going. The
// watcher starts before the files are read, so that nothing falls between.
func (s *Session) open(start startWatchFunc) error {
	roots, err := findRoots(s.wd, s.cfg.Paths)
	if err != nil {
		return err
	}
	if s.cfg.Record != "" {
		var notices []string
		if s.record, notices, err = openRecord(s.cfg.Record, s.log, s.changed); err != nil {
			return err
		}
		for _, n := range notices {
			s.notice("", n)
		}
	}
	extra := ""
	if s.cfg.Events != "" {
		if extra, err = filepath.Abs(s.cfg.Events); err != nil {
			return fmt.Errorf("events file %s: %w", s.cfg.Events, err)
		}
		if !exists(extra) {
			return &PathError{Path: s.cfg.Events, Err: ErrNoPath, Next: "give --events a file that exists"}
		}
	}
	s.openState()
	s.openPins()
	if s.files, err = start(s.watchSetup(roots, extra)); err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	s.tree = newTree(s.wd, s.watchImport)
	s.tree.offered = s.cfg.Host.Packages.Has
	notices, err := s.tree.open(s.withSources(roots))
	if err != nil {
		return err
	}
	for _, n := range notices {
		s.notice("", n)
	}
	s.reconcile(nil)
	s.loadEvents(extra)
	s.wg.Add(2)
	go s.loop()
	go s.firePins()
	s.startLogger()
	return nil
}

// waitLoaded returns when no script is in its first load any more, or when
// patience or the context ends.
func (s *Session) waitLoaded(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, sc := range s.list() {
		s.mu.Lock()
		settled := sc.settled
		s.mu.Unlock()
		if settled == nil {
			continue
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return
		}
	}
}

// Close ends all engines, the watcher and the record. It may be called twice
// and from several goroutines; each call returns when all has ended, which
// takes a few seconds at most: an engine that does not close is left behind.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.closed = true
	s.mu.Unlock()

	s.cancel() // ends the loop and, with it, the goroutines of the scripts
	var errs []error
	if s.files != nil {
		errs = append(errs, s.files.Close())
	}
	s.wg.Wait() // engines are closed, their last output is logged
	s.waitCalls()
	for _, r := range []*record{s.record, s.history} {
		if r != nil {
			errs = append(errs, r.close())
		}
	}
	if s.kept != nil {
		errs = append(errs, s.kept.close())
	}
	s.changed.close()
	if s.wrote != nil {
		<-s.wrote
	}
	close(s.done)
	return errors.Join(errs...)
}

// waitCalls waits until the events whose engines ended are logged. An engine
// that was left behind may never give its calls back.
func (s *Session) waitCalls() {
	returned := make(chan struct{})
	go func() {
		s.calls.Wait()
		close(returned)
	}()
	timer := time.NewTimer(s.closeWait)
	defer timer.Stop()
	select {
	case <-returned:
	case <-timer.C:
	}
}

// Info describes the session.
func (s *Session) Info() Info {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Info{
		Version:  Version,
		PID:      os.Getpid(),
		Protocol: Protocol,
		Apply:    s.apply,
		Scripts:  len(s.scripts),
	}
}

// Scripts gives all scripts, sorted by name.
func (s *Session) Scripts() []interp.Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]interp.Script, 0, len(s.scripts))
	for _, sc := range s.sorted() {
		out = append(out, *sc.describe())
	}
	return out
}

// Running says how many calls are in flight.
func (s *Session) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running
}

// SetApply sets what saves do from now on. A save that waits for Confirm goes
// on waiting.
func (s *Session) SetApply(mode ApplyMode) {
	s.mu.Lock()
	s.apply = mode
	s.mu.Unlock()
	s.changed.bump()
}

// Log gives the bounded log of everything that happened.
func (s *Session) Log() *Ring { return s.log }

// Changed waits until anything a screen shows has changed since the given
// counter and returns the counter now. It coalesces: however much happened, one
// return. Start with 0, which returns at once. After Close it fails with
// ErrClosed.
func (s *Session) Changed(ctx context.Context, since uint64) (uint64, error) {
	return s.changed.wait(ctx, since)
}

// Reports gives the reports with an ID above since, oldest first, of one script
// or, for an empty name, of all. The newest are kept: a thousand, or
// fewer large ones.
func (s *Session) Reports(script string, since int) ([]interp.Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []interp.Report
	known := script == ""
	for _, r := range s.reports {
		if script != "" && r.Script != script {
			continue
		}
		known = true
		if r.ID > since {
			out = append(out, r)
		}
	}
	if !known {
		if _, err := s.find(script); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// list gives the scripts, sorted by name.
func (s *Session) list() []*script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sorted()
}

// sorted gives the scripts sorted by name, with mu held.
func (s *Session) sorted() []*script {
	return slices.SortedFunc(maps.Values(s.scripts), func(a, b *script) int {
		return strings.Compare(a.name, b.name)
	})
}

// find gives the script of a name, with mu held.
func (s *Session) find(name string) (*script, error) {
	if sc := s.scripts[name]; sc != nil {
		return sc, nil
	}
	return nil, &NotFoundError{
		What:    "script",
		Name:    name,
		Nearest: nearest(name, slices.Collect(maps.Keys(s.scripts))),
	}
}

// script gives the script of a name, or ErrClosed.
func (s *Session) script(name string) (*script, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.find(name)
}

// append puts an entry into the log and wakes whoever shows it.
func (s *Session) append(e Entry) {
	s.metrics.note(&e)
	s.log.append(e)
	s.changed.bump()
}

// notice logs a sentence of the session itself.
func (s *Session) notice(script, text string) {
	s.append(Entry{Script: script, Notice: text})
}
