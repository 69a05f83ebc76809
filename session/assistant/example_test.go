package assistant_test

import (
	"context"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"hotloop/session"
	"hotloop/session/assistant"
)

// A program serves its session's tools on a transport of its choice.
func ExampleServer() {
	ctx := context.Background()
	s, err := session.New(ctx, session.Config{Host: session.Host{Sources: map[string]string{"m.go": "package m\n\nfunc Double(n int) int { return 2 * n }\n"}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	here, there := mcp.NewInMemoryTransports()
	served, err := assistant.Server(s).Connect(ctx, here, nil)
	if err != nil {
		panic(err)
	}
	defer served.Wait()

	c, err := mcp.NewClient(&mcp.Implementation{Name: "example"}, nil).Connect(ctx, there, nil)
	if err != nil {
		panic(err)
	}
	defer c.Close()
	answer, err := c.CallTool(ctx, &mcp.CallToolParams{Name: "eval", Arguments: map[string]any{"script": "m", "code": "Double(21)"}})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Content[0].(*mcp.TextContent).Text)
	// Output: {"type":"int","text":"42","value":42}
}
