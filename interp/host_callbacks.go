package interp

import (
	"context"
	"maps"
	"reflect"
	"runtime"
	"time"
)

// callbackSymbols are the functions that run script code on goroutines of the
// standard library's, where a panic would end the process and where code must
// not run any more once the script is gone. Of package syscall it is Exit.
func (h *host) callbackSymbols(importPath string) symbolMap {
	switch importPath {
	case "time":
		if h.clock != nil {
			return h.clock.symbols(h.guard)
		}
		return symbolMap{"AfterFunc": reflect.ValueOf(func(d time.Duration, f func()) *time.Timer {
			done := h.timed.add(f)
			return time.AfterFunc(d, h.guard(func() {
				done()
				f()
			}))
		})}
	case "context":
		out := symbolMap{"AfterFunc": reflect.ValueOf(func(ctx context.Context, f func()) func() bool {
			return context.AfterFunc(ctx, h.guard(f))
		})}
		if h.clock != nil {
			maps.Copy(out, h.clock.contextSymbols())
		}
		return out
	case "runtime":
		return symbolMap{"SetFinalizer": reflect.ValueOf(h.setFinalizer)}
	case "syscall":
		return symbolMap{"Exit": reflect.ValueOf(h.exitScript)}
	}
	return nil
}

// setFinalizer is runtime.SetFinalizer with a finalizer that reports its
// panics. What the runtime refuses it refuses with the same message.
func (h *host) setFinalizer(obj, finalizer any) {
	f := reflect.ValueOf(finalizer)
	if f.Kind() != reflect.Func || f.IsNil() || f.Type().IsVariadic() {
		runtime.SetFinalizer(obj, finalizer)
		return
	}
	guarded := reflect.MakeFunc(f.Type(), func(args []reflect.Value) (results []reflect.Value) {
		for i := range f.Type().NumOut() {
			results = append(results, reflect.Zero(f.Type().Out(i)))
		}
		h.guard(func() { results = f.Call(args) })()
		return results
	})
	runtime.SetFinalizer(obj, guarded.Interface())
}
