package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"hotloop/interp/lower"
)

// emission collects what one compile unit will hold: at load the whole program,
// later what a patch changes. It works on demand: whatever lowered code
// mentions and the interpreter does not have yet is emitted too. Names are
// entered into live only by commit, after everything worked.
type emission struct {
	p    *program
	live *names
	gen  int
	low  *lower.Lowerer
	file *emittedFile

	byName bool // the program can have methods called by their names

	of      map[string]string
	hot     map[string]lower.Hot
	made    map[string]string
	code    map[string]string // key -> the function that this emission compiles for it
	symbols map[string]symbol
	imports map[string]string // path -> local name
	paths   []string          // imported paths in order of appearance
	queue   []func() error

	types     []ast.Decl
	vars      []ast.Decl
	funcs     []ast.Decl
	declared  []declaredType
	binders   []binder
	values    []funcValue
	carried   map[string]bool         // variables that are initialised only when the host says so
	emitted   []*emitted              // functions
	entries   map[string]*entry       // of those that are new
	once      []string                // functions that only this emission mentions
	mentioned []*dynType              // by their numbers
	hide      map[string]bool         // keys of live that are old: what they stand for is emitted anew
	tables    []ast.Stmt              // fill the method tables; run before anything else
	dyns      []*dynType              // whose tables this emission fills
	retyped   map[*dynType]types.Type // what live types are in the emission's program
	added     []*dynType              // new ones
	convs     map[string]reflect.Type // conversions to compiled interfaces by name
}

func newEmission(p *program, live *names, gen int, fset *token.FileSet) *emission {
	e := &emission{p: p, live: live, gen: gen, of: map[string]string{}, hot: map[string]lower.Hot{},
		made: map[string]string{}, code: map[string]string{}, symbols: map[string]symbol{}, imports: map[string]string{}, convs: map[string]reflect.Type{}}
	e.byName = p.usesMethods()
	e.file = newEmittedFile(fset, gen)
	e.low = &lower.Lowerer{Names: e, Map: e.file.pos, Hidden: e.file.hidden, Where: e.where, Ctxt: p.ctxt, SharedLoops: p.sharedLoops(), SortMaps: live.sorts}
	return e
}

// where describes a source position for the check that a stopped goroutine
// runs: the place it was stopped at.
func (e *emission) where(pos token.Pos) (file string, line int) {
	p := e.p.position(pos)
	return p.Filename, p.Line
}

// at makes unit u the one that positions and types are taken from.
func (e *emission) at(u *unit) {
	e.low.Info = u.info
	e.file.segment(e.p, u)
}

// symbolName gives a name that was never used before: no base ends in a number.
func (e *emission) symbolName(base string) string {
	n := e.live.used[base]
	e.live.used[base] = n + 1
	if n == 0 {
		return base
	}
	return base + lower.Reserved + strconv.Itoa(n+1)
}

// baseName is the plain emitted name of a unit.
func (e *emission) baseName(u *unit) string {
	name := u.name
	switch {
	case u.kind == KindMethod:
		name = strings.TrimPrefix(u.recv, "*") + lower.Reserved + "m_" + u.name
	case u.kind == KindFunc && (name == "init" || name == "main"), types.Universe.Lookup(name) != nil:
		name += lower.Reserved
	}
	if u.pkg.path != mainPath {
		name = u.pkg.types.Name() + lower.Reserved + "_" + name
		if u.kind == KindType && ast.IsExported(u.name) {
			name = strings.ToUpper(name[:1]) + name[1:] // embedded fields stay exported
		}
	}
	return name
}

// Object implements lower.Names.
func (e *emission) Object(obj types.Object) string {
	u := e.p.unitOf(obj)
	if u == nil {
		panic(&lower.Unsupported{Pos: obj.Pos(), Msg: fmt.Sprintf("cannot tell where %s is declared", obj.Name())})
	}
	return e.name(u.id, func() string { return e.demand(u) })
}

// Method implements lower.Names.
func (e *emission) Method(fn *types.Func) string { return e.Object(fn) }

// Body implements lower.Names.
func (e *emission) Body(obj types.Object) string {
	u := e.p.unitOf(obj)
	if u == nil || u.fn == nil || u.generic() || !lower.UsesRecover(u.fn, u.info) {
		return ""
	}
	e.Object(obj)
	if h, ok := e.hot[u.id]; ok {
		return h.Body
	}
	h, _ := e.liveHot(u.id)
	return h.Body
}

// liveName finds the name that the interpreter has for a key.
func (e *emission) liveName(key string) (string, bool) {
	n, ok := e.live.of[key]
	return n, ok && !e.hide[key]
}

// liveHot finds the newest version of a function that the interpreter has.
func (e *emission) liveHot(key string) (lower.Hot, bool) {
	h, ok := e.live.hot[key]
	return h, ok && !e.hide[key]
}

// IsSource implements lower.Names.
func (e *emission) IsSource(p *types.Package) bool { return e.p.isSource(p) }

// Import implements lower.Names.
func (e *emission) Import(path string) string {
	if name, ok := e.imports[path]; ok {
		return name
	}
	name := fmt.Sprintf("%s%sp%d", path[strings.LastIndexByte(path, '/')+1:], lower.Reserved, len(e.imports))
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == '.' {
			return '_'
		}
		return r
	}, name)
	e.imports[path] = name
	e.paths = append(e.paths, path)
	return name
}

// Instance implements lower.Names.
func (e *emission) Instance(obj types.Object, targs []types.Type) string {
	u := e.p.unitOf(obj)
	key := u.id + e.p.instanceKey(targs)
	if u.kind == KindType {
		return e.name(key, func() string { return e.typeInstance(u, key, targs) })
	}
	return e.instance(u, key, bind(obj.(*types.Func).Signature().TypeParams(), targs))
}

// MethodInstance implements lower.Names.
func (e *emission) MethodInstance(fn *types.Func, targs []types.Type) string {
	u := e.p.unitOf(fn)
	return e.instance(u, u.id+e.p.instanceKey(targs), bind(fn.Signature().RecvTypeParams(), targs))
}

// instance names an instance of generic code. One that is live may be of a
// version that is not the newest, when nothing used it while the code changed:
// it is brought up to date then.
func (e *emission) instance(u *unit, key string, inst lower.Instance) string {
	make := func() string { return e.function(u, key, inst) }
	_, planned := e.of[key]
	if _, live := e.liveName(key); !planned && live && e.live.made[key] != u.meaning {
		return make()
	}
	return e.name(key, make)
}

// localType finds a type declared inside a function that a type is made of.
func localType(t types.Type) *types.Named {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if lower.IsLocal(t) {
			return t
		}
		for i := range t.TypeArgs().Len() {
			if n := localType(t.TypeArgs().At(i)); n != nil {
				return n
			}
		}
	case *types.Pointer:
		return localType(t.Elem())
	case *types.Slice:
		return localType(t.Elem())
	case *types.Array:
		return localType(t.Elem())
	case *types.Chan:
		return localType(t.Elem())
	case *types.Map:
		if n := localType(t.Key()); n != nil {
			return n
		}
		return localType(t.Elem())
	}
	return nil
}

// name finds the emitted name of a key, or has it made.
func (e *emission) name(key string, make func() string) string {
	if n, ok := e.of[key]; ok {
		return n
	}
	if n, ok := e.liveName(key); ok {
		return n
	}
	return make()
}

// demand emits a unit that the interpreter does not have.
func (e *emission) demand(u *unit) string {
	switch u.kind {
	case KindFunc, KindMethod:
		return e.function(u, u.id, nil)
	case KindVar:
		return e.variable(u)
	case KindType:
		return e.typeUnit(u)
	}
	panic(&lower.Unsupported{Pos: u.pos, Msg: fmt.Sprintf("%s cannot be emitted", u.id)})
}

func bind(params *types.TypeParamList, targs []types.Type) lower.Instance {
	if params.Len() == 0 {
		return nil
	}
	inst := lower.Instance{}
	for i := range params.Len() {
		inst[params.At(i)] = targs[i]
	}
	return inst
}

// function plans the emission of a function, or of its next version when it is
// live already, and gives the name by which it is called: that of its first
// version.
func (e *emission) function(u *unit, key string, inst lower.Instance) string {
	shell := lower.UsesRecover(u.fn, u.info)
	prev, exists := e.liveHot(key)
	base := e.baseName(u)
	if inst != nil {
		base += lower.Reserved + "i"
	}
	h := lower.Hot{Name: e.symbolName(base)}
	if shell && exists {
		h.Name, h.Body = prev.Name, h.Name
	} else if shell {
		h.Body = e.symbolName(base + lower.Reserved + "r")
	}
	called := h
	if exists {
		called = prev
	}
	code := replaced(h)
	c := &emitted{name: code, target: replaced(called), common: e.common(u, shell)}
	e.emitted = append(e.emitted, c)
	e.of[key], e.hot[key], e.made[key], e.code[key] = called.Name, called, u.meaning, code
	e.symbols[code] = e.symbolOf(u)
	e.queue = append(e.queue, func() error {
		e.at(u)
		fn, _ := u.obj.(*types.Func)
		decls, err := e.low.Func(u.fn, fn, inst, h, !exists)
		if err != nil {
			return err
		}
		e.funcs = append(e.funcs, decls...)
		c.asks = e.low.CallsOthers(u.fn.Body)
		c.at.function = code
		c.at.file, c.at.line = e.where(u.fn.Name.Pos())
		if e.p.fireable(u) {
			e.readers(fn)
		}
		return nil
	})
	return called.Name
}

// replaced is the function of a hot one that gets new bodies.
func replaced(h lower.Hot) string {
	if h.Body != "" {
		return h.Body
	}
	return h.Name
}

// common counts the results and parameters of a function as it is emitted.
func (e *emission) common(u *unit, recovers bool) int {
	sig := u.obj.(*types.Func).Signature()
	n := sig.Results().Len() + sig.Params().Len()
	if sig.Recv() != nil {
		n++
	}
	if recovers {
		n++
	}
	return n
}

// symbolOf says what is compiled now from a unit.
func (e *emission) symbolOf(u *unit) symbol {
	at := e.p.position(u.pos)
	return symbol{display: u.display(), id: u.id, text: strings.Clone(e.p.text(u)), line: at.Line, column: at.Column, file: at.Filename, shape: u.shape, meaning: u.meaning}
}

func (e *emission) variable(u *unit) string {
	name := e.symbolName(e.baseName(u))
	e.of[u.id] = name
	e.queue = append(e.queue, func() error {
		e.at(u)
		d, err := e.low.Var(u.obj.(*types.Var), name)
		if err != nil {
			return err
		}
		e.vars = append(e.vars, d)
		return nil
	})
	return name
}

func (e *emission) typeUnit(u *unit) string {
	name := e.symbolName(e.baseName(u))
	e.of[u.id] = name
	named, ok := u.obj.Type().(*types.Named)
	if !ok { // an alias is written as what it stands for
		return name
	}
	e.queue = append(e.queue, func() error { return e.declareType(u, named, u.id, name) })
	return name
}

func (e *emission) typeInstance(u *unit, key string, targs []types.Type) string {
	name := e.symbolName(e.baseName(u) + lower.Reserved + "i")
	e.of[key] = name
	t, err := types.Instantiate(e.low.Ctxt.Context, u.obj.Type(), targs, false)
	if err != nil {
		panic(&lower.Unsupported{Pos: u.pos, Msg: err.Error()})
	}
	e.queue = append(e.queue, func() error { return e.declareType(u, t.(*types.Named), key, name) })
	return name
}

// declareType emits a type. Interface types need no declaration: what is of
// one is the runtime's Any.
func (e *emission) declareType(u *unit, t *types.Named, key, name string) error {
	if types.IsInterface(t) {
		return nil
	}
	e.at(u)
	d, err := e.typeDecl(t, u.pos, name)
	if err != nil {
		return err
	}
	e.types = append(e.types, d)
	e.declared = append(e.declared, declaredType{key, name})
	return nil
}

// drain works off what was asked for, and what that asks for in turn.
func (e *emission) drain() error {
	for len(e.queue) > 0 {
		next := e.queue[0]
		e.queue = e.queue[1:]
		if err := guarded(next); err != nil {
			return err
		}
	}
	return nil
}

// guarded runs f and turns its panic with lower.Unsupported into an error.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			u, ok := r.(*lower.Unsupported)
			if !ok {
				panic(r)
			}
			err = u
		}
	}()
	return f()
}
