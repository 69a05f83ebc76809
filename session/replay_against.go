package session

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// openOther finds the scripts of paths in another directory, or in a revision of
// the git repository that the working directory is in. end removes what was
// made for that.
func openOther(ctx context.Context, against string, paths []string) (t *tree, end func(), err error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	end = func() {}
	wd, err := os.Getwd()
	if err != nil {
		return nil, end, err
	}
	relative := make([]string, len(paths))
	for i, p := range paths {
		relative[i] = p
		if filepath.IsAbs(p) {
			if relative[i], err = filepath.Rel(wd, p); err != nil {
				return nil, end, err
			}
		}
		if !filepath.IsLocal(relative[i]) {
			return nil, end, fmt.Errorf("%s is not below the working directory, so it has no counterpart in %s", p, against)
		}
	}
	dir := against
	if info, err := os.Stat(against); err != nil || !info.IsDir() {
		if dir, end, err = checkout(ctx, against); err != nil {
			return nil, end, err
		}
	}
	if dir, err = filepath.Abs(dir); err == nil {
		t, err = openTreeIn(dir, relative)
	}
	if err != nil {
		end()
		return nil, func() {}, fmt.Errorf("%s: %w", against, err)
	}
	return t, end, nil
}

// checkout writes a revision to a directory of its own and gives what the
// working directory is in it.
func checkout(ctx context.Context, rev string) (dir string, end func(), err error) {
	end = func() {}
	git := func(args ...string) ([]byte, error) {
		var out, wrong bytes.Buffer
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Stdout, cmd.Stderr = &out, &wrong
		if err := cmd.Run(); err != nil {
			said, _, _ := strings.Cut(strings.TrimSpace(wrong.String()), "\n")
			return nil, fmt.Errorf("%s is no directory, and as a revision: %w: %s", rev, err, said)
		}
		return out.Bytes(), nil
	}
	if strings.HasPrefix(rev, "-") {
		return "", end, fmt.Errorf("%s is neither a directory nor a revision", rev)
	}
	prefix, err := git("rev-parse", "--show-prefix")
	if err != nil {
		return "", end, err
	}
	top, err := git("rev-parse", "--show-toplevel")
	if err != nil {
		return "", end, err
	}
	// Of a subdirectory git would archive that alone, and imports are above it.
	archive, err := git("-C", strings.TrimRight(string(top), "\r\n"), "archive", "--format=tar", rev)
	if err != nil {
		return "", end, err
	}
	root, err := os.MkdirTemp("", "hotloop-replay-")
	if err != nil {
		return "", end, err
	}
	end = func() { os.RemoveAll(root) }
	if err := unpack(root, bytes.NewReader(archive)); err != nil {
		end()
		return "", func() {}, err
	}
	return filepath.Join(root, filepath.FromSlash(strings.TrimSpace(string(prefix)))), end, nil
}

// unpack writes the regular files of an archive below a directory.
func unpack(root string, r io.Reader) error {
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
			continue
		}
		path := filepath.Join(root, h.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, in)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
}

// The parts of JUnit XML that continuous integration reads.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Seconds string        `xml:"time,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes the outcome of a replay: a case for each event, and one for
// the state at the end of each life where that was compared and differs.
func writeJUnit(path, record string, r *Rehearsal) error {
	suite := junitSuite{Name: filepath.Base(record)}
	failure := func(changes []Change) *junitMessage {
		var text strings.Builder
		printChanges(&text, changes)
		suite.Failures++
		return &junitMessage{Message: fmt.Sprintf("%s differs", changes[0].Path), Text: text.String()}
	}
	for _, o := range r.outcomes {
		c := junitCase{Class: o.past.script, Name: strings.TrimSpace(fmt.Sprintf("%d %s %s", o.past.seq, o.past.event, o.past.data))}
		switch {
		case o.why != "":
			suite.Skipped++
			c.Skipped = &junitMessage{Message: o.why}
		case len(o.changes) > 0:
			c.Failure = failure(o.changes)
			fallthrough
		default:
			c.Seconds = fmt.Sprintf("%.6f", float64(o.after.DurationUs)/1e6)
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, d := range r.States {
		suite.Cases = append(suite.Cases, junitCase{Class: d.Script, Name: fmt.Sprintf("state after %d", d.Seq), Failure: failure(d.Changes)})
	}
	suite.Tests = len(suite.Cases)
	text, err := xml.MarshalIndent(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append([]byte(xml.Header), append(text, '\n')...), 0o644)
}
