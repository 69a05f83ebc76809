package interp

import (
	"flag"
	"log"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// hostHooks is what a host tells whoever runs the script. None may be nil.
type hostHooks struct {
	// exit is called for os.Exit, log.Fatal and the like, on the goroutine
	// that asked for it. If it returns, that goroutine ends.
	exit func(code int)
	// onPanic is called for a panic that was contained: it came up on a
	// goroutine or in a callback of the script's, and would have ended the
	// process. The trace is innermost first.
	onPanic func(v any, trace []traceLine)
	// onOutput gets what is printed outside calls, in batches, from one
	// goroutine at a time. Stream is "stdout" or "stderr".
	onOutput func(stream, text string)
}

// host stands between one script and its process: it owns the script's
// standard streams, tells which call printed what, takes the place of the
// process-wide state that the standard library has (default logger, command
// line), and keeps panics on foreign goroutines from ending the process.
//
// All methods may be called from any goroutine. Close ends everything the host
// started; callbacks of the script do not run any more after it.
type host struct {
	hostHooks
	name   string
	closed atomic.Bool
	out    output
	traces traces
	dyns   *dynTypes // what the script's interface values can hold
	dice   *dice     // what its random numbers come from; nil for the process's
	timed  timed     // what its timers will call
	clock  *clock    // its virtual time; nil when time is real
	// network gives functions of a package that wait for the outside world; it
	// may be nil.
	network func(importPath string) symbolMap

	// The variables that a script sees as its own os.Stdout, os.Args and so
	// on. Scripts assign to them; the host reads them without a lock, as the
	// standard library does with the real ones.
	osStdin, osStdout, osStderr *os.File
	osArgs                      []string
	commandLine                 *flag.FlagSet
	usage                       func()

	// What these were at first, nil until the script can reach them. Writes to
	// the first two files are captured.
	stdoutFile, stderrFile, stdinFile *os.File

	// delegate says that a goroutine runs on behalf of another one, and ends when
	// that is to end; 0 takes it back.
	delegate func(goroutine, of int64)

	logger  *log.Logger
	slogger atomic.Pointer[slog.Logger]

	filesOnce sync.Once
	closeOnce sync.Once
}

// newHost returns a host for the script of that name. Close must be called.
func newHost(name string, hooks hostHooks) *host {
	h := &host{hostHooks: hooks, name: name, dyns: newDynTypes(), osArgs: []string{name}, delegate: func(_, _ int64) {}}
	h.out.init(hooks.onOutput)
	h.logger = log.New(h.stderr(), "", log.LstdFlags)
	h.slogger.Store(slog.New(&defaultSlogHandler{logger: h.logger}))
	h.initFlags()
	return h
}

// Close ends the host. What was printed so far is delivered before it returns.
func (h *host) Close() {
	h.closeOnce.Do(func() {
		h.closed.Store(true)
		h.out.close()
		for _, f := range []*os.File{h.stdoutFile, h.stderrFile, h.stdinFile} {
			if f != nil {
				f.Close() // the script may have closed it already
			}
		}
	})
}

// openFiles gives the script real files as standard streams. It is done for
// scripts that can name them only: with files in play every print has to go
// through a pipe, or the order of prints and direct writes would be lost.
func (h *host) openFiles() {
	h.filesOnce.Do(func() {
		if f, err := os.Open(os.DevNull); err == nil {
			h.osStdin, h.stdinFile = f, f
		}
		stdout, stderr, err := h.out.openPipe()
		if err != nil {
			return // out of descriptors: prints work, direct writes give an error
		}
		h.stdoutFile, h.stderrFile = stdout, stderr
		h.osStdout, h.osStderr = stdout, stderr
	})
}

// exitScript does what os.Exit does in a script: nothing after it runs.
func (h *host) exitScript(code int) {
	h.exit(code)
	runtime.Goexit()
}

// contain reports a recovered panic of the goroutine it is called on.
func (h *host) contain(v any) {
	h.onPanic(v, h.takeTrace())
}

// guard wraps a callback that the standard library will run on a goroutine of
// its own.
func (h *host) guard(f func()) func() {
	return func() {
		if h.closed.Load() {
			return
		}
		defer func() {
			if r := recover(); r != nil {
				h.contain(r)
			}
		}()
		f()
	}
}

// goid returns the id of the calling goroutine. The standard library tells it
// in traces only; reading just the first line costs about two microseconds.
func goid() int64 {
	buf := stackBuffers.Get().(*[32]byte)
	n := runtime.Stack(buf[:], false)
	id := int64(0)
	for _, c := range buf[len("goroutine "):n] {
		if c < '0' || c > '9' {
			break
		}
		id = id*10 + int64(c-'0')
	}
	stackBuffers.Put(buf)
	return id
}

// stackBuffers spares goid an allocation.
var stackBuffers = sync.Pool{New: func() any { return new([32]byte) }}
