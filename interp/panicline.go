package interp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// anyFunc stands for a function that is called through a value.
const anyFunc = "func"

// panicLine finds the line of a function that a panic came from or went
// through, and whether that is in a closure. The interpreter tells only where
// the function, or the closure in it, begins; the line follows from the text:
// where the next function inwards is called, or where something stands that can
// fail in the way the message says. When several lines qualify it is the first.
func panicLine(s symbol, t traceLine, closure bool, callee, message string) (at int, inClosure bool) {
	const head = "package p\n"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", head+s.text, parser.SkipObjectResolution)
	if err != nil || len(file.Decls) == 0 {
		return t.Line, closure
	}
	line := func(p token.Pos) int { return s.line + fset.Position(p).Line - 2 }
	var body *ast.BlockStmt
	if d, ok := file.Decls[0].(*ast.FuncDecl); ok {
		body = d.Body
	}
	if body == nil {
		return t.Line, closure
	}
	if closure {
		// The body of a function with deferred calls is a closure too, so the
		// first statement decides.
		starts := func(b *ast.BlockStmt) bool {
			at := b.List[0].Pos()
			if d, ok := b.List[0].(*ast.DeclStmt); ok { // it stands where its first name does
				if g, ok := d.Decl.(*ast.GenDecl); ok && len(g.Specs) > 0 {
					at = g.Specs[0].Pos()
				}
			}
			p := fset.Position(at)
			return line(at) == t.Line && (p.Column == t.Column || p.Line == 2)
		}
		if len(body.List) == 0 || !starts(body) {
			inClosure = true
			if b := closureAt(file, starts); b != nil {
				body = b
			}
		}
	}
	found := 0
	visitBody(body, func(n ast.Node) {
		if p, ok := suspect(n, callee, message); ok && (found == 0 || line(p) < found) {
			found = line(p)
		}
	})
	if found == 0 {
		return t.Line, inClosure
	}
	return found, inClosure
}

// closureAt finds the function literal that starts where the test says.
func closureAt(file *ast.File, starts func(*ast.BlockStmt) bool) *ast.BlockStmt {
	var body *ast.BlockStmt
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && len(lit.Body.List) > 0 && starts(lit.Body) {
			body = lit.Body
		}
		return true
	})
	return body
}

// visitBody calls f for the nodes of one function, not of closures in it and
// not of types, where nothing can fail.
func visitBody(body *ast.BlockStmt, f func(ast.Node)) {
	skip := map[ast.Node]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil || skip[n] {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncType, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.StructType, *ast.InterfaceType, *ast.TypeSpec:
			return false
		case *ast.ValueSpec:
			skip[n.Type] = n.Type != nil
		case *ast.CompositeLit:
			skip[n.Type] = n.Type != nil
		case *ast.TypeAssertExpr:
			skip[n.Type] = n.Type != nil
		case *ast.CallExpr:
			if name := calledName(n); name == "new" || name == "make" {
				skip[n.Args[0]] = true
			}
		}
		f(n)
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
}

// suspect tells whether a node can be where a panic came from, and its position.
func suspect(n ast.Node, callee, message string) (token.Pos, bool) {
	if callee != "" {
		c, ok := n.(*ast.CallExpr)
		if callee == anyFunc {
			return n.Pos(), ok
		}
		return n.Pos(), ok && calledName(c) == callee[strings.LastIndexByte(callee, '.')+1:]
	}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(message, p) {
				return true
			}
		}
		return false
	}
	ok := false
	switch n := n.(type) {
	case *ast.AssignStmt:
		if has("nil map") {
			for _, x := range n.Lhs {
				_, indexed := x.(*ast.IndexExpr)
				ok = ok || indexed
			}
		}
	case *ast.IncDecStmt:
		_, indexed := n.X.(*ast.IndexExpr)
		ok = indexed && has("nil map")
	case *ast.IndexExpr:
		ok = has("index out of range")
	case *ast.SliceExpr:
		ok = has("slice bounds", "slice index", "out of bounds")
	case *ast.BinaryExpr:
		ok = has("divide by zero") && (n.Op == token.QUO || n.Op == token.REM)
	case *ast.TypeAssertExpr:
		ok = has("interface conversion", "type assertion")
	case *ast.SelectorExpr, *ast.StarExpr:
		ok = has("nil pointer", "zero Value")
	case *ast.SendStmt:
		ok = has("closed channel")
	case *ast.CallExpr:
		switch calledName(n) {
		case "panic":
			ok = !has("runtime error", "reflect:")
		case "close":
			ok = has("close of")
		case "make":
			ok = has("makeslice", "makechan", "negative")
		}
	}
	return n.Pos(), ok
}

// calledName is the last name of what a call calls.
func calledName(c *ast.CallExpr) string {
	switch f := ast.Unparen(c.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.IndexExpr:
		return calledName(&ast.CallExpr{Fun: f.X})
	}
	return ""
}
