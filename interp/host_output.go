package interp

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

const (
	callOutputLimit   = 256 << 10 // bytes kept of what one call prints
	scriptOutputLimit = 1 << 20   // bytes of script output that wait for onOutput
	outputPace        = 10 * time.Millisecond
)

// output decides which call a print belongs to, and keeps it. A print belongs
// to the call whose goroutine made it (or a goroutine that adopted the call);
// what no call made is the script's and goes to a callback.
//
// One goroutine, started with the first script output, hands it over, at most
// every outputPace; it never holds mu while it does, so a slow callback slows
// nobody. What piles up meanwhile beyond scriptOutputLimit is counted and lost.
type output struct {
	deliver func(stream, text string)
	active  atomic.Int64 // calls in flight: none makes attribution free

	mu       sync.Mutex
	nextID   int64
	byGo     map[int64]*callOutput // by goroutine
	byID     map[int64]*callOutput // calls that have not ended
	waiting  []streamText
	size     int
	lost     int64
	started  bool          // the deliverer runs
	done     bool          // close was called: nothing is kept any more
	wake     chan struct{} // something waits
	quit     chan struct{} // closed by close
	finished chan struct{} // closed when the deliverer has ended

	pipe atomic.Pointer[outputPipe] // nil as long as the script has no files
}

type streamText struct {
	stream string
	text   []byte
}

func (o *output) init(deliver func(stream, text string)) {
	o.deliver = deliver
	o.byGo = map[int64]*callOutput{}
	o.byID = map[int64]*callOutput{}
	o.wake, o.quit, o.finished = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
}

// callOutput collects what one call prints.
type callOutput struct {
	o       *output
	id      int64
	goids   []int64       // goroutines whose prints are the call's
	flushed chan struct{} // closed by the pipe's reader at the end mark

	buf  []byte // guarded by o.mu, as goids is
	more int64  // bytes beyond the limit
}

// beginCall makes the calling goroutine's prints those of a new call.
func (h *host) beginCall() *callOutput { return h.beginCallOf(goid()) }

// beginCallOf is beginCall for who knows the number of its goroutine, g.
func (h *host) beginCallOf(g int64) *callOutput {
	o := &h.out
	o.mu.Lock()
	o.nextID++
	c := &callOutput{o: o, id: o.nextID, goids: []int64{g}, flushed: make(chan struct{})}
	o.byGo[g] = c
	o.byID[c.id] = c
	o.mu.Unlock()
	o.active.Add(1)
	if p := o.pipe.Load(); p != nil {
		p.mark(frameBegin, c.id)
	}
	return c
}

// currentCall returns the call that the calling goroutine prints for, nil
// when there is none. A goroutine that starts another hands it over.
func (h *host) currentCall() *callOutput {
	if h.out.active.Load() == 0 {
		return nil
	}
	return h.out.callOf(goid())
}

// adopt makes the prints of the calling goroutine those of the call as well,
// until leave is called or the call ends. A nil call is allowed.
func (c *callOutput) adopt() (leave func()) {
	if c == nil {
		return func() {}
	}
	g := goid()
	o := c.o
	o.mu.Lock()
	if o.byID[c.id] == c {
		o.byGo[g] = c
		c.goids = append(c.goids, g)
	}
	o.mu.Unlock()
	return func() {
		o.mu.Lock()
		if o.byGo[g] == c {
			delete(o.byGo, g)
		}
		o.mu.Unlock()
	}
}

// end closes the call and returns everything that it printed, direct writes to
// the script's files included. What its goroutines print from now on is the
// script's. It may be called on any goroutine, once.
func (c *callOutput) end() string {
	o := c.o
	// The goroutine's prints stop being the call's before the mark is written,
	// so that nothing can come after it.
	o.mu.Lock()
	for _, g := range c.goids {
		if o.byGo[g] == c {
			delete(o.byGo, g)
		}
	}
	o.mu.Unlock()
	o.active.Add(-1)
	if p := o.pipe.Load(); p != nil && p.mark(frameEnd, c.id) {
		select {
		case <-c.flushed:
		case <-p.stopped:
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.byID, c.id)
	return withRest(c.buf, c.more)
}

// withRest is text with a last line that counts what is missing. A character
// that was cut in the middle counts as missing.
func withRest(text []byte, more int64) string {
	if more == 0 {
		return string(text)
	}
	whole := wholeRunes(text)
	more += int64(len(text) - whole)
	return fmt.Sprintf("%s\n… %d bytes more\n", text[:whole], more)
}

// wholeRunes is the length of text without an incomplete character at its end.
func wholeRunes(text []byte) int {
	for i := len(text) - 1; i >= 0 && i >= len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRune(text[i:]) {
				return i
			}
			break
		}
	}
	return len(text)
}

func (o *output) callOf(g int64) *callOutput {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.byGo[g]
}

// write takes a print of the calling goroutine.
func (o *output) write(stream string, p []byte) {
	var c *callOutput
	if o.active.Load() > 0 {
		c = o.callOf(goid())
	}
	if pipe := o.pipe.Load(); pipe != nil && pipe.print(c, stream, p) {
		return
	}
	o.add(c, stream, p)
}

// add keeps text for a call, or for the script when c is nil.
func (o *output) add(c *callOutput, stream string, p []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c != nil {
		n := min(len(p), max(0, callOutputLimit-len(c.buf)))
		if c.more > 0 {
			n = 0 // no holes: what is kept is the beginning
		}
		c.buf = append(c.buf, p[:n]...)
		c.more += int64(len(p) - n)
		return
	}
	if o.done {
		return
	}
	n := min(len(p), max(0, scriptOutputLimit-o.size))
	if o.lost > 0 {
		n = 0
	}
	o.lost += int64(len(p) - n)
	o.size += n
	if last := len(o.waiting) - 1; last >= 0 && o.waiting[last].stream == stream {
		o.waiting[last].text = append(o.waiting[last].text, p[:n]...)
	} else if n > 0 {
		o.waiting = append(o.waiting, streamText{stream, append([]byte(nil), p[:n]...)})
	}
	if !o.started {
		o.started = true
		go o.run()
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// run hands script output over until close.
func (o *output) run() {
	defer close(o.finished)
	pace := time.NewTicker(outputPace)
	defer pace.Stop()
	for {
		select {
		case <-o.wake:
			o.flush(false)
		case <-o.quit:
			o.flush(true)
			return
		}
		select {
		case <-pace.C:
		case <-o.quit:
		}
	}
}

// flush delivers what waits. An incomplete character at the end waits for its
// rest, unless this is the last time.
func (o *output) flush(last bool) {
	o.mu.Lock()
	batch, lost := o.waiting, o.lost
	o.waiting, o.size, o.lost = nil, 0, 0
	if n := len(batch); n > 0 && !last && lost == 0 {
		if whole := wholeRunes(batch[n-1].text); whole < len(batch[n-1].text) {
			rest := append([]byte(nil), batch[n-1].text[whole:]...)
			o.waiting, o.size = []streamText{{batch[n-1].stream, rest}}, len(rest)
			batch[n-1].text = batch[n-1].text[:whole]
		}
	}
	o.mu.Unlock()
	for i, b := range batch {
		more := int64(0)
		if i == len(batch)-1 {
			more = lost
		}
		if text := withRest(b.text, more); text != "" {
			o.deliver(b.stream, text)
		}
	}
}

// close delivers what is left and stops the goroutines. Prints that come later
// are dropped.
func (o *output) close() {
	if p := o.pipe.Load(); p != nil {
		p.close()
	}
	o.mu.Lock()
	if o.done {
		o.mu.Unlock()
		return
	}
	o.done = true
	started := o.started
	o.mu.Unlock()
	close(o.quit)
	if started {
		<-o.finished
	}
}

// streamWriter is an io.Writer of one stream of a script.
type streamWriter struct {
	o      *output
	stream string
}

func (w streamWriter) Write(p []byte) (int, error) {
	w.o.write(w.stream, p)
	return len(p), nil
}

// stdout is where the interpreter's own print and println go, which is
// standard error, as in compiled Go.
func (h *host) stdout() io.Writer { return streamWriter{&h.out, "stderr"} }
