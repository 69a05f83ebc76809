package tui_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"hotloop/session"
	"hotloop/tui"
)

// A program shows the session that it has in its own terminal, until somebody
// quits. What the program prints meanwhile would go across the screen, so a
// program with a logger gives it a file.
func ExampleRun() {
	ctx := context.Background()
	s, err := session.New(ctx, session.Config{Paths: []string{"scripts"}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer s.Close()
	go serve(ctx, s) // what the program is there for, with handles and events
	if err := tui.Run(ctx, s, tui.Options{Title: "my program"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func serve(context.Context, *session.Session) {}

// Without a terminal the same session can be had as lines of text.
func ExamplePlain() {
	ctx := context.Background()
	s, err := session.New(ctx, session.Config{Host: session.Host{Sources: map[string]string{"door.go": `package door

var total int

func Open(people int) int { total += people; return total }
`}}})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	var out strings.Builder
	if err := tui.Plain(ctx, s, tui.Options{Title: "door"}, strings.NewReader("door.Open 3\ndoor.Open 4\n"), &out); err != nil {
		panic(err)
	}
	for line := range strings.Lines(out.String()) {
		if _, said, ok := strings.Cut(line, " gave "); ok {
			fmt.Println(strings.Fields(said)[0]) // what follows is how long it took
		}
	}
	// Output:
	// 3
	// 7
}
