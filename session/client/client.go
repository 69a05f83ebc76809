// Package client talks to a running session over its socket, by the protocol in
// session/PROTOCOL.md. It needs nothing of hotloop but that, so that programs
// which only fire events stay small.
package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
)

// Error is an error that the session answered with.
type Error struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

func (e *Error) Error() string { return e.Message }

// ErrClosed is wrapped by the errors of a client whose connection has ended.
var ErrClosed = errors.New("the connection to the session has ended")

// Notification is something that the session tells by itself.
type Notification struct {
	Method string          `json:"method"` // "report", "event", "output", "crash" or "dropped"
	Params json.RawMessage `json:"params"`
}

// Call is a call that an event made, as far as a program asks.
type Call struct {
	Script     string `json:"script"`
	Function   string `json:"function"`
	Version    int    `json:"version"`
	Output     string `json:"output"`
	DurationUs int64  `json:"durationUs"`
	Returns    []struct {
		Type  string          `json:"type"`
		Text  string          `json:"text"`
		Value json.RawMessage `json:"value"`
	} `json:"returns"`
	Error *struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
	} `json:"error"`
}

// Client is one connection. Its methods may be called from any goroutine;
// requests do not wait for each other. One goroutine reads; it ends with Close,
// or when the session does.
type Client struct {
	conn   net.Conn
	notify func(Notification)
	done   chan struct{} // closed when read has ended

	mu      sync.Mutex // guards what follows, and writing
	next    int64
	waiting map[int64]chan answer
	err     error // why the connection has ended
}

type answer struct {
	result json.RawMessage
	err    error
}

// Dial connects to the socket of a session. notify is told what happens there,
// from then on, by the goroutine that reads: while it takes its time no answer
// comes in. It may be nil.
func Dial(ctx context.Context, socket string, notify func(Notification)) (*Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("connect to the session: %w", err)
	}
	c := &Client{conn: conn, notify: notify, done: make(chan struct{}), waiting: map[int64]chan answer{}}
	go c.read()
	return c, nil
}

// Close ends the connection; requests under way fail.
func (c *Client) Close() error {
	err := c.conn.Close()
	<-c.done
	return err
}

// Done is closed when the connection has ended.
func (c *Client) Done() <-chan struct{} { return c.done }

// message is a line from the session: an answer or a notification.
type message struct {
	ID     *int64          `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *Error          `json:"error"`
	Notification
}

func (c *Client) read() {
	defer close(c.done)
	r := bufio.NewReader(c.conn)
	for {
		line, err := r.ReadBytes('\n')
		var m message
		if err == nil {
			err = json.Unmarshal(line, &m)
		}
		if err != nil {
			c.end(err)
			return
		}
		switch {
		case m.ID != nil:
			a := answer{result: m.Result}
			if m.Error != nil {
				a.err = m.Error
			}
			c.mu.Lock()
			waits := c.waiting[*m.ID]
			delete(c.waiting, *m.ID)
			c.mu.Unlock()
			if waits != nil {
				waits <- a // it has room
			}
		case m.Method != "" && c.notify != nil:
			c.notify(m.Notification)
		}
	}
}

// end fails all that wait.
func (c *Client) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn.Close()
	c.err = fmt.Errorf("%w: %w", ErrClosed, err)
	for id, waits := range c.waiting {
		waits <- answer{err: c.err}
		delete(c.waiting, id)
	}
}

// Call makes a request and reads its result into result, which may be nil. An
// error of the session's is an *Error. When ctx ends first Call returns its
// error; the session carries the request out all the same.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	waits := make(chan answer, 1)
	c.mu.Lock()
	c.next++
	id := c.next
	line, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err == nil {
		err = c.err
	}
	if err == nil {
		c.waiting[id] = waits
		if _, err = c.conn.Write(append(line, '\n')); err != nil {
			delete(c.waiting, id)
		}
	}
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case a := <-waits:
		if a.err != nil || result == nil {
			return a.err
		}
		if err := json.Unmarshal(a.result, result); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return ctx.Err()
	}
}

// Fire fires an event, "OnOpen" or "door.OnOpen", with data that JSON can hold;
// nil for none.
func (c *Client) Fire(ctx context.Context, event string, data any) ([]Call, error) {
	params := map[string]any{"event": event}
	if data != nil {
		params["data"] = data
	}
	var reply struct {
		Calls []Call `json:"calls"`
	}
	err := c.Call(ctx, "session.fire", params, &reply)
	return reply.Calls, err
}
