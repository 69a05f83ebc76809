package session

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"hotloop/interp"
)

// FireCommand is one event to fire from outside a session.
type FireCommand struct {
	Event     string
	Data      json.RawMessage
	Paths     []string // none stands for the working directory, or the session there is
	TimeoutMs *int64   // nil takes the session's
	JSON      bool     // print the calls as JSON
}

// FireOnce fires an event into the running session of the command's paths, or
// into a fresh one made of cfg, and prints what came of it: the script's output
// and the results to stdout, errors with their traces and everything else to
// stderr. failed says that a call ended with an error, or that the event could
// not be fired because of something in the scripts. An error is one of usage:
// paths, data.
func FireOnce(ctx context.Context, cfg Config, cmd FireCommand, stdout, stderr io.Writer) (failed bool, err error) {
	if len(cmd.Data) > 0 && !json.Valid(cmd.Data) {
		return false, fmt.Errorf("%w: %s", ErrBadData, syntaxError(cmd.Data))
	}
	p := &firePrinter{stdout: stdout, stderr: stderr, json: cmd.JSON}
	if r, ok := FindRunning(ctx, cmd.Paths); ok {
		fmt.Fprintf(stderr, "hotloop: fired into the running session of %s (process %d)\n", strings.Join(r.Paths, " "), r.PID)
		calls, err := fireRunning(ctx, r, cmd)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return true, nil
		}
		return p.calls(calls), nil
	}
	return fireFresh(ctx, cfg, cmd, p)
}

// fireFresh fires into a session of its own.
func fireFresh(ctx context.Context, cfg Config, cmd FireCommand, p *firePrinter) (failed bool, err error) {
	cfg.Paths = cmd.Paths
	s, err := New(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer s.Close()
	for _, script := range s.Scripts() {
		for _, d := range script.Diagnostics {
			fmt.Fprintln(p.stderr, interp.FormatDiagnostic(d))
		}
	}
	event, err := s.Fire(ctx, FireRequest{Event: cmd.Event, Data: cmd.Data, TimeoutMs: cmd.TimeoutMs, Source: "fire"})
	// What the scripts wrote outside of calls, as they came up for instance.
	first, next := s.Log().Bounds()
	for _, entry := range s.Log().Window(first, int(next-first)) {
		if o := entry.Output; o != nil {
			p.output(o.Stream, o.Text)
		}
	}
	if err != nil {
		fmt.Fprintln(p.stderr, err)
		return true, nil
	}
	return p.calls(event.Calls), nil
}

// fireRunning fires into a running session, only in those of its scripts that
// lie in the paths asked for.
func fireRunning(ctx context.Context, r Running, cmd FireCommand) ([]interp.Call, error) {
	c, err := Dial(ctx, r.Socket)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	fire := func(script string) ([]interp.Call, error) {
		params := map[string]any{"event": cmd.Event}
		if script != "" {
			params["script"] = script
		}
		if len(cmd.Data) > 0 {
			params["data"] = cmd.Data
		}
		if cmd.TimeoutMs != nil {
			params["timeoutMs"] = *cmd.TimeoutMs
		}
		var result struct {
			Calls []callReply `json:"calls"`
		}
		if err := c.Call(ctx, "session.fire", params, &result); err != nil {
			return nil, err
		}
		var calls []interp.Call
		for _, reply := range result.Calls {
			calls = append(calls, reply.call())
		}
		return calls, nil
	}
	wanted, err := canonical(cmd.Paths)
	if err != nil {
		return nil, err
	}
	if allWithin(r.Paths, wanted[0]) || len(wanted) > 1 {
		return fire("")
	}
	scripts, err := scriptsWithin(ctx, c, r, wanted[0], cmd.Event)
	if err != nil {
		return nil, err
	}
	var calls []interp.Call
	for _, script := range scripts {
		more, err := fire(script)
		if err != nil {
			return calls, err
		}
		calls = append(calls, more...)
	}
	return calls, nil
}

// scriptsWithin gives the scripts below path that have the handler; "" stands
// for an event that names its script itself.
func scriptsWithin(ctx context.Context, c *Client, r Running, path, event string) ([]string, error) {
	if strings.Contains(event, ".") {
		return []string{""}, nil
	}
	var list struct {
		Scripts []interp.Script `json:"scripts"`
	}
	if err := c.Call(ctx, "session.scripts", map[string]any{}, &list); err != nil {
		return nil, err
	}
	var scripts, handlers []string
	for _, s := range list.Scripts {
		at := filepath.FromSlash(s.Path)
		if !filepath.IsAbs(at) {
			at = filepath.Join(r.Dir, at)
		}
		if !within(at, path) {
			continue
		}
		for _, u := range s.Units {
			if u.Kind != interp.KindFunc {
				continue
			}
			handlers = append(handlers, u.Name)
			if u.Name == event {
				scripts = append(scripts, s.Name)
			}
		}
	}
	if len(scripts) == 0 {
		return nil, errNoHandler(event, handlers)
	}
	return scripts, nil
}

// firePrinter prints calls for a person, or as JSON.
type firePrinter struct {
	stdout, stderr io.Writer
	json           bool
}

// output prints what a script wrote outside a call.
func (p *firePrinter) output(stream, text string) {
	if stream == "stdout" && !p.json {
		fmt.Fprint(p.stdout, text)
	} else {
		fmt.Fprint(p.stderr, text)
	}
}

// calls prints calls and says whether one failed.
func (p *firePrinter) calls(calls []interp.Call) (failed bool) {
	for _, c := range calls {
		failed = failed || c.Error != nil
	}
	if p.json {
		line, err := encodeLine(map[string]any{"calls": wireCalls(calls)})
		if err != nil {
			fmt.Fprintln(p.stderr, err)
			return true
		}
		p.stdout.Write(line)
		return failed
	}
	for _, c := range calls {
		fmt.Fprint(p.stdout, c.Output)
		if c.Output != "" && !strings.HasSuffix(c.Output, "\n") {
			fmt.Fprintln(p.stdout)
		}
		name := c.Script + "." + c.Function
		if c.Error != nil {
			fmt.Fprintf(p.stderr, "%s: %s\n", name, FormatCallError(c.Error))
		}
		if len(c.Returns) == 0 {
			continue
		}
		texts := make([]string, len(c.Returns))
		for i, v := range c.Returns {
			texts[i] = v.Text
		}
		if len(calls) > 1 { // whose result it is
			fmt.Fprintf(p.stdout, "%s: ", name)
		}
		fmt.Fprintln(p.stdout, strings.Join(texts, ", "))
	}
	return failed
}

// FormatCallError gives an error for a person: kind and message, then a line
// for each frame of the trace, innermost first, without a newline at the end.
func FormatCallError(e *interp.CallError) string {
	var b strings.Builder
	if e.Kind != interp.ErrError && !strings.HasPrefix(e.Message, e.Kind) {
		fmt.Fprintf(&b, "%s: ", e.Kind)
	}
	b.WriteString(e.Message)
	for _, f := range e.Trace {
		fmt.Fprintf(&b, "\n    %s", f.Function)
		if f.File != "" {
			fmt.Fprintf(&b, "  %s:%d", f.File, f.Line)
		}
	}
	return b.String()
}
