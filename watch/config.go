package watch

import "time"

// Default times of a Config; see its fields.
const (
	DefaultHoldFor = 200 * time.Millisecond
	DefaultGrace   = 400 * time.Millisecond
)

// Config says what is watched and how patient the watcher is. Only Roots is
// required. The functions are called on the watcher's own goroutine (Match and
// SkipDir from New and Add too): they should be quick and must not call methods
// of the Watcher.
type Config struct {
	// Roots are the files and directories to watch, directories with all that
	// is below them. Paths in batches begin as the root does: relative when it
	// is relative, to the working directory at the time of New. A file reached
	// from several roots is delivered under one path. A root that is a file
	// counts whatever Match says.
	Roots []string

	// Match says which files count. Nil is MatchGo. Editors' temporary files
	// never count.
	Match func(path string) bool

	// SkipDir says which directories below a root are left out, by their last
	// element. Nil is SkipHidden.
	SkipDir func(name string) bool

	// Ready, if not nil, says whether the content about to be delivered looks
	// whole, for example whether it parses and lost no declarations. It is given
	// all changes of the coming batch at once. After false they wait, together,
	// for the next change or for HoldFor, whichever comes first.
	Ready func(changes []Change) bool

	// Settle is how long no event may come before a batch goes out. 0 lets the
	// watcher choose: under a millisecond for one file, longer for several.
	Settle time.Duration

	// HoldFor is how long content that is not whole must stay unchanged to be
	// delivered as it is. 0 takes DefaultHoldFor.
	HoldFor time.Duration

	// Grace is how long a file must be missing to count as removed. 0 takes
	// DefaultGrace.
	Grace time.Duration

	// Poll > 0 scans the roots at this interval instead of asking the system
	// for events.
	Poll time.Duration
}

// withDefaults fills in what was left zero.
func (c Config) withDefaults() Config {
	if c.Match == nil {
		c.Match = MatchGo
	}
	if c.SkipDir == nil {
		c.SkipDir = SkipHidden
	}
	if c.HoldFor <= 0 {
		c.HoldFor = DefaultHoldFor
	}
	if c.Grace <= 0 {
		c.Grace = DefaultGrace
	}
	return c
}

// Change says what one file has become. The slices are shared and must not be
// modified.
type Change struct {
	Path    string
	Old     []byte // what was delivered last; nil when the file is new
	Text    []byte // what it is now; nil when Removed, never nil otherwise
	Removed bool
}

// Batch is a set of changes that belong together, sorted by path, at most one
// for each path. A batch may carry notices alone.
type Batch struct {
	Changes []Change
	Notices []Notice

	First    time.Time     // when the first event arrived
	Settled  time.Time     // when the batch was found whole
	ReadTook time.Duration // reading the files, all attempts together; part of Settled-First
}

// Notice is something the user should know: a file or directory that cannot be
// read, a fall-back to polling. The same notice is not repeated while its cause
// lasts. Path is empty when it concerns the watcher as a whole.
type Notice struct {
	Path string
	Text string
}

// String is the notice as one line.
func (n Notice) String() string {
	if n.Path == "" {
		return n.Text
	}
	return n.Path + ": " + n.Text
}
