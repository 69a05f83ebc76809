package session

import (
	"fmt"
	"sync"

	"hotloop/interp"
)

// maxNoticed bounds the output that waits for the reader of an engine's
// notices; what comes on top is counted and not kept.
const maxNoticed = 4 << 20

// noticeQueue stands between the wire, which must never wait, and whoever reads
// the notices. Output that follows output of the same stream joins it. Panics
// are never dropped.
type noticeQueue struct {
	out  chan interp.Notice
	quit chan struct{} // closed by abandon

	mu      sync.Mutex
	queue   []interp.Notice
	size    int // bytes of output in queue
	dropped int // bytes since the queue was full
	ended   bool
	more    chan struct{} // holds a token when there may be something to do
	once    sync.Once
	pumped  chan struct{} // closed when the pump has ended
}

func newNoticeQueue() *noticeQueue {
	q := &noticeQueue{
		out:    make(chan interp.Notice),
		quit:   make(chan struct{}),
		more:   make(chan struct{}, 1),
		pumped: make(chan struct{}),
	}
	go q.pump()
	return q
}

// add puts a notice in line. It never blocks.
func (q *noticeQueue) add(n interp.Notice) {
	q.mu.Lock()
	switch {
	case n.Panic == nil && q.size+len(n.Text) > maxNoticed:
		q.dropped += len(n.Text)
	case n.Panic == nil && q.dropped == 0 && q.joins(n):
		last := &q.queue[len(q.queue)-1]
		last.Text += n.Text
		q.size += len(n.Text)
	default:
		q.flushDropped()
		q.queue = append(q.queue, n)
		q.size += len(n.Text)
	}
	q.mu.Unlock()
	q.wake()
}

// joins tells whether n can be appended to the last in line. Pieces stay small
// so that appending stays cheap.
func (q *noticeQueue) joins(n interp.Notice) bool {
	if len(q.queue) == 0 {
		return false
	}
	last := &q.queue[len(q.queue)-1]
	return last.Panic == nil && last.Stream == n.Stream && len(last.Text)+len(n.Text) <= 4<<10
}

// flushDropped says in the place where output is missing how much it is.
func (q *noticeQueue) flushDropped() {
	if q.dropped > 0 {
		q.queue = append(q.queue, interp.Notice{Stream: "stderr", Text: fmt.Sprintf("[%d bytes of output dropped]\n", q.dropped)})
		q.dropped = 0
	}
}

func (q *noticeQueue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// end lets the pump close the channel once all is read.
func (q *noticeQueue) end() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	q.wake()
}

// abandon ends the pump whether or not anybody reads, and waits for it.
func (q *noticeQueue) abandon() {
	q.once.Do(func() { close(q.quit) })
	<-q.pumped
}

func (q *noticeQueue) pump() {
	defer close(q.pumped)
	defer close(q.out)
	for {
		q.mu.Lock()
		if len(q.queue) == 0 {
			q.flushDropped()
		}
		batch, ended := q.queue, q.ended
		q.queue, q.size = nil, 0
		q.mu.Unlock()
		for _, n := range batch {
			select {
			case q.out <- n:
			case <-q.quit:
				return
			}
		}
		if len(batch) > 0 {
			continue
		}
		if ended {
			return
		}
		select {
		case <-q.more:
		case <-q.quit:
			return
		}
	}
}
