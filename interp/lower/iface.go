package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// The interpreter's own interface values are guesses about what was put into
// them. Emitted code has none: every interface type is emitted as the runtime's
// Any, an empty interface of compiled code, except named interfaces with methods
// that compiled packages declare, which are themselves. What an Any holds is
//
//   - a value as it is, when the interpreter represents its type exactly;
//   - a box otherwise: the value together with the type that go/types says.
//
// So every place where Go converts a value to an interface has to be found here,
// by static types, and nowhere is a dynamic type guessed. The interpreter never
// hears of methods; what calls one through an interface goes through a table.

// Names of the runtime that have to do with interfaces.
const (
	AnyType    = "Any"        // interface{}
	BoxFunc    = "Box"        // func(typ int, v any) any: v with its dynamic type
	RawFunc    = "Raw"        // func(v any) any: v itself, as an interface value
	PlainFunc  = "Plain"      // func(v any) any: what a compiled interface holds, as an Any holds it
	OpenFunc   = "Open"       // func(v any) any: the value without its box
	TopFunc    = "Top"        // func(v any) any: v for a compiled function that prints its arguments
	ScanFunc   = "Scanned"    // func(v any) any: v for a compiled function that scans into it
	InFunc     = "In"         // func(typ int, x any) any: the value if x holds one of that type, else nil
	MustFunc   = "Must"       // func(typ int, x any, from string) any: In, or the panic of a failed assertion
	CaseFunc   = "Case"       // func(x any, types ...int) int: which of the types x has or implements; -1 for none
	IsFunc     = "Implements" // func(typ int, x any) (any, bool): x as a value of a script's interface
	AsFunc     = "As"         // func(typ int, x any, from string) any: Implements, or a panic
	KeyFunc    = "Key"        // func(x any) any: x, the key of a map; panics when it cannot be hashed
	SameFunc   = "Same"       // func(a, b any) bool: a == b for interface values
	FindFunc   = "Find"       // func(x any, method string) (function, receiver any)
	BoundFunc  = "Bound"      // func(x any) any: x, the receiver of a method value; panics for nil
	ToPrefix   = "To_"        // To_pkg_Name func(x any) pkg.Name: to a compiled interface
	KeyPrefix  = "Key_"       // Key_pkg_Name func(x any) pkg.Name: To, of a map's key; panics when it cannot be hashed
	AsPrefix   = "As_"        // As_pkg_Name func(x any) (pkg.Name, bool)
	MustPrefix = "Must_"      // Must_pkg_Name func(x any, from string) pkg.Name
)

func (l *Lowerer) rt(fun string, args ...ast.Expr) *ast.CallExpr {
	return l.call(l.sel(l.id(l.Names.Import(RuntimePath)), fun), args...)
}

// anyType writes the one interface type of emitted code.
func (l *Lowerer) anyType() ast.Expr {
	return l.sel(l.id(l.Names.Import(RuntimePath)), AnyType)
}

func (l *Lowerer) int(n int) ast.Expr { return l.number(token.INT, strconv.Itoa(n)) }

// isCompiledInterface tells whether an interface type is itself in emitted code:
// error, and named interfaces with methods that compiled packages declare.
func (l *Lowerer) isCompiledInterface(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || !types.IsInterface(n) {
		return false
	}
	if n.Obj().Pkg() == nil {
		return n.Obj().Name() == "error"
	}
	return !l.Names.IsSource(n.Obj().Pkg()) && n.Underlying().(*types.Interface).NumMethods() > 0
}

// isAny tells whether an interface type is emitted as the runtime's Any, or is
// a compiled package's name for the empty interface.
func (l *Lowerer) isAny(t types.Type) bool {
	return t != nil && types.IsInterface(t) && !l.isCompiledInterface(t)
}

// Exact tells whether the interpreter's values of a type have, for reflection,
// the very type that Go gives them.
func Exact(t types.Type, isSource func(*types.TypeName) bool) bool {
	exact := func(t types.Type) bool { return Exact(t, isSource) }
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return true
	case *types.Named:
		return t.Obj().Pkg() == nil || !isSource(t.Obj())
	case *types.Pointer:
		return exact(t.Elem())
	case *types.Slice:
		return exact(t.Elem())
	case *types.Array:
		return exact(t.Elem())
	case *types.Chan:
		return exact(t.Elem())
	case *types.Map:
		return exact(t.Key()) && exact(t.Elem())
	case *types.Signature:
		return exact(t.Params()) && exact(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if !exact(v.Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		return t.NumMethods() == 0
	}
	return false
}

func (l *Lowerer) exact(t types.Type) bool {
	return Exact(t, func(n *types.TypeName) bool { return l.Names.IsSource(n.Pkg()) })
}

// exprTo lowers an expression that is assigned to something of type to.
func (l *Lowerer) exprTo(e ast.Expr, to types.Type) ast.Expr {
	return l.adapt(l.expr(e), e, to)
}

// exprsTo lowers expressions that are assigned to variables of these types.
func (l *Lowerer) exprsTo(list []ast.Expr, to func(i int) types.Type) []ast.Expr {
	out := make([]ast.Expr, len(list))
	for i, e := range list {
		out[i] = l.exprTo(e, to(i))
	}
	return out
}

// adapt converts what an expression was lowered to, where the value goes to
// something of type to.
func (l *Lowerer) adapt(x ast.Expr, e ast.Expr, to types.Type) ast.Expr {
	if to == nil {
		return x
	}
	to = l.subst(to)
	if !types.IsInterface(to) {
		return x
	}
	tv := l.Info.Types[e]
	from := l.typeOf(e)
	if from == nil {
		return x
	}
	if b, ok := from.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		return l.nilOf(x, to)
	}
	if b, ok := from.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
		from = types.Default(from)
	}
	l.move(e.Pos())
	if tv.Value != nil {
		x = l.typedConstant(x, from)
	}
	if l.convertsNil(e) {
		// The interpreter would pass on the nil without its type.
		x = &ast.StarExpr{Star: l.at, X: l.call(l.id("new"), l.typ(from))}
	}
	return l.convert(x, from, to)
}

// convertsNil tells whether an expression is T(nil).
func (l *Lowerer) convertsNil(e ast.Expr) bool {
	c, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(c.Args) == 1 && l.Info.Types[c.Fun].IsType() && l.Info.Types[c.Args[0]].IsNil()
}

// nilOf writes a nil of an interface type.
func (l *Lowerer) nilOf(x ast.Expr, to types.Type) ast.Expr {
	if l.isAny(to) {
		return l.call(l.typ(to), x)
	}
	return x
}

// typedConstant gives a literal the type it has in an interface, where the
// literal alone would leave that to the interpreter.
func (l *Lowerer) typedConstant(x ast.Expr, t types.Type) ast.Expr {
	b, ok := t.(*types.Basic)
	if _, isCall := x.(*ast.CallExpr); isCall || !ok {
		return x
	}
	switch b.Kind() {
	case types.Bool, types.String, types.Int:
		return x
	}
	return l.call(l.typ(t), x)
}

// convert writes the conversion of a value of one type to an interface type.
// Both are without type parameters.
func (l *Lowerer) convert(x ast.Expr, from, to types.Type) ast.Expr {
	if !types.IsInterface(to) {
		return x
	}
	compiled := l.isCompiledInterface(to)
	if types.IsInterface(from) {
		switch fromCompiled := l.isCompiledInterface(from); {
		case !fromCompiled && !compiled, types.Identical(from, to):
			return x
		case compiled: // also from another one: a wrapped value has one wrapper for each
			return l.rt(ToPrefix+l.Names.Interface(to), x)
		default:
			return l.rt(PlainFunc, x)
		}
	}
	switch {
	case compiled && l.exact(from):
		if _, isPtr := from.Underlying().(*types.Pointer); isPtr {
			return x
		}
		return l.rt(ToPrefix+l.Names.Interface(to), x)
	case compiled:
		return l.rt(ToPrefix+l.Names.Interface(to), l.box(x, from))
	case l.exact(from):
		return l.raw(x, from)
	}
	return l.box(x, from)
}

// box writes a value with its dynamic type.
func (l *Lowerer) box(x ast.Expr, t types.Type) ast.Expr {
	return l.rt(BoxFunc, l.int(l.Names.Dynamic(t)), x)
}

// raw writes an exact value in an interface. Where the interpreter could take
// the value for something else (a function for its own record of it, a slice
// for a list of operands), not copy it, or write a result of its own kind where
// the interface goes, it passes through the host.
func (l *Lowerer) raw(x ast.Expr, t types.Type) ast.Expr {
	switch t.Underlying().(type) {
	case *types.Basic, *types.Pointer, *types.Map, *types.Chan:
		switch x := x.(type) {
		case *ast.Ident, *ast.BasicLit, *ast.SelectorExpr:
			return x
		case *ast.CallExpr: // a constant with its type
			if len(x.Args) == 1 {
				if _, isLit := x.Args[0].(*ast.BasicLit); isLit {
					return x
				}
			}
		}
	}
	return l.rt(RawFunc, x)
}

// asInterface is convert for an explicit conversion: the result has the type of
// the interface even where nothing has to be done.
func (l *Lowerer) asInterface(x ast.Expr, from, to types.Type) ast.Expr {
	out := l.convert(x, from, to)
	if out != x || types.Identical(from, to) {
		return out
	}
	if l.isAny(to) && !types.IsInterface(from) {
		return l.rt(RawFunc, x)
	}
	return l.call(l.paren(l.typ(to)), x)
}

// needsAdapting tells whether values of a type change when they are assigned to
// something of another type.
func (l *Lowerer) needsAdapting(from, to types.Type) bool {
	if from == nil || to == nil {
		return false
	}
	from, to = l.subst(from), l.subst(to)
	if !types.IsInterface(to) {
		return false
	}
	if types.IsInterface(from) && l.isAny(from) && l.isAny(to) {
		return false // both are the runtime's Any
	}
	return !types.Identical(from, to)
}

var emptyInterface = types.NewInterfaceType(nil, nil)

// paramType is the type that argument i of a call with n of them is assigned
// to; spread says that the last one is a slice for the variadic parameter.
func paramType(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1 && !spread:
		return variadicElem(sig.Params().At(n - 1).Type())
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}
