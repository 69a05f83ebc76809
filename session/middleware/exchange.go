package middleware

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"hotloop/session"
)

// Request is a request as it is composed, and as it came to the plugin.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // with the query
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
}

// Reply is an answer. Body is its beginning, Bytes the length of it all.
type Reply struct {
	Status  int         `json:"status"`
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
	Bytes   int         `json:"bytes"`
}

// Exchange is a request with what became of it on both sides of the plugin.
type Exchange struct {
	Request Request `json:"request"` // as the plugin got it
	Reply   Reply   `json:"reply"`   // as the plugin gave it
	// Passed is the request as the plugin passed it on, and Inner what it was
	// answered; nil when the plugin answered by itself.
	Passed  *Request `json:"passed,omitempty"`
	Inner   *Reply   `json:"inner,omitempty"`
	Changes []Change `json:"changes"`
	// Error says why the plugin did not come to the end of it: it panicked, was
	// stopped, or there is no instance of it.
	Error string `json:"error,omitempty"`
}

// Change is one thing that the plugin made different. Before is empty for what
// it added, After for what it took away.
type Change struct {
	Of     string `json:"of"`   // "request" or "answer"
	Name   string `json:"name"` // of a header; "method", "path", "host", "status", "body"
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func (c Change) String() string {
	switch {
	case c.Before == "":
		return fmt.Sprintf("%s + %s: %s", c.Of, c.Name, c.After)
	case c.After == "":
		return fmt.Sprintf("%s - %s: %s", c.Of, c.Name, c.Before)
	}
	return fmt.Sprintf("%s ~ %s: %s → %s", c.Of, c.Name, c.Before, c.After)
}

// compare finds what the plugin changed.
func (x *Exchange) compare() {
	x.Changes = []Change{}
	note := func(of, name, before, after string) {
		if before == after {
			return
		}
		if name == "body" {
			before, after = bodyChange(before, after)
		}
		x.Changes = append(x.Changes, Change{of, name, before, after})
	}
	if x.Passed != nil {
		note("request", "method", x.Request.Method, x.Passed.Method)
		note("request", "path", x.Request.Path, x.Passed.Path)
		for _, name := range keys(x.Request.Headers, x.Passed.Headers) {
			note("request", name, x.Request.Headers[name], x.Passed.Headers[name])
		}
		note("request", "body", x.Request.Body, x.Passed.Body)
	}
	if x.Inner != nil {
		note("answer", "status", statusText(x.Inner.Status), statusText(x.Reply.Status))
		before, after := flat(x.Inner.Headers), flat(x.Reply.Headers)
		for _, name := range keys(before, after) {
			note("answer", name, before[name], after[name])
		}
		note("answer", "body", x.Inner.Body, x.Reply.Body)
		if x.Inner.Body == x.Reply.Body && x.Inner.Bytes != x.Reply.Bytes { // beyond what is kept
			note("answer", "length", fmt.Sprint(x.Inner.Bytes), fmt.Sprint(x.Reply.Bytes))
		}
	}
}

// Title is the exchange in a few words.
func (x *Exchange) Title() string {
	text := statusText(x.Reply.Status)
	switch {
	case x.Error != "":
		return text + ", the plugin failed"
	case x.Passed == nil:
		return text + ", not passed on"
	case len(x.Changes) == 1:
		return text + ", 1 change"
	case len(x.Changes) > 1:
		return fmt.Sprintf("%s, %d changes", text, len(x.Changes))
	}
	return text + ", nothing changed"
}

// Details are the answer and what the plugin changed.
func (x *Exchange) Details() (out []session.Detail) {
	out = append(out, session.Detail{Label: "status", Text: statusText(x.Reply.Status)})
	switch {
	case x.Error != "":
		out = append(out, session.Detail{Label: "plugin", Text: x.Error, Mark: true})
	case x.Passed == nil:
		out = append(out, session.Detail{Label: "plugin", Text: "answered by itself, did not pass the request on", Mark: true})
	}
	for _, c := range x.Changes {
		out = append(out, session.Detail{Label: "plugin", Text: c.String(), Mark: true})
	}
	header := flat(x.Reply.Headers)
	for _, name := range keys(header, nil) {
		out = append(out, session.Detail{Label: "headers", Text: name + ": " + header[name]})
	}
	body := x.Reply.Body
	if !utf8.ValidString(body) {
		body = fmt.Sprintf("%d bytes that are no text", x.Reply.Bytes)
	} else if len(body) < x.Reply.Bytes {
		body += fmt.Sprintf("\n... %d bytes in all", x.Reply.Bytes)
	}
	return append(out, session.Detail{Label: "body", Text: strings.TrimRight(body, "\r\n")})
}

// answer is the exchange as what an event came to.
func (x *Exchange) answer() session.Answer {
	a := session.Answer{Type: "http answer", Text: x.Title(), Details: x.Details()}
	if text, err := json.Marshal(x); err == nil { // it is plain data
		a.Value = json.RawMessage(text)
	}
	return a
}

func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

// bodyChange tells two bodies apart in a row: by the first line that differs.
func bodyChange(before, after string) (was, is string) {
	if !utf8.ValidString(before + after) {
		return fmt.Sprintf("%d bytes", len(before)), fmt.Sprintf("%d other bytes", len(after))
	}
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	i := 0
	for i < len(a)-1 && i < len(b)-1 && a[i] == b[i] {
		i++
	}
	return shortLine(a, i), shortLine(b, i)
}

// shortLine is line i of a text, as far as it is worth showing.
func shortLine(lines []string, i int) string {
	const most = 40
	text := strings.TrimSuffix(lines[i], "\r")
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	if len(lines) == 1 {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprintf("line %d of %d, %q", i+1, len(lines), text)
}

func keys(a, b map[string]string) []string {
	all := maps.Clone(b)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, a)
	return slices.Sorted(maps.Keys(all))
}

// flat is a header with the values of one name in one text.
func flat(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		out[name] = strings.Join(values, ", ")
	}
	return out
}

// requestOf is a request without its body.
func requestOf(r *http.Request) Request {
	headers := flat(r.Header)
	headers["Host"] = r.Host
	return Request{Method: r.Method, Path: r.URL.RequestURI(), Headers: headers}
}

// maxBody is how much of a body is kept to be shown.
const maxBody = 64 << 10

// kept is the beginning of a stream. It is told from whatever goroutine of the
// plugin's reads or writes, perhaps after the exchange is over.
type kept struct {
	mu    sync.Mutex
	text  bytes.Buffer
	bytes int
}

func (k *kept) add(p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bytes += len(p)
	k.text.Write(p[:min(len(p), maxBody-k.text.Len())])
}

func (k *kept) get() (text string, bytes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.String(), k.bytes
}
