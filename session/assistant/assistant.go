// Package assistant offers a session to an assistant as tools of the Model
// Context Protocol: it lists scripts, fires events, reads and sets state, and
// reads what edits did and what behaves differently since.
package assistant

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"hotloop/interp"
	"hotloop/session"
)

// Session is what the tools need; *session.Session and *session.Remote are ones.
type Session interface {
	Scripts() []interp.Script
	SavedEvents() []session.SavedEvent
	Reports(script string, since int) ([]interp.Report, error)
	Source(script, unit string, version int) (session.UnitText, error)
	State(ctx context.Context, script string) ([]interp.Var, error)
	Shape(ctx context.Context, script, function string) ([]interp.FieldShape, error)
	Fire(ctx context.Context, req session.FireRequest) (session.Event, error)
	Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error)
	Reload(ctx context.Context, script string, mode session.ApplyMode) (interp.Report, error)
	Rollback(ctx context.Context, script, unit string, version, report int) (interp.Report, error)
	Replay(ctx context.Context, req session.ReplayRequest) (session.Replay, error)
	Rehearse(ctx context.Context, req session.RehearsalRequest) (session.Rehearsal, error)
	Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error)
	Pins() []session.Pin
	Pin(ctx context.Context, req session.PinRequest) ([]session.Pin, error)
	Unpin(id int) error
	Bisect(ctx context.Context, id int) (session.Culprit, error)
}

var (
	_ Session = (*session.Session)(nil)
	_ Session = (*session.Remote)(nil)
)

type noInput struct{}

type scriptInput struct {
	Script string `json:"script" jsonschema:"name of the script"`
}

type fireInput struct {
	Event  string `json:"event" jsonschema:"name of the handler, such as OnOpen or door.OnOpen"`
	Script string `json:"script,omitempty" jsonschema:"script to fire in; all that have the handler if not given"`
	Data   any    `json:"data,omitempty" jsonschema:"JSON that the handler's parameters are decoded from"`
}

type handlerInput struct {
	Script   string `json:"script" jsonschema:"name of the script"`
	Function string `json:"function" jsonschema:"name of the handler"`
}

type evalInput struct {
	Script string `json:"script" jsonschema:"name of the script"`
	Code   string `json:"code" jsonschema:"Go expression or statement, in the script's package"`
}

type reportsInput struct {
	Script string `json:"script,omitempty" jsonschema:"name of the script; all if not given"`
	Since  int    `json:"since,omitempty" jsonschema:"number of the last report that is known already"`
}

type sourceInput struct {
	Script  string `json:"script" jsonschema:"name of the script"`
	Unit    string `json:"unit" jsonschema:"name of a function, type, variable or constant"`
	Version int    `json:"version,omitempty" jsonschema:"number of the version; the live one if not given"`
}

type rollbackInput struct {
	Script  string `json:"script" jsonschema:"name of the script"`
	Unit    string `json:"unit,omitempty" jsonschema:"unit to take back; either this or report"`
	Version int    `json:"version,omitempty" jsonschema:"version to go to; the one before if not given"`
	Report  int    `json:"report,omitempty" jsonschema:"number of the report to undo as a whole"`
}

type replayInput struct {
	Script string `json:"script,omitempty" jsonschema:"name of the script; all if not given"`
	Record string `json:"record,omitempty" jsonschema:"file of a record to take the events from; the session's log if not given"`
}

type rehearseInput struct {
	Script string `json:"script,omitempty" jsonschema:"name of the script; all if not given"`
	Record string `json:"record,omitempty" jsonschema:"file of a record to take the events from; the session's log if not given"`
	Before int    `json:"before,omitempty" jsonschema:"number of a report: compare with the code as it was before it, instead of with what the events came to"`
}

type setInput struct {
	Script string `json:"script" jsonschema:"name of the script"`
	Name   string `json:"name" jsonschema:"name of the variable"`
	Value  string `json:"value" jsonschema:"Go expression for its value"`
}

type pinInput struct {
	Event  string `json:"event" jsonschema:"name of the handler, such as OnOpen or door.OnOpen"`
	Script string `json:"script,omitempty" jsonschema:"script to fire in; all that have the handler if not given"`
	Data   any    `json:"data,omitempty" jsonschema:"JSON that the handler's parameters are decoded from"`
	Live   bool   `json:"live,omitempty" jsonschema:"fire it at the live state, not at a copy"`
}

type pinNumber struct {
	Pin int `json:"pin" jsonschema:"number of the pin, as list_pins gives it"`
}

// data is JSON again, nil for what was not given.
func data(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// Server makes the server of a session's tools. What a script does wrong is in a
// tool's answer; a tool that could not be used gives an error.
func Server(s Session) *mcp.Server {
	server := mcp.NewServer(&mcp.Implementation{Name: "hotloop", Version: session.Version}, nil)
	tool(server, "list_scripts", "List the scripts with their units, versions, state and diagnostics.", func(context.Context, noInput) (any, error) {
		return s.Scripts(), nil
	})
	tool(server, "list_events", "List the events that are ready to fire, with their data.", func(context.Context, noInput) (any, error) {
		return s.SavedEvents(), nil
	})
	tool(server, "describe_handler", "Say what data a handler takes.", func(ctx context.Context, in handlerInput) (any, error) {
		return result(s.Shape(ctx, in.Script, in.Function))
	})
	tool(server, "fire_event", "Call handlers of the live scripts and give their results, output and errors.", func(ctx context.Context, in fireInput) (any, error) {
		given, err := data(in.Data)
		if err != nil {
			return nil, err
		}
		e, err := s.Fire(ctx, session.FireRequest{Event: in.Event, Script: in.Script, Data: given, Source: "mcp"})
		return result(e.Calls, err)
	})
	tool(server, "read_state", "List the package variables of a script with their values.", func(ctx context.Context, in scriptInput) (any, error) {
		return result(s.State(ctx, in.Script))
	})
	tool(server, "eval", "Evaluate a Go expression, or run a statement, in a script's package.", func(ctx context.Context, in evalInput) (any, error) {
		v, fail, err := s.Eval(ctx, in.Script, in.Code)
		if err == nil && fail != nil {
			err = errors.New(session.FormatCallError(fail))
		}
		return result(v, err)
	})
	tool(server, "read_source", "Give the text of a unit, live or in an earlier version.", func(_ context.Context, in sourceInput) (any, error) {
		return result(s.Source(in.Script, in.Unit, in.Version))
	})
	tool(server, "read_reports", "List what saves, reloads and rollbacks did, unit by unit, with diffs and reasons.", func(_ context.Context, in reportsInput) (any, error) {
		return result(s.Reports(in.Script, in.Since))
	})
	tool(server, "reload", "Apply the files of a script as they are now and give the report.", func(ctx context.Context, in scriptInput) (any, error) {
		return result(s.Reload(ctx, in.Script, ""))
	})
	tool(server, "rollback", "Make an earlier version of a unit live, or undo a whole report, in memory alone.", func(ctx context.Context, in rollbackInput) (any, error) {
		return result(s.Rollback(ctx, in.Script, in.Unit, in.Version, in.Report))
	})
	tool(server, "replay", "Fire the events of a script's last life, or of a record, again at the live scripts, whose state they change, and tell which ended differently.", func(ctx context.Context, in replayInput) (any, error) {
		return result(s.Replay(ctx, session.ReplayRequest{Script: in.Script, Record: in.Record}))
	})
	tool(server, "replay_differences", "Fire past events at a fresh copy of the live code, which changes nothing, and tell where it behaves differently than it did, or than the code before a report.", func(ctx context.Context, in rehearseInput) (any, error) {
		return result(s.Rehearse(ctx, session.RehearsalRequest{Script: in.Script, Record: in.Record, Before: in.Before}))
	})
	tool(server, "set_variable", "Give a package variable of a script the value of an expression.", func(ctx context.Context, in setInput) (any, error) {
		before, after, fail, err := s.Set(ctx, in.Script, in.Name, in.Value)
		if err == nil && fail != nil {
			err = errors.New(session.FormatCallError(fail))
		}
		return result(map[string]interp.Value{"before": before, "after": after}, err)
	})
	tool(server, "list_pins", "List the pinned events with what they came to before and now, and where that differs.", func(context.Context, noInput) (any, error) {
		return s.Pins(), nil
	})
	tool(server, "pin_event", "Have an event fire by itself after each change, on a copy of the state, so that list_pins tells what the change did to it.", func(ctx context.Context, in pinInput) (any, error) {
		given, err := data(in.Data)
		if err != nil {
			return nil, err
		}
		return result(s.Pin(ctx, session.PinRequest{Event: in.Event, Script: in.Script, Data: given, Live: in.Live}))
	})
	tool(server, "unpin_event", "Drop a pin.", func(_ context.Context, in pinNumber) (any, error) {
		return "unpinned", s.Unpin(in.Pin)
	})
	tool(server, "bisect_pin", "Find the report and the unit that changed what a pin comes to.", func(ctx context.Context, in pinNumber) (any, error) {
		return result(s.Bisect(ctx, in.Pin))
	})
	return server
}

// Serve speaks the protocol on standard input and output until the input ends.
func Serve(ctx context.Context, s Session) error {
	err := Server(s).Run(ctx, patient{&mcp.StdioTransport{}})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// result keeps a typed nil error from hiding in an any.
func result[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

// tool adds a tool whose answer is JSON as text.
func tool[In any](server *mcp.Server, name, about string, do func(context.Context, In) (any, error)) {
	mcp.AddTool(server, &mcp.Tool{Name: name, Description: about}, func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
		v, err := do(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		text, err := json.Marshal(v)
		if err != nil {
			return nil, nil, err
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(text)}}}, nil, nil
	})
}
