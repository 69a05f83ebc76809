package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hotloop/interp/generics/compiled"
	"hotloop/interp/lower"
)

// program is one checked state of a script: its packages with types, and the
// units they hold. It is never changed after check made it.
type program struct {
	src   Source
	offer *Packages
	fset  *token.FileSet
	info  *types.Info
	ctxt  *lower.Context // of the instances of its types
	pkgs  []*pkg         // each after those it imports; the script's own is last
	owner map[*types.Package]*pkg
	units []*unit              // in source order, packages in the order of pkgs
	byID  map[string]int       // where in units
	byObj map[types.Object]int // likewise

	layouts []*fileLayout // of the files of all packages but the standard library's
	whole   string        // why a change of it is always checked as a whole; empty when it need not be
	starts  *starts       // shared by programs that follow from one

	// Of a program that was made from another one by checking some functions:
	rev, before int64                   // its number, and that of the one it was made from
	gone        []*unit                 // those of that one that are not here
	reordered   bool                    // its units are not the same as in that one, or not in the same order
	objects     map[types.Object]int    // what was declared since byObj was made
	undo        func()                  // makes the scopes that both share those of that one again
	changed     []int                   // indices of the units that are not those of that one
	shifted     []int                   // indices of the layouts in which lines moved
	moved       bool                    // its layouts are not what was parsed
	redrawn     map[*token.File]redrawn // functions that were parsed by themselves
	replaced    []*token.File           // what the one before has and this has not

	parsed, checked time.Duration // what making it took

	asked sync.Once // guards runs
	runs  bool      // it can have goroutines of its own
}

// revisions numbers programs.
var revisions atomic.Int64

// pkg is one source package of a program.
type pkg struct {
	path  string // import path; mainPath for the script's own
	types *types.Package
	order []*types.Initializer // of its variables, as Go runs them
	files []*ast.File
	std   bool     // the generic part of a standard package
	names []string // file names, as files
	texts []string // file texts, as files
}

// main is the script's own package.
func (p *program) main() *pkg { return p.pkgs[len(p.pkgs)-1] }

// Check type-checks a script as a session would and gives its diagnostics:
// none when it could be loaded.
func Check(src Source) []Diagnostic {
	p, ds := check(src)
	if len(ds) > 0 {
		return ds
	}
	return emitCheck(p)
}

var (
	sharedImporter     *symbolImporter
	sharedImporterOnce sync.Once
)

func symbols() *symbolImporter {
	sharedImporterOnce.Do(func() { sharedImporter = newImporter() })
	return sharedImporter
}

// check is checkWith for a script that is offered nothing.
func check(src Source) (*program, []Diagnostic) { return checkWith(src, nil) }

// checkWith parses and type-checks a source against the very symbols that the
// interpreter offers. It gives either a program or at least one diagnostic.
func checkWith(src Source, offer *Packages) (*program, []Diagnostic) {
	p := &program{src: src, offer: offer, fset: token.NewFileSet(), ctxt: lower.NewContext(), rev: revisions.Add(1), starts: &starts{}, owner: map[*types.Package]*pkg{}, byID: map[string]int{}, byObj: map[types.Object]int{}}
	start := time.Now()
	rep := newDiagnoser(src)
	var sources []SourcePackage
	sources = append(sources, src.Imports...)
	sources = append(sources, SourcePackage{Path: mainPath, Files: src.Files})
	for _, sp := range sources {
		p.pkgs = append(p.pkgs, p.parse(sp, rep))
	}
	p.pkgs = append(genericPackages(p), p.pkgs...)
	p.parsed = time.Since(start)
	if rep.any() {
		return nil, rep.list()
	}
	p.info = newInfo(sourceSize(sources))
	p.info.FileVersions = map[*ast.File]string{}
	imp := &sourceImporter{offer: offer, done: map[string]*types.Package{}}
	for _, pk := range p.pkgs {
		imp.std = pk.std
		p.checkPackage(pk, imp, rep)
		if rep.any() {
			return nil, rep.list()
		}
	}
	p.findUnits()
	p.place()
	p.checked = time.Since(start) - p.parsed
	return p, nil
}

// newInfo makes room for all that lowering asks the type checker's record for.
// size is that of the text in bytes: what it will hold is guessed from that, so
// that large tables need not grow.
func newInfo(size int) *types.Info {
	return &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue, size/6), Defs: make(map[*ast.Ident]types.Object, size/25), Uses: make(map[*ast.Ident]types.Object, size/9),
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
		Implicits: map[ast.Node]types.Object{}, Scopes: make(map[ast.Node]*types.Scope, size/50),
	}
}

func sourceSize(list []SourcePackage) (n int) {
	for _, sp := range list {
		for _, f := range sp.Files {
			n += len(f.Text)
		}
	}
	return n
}

func (p *program) parse(sp SourcePackage, rep *diagnoser) *pkg {
	pk := &pkg{path: sp.Path}
	for _, f := range sp.Files {
		file, err := parser.ParseFile(p.fset, f.Name, f.Text, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			var list scanner.ErrorList
			if errors.As(err, &list) {
				rep.syntax(list)
			} else {
				rep.add(token.Position{Filename: f.Name, Line: 1, Column: 1}, err.Error(), "")
			}
			continue
		}
		if len(pk.files) > 0 && pk.files[0].Name.Name != file.Name.Name {
			rep.add(p.fset.Position(file.Name.Pos()), fmt.Sprintf("package %s, but %s has package %s", file.Name.Name, pk.names[0], pk.files[0].Name.Name), "")
		}
		reserved(p.fset, file, rep)
		pk.files = append(pk.files, file)
		pk.names = append(pk.names, f.Name)
		pk.texts = append(pk.texts, f.Text)
	}
	return pk
}

// mainPath stands for the import path of a script's own package. It does not
// follow the package clause, so that renaming the package changes nothing.
const mainPath = "script"

// reserved refuses identifiers that could clash with emitted names.
func reserved(fset *token.FileSet, file *ast.File, rep *diagnoser) {
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.Contains(id.Name, lower.Reserved) {
			rep.add(fset.Position(id.Pos()), fmt.Sprintf("the name %s is reserved", id.Name), fmt.Sprintf("choose a name without %q", lower.Reserved))
		}
		if imp, ok := n.(*ast.ImportSpec); ok && imp.Path.Value == `"C"` {
			rep.add(fset.Position(imp.Pos()), "cgo is not available to scripts", "")
		}
		return true
	})
}

func (p *program) checkPackage(pk *pkg, imp *sourceImporter, rep *diagnoser) {
	conf := types.Config{
		GoVersion: p.version(pk),
		Context:   p.ctxt.Context,
		Importer:  imp,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error:     func(err error) { rep.typeError(p.fset, err) },
	}
	tp, _ := conf.Check(pk.path, p.fset, pk.files, p.info)
	pk.types, pk.order = tp, slices.Clone(p.info.InitOrder)
	p.info.InitOrder = nil // the checker clears it for each package
	p.owner[tp] = pk
	if pk.std {
		pk.complete()
	}
	imp.done[pk.path] = tp
	if pk == p.main() {
		rep.scope(tp)
	}
}

// sourceImporter serves packages that come as source before those that the
// interpreter has compiled in.
type sourceImporter struct {
	offer *Packages
	done  map[string]*types.Package
	std   bool // for a package of the standard library's
}

func (s *sourceImporter) Import(path string) (*types.Package, error) {
	if p := s.done[path]; p != nil {
		return p, nil
	}
	if path == compiled.Path && !s.std {
		return nil, s.offer.symbols().notOffered(path)
	}
	return s.offer.symbols().Import(path)
}

// isSource tells whether a package is one of the program's own.
func (p *program) isSource(tp *types.Package) bool { return p.owner[tp] != nil }
