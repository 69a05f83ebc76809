package client_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hotloop/session"
	"hotloop/session/client"
)

// serve starts a session with a socket.
func serve(t *testing.T) (*session.Session, *session.Socket) {
	t.Helper()
	dir, err := os.MkdirTemp("", "hl") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	s, err := session.New(t.Context(), session.Config{Host: session.Host{Sources: map[string]string{"m.go": `package m

func Double(n int) int { return 2 * n }

func Wait(ch string) { select {} }
`}}})
	if err != nil {
		t.Fatal(err)
	}
	sock, err := session.Listen(s, filepath.Join(dir, "s.sock"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sock.Close(); s.Close() })
	return s, sock
}

func TestRequestsDoNotWait(t *testing.T) {
	s, sock := serve(t)
	told := make(chan client.Notification, 100)
	c, err := client.Dial(t.Context(), sock.Path(), func(n client.Notification) { told <- n })
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	blocked := make(chan error, 1)
	go func() { _, err := c.Fire(ctx, "m.Wait", "x"); blocked <- err }()
	for s.Running() == 0 { // until it is under way
		if _, err := s.Changed(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			calls, err := c.Fire(t.Context(), "Double", n)
			if err != nil || len(calls) != 1 || calls[0].Returns[0].Text != fmt.Sprint(2*n) {
				t.Errorf("%d: %+v, %v", n, calls, err)
			}
		})
	}
	wg.Wait()
	if n := <-told; n.Method != "event" {
		t.Errorf("%+v", n)
	}
	cancel()
	if err := <-blocked; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	var answer *client.Error
	if _, err := c.Fire(t.Context(), "Duoble", 1); !errors.As(err, &answer) || answer.Code != -32001 {
		t.Errorf("%v", err)
	}
	sock.Close()
	<-c.Done()
	if _, err := c.Fire(t.Context(), "Double", 1); !errors.Is(err, client.ErrClosed) {
		t.Errorf("%v", err)
	}
}
