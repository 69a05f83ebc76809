package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	yaegi "github.com/traefik/yaegi/interp"

	"hotloop/interp/lower"
)

// noFiles keeps the interpreter from reading source from disk: everything a
// script imports is either compiled in or part of its source.
type noFiles struct{}

func (noFiles) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// compile has the interpreter compile the file of an emission, and gives the new
// functions in it their entries. It survives the interpreter's panics. (Some of
// them are written to the process's standard logger too.)
func (l *Live) compile(e *emission, f *ast.File) (prog *yaegi.Program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	if prog, err = l.i.CompileAST(f); err == nil && e != nil {
		l.globals.Store((*byte)(*records().globals(l.i)))
		records().quicken(records().root(prog), l.stop.flag)
		e.entries, err = l.install(e.emitted)
		l.unlist(e, prog)
	}
	return prog, err
}

// use makes the interpreter packages at paths importable.
func (l *Live) use(paths []string) error {
	var missing []string
	for _, p := range paths {
		if !l.known[p] && p != lower.RuntimePath {
			missing = append(missing, p)
			l.known[p] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	for _, p := range missing {
		if types, ok := l.names.types[p]; ok {
			if err := l.i.Use(yaegi.Exports{p + "/types": types}); err != nil {
				return err
			}
		}
	}
	syms := hostSymbols(l.host, missing)
	l.opt.Packages.use(syms, missing)
	return l.i.Use(syms)
}

// useAll makes what an emission mentions of the host available to it.
func (l *Live) useAll(e *emission) error {
	syms := symbolMap{}
	for name, t := range e.convs {
		if !l.known[lower.RuntimePath+"."+name] {
			l.known[lower.RuntimePath+"."+name] = true
			l.dyns.conversions(syms, name, t)
		}
	}
	if len(syms) > 0 {
		if err := l.i.Use(yaegi.Exports{runtimeKey: syms}); err != nil {
			return err
		}
	}
	return l.use(e.paths)
}

// start gives the interpreter what emitted code expects.
func (l *Live) start() error {
	if err := l.i.Use(l.runtimeSymbols()); err != nil {
		return err
	}
	f, err := parser.ParseFile(l.i.FileSet(), hiddenName+"/v0.go", prelude, 0)
	if err != nil {
		return err
	}
	prog, err := l.compile(nil, f)
	if err != nil {
		return err
	}
	_, err = l.i.Execute(prog)
	return err
}

var compilePosition = regexp.MustCompile(`^(.*/v\d+\.go):(\d+):(\d+): `)

// compileDiagnostic makes a diagnostic of what lowering or the interpreter says
// about code that passed the type check.
func compileDiagnostic(p *program, err error) Diagnostic {
	rep := newDiagnoser(p.src)
	var u *lower.Unsupported
	if errors.As(err, &u) {
		rep.add(p.position(u.Pos), u.Msg, u.Hint)
		return rep.list()[0]
	}
	msg := err.Error()
	pos := token.Position{Line: 1, Column: 1}
	if len(p.main().names) > 0 {
		pos.Filename = p.main().names[0]
	}
	if m := compilePosition.FindStringSubmatch(msg); m != nil {
		if file, _, ok := sourceFile(m[1]); ok {
			pos.Filename = file
			pos.Line, _ = strconv.Atoi(m[2])
			pos.Column, _ = strconv.Atoi(m[3])
		}
		msg = strings.TrimPrefix(msg, m[0])
	}
	rep.add(pos, "the interpreter cannot run this: "+msg, "write it in another way; what was live stays live")
	return rep.list()[0]
}
