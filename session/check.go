package session

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"hotloop/interp"
)

// CheckPaths type-checks the scripts of paths as a session would, without
// running anything. The diagnostics are those of all scripts, each once, in the
// order of the scripts' names. It returns a PathError where New would.
func CheckPaths(paths []string) (scripts int, diagnostics []interp.Diagnostic, err error) {
	tree, err := openTree(paths)
	if err != nil {
		return 0, nil, err
	}
	plans := slices.Collect(maps.Values(tree.plans))
	slices.SortFunc(plans, func(a, b *plan) int { return strings.Compare(a.key, b.key) })
	name := names(plans, nil)
	slices.SortFunc(plans, func(a, b *plan) int { return strings.Compare(name[a.key], name[b.key]) })

	seen := make(map[interp.Diagnostic]bool) // a package that two scripts import is checked twice
	for _, p := range plans {
		src, ok := tree.source(p.key, name[p.key])
		if !ok {
			continue
		}
		scripts++
		found := src.wrong
		if len(found) == 0 {
			found = interp.Check(src.Source)
		}
		for _, d := range found {
			if !seen[d] {
				seen[d] = true
				diagnostics = append(diagnostics, d)
			}
		}
	}
	return scripts, diagnostics, nil
}

// Look says of paths what New would: nil, or the *PathError of one that does not
// exist or holds no script. Nothing is loaded.
func Look(paths []string) error {
	_, err := openTree(paths)
	return err
}

// openTree finds the scripts of paths, none standing for the working directory.
func openTree(paths []string) (*tree, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	return openTreeIn(wd, paths)
}

// openTreeIn finds the scripts of paths below another working directory.
func openTreeIn(wd string, paths []string) (*tree, error) {
	roots, err := findRoots(wd, paths)
	if err != nil {
		return nil, err
	}
	tree := newTree(wd, exists) // nothing is watched
	if _, err := tree.open(roots); err != nil {
		return nil, err
	}
	return tree, nil
}

// PrintCheck checks paths and prints the diagnostics, for a person or as one
// line of JSON. failed says that there are errors among them.
func PrintCheck(paths []string, asJSON bool, stdout io.Writer) (failed bool, err error) {
	scripts, diagnostics, err := CheckPaths(paths)
	if err != nil {
		return false, err
	}
	failed = slices.ContainsFunc(diagnostics, func(d interp.Diagnostic) bool { return d.Severity != interp.SeverityWarning })
	if asJSON {
		line, err := encodeLine(map[string]any{"scripts": scripts, "diagnostics": orEmpty(diagnostics)})
		if err != nil {
			return failed, err
		}
		_, err = stdout.Write(line)
		return failed, err
	}
	for _, d := range diagnostics {
		if _, err := fmt.Fprintln(stdout, interp.FormatDiagnostic(d)); err != nil {
			return failed, err
		}
	}
	return failed, nil
}
