package middleware

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
	"hotloop/session"
)

// plugin serves a copy of a plugin in testdata.
type plugin struct {
	t      *testing.T
	dir    string
	s      *session.Session
	host   *Host
	server *httptest.Server
}

func serve(t *testing.T, name string) *plugin {
	t.Helper()
	p := &plugin{t: t, dir: filepath.Join(t.TempDir(), name)}
	if err := os.CopyFS(p.dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	var err error
	if p.s, err = session.New(t.Context(), Config(p.dir)); err != nil {
		t.Fatal(err)
	}
	if p.host, err = New(p.s, p.dir, nil); err != nil {
		t.Fatal(err)
	}
	p.server = httptest.NewServer(p.host)
	p.host.Offer(p.server.URL)
	t.Cleanup(func() {
		p.server.Close()
		p.host.Close()
		p.s.Close()
	})
	return p
}

func (p *plugin) get(path string) (status int, header http.Header, body string) {
	p.t.Helper()
	r, err := http.Get(p.server.URL + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return r.StatusCode, r.Header, string(text)
}

// save edits a file and waits for the report.
func (p *plugin) save(file, old, new string) interp.Report {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(file))
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		p.t.Fatalf("%s has no %q: %v", file, old, err)
	}
	entries := p.s.Follow(p.t.Context())
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		p.t.Fatal(err)
	}
	for e := range entries {
		if e.Report != nil {
			return *e.Report
		}
	}
	p.t.Fatal("the session ended")
	return interp.Report{}
}

func TestSingleFile(t *testing.T) {
	p := serve(t, "blockpath")
	if status, _, _ := p.get("/admin/x"); status != http.StatusForbidden {
		t.Errorf("/admin/x: %d", status)
	}
	if status, _, body := p.get("/open"); status != http.StatusOK || !strings.HasPrefix(body, "GET /open\n") {
		t.Errorf("/open: %d %s", status, body)
	}
	if rep := p.save("blockpath.go", "http.StatusForbidden", "http.StatusTeapot"); rep.Status != interp.StatusLive {
		t.Fatalf("%+v", rep)
	}
	if status, _, _ := p.get("/index.php"); status != http.StatusTeapot {
		t.Errorf("after the save: %d", status)
	}
	if p.host.Made() != 1 {
		t.Errorf("%d instances", p.host.Made())
	}
}

func TestSeveralFilesAndVendor(t *testing.T) {
	p := serve(t, "stamp")
	_, _, body := p.get("/a")
	for _, want := range []string{"X-Stamp: ", "X-Ttl: 1m30s", "X-Zone: blue", "X-Limit: 7"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if rep := p.save("vendor/example.com/token/token.go", "[:8]", "[:4] + \"!\""); rep.Status != interp.StatusLive {
		t.Fatalf("%+v", rep)
	}
	if _, _, now := p.get("/a"); !strings.Contains(now, "!\r\n") {
		t.Errorf("the vendored package was not patched:\n%s", now)
	}
}

func TestStateIsKept(t *testing.T) {
	p := serve(t, "bodylog")
	for want := 1; want <= 2; want++ {
		_, header, body := p.get("/a")
		if header.Get("X-Seen") != fmt.Sprint(want) || !strings.HasPrefix(body, "got /a\n") {
			t.Errorf("%s, %s", header.Get("X-Seen"), body)
		}
	}
	if rep := p.save("bodylog.go", `"X-Seen"`, `"X-Count"`); rep.Status != interp.StatusLive {
		t.Fatalf("%+v", rep)
	}
	if _, header, _ := p.get("/a"); header.Get("X-Count") != "3" || header.Get("X-Seen") != "" {
		t.Errorf("%v", header)
	}
	// A syntax error changes nothing.
	if rep := p.save("bodylog.go", "b.count[path]++", "b.count[path]++ }"); rep.Status != interp.StatusRefused {
		t.Fatalf("%+v", rep)
	}
	if _, header, _ := p.get("/a"); header.Get("X-Count") != "4" {
		t.Errorf("%v", header)
	}
}

// TestNewInstanceForNewType changes the type of the instance: there is a new
// one, with the state of a new one.
func TestNewInstanceForNewType(t *testing.T) {
	p := serve(t, "bodylog")
	p.get("/a")
	entries := p.s.Follow(t.Context())
	p.save("bodylog.go", "	mu    sync.Mutex\n", "	mu    sync.Mutex\n	total int\n")
	for range entries {
		if p.host.Made() == 2 {
			break
		}
		if _, header, _ := p.get("/b"); header.Get("X-Seen") == "" { // each makes an entry
			t.Fatal("the plugin did not answer")
		}
	}
	if _, header, _ := p.get("/a"); header.Get("X-Seen") != "1" {
		t.Errorf("%v", header)
	}
}

// TestPatchedWhileServing has clients send requests while a plugin is saved.
func TestPatchedWhileServing(t *testing.T) {
	p := serve(t, "blockpath")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := http.Get(p.server.URL + "/admin")
				if err != nil {
					t.Error(err)
					return
				}
				r.Body.Close()
				if r.StatusCode != http.StatusForbidden && r.StatusCode != http.StatusTeapot {
					t.Errorf("%s", r.Status)
					return
				}
			}
		})
	}
	names := []string{"http.StatusForbidden", "http.StatusTeapot"}
	for n := range 10 {
		if rep := p.save("blockpath.go", names[n%2], names[(n+1)%2]); rep.Status != interp.StatusLive {
			t.Errorf("%+v", rep)
			break
		}
	}
	close(stop)
	wg.Wait()
	if m := p.s.Metrics(); m.Errors != 0 || m.Patches != 10 {
		t.Errorf("%+v", m)
	}
}
