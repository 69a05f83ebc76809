package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"strings"

	"hotloop/interp"
	"hotloop/session"
)

// eventName is the event that sends a request, on every screen and socket.
const eventName = "request"

// outcome is what came of a composed request.
type outcome struct {
	exchange *Exchange
	call     interp.Call
}

// What a request is made of. The shapes tell it to those who type one.
const (
	methodPattern = `[A-Z]+`
	pathPattern   = `/\S*`
	namePattern   = "[-!#$%&'*+.^_`|~0-9A-Za-z]+"
	valuePattern  = `[^\r\n]*`
)

func requestShape() []interp.FieldShape {
	text := func(pattern, wants string) interp.Shape {
		return interp.Shape{Kind: interp.ShapeText, Type: "string", Pattern: pattern, Wants: wants}
	}
	method := text(methodPattern, "a method in capitals")
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead, http.MethodOptions} {
		method.Options = append(method.Options, `"`+m+`"`)
	}
	name, value := text(namePattern, "letters, digits, hyphens"), text(valuePattern, "one line")
	return []interp.FieldShape{{Name: "request", Shape: interp.Shape{Kind: interp.ShapeStruct, Type: "request", Fields: []interp.FieldShape{
		{Name: "method", Shape: method},
		{Name: "path", Shape: text(pathPattern, "a path: it begins with a slash, and has no blanks")},
		{Name: "headers", Optional: true, Shape: interp.Shape{Kind: interp.ShapeMap, Type: "headers", Key: &name, Elem: &value}},
		{Name: "body", Optional: true, Shape: interp.Shape{Kind: interp.ShapeText, Type: "text"}},
	}}}}
}

var whole = regexp.MustCompile

var (
	methodRule, pathRule = whole(`^(?:` + methodPattern + `)$`), whole(`^(?:` + pathPattern + `)$`)
	nameRule, valueRule  = whole(`^(?:` + namePattern + `)$`), whole(`^(?:` + valuePattern + `)$`)
)

// Check says what is wrong with a request.
func (r Request) Check() error {
	switch {
	case !methodRule.MatchString(r.Method):
		return fmt.Errorf("%q is no method: it is in capitals", r.Method)
	case !pathRule.MatchString(r.Path):
		return fmt.Errorf("%q is no path: it begins with a slash, and has no blanks", r.Path)
	}
	for name, value := range r.Headers {
		if !nameRule.MatchString(name) {
			return fmt.Errorf("%q is no name of a header", name)
		}
		if !valueRule.MatchString(value) {
			return fmt.Errorf("the header %s has more than one line", name)
		}
	}
	_, err := url.ParseRequestURI(r.Path)
	return err
}

// readRequest reads a request from an event's data. GET goes without saying.
func readRequest(data json.RawMessage) (Request, error) {
	r := Request{Method: http.MethodGet, Path: "/"}
	if len(data) == 0 {
		return r, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return r, fmt.Errorf("a request has method, path, headers and body: %w", err)
	}
	return r, r.Check()
}

// Handler is the composer: an event that sends a request to the server at base
// and gives the exchange.
func (h *Host) Handler(base string) session.Handler {
	h.making.Lock()
	notes := h.manifest.notes()
	h.making.Unlock()
	return session.Handler{
		Script: h.script, Name: eventName,
		About:  "request through " + h.title() + " on " + base,
		Params: requestShape(),
		Check:  func(data json.RawMessage) error { _, err := readRequest(data); return err },
		// One that passes everything through is the best to begin with.
		Example: json.RawMessage(`{"method":"GET","path":"/"}`),
		Notes:   notes,
		Handle: func(ctx context.Context, data json.RawMessage) (session.Answer, error) {
			r, err := readRequest(data)
			if err != nil {
				return session.Answer{}, err
			}
			got, err := h.send(ctx, base, r)
			if err != nil {
				return session.Answer{}, err
			}
			a := got.exchange.answer()
			a.Output = got.call.Output
			if got.call.Error != nil {
				return a, errors.New(session.FormatCallError(got.call.Error))
			}
			return a, nil
		},
	}
}

// Send sends a request to the server at base, over the network like any other,
// and gives what became of it.
func (h *Host) Send(ctx context.Context, base string, r Request) (Exchange, error) {
	got, err := h.send(ctx, base, r)
	if err != nil {
		return Exchange{}, err
	}
	return *got.exchange, nil
}

func (h *Host) send(ctx context.Context, base string, r Request) (outcome, error) {
	if err := r.Check(); err != nil {
		return outcome{}, err
	}
	// The server sees it come from where the connection is on this side.
	waits, from := make(chan outcome, 1), ""
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		from = c.Conn.LocalAddr().String()
		h.composed.Store(from, waits)
	}})
	req, err := http.NewRequestWithContext(ctx, r.Method, base+r.Path, strings.NewReader(r.Body))
	if err != nil {
		return outcome{}, err
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", "hotloop/"+session.Version)
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	answer, err := h.client.Do(req)
	if err != nil {
		h.composed.Delete(from)
		return outcome{}, err
	}
	defer answer.Body.Close()
	var body kept
	if _, err := io.Copy(io.Discard, tee{answer.Body, &body}); err != nil && ctx.Err() != nil {
		return outcome{}, err
	}
	select {
	case got := <-waits:
		// What came over the network counts, with what the server added.
		text, n := body.get()
		got.exchange.Reply = Reply{answer.StatusCode, answer.Header, text, n}
		return got, nil
	case <-ctx.Done():
		return outcome{}, ctx.Err()
	}
}
