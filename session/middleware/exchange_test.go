package middleware

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hotloop/interp"
	"hotloop/session"
)

// fire composes a request as a screen or another program does.
func (p *plugin) fire(data string) session.Event {
	p.t.Helper()
	e, err := p.s.Fire(p.t.Context(), session.FireRequest{Event: "request", Data: json.RawMessage(data), Source: "test"})
	if err != nil || len(e.Calls) != 1 {
		p.t.Fatalf("%+v, %v", e, err)
	}
	return e
}

// told gives the details with a label.
func told(e session.Event, label string) (out []string) {
	for _, d := range e.Details {
		if d.Label == label {
			out = append(out, d.Text)
		}
	}
	return out
}

func TestComposedRequest(t *testing.T) {
	p := serve(t, "stamp")
	e := p.fire(`{"path":"/a","headers":{"X-Zone":"red","X-Mine":"1"}}`)
	if got := e.Calls[0].Returns[0].Text; got != "200 OK, 4 changes" {
		t.Errorf("%s", got)
	}
	changes := told(e, "plugin")
	want := []string{"request + X-Limit: 7", "request + X-Stamp: ", "request + X-Ttl: 1m30s", "request ~ X-Zone: red → blue"}
	if len(changes) != len(want) {
		t.Fatalf("%q", changes)
	}
	for i := range want {
		if !strings.HasPrefix(changes[i], want[i]) {
			t.Errorf("%q, want %q", changes[i], want[i])
		}
	}
	if body := told(e, "body"); len(body) != 1 || !strings.Contains(body[0], "X-Mine: 1") {
		t.Errorf("%q", body)
	}
	var x Exchange
	if err := json.Unmarshal(e.Calls[0].Returns[0].Value.(json.RawMessage), &x); err != nil {
		t.Fatal(err)
	}
	if x.Reply.Status != 200 || x.Reply.Headers.Get("Content-Length") == "" || x.Request.Headers["X-Zone"] != "red" || x.Passed.Headers["X-Zone"] != "blue" {
		t.Errorf("%+v", x)
	}
	for data, want := range map[string]string{
		`{"path":"a"}`: "no path", `{"method":"get","path":"/"}`: "no method", `{"path":"/","headers":{"a b":"c"}}`: "no name of a header",
		`{"path":"/","headers":{"A":"b\nc"}}`: "more than one line", `{"pth":"/"}`: `unknown field "pth"`,
	} {
		if c := p.fire(data).Calls[0]; c.Error == nil || c.Error.Kind != interp.ErrArguments || !strings.Contains(c.Error.Message, want) {
			t.Errorf("%s: %+v", data, c.Error)
		}
	}
}

func TestExchangeOfAnAnswer(t *testing.T) {
	p := serve(t, "bodylog")
	e := p.fire(`{"method":"POST","path":"/b","body":"text"}`)
	got := told(e, "plugin")
	if want := []string{"answer + X-Seen: 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if body := told(e, "body")[0]; !strings.HasSuffix(body, "\n\ntext") {
		t.Errorf("%q", body)
	}
	e = p.fire(`{"path":"/b"}`)
	if got := told(e, "plugin"); len(got) != 2 || !strings.HasPrefix(got[1], "answer ~ body: line 1 of ") || !strings.HasSuffix(got[1], `, "got /b"`) {
		t.Errorf("%q", got)
	}
}

func TestExchangeWithoutPassing(t *testing.T) {
	p := serve(t, "blockpath")
	e := p.fire(`{"path":"/admin"}`)
	if e.Calls[0].Returns[0].Text != "403 Forbidden, not passed on" {
		t.Errorf("%+v", e.Calls[0])
	}
	// A panic of the plugin's is the call's, and the answer says so too.
	p.save("blockpath.go", "rw.WriteHeader(http.StatusForbidden)", "panic(\"no\")")
	e = p.fire(`{"path":"/admin"}`)
	if c := e.Calls[0]; c.Error == nil || !strings.Contains(c.Error.Message, "panic: no") {
		t.Errorf("%+v", c)
	}
	if got := told(e, "plugin"); !slices.Equal(got, []string{"panic: no"}) {
		t.Errorf("%q", got)
	}
}

// TestRequestsInTheLog looks at what the log has of requests, those that came by
// themselves and those that were composed: each once, and ready to be fired again.
func TestRequestsInTheLog(t *testing.T) {
	p := serve(t, "blockpath")
	entries := p.s.Follow(t.Context())
	r, err := http.Post(p.server.URL+"/x", "text/plain", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	p.fire(`{"path":"/admin"}`)
	var got []session.Event
	for e := range entries {
		if e.Event != nil {
			got = append(got, *e.Event)
		}
		if len(got) == 2 {
			break
		}
	}
	if got[0].Source != "http" || got[1].Source != "test" || got[0].ID == got[1].ID {
		t.Errorf("%+v", got)
	}
	var req Request
	if err := json.Unmarshal(got[0].Data, &req); err != nil || req.Method != "POST" || req.Path != "/x" || req.Body != "abc" {
		t.Errorf("%s, %v", got[0].Data, err)
	}
	if again := p.fire(string(got[0].Data)); again.Calls[0].Error != nil || !strings.HasPrefix(again.Calls[0].Returns[0].Text, "200 OK") {
		t.Errorf("%+v", again.Calls[0])
	}
}

// TestManifestIsFollowed edits the configuration: there is an instance that has
// the new one, and the composer shows it. One that is wrong changes nothing.
func TestManifestIsFollowed(t *testing.T) {
	p := serve(t, "blockpath")
	entries := p.s.Follow(t.Context())
	file := filepath.Join(p.dir, manifestName)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	save := func(old, new, want string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		for e := range entries {
			if strings.Contains(e.Notice, want) {
				return
			}
		}
	}
	save("^/admin", "^/secret", "a new instance, configured by .traefik.yml")
	if status, _, _ := p.get("/secret"); status != http.StatusForbidden {
		t.Errorf("/secret: %d", status)
	}
	if status, _, _ := p.get("/admin"); status != http.StatusOK {
		t.Errorf("/admin: %d", status)
	}
	list, err := p.s.Handlers(t.Context())
	if err != nil || len(list) != 1 || !strings.Contains(list[0].Notes[0].Text, "^/secret") {
		t.Errorf("%+v, %v", list, err)
	}
	save("regex:", "regexp:", "the configuration has no field regexp")
	save("testData:", "testData: [", ".traefik.yml")
	if status, _, _ := p.get("/secret"); status != http.StatusForbidden {
		t.Errorf("/secret: %d", status)
	}
}

func TestBodyChange(t *testing.T) {
	for _, c := range []struct{ before, after, was, is string }{
		{"a", "b", `"a"`, `"b"`},
		{"", "b", `""`, `"b"`},
		{"a\nb\nc\n", "a\nB\nc\n", `line 2 of 4, "b"`, `line 2 of 4, "B"`},
		{"a\nb", "a\nb\nc", `line 2 of 2, "b"`, `line 2 of 3, "b"`},
		{"a\n", "a", `line 1 of 2, "a"`, `"a"`},
		{strings.Repeat("x", 50), "y", `"` + strings.Repeat("x", 40) + `..."`, `"y"`},
		{"\xff", "\xfe\xfe", "1 bytes", "2 other bytes"},
	} {
		if was, is := bodyChange(c.before, c.after); was != c.was || is != c.is {
			t.Errorf("%q, %q: %s → %s, want %s → %s", c.before, c.after, was, is, c.was, c.is)
		}
	}
}
