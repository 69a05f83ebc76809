package assistant

import (
	"context"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// patient is a transport that answers what was asked before its input ended:
// the end is told once every request has its response. Whoever pipes requests
// in and reads the answers need not know when to let go.
type patient struct{ mcp.Transport }

func (p patient) Connect(ctx context.Context) (mcp.Connection, error) {
	inner, err := p.Transport.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &patientConn{Connection: inner, closed: make(chan struct{})}, nil
}

type patientConn struct {
	mcp.Connection
	close  sync.Once
	closed chan struct{}

	mu    sync.Mutex
	asked int           // requests without a response
	quiet chan struct{} // closed when there is none left; nil while nobody waits
}

func (c *patientConn) Read(ctx context.Context) (jsonrpc.Message, error) {
	m, err := c.Connection.Read(ctx)
	if err != nil {
		c.wait(ctx)
		return m, err
	}
	if r, ok := m.(*jsonrpc.Request); ok && r.ID.IsValid() {
		c.mu.Lock()
		c.asked++
		c.mu.Unlock()
	}
	return m, nil
}

func (c *patientConn) wait(ctx context.Context) {
	c.mu.Lock()
	if c.asked == 0 {
		c.mu.Unlock()
		return
	}
	quiet := make(chan struct{})
	c.quiet = quiet
	c.mu.Unlock()
	select {
	case <-quiet:
	case <-c.closed:
	case <-ctx.Done():
	}
}

func (c *patientConn) Write(ctx context.Context, m jsonrpc.Message) error {
	err := c.Connection.Write(ctx, m)
	if _, ok := m.(*jsonrpc.Response); ok {
		c.mu.Lock()
		if c.asked--; c.asked == 0 && c.quiet != nil {
			close(c.quiet)
			c.quiet = nil
		}
		c.mu.Unlock()
	}
	return err
}

func (c *patientConn) Close() error {
	c.close.Do(func() { close(c.closed) })
	return c.Connection.Close()
}
