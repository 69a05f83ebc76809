package interp

import (
	"errors"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// entry is the entry point of one function of the script. Every call of it comes
// in there: from code that was compiled whenever, through func values, from
// compiled code that calls back. It is a node of our own before the first of the
// function's body. It lets whoever stops goroutines reach this one, and goes on
// in the newest version, which was compiled as a function of its own that
// nothing else leads to. So one write makes a version live everywhere, and the
// version before is garbage when the last call of it has returned and the last
// closure that it made is gone.
//
// A frame is made by who calls, from the list of types of the function's
// declaration. Once a version is settled (settle.go), that list is its own. Until
// then its frames come with what another version had, and the entry replaces
// what follows the results and parameters, which all versions have.
type entry struct {
	decl   unsafe.Pointer // the function's declaration
	first  unsafe.Pointer // the entry's node
	common int            // how many results and parameters there are
	stop   *stopper
	flag   *bool // the script's variable, see stopper
	// globals is the frame of what is global; see forget.go.
	globals *atomic.Pointer[byte]
	now     atomic.Pointer[edition]
}

// edition is the code of one version of a function.
type edition struct {
	types []reflect.Type // what is in its frames
	run   code
	made  atomic.Int32 // how much of its frames calls make; 0 when that is not of it
	asks  bool         // whether the goroutine is to end is asked first
	at    place        // where that would be
	pos   int          // of the function, as the interpreter has it
	scope unsafe.Pointer
}

// emitted is a function of an emission.
type emitted struct {
	name   string // as it is emitted
	target string // the function that it is a version of; itself if it is new
	common int
	asks   bool
	at     place
}

// enter is the code of the entry's node.
func (n *entry) enter(frame unsafe.Pointer) code {
	v, held := n.now.Load(), false
	if v.asks && isUp(n.flag) {
		n.stop.check(v.at.function, v.at.file, v.at.line)
		v, held = n.now.Load(), true // there may be another version since
	}
	if root, at := n.globals.Load(), (*unsafe.Pointer)(unsafe.Add(frame, frameRoot)); *at != unsafe.Pointer(root) {
		*at = unsafe.Pointer(root) // who calls is of before a variable went
	}
	// The interpreter's debugger, which nobody uses, has a place in each frame.
	*(*unsafe.Pointer)(unsafe.Add(frame, frameNote)) = unsafe.Pointer(v)
	data := (*[]reflect.Value)(unsafe.Add(frame, frameData))
	if made := int(v.made.Load()); made != len(v.types) || made != len(*data) || held {
		if made != len(*data) || held {
			made = n.common
		}
		full := make([]reflect.Value, len(v.types))
		for i := copy(full, (*data)[:made]); i < len(full); i++ {
			full[i] = reflect.New(v.types[i]).Elem()
		}
		*data = full
	}
	return v.run
}

// isUp reads a variable that raise writes.
//
//go:norace
func isUp(flag *bool) bool { return *flag }

// frameData is where frames have their values, frameRoot the frame of what is
// global, frameNote what edition they run. Set when there is an entry.
var frameData, frameRoot, frameNote uintptr

// errNodes is the error of an interpreter that is another one than this package
// was written for.
var errNodes = errors.New("the interpreter's records are not those of the release that is needed")

// install gives the new functions of an emission their entries. They are
// compiled and have not run.
func (l *Live) install(list []*emitted) (map[string]*entry, error) {
	rec := records()
	if rec == nil {
		return nil, errNodes
	}
	_, symbols := rec.symbolsOf(l.i)
	out := map[string]*entry{}
	for _, c := range list {
		if c.target != c.name {
			continue
		}
		decl := rec.function(symbols, c.name)
		if decl == nil || rec.body(decl) == nil || len(rec.frameTypes(decl)) < c.common {
			return nil, errNodes
		}
		out[c.name] = l.newEntry(rec, decl, c)
	}
	return out, nil
}

func (l *Live) newEntry(rec *nodeLayout, decl unsafe.Pointer, c *emitted) *entry {
	n := &entry{decl: decl, common: c.common, stop: &l.stop, flag: l.stop.flag, globals: &l.globals}
	v := rec.edition(decl, c)
	v.made.Store(int32(len(v.types)))
	rec.setFrameTypes(decl, roomy(v.types))
	body := rec.body(decl)
	start := rec.first(body)
	n.first = rec.before(start, func(at *code) {
		v.run = *rec.code(start)
		n.now.Store(v)
		*at = n.enter
	})
	n.show(rec, v)
	rec.setFirst(body, n.first)
	return n
}

// edition describes a function that was compiled.
func (rec *nodeLayout) edition(decl unsafe.Pointer, c *emitted) *edition {
	v := &edition{types: rec.frameTypes(decl), asks: c.asks, at: c.at, scope: *rec.scope(decl)}
	v.pos = *rec.pos(rec.name(decl))
	return v
}

// show has the interpreter's traces show a version where they show the entry.
//
//go:norace
func (n *entry) show(rec *nodeLayout, v *edition) {
	*rec.pos(n.first) = v.pos
	*rec.scope(n.first) = v.scope
}

// publish makes the versions of an emission live, when its code asks for it, and
// gives what takes that back. mu is held.
func (l *Live) publish(e *emission) (undo func()) {
	type swap struct {
		n   *entry
		was *edition
	}
	var swaps []swap
	l.publishing = func() {
		rec := records()
		_, symbols := rec.symbolsOf(l.i)
		for _, c := range e.emitted {
			n := l.names.entries[c.target]
			if c.target == c.name || n == nil {
				continue
			}
			decl := rec.function(symbols, c.name)
			v := rec.edition(decl, c)
			v.run = *rec.code(rec.first(rec.body(decl)))
			swaps = append(swaps, swap{n, n.now.Swap(v)})
			n.show(rec, v)
		}
	}
	return func() {
		for _, s := range swaps {
			s.n.now.Store(s.was)
			s.n.show(records(), s.was)
		}
	}
}
