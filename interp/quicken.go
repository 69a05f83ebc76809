package interp

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"hotloop/interp/lower"
)

// quicken makes the code of a tree that was compiled and has not run a little
// faster: code that lowering adds must not cost what the script does not ask
// for.
//
//   - Guards run in each turn of every loop. The interpreter reads the script's
//     variable by reflection.
//   - Parentheses, blocks and statements whose parts do the work are steps of
//     their own that do nothing. What comes before goes on behind them.
//
// Closures have their code already when their tree is compiled and stay as they
// are.
func (l *nodeLayout) quicken(tree unsafe.Pointer, flag *bool) {
	for _, n := range l.parts(tree) {
		if n == nil {
			continue
		}
		if *within[string](n, l.ident) == lower.StopFlag && *within[unsafe.Pointer](n, l.fnext) == tree {
			*within[func(unsafe.Pointer)](n, l.gen) = func(n unsafe.Pointer) { l.guard(n, flag) }
		}
		l.quicken(n, flag)
		l.skip(within[unsafe.Pointer](n, l.tnext))
		l.skip(within[unsafe.Pointer](n, l.fnext))
	}
}

// guard makes the code of a guard from its condition.
func (l *nodeLayout) guard(n unsafe.Pointer, flag *bool) {
	ask, next := *l.code(*within[unsafe.Pointer](n, l.tnext)), *l.code(*within[unsafe.Pointer](n, l.fnext))
	*l.code(n) = func(unsafe.Pointer) code {
		if isUp(flag) {
			return ask
		}
		return next
	}
}

// isStep tells whether a function is a step of interpreted code, by its name in
// a stack.
func isStep(function string) bool {
	return strings.HasPrefix(function, "hotloop/interp.(*entry).") || strings.HasPrefix(function, "hotloop/interp.(*nodeLayout).guard.") || function == "hotloop/interp.isUp"
}

// skipped bounds how many nodes are skipped at a time: an empty loop has no end.
const skipped = 20

// skip leads past nodes that do nothing, but never to nothing, which would be
// the end of the function, nor to one after which there is nothing: that may be a
// return without code, which must be come to in one way only.
func (l *nodeLayout) skip(next *unsafe.Pointer) {
	for range skipped {
		n := *next
		if n == nil || *l.code(n) != nil || *within[unsafe.Pointer](n, l.fnext) != nil || !isNop(*within[func(unsafe.Pointer)](n, l.gen)) {
			return
		}
		after := *within[unsafe.Pointer](n, l.tnext)
		if after == nil || *within[unsafe.Pointer](after, l.tnext) == nil {
			return
		}
		*next = after
	}
}

// isNop tells whether what makes a node's code makes it do nothing.
func isNop(gen func(unsafe.Pointer)) bool {
	if gen == nil {
		return false
	}
	f := runtime.FuncForPC(reflect.ValueOf(gen).Pointer())
	return f != nil && strings.HasSuffix(f.Name(), "yaegi/interp.nop")
}
