package interp

import (
	"container/list"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// layout says where in a value of a type there is something that leads
// elsewhere, and what of it must not be touched.
type layout struct {
	rt      reflect.Type
	size    uintptr
	foreign bool // of a compiled type that is not copied
	told    bool // and that is told
	parts   []part
	holes   []hole
	tells   []string // names of types in it that are not copied
}

// part is a place in a value that leads elsewhere; an array of such values, of
// a layout, when kind says so; a sync.Map when that is Struct.
type part struct {
	offset uintptr
	kind   reflect.Kind
	rt     reflect.Type
	count  int
	of     *layout
}

// hole is a place that restoring leaves as it is.
type hole struct {
	offset uintptr
	rt     reflect.Type
	locks  bool // only while goroutines of the script may hold it
}

func (l *layout) leads() bool { return len(l.parts) > 0 }

// plainPackages are compiled packages whose types are plain data throughout:
// copying all of their memory, unexported fields too, copies the value.
var plainPackages = map[string]bool{
	"bufio": true, "bytes": true, "container/list": true, "container/ring": true, "encoding/csv": true,
	"encoding/json": true, "fmt": true, "hash/adler32": true, "hash/crc32": true, "hash/crc64": true, "hash/fnv": true,
	"image": true, "image/color": true, "io": true, "math/big": true, "math/rand": true, "math/rand/v2": true,
	"internal/chacha8rand": true, "net/netip": true, "net/url": true, "strconv": true, "strings": true, "sync": true,
	"sync/atomic": true, "text/tabwriter": true, "time": true, "unique": true, "internal/sync": true, "hotloop/interp": true,
}

// neverChange are types whose values nobody changes, so that there is nothing
// to put back.
var neverChange = map[reflect.Type]bool{
	reflect.TypeFor[time.Location]():    true,
	reflect.TypeFor[regexp.Regexp]():    true,
	reflect.TypeFor[strings.Replacer](): true,
	reflect.TypeFor[sync.Pool]():        true,
	reflect.TypeFor[dynType]():          true,
}

// locks are what goroutines that run meanwhile may hold or wait for.
var locks = map[reflect.Type]bool{
	reflect.TypeFor[sync.Mutex]():     true,
	reflect.TypeFor[sync.RWMutex]():   true,
	reflect.TypeFor[sync.WaitGroup](): true,
	reflect.TypeFor[sync.Cond]():      true,
}

// ticking are types of plain packages that the runtime works on.
var ticking = map[reflect.Type]bool{
	reflect.TypeFor[time.Timer]():  true,
	reflect.TypeFor[time.Ticker](): true,
}

var layouts sync.Map // reflect.Type -> *layout

func layoutOf(rt reflect.Type) *layout {
	if l, ok := layouts.Load(rt); ok {
		return l.(*layout)
	}
	l := &layout{rt: rt, size: rt.Size()}
	l.foreign, l.told = foreign(rt)
	if !l.foreign {
		l.add(rt, 0)
	}
	actual, _ := layouts.LoadOrStore(rt, l)
	return actual.(*layout)
}

// foreign tells whether values of a type are left alone, and whether a person
// should know.
func foreign(rt reflect.Type) (left, told bool) {
	if rt.Kind() != reflect.Struct || rt.PkgPath() == "" {
		return false, false
	}
	switch {
	case neverChange[rt], rt.PkgPath() == "errors", rt.PkgPath() == "context", rt.PkgPath() == "log", strings.HasPrefix(rt.PkgPath(), "internal/abi"):
		return true, false
	case ticking[rt], !plainPackages[rt.PkgPath()]:
		return true, true
	}
	return false, false
}

// add notes the parts of a value at an offset. Types contain themselves through
// pointers only, and these are not followed here.
func (l *layout) add(rt reflect.Type, offset uintptr) {
	switch rt.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		l.parts = append(l.parts, part{offset: offset, kind: rt.Kind(), rt: rt})
	case reflect.Array:
		of := layoutOf(rt.Elem())
		for i := 0; i < rt.Len() && (of.foreign || len(of.holes) > 0); i++ {
			l.add(rt.Elem(), offset+uintptr(i)*rt.Elem().Size())
		}
		if of.leads() && len(of.holes) == 0 && rt.Len() > 0 {
			l.parts = append(l.parts, part{offset, reflect.Array, rt, rt.Len(), of})
		}
	case reflect.Struct:
		if left, told := foreign(rt); left {
			l.holes = append(l.holes, hole{offset, rt, false})
			if told {
				l.tells = append(l.tells, rt.String())
			}
			return
		}
		if rt == reflect.TypeFor[sync.Map]() {
			l.holes = append(l.holes, hole{offset, rt, false})
			l.parts = append(l.parts, part{offset: offset, kind: reflect.Struct, rt: rt})
			return
		}
		if locks[rt] {
			l.holes = append(l.holes, hole{offset, rt, true})
			return
		}
		for f := range rt.Fields() {
			// An element's list is what it is reached through, and that of a
			// list's own root is the list.
			if rt == reflect.TypeFor[list.Element]() && f.Name == "list" {
				continue
			}
			l.add(f.Type, offset+f.Offset)
		}
	}
}

// putBack makes count values at a place what the copies are, and tells whether
// they were not. Nothing is written where nothing changed: what is not the
// script's to write is never touched, and nobody who reads meanwhile notices.
func (l *layout) putBack(at, from unsafe.Pointer, count int, alone bool) (changed bool) {
	if sameBytes(at, from, l.size*uintptr(count)) {
		return false
	}
	if len(l.holes) == 0 {
		reflect.Copy(reflect.SliceAt(l.rt, at, count), reflect.SliceAt(l.rt, from, count))
		return true
	}
	for i := range count {
		to := reflect.New(l.rt)
		to.Elem().Set(reflect.NewAt(l.rt, unsafe.Add(from, uintptr(i)*l.size)).Elem())
		here := unsafe.Add(at, uintptr(i)*l.size)
		for _, h := range l.holes {
			if h.locks && alone {
				continue
			}
			reflect.NewAt(h.rt, unsafe.Add(to.UnsafePointer(), h.offset)).Elem().Set(reflect.NewAt(h.rt, unsafe.Add(here, h.offset)).Elem())
		}
		if !sameBytes(here, to.UnsafePointer(), l.size) {
			reflect.NewAt(l.rt, here).Elem().Set(to.Elem())
			changed = true
		}
	}
	return changed
}

// concurrent tells whether a program can have goroutines of its own: by a go
// statement, or by what runs its functions by itself.
func (p *program) concurrent() bool {
	p.asked.Do(func() { p.runs = p.startsGoroutines() })
	return p.runs
}

func (p *program) startsGoroutines() bool {
	return slices.ContainsFunc(p.units, func(u *unit) bool { return u.fn != nil && (u.goes || u.serves) })
}

// startsByItself are names of what runs functions in goroutines of its own.
var startsByItself = map[string]bool{"AfterFunc": true, "Go": true, "Serve": true, "ListenAndServe": true, "ListenAndServeTLS": true, "ServeTLS": true, "NewServer": true}
