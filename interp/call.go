package interp

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"time"

	yaegi "github.com/traefik/yaegi/interp"
)

// stopGrace is how long a call that was told to end may take to do so before it
// is left behind: code that runs ends within a millisecond, so what takes
// longer is blocked.
const stopGrace = 100 * time.Millisecond

// unwindGrace is how long one may take that is on its way out: a deep recursion
// has many calls to leave, and the processors may have other things to do.
const unwindGrace = 3 * time.Second

// politeGrace is how long a handler that takes a context has to return by
// itself once that ended.
const politeGrace = 50 * time.Millisecond

// Call fires a handler: it decodes the data, runs the newest version and waits
// for its end, its deadline or its stop. It never panics and gives no error of
// its own; what went wrong is in the call.
func (l *Live) Call(ctx context.Context, req CallRequest) Call {
	c := Call{Function: req.Function, Returns: []Value{}}
	cctx, cancel := ctx, context.CancelFunc(func() {})
	if req.Timeout > 0 {
		cctx, cancel = context.WithTimeout(ctx, req.Timeout)
	}
	defer cancel()
	if l.host.clock != nil {
		l.forward(req.At)
	}
	h, fn, fail := l.enter(cctx, req.Function, func() (*handler, *CallError) { return l.handler(req) })
	if fail != nil {
		c.Error = fail
		return c
	}
	l.makeCall(cctx, req, h, fn.Call, &c)
	return c
}

// makeCall runs a call that was let through the gate.
func (l *Live) makeCall(ctx context.Context, req CallRequest, h *handler, fn func([]reflect.Value) []reflect.Value, c *Call) {
	c.Version, c.Versions = h.version, l.versionsOf(h.unit.id)
	given := ctx // to a handler that wants one
	if h.wantsContext && l.host.clock != nil {
		limited, done := l.host.clock.limited(ctx, req.Timeout)
		defer done()
		given = limited
	}
	start := time.Now()
	var results []reflect.Value
	var undecoded error
	out, fail := l.execute(h.unit.display(), ctx, req.Timeout, true, h.wantsContext, func() {
		args := h.args
		if h.decode != nil {
			if args, undecoded = h.decode(); undecoded != nil {
				return
			}
		}
		if h.wantsContext {
			args = append([]reflect.Value{reflect.ValueOf(given)}, args...)
		}
		results = fn(args)
	})
	c.DurationUs = time.Since(start).Microseconds()
	c.Output = out
	if fail != nil {
		c.Error = fail
		if fail.Kind == ErrTimeout || fail.Kind == ErrStopped {
			c.Error.Message = h.unit.display() + " " + fail.Message
		}
		return
	}
	if undecoded != nil {
		c.Error = &CallError{Kind: ErrArguments, Message: undecoded.Error()}
		return
	}
	c.Returns, c.Error = h.results(results)
}

// enter makes a call ready, with prepare, and lets it through the gate. The function and its
// version are read inside the gate: no patch lands between them and the call.
// When one landed after the data was decoded and took the function away, the
// call is made ready anew; when its time was over before it began, it does not
// begin.
func (l *Live) enter(ctx context.Context, function string, prepare func() (*handler, *CallError)) (*handler, reflect.Value, *CallError) {
	for {
		h, fail := prepare()
		if fail != nil {
			return nil, reflect.Value{}, fail
		}
		l.gate.enter()
		if ctx.Err() != nil {
			l.gate.leave()
			kind := ErrStopped
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				kind = ErrTimeout
			}
			return nil, reflect.Value{}, &CallError{Kind: kind, Message: function + " did not begin: a patch took all of its time"}
		}
		fn, version := l.newest(h.unit)
		if fn.IsValid() && fn.Type() == h.goType {
			h.version = version
			return h, fn, nil
		}
		l.gate.leave()
	}
}

// handler is a call made ready.
type handler struct {
	unit         *unit
	goType       reflect.Type // what the data was decoded for
	version      int
	sig          *types.Signature
	wantsContext bool
	args         []reflect.Value
	decode       func() ([]reflect.Value, error) // gives args, as part of the call, where that runs code of the script's
}

// find finds a function that can be fired.
func (l *Live) find(function string) (*handler, *CallError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.prog.unit("func " + function)
	if u == nil || u.pkg != l.prog.main() || u.name == "init" || u.generic() {
		return nil, &CallError{Kind: ErrArguments, Message: l.noHandler(function)}
	}
	if err := l.hold(u); err != nil {
		return nil, &CallError{Kind: ErrArguments, Message: err.Error()}
	}
	sig := u.obj.Type().(*types.Signature)
	l.tables.Lock()
	rt := l.handlers[u.id].Type()
	l.tables.Unlock()
	return &handler{unit: u, sig: sig, goType: rt}, nil
}

// handler finds a function and decodes its arguments.
func (l *Live) handler(req CallRequest) (*handler, *CallError) {
	h, fail := l.find(req.Function)
	if fail != nil {
		return nil, fail
	}
	sig, rts, wants := splitContext(h.sig, h.goType)
	h.wantsContext = wants
	for v := range sig.Params().Variables() {
		if readsItself(v.Type(), map[types.Type]bool{}) {
			h.decode = func() ([]reflect.Value, error) {
				return l.dyns.ownDecoder().decodeArgs(req.Data, sig, paramNames(sig), rts)
			}
			return h, nil
		}
	}
	args, err := decoder{}.decodeArgs(req.Data, sig, paramNames(sig), rts)
	if err != nil {
		return nil, &CallError{Kind: ErrArguments, Message: err.Error()}
	}
	h.args = args
	return h, nil
}

// noHandler names the nearest handlers.
func (l *Live) noHandler(name string) string {
	var all []string
	for _, u := range l.prog.main().handlers(l.prog) {
		all = append(all, u.name)
	}
	msg := fmt.Sprintf("no handler %s", name)
	if near := nearestName(name, all); near != "" {
		msg += fmt.Sprintf("; did you mean %s?", near)
	} else if len(all) > 0 {
		msg += "; there are " + strings.Join(all[:min(8, len(all))], ", ")
	}
	return msg
}

// handlers lists a package's functions that can be fired.
func (pk *pkg) handlers(p *program) []*unit {
	var out []*unit
	for _, u := range p.units {
		if u.pkg == pk && p.fireable(u) {
			out = append(out, u)
		}
	}
	return out
}

// fireable tells whether a unit is a function that can be fired.
func (p *program) fireable(u *unit) bool {
	return u.pkg == p.main() && u.kind == KindFunc && u.name != "init" && u.name != "_" && !u.generic()
}

// splitContext takes a leading context.Context off a signature.
func splitContext(sig *types.Signature, rt reflect.Type) (*types.Signature, []reflect.Type, bool) {
	var rts []reflect.Type
	for i := range rt.NumIn() {
		rts = append(rts, rt.In(i))
	}
	if sig.Params().Len() == 0 {
		return sig, rts, false
	}
	n, ok := types.Unalias(sig.Params().At(0).Type()).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "context" || n.Obj().Name() != "Context" {
		return sig, rts, false
	}
	var rest []*types.Var
	for i := 1; i < sig.Params().Len(); i++ {
		rest = append(rest, sig.Params().At(i))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(rest...), sig.Results(), sig.Variadic()), rts[1:], true
}

func paramNames(sig *types.Signature) []string {
	names := make([]string, sig.Params().Len())
	for i := range names {
		names[i] = sig.Params().At(i).Name()
	}
	return names
}

// params describes a handler's parameters for completion.
func params(fn *types.Func) []Param {
	sig := fn.Signature()
	var out []Param
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		t := typeText(v.Type())
		if i == 0 && t == "context.Context" {
			continue
		}
		out = append(out, Param{Name: v.Name(), Type: t, Fields: eventFields(v.Type())})
	}
	return out
}

// eventFields lists the names by which a struct's fields are given in an event.
func eventFields(t types.Type) []string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if _, ok := t.Underlying().(*types.Struct); !ok {
		return nil
	}
	var out []string
	for _, f := range fieldsInJSON(nil, t) {
		out = append(out, f.name)
	}
	return out
}

// hold makes sure that the host has a handler as a Go func. mu is held.
func (l *Live) hold(u *unit) error {
	l.tables.Lock()
	_, ok := l.handlers[u.id]
	l.tables.Unlock()
	if ok {
		return nil
	}
	l.gen++
	e := newEmission(l.prog, l.names, l.gen, l.i.FileSet())
	name := e.Object(u.obj)
	return l.executeHidden(e, []ast.Stmt{e.low.HiddenCall(rtFunc, e.low.Text(u.id), e.low.Ident(name))})
}

// holdAll is hold for all handlers. Where calls are kept out of compiling, the
// first call of one would wait for those in flight, and for itself when it is
// made by one of them.
func (l *Live) holdAll() error {
	l.gen++
	e := newEmission(l.prog, l.names, l.gen, l.i.FileSet())
	var body []ast.Stmt
	for _, u := range l.prog.main().handlers(l.prog) {
		body = append(body, e.low.HiddenCall(rtFunc, e.low.Text(u.id), e.low.Ident(e.Object(u.obj))))
	}
	return l.executeHidden(e, body)
}

// executeHidden compiles and runs statements of ours. mu is held.
func (l *Live) executeHidden(e *emission, body []ast.Stmt) error {
	l.sweep()
	if err := e.drain(); err != nil {
		return err
	}
	if l.opt.Exclusive {
		l.gate.close(l.opt.PatchGrace)
		defer l.gate.open()
	}
	if err := l.useAll(e); err != nil {
		return err
	}
	// Instances that nothing used while their code changed are brought up to date.
	body = append(e.publish(), body...)
	prog, err := l.compile(e, e.assemble(body))
	if err != nil {
		return err
	}
	l.publish(e)
	undo := e.publishTypes()
	if fail := l.run(l.opt.InitTimeout, nil, func() error { _, err := l.i.Execute(prog); return err }); fail != nil {
		undo()
		return errors.New(fail.Message)
	}
	l.unname(e, false)
	l.unsettle(e)
	return nil
}

// newest gives the function to call for a handler, and its version.
func (l *Live) newest(u *unit) (reflect.Value, int) {
	l.tables.Lock()
	defer l.tables.Unlock()
	return l.handlers[u.id], l.published[u.id]
}

// results turns what a handler returned into values and its error.
func (h *handler) results(rs []reflect.Value) ([]Value, *CallError) {
	tuple := h.sig.Results()
	out := []Value{}
	for i, r := range rs {
		t := tuple.At(i).Type()
		if i == len(rs)-1 && types.Identical(t, types.Universe.Lookup("error").Type()) {
			if err, ok := r.Interface().(error); ok && err != nil {
				return out, &CallError{Kind: ErrError, Message: errorText(err)}
			}
			continue
		}
		out = append(out, formatValue(r, t))
	}
	return out, nil
}

// errorText calls Error on what may be a script's own type.
func errorText(err error) (s string) {
	defer func() {
		if r := recover(); r != nil {
			s = fmt.Sprintf("an error whose Error method panics: %v", r)
		}
	}()
	return bounded(err.Error())
}

// run executes code of the script on a goroutine of its own, outside any call,
// and waits for its end.
func (l *Live) run(timeout time.Duration, ctx context.Context, f func() error) *CallError {
	if ctx == nil {
		ctx = context.Background()
	}
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	var err error
	_, fail := l.execute("what runs at load", ctx, timeout, false, false, func() {
		err = f()
		var p yaegi.Panic
		if errors.As(err, &p) { // the interpreter recovers what happens in Execute
			panic(p.Value)
		}
	})
	if fail == nil && err != nil {
		return &CallError{Kind: ErrPanic, Message: err.Error()}
	}
	return fail
}

// execute runs f on a worker of its own until it ends, ctx ends or it is
// stopped. As a call its prints are its own, it counts as in flight (the gate
// was entered by the caller) and Stop reaches it. Code that watches ctx itself
// gets a moment to end in its own way before it is ended. What is its name for
// a person.
func (l *Live) execute(what string, ctx context.Context, timeout time.Duration, call, watches bool, f func()) (output string, fail *CallError) {
	cctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := l.workers.take()
	r := &running{id: w.id, what: what, call: call, began: time.Now(), done: make(chan struct{}), cancel: cancel}
	var out *callOutput
	if call {
		out = l.host.beginCall(w.id)
	}
	var own *CallError // what went wrong inside; read once r.done is closed
	leave := sync.OnceFunc(func() {
		if call {
			l.gate.leave()
		}
	})
	l.stop.add(r)
	w.jobs <- func() {
		finished := false
		defer func() {
			// A panic, or an end by Goexit, comes through here as well.
			v := recover()
			stopped, worn := l.stop.remove(r)
			switch {
			case v != nil:
				own = l.panicError(v, l.host.takeTrace())
			case !finished && !stopped && r.deep:
				own = l.overflowError(r.place)
			case !finished && !stopped:
				own = &CallError{Kind: ErrPanic, Message: "the goroutine ended itself (runtime.Goexit)"}
			}
			leave()
			l.stop.forget(w.id)
			l.host.forgetTrace(w.id)
			if (finished || v != nil) && !worn {
				l.workers.put(w)
			} else {
				close(w.jobs)
			}
			close(r.done)
		}()
		// Where values are being read, or carried over, it is their turn first.
		if call && l.stop.waitHeld(r.id, place{function: what}) {
			runtime.Goexit()
		}
		f()
		finished = true
	}
	ended := l.await(ctx, cctx, r, watches)
	if call {
		output = out.end()
	}
	if ended && !l.stop.wasStopped(r) {
		return output, own
	}
	leave() // one that is left behind must not hold patches up
	fail = l.stoppedError(r, ended, timeout)
	if !ended {
		l.leftBehind(r, what)
	}
	return output, fail
}

// await waits for the end of a call and has it ended when its time is over. It
// is false for a call that is blocked.
func (l *Live) await(ctx, cctx context.Context, r *running, watches bool) bool {
	within := func(d time.Duration) bool {
		select {
		case <-r.done:
			return true
		case <-time.After(d):
			return false
		}
	}
	select {
	case <-r.done:
		return true
	case <-cctx.Done():
	}
	if watches && within(politeGrace) {
		return true
	}
	kind := ErrStopped
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		kind = ErrTimeout
	}
	l.stop.end(r, kind)
	for range unwindGrace / stopGrace {
		if within(stopGrace) {
			return true
		}
		if !unwinding(r.id) {
			return false
		}
	}
	return false
}

// stoppedError describes a call that was ended, or left behind.
func (l *Live) stoppedError(r *running, ended bool, timeout time.Duration) *CallError {
	l.stop.mu.Lock()
	kind, at := r.kind, r.place
	l.stop.mu.Unlock()
	e := &CallError{Kind: kind}
	switch kind {
	case ErrTimeout:
		e.Message = fmt.Sprintf("ran longer than %s and was stopped", timeout)
	default:
		e.Message = "was stopped"
	}
	switch {
	case at.file != "":
		f := l.frameAt(at)
		e.Message += fmt.Sprintf(" at %s:%d", f.File, f.Line)
		e.Trace = []Frame{f}
	case !ended:
		e.Message += "; it is blocked"
		if in := blockedIn(r.id); in != "" {
			e.Message += " (" + in + ")"
		}
		e.Message += " or still unwinding"
		if l.opt.Stuck != nil {
			e.Message += "; if it goes on, its process is ended"
		} else {
			e.Message += ", and ends as soon as it can"
		}
	}
	return e
}
