package client_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"hotloop/session"
	"hotloop/session/client"
)

// A program that fires events of a session that runs elsewhere, and is told
// what happens there. Here the session is in the same program.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "hl")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	s, err := session.New(ctx, session.Config{Host: session.Host{Sources: map[string]string{"m.go": "package m\n\nfunc Double(n int) int { return 2 * n }\n"}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	socket, err := session.Listen(s, filepath.Join(dir, "s.sock"), nil, nil)
	if err != nil {
		panic(err)
	}
	defer socket.Close()

	told := make(chan client.Notification, 100)
	c, err := client.Dial(ctx, socket.Path(), func(n client.Notification) { told <- n })
	if err != nil {
		panic(err)
	}
	defer c.Close()
	calls, err := c.Fire(ctx, "m.Double", 21)
	if err != nil {
		panic(err)
	}
	var n int
	if err := json.Unmarshal(calls[0].Returns[0].Value, &n); err != nil {
		panic(err)
	}
	fmt.Println(n, (<-told).Method)

	var state struct {
		Scripts []struct{ Name, State string }
	}
	err = c.Call(ctx, "session.scripts", nil, &state) // any method of session/PROTOCOL.md
	fmt.Println(state.Scripts, err)
	// Output:
	// 42 event
	// [{m live}] <nil>
}
