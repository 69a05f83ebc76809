package tui

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"hotloop/session"
)

const plainHelp = `Type an event to fire it, such as: door.OnOpen {"door":"front","people":3}
Before an event, 10x fires it ten times and every 2s fires it every two seconds; a ; b fires two.
Other lines: scripts, trouble, state SCRIPT, :SCRIPT EXPRESSION, undo, reload SCRIPT, restart SCRIPT, stop, help, quit.`

// Plain shows a session as lines of text instead of drawing a screen: what
// happens is printed as it happens, in words, and what is typed is done line by
// line. It is for screen readers, for terminals that cannot draw, and for pipes.
// It returns when in ends, somebody types quit, the session or ctx ends; what
// was asked for before the end of in is done first.
func Plain(ctx context.Context, s Session, opt Options, in io.Reader, out io.Writer) error {
	return plainly(ctx, s, s.Log(), opt, in, out)
}

func plainly(ctx context.Context, s Session, log Log, opt Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	p := &plainScreen{ctx: ctx, session: s, entries: log, out: out, results: newResults(), next: 1}
	return p.run(cancel, opt, in)
}

// plainScreen is one run of Plain. Its goroutines are one that reads lines, one
// that waits for the session, and one that does what was typed, one line after
// the other; all of what they find is printed by run.
type plainScreen struct {
	ctx     context.Context
	session Session
	entries Log
	out     io.Writer
	results *results
	next    uint64

	said chan string
	mu   sync.Mutex
	stop context.CancelFunc // ends the line being done, nil when none is
}

func (p *plainScreen) run(cancel context.CancelFunc, opt Options, in io.Reader) error {
	defer cancel()
	p.said = make(chan string, 16)
	typed, work, changed, idle := make(chan string), make(chan string, 1024), make(chan error), make(chan struct{})
	var wg sync.WaitGroup
	// Of a reader that is no file a read cannot be broken off; nothing waits for
	// this goroutine, which then ends with its next line.
	go func() {
		defer close(typed)
		session.ReadLines(p.ctx, in, func(line string) bool {
			select {
			case typed <- line:
				return true
			case <-p.ctx.Done():
				return false
			}
		})
	}()
	wg.Go(func() { p.watch(changed) })
	wg.Go(func() {
		defer close(idle)
		for line := range work {
			p.do(line)
		}
	})
	defer wg.Wait()
	defer cancel()
	closed := false
	finish := func() {
		if !closed {
			closed = true
			close(work)
		}
	}
	defer finish()
	p.say("hotloop " + clean(opt.Title) + ": type help for what can be typed here")
	for {
		select {
		case text := <-p.said:
			p.say(text)
		case err := <-changed:
			p.happened()
			if err != nil && p.ctx.Err() == nil {
				return fmt.Errorf("the session has ended: %w", err)
			}
			if err != nil {
				return nil
			}
		case line, ok := <-typed:
			switch line = strings.TrimSpace(line); {
			case !ok:
				typed = nil
				finish()
			case line == "quit" || line == "exit" || line == "q":
				return nil
			case line == "stop":
				p.interrupt()
				go p.stopAll()
			case line != "":
				work <- line
			}
		case <-idle:
			for {
				select {
				case text := <-p.said:
					p.say(text)
				default:
					p.happened()
					return nil
				}
			}
		case <-p.ctx.Done():
			return nil
		}
	}
}

func (p *plainScreen) say(text string) {
	for _, l := range cleanLines(text) {
		fmt.Fprintln(p.out, l)
	}
}

// tell gives text to run, which alone prints.
func (p *plainScreen) tell(format string, args ...any) {
	select {
	case p.said <- fmt.Sprintf(format, args...):
	case <-p.ctx.Done():
	}
}

// watch reports each change of the session.
func (p *plainScreen) watch(changed chan<- error) {
	var since uint64
	for {
		n, err := p.session.Changed(p.ctx, since)
		select {
		case changed <- err:
		case <-p.ctx.Done():
			return
		}
		if err != nil {
			return
		}
		since = n
	}
}

// happened prints what is new in the log.
func (p *plainScreen) happened() {
	first, next := p.entries.Bounds()
	if first > p.next {
		p.say(fmt.Sprintf("%d entries were lost: they came too fast", first-p.next))
	}
	for p.next = max(p.next, first); p.next < next; {
		window := p.entries.Window(p.next, 256)
		if len(window) == 0 {
			return
		}
		for i := range window {
			e := &window[i]
			p.results.add(e)
			for _, l := range plainEntry(e, p.results.was[e.Seq]) {
				fmt.Fprintln(p.out, l)
			}
			p.next = e.Seq + 1
		}
		p.results.forget(p.next)
	}
}

func (p *plainScreen) interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		p.stop()
	}
}

func (p *plainScreen) stopAll() {
	n := 0
	for _, sc := range p.session.Scripts() {
		stopped, err := p.session.Stop(p.ctx, sc.Name)
		if err != nil {
			p.tell("stop %s: %v", sc.Name, err)
		}
		n += stopped
	}
	p.tell("stopped %s", plural(n, "call"))
}
