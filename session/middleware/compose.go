package middleware

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"
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
func ParseRequest(base, line string) (*http.Request, error) {
	method, path := http.MethodGet, ""
	header := http.Header{}
	word, rest := cutWord(line)
	if !strings.HasPrefix(word, "/") {
		if word == "" || strings.IndexFunc(word, func(r rune) bool { return !unicode.IsUpper(r) }) >= 0 {
			return nil, fmt.Errorf("%q is neither a method nor a path; write for example: POST /path -H 'Accept: text/plain' body", word)
		}
		method = word
		word, rest = cutWord(rest)
	}
	if path = word; !strings.HasPrefix(path, "/") {
		return nil, fmt.Errorf("%q is no path: it begins with a slash", path)
	}
	for {
		word, after := cutWord(rest)
		if word != "-H" {
			break
		}
		text, after := cutWord(after)
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return nil, fmt.Errorf("%q is no header: it has no colon", text)
		}
		header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		rest = after
	}
	r, err := http.NewRequest(method, base+path, strings.NewReader(rest))
	if err != nil {
		return nil, err
	}
	r.Header = header
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	return r, nil
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

// Compose sends the requests that in has, one a line, to base, and writes the
// answers to out, until in or ctx ends.
func Compose(ctx context.Context, base string, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for ctx.Err() == nil && lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		text, err := send(ctx, client, base, line)
		if err != nil {
			text = err.Error() + "\n"
		}
		if _, err := io.WriteString(out, text); err != nil {
			return err
		}
	}
	return lines.Err()
}

// maxAnswer is how much of an answer's body is shown.
const maxAnswer = 64 << 10

func send(ctx context.Context, client *http.Client, base, line string) (string, error) {
	r, err := ParseRequest(base, line)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var b bytes.Buffer
	fmt.Fprintln(&b, answer.Status)
	answer.Header.Write(&b)
	b.WriteByte('\n')
	if _, err := io.Copy(&b, io.LimitReader(answer.Body, maxAnswer)); err != nil {
		return "", err
	}
	if text := b.Bytes(); text[len(text)-1] != '\n' {
		b.WriteByte('\n')
	}
	return b.String(), nil
}
