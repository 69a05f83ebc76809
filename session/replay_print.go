package session

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"hotloop/interp"
)

// PrintReplay fires the events of a record at a fresh session made of cfg and
// prints what behaves differently, to stdout; what could not be read or was
// left out goes to stderr. differ says whether anything does, or could not be
// fired. An error is one of usage: paths, the record.
func PrintReplay(ctx context.Context, cfg Config, record string, asJSON bool, stdout, stderr io.Writer) (differ bool, err error) {
	if info, err := os.Stat(record); err != nil {
		return false, err
	} else if info.IsDir() {
		return false, fmt.Errorf("%s is a directory", record)
	}
	s, err := New(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer s.Close()
	for _, script := range s.Scripts() {
		for _, d := range script.Diagnostics {
			fmt.Fprintln(stderr, interp.FormatDiagnostic(d))
			differ = true
		}
	}
	r, err := s.Replay(ctx, ReplayRequest{Record: record})
	if err != nil && ctx.Err() == nil {
		return false, err
	}
	if asJSON {
		line, err := encodeLine(wireReplay(r))
		if err == nil {
			_, err = stdout.Write(line)
		}
		return differ || len(r.Differences) > 0, err
	}
	for _, n := range r.Notices {
		fmt.Fprintln(stderr, n)
	}
	for _, k := range r.Skipped {
		fmt.Fprintf(stderr, "%d %s.%s: not fired: %s\n", k.Seq, k.Script, k.Event, k.Why)
	}
	for _, d := range r.Differences {
		fmt.Fprintf(stdout, "%d %s.%s %s\n", d.Seq, d.Script, d.After.Function, d.Data)
		for _, what := range d.What {
			fmt.Fprintf(stdout, "  - %s\n  + %s\n", aspect(&d.Before, what), aspect(&d.After, what))
		}
	}
	fmt.Fprintf(stdout, "%d different, %d the same, %d not fired\n", len(r.Differences), r.Same, len(r.Skipped))
	return differ || len(r.Differences) > 0 || err != nil, nil
}

// aspect gives in one line what a difference is about.
func aspect(c *interp.Call, what string) string {
	switch what {
	case "returns":
		texts := make([]string, len(c.Returns))
		for i, v := range c.Returns {
			texts[i] = v.Text
		}
		return "returns " + strings.Join(texts, ", ")
	case "error":
		if c.Error == nil {
			return "no error"
		}
		return c.Error.Kind + ": " + c.Error.Message
	}
	return fmt.Sprintf("output %q", c.Output)
}
