package interp

import (
	randv1 "math/rand"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"hotloop/interp/generics/compiled"
)

// Repeat makes what a script does repeatable: its random numbers follow from
// Seed, and its time is a virtual one that begins at Start and goes on from
// call to call as CallRequest.At says. Waiting takes no real time.
//
// It covers math/rand, math/rand/v2 and crypto/rand, what package time tells and
// waits for, deadlines of contexts, the order in which a range loop goes through
// a map whose keys have one, and which of several cases a select statement
// takes. It does not cover how goroutines take turns, nor anything from outside:
// see [Live.Chance].
type Repeat struct {
	Seed  int64     `json:"seed"`
	Start time.Time `json:"start"`
}

// newSeed makes a seed that JSON numbers hold everywhere.
func newSeed() int64 { return int64(rand.Uint64N(1<<52)) + 1 }

// dice is the source of a script's random numbers. It may be used from any
// goroutine.
type dice struct {
	mu  sync.Mutex
	pcg rand.PCG
}

func newDice(seed int64) *dice {
	d := &dice{}
	d.Seed(seed)
	return d
}

func (d *dice) Uint64() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pcg.Uint64()
}

func (d *dice) Int63() int64 { return int64(d.Uint64() >> 1) }

// Seed is what rand.Seed does of math/rand.
func (d *dice) Seed(seed int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pcg.Seed(uint64(seed), 0x9e3779b97f4a7c15)
}

// state gives where the numbers stand; set goes back there.
func (d *dice) state() rand.PCG {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pcg
}

func (d *dice) set(s rand.PCG) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pcg = s
}

// symbols are the top-level functions of a package that throws dice, and of what
// its generic ones are made of.
func (d *dice) symbols(importPath string, syms symbolMap) symbolMap {
	switch importPath {
	case "math/rand":
		return methodsFor(syms, reflect.ValueOf(randv1.New(d)))
	case "math/rand/v2", compiled.Path:
		return methodsFor(syms, reflect.ValueOf(rand.New(d)))
	}
	return nil
}

// methodsFor gives, for the functions of a package that are also methods of the
// same type of an object, these.
func methodsFor(syms symbolMap, object reflect.Value) symbolMap {
	out := symbolMap{}
	for i := range object.NumMethod() {
		fn, ok := syms[object.Type().Method(i).Name]
		if m := object.Method(i); ok && fn.Kind() == reflect.Func && fn.Type() == m.Type() {
			out[object.Type().Method(i).Name] = m
		}
	}
	return out
}
