package session

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"time"
)

const (
	maxMessage  = 16 << 20 // bytes of one line; longer ones are answered with an error
	maxInFlight = 1024     // requests; further ones wait unread
	// lastWords is how long a connection that ends takes to write what is left.
	lastWords = 2 * time.Second
)

// rpcConn is one connection. Its goroutines: read takes messages and starts
// one goroutine per request; rpcEvents.follow turns the log into notifications;
// rpcOut.run writes. None of them makes the session wait.
type rpcConn struct {
	s        rpcSession
	out      *rpcOut
	slots    chan struct{} // one token per request in flight
	shutdown chan struct{} // closed at the first session.shutdown
	once     sync.Once

	mu       sync.Mutex
	ending   bool           // no further requests start
	inFlight sync.WaitGroup // added to with mu held and ending unset
}

// serveRPC runs a connection as Serve describes; from is the sequence number
// of the first log entry to send. It says whether shutdown was asked for.
func serveRPC(ctx context.Context, s rpcSession, in io.Reader, out io.Writer, from uint64) (shutdown bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &rpcConn{
		s:        s,
		out:      newRPCOut(out),
		slots:    make(chan struct{}, maxInFlight),
		shutdown: make(chan struct{}),
	}
	written := make(chan error, 1)
	go func() { written <- c.out.run() }()

	events := &rpcEvents{s: s, out: c.out, cursor: from}
	follow, stopFollowing := context.WithCancel(ctx)
	defer stopFollowing()
	followed := make(chan struct{})
	go func() { events.follow(follow); close(followed) }()

	inputEnded := make(chan error, 1)
	go func() { inputEnded <- c.read(ctx, in) }()

	select {
	case err = <-inputEnded:
		c.drained(ctx, c.shutdown, written)
	case err := <-written: // the client does not read any more
		return false, fmt.Errorf("write to the client: %w", err)
	case <-c.shutdown:
		shutdown = true
	case <-ctx.Done():
	}
	select {
	case <-c.shutdown:
		shutdown = true
	default:
	}
	cancel()
	c.end(written)
	stopFollowing()
	<-followed
	events.deliver()
	c.out.close()
	select {
	case werr := <-written:
		if werr != nil && err == nil {
			err = fmt.Errorf("write to the client: %w", werr)
		}
	case <-time.After(lastWords):
	}
	return shutdown, err
}

// end lets no more requests start and gives those in flight, whose context has
// ended, a moment to answer.
func (c *rpcConn) end(written chan error) {
	c.mu.Lock()
	c.ending = true
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lastWords)
	defer cancel()
	c.drained(ctx, nil, written)
}

// drained waits until all requests in flight are answered, or something ends
// the wait early.
func (c *rpcConn) drained(ctx context.Context, shutdown chan struct{}, written chan error) {
	done := make(chan struct{})
	go func() { c.inFlight.Wait(); close(done) }()
	select {
	case <-done:
	case <-shutdown:
	case <-ctx.Done():
	case err := <-written:
		written <- err
	}
}

// read takes messages until in ends. At most maxInFlight requests run at a
// time, and a client that does not read its answers is not listened to.
func (c *rpcConn) read(ctx context.Context, in io.Reader) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, tooLong, err := readLine(r, maxMessage)
		switch {
		case tooLong:
			c.fail(nullID, &rpcError{Code: codeParse, Message: fmt.Sprintf("parse error: message longer than %s", formatSize(maxMessage))})
		case len(bytes.TrimSpace(line)) > 0:
			c.out.waitReadable()
			c.take(ctx, line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from the client: %w", err)
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// readLine reads up to the next newline. Of a line longer than limit it keeps
// nothing and says so; the stream goes on behind it.
func readLine(r *bufio.Reader, limit int) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit {
			tooLong, line = true, nil
		}
		if !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

// take starts the requests of one message.
func (c *rpcConn) take(ctx context.Context, line []byte) {
	items, batch, fail := parseMessage(line)
	if fail != nil {
		c.fail(nullID, fail)
		return
	}
	if !batch {
		c.start(ctx, items[0], func(answer []byte) {
			if answer != nil {
				c.out.respond(answer)
			}
		})
		return
	}
	// The answers of a batch come together, in the order of the requests.
	answers := make([][]byte, len(items))
	var left sync.WaitGroup
	left.Add(len(items))
	for i, item := range items {
		c.start(ctx, item, func(answer []byte) {
			answers[i] = answer
			left.Done()
		})
	}
	c.goInFlight(func() {
		left.Wait()
		var parts [][]byte
		for _, a := range answers {
			if a != nil {
				parts = append(parts, bytes.TrimSuffix(a, []byte("\n")))
			}
		}
		if len(parts) > 0 {
			c.out.respond(fmt.Appendf(nil, "[%s]\n", bytes.Join(parts, []byte(","))))
		}
	})
}

// start carries out one request in a goroutine of its own and gives the
// encoded answer, nil for a notification.
func (c *rpcConn) start(ctx context.Context, item rpcItem, answered func([]byte)) {
	c.slots <- struct{}{}
	started := c.goInFlight(func() {
		defer func() { <-c.slots }()
		result, err := c.carryOut(ctx, item)
		ending := errors.Is(err, errShutdown)
		if ending {
			err = nil
		}
		answered(c.encode(item.ID, result, err))
		if ending {
			c.once.Do(func() { close(c.shutdown) })
		}
	})
	if !started {
		<-c.slots // else the rest of a long batch waits for ever
	}
}

// goInFlight starts do unless the connection is ending: then nobody would get
// its answer.
func (c *rpcConn) goInFlight(do func()) (started bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ending {
		return false
	}
	c.inFlight.Go(do)
	return true
}

func (c *rpcConn) carryOut(ctx context.Context, item rpcItem) (result any, err error) {
	if item.fail != nil {
		return nil, item.fail
	}
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &rpcError{Code: codeInternal, Message: fmt.Sprintf("internal error: %v", p), Data: string(debug.Stack())}
		}
	}()
	m, err := findMethod(item.Method)
	if err != nil {
		return nil, err
	}
	return m(ctx, c.s, item.Params)
}

// encode makes the response, or nothing when nobody asked for one.
func (c *rpcConn) encode(id json.RawMessage, result any, err error) []byte {
	if id == nil {
		return nil
	}
	response := rpcResponse{Version: "2.0", ID: id, Result: result}
	if err != nil {
		response.Result, response.Error = nil, toRPCError(err)
	}
	line, err := encodeLine(response)
	if err != nil {
		line, _ = encodeLine(rpcResponse{Version: "2.0", ID: id, Error: &rpcError{Code: codeInternal, Message: "encode the result: " + err.Error()}})
	}
	return line
}

// fail answers a message that could not be taken.
func (c *rpcConn) fail(id json.RawMessage, e *rpcError) { c.out.respond(c.encode(id, nil, e)) }
