package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"hotloop/interp"
)

// CallFailure is the error of a call that gave no result, apart from an error
// that the function itself returned, which comes as it is.
type CallFailure struct {
	Script, Function string
	Err              interp.CallError
}

func (e *CallFailure) Error() string {
	return fmt.Sprintf("%s.%s: %s: %s", e.Script, e.Function, e.Err.Kind, e.Err.Message)
}

// valueCaller is an engine in this process, which takes Go values as they are.
type valueCaller interface {
	Invoke(ctx context.Context, req interp.InvokeRequest) (interp.Invocation, error)
	During(ctx context.Context, what string, f func()) (string, *interp.CallError, error)
}

// Invoke calls a function with Go values.
func (e *inProcess) Invoke(ctx context.Context, req interp.InvokeRequest) (interp.Invocation, error) {
	live, err := e.running()
	if err != nil {
		return interp.Invocation{}, err
	}
	inv := live.Invoke(ctx, req)
	if e.hasEnded() {
		return inv, ErrEngineGone
	}
	return inv, nil
}

// During runs a function of the program's as a call of the script.
func (e *inProcess) During(ctx context.Context, what string, f func()) (string, *interp.CallError, error) {
	live, err := e.running()
	if err != nil {
		return "", nil, err
	}
	out, fail := live.During(ctx, what, f)
	if e.hasEnded() {
		return out, fail, ErrEngineGone
	}
	return out, fail, nil
}

var errorInterface = reflect.TypeFor[error]()

// Func gives a handle to a function of a script, "door.OnOpen", that always runs
// the newest version. F is a function type whose last result is an error; the
// script's function may have one or not. A leading context bounds the call, for
// functions that take one and those that do not; without one the session's
// timeout does.
//
// Arguments and results pass as they are where the types are the same compiled
// ones, are converted where they have the same structure, and else go by JSON.
// The error is what the function returned, or a CallFailure. Func fails when
// there is no such function now; when it is gone later, the calls do.
//
// Handles may be called from any goroutine. Their calls are counted with the
// function and in Metrics; the log has those that failed.
func Func[F any](s *Session, name string) (F, error) {
	var f F
	t := reflect.TypeFor[F]()
	if t.Kind() != reflect.Func {
		return f, fmt.Errorf("%s: %s is not a function type", name, t)
	}
	results := t.NumOut() - 1
	if results < 0 || t.Out(results) != errorInterface {
		return f, fmt.Errorf("%s: the last result of %s must be an error", name, t)
	}
	if _, _, err := s.target(context.Background(), name); err != nil {
		return f, err
	}
	takesContext := t.NumIn() > 0 && t.In(0) == reflect.TypeFor[context.Context]()
	made := reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		ctx, timeout := context.Background(), s.cfg.Timeout
		if takesContext {
			ctx, timeout, args = args[0].Interface().(context.Context), 0, args[1:]
		}
		if t.IsVariadic() {
			last := args[len(args)-1]
			args = args[: len(args)-1 : len(args)-1]
			for i := range last.Len() {
				args = append(args, last.Index(i))
			}
		}
		out := make([]reflect.Value, results+1)
		into := make([]reflect.Value, results)
		for i := range results {
			into[i] = reflect.New(t.Out(i))
		}
		err := s.invoke(ctx, name, timeout, args, func(inv *interp.Invocation) error {
			if len(inv.Results) != results {
				return fmt.Errorf("%s has %d results beside an error, not %d as in %s", name, len(inv.Results), results, t)
			}
			for i := range into {
				if err := inv.Result(i, into[i]); err != nil {
					return err
				}
			}
			return nil
		})
		for i := range into {
			out[i] = into[i].Elem()
		}
		out[results] = reflect.New(errorInterface).Elem()
		if err != nil {
			out[results].Set(reflect.ValueOf(err))
		}
		return out
	})
	reflect.ValueOf(&f).Elem().Set(made)
	return f, nil
}

// Call calls a function of a script, "door.OnOpen", with Go values, and gives
// its results but for a last error, which is the error; see Func. Results of
// types that the script declares come as what JSON makes of them.
func (s *Session) Call(ctx context.Context, name string, args ...any) ([]any, error) {
	values := make([]reflect.Value, len(args))
	for i, a := range args {
		values[i] = reflect.ValueOf(a)
	}
	var out []any
	err := s.invoke(ctx, name, s.cfg.Timeout, values, func(inv *interp.Invocation) error {
		for i := range inv.Results {
			out = append(out, inv.Plain(i))
		}
		return nil
	})
	return out, err
}

// target finds the one script that has a function.
func (s *Session) target(ctx context.Context, name string) (*script, string, error) {
	found, function, err := s.targets(ctx, FireRequest{Event: name})
	if err != nil {
		return nil, "", err
	}
	if len(found) > 1 {
		return nil, "", fmt.Errorf("%s is in %d scripts; name one, as in %s.%s", name, len(found), found[0].title(), name)
	}
	return found[0], function, nil
}

// invoke makes a call with Go values. take reads the results of one that
// succeeded.
func (s *Session) invoke(ctx context.Context, name string, timeout time.Duration, args []reflect.Value, take func(*interp.Invocation) error) error {
	sc, function, err := s.target(ctx, name)
	if err != nil {
		return err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return err
	}
	var inv interp.Invocation
	if vc, ok := e.Engine.(valueCaller); ok {
		inv, err = vc.Invoke(ctx, interp.InvokeRequest{Function: function, Args: args, Timeout: timeout})
	} else {
		inv, err = invokeJSON(ctx, e, function, timeout, args)
	}
	if err != nil {
		inv.Call = interp.Call{Function: function, Returns: []interp.Value{}, Error: s.callError(ctx, e, err)}
	}
	s.release(e)
	s.count(sc, &inv.Call)
	if inv.Call.Error != nil {
		s.append(Entry{Script: inv.Script, Event: &Event{Source: "host", Name: function, Script: inv.Script, Data: shownArguments(args), Calls: []interp.Call{inv.Call}}})
		if inv.Err != nil {
			return inv.Err
		}
		return &CallFailure{inv.Script, function, *inv.Call.Error}
	}
	if inv.Output != "" {
		s.append(Entry{Script: inv.Script, Output: &Output{Script: inv.Script, Stream: "stdout", Text: inv.Output}})
	}
	return take(&inv)
}

// arguments gives the arguments of a call as the data of an event.
func arguments(args []reflect.Value) (json.RawMessage, error) {
	list := make([]any, len(args))
	for i, a := range args {
		if a.IsValid() {
			list[i] = a.Interface()
		}
	}
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return json.Marshal(list[0])
	}
	return json.Marshal(list)
}

// shownArguments gives what the log shows of a call's arguments: nothing where
// they are too much, or none that JSON can tell.
func shownArguments(args []reflect.Value) (data json.RawMessage) {
	defer func() {
		if recover() != nil { // a method of the program's own panicked
			data = nil
		}
	}()
	const most = 4 << 10
	data, err := arguments(args)
	if err != nil || len(data) > most {
		return nil
	}
	return data
}

// invokeJSON makes the call through an engine that takes JSON.
func invokeJSON(ctx context.Context, e *engine, function string, timeout time.Duration, args []reflect.Value) (interp.Invocation, error) {
	data, err := arguments(args)
	if err != nil {
		return interp.Invocation{}, err
	}
	c, err := e.Call(ctx, interp.CallRequest{Function: function, Data: data, Timeout: timeout})
	if err != nil {
		return interp.Invocation{}, err
	}
	inv := interp.Invocation{Call: c}
	if c.Error != nil && c.Error.Kind == interp.ErrError {
		inv.Err = errors.New(c.Error.Message)
	}
	inv.FromJSON(c.Returns)
	return inv, nil
}

// During runs f as if it were a call of the script: changes to it land before
// or after f, as they do with calls. It is for what a script gave out and what
// runs its code without being fired, such as the ServeHTTP of an http.Handler
// that a script made. It runs f on a goroutine of its own and ends it as a call
// is ended; the error is a CallFailure, or says that the script does not run in
// this process.
//
// The log gets what it printed, and the call where it failed; see DuringCall
// for a program that logs it in its own way.
func (s *Session) During(ctx context.Context, script, what string, f func()) error {
	c, err := s.DuringCall(ctx, script, what, f)
	switch {
	case err != nil:
		return err
	case c.Error != nil:
		s.append(Entry{Script: script, Event: &Event{Source: "host", Name: what, Script: script, Calls: []interp.Call{c}}})
		return &CallFailure{script, what, *c.Error}
	case c.Output != "":
		s.append(Entry{Script: script, Output: &Output{Script: script, Stream: "stdout", Text: c.Output}})
	}
	return nil
}

// DuringCall is During without an entry in the log: how f ended is in the call,
// and an error means that it was not run.
func (s *Session) DuringCall(ctx context.Context, script, what string, f func()) (interp.Call, error) {
	sc, err := s.script(script)
	if err != nil {
		return interp.Call{}, err
	}
	e, err := sc.acquire(ctx)
	if err != nil {
		return interp.Call{}, err
	}
	defer s.release(e)
	vc, ok := e.Engine.(valueCaller)
	if !ok {
		return interp.Call{}, fmt.Errorf("%s runs in a process of its own", script)
	}
	began := time.Now()
	out, fail, err := vc.During(ctx, what, f)
	if err != nil {
		fail = s.callError(ctx, e, err)
	}
	c := interp.Call{Script: script, Function: what, Returns: []interp.Value{}, Output: out, Error: fail, DurationUs: time.Since(began).Microseconds()}
	s.metrics.call(&c)
	return c, nil
}

// CallValues is Call for programs that pass values of the script's own types on:
// the results come as they are, and an argument that is a reflect.Value stands
// for the value in it. The context is also the one that the function gets; it
// has no deadline of the session's, so that a function may keep it.
func (s *Session) CallValues(ctx context.Context, name string, args ...any) ([]reflect.Value, error) {
	values := make([]reflect.Value, len(args))
	for i, a := range args {
		v, ok := a.(reflect.Value)
		if !ok {
			v = reflect.ValueOf(a)
		}
		values[i] = v
	}
	var out []reflect.Value
	err := s.invoke(ctx, name, 0, values, func(inv *interp.Invocation) error {
		out = inv.Results
		return nil
	})
	return out, err
}

// Tell puts a sentence of the program's into the log, about a script or, for an
// empty name, about all.
func (s *Session) Tell(script, text string) { s.notice(script, text) }
