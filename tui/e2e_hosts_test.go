package tui_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"hotloop/session"
	"hotloop/session/client"
	"hotloop/tui/terminal"
)

// served finds the address of a server on the screen.
var served = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// testHTTP: a plugin is served, requests are composed on the screen and come
// from outside, and its code and configuration are edited meanwhile.
func testHTTP(t *testing.T, bin string) {
	d := sitDown(t, bin, 120, 45)
	if err := os.CopyFS(d.path("stamp"), os.DirFS("../session/middleware/testdata/stamp")); err != nil {
		t.Fatal(err)
	}
	d.open("http --addr localhost:0 stamp")
	d.Expect("Stamp is served on http://127.0.0.1:")
	base := served.FindString(d.Screen())

	d.Press("C")
	d.Expect("request through Stamp on "+base, "X-Zone: blue", "secret: hush") // the manifest's test data
	d.Press("tab", "ctrl+u")
	d.Type("a b")
	d.Expect("wants a path: it begins with a slash")
	d.Press("ctrl+u")
	d.Type("/hello?n=1")
	d.Press("tab", "ctrl+n")
	d.Type("X-Mine")
	d.Press("tab")
	d.Type("yes")
	d.Press("enter")
	d.Expect("200 OK, 4 changes", "request + X-Ttl: 1m30s", "GET /hello?n=1", "X-Mine: yes")
	d.write("stamp/.traefik.yml", strings.Replace(d.read("stamp/.traefik.yml"), "90s", "20s", 1))
	d.Expect("ttl: 20s")
	d.Press("enter")
	d.Expect("request + X-Ttl: 20s")
	d.Press("esc")
	d.matches(`✓ stamp +request .* → 200 OK, 4 changes`)

	d.write("stamp/stamp.go", strings.Replace(d.read("stamp/stamp.go"), `"X-Ttl"`, `"X-Left"`, 1))
	d.Expect("Stamp.ServeHTTP v1→v2")
	d.Press(".")
	d.Until("three requests", func(s string) bool { return count(s, `✓ stamp +request `) == 3 })
	answer, err := http.Post(base+"/outside", "text/plain", strings.NewReader("from outside"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.Contains(string(text), "X-Left: 20s") || !strings.Contains(string(text), "from outside") {
		t.Errorf("%s, %v", text, err)
	}
	d.Until("the request from outside", func(s string) bool { return count(s, `✓ stamp +request .*POST`) == 1 })
	d.quit()
}

// testHTTPPlain: without a terminal requests are lines of standard input, and
// the program ends at a signal though it waits for one.
func testHTTPPlain(t *testing.T, bin string) {
	cmd := exec.Command(bin+"/hotloop", "http", "--plain", "--listen", "off", "--state", "off", "--addr", "localhost:0", "../session/middleware/testdata/blockpath")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	seen := ""
	until := func(text string) {
		t.Helper()
		part := make([]byte, 4096)
		for !strings.Contains(seen, text) {
			n, err := out.Read(part)
			seen += string(part[:n])
			if err != nil {
				t.Fatalf("no %q in\n%s", text, seen)
			}
		}
		seen = seen[strings.Index(seen, text)+len(text):]
	}
	until("serving on http://127.0.0.1:")
	until("^/admin") // the configuration
	fmt.Fprintln(in, "/admin")
	until("403 Forbidden")
	fmt.Fprintln(in, "PUT /x -H 'X-A: 2' body")
	until("200 OK")
	until("X-A: 2")
	fmt.Fprintln(in, ".")
	until("200 OK")
	cmd.Process.Signal(syscall.SIGTERM)
	io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("it did not end well: %v", err)
	}
}

// testAttach: the screen of a session that a program has in it, twice, and a
// third client, all on one log. The session goes on when screens leave.
func testAttach(t *testing.T, bin string) {
	dir, err := os.MkdirTemp("", "hl") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	const text = "package door\n\nvar total int\n\nfunc Open(n int) int { total += n; return total }\n"
	s, err := session.New(t.Context(), session.Config{Host: session.Host{Sources: map[string]string{"door.go": text}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sock, err := session.Listen(s, filepath.Join(dir, "s.sock"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	a, b := sitDown(t, bin, 120, 40), sitDown(t, bin, 100, 30)
	for _, d := range []*desk{a, b} {
		d.open("attach " + sock.Path())
		d.Expect("Open")
	}
	a.fire("door.Open 3")
	b.Expect("Open 3 → 3")
	c, err := client.Dial(t.Context(), sock.Path(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if calls, err := c.Fire(t.Context(), "door.Open", 4); err != nil || calls[0].Returns[0].Text != "7" {
		t.Errorf("%+v, %v", calls, err)
	}
	a.Expect("Open 4 → 7")
	b.Expect("Open 4 → 7")
	if _, err := s.Save(context.Background(), map[string]string{"door.go": strings.Replace(text, "total += n", "total += 10 * n", 1)}); err != nil {
		t.Fatal(err)
	}
	a.Expect("Open v1→v2")
	b.Expect("Open v1→v2")
	b.quit()
	a.fire("door.Open 1")
	a.Expect("Open 1 → 17")
	if out, err := s.Call(context.Background(), "door.Open", 1); err != nil || out[0] != 27 {
		t.Errorf("%v, %v", out, err)
	}
	// When the session ends the screen says so, and can still be left.
	sock.Close()
	a.Expect("the session has ended")
	a.quit()
}

// hostAt builds a sample of a program that has a session in it and sits down at
// a terminal with it, and with a copy of its script.
func hostAt(t *testing.T, name, script string) *desk {
	t.Helper()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, name), "hotloop/samples/hosts/"+name).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	d := &desk{terminal.Open(t, terminal.Options{Width: 120, Height: 40, Path: []string{bin}}), t}
	if err := os.CopyFS(d.path(script), os.DirFS("../samples/hosts/"+name+"/"+script)); err != nil {
		t.Fatal(err)
	}
	return d
}

// testOwnTerminal: a program that has a session in it shows it in the terminal
// that it was started in.
func testOwnTerminal(t *testing.T, _ string) {
	d := hostAt(t, "web", "_routes")
	d.Run("web -screen -addr localhost:0; echo exit=$?")
	d.Expect("routes on http://127.0.0.1:", "● watching", "q quit")
	base := served.FindString(d.Screen())
	get := func(want string) {
		t.Helper()
		r, err := http.Get(base + "/hello")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if text, err := io.ReadAll(r.Body); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s, %v; want %q", text, err, want)
		}
	}
	get("hello you, number 1 at the web sample")
	d.write("_routes/routes.go", strings.Replace(d.read("_routes/routes.go"), "hello %s", "welcome %s", 1))
	d.Expect("Hello v1→v2")
	get("welcome you, number 2")
	d.quit()
	if _, err := http.Get(base + "/hello"); err == nil {
		t.Error("the program serves on, though it has ended")
	}
}

// testTick: a loop that draws its frame in the terminal takes edits between its
// ticks, and goes on from where it is.
func testTick(t *testing.T, _ string) {
	d := hostAt(t, "tick", "_rules")
	d.Run("tick -tick 20ms; echo exit=$?")
	d.matches(`\.o\.`)
	tick := func() int {
		t.Helper()
		n := 0
		d.Until("a tick", func(s string) bool {
			m := regexp.MustCompile(`tick (\d+)`).FindStringSubmatch(s)
			if m == nil {
				return false
			}
			_, err := fmt.Sscan(m[1], &n)
			return err == nil
		})
		return n
	}
	before := tick()
	text := d.read("_rules/rules.go")
	d.write("_rules/rules.go", strings.Replace(text, "'o'", "'@'", 1))
	d.matches(`\.@\.`)
	d.Expect("live in ")
	d.write("_rules/rules.go", strings.Replace(text, "'o'", "nothing", 1))
	d.Expect("undefined: nothing")
	d.matches(`\.@\.`)
	if now := tick(); now <= before {
		t.Errorf("tick %d after tick %d", now, before)
	}
	d.Press("ctrl+c")
	d.Expect("exit=0")
}
