package session

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hotloop/interp"
)

// HostPath is the import path of the host API, which the interpreter provides.
const HostPath = "hotloop/session/host"

// module is the Go module that a directory belongs to.
type module struct {
	dir  string // where its go.mod lies
	path string // what its module line says
	goes string // the language version that its go line gives, or ""
}

// source is what a script is made of at one moment.
type source struct {
	interp.Source
	// uses are the directories outside the script whose files count: those of
	// the packages it imports, whether they could be read or not.
	uses map[string]bool
	// wrong is why the sources are not even given to the engine.
	wrong []interp.Diagnostic
	notes []string // what the report has to say beside what the engine says
}

// source puts together the sources of a plan, with what it imports. It returns
// false when there is no such plan any more.
func (t *tree) source(key, name string) (source, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.plans[key]
	if p == nil {
		return source{}, false
	}
	out := source{uses: make(map[string]bool)}
	out.Name = name
	var files []*file
	for _, path := range p.files {
		f := t.files[path]
		files = append(files, f)
		out.Files = append(out.Files, interp.File{Name: f.name, Text: f.text})
	}
	slices.SortFunc(out.Files, func(a, b interp.File) int { return strings.Compare(a.Name, b.Name) })
	if m := t.moduleOf(p.dir); m != nil {
		out.GoVersion = m.goes
	}
	r := resolver{tree: t, module: t.moduleOf(p.dir), out: &out, state: make(map[string]int)}
	r.imports(files)
	return out, true
}

// resolver walks the imports of one script, with the tree locked. Dependencies
// are appended before those that import them.
type resolver struct {
	tree   *tree
	module *module
	out    *source
	state  map[string]int // by import path: 0 not seen, 1 being walked, 2 done
	stack  []string       // import paths being walked
}

func (r *resolver) imports(files []*file) {
	if r.module == nil {
		return
	}
	for _, f := range files {
		for _, spec := range f.head.imports {
			if dir, ours := r.module.find(spec.path); ours && !r.tree.offered(spec.path) {
				r.walk(f, spec, dir)
			}
		}
	}
}

func (r *resolver) walk(from *file, spec importSpec, dir string) {
	switch r.state[spec.path] {
	case 1:
		at := slices.Index(r.stack, spec.path)
		cycle := append(slices.Clone(r.stack[at:]), spec.path)
		r.fail(from, spec, "import cycle not allowed: "+strings.Join(cycle, " imports "), "")
		return
	case 2:
		return
	}
	r.state[spec.path] = 1
	r.stack = append(r.stack, spec.path)
	r.out.uses[dir] = true
	r.tree.follow(dir)
	groups := r.tree.group(dir, nil)
	switch pkgs := slices.Sorted(maps.Keys(groups)); {
	case len(pkgs) == 0:
		r.fail(from, spec, fmt.Sprintf("package %s has no Go files", spec.path), r.nearestPackage(dir))
	case len(pkgs) > 1:
		r.fail(from, spec, fmt.Sprintf("package %s: its directory holds several packages: %s", spec.path, strings.Join(pkgs, ", ")), "")
	case pkgs[0] == "main":
		r.fail(from, spec, fmt.Sprintf("package %s is a program (package main) and cannot be imported", spec.path), "")
	default:
		pkg := interp.SourcePackage{Path: spec.path}
		var files []*file
		for _, path := range groups[pkgs[0]] {
			f := r.tree.files[path]
			files = append(files, f)
			pkg.Files = append(pkg.Files, interp.File{Name: f.name, Text: f.text})
		}
		r.imports(files)
		r.out.Imports = append(r.out.Imports, pkg)
	}
	r.stack = r.stack[:len(r.stack)-1]
	r.state[spec.path] = 2
}

// fail notes what is wrong at an import. The engine is then not asked: it would
// only say the same with less to go by.
func (r *resolver) fail(f *file, spec importSpec, message, hint string) {
	r.out.wrong = append(r.out.wrong, interp.Diagnostic{
		Severity: interp.SeverityError,
		File:     f.name,
		Line:     spec.line,
		Column:   spec.column,
		Message:  message,
		Excerpt:  lineOf(f.text, spec.line),
		Hint:     hint,
	})
	slices.SortStableFunc(r.out.wrong, func(a, b interp.Diagnostic) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line)
	})
}

// nearestPackage names the directory beside a missing one that was perhaps
// meant.
func (r *resolver) nearestPackage(dir string) string {
	entries, _ := os.ReadDir(filepath.Dir(dir))
	var names []string
	for _, e := range entries {
		if e.IsDir() && !skipDir(e.Name()) {
			names = append(names, e.Name())
		}
	}
	near := nearest(filepath.Base(dir), names)
	if len(near) == 0 || near[0] == filepath.Base(dir) {
		return "looked in " + r.tree.show(dir)
	}
	return "did you mean the package in " + r.tree.show(filepath.Join(filepath.Dir(dir), near[0])) + "?"
}

// find gives the directory of an import path when it is of this module or
// vendored by it; everything else is the interpreter's to know.
func (m *module) find(importPath string) (dir string, ours bool) {
	if importPath == HostPath || importPath == "" || strings.Contains(importPath, "\x00") {
		return "", false
	}
	if rest, ok := strings.CutPrefix(importPath, m.path); ok && m.path != "" && (rest == "" || rest[0] == '/') {
		return filepath.Join(m.dir, filepath.FromSlash(rest)), true
	}
	if path.Clean(importPath) != importPath || strings.HasPrefix(importPath, "../") || importPath[0] == '/' {
		return "", false
	}
	dir = filepath.Join(m.dir, "vendor", filepath.FromSlash(importPath))
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}

// follow makes the files of an imported directory known, once it is there: it
// has them watched first and reads them then, so that no change falls between.
func (t *tree) follow(dir string) {
	// What is in the roots is watched and read already.
	if t.watched[dir] || t.inRoots(dir) || !t.follows(dir) {
		return
	}
	t.watched[dir] = true
	for _, c := range t.readDir(dir) {
		if t.files[c.path] == nil {
			t.set(c.path, c.text)
		}
	}
}

// moduleOf finds the go.mod above a directory; nil when there is none.
func (t *tree) moduleOf(dir string) *module {
	if m, known := t.modules[dir]; known {
		return m
	}
	var m *module
	if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
		m = &module{dir: dir, path: modulePath(string(text)), goes: goVersion(string(text))}
	} else if up := filepath.Dir(dir); up != dir {
		m = t.moduleOf(up)
	}
	t.modules[dir] = m
	return m
}

// modulePath gives what the module line of a go.mod says, or "".
func modulePath(text string) string { return strings.Trim(modLine(text, "module"), "\"`") }

// goVersion gives the language version of a go.mod. A module without a go line
// is of Go 1.16, for the go command as for us.
func goVersion(text string) string {
	return cmp.Or(modLine(text, "go"), "1.16")
}

// modLine gives the operand of a line of a go.mod, or "".
func modLine(text, verb string) string {
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == verb {
			return fields[1]
		}
	}
	return ""
}

// lineOf gives a line of a text, from 1, without its end.
func lineOf(text string, line int) string {
	for l := range strings.Lines(text) {
		if line--; line == 0 {
			return strings.TrimRight(l, "\r\n")
		}
	}
	return ""
}
