package interp

import "sync"

// workers are the goroutines that run a script's code for its host. One that is
// through with a call waits for the next: its number is known then, and its
// stack has the size that calls of this script need. One that was ended, and
// one too many, is not used again.
type workers struct {
	mu     sync.Mutex
	idle   []*worker
	closed bool
}

// maxIdle is how many wait at most: as many calls as are often in flight.
const maxIdle = 8

type worker struct {
	id   int64 // of the goroutine
	jobs chan func()
}

// take gives a worker that waits. It is to be given one job.
func (ws *workers) take() *worker {
	ws.mu.Lock()
	if n := len(ws.idle); n > 0 {
		w := ws.idle[n-1]
		ws.idle[n-1] = nil
		ws.idle = ws.idle[:n-1]
		ws.mu.Unlock()
		return w
	}
	ws.mu.Unlock()
	w := &worker{jobs: make(chan func(), 1)}
	ready := make(chan struct{})
	go func() {
		w.id = goid()
		close(ready)
		for job := range w.jobs {
			job()
		}
	}()
	<-ready
	return w
}

// put has a worker wait for its next job, which may be given before the one that
// says so has returned; or lets it go after that.
func (ws *workers) put(w *worker) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.closed || len(ws.idle) >= maxIdle {
		close(w.jobs)
		return
	}
	ws.idle = append(ws.idle, w)
}

// close lets those go that wait, and the others when they are through.
func (ws *workers) close() {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.closed = true
	for _, w := range ws.idle {
		close(w.jobs)
	}
	ws.idle = nil
}
