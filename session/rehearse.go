package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"hotloop/interp"
)

// A rehearsal fires past events at a version of the code in engines of its own:
// every life of a script begins with a fresh engine, the seed and the time that
// it had, and goes on from event to event as it did. The session's scripts are
// not touched.

// repeater is what an engine can also do: be made repeatable, before Load.
type repeater interface{ Repeat(r interp.Repeat) }

var (
	_ repeater = (*inProcess)(nil)
	_ repeater = (*process)(nil)
)

// Repeat makes the script that will be loaded repeatable.
func (e *inProcess) Repeat(r interp.Repeat) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.repeat = &r
}

// Repeat makes the script that will be loaded repeatable.
func (p *process) Repeat(r interp.Repeat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.repeat = &r
}

// chapter is one life of one script in a record or log: a load, and the calls
// that followed.
type chapter struct {
	script string
	repeat interp.Repeat
	calls  []pastCall
	why    []string // why a call is not fired again; "" for those that are
}

// chapters splits what happened into lives. Lines are given in order.
type chapters struct {
	list []*chapter
	now  map[string]*chapter // by script
}

// unrecorded is the seed of lives whose beginning nobody noted.
const unrecorded = 1

func (c *chapters) take(l *RecordLine, only string) {
	if c.now == nil {
		c.now = map[string]*chapter{}
	}
	if r := l.Report; r != nil && r.Seed != 0 && (only == "" || r.Script == only) {
		c.begin(r.Script, interp.Repeat{Seed: r.Seed, Start: l.Time})
	}
	if l.Event == nil {
		return
	}
	for _, call := range callsOf(l.Seq, l.Time, l.Event, only) {
		ch := c.now[call.script]
		if ch == nil {
			ch = c.begin(call.script, interp.Repeat{Seed: unrecorded, Start: call.began})
		}
		ch.calls = append(ch.calls, call)
	}
}

func (c *chapters) begin(script string, r interp.Repeat) *chapter {
	ch := &chapter{script: script, repeat: r}
	c.list = append(c.list, ch)
	c.now[script] = ch
	return ch
}

// done leaves out what has no calls, and says what is not worth firing.
func (c *chapters) done(from, to uint64) []*chapter {
	list := slices.DeleteFunc(c.list, func(ch *chapter) bool {
		ch.calls = slices.DeleteFunc(ch.calls, func(p pastCall) bool { return p.seq < from || to > 0 && p.seq > to })
		return len(ch.calls) == 0
	})
	for _, ch := range list {
		ch.why = worthReplaying(ch.calls, time.Time{})
	}
	return list
}

// readChapters gives the lives in a record.
func readChapters(path string, from, to uint64, only string) (list []*chapter, notices []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var c chapters
	notices, err = ReadRecord(f, func(l RecordLine) bool {
		c.take(&l, only)
		return true
	})
	return c.done(from, to), notices, err
}

// loggedChapters gives the lives in the session's log.
func (s *Session) loggedChapters(from, to uint64, only string) []*chapter {
	var c chapters
	at, _ := s.log.Bounds()
	for {
		entries := s.log.Window(at, 1024)
		if len(entries) == 0 {
			return c.done(from, to)
		}
		for i := range entries {
			e := &entries[i]
			if e.Event != nil && e.Event.Source == "pin" {
				continue
			}
			c.take(&RecordLine{Time: e.Time, Seq: e.Seq, Event: e.Event, Report: e.Report}, only)
		}
		at = entries[len(entries)-1].Seq + 1
	}
}

// stage is what rehearsals need of a session.
type stage struct {
	newEngine func(ctx context.Context, script string) (Engine, error)
	timeout   time.Duration
}

// performance is what came of a chapter.
type performance struct {
	calls []interp.Call // as the chapter's; zero where why says something
	why   []string
	state []interp.Var // at the end; nil when the engine ended before
	lost  string       // why it could not be loaded, or ended
	// chances say, by function, what cannot be repeated.
	chances map[string][]string
}

// play fires a chapter at a version of the code.
func (g *stage) play(ctx context.Context, ch *chapter, src interp.Source) (performance, error) {
	return g.playThen(ctx, ch, src, nil)
}

// playThen does the same and, while the engine is there, something more; lost
// says why it cannot be asked.
func (g *stage) playThen(ctx context.Context, ch *chapter, src interp.Source, then func(e Engine, lost string) error) (out performance, err error) {
	out.calls, out.why = make([]interp.Call, len(ch.calls)), slices.Clone(ch.why)
	e, err := g.newEngine(ctx, ch.script)
	if err != nil {
		return out, fmt.Errorf("start an engine: %w", err)
	}
	go func() {
		for range e.Notices() { // what it says outside calls is not compared
		}
	}()
	defer e.Close()
	if r, ok := e.(repeater); ok {
		r.Repeat(ch.repeat)
	}
	loaded, err := e.Load(ctx, src, nil)
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		out.lost = err.Error()
	case loaded.Report.Status == interp.StatusRefused:
		out.lost = "it cannot be loaded"
		if ds := loaded.Report.Diagnostics; len(ds) > 0 {
			out.lost += ": " + interp.FormatDiagnostic(ds[0])
		}
	}
	for i := range ch.calls {
		p := &ch.calls[i]
		if out.why[i] != "" {
			continue
		}
		if out.lost != "" {
			out.calls[i] = lostCall(p, out.lost)
			continue
		}
		req := interp.CallRequest{Function: p.call.Function, Data: p.data, Timeout: g.timeout, At: p.began}
		c, err := e.Call(ctx, req)
		switch {
		case ctx.Err() != nil:
			return out, ctx.Err()
		case errors.Is(err, ErrEngineGone):
			out.lost = "the script's process ended in " + p.call.Function
			c = lostCall(p, out.lost)
		case err != nil:
			c = lostCall(p, err.Error())
		}
		c.Script = p.script
		out.calls[i] = c
	}
	if out.lost == "" {
		out.chances = g.chances(ctx, e, ch)
		out.state, _ = e.State(ctx)
	}
	if then != nil {
		return out, then(e, out.lost)
	}
	return out, nil
}

func lostCall(p *pastCall, why string) interp.Call {
	return interp.Call{Script: p.script, Function: p.call.Function, Returns: []interp.Value{}, Error: &interp.CallError{Kind: interp.ErrCrashed, Message: why}}
}

// stage gives what rehearsals need.
func (s *Session) stage() *stage {
	timeout := s.cfg.Timeout
	if timeout <= 0 {
		timeout = 5 * time.Second
	}
	return &stage{newEngine: s.cfg.NewEngine, timeout: timeout}
}
