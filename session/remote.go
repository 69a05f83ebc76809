package session

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"hotloop/interp"
)

// Remote is a session in another process, reached over its socket: it has the
// methods that a screen needs, and a log that follows the one over there. All
// methods may be called from any goroutine; each request has a connection of its
// own, so that none waits for another.
//
// Methods without an error give what they knew last when the session does not
// answer. When it has ended, Changed says so with ErrClosed.
type Remote struct {
	socket  string
	dir     string // working directory over there, "" where it is not known
	log     *Ring
	changed *changes
	cancel  context.CancelFunc
	done    chan struct{} // closed when follow has ended

	mu      sync.Mutex
	running int
	info    Info
	scripts []interp.Script
	events  []SavedEvent
	pending []Pending
	pins    []Pin
}

// remotePatience bounds requests whose methods have no context.
const remotePatience = 10 * time.Second

// Attach opens a remote session: at is the path of a socket, or else of a script
// or directory that a session is running on; empty for the only one of the
// working directory. ctx bounds the opening alone.
func Attach(ctx context.Context, at string) (*Remote, error) {
	found, err := runningAt(ctx, at)
	if err != nil {
		return nil, err
	}
	r := &Remote{socket: found.Socket, dir: found.Dir, log: newRing(ringEntries, ringBytes), changed: newChanges(), done: make(chan struct{})}
	if err := r.call(ctx, "session.info", noParams{}, &r.info); err != nil {
		return nil, err
	}
	if r.info.Protocol != Protocol {
		return nil, fmt.Errorf("the session at %s speaks version %d of the protocol, this is version %d", r.socket, r.info.Protocol, Protocol)
	}
	var running context.Context
	running, r.cancel = context.WithCancel(context.Background())
	go r.follow(running)
	return r, nil
}

// Dir is the working directory of the session, which its paths are relative to;
// empty where it is not known.
func (r *Remote) Dir() string { return r.dir }

func runningAt(ctx context.Context, at string) (Running, error) {
	var paths []string
	if at != "" {
		info, err := os.Stat(at)
		switch {
		case err == nil && info.Mode()&fs.ModeSocket != 0:
			return Running{Socket: at}, nil
		case err != nil:
			return Running{}, err
		}
		paths = []string{at}
	}
	running, ok := FindRunning(ctx, paths)
	if !ok {
		if at == "" {
			at = "the working directory"
		}
		return Running{}, fmt.Errorf("no session of %s is running; start one with hotloop run", at)
	}
	return running, nil
}

// Close ends the connection; the session goes on.
func (r *Remote) Close() error {
	r.cancel()
	<-r.done
	return nil
}

// follow copies the log until the connection breaks or Close ends it.
func (r *Remote) follow(ctx context.Context) {
	defer close(r.done)
	defer r.changed.close()
	c, err := Dial(ctx, r.socket)
	if err != nil {
		return
	}
	defer c.Close()
	p := watchParams{From: 1}
	for {
		var reply watchReply
		if c.Call(ctx, "session.watch", p, &reply) != nil {
			return
		}
		r.mu.Lock()
		r.running = reply.Running
		r.mu.Unlock()
		for i := range reply.Entries {
			r.log.append(reply.Entries[i].entry())
		}
		p.Since, p.From = reply.Counter, reply.Next
		r.changed.bump()
	}
}

func (r *Remote) call(ctx context.Context, name string, params, result any) error {
	c, err := Dial(ctx, r.socket)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Call(ctx, name, params, result)
}

// fetch is call for what has no context and no error.
func (r *Remote) fetch(name string, result any) bool {
	ctx, cancel := context.WithTimeout(context.Background(), remotePatience)
	defer cancel()
	return r.call(ctx, name, noParams{}, result) == nil
}

// keep stores what was fetched, and gives what is known.
func keep[T any](r *Remote, at *T, got T, ok bool) T {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok {
		*at = got
	}
	return *at
}

// Info describes the session.
func (r *Remote) Info() Info {
	var got Info
	ok := r.fetch("session.info", &got)
	return keep(r, &r.info, got, ok)
}

// Scripts gives all scripts, sorted by name.
func (r *Remote) Scripts() []interp.Script {
	var got struct{ Scripts []interp.Script }
	ok := r.fetch("session.scripts", &got)
	return keep(r, &r.scripts, got.Scripts, ok)
}

// SavedEvents gives the events that are ready to fire.
func (r *Remote) SavedEvents() []SavedEvent {
	var got struct{ Events []SavedEvent }
	ok := r.fetch("session.events", &got)
	return keep(r, &r.events, got.Events, ok)
}

// Pending lists the saves that wait for Confirm.
func (r *Remote) Pending() []Pending {
	var got struct{ Pending []Pending }
	ok := r.fetch("session.pending", &got)
	return keep(r, &r.pending, got.Pending, ok)
}

// Running says how many calls were in flight at the last change.
func (r *Remote) Running() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.running
}

// Reports is as for a Session.
func (r *Remote) Reports(script string, since int) ([]interp.Report, error) {
	var got struct{ Reports []interp.Report }
	err := r.ask("session.reports", reportsParams{script, since}, &got)
	return got.Reports, err
}

// Source is as for a Session.
func (r *Remote) Source(script, unit string, version int) (text UnitText, err error) {
	err = r.ask("session.source", sourceParams{script, unit, version}, &text)
	return text, err
}

// Versions is as for a Session.
func (r *Remote) Versions(script, unit string) ([]UnitText, error) {
	var got struct{ Versions []UnitText }
	err := r.ask("session.versions", unitParams{script, unit}, &got)
	return got.Versions, err
}

// SaveEvent is as for a Session.
func (r *Remote) SaveEvent(script string, e SavedEvent) (string, error) {
	var got struct{ Path string }
	err := r.ask("session.saveEvent", saveEventParams{script, e}, &got)
	return got.Path, err
}

// SetApply is as for a Session.
func (r *Remote) SetApply(mode ApplyMode) {
	// A session that does not answer ends the screen by itself.
	_ = r.ask("session.apply", applyParams{mode}, nil)
}

// ask is call for what has no context.
func (r *Remote) ask(name string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), remotePatience)
	defer cancel()
	return r.call(ctx, name, params, result)
}

// State is as for a Session.
func (r *Remote) State(ctx context.Context, script string) ([]interp.Var, error) {
	var got struct{ Vars []interp.Var }
	err := r.call(ctx, "session.state", scriptParams{script}, &got)
	return got.Vars, err
}

// Old is as for a Session.
func (r *Remote) Old(ctx context.Context, script string) (out OldCode, err error) {
	err = r.call(ctx, "session.old", scriptParams{script}, &out)
	return out, err
}

// Parts is as for a Session.
func (r *Remote) Parts(ctx context.Context, script, name string, path []string, from, n int) (list interp.PartList, err error) {
	err = r.call(ctx, "session.parts", partsParams{script, name, path, from, n}, &list)
	return list, err
}

// Shape is as for a Session.
func (r *Remote) Shape(ctx context.Context, script, function string) ([]interp.FieldShape, error) {
	var got struct{ Params []interp.FieldShape }
	err := r.call(ctx, "session.shape", shapeParams{script, function}, &got)
	return got.Params, err
}

// Handlers is as for a Session.
func (r *Remote) Handlers(ctx context.Context) ([]Handler, error) {
	var got struct{ Handlers []Handler }
	err := r.call(ctx, "session.handlers", struct{}{}, &got)
	return got.Handlers, err
}

// Fire is as for a Session; the log over there has the event.
func (r *Remote) Fire(ctx context.Context, req FireRequest) (Event, error) {
	var got struct {
		Calls   []callReply
		Details []Detail
	}
	params := map[string]any{"event": req.Event}
	if req.Script != "" {
		params["script"] = req.Script
	}
	if len(req.Data) > 0 {
		params["data"] = req.Data
	}
	if req.TimeoutMs != nil {
		params["timeoutMs"] = *req.TimeoutMs
	}
	if err := r.call(ctx, "session.fire", params, &got); err != nil {
		return Event{}, err
	}
	e := Event{Source: req.Source, Name: req.Event, Script: req.Script, Data: req.Data, Details: got.Details}
	for _, c := range got.Calls {
		e.Calls = append(e.Calls, c.call())
	}
	return e, nil
}

// Eval is as for a Session.
func (r *Remote) Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error) {
	var v valueReply
	fail, err := scriptFault(r.call(ctx, "session.eval", evalParams{script, code}, &v))
	return v.value(), fail, err
}

// Set is as for a Session.
func (r *Remote) Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error) {
	var got struct{ Old, New valueReply }
	fail, err = scriptFault(r.call(ctx, "session.set", setParams{script, name, expr}, &got))
	return got.Old.value(), got.New.value(), fail, err
}

// scriptFault takes apart what the script did wrong and what else went wrong.
func scriptFault(err error) (*interp.CallError, error) {
	var answer *rpcError
	if errors.As(err, &answer) && answer.Code == codeScript {
		fail := &interp.CallError{Message: answer.Message}
		errorData(answer, fail)
		return fail, nil
	}
	return nil, err
}

// Reload is as for a Session.
func (r *Remote) Reload(ctx context.Context, script string, mode ApplyMode) (rep interp.Report, err error) {
	err = r.call(ctx, "session.reload", reloadParams{script, mode}, &rep)
	return rep, err
}

// Restart is as for a Session.
func (r *Remote) Restart(ctx context.Context, script string) (rep interp.Report, err error) {
	err = r.call(ctx, "session.restart", scriptParams{script}, &rep)
	return rep, err
}

// Rollback is as for a Session.
func (r *Remote) Rollback(ctx context.Context, script, unit string, version, report int) (rep interp.Report, err error) {
	err = r.call(ctx, "session.rollback", rollbackParams{script, unit, version, report}, &rep)
	return rep, err
}

// Confirm is as for a Session.
func (r *Remote) Confirm(ctx context.Context, script string, ok bool) (rep interp.Report, err error) {
	err = r.call(ctx, "session.confirm", confirmParams{script, ok}, &rep)
	return rep, err
}

// Stop is as for a Session.
func (r *Remote) Stop(ctx context.Context, script string) (int, error) {
	var got struct{ Stopped int }
	err := r.call(ctx, "session.stop", scriptParams{script}, &got)
	return got.Stopped, err
}

// Changed is as for a Session; it counts what has reached this process.
func (r *Remote) Changed(ctx context.Context, since uint64) (uint64, error) {
	return r.changed.wait(ctx, since)
}

// Log is the copy of the session's log.
func (r *Remote) Log() *Ring { return r.log }

// Replay is as for a Session.
func (r *Remote) Replay(ctx context.Context, req ReplayRequest) (replay Replay, err error) {
	err = r.call(ctx, "session.replay", replayParams{Script: req.Script, Record: req.Record, From: req.From, To: req.To}, &replay)
	return replay, err
}
