//go:build !hotloop

package main

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hotloop/interp"
	"hotloop/session"
)

// script is a handler in two halves, which agree within a version.
func script(version int) string {
	return fmt.Sprintf(`package routes

import (
	"fmt"
	"net/http"
)

var served int

func first() int { return %d }

func second() int { return %d }

func Pair(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, first(), second()) }
`, version, version)
}

func start(t testing.TB, dir string) (*session.Session, *httptest.Server) {
	t.Helper()
	s, err := open(t.Context(), dir, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&routes{session: s})
	t.Cleanup(func() {
		server.Close()
		s.Close()
	})
	return s, server
}

func TestSampleRoutes(t *testing.T) {
	_, server := start(t, "_routes")
	for _, c := range []struct{ path, body, want string }{
		{"/hello?name=Ann", "", "hello Ann, number 1 at the web sample\n"},
		{"/hello", "", "hello you, number 2 at the web sample\n"},
		{"/sum", "[1,2,39]", "42\n"},
		{"/helo", "", "no handler \"Helo\"; did you mean Hello?\n"},
	} {
		r, err := http.Post(server.URL+c.path, "application/json", strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if string(text) != c.want {
			t.Errorf("%s: %q, want %q", c.path, text, c.want)
		}
	}
}

// TestSavesUnderLoad saves the script 50 times while 200 clients send requests.
// None fails, none mixes two versions, and one that begins after the report of a
// version gets that version or a newer one.
func TestSavesUnderLoad(t *testing.T) {
	const saves, clients = 50, 200
	dir := t.TempDir()
	file := filepath.Join(dir, "routes.go")
	save := func(version int) {
		if err := os.WriteFile(file, []byte(script(version)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	save(1)
	s, server := start(t, dir)
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}

	var live atomic.Int64
	live.Store(1)
	var served atomic.Int64
	stop := make(chan struct{})
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			var mine []time.Duration
			defer func() {
				mu.Lock()
				took = append(took, mine...)
				mu.Unlock()
			}()
			for {
				select {
				case <-stop:
					return
				default:
				}
				least, began := live.Load(), time.Now()
				r, err := client.Get(server.URL + "/pair")
				if err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				text, err := io.ReadAll(r.Body)
				r.Body.Close()
				mine = append(mine, time.Since(began))
				served.Add(1)
				var a, b int64
				if n, _ := fmt.Sscan(string(text), &a, &b); err != nil || r.StatusCode != 200 || n != 2 || a != b || a < least {
					t.Errorf("%s %q when version %d was live: %v", r.Status, text, least, err)
					return
				}
				// As many clients as that, but not all of two cores.
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	entries := s.Follow(t.Context())
	var patch []time.Duration
	version := 1
	save(2)
	for e := range entries {
		if e.Report == nil {
			continue
		}
		version++
		if e.Report.Status != interp.StatusLive || len(e.Report.Units) != 2 {
			t.Errorf("version %d: %+v", version, e.Report)
			break
		}
		live.Store(int64(version))
		patch = append(patch, time.Duration(e.Report.Timing.Total)*time.Microsecond)
		if version > saves || t.Failed() {
			break
		}
		// Between two saves every client has been served, on average.
		for before := served.Load(); served.Load() < before+clients && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		save(version + 1)
	}
	close(stop)
	wg.Wait()
	if len(patch) != saves {
		t.Errorf("%d saves went live, want %d", len(patch), saves)
	}
	t.Logf("%d requests of %d clients during %d saves: %s", len(took), clients, len(patch), percentiles(took))
	t.Logf("from a settled save to its report: %s", percentiles(patch))
	if m := s.Metrics(); m.Errors != 0 || m.Patches != saves {
		t.Errorf("%+v", m)
	}
}

func percentiles(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	slices.Sort(d)
	at := func(p int) time.Duration { return d[min(len(d)-1, len(d)*p/100)].Round(10 * time.Microsecond) }
	return fmt.Sprintf("50%% %v, 90%% %v, 99%% %v, all %v", at(50), at(90), at(99), at(100))
}

// BenchmarkHost sends requests over loopback to a route of the sample. The same
// without a host, compiled and in the bare interpreter, is BenchmarkHTTP of
// interp.
func BenchmarkHost(b *testing.B) {
	s, err := open(b.Context(), "_routes", nil)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	server := httptest.NewServer(&routes{session: s})
	defer server.Close()
	for b.Loop() {
		r, err := http.Post(server.URL+"/sum", "application/json", strings.NewReader("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]"))
		if err != nil {
			b.Fatal(err)
		}
		text, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if string(text) != "136\n" {
			b.Fatalf("%q", text)
		}
	}
}
