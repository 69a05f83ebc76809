package middleware

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// passing is a request on its way through the plugin. What the plugin passes
// on finds it by the request's context.
type passing struct {
	body kept // of the request, as far as it was read

	mu     sync.Mutex
	passed *Request
	inner  *recorder
	onward *kept // the body as it was passed on
}

type passingKey struct{}

// ServeHTTP has the instance serve a request, and puts the exchange into the
// log. Changes to the plugin land before or after it, not while it is served.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := h.instance.Load()
	if i.err != nil {
		http.Error(w, "the plugin has no instance: "+i.err.Error(), http.StatusBadGateway)
		h.served(r, &Exchange{Request: requestOf(r), Reply: Reply{Status: http.StatusBadGateway, Headers: http.Header{}}},
			interp.Call{Error: &interp.CallError{Kind: interp.ErrError, Message: "the plugin has no instance: " + i.err.Error()}})
		return
	}
	x, p := &Exchange{Request: requestOf(r)}, &passing{}
	rec := &recorder{ResponseWriter: w}
	r = r.WithContext(context.WithValue(r.Context(), passingKey{}, p))
	r.Body = tee{r.Body, &p.body}
	call, err := h.s.DuringCall(r.Context(), h.script, "ServeHTTP", func() { i.handler.ServeHTTP(rec, r) })
	if err != nil {
		call.Error = &interp.CallError{Kind: interp.ErrError, Message: err.Error()}
	}
	if call.Error != nil && !rec.began() {
		http.Error(rec, h.script+": "+session.FormatCallError(call.Error), http.StatusInternalServerError)
	}
	x.Request.Body, _ = p.body.get()
	x.Reply = rec.reply()
	p.mu.Lock()
	if x.Passed = p.passed; x.Passed != nil {
		x.Passed.Body, _ = p.onward.get()
	}
	if p.inner != nil {
		inner := p.inner.reply()
		x.Inner = &inner
	}
	p.mu.Unlock()
	x.compare()
	h.served(r, x, call)
}

// pass is what the plugin has as its next handler.
func (h *Host) pass(w http.ResponseWriter, r *http.Request) {
	p, _ := r.Context().Value(passingKey{}).(*passing)
	if p == nil { // of another context
		h.next.ServeHTTP(w, r)
		return
	}
	request, body, rec := requestOf(r), &kept{}, &recorder{ResponseWriter: w}
	p.mu.Lock()
	p.passed, p.onward, p.inner = &request, body, rec
	p.mu.Unlock()
	if r.Body != nil {
		r.Body = tee{r.Body, body}
	}
	h.next.ServeHTTP(rec, r)
}

// served tells whoever composed a request what became of it, or else the log.
func (h *Host) served(r *http.Request, x *Exchange, call interp.Call) {
	if call.Error != nil {
		x.Error, _, _ = strings.Cut(session.FormatCallError(call.Error), "\n")
	}
	if waits, ok := h.composed.LoadAndDelete(r.RemoteAddr); ok {
		waits.(chan outcome) <- outcome{x, call} // it has room
		return
	}
	data, err := json.Marshal(x.Request)
	if err != nil {
		h.s.Tell(h.script, err.Error())
		return
	}
	a := x.answer()
	call.Script, call.Function = h.script, eventName
	call.Returns = []interp.Value{}
	if call.Error == nil {
		call.Returns = append(call.Returns, interp.Value{Type: a.Type, Text: a.Text, Value: a.Value})
	}
	h.s.TellEvent(session.Event{
		Source: "http", Name: eventName, Script: h.script, Data: data, Calls: []interp.Call{call}, Details: a.Details,
		At: time.Now().Add(-time.Duration(call.DurationUs) * time.Microsecond).Round(0),
	})
}

// tee keeps what is read.
type tee struct {
	io.ReadCloser
	kept *kept
}

func (t tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.kept.add(p[:n])
	return n, err
}

// recorder notes what an answer is.
type recorder struct {
	http.ResponseWriter
	body kept

	mu     sync.Mutex
	status int
	header http.Header // as it was sent
}

func (r *recorder) WriteHeader(status int) {
	r.note(status)
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) note(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.status == 0 && status >= 200 { // the ones below only announce it
		r.status, r.header = status, r.Header().Clone()
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.note(http.StatusOK)
	n, err := r.ResponseWriter.Write(p)
	r.body.add(p[:n])
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) began() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status != 0
}

func (r *recorder) reply() Reply {
	r.note(http.StatusOK) // what the server makes of silence
	text, bytes := r.body.get()
	r.mu.Lock()
	defer r.mu.Unlock()
	return Reply{r.status, r.header, text, bytes}
}

// Echo answers with the request as it came, so that one sees what a middleware
// made of it.
func Echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s %s\nHost: %s\n", r.Method, r.URL.RequestURI(), r.Host)
	r.Header.Write(w)
	if r.Body == nil {
		return
	}
	if body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20)); err == nil && len(body) > 0 {
		fmt.Fprintf(w, "\n%s\n", body)
	}
}
