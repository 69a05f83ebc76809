package middleware

import (
	"context"
	"fmt"
	"net"
)

// listen opens an address of this machine: code that is being edited is nothing
// for others to reach.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("listen on %s: only addresses of this machine are served, such as localhost:8080", addr)
	}
	return (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
}
