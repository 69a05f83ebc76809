package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// rangeString lowers a range loop over a string. The interpreter's own counts
// runes where Go counts bytes, and takes time for each that grows with the
// string.
//
//	s, w := string(x), 0
//	for p := 0; p < len(s); p += w {
//		r := rune(s[p])
//		w = 1
//		if r > 127 { r, w = utf8.DecodeRuneInString(s[p:]) }
//		key, value := p, r
//		body
//	}
func (l *Lowerer) rangeString(s *ast.RangeStmt) []ast.Stmt {
	str, pos, width, char := l.temp(), l.temp(), l.temp(), l.temp()
	x := l.expr(s.X)
	l.move(s.Pos())
	num := func(text string) ast.Expr { return l.lit(token.INT, text) }
	pre := []ast.Stmt{l.define(str, l.call(l.id("string"), x)), l.define(width, num("0"))}
	rest := &ast.SliceExpr{X: l.id(str), Lbrack: l.at, Low: l.id(pos), Rbrack: l.at}
	decode := l.call(l.sel(l.id(l.Names.Import("unicode/utf8")), "DecodeRuneInString"), rest)
	list := []ast.Stmt{
		l.guard(),
		l.define(char, l.call(l.id("rune"), &ast.IndexExpr{X: l.id(str), Lbrack: l.at, Index: l.id(pos), Rbrack: l.at})),
		l.assign(token.ASSIGN, l.ids(width), []ast.Expr{num("1")}),
		l.ifStmt(&ast.BinaryExpr{X: l.id(char), OpPos: l.at, Op: token.GTR, Y: num("127")},
			l.assign(token.ASSIGN, l.ids(char, width), []ast.Expr{decode})),
	}
	if s.Tok == token.ASSIGN {
		var places, from []ast.Expr
		for i, e := range []ast.Expr{s.Key, s.Value} {
			if !blankOrNone(e) {
				places = append(places, e)
				from = append(from, l.convert(l.id([]string{pos, char}[i]), []types.Type{types.Typ[types.Int], types.Typ[types.Rune]}[i], l.typeOf(e)))
			}
		}
		list = append(list, l.takeOver(places, from)...)
	} else {
		list = append(list, l.rangeUse(s.Key, pos)...)
		list = append(list, l.rangeUse(s.Value, char)...)
	}
	l.push(nil)
	body := l.body(s.Body)
	l.pop()
	l.move(s.Pos())
	out := &ast.ForStmt{For: l.at,
		Init: l.define(pos, num("0")),
		Cond: &ast.BinaryExpr{X: l.id(pos), OpPos: l.at, Op: token.LSS, Y: l.call(l.id("len"), l.id(str))},
		Post: l.assign(token.ADD_ASSIGN, l.ids(pos), l.ids(width)),
		Body: l.block(append(list, l.block(body.List...))...),
	}
	return append(pre, out)
}

// rangeUse gives a new variable of a range loop what this iteration has for it.
func (l *Lowerer) rangeUse(e ast.Expr, from string) []ast.Stmt {
	if blankOrNone(e) {
		return nil
	}
	l.move(e.Pos())
	return one(l.define(localName(e.(*ast.Ident).Name), l.id(from)))
}
