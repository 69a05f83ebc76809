package middleware_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"hotloop/session"
	"hotloop/session/middleware"
)

// A plugin is served by any server, and requests to it are composed in the
// session: with Send, as the event "request", or on the session's screen.
func Example() {
	ctx := context.Background()
	const dir = "testdata/blockpath"
	s, err := session.New(ctx, middleware.Config(dir))
	if err != nil {
		panic(err)
	}
	defer s.Close()
	h, err := middleware.New(s, dir, nil)
	if err != nil {
		panic(err)
	}
	defer h.Close()
	server := httptest.NewServer(h)
	defer server.Close()
	h.Offer(server.URL)

	x, err := h.Send(ctx, server.URL, middleware.Request{Method: "GET", Path: "/admin"})
	if err != nil {
		panic(err)
	}
	fmt.Println(x.Title())
	e, err := s.Fire(ctx, session.FireRequest{Event: "request", Data: []byte(`{"path":"/open","headers":{"X-A":"1"}}`)})
	if err != nil {
		panic(err)
	}
	fmt.Println(e.Calls[0].Returns[0].Text)
	// Output:
	// 403 Forbidden, not passed on
	// 200 OK, nothing changed
}
