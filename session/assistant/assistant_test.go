package assistant

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"hotloop/session"
)

const doorText = `package door

var total int

func OnOpen(n int) int { total += n; return total }
`

// connect has the official client talk to a server of a session's tools.
func connect(t *testing.T, s Session) *mcp.ClientSession {
	t.Helper()
	here, there := mcp.NewInMemoryTransports()
	served, err := Server(s).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		served.Wait()
	})
	return c
}

// use calls a tool and gives its text.
func use(t *testing.T, c *mcp.ClientSession, tool string, args map[string]any) (text string, failed bool) {
	t.Helper()
	got, err := c.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return got.Content[0].(*mcp.TextContent).Text, got.IsError
}

// open starts a session with a socket.
func open(t *testing.T) (*session.Session, *session.Remote) {
	t.Helper()
	s, err := session.New(t.Context(), session.Config{Host: session.Host{Sources: map[string]string{"door.go": doorText}}})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "hl") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	sock, err := session.Listen(s, filepath.Join(dir, "s.sock"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := session.Attach(t.Context(), sock.Path())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Close()
		sock.Close()
		s.Close()
		os.RemoveAll(dir)
	})
	return s, r
}

// TestToolsFollowAnEdit does what an assistant does: it pins an event, sees what
// an edit did to it, finds the unit that did, and takes it back. The session is
// in this process or elsewhere.
func TestToolsFollowAnEdit(t *testing.T) {
	for _, where := range []string{"here", "elsewhere"} {
		t.Run(where, func(t *testing.T) {
			s, r := open(t)
			var of Session = s
			if where == "elsewhere" {
				of = r
			}
			c := connect(t, of)
			want := func(tool string, args map[string]any, want ...string) {
				t.Helper()
				text, failed := use(t, c, tool, args)
				for _, w := range want {
					if failed || !strings.Contains(text, w) {
						t.Errorf("%s gives %s (failed: %v), want %s", tool, text, failed, w)
					}
				}
			}
			want("fire_event", map[string]any{"event": "door.OnOpen", "data": 3}, `"value":3`)
			want("pin_event", map[string]any{"event": "door.OnOpen", "data": 1}, `"id":1`)
			if _, err := s.Save(t.Context(), map[string]string{"door.go": strings.Replace(doorText, "+= n", "+= 10 * n", 1)}); err != nil {
				t.Fatal(err)
			}
			for counter := uint64(0); s.Pins()[0].Changes == nil; {
				var err error
				if counter, err = s.Changed(context.Background(), counter); err != nil {
					t.Fatal(err)
				}
			}
			want("list_pins", nil, `"before":"4"`, `"after":"13"`)
			want("replay_differences", nil, `"what":["returns"`, `"text":"30"`)
			want("replay_differences", map[string]any{"before": 2}, `"differences":[{`)
			want("read_reports", map[string]any{"since": 1}, `"key":"func OnOpen"`, "+= 10 * n")
			want("bisect_pin", map[string]any{"pin": 1}, `"unit":"func OnOpen"`, `"report":2`)
			want("read_state", map[string]any{"script": "door"}, `"text":"3"`) // none of this has changed it
			want("rollback", map[string]any{"script": "door", "report": 2}, `"status":"live"`)
			want("set_variable", map[string]any{"script": "door", "name": "total", "value": "40"}, `"text":"40"`)
			want("fire_event", map[string]any{"event": "OnOpen", "data": 2}, `"value":42`)
			want("unpin_event", map[string]any{"pin": 1}, "unpinned")
			if text, failed := use(t, c, "unpin_event", map[string]any{"pin": 1}); !failed {
				t.Errorf("unpinned twice: %s", text)
			}
		})
	}
}

func TestTools(t *testing.T) {
	ctx := context.Background()
	s, _ := open(t)
	c := connect(t, s)
	list, err := c.ListTools(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
	}
	for _, x := range []struct {
		tool   string
		args   map[string]any
		failed bool
		want   string
	}{
		{"list_scripts", nil, false, `"name":"door"`},
		{"fire_event", map[string]any{"event": "door.OnOpen", "data": 3}, false, `"value":3`},
		{"fire_event", map[string]any{"event": "OnOpne"}, true, "did you mean OnOpen?"},
		{"fire_event", map[string]any{"event": "OnOpen", "data": "x"}, false, `"kind":"arguments"`},
		{"read_state", map[string]any{"script": "door"}, false, `"text":"3"`},
		{"eval", map[string]any{"script": "door", "code": "total * 2"}, false, `"text":"6"`},
		{"eval", map[string]any{"script": "door", "code": "nothing"}, true, "undefined: nothing"},
		{"read_source", map[string]any{"script": "door", "unit": "OnOpen"}, false, "total += n"},
		{"read_reports", nil, false, `"cause":"load"`},
		{"describe_handler", map[string]any{"script": "door", "function": "OnOpen"}, false, `"name":"n"`},
		{"list_events", nil, false, ""},
		{"reload", map[string]any{"script": "door"}, false, `"status":"unchanged"`},
		{"rollback", map[string]any{"script": "door", "report": 99}, true, "99"},
		{"replay", nil, false, `"same":`},
	} {
		if !slices.Contains(names, x.tool) {
			t.Errorf("%s is not offered", x.tool)
			continue
		}
		text, failed := use(t, c, x.tool, x.args)
		if failed != x.failed || !strings.Contains(text, x.want) {
			t.Errorf("%s %v: failed %v, %s, want %q", x.tool, x.args, failed, text, x.want)
		}
	}
}
