package middleware

import (
	"context"
	"fmt"
	"io"
	"sync"

	"hotloop/interp"
	"hotloop/session"
)

// Run serves the plugin of dir at addr until ctx ends, and runs beside it, with
// the address of the server, until that returns.
func Run(ctx context.Context, s *session.Session, dir, addr string, beside func(ctx context.Context, base string) error) error {
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
		s.Tell("", fmt.Sprintf("%s is served on %s", h.title(), base))
		err := beside(ctx, base)
		cancel()
		if served := <-failed; served != nil {
			return served
		}
		return err
	}
}

func (h *Host) title() string {
	if h.Manifest.DisplayName != "" {
		return h.Manifest.DisplayName
	}
	return h.script
}

// Console has requests composed on in, one a line, and tells on out what came
// of them and what happens in the session. At the end of in it goes on telling.
func Console(ctx context.Context, s *session.Session, base string, in io.Reader, out io.Writer) error {
	w := &lockedWriter{w: out}
	fmt.Fprintf(w, "serving on %s\n", base)
	for _, sc := range s.Scripts() {
		for _, d := range sc.Diagnostics {
			fmt.Fprintln(w, interp.FormatDiagnostic(d))
		}
	}
	// It may wait in a read for ever; the process ends before it does.
	go Compose(ctx, base, in, w)
	for e := range s.Follow(ctx) {
		for _, line := range describe(&e) {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}

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
		for _, why := range e.Report.Reasons {
			lines = append(lines, "  "+why)
		}
	case e.Event != nil:
		for _, c := range e.Event.Calls {
			if c.Error != nil {
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
