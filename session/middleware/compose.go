package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"hotloop/session"
)

// Listen serves h at addr until ctx ends. ready is told the address.
func Listen(ctx context.Context, h http.Handler, addr string, ready func(addr string)) error {
	listener, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	})
	defer stop()
	ready(listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// ParseRequest reads a request from a line: a method, unless it is GET, the
// path, headers as "-H Name:value", or "-H 'Name: value'", and the body.
func ParseRequest(line string) (Request, error) {
	r := Request{Method: http.MethodGet}
	word, rest := cutWord(line)
	if !strings.HasPrefix(word, "/") {
		if !methodRule.MatchString(word) {
			return r, fmt.Errorf("%q is neither a method nor a path; write for example: POST /path -H 'Accept: text/plain' body", word)
		}
		r.Method = word
		word, rest = cutWord(rest)
	}
	r.Path = word
	for {
		word, after := cutWord(rest)
		if word != "-H" {
			break
		}
		text, after := cutWord(after)
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return r, fmt.Errorf("%q is no header: it has no colon", text)
		}
		if r.Headers == nil {
			r.Headers = map[string]string{}
		}
		r.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
		rest = after
	}
	r.Body = rest
	return r, r.Check()
}

// cutWord takes the first word off a line; quotes make several one.
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, " \t")
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		if word, rest, ok := strings.Cut(s[1:], s[:1]); ok {
			return word, strings.TrimLeft(rest, " \t")
		}
	}
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeft(s[i:], " \t")
}

// Compose fires the requests that in has, one a line, and writes what came of
// them to out, until in or ctx ends. A dot stands for the request before.
func (h *Host) Compose(ctx context.Context, in io.Reader, out io.Writer) error {
	last := ""
	return session.ReadLines(ctx, in, func(line string) bool {
		switch line = strings.TrimSpace(line); {
		case line == "":
			return true
		case line == "." && last != "":
			line = last
		}
		text, err := h.compose(ctx, line)
		if err != nil {
			text = err.Error() + "\n"
		}
		last = line
		_, err = io.WriteString(out, text)
		return err == nil
	})
}

func (h *Host) compose(ctx context.Context, line string) (string, error) {
	r, err := ParseRequest(line)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	e, err := h.s.Fire(ctx, session.FireRequest{Event: eventName, Script: h.script, Data: data, Source: consoleSource})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	last := ""
	for _, d := range e.Details {
		label := d.Label
		for line := range strings.Lines(d.Text) {
			if label == last {
				label = ""
			}
			fmt.Fprintf(&b, "%-8s %s\n", label, strings.TrimRight(line, "\r\n"))
			last = d.Label
		}
	}
	for _, c := range e.Calls {
		if c.Output != "" {
			b.WriteString(strings.TrimRight(c.Output, "\n") + "\n")
		}
		if c.Error != nil {
			b.WriteString(session.FormatCallError(c.Error) + "\n")
		}
	}
	return b.String(), nil
}
