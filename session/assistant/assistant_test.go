package assistant

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"hotloop/session"
)

func TestTools(t *testing.T) {
	ctx := context.Background()
	s, err := session.New(ctx, session.Config{Host: session.Host{Sources: map[string]string{"door.go": `package door

var total int

func OnOpen(n int) int { total += n; return total }
`}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	here, there := mcp.NewInMemoryTransports()
	served, err := Server(s).Connect(ctx, here, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer served.Wait()
	c, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(ctx, there, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()

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
		got, err := c.CallTool(ctx, &mcp.CallToolParams{Name: x.tool, Arguments: x.args})
		if err != nil {
			t.Errorf("%s: %v", x.tool, err)
			continue
		}
		text := got.Content[0].(*mcp.TextContent).Text
		if got.IsError != x.failed || !strings.Contains(text, x.want) {
			t.Errorf("%s %v: failed %v, %s, want %q", x.tool, x.args, got.IsError, text, x.want)
		}
	}
}
