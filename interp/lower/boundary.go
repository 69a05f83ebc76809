package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// Compiled functions get what a script passes as any in its box: most only keep
// it, and a box prints and encodes itself. Those that look at values by
// reflection would see the box; this file says which they are.

// reflecting are the packages whose functions and methods take values apart.
var reflecting = map[string]bool{
	"reflect": true, "sort": true, "encoding/gob": true, "encoding/xml": true, "encoding/binary": true, "encoding/asn1": true,
	"database/sql": true, "runtime": true, "net/rpc": true, "testing/quick": true,
}

// opensItself are functions of these packages that the host does, by the types
// that values have in their boxes.
var opensItself = map[string]bool{
	"reflect.TypeOf": true, "reflect.ValueOf": true, "reflect.DeepEqual": true,
	"encoding/xml.Marshal": true, "encoding/xml.MarshalIndent": true, "(*encoding/xml.Encoder).Encode": true,
}

// scanning are functions of other packages that write through pointers.
var scanning = map[string]bool{
	"fmt.Scan": true, "fmt.Scanf": true, "fmt.Scanln": true, "fmt.Sscan": true, "fmt.Sscanf": true, "fmt.Sscanln": true,
	"fmt.Fscan": true, "fmt.Fscanf": true, "fmt.Fscanln": true,
}

// hostMethods are methods of compiled types that the host does itself, as a
// function of the runtime that takes the receiver first.
var hostMethods = map[string]string{
	"(*encoding/json.Decoder).Decode": "DecodeJSON",
	"(*encoding/json.Encoder).Encode": "EncodeJSON",
	"(*log.Logger).Printf":            "LogPrintf",
	"(*log.Logger).Fatalf":            "LogFatalf",
	"(*log.Logger).Panicf":            "LogPanicf",
	"(*time.Timer).Reset":             "ResetTimer",
	"(*time.Ticker).Reset":            "ResetTicker",
	"(*time.Ticker).Stop":             "StopTicker",

	"(*text/template.Template).Execute":         "TextExecute",
	"(*text/template.Template).ExecuteTemplate": "TextExecuteTemplate",
	"(*text/template.Template).Funcs":           "TextFuncs",
	"(*html/template.Template).Execute":         "HTMLExecute",
	"(*html/template.Template).ExecuteTemplate": "HTMLExecuteTemplate",
	"(*html/template.Template).Funcs":           "HTMLFuncs",

	"(*encoding/xml.Encoder).Encode": "EncodeXML",

	"(reflect.Value).Type":         "ReflectType",
	"(reflect.Value).Interface":    "ReflectInterface",
	"(reflect.Value).Convert":      "ReflectConvert",
	"(reflect.Value).CanConvert":   "ReflectCanConvert",
	"(reflect.Value).NumMethod":    "ReflectNumMethod",
	"(reflect.Value).Method":       "ReflectMethod",
	"(reflect.Value).MethodByName": "ReflectMethodByName",
	"(reflect.Value).FieldByName":  "ReflectFieldByName",
}

// opens tells whether a function gets values without their boxes.
func opens(callee *types.Func) bool {
	return reflecting[callee.Pkg().Path()] && !opensItself[callee.FullName()]
}

// prints tells whether a method of a compiled type prints its arguments; the
// functions that do so are the host's own.
func prints(name string) bool {
	m, ok := strings.CutPrefix(name, "(*log.Logger).")
	if hostMethods[name] != "" {
		return false
	}
	return ok && (strings.HasPrefix(m, "Print") || strings.HasPrefix(m, "Fatal") || strings.HasPrefix(m, "Panic"))
}

// compiledCallee finds the function of an interpreter package that a call
// calls; nil for others.
func (l *Lowerer) compiledCallee(fun ast.Expr) *types.Func {
	var id *ast.Ident
	switch f := ast.Unparen(fun).(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident: // by a dot import
		id = f
	default:
		return nil
	}
	fn, ok := l.Info.Uses[id].(*types.Func)
	if !ok || fn.Pkg() == nil || l.Names.IsSource(fn.Pkg()) {
		return nil
	}
	return fn
}

// isCompiled tells whether the function of a call is one of an interpreter
// package.
func (l *Lowerer) isCompiled(fun ast.Expr) bool { return l.compiledCallee(fun) != nil }

// argument lowers argument i of a call. What goes to an any of a compiled
// function may have to come out of its box.
func (l *Lowerer) argument(e *ast.CallExpr, i int, sig *types.Signature, callee *types.Func) ast.Expr {
	arg := e.Args[i]
	spread := e.Ellipsis.IsValid()
	to := paramType(sig, i, spread)
	if callee == nil || to == nil {
		return l.exprTo(arg, to)
	}
	name := callee.FullName()
	if spread && i == len(e.Args)-1 {
		x := l.exprTo(arg, to)
		if s, ok := to.Underlying().(*types.Slice); ok && l.isAny(s.Elem()) && !l.Info.Types[arg].IsNil() {
			switch {
			case scanning[name]:
				return l.rt(ScanFunc+"All", x)
			case opens(callee):
				return l.rt(OpenFunc+"All", x)
			case prints(name):
				return l.rt(TopFunc+"All", x)
			}
		}
		return x
	}
	if !l.isAny(to) {
		return l.exprTo(arg, to)
	}
	return l.passed(l.expr(arg), arg, to, callee)
}

// passed converts an operand for an any of a compiled function.
func (l *Lowerer) passed(x ast.Expr, arg ast.Expr, to types.Type, callee *types.Func) ast.Expr {
	tv := l.Info.Types[arg]
	if tv.IsNil() {
		return x
	}
	l.keep(arg, callee)
	from := l.typeOf(arg)
	if b, ok := from.(*types.Basic); ok && tv.Value != nil {
		x = l.typedConstant(x, types.Default(b))
	}
	if !types.IsInterface(from) && l.exact(from) && !l.convertsNil(arg) {
		return x // a call of compiled code takes what it gets as it is
	}
	return l.passedAs(l.adapt(x, arg, to), x, from, callee)
}

// passedAs chooses between a value as it was and as it was adapted.
func (l *Lowerer) passedAs(adapted, x ast.Expr, from types.Type, callee *types.Func) ast.Expr {
	name := callee.FullName()
	switch {
	case scanning[name]:
		return l.rt(ScanFunc, adapted)
	case opens(callee):
		if types.IsInterface(from) {
			return l.rt(OpenFunc, adapted)
		}
		return x
	case prints(name) && (types.IsInterface(from) || !l.exact(from)):
		return l.rt(TopFunc, adapted)
	}
	return adapted
}
