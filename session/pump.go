package session

import (
	"strings"
	"time"

	"hotloop/interp"
)

// Bounds of what a script may write into the log outside calls, per interval
// and stream. What comes faster is dropped and counted: an engine must never
// wait for somebody to read, and a flood must not grow the memory.
const (
	outputEvery = 20 * time.Millisecond
	outputBytes = 256 << 10
	panicsEvery = 8 // contained panics per interval
)

// pump logs what an engine notices until it has ended. It is the engine's only
// reader and waits for nothing else, so the engine never waits for long.
//
// The first output after a pause is logged at once; after that it is gathered,
// so that a flood makes one entry an interval.
func (s *Session) pump(sc *script, e *engine) {
	defer s.wg.Done()
	defer close(e.pumped)
	g := gather{s: s, sc: sc}
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	defer timer.Stop()
	quiet := true // the timer does not run
	notices, done := e.Notices(), e.Done()
	for notices != nil || done != nil {
		select {
		case n, ok := <-notices:
			if !ok {
				notices = nil
				break
			}
			g.add(n)
			if quiet {
				g.flush()
				timer.Reset(outputEvery)
				quiet = false
			}
		case <-timer.C:
			if quiet = !g.flush(); !quiet {
				timer.Reset(outputEvery)
			}
		case <-done:
			done = nil
			s.mu.Lock()
			sc.lost(e)
			s.mu.Unlock()
			s.changed.bump()
		case <-e.left:
			g.flush()
			return
		}
	}
	g.flush()
}

// written is what one stream got without another in between.
type written struct {
	stream string
	text   []byte
}

// gather collects what a script did since the last flush.
type gather struct {
	s      *Session
	sc     *script
	out    []written // runs of one stream, in order
	bytes  int
	panics int
	lost   map[string]int64 // by stream
}

func (g *gather) add(n interp.Notice) {
	if n.Panic != nil {
		if g.panics++; g.panics > panicsEvery {
			g.lose("crash", 1)
			return
		}
		g.write() // in order
		name := g.name()
		g.s.append(Entry{Script: name, Crash: &Crash{
			Script:    name,
			Reason:    "panic in a goroutine: " + n.Panic.Message,
			Trace:     n.Panic.Trace,
			Contained: true,
		}})
	}
	if n.Text == "" {
		return
	}
	text := n.Text
	if room := outputBytes - g.bytes; len(text) > room {
		cut := max(0, strings.LastIndexByte(text[:max(0, room)], '\n')+1)
		g.lose(n.Stream, lines(text[cut:]))
		if text = text[:cut]; text == "" {
			return
		}
	}
	g.bytes += len(text)
	if k := len(g.out); k > 0 && g.out[k-1].stream == n.Stream {
		g.out[k-1].text = append(g.out[k-1].text, text...)
		return
	}
	g.out = append(g.out, written{n.Stream, []byte(text)})
}

func (g *gather) lose(stream string, n int64) {
	if g.lost == nil {
		g.lost = make(map[string]int64)
	}
	g.lost[stream] += n
}

// flush logs what was gathered and says whether there was anything.
func (g *gather) flush() bool {
	any := g.bytes > 0 || g.panics > 0
	g.write()
	for _, stream := range []string{"stdout", "stderr", "crash"} {
		if n := g.lost[stream]; n > 0 {
			name := g.name()
			g.s.append(Entry{Script: name, Dropped: &Dropped{Script: name, Stream: stream, Count: n}})
		}
	}
	g.bytes, g.panics, g.lost = 0, 0, nil
	return any
}

// write logs the output gathered so far.
func (g *gather) write() {
	for _, w := range g.out {
		name := g.name()
		g.s.append(Entry{Script: name, Output: &Output{Script: name, Stream: w.stream, Text: string(w.text)}})
	}
	g.out = nil
}

func (g *gather) name() string {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.sc.name
}

// lines counts lines, a beginning of one included.
func lines(text string) int64 {
	n := int64(strings.Count(text, "\n"))
	if text != "" && !strings.HasSuffix(text, "\n") {
		n++
	}
	return n
}
