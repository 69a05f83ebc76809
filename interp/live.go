package interp

import (
	"reflect"
	"runtime"
	"sync"
	"time"

	yaegi "github.com/traefik/yaegi/interp"

	"hotloop/interp/lower"
)

// Options says how a live script talks to whoever runs it.
type Options struct {
	// Notice is told what the script does outside calls. It is called from
	// several goroutines and must not call back into the script. May be nil.
	Notice func(Notice)
	// Exit is called when the script ends its process (os.Exit, log.Fatal),
	// on the goroutine that asked for it. When it returns, or is nil, only
	// that goroutine ends.
	Exit func(code int)
	// Stuck is called, from a goroutine of its own, when a call that was told to
	// end has not a second later, because it waits in compiled code. Nothing but
	// the end of the process ends it. May be nil.
	Stuck func(why string)
	// InitTimeout bounds what runs at load; 0 takes 10 seconds.
	InitTimeout time.Duration
}

// Live is one script in a running interpreter: a program, and what of it the
// interpreter holds under which names. All methods may be called from any
// goroutine. Calls of handlers run concurrently; everything that compiles is
// serialised by mu, and a patch becomes visible between calls when these end
// within a short grace. Calls do not wait while a new source is checked.
type Live struct {
	opt  Options
	host *host
	i    *yaegi.Interpreter
	gate gate
	stop stopper

	applying sync.Mutex // held for a whole Apply; never taken while mu is held

	mu       sync.Mutex // guards what follows, and the interpreter's compiler
	gen      int
	prog     *program
	names    *names
	versions map[string]int
	known    map[string]bool // interpreter packages that were given to Use

	// tables guards what running scripts register and what is looked up for
	// them while mu may be held elsewhere.
	tables    sync.Mutex
	vars      map[string]reflect.Value // unit id -> pointer to the variable
	handlers  map[string]reflect.Value // unit id -> the function as the host calls it
	symbols   map[string]symbol        // emitted function -> what it was compiled from
	current   *program                 // prog
	published map[string]int           // versions
	setBy     map[string]string        // unit id -> what gave a variable its value last
}

func newLive(name string, opt Options) *Live {
	if opt.Notice == nil {
		opt.Notice = func(Notice) {}
	}
	if opt.InitTimeout == 0 {
		opt.InitTimeout = 10 * time.Second
	}
	l := &Live{opt: opt, names: newNames(), versions: map[string]int{},
		known: map[string]bool{}, vars: map[string]reflect.Value{}, handlers: map[string]reflect.Value{},
		symbols: map[string]symbol{}, published: map[string]int{}, setBy: map[string]string{}}
	l.gate.init()
	l.stop.init()
	l.host = newHost(name, hostHooks{
		exit: func(code int) {
			if opt.Exit != nil {
				opt.Exit(code)
			}
		},
		onPanic: func(v any, trace []traceLine) {
			opt.Notice(Notice{Panic: l.panicError(v, trace)})
		},
		onOutput: func(stream, text string) { opt.Notice(Notice{Stream: stream, Text: text}) },
	})
	l.stop.overflow = func(at place) { opt.Notice(Notice{Panic: l.overflowError(at)}) }
	l.host.network = l.stop.networkSymbols
	l.i = yaegi.New(yaegi.Options{
		Stdout: l.host.stdout(), Stderr: l.host.stderr(), Stdin: eofReader{},
		SourcecodeFilesystem: noFiles{}, Unrestricted: true,
	})
	return l
}

// runtimeSymbols is the package that emitted code calls its host through.
func (l *Live) runtimeSymbols() yaegi.Exports {
	return yaegi.Exports{"hotloop/rt/rt": {
		lower.EqualFunc:     reflect.ValueOf(equalErrors),
		lower.SelfType:      reflect.ValueOf((*errorSelf)(nil)),
		lower.SelectFunc:    reflect.ValueOf(l.stop.choose),
		lower.WaitFunc:      reflect.ValueOf(l.stop.wait),
		lower.SleepFunc:     reflect.ValueOf(l.stop.sleep),
		"Check":             reflect.ValueOf(l.stop.check),
		"Crash":             reflect.ValueOf(l.host.contain),
		"At":                reflect.ValueOf(func(function, file string, line int) { l.stop.at(place{function, file, line, ""}) }),
		"Say":               reflect.ValueOf(func(function, file string, line int, text string) { l.stop.at(place{function, file, line, text}) }),
		"StopFlag":          reflect.ValueOf(l.stop.use),
		lower.PanicFunc:     reflect.ValueOf(func(v any) { panic(v) }),
		lower.RecoveredFunc: reflect.ValueOf(recovered),
		"Trace":             reflect.ValueOf(l.takePanicTrace),
		"Retrace":           reflect.ValueOf(l.putPanicTrace),
		"Barrier":           reflect.ValueOf(barrier),
		"Var": reflect.ValueOf(func(id string, p any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.vars[id] = reflect.ValueOf(p)
		}),
		"Func": reflect.ValueOf(func(id string, f any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.handlers[id] = reflect.ValueOf(f)
		}),
	}}
}

// adopt makes p the live program. mu is held, or nobody else has the script yet.
func (l *Live) adopt(p *program) {
	l.prog = p
	l.tables.Lock()
	l.current = p
	l.tables.Unlock()
}

// know makes emitted functions known to traces.
func (l *Live) know(symbols map[string]symbol) {
	l.tables.Lock()
	for name, s := range symbols {
		l.symbols[name] = s
	}
	l.tables.Unlock()
}

// setVersion notes the version that a unit has from now on.
func (l *Live) setVersion(id string, v int, setBy string) {
	l.versions[id] = v
	l.tables.Lock()
	l.published[id] = v
	if setBy != "" {
		l.setBy[id] = setBy
	}
	l.tables.Unlock()
}

// barrier makes every write before it visible to all goroutines: stopping the
// world orders them, whatever the processor does.
func barrier() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
}

// Close ends the script: its goroutines end at their next loop or call, timers
// do not fire any more, output is delivered. A goroutine that is blocked for
// ever stays blocked.
func (l *Live) Close() {
	l.stop.all()
	l.host.Close()
}

// Stop ends all calls in flight and says how many there were.
func (l *Live) Stop() int { return l.stop.calls(ErrStopped) }

// Units describes the script's units as they are now.
func (l *Live) Units() []Unit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.units()
}
