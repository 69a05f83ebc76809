package session

import (
	"io"
	"sync"
)

// outLimits bounds, by kind of message, how many bytes may wait for a client
// that reads slowly before further messages of that kind are dropped and
// counted. Output goes first, what tells of the scripts' state last; responses
// are never dropped, but a client with very much unread gets no further
// requests taken (see unreadLimit).
var outLimits = map[string]int{
	"output": 1 << 20,
	"event":  16 << 20,
	"notice": 16 << 20,
	"report": 64 << 20,
	"crash":  64 << 20,
	"pin":    16 << 20,
}

// unreadLimit is how many bytes may wait before requests do.
const unreadLimit = 64 << 20

// rpcOut is the way out of a connection: a queue that takes notifications
// without waiting, and a writer that empties it. Messages keep their order.
type rpcOut struct {
	w io.Writer

	mu      sync.Mutex
	changed *sync.Cond // queue, writing, closed or err
	queue   [][]byte
	bytes   int  // in queue and in the write under way
	writing bool // somebody is writing to w
	dropped []Dropped
	closed  bool
	err     error // of the writer; nothing is taken after it
}

func newRPCOut(w io.Writer) *rpcOut {
	o := &rpcOut{w: w}
	o.changed = sync.NewCond(&o.mu)
	return o
}

// respond sends a response. When nothing else is on its way it is written here
// and now, which spares the client the time to wake the writer; so respond may
// wait for the client.
func (o *rpcOut) respond(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writing || len(o.queue) > 0 || o.closed || o.err != nil {
		o.add(line)
		return
	}
	o.bytes += len(line)
	o.write(line)
}

// write writes with mu held, which it gives back meanwhile. The caller has made
// sure that nobody else is writing.
func (o *rpcOut) write(text []byte) {
	o.writing = true
	o.mu.Unlock()
	_, err := o.w.Write(text)
	o.mu.Lock()
	o.writing = false
	o.bytes -= len(text)
	if err != nil {
		o.err = err
		o.queue, o.bytes = nil, 0
	}
	o.changed.Broadcast()
}

// room tells whether a notification of this kind would be taken. It saves the
// work of encoding one that would not.
func (o *rpcOut) room(kind string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes < outLimits[kind]
}

// notify queues a notification, after word of what was dropped before.
func (o *rpcOut) notify(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tellDropped()
	o.add(line)
}

// drop counts what was not taken.
func (o *rpcOut) drop(script, stream string, count int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.dropped {
		if d := &o.dropped[i]; d.Script == script && d.Stream == stream {
			d.Count += count
			return
		}
	}
	o.dropped = append(o.dropped, Dropped{Script: script, Stream: stream, Count: count})
	o.changed.Broadcast()
}

func (o *rpcOut) add(line []byte) {
	if o.err != nil || o.closed {
		return
	}
	o.queue = append(o.queue, line)
	o.bytes += len(line)
	o.changed.Broadcast()
}

// tellDropped queues the counts, with mu held. They stay small: one for each
// script and stream.
func (o *rpcOut) tellDropped() {
	dropped := o.dropped
	o.dropped = nil
	for _, d := range dropped {
		if line, err := encodeLine(rpcNotification{"2.0", "dropped", d}); err == nil {
			o.add(line)
		}
	}
}

// waitReadable returns when the client has little enough unread for more
// requests to be taken, or when the connection has ended.
func (o *rpcOut) waitReadable() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.bytes > unreadLimit && o.err == nil && !o.closed {
		o.changed.Wait()
	}
}

// close lets the writer end once all is written. What comes later is lost.
func (o *rpcOut) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tellDropped()
	o.closed = true
	o.changed.Broadcast()
}

// run empties the queue until close or the first error, which it returns.
func (o *rpcOut) run() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var batch []byte
	for {
		for o.err == nil && (o.writing || len(o.queue) == 0) {
			if !o.writing && len(o.dropped) > 0 {
				o.tellDropped() // the client has caught up
				continue
			}
			if !o.writing && o.closed {
				return nil
			}
			o.changed.Wait()
		}
		if o.err != nil {
			return o.err
		}
		batch = batch[:0]
		n := 0
		for n < len(o.queue) && len(batch) < 64<<10 {
			batch = append(batch, o.queue[n]...)
			n++
		}
		clear(o.queue[:n])
		o.queue = o.queue[n:]
		o.write(batch)
		if cap(batch) > 1<<20 {
			batch = nil
		}
	}
}
