// Package bodylog is a middleware that wraps the response writer and keeps
// state between requests.
package bodylog

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"strconv"
	"sync"
)

// Rewrite is one replacement.
type Rewrite struct {
	Regex       string `json:"regex,omitempty"`
	Replacement string `json:"replacement,omitempty"`
}

// Config is the configuration of the plugin.
type Config struct {
	LastModified bool      `json:"lastModified,omitempty"`
	Rewrites     []Rewrite `json:"rewrites,omitempty"`
}

// CreateConfig makes the default configuration.
func CreateConfig() *Config { return &Config{} }

type rewrite struct {
	regex       *regexp.Regexp
	replacement []byte
}

type bodyLog struct {
	next     http.Handler
	rewrites []rewrite

	mu    sync.Mutex
	count map[string]int
}

// New makes an instance.
func New(_ context.Context, next http.Handler, config *Config, _ string) (http.Handler, error) {
	b := &bodyLog{next: next, count: make(map[string]int)}
	for _, r := range config.Rewrites {
		re, err := regexp.Compile(r.Regex)
		if err != nil {
			return nil, err
		}
		b.rewrites = append(b.rewrites, rewrite{re, []byte(r.Replacement)})
	}
	return b, nil
}

func (b *bodyLog) seen(path string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count[path]++
	return b.count[path]
}

func (b *bodyLog) ServeHTTP(rw http.ResponseWriter, req *http.Request) {
	wrapped := &responseWriter{ResponseWriter: rw, status: http.StatusOK}
	b.next.ServeHTTP(wrapped, req)
	body := wrapped.buffer.Bytes()
	for _, r := range b.rewrites {
		body = r.regex.ReplaceAll(body, r.replacement)
	}
	rw.Header().Set("X-Seen", strconv.Itoa(b.seen(req.URL.Path)))
	rw.WriteHeader(wrapped.status)
	rw.Write(body)
}

type responseWriter struct {
	http.ResponseWriter
	buffer bytes.Buffer
	status int
}

func (r *responseWriter) WriteHeader(status int) { r.status = status }

func (r *responseWriter) Write(p []byte) (int, error) { return r.buffer.Write(p) }
