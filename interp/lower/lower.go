package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// Names tells the emitted name of everything that has one. Its methods are
// called during a walk and may queue what they are asked for.
type Names interface {
	// Object names a package-level function, variable or type of a source package.
	Object(obj types.Object) string
	// Method names the function that holds the body of a method.
	Method(fn *types.Func) string
	// Import names an interpreter package in this file.
	Import(path string) string
	// Local names a type that is declared inside a function.
	Local(t *types.Named) string
	// Instance names a generic function or type for a list of type arguments.
	Instance(obj types.Object, targs []types.Type) string
	// MethodInstance names the function that holds the body of a generic type's
	// method for the type arguments of its receiver.
	MethodInstance(fn *types.Func, targs []types.Type) string
	// Body names the function to defer in place of one that calls recover itself:
	// it takes the deferred calls' state as first parameter. Empty for others.
	Body(obj types.Object) string
	// FuncValue names the variable of type typ that holds an emitted function as
	// a value.
	FuncValue(function string, typ ast.Expr) string
	// Binder names the function that makes method values of an emitted function;
	// decl writes it, once the key is known under which the host knows it.
	Binder(function string, decl func(name, key string) ast.Decl) string
	// Dynamic numbers a type for the runtime: what a value in an interface is.
	Dynamic(t types.Type) int
	// Interface names the runtime's conversions to an interface of compiled code.
	Interface(t types.Type) string
	// Dispatch names the function that calls a method, given by its id and its
	// signature, through an interface.
	Dispatch(id string, sig *types.Signature) string
	// IsSource tells whether a package comes as source.
	IsSource(pkg *types.Package) bool
}

// Names that emitted code uses of its runtime: RuntimePath is an interpreter
// package with CheckFunc and CrashFunc, the rest are declarations that must be
// in the script's name space before anything else is emitted.
const (
	RuntimePath   = "hotloop/rt"
	CheckFunc     = "Check"       // func(function, file string, line int): ends this goroutine, here, when it is the one to end
	AtFunc        = "At"          // func(function, file string, line int): this goroutine is about to panic, here
	SelectFunc    = "Select"      // func(function, file string, line int, hasDefault bool, cases ...any) (chosen int, ok bool)
	WaitFunc      = "Wait"        // func(function, file string, line int, method string, on any): on.method(), of package sync
	SleepFunc     = "Sleep"       // func(function, file string, line int, d time.Duration): time.Sleep(d)
	SortFunc      = "Sort"        // func(any): sorts a slice of keys of a map
	CrashFunc     = "Crash"       // func(any): reports a goroutine's panic
	RecoveredFunc = "Recovered"   // func(any) any: what recover gives in compiled code for what it gave here
	BindFunc      = "Bind"        // func(key string, receiver, f any) any: f, a method value
	PanicFunc     = "Panic"       // func(any): panics with its argument
	ClearFunc     = "Clear"       // func(any): the builtin clear
	PrintFunc     = "Print"       // func(newline bool, args ...any): the builtins print and println
	CountFunc     = "Count"       // func(int) uint: its argument, the count of a shift; panics when it is negative
	RangeFunc     = "Range"       // func(function, file string, line int, state int): panics, as a loop over a function is misused
	StopFlag      = "stop__h"     // bool variable: somebody wants a goroutine to end
	DeferType     = "deferred__h" // struct{ val, trace Any; calls []func() }: the deferred calls of one call
	RunFunc       = "run__h"      // func(*deferred__h), deferred itself: recovers and runs the deferred calls
	TakeFunc      = "take__h"     // func(*deferred__h) Any: what recover() gives, once

	Reserved      = "__h"    // no identifier of a script may contain it
	recoveryParam = "rec__h" // parameter of a function that calls recover itself
)

// Unsupported is what a walk panics with when it meets code that cannot be
// emitted with its meaning kept; the entry points return it as an error.
type Unsupported struct {
	Pos  token.Pos // position in the source
	Msg  string
	Hint string
}

func (u *Unsupported) Error() string { return u.Msg }

// Lowerer lowers declarations of one checked program. It is used by one
// goroutine at a time.
type Lowerer struct {
	Info   *types.Info
	Names  Names
	Map    func(token.Pos) token.Pos // source position to emitted position
	Hidden token.Pos                 // emitted position of code that no person wrote
	Where  func(token.Pos) (file string, line int)
	Ctxt   *Context // shared by all walks, so that equal instances are one type

	// SharedLoops tells whether code at a source position is of a language, before
	// Go 1.22, in which a loop has its variables once; nil when none is.
	SharedLoops func(token.Pos) bool

	// SortMaps has range loops go through maps in the order of their keys, where
	// these have one.
	SortMaps bool

	// Values collects the emitted functions that are used as values. The
	// interpreter converts one to a func only when it has seen its declaration.
	Values map[string]bool

	env     map[*types.TypeParam]types.Type
	fn      *function
	counts  map[types.Object]bool // variables that are never negative
	at      token.Pos             // emitted position for nodes made up on the way
	src     token.Pos             // the source position that goes with it
	fresh   int
	renamed map[types.Object]string // local variables that are called something else
	inside  string                  // emitted name of the function being lowered
}

// place writes the arguments by which emitted code says where it is: in the
// function it stands in, at the line as it was when it was compiled.
func (l *Lowerer) place() []ast.Expr {
	file, line := l.Where(l.src)
	return []ast.Expr{l.lit(token.STRING, strconv.Quote(l.inside)), l.lit(token.STRING, strconv.Quote(file)), l.lit(token.INT, strconv.Itoa(line))}
}

// Here writes a statement that notes the position of a source node, for code
// whose panics would not show it otherwise.
func (l *Lowerer) Here(pos token.Pos) ast.Stmt {
	l.move(pos)
	return l.exprStmt(l.call(l.sel(l.id(l.Names.Import(RuntimePath)), AtFunc), l.place()...))
}

// function is what a walk knows of the function body it is in.
type function struct {
	sig       *types.Signature
	outer     *function
	recovery  bool     // direct calls of recover read the parameter that holds it
	deferred  string   // variable that holds the deferred calls; empty without defer statements
	results   []string // names of the results, when the function has such or needs them
	loops     []*loop
	gotos     map[string]bool // labels that goto statements name
	labelNext string          // label of the loop about to be lowered

	// Of loops over functions, see rangefunc.go.
	targets map[*ast.BranchStmt]target
	bodies  []*funcLoop // those whose body is being lowered, innermost last
	next    string      // variable that says where to go behind a loop
	codes   int         // values of next given out
}

func (l *Lowerer) fail(pos token.Pos, hint, format string, args ...any) {
	panic(&Unsupported{Pos: pos, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// catch turns a walk's panic with Unsupported into an error.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case *Unsupported:
		*err = r
	default:
		panic(r)
	}
}

// move makes pos the position of nodes made up from here on.
func (l *Lowerer) move(pos token.Pos) token.Pos {
	if pos.IsValid() {
		l.src = pos
		l.at = l.Map(pos)
	}
	return l.at
}

// temp gives a local name that nothing else has.
func (l *Lowerer) temp() string {
	l.fresh++
	return fmt.Sprintf("t%d%s", l.fresh, Reserved)
}

// Small constructors; all use the position of the node being lowered.

func (l *Lowerer) id(name string) *ast.Ident { return &ast.Ident{NamePos: l.at, Name: name} }

func (l *Lowerer) ids(names ...string) []ast.Expr {
	out := make([]ast.Expr, len(names))
	for i, n := range names {
		out[i] = l.id(n)
	}
	return out
}

func (l *Lowerer) call(fun ast.Expr, args ...ast.Expr) *ast.CallExpr {
	return &ast.CallExpr{Fun: fun, Lparen: l.at, Args: args, Rparen: l.at}
}

func (l *Lowerer) assign(tok token.Token, lhs, rhs []ast.Expr) *ast.AssignStmt {
	return &ast.AssignStmt{Lhs: lhs, TokPos: l.at, Tok: tok, Rhs: rhs}
}

func (l *Lowerer) define(name string, x ast.Expr) ast.Stmt {
	return l.assign(token.DEFINE, l.ids(name), []ast.Expr{x})
}

func (l *Lowerer) block(stmts ...ast.Stmt) *ast.BlockStmt {
	return &ast.BlockStmt{Lbrace: l.at, List: stmts, Rbrace: l.at}
}

func (l *Lowerer) exprStmt(x ast.Expr) ast.Stmt { return &ast.ExprStmt{X: x} }

func (l *Lowerer) ifStmt(cond ast.Expr, body ...ast.Stmt) *ast.IfStmt {
	return &ast.IfStmt{If: l.at, Cond: cond, Body: l.block(body...)}
}

func (l *Lowerer) ret(xs ...ast.Expr) ast.Stmt {
	return &ast.ReturnStmt{Return: l.at, Results: xs}
}

func (l *Lowerer) sel(x ast.Expr, name string) ast.Expr {
	return &ast.SelectorExpr{X: x, Sel: l.id(name)}
}

func (l *Lowerer) funcLit(typ *ast.FuncType, body ...ast.Stmt) *ast.FuncLit {
	return &ast.FuncLit{Type: typ, Body: l.block(body...)}
}

// typeOf is the type of an expression with type parameters replaced.
func (l *Lowerer) typeOf(e ast.Expr) types.Type {
	t := l.Info.TypeOf(e)
	if t == nil {
		return nil
	}
	return l.subst(t)
}

// objectOf finds what an identifier means.
func (l *Lowerer) objectOf(id *ast.Ident) types.Object {
	if o := l.Info.Uses[id]; o != nil {
		return o
	}
	return l.Info.Defs[id]
}

// isPackageLevel tells whether an object is a top-level declaration of a
// source package.
func (l *Lowerer) isPackageLevel(o types.Object) bool {
	return o.Pkg() != nil && o.Parent() == o.Pkg().Scope() && l.Names.IsSource(o.Pkg())
}
