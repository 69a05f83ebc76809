package session

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hotloop/interp"
)

// rpcMethod carries out one request. An error becomes the response's.
type rpcMethod func(ctx context.Context, s rpcSession, params json.RawMessage) (any, error)

// errShutdown makes the connection answer and then end.
var errShutdown = errors.New("shutdown")

type noParams struct{}

type scriptParams struct {
	Script string `json:"script"`
}

type fireParams struct {
	Event     string          `json:"event"`
	Script    string          `json:"script"`
	Data      json.RawMessage `json:"data"`
	TimeoutMs *int64          `json:"timeoutMs"`
	Pin       bool            `json:"pin"`
}

type evalParams struct {
	Script string `json:"script"`
	Expr   string `json:"expr"`
}

type setParams struct {
	Script string `json:"script"`
	Name   string `json:"name"`
	Expr   string `json:"expr"`
}

type sourceParams struct {
	Script  string `json:"script"`
	Unit    string `json:"unit"`
	Version int    `json:"version"`
}

type reportsParams struct {
	Script string `json:"script"`
	Since  int    `json:"since"`
}

type reloadParams struct {
	Script string    `json:"script"`
	Mode   ApplyMode `json:"mode"`
}

type rollbackParams struct {
	Script  string `json:"script"`
	Unit    string `json:"unit"`
	Version int    `json:"version"`
	Report  int    `json:"report"`
}

type replayParams struct {
	Script string `json:"script"`
	Record string `json:"record"`
	From   uint64 `json:"from"`
	To     uint64 `json:"to"`
	Fresh  bool   `json:"fresh"`
	Before int    `json:"before"`
}

type historyParams struct {
	Limit int `json:"limit"`
}

// rpcMethods are all methods there are.
var rpcMethods = map[string]rpcMethod{
	"session.info": method(func(_ context.Context, s rpcSession, _ noParams) (any, error) {
		return s.Info(), nil
	}),
	"session.scripts": method(func(_ context.Context, s rpcSession, _ noParams) (any, error) {
		return map[string]any{"scripts": wireScripts(s.Scripts())}, nil
	}),
	"session.fire": method(func(ctx context.Context, s rpcSession, p fireParams) (any, error) {
		if err := need("event", p.Event); err != nil {
			return nil, err
		}
		if p.TimeoutMs != nil && *p.TimeoutMs < 0 {
			return nil, paramsError("timeoutMs must not be negative")
		}
		e, err := s.Fire(ctx, FireRequest{Event: p.Event, Script: p.Script, Data: p.Data, TimeoutMs: p.TimeoutMs, Source: "rpc"})
		if err == nil && p.Pin {
			_, err = s.Pin(ctx, PinRequest{Event: p.Event, Script: p.Script, Data: p.Data})
		}
		if err != nil {
			return nil, err
		}
		reply := map[string]any{"calls": wireCalls(e.Calls)}
		if e.Details != nil {
			reply["details"] = e.Details
		}
		return reply, nil
	}),
	"session.eval": method(func(ctx context.Context, s rpcSession, p evalParams) (any, error) {
		if err := need("script", p.Script, "expr", p.Expr); err != nil {
			return nil, err
		}
		v, fail, err := s.Eval(ctx, p.Script, p.Expr)
		return orFail(v, fail, err)
	}),
	"session.state": method(func(ctx context.Context, s rpcSession, p scriptParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		vars, err := s.State(ctx, p.Script)
		if err != nil {
			return nil, err
		}
		return map[string]any{"vars": orEmpty(vars)}, nil
	}),
	"session.set": method(func(ctx context.Context, s rpcSession, p setParams) (any, error) {
		if err := need("script", p.Script, "name", p.Name, "expr", p.Expr); err != nil {
			return nil, err
		}
		before, after, fail, err := s.Set(ctx, p.Script, p.Name, p.Expr)
		return orFail(map[string]any{"old": before, "new": after}, fail, err)
	}),
	"session.source": method(func(_ context.Context, s rpcSession, p sourceParams) (any, error) {
		if err := need("script", p.Script, "unit", p.Unit); err != nil {
			return nil, err
		}
		return orError(s.Source(p.Script, p.Unit, p.Version))
	}),
	"session.reports": method(func(_ context.Context, s rpcSession, p reportsParams) (any, error) {
		reports, err := s.Reports(p.Script, p.Since)
		if err != nil {
			return nil, err
		}
		return map[string]any{"reports": wireReports(reports)}, nil
	}),
	"session.reload": method(func(ctx context.Context, s rpcSession, p reloadParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		if p.Mode != "" && p.Mode != ApplyFunctions && p.Mode != ApplyFile {
			return nil, paramsError(`mode must be "functions" or "file", not %q`, p.Mode)
		}
		return reportOrError(s.Reload(ctx, p.Script, p.Mode))
	}),
	"session.restart": method(func(ctx context.Context, s rpcSession, p scriptParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		return reportOrError(s.Restart(ctx, p.Script))
	}),
	"session.rollback": method(func(ctx context.Context, s rpcSession, p rollbackParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		if (p.Unit == "") == (p.Report == 0) {
			return nil, paramsError("name either a unit or a report")
		}
		return reportOrError(s.Rollback(ctx, p.Script, p.Unit, p.Version, p.Report))
	}),
	"session.stop": method(func(ctx context.Context, s rpcSession, p scriptParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		n, err := s.Stop(ctx, p.Script)
		return orError(map[string]any{"stopped": n}, err)
	}),
	"session.shutdown": method(func(context.Context, rpcSession, noParams) (any, error) {
		return struct{}{}, errShutdown
	}),
	"session.replay": method(func(ctx context.Context, s rpcSession, p replayParams) (any, error) {
		if p.Before < 0 || p.Before > 0 && !p.Fresh {
			return nil, paramsError(`"before" is the number of a report, and goes with "fresh": true`)
		}
		if p.Fresh {
			r, err := s.Rehearse(ctx, RehearsalRequest{Script: p.Script, Record: p.Record, From: p.From, To: p.To, Before: p.Before})
			return orError(wireRehearsal(r), err)
		}
		r, err := s.Replay(ctx, ReplayRequest{Script: p.Script, Record: p.Record, From: p.From, To: p.To})
		return orError(wireReplay(r), err)
	}),
	"session.history": method(func(_ context.Context, s rpcSession, p historyParams) (any, error) {
		if p.Limit < 0 {
			return nil, paramsError("limit must not be negative")
		}
		lines, notices, err := s.History(cmp.Or(p.Limit, 1000))
		return orError(map[string]any{"lines": orEmpty(lines), "notices": orEmpty(notices)}, err)
	}),
	"session.old": method(func(ctx context.Context, s rpcSession, p scriptParams) (any, error) {
		if err := need("script", p.Script); err != nil {
			return nil, err
		}
		return orError(s.Old(ctx, p.Script))
	}),
	"session.bisect": bisectMethod,
	"session.pins":   pinsMethod,
	"session.pin":    pinMethod,
	"session.unpin":  unpinMethod,
}

// method makes an rpcMethod of a function with parameters of its own.
func method[P any](do func(context.Context, rpcSession, P) (any, error)) rpcMethod {
	return func(ctx context.Context, s rpcSession, raw json.RawMessage) (any, error) {
		var p P
		if err := decodeParams(raw, &p); err != nil {
			return nil, err
		}
		return do(ctx, s, p)
	}
}

// decodeParams reads params into a struct. Names that it does not have are
// errors: a misspelt timeoutMs must not be no timeout.
func decodeParams(raw json.RawMessage, p any) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '{' {
		return paramsError("params must be an object with names")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(p)
	if err == nil {
		return nil
	}
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return paramsError("%s must be of type %s, not %s", mismatch.Field, mismatch.Type, mismatch.Value)
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		text := "unknown parameter " + quoted
		if near := nearest(strings.Trim(quoted, `"`), fieldNames(p)); len(near) > 0 {
			text += "; did you mean " + strings.Join(near, " or ") + "?"
		}
		return paramsError("%s", text)
	}
	return paramsError("%s", strings.TrimPrefix(err.Error(), "json: "))
}

func fieldNames(p any) []string {
	var names []string
	for field := range reflect.TypeOf(p).Elem().Fields() {
		names = append(names, field.Tag.Get("json"))
	}
	return names
}

// need checks that parameters, given as name and value in turn, are there.
func need(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return paramsError("parameter %q is missing", pairs[i])
		}
	}
	return nil
}

// orFail gives a result, or the error it has in its place.
func orFail(v any, fail *interp.CallError, err error) (any, error) {
	if err == nil && fail != nil {
		err = &rpcError{Code: codeScript, Message: fail.Message, Data: fail}
	}
	return orError(v, err)
}

func orError[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func reportOrError(r interp.Report, err error) (any, error) { return orError(wireReport(r), err) }

// findMethod gives the method of a name, or an error with the nearest ones.
func findMethod(name string) (rpcMethod, error) {
	if m := rpcMethods[name]; m != nil {
		return m, nil
	}
	e := &rpcError{Code: codeNoMethod, Message: fmt.Sprintf("unknown method %q", name)}
	if near := nearest(name, slices.Sorted(maps.Keys(rpcMethods))); len(near) > 0 {
		e.Message += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return nil, e
}
