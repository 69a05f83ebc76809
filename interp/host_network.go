package interp

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"time"
)

// Calls wait for the network and for other programs in compiled code, where
// nothing can end them. So what the functions below open on behalf of a call is
// known, and fails when the call is stopped; the call then goes on and is ended
// at its next step. What was opened elsewhere is not touched.

// interrupts is what a call has to interrupt when it is stopped.
type interrupts struct {
	ctx    context.Context // of requests and programs; nil until somebody asks
	cancel context.CancelFunc
	opened []deadliner
}

type deadliner interface{ SetDeadline(time.Time) error }

// longAgo is a deadline that ends waiting at once.
var longAgo = time.Unix(1, 0)

// stopContext gives a context that ends when the call that the calling
// goroutine makes is stopped. It does not end when the call does.
func (s *stopper) stopContext() context.Context {
	g := goid()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID(g)
	if r == nil {
		return context.Background()
	}
	if r.ctx == nil {
		r.ctx, r.interrupts.cancel = context.WithCancel(context.Background())
		if r.kind != "" {
			r.interrupts.cancel()
		}
	}
	return r.ctx
}

// byID gives the call that a goroutine makes, or nil. mu is held.
func (s *stopper) byID(g int64) *running {
	for r := range s.running {
		if r.id == g {
			return r
		}
	}
	return nil
}

// opens notes what the calling goroutine's call has opened.
func (s *stopper) opens(v any) {
	d, ok := v.(deadliner)
	if !ok {
		return
	}
	g := goid()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID(g)
	if r == nil {
		return
	}
	if r.opened = append(r.opened, d); r.kind != "" {
		d.SetDeadline(longAgo)
	}
}

// interrupt fails what a call has opened. mu is held.
func (s *stopper) interrupt(r *running) {
	if r.interrupts.cancel != nil {
		r.interrupts.cancel()
	}
	for _, d := range r.opened {
		d.SetDeadline(longAgo)
	}
}

// networkSymbols are the functions that open something to wait for.
func (s *stopper) networkSymbols(importPath string) symbolMap {
	switch importPath {
	case "net":
		return symbolMap{
			"Dial": reflect.ValueOf(func(network, address string) (net.Conn, error) {
				return s.dial(&net.Dialer{}, network, address)
			}),
			"DialTimeout": reflect.ValueOf(func(network, address string, timeout time.Duration) (net.Conn, error) {
				return s.dial(&net.Dialer{Timeout: timeout}, network, address)
			}),
			"Listen": reflect.ValueOf(func(network, address string) (net.Listener, error) {
				l, err := net.Listen(network, address)
				s.opens(l)
				return l, err
			}),
			"ListenPacket": reflect.ValueOf(func(network, address string) (net.PacketConn, error) {
				c, err := net.ListenPacket(network, address)
				s.opens(c)
				return c, err
			}),
		}
	case "net/http":
		return symbolMap{
			"Get":  reflect.ValueOf(func(url string) (*http.Response, error) { return s.request("GET", url, "", nil) }),
			"Head": reflect.ValueOf(func(url string) (*http.Response, error) { return s.request("HEAD", url, "", nil) }),
			"Post": reflect.ValueOf(func(url, contentType string, body io.Reader) (*http.Response, error) {
				return s.request("POST", url, contentType, body)
			}),
			"PostForm": reflect.ValueOf(func(url string, data url.Values) (*http.Response, error) {
				return s.request("POST", url, "application/x-www-form-urlencoded", strings.NewReader(data.Encode()))
			}),
			"NewRequest": reflect.ValueOf(func(method, url string, body io.Reader) (*http.Request, error) {
				return http.NewRequestWithContext(s.stopContext(), method, url, body)
			}),
		}
	case "os/exec":
		return symbolMap{"Command": reflect.ValueOf(func(name string, arg ...string) *exec.Cmd {
			return exec.CommandContext(s.stopContext(), name, arg...)
		})}
	}
	return nil
}

func (s *stopper) dial(d *net.Dialer, network, address string) (net.Conn, error) {
	c, err := d.DialContext(s.stopContext(), network, address)
	s.opens(c)
	return c, err
}

func (s *stopper) request(method, url, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(s.stopContext(), method, url, body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	return http.DefaultClient.Do(req)
}
