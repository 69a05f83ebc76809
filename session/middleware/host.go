package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"hotloop/interp"
	"hotloop/session"
	"hotloop/watch"
)

// Host serves one plugin. It is an http.Handler; all methods may be called from
// any goroutine.
type Host struct {
	s      *session.Session
	dir    string
	script string
	next   http.Handler
	ctx    context.Context // of the instances; ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	client   *http.Client // that sends composed requests
	composed sync.Map     // address on this side -> chan outcome, of composed requests

	making   sync.Mutex // held while an instance is made; guards what follows
	manifest Manifest
	base     string // of the server, once it is known
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
	h := &Host{manifest: m, s: s, dir: dir, next: next, client: &http.Client{
		Transport:     &http.Transport{DisableCompression: true}, // what came is shown as it came
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if h.script, err = pluginScript(s, dir); err != nil {
		return nil, err
	}
	w, err := watch.New(watch.Config{
		Roots:   []string{dir},
		Match:   func(path string) bool { return filepath.Base(path) == manifestName },
		SkipDir: func(string) bool { return true },
	})
	if err != nil {
		return nil, err
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	context.AfterFunc(h.ctx, func() { w.Close() })
	entries := s.Follow(h.ctx)
	h.make()
	h.wg.Go(func() {
		for e := range entries {
			if e.Report != nil && e.Report.Script == h.script && h.outdated(e.Report) {
				h.make()
			}
		}
	})
	h.wg.Go(func() {
		for b := range w.Batches() {
			if len(b.Changes) > 0 {
				h.configure()
			}
		}
	})
	return h, nil
}

// configure makes an instance by the manifest as it is now. One that cannot be
// read changes nothing.
func (h *Host) configure() {
	m, err := ReadManifest(h.dir)
	if err != nil {
		h.s.Tell(h.script, err.Error())
		return
	}
	h.making.Lock()
	was := h.manifest
	h.manifest = m
	base := h.base
	h.making.Unlock()
	if reflect.DeepEqual(m, was) {
		return
	}
	if base != "" {
		h.s.Handle(h.Handler(base))
	}
	if h.make() {
		h.s.Tell(h.script, "a new instance, configured by "+manifestName)
	}
}

// Offer has requests to the server at base composed in the session, as the
// event "request" of the plugin's script.
func (h *Host) Offer(base string) {
	h.making.Lock()
	h.base = base
	h.making.Unlock()
	h.s.Handle(h.Handler(base))
}

// Close ends the contexts of the instances. The session goes on.
func (h *Host) Close() {
	h.cancel()
	h.wg.Wait()
	h.client.CloseIdleConnections()
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
func (h *Host) make() bool {
	h.making.Lock()
	defer h.making.Unlock()
	handler, err := h.create()
	if old := h.instance.Load(); err != nil && old != nil && old.err == nil {
		h.s.Tell(h.script, "no new instance could be made, the old one serves on: "+err.Error())
		return false
	}
	h.instance.Store(&instance{handler, err})
	if err != nil {
		h.s.Tell(h.script, "no instance could be made: "+err.Error())
		return false
	}
	h.made.Add(1)
	return true
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
	if err := assign(config[0], h.manifest.TestData, "testData"); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	name := h.script + "@http"
	got, err := h.s.CallValues(h.ctx, h.script+".New", http.HandlerFunc(h.pass), config[0], name)
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
