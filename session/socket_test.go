package session

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"hotloop/interp"
)

// privateSockets gives the test a directory of sockets of its own. Its path is
// short: a socket's may be no longer than about a hundred bytes.
func privateSockets(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	return dir
}

func listenTest(t *testing.T, s *fakeSession, addr string, paths ...string) *Socket {
	t.Helper()
	sock, err := listenRPC(s, addr, paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close() })
	return sock
}

func TestSocketServes(t *testing.T) {
	dir := privateSockets(t)
	s := newFakeSession()
	s.add(Entry{Report: &interp.Report{ID: 1}}) // before the client came
	sock := listenTest(t, s, "on", "testdata")
	if !strings.HasPrefix(sock.Path(), filepath.Join(dir, "hotloop", "testdata-")) {
		t.Errorf("socket at %s", sock.Path())
	}
	if info, err := os.Stat(sock.Path()); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(sock.Path())); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	ctx := context.Background()
	var wg sync.WaitGroup
	for range 3 { // several clients at once
		wg.Go(func() {
			c, err := Dial(ctx, sock.Path())
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			var info Info
			if err := c.Call(ctx, "session.info", nil, &info); err != nil || info.PID != 7 {
				t.Errorf("%+v, %v", info, err)
			}
			err = c.Call(ctx, "session.fire", map[string]any{"event": "OnOpne"}, nil)
			if !isNotFound(err) || !strings.Contains(err.Error(), "did you mean OnOpen?") {
				t.Errorf("error %v", err)
			}
		})
	}
	wg.Wait()

	if err := sock.Close(); err != nil {
		t.Error(err)
	}
	entries, _ := os.ReadDir(filepath.Dir(sock.Path()))
	if len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSocketClientGetsOnlyWhatHappensNow(t *testing.T) {
	privateSockets(t)
	s := newFakeSession()
	s.add(Entry{Report: &interp.Report{ID: 1}})
	sock := listenTest(t, s, "on", "testdata")
	conn, err := net.Dial("unix", sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Write([]byte(`{"jsonrpc":"2.0","id":1,"method":"session.info"}` + "\n"))
	buf := make([]byte, 4096)
	n, err := conn.Read(buf)
	if err != nil || !strings.Contains(string(buf[:n]), `"pid":7`) || strings.Contains(string(buf[:n]), "report") {
		t.Fatalf("%s, %v", buf[:n], err)
	}
	s.add(Entry{Report: &interp.Report{ID: 2}})
	n, err = conn.Read(buf)
	if err != nil || !strings.Contains(string(buf[:n]), `"method":"report","params":{"id":2,`) {
		t.Fatalf("%s, %v", buf[:n], err)
	}
}

func TestSocketCloseEndsConnections(t *testing.T) {
	privateSockets(t)
	sock := listenTest(t, newFakeSession(), "on", "testdata")
	ctx := context.Background()
	c, err := Dial(ctx, sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(ctx, "session.info", nil, nil); err != nil {
		t.Fatal(err)
	}
	sock.Close()
	if err := c.Call(ctx, "session.info", nil, nil); err == nil {
		t.Error("a closed socket answers")
	}
}

func TestSocketShutdown(t *testing.T) {
	privateSockets(t)
	asked := make(chan struct{})
	sock, err := listenRPC(newFakeSession(), "on", []string{"testdata"}, func() { close(asked) })
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	c, err := Dial(context.Background(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(context.Background(), "session.shutdown", nil, nil); err != nil {
		t.Error(err)
	}
	<-asked
}

func TestSocketIsNotStolen(t *testing.T) {
	privateSockets(t)
	first := listenTest(t, newFakeSession(), "on", "testdata")
	_, err := listenRPC(newFakeSession(), "on", []string{"../session/testdata"}, nil)
	if !errors.Is(err, ErrSocketTaken) {
		t.Errorf("the same paths: %v", err)
	}
	listenTest(t, newFakeSession(), "on", "testdata", ".") // other paths, another session

	addr := filepath.Join(filepath.Dir(first.Path()), "own.sock")
	listenTest(t, newFakeSession(), addr, "..")
	if _, err := listenRPC(newFakeSession(), addr, []string{"/"}, nil); !errors.Is(err, ErrSocketTaken) {
		t.Errorf("a socket somebody answers at: %v", err)
	}
	c, err := Dial(context.Background(), addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(context.Background(), "session.info", nil, nil); err != nil {
		t.Errorf("the first has lost its socket: %v", err)
	}
}

// TestSocketReplacesDeadOne has the leftovers of a session that was killed.
func TestSocketReplacesDeadOne(t *testing.T) {
	privateSockets(t)
	first := listenTest(t, newFakeSession(), "on", "testdata")
	registered, err := os.ReadFile(first.entry.path)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: first.Path(), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close() // the file stays, nobody answers
	if err := os.WriteFile(first.entry.path, registered, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, found := FindRunning(context.Background(), []string{"testdata"}); found {
		t.Error("a dead session is found")
	}
	listenTest(t, newFakeSession(), "on", "testdata")
	if _, found := FindRunning(context.Background(), []string{"testdata"}); !found {
		t.Error("the new session is not found")
	}
}

func TestSocketRefusesPlaces(t *testing.T) {
	dir := privateSockets(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ addr, want string }{
		{file, "is no socket"},
		{"localhost:8080", "not the path of a socket"},
		{filepath.Join(dir, strings.Repeat("long", 30)), "too long"},
		{filepath.Join(dir, "none", "s"), "no such file"},
	} {
		if _, err := listenRPC(newFakeSession(), test.addr, []string{"testdata"}, nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.addr, err)
		}
	}
	if text, _ := os.ReadFile(file); string(text) != "precious" {
		t.Error("the file is lost")
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(filepath.Join(dir, "hotloop"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := listenRPC(newFakeSession(), "on", []string{"testdata"}, nil); err == nil || !strings.Contains(err.Error(), "this user alone") {
		t.Errorf("a directory open to others: %v", err)
	}
}

func TestFindRunning(t *testing.T) {
	privateSockets(t)
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, filepath.FromSlash(p)) }
	for _, d := range []string{"a/b/c", "a/d", "e"} {
		if err := os.MkdirAll(at(d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	one := listenTest(t, newFakeSession(), "on", at("a/b"))
	find := func(paths ...string) string {
		r, ok := FindRunning(ctx, paths)
		if !ok {
			return ""
		}
		return r.Socket
	}
	for _, test := range []struct {
		dir   string
		paths []string
		found bool
	}{
		{root, []string{at("a/b")}, true},
		{root, []string{"a/b/"}, true},
		{root, []string{at("a/b/c")}, true},             // below one of its paths
		{root, []string{at("a/d")}, false},              // beside
		{root, []string{at("a")}, false},                // above: other scripts would be left out
		{root, []string{at("a/b"), at("a/b/c")}, false}, // a different set
		{root, nil, true},                               // the only one below the working directory
		{at("a/b"), nil, true},
		{at("e"), nil, false},
	} {
		t.Chdir(test.dir)
		if got := find(test.paths...); (got == one.Path()) != test.found || !test.found && got != "" {
			t.Errorf("in %s, %q: found %q", test.dir, test.paths, got)
		}
	}
	two := listenTest(t, newFakeSession(), "on", at("a/d"))
	t.Chdir(root)
	if got := find(); got != "" {
		t.Errorf("two run, and %q was chosen", got)
	}
	if got := find(at("a/d")); got != two.Path() {
		t.Errorf("got %q", got)
	}
}

func TestClientContext(t *testing.T) {
	privateSockets(t)
	sock := listenTest(t, newFakeSession(), "on", "testdata")
	c, err := Dial(context.Background(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if err := c.Call(ctx, "session.fire", map[string]any{"event": "block"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := Dial(context.Background(), sock.Path()+"x"); err == nil {
		t.Error("connected to nothing")
	}
}
