package interp

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// closureText is a closure as it reads in the text of a unit, whatever its
// formatting.
type closureText struct {
	offset int // in the text
	tokens string
}

// closureTexts lists the closures in the text of a function or variable,
// closures in closures too.
func closureTexts(text string) []closureText {
	for _, head := range []string{"package p;", "package p;var "} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, "", head+text, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		var out []closureText
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				from, to := fset.Position(lit.Pos()).Offset-len(head), fset.Position(lit.End()).Offset-len(head)
				out = append(out, closureText{from, tokens(text[from:to])})
			}
			return true
		})
		return out
	}
	return nil
}

// tokens writes a text without comments and formatting.
func tokens(text string) string {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(f, []byte(text), nil, 0)
	var out strings.Builder
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return out.String()
		case tok == token.SEMICOLON:
			lit = ";"
		case lit == "":
			lit = tok.String()
		}
		out.WriteString(lit + " ")
	}
}

// closureAt gives the closure of a unit that begins at a position; false when
// none does there.
func (s symbol) closureAt(at token.Position) (string, bool) {
	line, offset := at.Line-s.line, at.Column-1
	if line == 0 {
		offset = at.Column - s.column
	}
	rest := s.text
	for ; line > 0; line-- {
		_, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return "", false
		}
		rest = after
	}
	offset += len(s.text) - len(rest)
	for _, c := range closureTexts(s.text) {
		if c.offset == offset {
			return c.tokens, true
		}
	}
	return "", false
}
