package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"io"
	"strings"
	"sync"
	"time"

	"hotloop/interp"
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
	// A read of a terminal cannot be broken off; this goroutine ends with its
	// next line at the latest, or with the process.
	go func() {
		defer close(typed)
		for r := bufio.NewScanner(in); r.Scan(); {
			select {
			case typed <- r.Text():
			case <-p.ctx.Done():
				return
			}
		}
	}()
	var wg sync.WaitGroup
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

// do does what one line says.
func (p *plainScreen) do(line string) {
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	p.mu.Lock()
	p.stop = cancel
	p.mu.Unlock()
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case word == "help":
		p.tell("%s", plainHelp)
	case word == "scripts":
		p.tell("%s", p.scripts())
	case word == "trouble":
		p.tell("%s", p.trouble())
	case word == "state":
		p.state(ctx, p.orOnly(rest))
	case word == "undo":
		p.undo(ctx)
	case word == "reload" || word == "restart":
		p.reload(ctx, word, p.orOnly(rest))
	case strings.HasPrefix(line, ":"):
		p.eval(ctx, strings.TrimSpace(line[1:]))
	default:
		p.fire(ctx, line)
	}
}

// orOnly is the script named, or the only one there is.
func (p *plainScreen) orOnly(name string) string {
	if all := p.session.Scripts(); name == "" && len(all) == 1 {
		return all[0].Name
	}
	return name
}

// fire fires what a line of the fire line would.
func (p *plainScreen) fire(ctx context.Context, line string) {
	f := fireLine{}
	f.set(line)
	plan, ok := f.plan()
	if !ok {
		p.tell("not fired: %s", f.check.problem)
		return
	}
	fired := 0
	for round := 0; plan.times == 0 || round < plan.times; round++ {
		began := time.Now()
		for _, req := range plan.steps {
			req.Source = "screen"
			if _, err := p.session.Fire(ctx, req); err != nil {
				if !errors.Is(err, context.Canceled) {
					p.tell("not fired: %v", err)
				}
				return
			}
			fired++
		}
		if plan.every > 0 && round+1 != plan.times {
			select {
			case <-time.After(plan.every - time.Since(began)):
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return
		}
	}
	if !plan.single() {
		p.tell("fired %s", plural(fired, "event"))
	}
}

func (p *plainScreen) eval(ctx context.Context, code string) {
	script := p.orOnly("")
	word, rest, _ := strings.Cut(code, " ")
	for _, sc := range p.session.Scripts() {
		if sc.Name == word {
			script, code = word, strings.TrimSpace(rest)
		}
	}
	if script == "" {
		p.tell("say in which script: :SCRIPT EXPRESSION")
		return
	}
	v, fail, err := p.session.Eval(ctx, script, code)
	switch {
	case err != nil:
		p.tell("%v", err)
	case fail != nil:
		p.tell("%s", errorText(fail))
	case v.Text == "":
		p.tell("done")
	default:
		p.tell("%s, of type %s", v.Text, v.Type)
	}
}

func (p *plainScreen) state(ctx context.Context, script string) {
	vars, err := p.session.State(ctx, script)
	if err != nil {
		p.tell("%v", err)
		return
	}
	for _, v := range vars {
		p.tell("%s is %s, of type %s", v.Name, v.Text, v.Type)
	}
	if len(vars) == 0 {
		p.tell("%s has no package variables", script)
	}
}

func (p *plainScreen) reload(ctx context.Context, verb, script string) {
	var err error
	if verb == "reload" {
		_, err = p.session.Reload(ctx, script, session.ApplyFile)
	} else {
		_, err = p.session.Restart(ctx, script)
	}
	if err != nil {
		p.tell("%s: %v", verb, err)
	}
}

func (p *plainScreen) undo(ctx context.Context) {
	reports, err := p.session.Reports("", 0)
	d := diffTab{reports: reports}
	switch r := d.last(); {
	case err != nil:
		p.tell("undo: %v", err)
	case r == nil:
		p.tell("there is nothing to undo")
	default:
		if _, err := p.session.Rollback(ctx, r.Script, "", 0, r.ID); err != nil {
			p.tell("undo: %v", err)
		}
	}
}

func (p *plainScreen) scripts() string {
	var b strings.Builder
	for _, sc := range inTreeOrder(p.session.Scripts()) {
		fmt.Fprintf(&b, "%s is %s", sc.Name, sc.State)
		var names []string
		for i := range sc.Units {
			if u := &sc.Units[i]; isHandler(u) && ast.IsExported(u.Name) {
				names = append(names, fmt.Sprintf("%s version %d", u.Name, u.Version))
			}
		}
		if len(names) > 0 {
			b.WriteString(", handlers: " + strings.Join(names, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (p *plainScreen) trouble() string {
	var b strings.Builder
	for _, sc := range p.session.Scripts() {
		if sc.State != interp.StateLive {
			fmt.Fprintf(&b, "%s is %s\n", sc.Name, sc.State)
		}
		for i := range sc.Diagnostics {
			b.WriteString(plainDiagnostic(&sc.Diagnostics[i]) + "\n")
		}
	}
	if b.Len() == 0 {
		return "no trouble: what is live is what the files say"
	}
	return b.String()
}
