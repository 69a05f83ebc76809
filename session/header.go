package session

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// header is what the top of a Go file says: enough to know which script the
// file belongs to and what it imports, without parsing the rest.
type header struct {
	pkg     string // package clause; empty when it cannot be read
	imports []importSpec
	// alone: marked //go:build ignore, so the file is a script of its own.
	alone bool
	// excluded says why the file is not for this system; empty when it is.
	excluded string
	// program: it is marked //go:build !hotloop, so it is for the toolchain alone.
	program bool
}

// importSpec is one import of a file; name is empty unless it is written.
type importSpec struct {
	name, path   string
	line, column int
}

// loaderTag is a build tag that holds where files are looked at as scripts. A
// program that stands beside scripts is marked with its opposite.
const loaderTag = "hotloop"

// readHeader never fails: what cannot be read is left empty, and whoever
// evaluates the file says what is wrong with it.
func readHeader(path, text string) header {
	fset := token.NewFileSet()
	const mode = parser.ImportsOnly | parser.SkipObjectResolution
	f, err := parser.ParseFile(fset, filepath.Base(path), aboveCode(text), mode)
	if err != nil {
		// Perhaps the cut went through a comment.
		fset = token.NewFileSet()
		f, _ = parser.ParseFile(fset, filepath.Base(path), text, mode)
	}
	var h header
	if f == nil || f.Name == nil || f.Name.Name == "" || f.Name.Name == "_" {
		return h
	}
	h.pkg = f.Name.Name
	for _, s := range f.Imports {
		h.imports = append(h.imports, specOf(fset, s))
	}
	// Constraints stand above the package clause, or in the name of the file.
	top := text[:min(len(text), fset.Position(f.Package).Offset)]
	if !strings.Contains(top, "build") && !strings.Contains(filepath.Base(path), "_") {
		return h
	}
	if matches(path, text, loaderTag) {
		return h
	}
	if matches(path, text, "ignore", loaderTag) {
		h.alone = true
		return h
	}
	h.program = matches(path, text)
	h.excluded = "its build constraint does not hold for " + runtime.GOOS + "/" + runtime.GOARCH
	return h
}

// aboveCode cuts a text before what looks like its first declaration: the
// parser copies all that it is given, even if it reads the imports alone.
func aboveCode(text string) string {
	end := len(text)
	for _, word := range []string{"\nfunc ", "\ntype ", "\nvar ", "\nconst "} {
		if i := strings.Index(text[:end], word); i >= 0 {
			end = i + 1
		}
	}
	return text[:end]
}

func specOf(fset *token.FileSet, s *ast.ImportSpec) importSpec {
	pos := fset.Position(s.Pos())
	spec := importSpec{line: pos.Line, column: pos.Column}
	spec.path, _ = strconv.Unquote(s.Path.Value)
	if s.Name != nil {
		spec.name = s.Name.Name
	}
	return spec
}

// matches says whether the build constraints of a file hold with these extra
// tags. It does not read the disk.
func matches(path, text string, tags ...string) bool {
	c := build.Default
	c.BuildTags = append(tags[:len(tags):len(tags)], c.BuildTags...)
	// A file that imports "C" is not left out in silence: evaluating it says
	// that it cannot be run.
	c.CgoEnabled = true
	c.OpenFile = func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}
	ok, err := c.MatchFile(filepath.Dir(path), filepath.Base(path))
	return ok || err != nil
}
