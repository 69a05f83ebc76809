package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"hotloop/interp"
)

// live is a running script as the child's end of the wire drives it; it is
// what interp.Live offers. All methods may be called from any goroutine.
type live interface {
	Apply(src interp.Source, planOnly bool) interp.Outcome
	Call(ctx context.Context, req interp.CallRequest) interp.Call
	Eval(ctx context.Context, code string) (interp.Value, *interp.CallError)
	State() []interp.Var
	Set(ctx context.Context, name, expr string) (before, after interp.Value, fail *interp.CallError)
	Stop() int
	Close()
}

// liveHooks is what a live script calls of its own accord, from any goroutine.
type liveHooks struct {
	Notice func(interp.Notice)
	Exit   func(code int)   // the script called os.Exit; does not return
	Stuck  func(why string) // a call cannot be ended; does not return
	Repeat *interp.Repeat   // makes the script repeatable; may be nil
}

// loadFunc evaluates a script. The live script is nil when it was refused.
type loadFunc func(src interp.Source, base interp.Baseline, hooks liveHooks) (live, interp.Outcome)

// wireHost is the child's end of the wire: it answers the frames of one
// session with one live script.
//
// Its goroutines: serve reads frames; one worker does loads and applies in the
// order they came, since each builds on the texts and lists of the one before;
// every other request has a goroutine of its own.
type wireHost struct {
	in   *frameReader
	out  *frameWriter
	load loadFunc
	exit func(code int) // ends the process

	texts   sourceTexts // owned by serve
	work    chan func() // to the worker
	workers sync.WaitGroup

	mu      sync.Mutex
	script  live // nil until a load went well
	cancels map[uint64]context.CancelFunc
}

func newWireHost(in io.Reader, out io.Writer, load loadFunc, exit func(int)) *wireHost {
	return &wireHost{
		in:      newFrameReader(in),
		out:     newFrameWriter(out),
		load:    load,
		exit:    exit,
		work:    make(chan func(), 16),
		cancels: map[uint64]context.CancelFunc{},
	}
}

var errNotLoaded = errors.New("nothing is loaded in this engine")

// serve answers frames until the parent says close or its end of the stream is
// gone, ends the live script and returns. It returns an error only when the
// stream broke. Calls in flight are not waited for, and closing the script not for
// long: the process ends next.
func (h *wireHost) serve(hello helloMessage) error {
	if err := h.out.send(frameHello, 0, hello, nil); err != nil {
		return err
	}
	h.workers.Go(func() {
		for job := range h.work {
			job()
		}
	})
	err := h.read()
	close(h.work)
	if s := h.live(); s != nil {
		closed := make(chan struct{})
		go func() {
			s.Close()
			close(closed)
		}()
		select {
		case <-closed:
		case <-time.After(closeGrace): // it is in the middle of something long
		}
	}
	return err
}

func (h *wireHost) read() error {
	for {
		f, err := h.in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch f.kind {
		case frameClose:
			return nil
		case frameCancel:
			h.mu.Lock()
			cancel := h.cancels[f.id]
			h.mu.Unlock()
			if cancel != nil {
				cancel()
			}
		case framePing:
			if err := h.out.send(frameReply, f.id, nil, nil); err != nil {
				return err
			}
		case frameLoad:
			var m loadMessage
			if err := f.decode(&m); err != nil {
				return err
			}
			src, err := h.texts.decode(m.Source, f.blob)
			if err != nil {
				return err
			}
			h.work <- func() {
				h.answer(f, func(context.Context) (any, error) { return h.doLoad(src, m.Baseline, m.Repeat) })
			}
		case frameApply:
			var m applyMessage
			if err := f.decode(&m); err != nil {
				return err
			}
			src, err := h.texts.decode(m.Source, f.blob)
			if err != nil {
				return err
			}
			h.work <- func() {
				h.answer(f, func(context.Context) (any, error) { return h.doApply(src, m.PlanOnly) })
			}
		default:
			ctx := h.begin(f.id)
			go func() {
				defer h.finish(f.id)
				h.answerIn(ctx, f, func(ctx context.Context) (any, error) { return h.handle(ctx, f) })
			}()
		}
	}
}

// begin makes a request's context known to frameCancel. It runs on the reading
// goroutine, so that a cancel frame right behind always finds it.
func (h *wireHost) begin(id uint64) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	h.mu.Lock()
	h.cancels[id] = cancel
	h.mu.Unlock()
	return ctx
}

func (h *wireHost) finish(id uint64) {
	h.mu.Lock()
	cancel := h.cancels[id]
	delete(h.cancels, id)
	h.mu.Unlock()
	cancel()
}

func (h *wireHost) answer(f frame, do func(context.Context) (any, error)) {
	h.answerIn(context.Background(), f, do)
}

// answerIn carries out one request and sends its result. A panic that reaches
// this place is a fault of the engine and not of the script, whose panics are
// results; it costs the request only.
func (h *wireHost) answerIn(ctx context.Context, f frame, do func(context.Context) (any, error)) {
	result, err := func() (result any, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("internal error during %s: %v\n%s", f.kind, p, debug.Stack())
			}
		}()
		return do(ctx)
	}()
	if err == nil {
		if err = h.out.send(frameReply, f.id, result, nil); err != nil {
			// A value that promised a JSON form and has none.
			err = h.out.send(frameReply, f.id, withoutValues(result), nil)
		}
	}
	if err != nil {
		// When the stream itself is broken this is lost too, and serve ends.
		h.out.send(frameFail, f.id, err.Error(), nil)
	}
}

// withoutValues gives a result with the texts and types of its values alone.
func withoutValues(result any) any {
	switch r := result.(type) {
	case interp.Call:
		r.Returns = slices.Clone(r.Returns)
		for i := range r.Returns {
			r.Returns[i].Value = nil
		}
		return r
	case []interp.Var:
		r = slices.Clone(r)
		for i := range r {
			r[i].Value = nil
		}
		return r
	case evalMessage:
		r.Value.Value = nil
		return r
	case []interp.Trial:
		for i := range r { // made for this reply alone
			for k := range r[i].Call.Returns {
				r[i].Call.Returns[k].Value = nil
			}
			for k := range r[i].Touched {
				r[i].Touched[k].Before.Value, r[i].Touched[k].After.Value = nil, nil
			}
		}
		return r
	case setResult:
		r.Before.Value, r.After.Value = nil, nil
		return r
	}
	return result
}

func (h *wireHost) live() live {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.script
}

// loadGC is how much more than what is live the heap may hold during a load, in
// percent.
const loadGC = 400

func (h *wireHost) doLoad(src interp.Source, base interp.Baseline, repeat *interp.Repeat) (any, error) {
	if h.live() != nil {
		return nil, errors.New("a script is loaded already")
	}
	// There is little to collect while all that is made stays.
	before := debug.SetGCPercent(loadGC)
	script, out := h.load(src, base, liveHooks{Notice: h.notice, Exit: h.scriptExit, Stuck: h.scriptStuck, Repeat: repeat})
	debug.SetGCPercent(before)
	h.mu.Lock()
	h.script = script
	h.mu.Unlock()
	return out, nil
}

func (h *wireHost) doApply(src interp.Source, planOnly bool) (any, error) {
	script := h.live()
	if script == nil {
		return nil, errNotLoaded
	}
	return script.Apply(src, planOnly), nil
}

// handle carries out the requests that run beside each other.
func (h *wireHost) handle(ctx context.Context, f frame) (any, error) {
	script := h.live()
	if script == nil {
		return nil, errNotLoaded
	}
	switch f.kind {
	case frameCall:
		var m callMessage
		if err := f.decode(&m); err != nil {
			return nil, err
		}
		return script.Call(ctx, interp.CallRequest{ID: m.ID, Function: m.Function, Data: f.blob, Timeout: m.Timeout, At: m.At}), nil
	case frameEval:
		var code string
		if err := f.decode(&code); err != nil {
			return nil, err
		}
		v, fail := script.Eval(ctx, code)
		return evalMessage{v, fail}, nil
	case frameState:
		return script.State(), nil
	case frameSet:
		var m setMessage
		if err := f.decode(&m); err != nil {
			return nil, err
		}
		before, after, fail := script.Set(ctx, m.Name, m.Expr)
		return setResult{before, after, fail}, nil
	case frameStop:
		return script.Stop(), nil
	case frameParts, frameShape:
		return lookCloser(script, f)
	case frameTry:
		return try(ctx, script, f)
	case frameChance:
		var functions []string
		if err := f.decode(&functions); err != nil {
			return nil, err
		}
		return chanceOf(script, functions), nil
	case frameOld:
		return oldOf(script)
	}
	return nil, fmt.Errorf("unknown request %s", f.kind)
}

func (h *wireHost) notice(n interp.Notice) {
	h.out.send(frameNotice, 0, n, nil) // no parent, no listener: nothing to do about an error
}

// scriptExit ends the process as the script asked to.
func (h *wireHost) scriptExit(code int) { h.quit(exitMessage{Code: code}, code) }

// scriptStuck ends the process because a call in it cannot be ended.
func (h *wireHost) scriptStuck(why string) { h.quit(exitMessage{Reason: why}, 3) }

// quit tells the parent why, waits a moment until it has that, and ends the
// process.
func (h *wireHost) quit(m exitMessage, status int) {
	sent := make(chan struct{})
	go func() {
		h.out.send(frameExit, 0, m, nil)
		h.out.flush()
		close(sent)
	}()
	select {
	case <-sent:
	case <-time.After(time.Second): // the parent does not read any more
	}
	h.exit(status)
}
