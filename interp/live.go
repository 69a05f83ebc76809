package interp

import (
	"maps"
	"reflect"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"

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
	// Repeat makes the script's time and random numbers repeatable; nil leaves
	// time real and has the numbers follow from a seed that the report tells.
	Repeat *Repeat
	// PatchGrace is how long a patch waits for calls in flight to end, while new
	// ones wait; 0 takes 20 milliseconds. After it the patch lands under them and
	// they finish in the code they started in, which the race detector reports.
	PatchGrace time.Duration
	// Exclusive keeps calls out while something is compiled, not only while it
	// becomes live. The interpreter writes, with the values that they have, to
	// records that running code reads, which the race detector reports.
	Exclusive bool
	// Packages is what the script can import beside the standard library.
	Packages *Packages
}

// Live is one script in a running interpreter: a program, and what of it the
// interpreter holds under which names. All methods may be called from any
// goroutine. Calls of handlers run concurrently; everything that compiles is
// serialised by mu, and a patch becomes visible between calls when these end
// within a short grace. Calls do not wait while a new source is checked.
type Live struct {
	opt     Options
	host    *host
	seed    int64
	i       *yaegi.Interpreter
	gate    gate
	stop    stopper
	workers workers

	applying sync.Mutex // held for a whole Apply; never taken while mu is held

	mu       sync.Mutex // guards what follows, and the interpreter's compiler
	gen      int
	prog     *program
	listed   listing
	names    *names
	versions map[string]int
	known    map[string]bool // interpreter packages and conversions that were given to Use
	dyns     *dynTypes       // what interface values can hold
	// unsettled are the entries of functions whose callers make the frames of an
	// older version; see bodies.go.
	unsettled  map[*entry]bool
	globals    atomic.Pointer[byte] // the interpreter's frame of what is global
	settling   bool                 // settler is going to run
	settleWait time.Duration
	settler    *time.Timer // nil before there was something to settle

	// tables guards what running scripts register and what is looked up for
	// them while mu may be held elsewhere.
	tables    sync.Mutex
	vars      map[string]reflect.Value  // unit id -> pointer to the variable
	handlers  map[string]reflect.Value  // unit id -> the function as the host calls it
	symbols   map[string]symbol         // emitted function -> what it was compiled from
	current   *program                  // prog
	published map[string]int            // versions
	setBy     map[string]string         // unit id -> what gave a variable its value last
	calls     *calls                    // of current; nil until somebody asks
	served    map[string]map[string]int // handler -> versions of what it can run; nil when a version changed
	gone      []*remains                // of emissions that nothing can run any more
	// What values are of, for carrying them over; see carry.go.
	forms      map[string]reflect.Type  // key -> the interpreter's type for a declared one
	funcValues map[string]reflect.Value // key -> pointer to the one func value of a function
	functions  map[uintptr]funcValueOf  // such values, also of earlier versions
	binders    map[string]reflect.Value // key -> what makes a method value of a receiver
	bound      boundMethods
	carrying   func()          // what the patch that runs now carries over
	carried    func()          // what follows when the new code is live
	resetting  map[string]bool // variables that it has to initialise again
	publishing func()          // what makes its versions live
}

func newLive(name string, opt Options) *Live {
	if opt.Notice == nil {
		opt.Notice = func(Notice) {}
	}
	if opt.InitTimeout == 0 {
		opt.InitTimeout = 10 * time.Second
	}
	if opt.PatchGrace == 0 {
		opt.PatchGrace = patchGrace
	}
	l := &Live{opt: opt, unsettled: map[*entry]bool{}, versions: map[string]int{},
		known: map[string]bool{}, vars: map[string]reflect.Value{}, handlers: map[string]reflect.Value{},
		symbols: map[string]symbol{}, published: map[string]int{}, setBy: map[string]string{},
		forms: map[string]reflect.Type{}, funcValues: map[string]reflect.Value{}, functions: map[uintptr]funcValueOf{}, binders: map[string]reflect.Value{}}
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
	l.seed = newSeed()
	if r := opt.Repeat; r != nil {
		l.seed = r.Seed
		l.host.clock = newClock(r.Start)
		l.stop.clock = l.host.clock
	}
	l.host.dice = newDice(l.seed)
	l.dyns = l.host.dyns
	l.dyns.imp = opt.Packages.symbols()
	l.names = newNames(l.dyns)
	l.names.sorts = opt.Repeat != nil
	l.stop.overflow = func(at place) { opt.Notice(Notice{Panic: l.overflowError(at)}) }
	l.host.network = l.stop.networkSymbols
	l.host.delegate = l.stop.delegate
	l.i = yaegi.New(yaegi.Options{
		Stdout: l.host.stdout(), Stderr: l.host.stderr(), Stdin: eofReader{},
		SourcecodeFilesystem: noFiles{}, Unrestricted: true,
	})
	return l
}

// runtimeSymbols is the package that emitted code calls its host through.
func (l *Live) runtimeSymbols() yaegi.Exports {
	syms := yaegi.Exports{runtimeKey: {
		lower.SelectFunc: reflect.ValueOf(l.stop.choose),
		lower.WaitFunc:   reflect.ValueOf(l.stop.wait),
		lower.SleepFunc:  reflect.ValueOf(l.stop.sleep),
		lower.SortFunc:   reflect.ValueOf(sortKeys),
		"ResetTimer":     reflect.ValueOf(l.host.clock.resetTimer),
		"ResetTicker":    reflect.ValueOf(l.host.clock.resetTicker),
		"StopTicker":     reflect.ValueOf(l.host.clock.stopTicker),
		"Check":          reflect.ValueOf(l.stop.check),
		"Crash":          reflect.ValueOf(l.host.contain),
		"At":             reflect.ValueOf(func(function, file string, line int) { l.stop.at(place{function, file, line}) }),
		"StopFlag":       reflect.ValueOf(l.stop.use),
		lower.CountFunc:  reflect.ValueOf(shiftCount),
		lower.ClearFunc:  reflect.ValueOf(func(x any) { reflect.ValueOf(x).Clear() }),
		lower.PrintFunc:  reflect.ValueOf(l.host.printBuiltin),
		lower.RangeFunc: reflect.ValueOf(func(function, file string, line, state int) {
			l.stop.at(place{function, file, line})
			panic(rangeMisuse[state])
		}),
		lower.PanicFunc:     reflect.ValueOf(func(v any) { panic(v) }),
		lower.RecoveredFunc: reflect.ValueOf(func(v any) any { return recovered(v, l.host.failure()) }),
		"Trace":             reflect.ValueOf(l.takePanicTrace),
		"Retrace":           reflect.ValueOf(l.putPanicTrace),
		"Var": reflect.ValueOf(func(id string, p any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.vars[id] = reflect.ValueOf(p)
		}),
		rtForm: reflect.ValueOf(func(key string, p any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.forms[key] = reflect.TypeOf(p).Elem()
		}),
		rtValue: reflect.ValueOf(func(key string, p any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			v := reflect.ValueOf(p)
			l.funcValues[key] = v
			l.noteFunction(closureOf(v.Elem()), key)
		}),
		rtBinder: reflect.ValueOf(func(key string, f any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.binders[key] = reflect.ValueOf(f)
		}),
		lower.BindFunc: reflect.ValueOf(l.bound.note),
		rtCarry: reflect.ValueOf(func() {
			if l.carrying != nil {
				l.carrying()
			}
		}),
		rtCarried: reflect.ValueOf(func() {
			if l.carried != nil {
				l.carried()
			}
		}),
		rtPublish: reflect.ValueOf(func() {
			if l.publishing != nil {
				l.publishing()
			}
		}),
		rtReset: reflect.ValueOf(func(id string) bool { return l.resetting[id] }),
		"Func": reflect.ValueOf(func(id string, f any) {
			l.tables.Lock()
			defer l.tables.Unlock()
			l.handlers[id] = reflect.ValueOf(f)
		}),
	}}
	maps.Copy(syms[runtimeKey], l.dyns.symbols())
	maps.Copy(syms[runtimeKey], l.dyns.methodSymbols())
	maps.Copy(syms[runtimeKey], l.dyns.templateSymbols())
	maps.Copy(syms[runtimeKey], l.dyns.reflectMethods())
	return syms
}

// closureOf tells func values apart: two are the same when it is. The function
// that a func value leads to is not enough, all of the interpreter's lead to one.
func closureOf(f reflect.Value) unsafe.Pointer {
	p := reflect.New(f.Type())
	p.Elem().Set(f)
	return *(*unsafe.Pointer)(p.UnsafePointer())
}

// functionOf finds which declared function a func value is, if it is one.
func (l *Live) functionOf(f reflect.Value) (key string) {
	l.tables.Lock()
	defer l.tables.Unlock()
	p := closureOf(f)
	if v := l.functions[uintptr(p)]; v.is.Value() == (*byte)(p) { // and not something else in its place
		return v.key
	}
	return ""
}

// funcValueOf is a func value of a declared function. It is not kept alive.
type funcValueOf struct {
	key string
	is  weak.Pointer[byte]
}

// noteFunction notes the func value of a function. tables is held.
func (l *Live) noteFunction(p unsafe.Pointer, key string) {
	v := funcValueOf{key, weak.Make((*byte)(p))}
	l.functions[uintptr(p)] = v
	live := weak.Make(l)
	runtime.AddCleanup((*byte)(p), func(at uintptr) {
		if l := live.Value(); l != nil {
			l.tables.Lock()
			if l.functions[at] == v {
				delete(l.functions, at)
			}
			l.tables.Unlock()
		}
	}, uintptr(p))
}

// runtimeKey is the key of the runtime package for the interpreter's Use.
const runtimeKey = lower.RuntimePath + "/rt"

// adopt makes p the live program. mu is held, or nobody else has the script yet.
func (l *Live) adopt(p *program) {
	l.prog = p
	l.tables.Lock()
	l.current, l.calls, l.served = p, nil, nil
	l.tables.Unlock()
}

// know makes emitted functions known to traces.
func (l *Live) know(symbols map[string]symbol) {
	l.tables.Lock()
	for name, s := range symbols {
		s.version = l.published[s.id]
		l.symbols[name] = s
	}
	l.tables.Unlock()
}

// numbered gives what was compiled last the versions that its units have got.
func (l *Live) numbered(symbols map[string]symbol) {
	l.tables.Lock()
	defer l.tables.Unlock()
	for name := range symbols {
		s := l.symbols[name]
		s.version = l.published[s.id]
		l.symbols[name] = s
	}
}

// setVersion notes the version that a unit has from now on.
func (l *Live) setVersion(id string, v int, setBy string) {
	l.versions[id] = v
	l.tables.Lock()
	l.published[id] = v
	l.served = nil
	if setBy != "" {
		l.setBy[id] = setBy
	}
	l.tables.Unlock()
}

// Close ends the script: its goroutines end at their next loop or call, timers
// do not fire any more, output is delivered. A goroutine that is blocked for
// ever stays blocked.
func (l *Live) Close() {
	l.mu.Lock()
	if l.settler != nil {
		l.settler.Stop()
	}
	l.mu.Unlock()
	l.stop.all()
	l.workers.close()
	l.host.Close()
}

// Stop ends all calls in flight and says how many there were.
func (l *Live) Stop() int { return l.stop.calls(ErrStopped) }

// Units describes the script's units as they are now.
func (l *Live) Units() []Unit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.listed.units)
}
