package interp

import (
	"fmt"
	"go/types"
	"path"
	"reflect"
	"strings"
	"sync"

	yaegi "github.com/traefik/yaegi/interp"

	"hotloop/interp/generics"
	"hotloop/interp/generics/compiled"
)

// symbolImporter is a types.Importer over the symbols that a script's
// interpreter offers. What type-checks against it exists at run time, and what
// the toolchain of the day has beyond that does not type-check.
//
// Import, Has and symbolsOf may be called from any goroutine. A package that
// Import has returned is complete and never changes again; the standard
// library's packages and types are made once per process and shared by all
// importers, so values of one checked script fit another's types.
type symbolImporter struct {
	u *universe
}

// newImporter returns an importer for the standard library as the interpreter
// has it, plus the packages of extra (keys as for yaegi's Use, "path/name"). A
// package in extra hides a standard one of the same path.
func newImporter(extra ...yaegi.Exports) *symbolImporter {
	std := stdUniverse()
	tables := map[string]packageSymbols{}
	for _, e := range extra {
		addTables(tables, e)
	}
	if len(tables) == 0 {
		return &symbolImporter{std}
	}
	u := newUniverse(tables, std)
	u.settle()
	return &symbolImporter{u}
}

// stdUniverse is the process-wide home of the standard library's types.
var stdUniverse = sync.OnceValue(func() *universe {
	return newUniverse(stdTables(), nil)
})

// Import returns the package of that import path. The error names the reason
// and, where there is one, the nearest path that is offered.
func (im *symbolImporter) Import(importPath string) (*types.Package, error) {
	if !im.Has(importPath) {
		return nil, im.notOffered(importPath)
	}
	return im.u.importPackage(importPath)
}

// Has reports whether Import knows the path.
func (im *symbolImporter) Has(importPath string) bool {
	_, _, ok := im.symbolsOf(importPath)
	return ok
}

// symbolsOf returns the symbols that the interpreter offers under an import
// path, and the package's name. The map is shared: it must not be changed.
func (im *symbolImporter) symbolsOf(importPath string) (syms symbolMap, name string, ok bool) {
	for u := im.u; u != nil; u = u.parent {
		if p, ok := u.tables[importPath]; ok {
			return p.syms, p.name, true
		}
	}
	return nil, "", false
}

// wrapper is what makes a script's value a compiled interface.
func (im *symbolImporter) wrapper(it reflect.Type) (v reflect.Value, ok bool) {
	at := typePlace{it.PkgPath(), it.Name()}
	if home, known := im.u.home[it]; known {
		at = home
	}
	syms, _, _ := im.symbolsOf(at.importPath)
	v, ok = syms["_"+at.name]
	return v, ok
}

// paths lists everything that can be imported, sorted.
func (im *symbolImporter) paths() []string {
	set := map[string]bool{}
	for u := im.u; u != nil; u = u.parent {
		for p := range u.tables {
			if p != compiled.Path {
				set[p] = true
			}
		}
	}
	return sortedKeys(set)
}

// absent explains standard packages that people ask for and that the
// interpreter cannot offer.
var absent = map[string]string{
	"C":      "scripts cannot call C",
	"unsafe": "a script's values are laid out in memory differently from compiled ones",
	"embed":  "files cannot be embedded in a script; read them with os.ReadFile",
	"plugin": "scripts cannot load plugins",
	"weak":   "the interpreter cannot tell when a value is gone",
}

// notOffered is the error for a path without symbols.
func (im *symbolImporter) notOffered(importPath string) error {
	msg := "the interpreter does not offer " + importPath
	if why, ok := absent[importPath]; ok {
		return fmt.Errorf("%s: %s", msg, why)
	}
	if near := nearestPath(importPath, append(im.paths(), generics.Paths()...)); near != "" {
		return fmt.Errorf("%s: did you mean %q?", msg, near)
	}
	if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
		return fmt.Errorf("%s: a script may import the standard library, its own module, and vendored packages", msg)
	}
	return fmt.Errorf("%s: it is not a package of the interpreter's standard library", msg)
}

// nearestPath finds the import path that was probably meant: one with the same
// last element ("rand" for "math/rand"), or one a few letters away.
func nearestPath(want string, offered []string) string {
	if near := nearestName(want, offered); near != "" {
		return near
	}
	for _, p := range offered {
		if path.Base(p) == path.Base(want) {
			return p
		}
	}
	return ""
}
