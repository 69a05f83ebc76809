package session

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// past is a deadline that ends waiting at once.
var past = time.Unix(1, 0)

// Client talks to a running session. Its methods may be called from any
// goroutine; requests wait for each other.
type Client struct {
	conn net.Conn
	mu   sync.Mutex
	r    *bufio.Reader
	next int64
}

// Dial connects to the socket of a session.
func Dial(ctx context.Context, socket string) (*Client, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("connect to the session: %w", err)
	}
	return &Client{conn: conn, r: bufio.NewReader(conn)}, nil
}

// Close ends the connection; a request under way fails.
func (c *Client) Close() error { return c.conn.Close() }

// Call makes one request and reads its result into result, which may be nil.
// Notifications that come meanwhile are passed over. An error that the session
// answers with has its message; after any other error, also that of a context
// that ended, the connection is of no more use.
func (c *Client) Call(ctx context.Context, method string, params, result any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	id := json.RawMessage(fmt.Sprint(c.next))
	line, err := encodeLine(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
	if err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	stop := context.AfterFunc(ctx, func() { c.conn.SetDeadline(past) })
	defer stop()
	answer, err := c.exchange(line, string(id))
	switch {
	case ctx.Err() != nil && err != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("%s: %w", method, err)
	case answer.Error != nil:
		return answer.Error
	case result != nil:
		if err := json.Unmarshal(answer.Result, result); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
	}
	return nil
}

type clientAnswer struct {
	ID     json.RawMessage `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *rpcError       `json:"error"`
}

func (c *Client) exchange(line []byte, id string) (clientAnswer, error) {
	if _, err := c.conn.Write(line); err != nil {
		return clientAnswer{}, err
	}
	for {
		line, err := c.r.ReadBytes('\n')
		if err != nil {
			return clientAnswer{}, err
		}
		var a clientAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			return clientAnswer{}, err
		}
		if string(a.ID) == id {
			return a, nil
		}
	}
}

// FindRunning gives the running session of paths. That is the one started with
// the same paths; or else, for a single path, one that has it among its own or
// below them; or else, when no paths are given at all, the only one there is of
// something below the working directory. It says false when there is none.
func FindRunning(ctx context.Context, paths []string) (Running, bool) {
	wanted, err := canonical(paths)
	if err != nil {
		return Running{}, false
	}
	dir, err := socketDir()
	if err != nil {
		return Running{}, false
	}
	entries, err := filepath.Glob(filepath.Join(dir, "*.session"))
	if err != nil {
		return Running{}, false
	}
	var around, below []Running
	for _, entry := range entries {
		text, err := os.ReadFile(entry)
		var r Running
		if err != nil || json.Unmarshal(text, &r) != nil || len(r.Paths) == 0 {
			continue
		}
		switch {
		case socketName(wanted) == socketName(r.Paths):
			if answers(ctx, r) {
				return r, true
			}
		case len(wanted) == 1 && within(wanted[0], r.Paths...):
			around = append(around, r)
		case len(paths) == 0 && allWithin(r.Paths, wanted[0]):
			below = append(below, r)
		}
	}
	for _, r := range around {
		if answers(ctx, r) {
			return r, true
		}
	}
	var live []Running
	for _, r := range below {
		if answers(ctx, r) {
			live = append(live, r)
		}
	}
	if len(live) == 1 {
		return live[0], true
	}
	return Running{}, false
}

func answers(ctx context.Context, r Running) bool {
	c, err := Dial(ctx, r.Socket)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// within tells whether path is one of roots or below one.
func within(path string, roots ...string) bool {
	for _, root := range roots {
		rel, err := filepath.Rel(root, path)
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

func allWithin(paths []string, root string) bool {
	for _, p := range paths {
		if !within(p, root) {
			return false
		}
	}
	return true
}

// errNoHandler says that none of the scripts asked for has the handler.
func errNoHandler(event string, handlers []string) error {
	return &NotFoundError{What: "handler", Name: event, Nearest: nearest(event, handlers)}
}

// isNotFound tells whether an error says that something asked for does not
// exist, be it from this process or from a running session.
func isNotFound(err error) bool {
	var answer *rpcError
	return errors.Is(err, ErrNotFound) || errors.As(err, &answer) && answer.Code == codeNotFound
}
