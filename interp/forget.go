package interp

import (
	"go/token"
	"path"
	"runtime"
	"weak"

	yaegi "github.com/traefik/yaegi/interp"
)

// The interpreter keeps all that it ever compiled, about 7 kB for a line. It
// finds it through a list of all trees, the children of the package's scope, and
// the package's symbols. It is taken out there as soon as nothing needs to name
// it any more. What still runs, or may be called through a value, holds its tree
// by itself; when the tree is gone, what is known of it here goes too.

// remains is what is left of an emission: held until nothing can run any of it.
type remains struct {
	live    weak.Pointer[Live]
	symbols []string // keys of Live.symbols
	file    *token.File
}

// unlist takes an emission that was compiled out of the interpreter's lists, and
// sees to what is left of it. What it declares can still be named.
func (l *Live) unlist(e *emission, prog *yaegi.Program) {
	rec := records()
	var imports []string
	for _, name := range e.imports {
		imports = append(imports, path.Join(name, e.file.base))
	}
	rec.letGo(l.i, imports)
	*within[any](rec.root(prog), rec.meta) = e.mentioned // kept as long as the tree is
	r := &remains{live: weak.Make(l), file: e.file.file}
	for name := range e.symbols {
		r.symbols = append(r.symbols, name)
	}
	runtime.AddCleanup((*byte)(rec.root(prog)), func(r *remains) {
		if l := r.live.Value(); l != nil {
			l.tables.Lock()
			l.gone = append(l.gone, r)
			l.tables.Unlock()
		}
	}, r)
}

// unmentioned lists the functions of an emission that later code has no way to
// mention: versions of others, and what stands in method tables.
func (e *emission) unmentioned() []string {
	out := e.once
	for _, c := range e.emitted {
		if c.target != c.name && e.entries[c.name] == nil {
			out = append(out, c.name)
		}
	}
	return out
}

// unname takes names of an emission that has run, or will not, out of the
// interpreter's symbols: those that nothing mentions, or all if it failed.
func (l *Live) unname(e *emission, failed bool) {
	names := e.unmentioned()
	if failed {
		for _, c := range e.emitted {
			names = append(names, c.name)
		}
	}
	rec := records()
	_, symbols := rec.symbolsOf(l.i)
	var gone []int
	for _, name := range l.names.staleVars {
		if i := rec.place(symbols, name); i >= 0 {
			gone = append(gone, i)
		}
	}
	if global := rec.globals(l.i); len(gone) > 0 {
		*global = rec.without(*global, gone)
		l.globals.Store((*byte)(*global))
	}
	rec.letGo(l.i, append(names, l.names.stale...))
	l.names.stale, l.names.staleVars = nil, nil
}

// sweep drops what is known of emissions that are gone. mu is held.
func (l *Live) sweep() {
	l.tables.Lock()
	defer l.tables.Unlock()
	for _, r := range l.gone {
		for _, name := range r.symbols {
			delete(l.symbols, name)
		}
		l.i.FileSet().RemoveFile(r.file)
	}
	l.gone = nil
}
