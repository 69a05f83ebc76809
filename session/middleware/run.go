package middleware

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"hotloop/interp"
	"hotloop/session"
)

// Run serves the plugin of dir at addr until ctx ends, and runs beside it, with
// the address of the server, until that returns.
func Run(ctx context.Context, s *session.Session, dir, addr string, beside func(ctx context.Context, h *Host, base string) error) error {
	h, err := New(s, dir, nil)
	if err != nil {
		return err
	}
	defer h.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ready, failed := make(chan string, 1), make(chan error, 1)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		failed <- Listen(ctx, h, addr, func(addr string) { ready <- addr })
		cancel()
	})
	select {
	case err := <-failed:
		return err
	case at := <-ready:
		base := "http://" + at
		s.Tell("", fmt.Sprintf("%s is served on %s; C on the screen composes a request", h.title(), base))
		h.Offer(base)
		err := beside(ctx, h, base)
		cancel()
		if served := <-failed; served != nil {
			return served
		}
		return err
	}
}

func (h *Host) displayName() string {
	h.making.Lock()
	defer h.making.Unlock()
	return h.manifest.DisplayName
}

func (h *Host) title() string {
	if name := h.displayName(); name != "" {
		return name
	}
	return h.script
}

// Console has requests composed on in, one a line, and tells on out what came
// of them and what happens in the session. At the end of in it goes on telling.
func Console(ctx context.Context, h *Host, base string, in io.Reader, out io.Writer) error {
	s, w := h.s, &lockedWriter{w: out}
	fmt.Fprintf(w, "serving on %s\n", base)
	for _, sc := range s.Scripts() {
		for _, d := range sc.Diagnostics {
			fmt.Fprintln(w, interp.FormatDiagnostic(d))
		}
	}
	for _, d := range h.Handler(base).Notes {
		fmt.Fprintf(w, "%s: %s\n", d.Label, strings.ReplaceAll(d.Text, "\n", "\n    "))
	}
	entries := s.Follow(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	failed := make(chan error, 1)
	wg.Go(func() { failed <- h.Compose(ctx, in, w) })
	for e := range entries {
		for _, line := range describe(&e) {
			fmt.Fprintln(w, line)
		}
	}
	return <-failed
}

// consoleSource is who fires what is typed in the console.
const consoleSource = "console"

// describe is an entry of the log in lines.
func describe(e *session.Entry) (lines []string) {
	switch {
	case e.Report != nil:
		line := fmt.Sprintf("%s: %s in %.1f ms", e.Script, e.Report.Status, float64(e.Report.Timing.Total)/1000)
		for _, u := range e.Report.Units {
			line += fmt.Sprintf(", %s v%d", u.Key, u.To)
		}
		lines = append(lines, line)
		for _, d := range e.Report.Diagnostics {
			lines = append(lines, interp.FormatDiagnostic(d))
		}
		for _, why := range e.Report.Notes() {
			lines = append(lines, "  "+why)
		}
	case e.Event != nil && e.Event.Source == consoleSource: // it has been told
	case e.Event != nil:
		for _, c := range e.Event.Calls {
			switch {
			case c.Error == nil && len(c.Returns) == 1 && e.Event.Program:
				lines = append(lines, fmt.Sprintf("%s.%s %s: %s", c.Script, c.Function, e.Event.Data, c.Returns[0].Text))
			case c.Error != nil:
				lines = append(lines, c.Script+"."+c.Function+": "+session.FormatCallError(c.Error))
			}
		}
	case e.Output != nil:
		lines = append(lines, e.Script+": "+e.Output.Text)
	case e.Crash != nil:
		lines = append(lines, e.Script+": "+e.Crash.Reason)
	case e.Notice != "":
		lines = append(lines, e.Notice)
	}
	return lines
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
