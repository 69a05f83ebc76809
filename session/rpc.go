package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"

	"hotloop/interp"
)

// rpcSession is what the server needs of a session; *Session is one.
type rpcSession interface {
	Info() Info
	Scripts() []interp.Script
	Fire(ctx context.Context, req FireRequest) (Event, error)
	Eval(ctx context.Context, script, code string) (interp.Value, *interp.CallError, error)
	State(ctx context.Context, script string) ([]interp.Var, error)
	Set(ctx context.Context, script, name, expr string) (before, after interp.Value, fail *interp.CallError, err error)
	Source(script, unit string, version int) (UnitText, error)
	Reports(script string, since int) ([]interp.Report, error)
	Reload(ctx context.Context, script string, mode ApplyMode) (interp.Report, error)
	Restart(ctx context.Context, script string) (interp.Report, error)
	Rollback(ctx context.Context, script, unit string, version, report int) (interp.Report, error)
	Stop(ctx context.Context, script string) (int, error)
	Replay(ctx context.Context, req ReplayRequest) (Replay, error)
	Rehearse(ctx context.Context, req RehearsalRequest) (Rehearsal, error)
	Old(ctx context.Context, script string) (OldCode, error)
	Bisect(ctx context.Context, id int) (Culprit, error)
	Pin(ctx context.Context, req PinRequest) ([]Pin, error)
	Unpin(id int) error
	Pins() []Pin
	History(n int) (lines []RecordLine, notices []string, err error)
	Log() *Ring
	Changed(ctx context.Context, since uint64) (uint64, error)
}

var _ rpcSession = (*Session)(nil)

// Serve speaks JSON-RPC 2.0 for a session, one message a line, until in ends,
// the client asks for session.shutdown, out breaks, or ctx ends. Everything
// the session has logged so far comes first, as notifications. When in ends,
// what is in flight is answered before Serve returns. It does not close the
// session. A read from in that is under way when ctx ends is left behind. That
// the client went away is no error.
func Serve(ctx context.Context, s *Session, in io.Reader, out io.Writer) error {
	_, err := serveRPC(ctx, s, in, out, 1)
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// Error codes. Those from -32099 to -32000 are this server's own.
const (
	codeParse          = -32700 // not JSON
	codeInvalidRequest = -32600 // JSON, but no request
	codeNoMethod       = -32601
	codeParams         = -32602
	codeInternal       = -32603

	codeFailed     = -32000 // nothing more particular
	codeNotFound   = -32001 // no such script, unit, handler, version or report; data has the nearest names
	codeNotRunning = -32003 // the script is not loaded, or its process ended meanwhile
	codeClosed     = -32004 // the session is ending
	codeScript     = -32005 // the script's code failed; data is the CallError
)

// rpcError is the error of a response.
type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

func (e *rpcError) Error() string { return e.Message }

func paramsError(format string, args ...any) *rpcError {
	return &rpcError{Code: codeParams, Message: fmt.Sprintf(format, args...)}
}

// toRPCError finds the code of an error.
func toRPCError(err error) *rpcError {
	var own *rpcError
	var missing *NotFoundError
	e := &rpcError{Code: codeFailed, Message: err.Error()}
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &missing):
		e.Code = codeNotFound
		e.Data = map[string]any{"what": missing.What, "name": missing.Name, "nearest": orEmpty(missing.Nearest)}
	case errors.Is(err, ErrBadData):
		e.Code = codeParams
	case errors.Is(err, ErrNotLoaded), errors.Is(err, ErrEngineGone):
		e.Code = codeNotRunning
	case errors.Is(err, ErrClosed), errors.Is(err, context.Canceled):
		e.Code = codeClosed
	}
	return e
}

// rpcRequest is one request as it came. ID is nil for a notification, which
// gets no answer.
type rpcRequest struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
}

// parseMessage reads one message: a request, or a batch of them. An element
// that is no request stands as an error to be answered in its place. The last
// result is the error of the whole message.
func parseMessage(line []byte) (items []rpcItem, batch bool, fail *rpcError) {
	if !json.Valid(line) {
		return nil, false, &rpcError{Code: codeParse, Message: "parse error: " + syntaxError(line)}
	}
	line = bytes.TrimSpace(line)
	if line[0] != '[' {
		return []rpcItem{parseRequest(line)}, false, nil
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(line, &elements); err != nil {
		return nil, false, &rpcError{Code: codeParse, Message: "parse error: " + err.Error()}
	}
	if len(elements) == 0 {
		return nil, false, &rpcError{Code: codeInvalidRequest, Message: "invalid request: empty batch"}
	}
	for _, e := range elements {
		items = append(items, parseRequest(e))
	}
	return items, true, nil
}

// rpcItem is a request, or what to answer in its place.
type rpcItem struct {
	rpcRequest
	fail *rpcError
}

func syntaxError(line []byte) string {
	var v any
	if err := json.Unmarshal(line, &v); err != nil {
		return err.Error()
	}
	return "not JSON"
}

var nullID = json.RawMessage("null")

// parseRequest reads one request object. Where it is none, the answer carries
// its id if that much can be told, else null.
func parseRequest(text []byte) rpcItem {
	invalid := func(id json.RawMessage, why string) rpcItem {
		if id == nil {
			id = nullID
		}
		return rpcItem{rpcRequest{ID: id}, &rpcError{Code: codeInvalidRequest, Message: "invalid request: " + why}}
	}
	var members map[string]json.RawMessage // exact names, unlike a struct
	if err := json.Unmarshal(text, &members); err != nil || members == nil {
		return invalid(nil, "not an object")
	}
	id := members["id"]
	if len(id) > 0 && (id[0] == '{' || id[0] == '[' || id[0] == 't' || id[0] == 'f') {
		return invalid(nil, "id must be a string, a number or null")
	}
	if string(members["jsonrpc"]) != `"2.0"` {
		return invalid(id, `"jsonrpc" must be "2.0"`)
	}
	var method *string
	if err := json.Unmarshal(members["method"], &method); err != nil || method == nil {
		return invalid(id, `"method" must be a string`)
	}
	if params := members["params"]; len(params) > 0 && params[0] != '{' && params[0] != '[' && string(params) != "null" {
		return invalid(id, `"params" must be an object`)
	}
	return rpcItem{rpcRequest: rpcRequest{ID: id, Method: *method, Params: members["params"]}}
}

// rpcResponse is one response. Exactly one of Result and Error is set.
type rpcResponse struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  any             `json:"result,omitempty"`
	Error   *rpcError       `json:"error,omitempty"`
}

type rpcNotification struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// encodeLine gives v as one line of JSON, without HTML escapes.
func encodeLine(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // ends the line
		return nil, err
	}
	return buf.Bytes(), nil
}

// orEmpty makes an empty list of none: lists are never null in the protocol.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
