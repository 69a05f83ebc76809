package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// Host serves one plugin. It is an http.Handler; all methods may be called from
// any goroutine.
type Host struct {
	Manifest Manifest

	s      *session.Session
	script string
	next   http.Handler
	ctx    context.Context // of the instances; ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	making   sync.Mutex // held while an instance is made
	instance atomic.Pointer[instance]
	made     atomic.Int64
}

// instance is what New gave, or why it gave nothing.
type instance struct {
	handler http.Handler
	err     error
}

// Config makes a session's configuration that of a plugin's: it runs in this
// process, since its handlers are called here.
func Config(dir string) session.Config {
	return session.Config{Paths: []string{dir}, Timeout: session.DefaultTimeout}
}

// New makes an instance of the plugin in dir, which s has among its scripts.
// next is what comes after it; nil for Echo. A plugin that cannot be made is no
// error: requests say why, until an edit helps.
func New(s *session.Session, dir string, next http.Handler) (*Host, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	if next == nil {
		next = http.HandlerFunc(Echo)
	}
	h := &Host{Manifest: m, s: s, next: next}
	if h.script, err = pluginScript(s, dir); err != nil {
		return nil, err
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	entries := s.Follow(h.ctx)
	h.make()
	h.wg.Go(func() {
		for e := range entries {
			if e.Report != nil && e.Report.Script == h.script && h.outdated(e.Report) {
				h.make()
			}
		}
	})
	return h, nil
}

// Close ends the contexts of the instances. The session goes on.
func (h *Host) Close() {
	h.cancel()
	h.wg.Wait()
}

// Made says how many instances there have been.
func (h *Host) Made() int { return int(h.made.Load()) }

// pluginScript finds the script of the plugin: the one whose files lie in dir
// itself.
func pluginScript(s *session.Session, dir string) (string, error) {
	want, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	var found []string
	for _, sc := range s.Scripts() {
		at, err := filepath.Abs(filepath.FromSlash(sc.Path))
		if err == nil && at == want {
			found = append(found, sc.Name)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%s holds no Go package", dir)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s holds several packages: %s", dir, strings.Join(found, ", "))
}

// outdated tells whether a report left the instance with code or types that are
// gone, or with an instance that could not be made.
func (h *Host) outdated(r *interp.Report) bool {
	switch r.Status {
	case interp.StatusReloaded:
		return true
	case interp.StatusLive:
		if i := h.instance.Load(); i == nil || i.err != nil {
			return true
		}
		return slices.ContainsFunc(r.Units, func(u interp.UnitChange) bool {
			return strings.HasPrefix(u.Key, "type ") && u.Change != interp.ChangeAdded
		})
	}
	return false
}

// make puts a new instance in the place of the old one. When there cannot be
// one, an old one that works stays.
func (h *Host) make() {
	h.making.Lock()
	defer h.making.Unlock()
	handler, err := h.create()
	if old := h.instance.Load(); err != nil && old != nil && old.err == nil {
		h.s.Tell(h.script, "no new instance could be made, the old one serves on: "+err.Error())
		return
	}
	h.instance.Store(&instance{handler, err})
	if err != nil {
		h.s.Tell(h.script, "no instance could be made: "+err.Error())
		return
	}
	h.made.Add(1)
}

// create calls CreateConfig and New.
func (h *Host) create() (http.Handler, error) {
	config, err := h.s.CallValues(h.ctx, h.script+".CreateConfig")
	if err != nil {
		return nil, err
	}
	if len(config) != 1 || config[0].Kind() != reflect.Pointer || config[0].IsNil() {
		return nil, errors.New("CreateConfig must give a pointer to a configuration")
	}
	if err := assign(config[0], h.Manifest.TestData, "testData"); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	name := h.script + "@http"
	got, err := h.s.CallValues(h.ctx, h.script+".New", h.next, config[0], name)
	if err != nil {
		return nil, err
	}
	if len(got) != 1 {
		return nil, errors.New("New must give an http.Handler and an error")
	}
	handler, ok := got[0].Interface().(http.Handler)
	if !ok {
		return nil, errors.New("New gave no http.Handler")
	}
	return handler, nil
}

// ServeHTTP has the instance serve a request. Changes to the plugin land before
// or after it, not while it is served.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i := h.instance.Load()
	if i.err != nil {
		http.Error(w, "the plugin has no instance: "+i.err.Error(), http.StatusBadGateway)
		return
	}
	rec := &recorder{ResponseWriter: w, began: time.Now()}
	err := h.s.During(r.Context(), h.script, "ServeHTTP", func() { i.handler.ServeHTTP(rec, r) })
	if err != nil {
		if rec.status == 0 {
			http.Error(rec, err.Error(), http.StatusInternalServerError)
		}
	}
	h.s.Tell(h.script, fmt.Sprintf("%s %s: %d, %d bytes in %s", r.Method, r.URL.RequestURI(), max(rec.status, 200), rec.bytes,
		time.Since(rec.began).Round(10*time.Microsecond)))
}

// recorder notes what the answer was.
type recorder struct {
	http.ResponseWriter
	began  time.Time
	status int
	bytes  int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Echo answers with the request as it came, so that one sees what a middleware
// made of it.
func Echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "%s %s\nHost: %s\n", r.Method, r.URL.RequestURI(), r.Host)
	if host, err := os.Hostname(); err == nil {
		fmt.Fprintf(w, "Hostname: %s\n", host)
	}
	r.Header.Write(w)
}
