package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"hotloop/interp"
)

// ReplayCommand is what the verb replay is asked for.
type ReplayCommand struct {
	Record   string
	From, To uint64 // numbers of the record, both included; 0 is no bound
	Against  string // a directory or git revision to compare with in place of the record
	JUnit    string // file to write JUnit XML to
	Update   bool   // write what the events come to into the record
	JSON     bool
}

// PrintReplay fires the events of a record at fresh engines with the files that
// cfg.Paths names and prints what behaves differently, to stdout; what could
// not be read or was left out goes to stderr. differ says whether anything
// does, or could not be loaded; after an update nothing does. An error is one
// of usage: paths, the record, the revision.
func PrintReplay(ctx context.Context, cfg Config, cmd ReplayCommand, stdout, stderr io.Writer) (differ bool, err error) {
	if info, err := os.Stat(cmd.Record); err != nil {
		return false, err
	} else if info.IsDir() {
		return false, fmt.Errorf("%s is a directory", cmd.Record)
	}
	if cmd.Update && cmd.Against != "" {
		return false, errors.New("--update and --against do not go together")
	}
	tree, err := openTree(cfg.Paths)
	if err != nil {
		return false, err
	}
	req := RehearsalRequest{Record: cmd.Record, From: cmd.From, To: cmd.To}
	var wrong []interp.Diagnostic
	if req.Sources, wrong, err = sourcesOf(tree); err != nil {
		return false, err
	}
	for _, d := range wrong {
		fmt.Fprintln(stderr, interp.FormatDiagnostic(d))
	}
	differ = len(wrong) > 0
	if cmd.Against != "" {
		other, end, err := openOther(ctx, cmd.Against, cfg.Paths)
		if err != nil {
			return false, err
		}
		defer end()
		if req.Against, wrong, err = sourcesOf(other); err != nil {
			return false, err
		}
		for _, d := range wrong {
			fmt.Fprintf(stderr, "%s: %s\n", cmd.Against, interp.FormatDiagnostic(d))
		}
	}
	list, notices, err := readChapters(req.Record, req.From, req.To, "")
	if err != nil {
		return false, err
	}
	if cfg.NewEngine == nil {
		cfg.NewEngine = InProcess
	}
	r, err := (&Session{cfg: cfg}).stage().rehearse(ctx, req, list)
	if err != nil {
		return false, err
	}
	r.Notices = append(notices, r.Notices...)
	if cmd.JUnit != "" {
		if err := writeJUnit(cmd.JUnit, cmd.Record, &r); err != nil {
			return false, err
		}
	}
	if cmd.Update {
		n, err := updateRecord(cmd.Record, &r)
		if err != nil {
			return false, err
		}
		fmt.Fprintf(stderr, "%s written to %s\n", plural(n, "new outcome"), cmd.Record)
	}
	differ = differ || !cmd.Update && len(r.Differences)+len(r.States) > 0
	if cmd.JSON {
		line, err := encodeLine(wireRehearsal(r))
		if err == nil {
			_, err = stdout.Write(line)
		}
		return differ, err
	}
	r.print(stdout, stderr)
	return differ, nil
}

func (r *Rehearsal) print(stdout, stderr io.Writer) {
	for _, n := range r.Notices {
		fmt.Fprintln(stderr, n)
	}
	for _, k := range r.Skipped {
		fmt.Fprintf(stderr, "%d %s.%s: not fired: %s\n", k.Seq, k.Script, k.Event, k.Why)
	}
	for i := range r.Differences {
		d := &r.Differences[i]
		fmt.Fprintf(stdout, "%d %s.%s %s\n", d.Seq, d.Script, d.After.Function, d.Data)
		printChanges(stdout, d.Changes)
	}
	for _, d := range r.States {
		fmt.Fprintf(stdout, "%s after %d\n", d.Script, d.Seq)
		printChanges(stdout, d.Changes)
	}
	for _, c := range r.Chance {
		fmt.Fprintf(stderr, "%s.%s may come to something else each time: %s\n", c.Script, c.Event, strings.Join(c.Why, ", "))
	}
	fmt.Fprintf(stdout, "%d different, %d the same, %d not fired\n", len(r.Differences), r.Same, len(r.Skipped))
}

func printChanges(w io.Writer, changes []Change) {
	for _, c := range changes {
		if c.Kind != Added {
			fmt.Fprintf(w, "  - %s: %s\n", c.Path, c.Before)
		}
		if c.Kind != Removed {
			fmt.Fprintf(w, "  + %s: %s\n", c.Path, c.After)
		}
	}
}

func wireRehearsal(r Rehearsal) Rehearsal {
	r.Differences, r.Skipped, r.States = orEmpty(slices.Clone(r.Differences)), orEmpty(r.Skipped), orEmpty(r.States)
	for i := range r.Differences {
		d := &r.Differences[i]
		d.Before.Returns, d.After.Returns = orEmpty(d.Before.Returns), orEmpty(d.After.Returns)
	}
	return r
}

// sourcesOf gives the scripts of a tree by the names that a session would give
// them, and what keeps those that are left out from being loaded.
func sourcesOf(t *tree) (out map[string]interp.Source, wrong []interp.Diagnostic, err error) {
	out = map[string]interp.Source{}
	plans := slices.SortedFunc(maps.Values(t.plans), func(a, b *plan) int { return strings.Compare(a.key, b.key) })
	name := names(plans, nil)
	for _, p := range plans {
		src, ok := t.source(p.key, name[p.key])
		if !ok {
			continue
		}
		found := src.wrong
		if len(found) == 0 {
			found = interp.Check(src.Source)
		}
		if wrong = append(wrong, found...); len(found) == 0 {
			out[name[p.key]] = src.Source
		}
	}
	return out, wrong, nil
}

// updateRecord makes what events came to now what a record says. Lines that
// hold nothing of that stay as they are. The file is there whole or as it was.
func updateRecord(path string, r *Rehearsal) (n int, err error) {
	type key struct {
		seq    uint64
		script string
	}
	news := map[key]*interp.Call{}
	for i := range r.outcomes {
		if o := &r.outcomes[i]; o.why == "" && len(o.changes) > 0 {
			news[key{o.past.seq, o.past.script}] = &o.after
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var out []byte
	for line := range strings.Lines(string(text)) {
		l, why := parseRecordLine([]byte(strings.TrimSpace(line)), false)
		if why != "" || l.Event == nil {
			out = append(out, line...)
			continue
		}
		changed := false
		for i := range l.Event.Calls {
			c := &l.Event.Calls[i]
			after := news[key{l.Seq, c.Script}]
			if after == nil {
				continue
			}
			c.Returns, c.Output, c.Error = after.Returns, after.Output, after.Error
			changed = true
			n++
		}
		if !changed {
			out = append(out, line...)
			continue
		}
		text, err := json.Marshal(l)
		if err != nil {
			l.Event = withoutForms(l.Event)
			if text, err = json.Marshal(l); err != nil {
				return 0, err
			}
		}
		out = append(append(out, text...), '\n')
	}
	if n == 0 {
		return 0, nil
	}
	if err := os.WriteFile(path+".new", out, 0o600); err != nil {
		return 0, err
	}
	return n, os.Rename(path+".new", path)
}
