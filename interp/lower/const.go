package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// constant writes a constant expression. Literals stay as they were written;
// everything else becomes the literal of its value, converted to its type where
// the literal alone would have another one. The interpreter's own idea of
// constants (iota groups, untyped arithmetic, typed imports) is never needed.
func (l *Lowerer) constant(e ast.Expr, tv types.TypeAndValue) ast.Expr {
	l.move(e.Pos())
	t := l.subst(tv.Type)
	switch x := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		if speaksFor(x.Kind, tv.Value, t) {
			return &ast.BasicLit{ValuePos: l.at, Kind: x.Kind, Value: x.Value}
		}
	case *ast.UnaryExpr:
		if b, ok := x.X.(*ast.BasicLit); ok && x.Op == token.SUB && speaksFor(b.Kind, tv.Value, t) {
			return &ast.UnaryExpr{OpPos: l.at, Op: x.Op, X: &ast.BasicLit{ValuePos: l.at, Kind: b.Kind, Value: b.Value}}
		}
	}
	lit, natural := l.literal(tv.Value, t)
	if b, ok := t.(*types.Basic); ok && (b.Info()&types.IsUntyped != 0 || b.Kind() == natural) {
		return lit
	}
	return l.call(l.paren(l.typ(t)), lit)
}

// speaksFor tells whether a literal, as it was written, can stand where a value
// of a type is wanted: the interpreter takes 1e3 for a float, whatever it is
// for, and loses values at the ends of the ranges.
func speaksFor(kind token.Token, v constant.Value, t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return true
	}
	switch kind {
	case token.FLOAT:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		return b.Info()&types.IsFloat != 0 && f != 0
	case token.IMAG:
		return b.Info()&types.IsComplex != 0
	case token.INT, token.CHAR:
		return b.Info()&(types.IsInteger|types.IsFloat) != 0
	}
	return true
}

// literal writes a value as it is written for the given type and says which
// basic type the literal has by itself.
func (l *Lowerer) literal(v constant.Value, t types.Type) (ast.Expr, types.BasicKind) {
	b, _ := t.Underlying().(*types.Basic)
	switch {
	case v.Kind() == constant.Bool:
		return l.id(strconv.FormatBool(constant.BoolVal(v))), types.Bool
	case v.Kind() == constant.String:
		return l.lit(token.STRING, strconv.Quote(constant.StringVal(v))), types.String
	case b != nil && b.Info()&types.IsComplex != 0:
		v = constant.ToComplex(v)
		re, _ := l.literal(constant.Real(v), types.Typ[types.Float64])
		im, _ := l.literal(constant.Imag(v), types.Typ[types.Float64])
		// With a type of its own, as the interpreter cannot divide by one without.
		return l.call(l.id("complex128"), l.call(l.id("complex"), re, im)), types.Complex128
	case b != nil && b.Info()&types.IsFloat != 0:
		f, _ := constant.Float64Val(constant.ToFloat(v))
		text := strconv.FormatFloat(f, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return l.number(token.FLOAT, text), types.Float64
	case b != nil && b.Kind() == types.UntypedRune:
		return l.number(token.INT, constant.ToInt(v).ExactString()), types.Int
	}
	return l.number(token.INT, constant.ToInt(v).ExactString()), types.Int
}

func (l *Lowerer) lit(kind token.Token, text string) ast.Expr {
	return &ast.BasicLit{ValuePos: l.at, Kind: kind, Value: text}
}

// number writes a literal whose text may begin with a minus.
func (l *Lowerer) number(kind token.Token, text string) ast.Expr {
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return &ast.UnaryExpr{OpPos: l.at, Op: token.SUB, X: l.lit(kind, rest)}
	}
	return l.lit(kind, text)
}

// paren wraps a type that could not stand before an argument list by itself.
func (l *Lowerer) paren(x ast.Expr) ast.Expr {
	switch x.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.ArrayType, *ast.MapType:
		return x
	}
	return &ast.ParenExpr{Lparen: l.at, X: x, Rparen: l.at}
}
