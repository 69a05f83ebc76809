package diffview

import (
	"go/scanner"
	"go/token"
	"strings"
)

// lexeme is a stretch of source of one class. What lies between is plain.
type lexeme struct {
	start, end int
	class      Class
}

// highlight gives the lexemes of a piece of Go, in order. The piece is scanned
// as a whole, so that comments and raw strings over several lines are right,
// and need not be complete or correct: the scanner gives a token for anything.
//
// Keywords, strings, numbers and comments are exact. Names of types and
// functions are told by what stands around them, as no types are known here:
// a wrong guess costs a colour.
func highlight(src string) []lexeme {
	if src == "" {
		return nil
	}
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(src))
	var sc scanner.Scanner
	sc.Init(file, []byte(src), nil, scanner.ScanComments)
	h := highlighter{src: src, out: make([]lexeme, 0, len(src)/6)}
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return h.out
		}
		if tok == token.SEMICOLON && lit == "\n" {
			h.newLine()
			continue
		}
		h.add(file.Offset(pos), tok, lit)
	}
}

// seen is a token as far as its successors want to know it.
type seen struct {
	tok        token.Token
	start, end int
	at         int // index in out, -1 when it has no lexeme
	isType     bool
}

type highlighter struct {
	src  string
	out  []lexeme
	prev [2]seen // the token before, and the one before that
}

func (h *highlighter) newLine() { h.push(seen{tok: token.SEMICOLON, at: -1}) }

func (h *highlighter) push(s seen) { h.prev[1], h.prev[0] = h.prev[0], s }

func (h *highlighter) add(start int, tok token.Token, lit string) {
	s := seen{tok: tok, start: start, end: lexemeEnd(h.src, start, tok, lit), at: -1}
	class := Plain
	switch {
	case tok == token.COMMENT:
		// Comments do not count as neighbours.
		h.out = append(h.out, lexeme{s.start, s.end, Comment})
		return
	case tok == token.IDENT:
		class = h.ident(&s, lit)
	case tok.IsKeyword():
		class = Keyword
	case tok == token.STRING || tok == token.CHAR:
		class = String
	case tok == token.INT || tok == token.FLOAT || tok == token.IMAG:
		class = Number
	case tok.IsOperator():
		h.operator(s)
		if !isBracket(tok) {
			class = Operator
		}
	}
	if class != Plain || tok == token.IDENT {
		s.at = len(h.out)
		h.out = append(h.out, lexeme{s.start, s.end, class})
	}
	h.push(s)
}

// ident tells what a name is from what stands before it.
func (h *highlighter) ident(s *seen, name string) Class {
	before, before2 := h.prev[0], h.prev[1]
	if before.tok == token.FUNC {
		return Func
	}
	selected := before.tok == token.PERIOD
	if !selected {
		switch predeclared[name] {
		case Type:
			s.isType = true
			return Type
		case Builtin:
			return Builtin
		}
	}
	touches := before.end == s.start
	switch before.tok {
	case token.TYPE, token.CHAN, token.ARROW:
		s.isType = before.tok != token.ARROW || before2.tok == token.CHAN
	case token.IDENT: // "e Opening", "count int"
		s.isType = true
	case token.RBRACK: // "[]Opening", "map[string]Opening"
		s.isType = touches
	case token.RPAREN: // "func f() Opening"
		s.isType = true
	case token.ELLIPSIS: // "rest ...Opening"
		s.isType = true
	case token.MUL: // "e *Opening", "[]*Opening", but not "a * b"
		declared := before2.tok == token.IDENT || before2.tok == token.RPAREN || before2.tok == token.RBRACK || before2.tok == token.LPAREN
		s.isType = touches && declared && (before2.end < before.start || before2.tok != token.IDENT)
	case token.PERIOD: // "r http.Request": the package's name was taken for a type
		if before2.isType && before2.at >= 0 {
			h.out[before2.at].class = Plain
			s.isType = true
		}
	}
	if s.isType {
		return Type
	}
	return Plain
}

// operator tells what the name before it is.
func (h *highlighter) operator(s seen) {
	name := h.prev[0]
	if name.tok != token.IDENT || name.at < 0 || name.end != s.start {
		return
	}
	l := &h.out[name.at]
	switch s.tok {
	case token.LPAREN:
		if l.class == Plain || h.prev[1].tok == token.RPAREN {
			l.class = Func // a call, or the name of a method after its receiver
		}
	case token.LBRACE:
		if l.class == Plain {
			l.class = Type // "Opening{"
		}
	case token.LBRACK:
		if h.prev[1].tok == token.FUNC {
			l.class = Func // "func Map[T any]"
		}
	}
}

func isBracket(tok token.Token) bool {
	switch tok {
	case token.LPAREN, token.RPAREN, token.LBRACK, token.RBRACK, token.LBRACE, token.RBRACE,
		token.COMMA, token.PERIOD, token.SEMICOLON, token.COLON:
		return true
	}
	return false
}

// lexemeEnd finds the end of a token in the source itself: the scanner leaves
// carriage returns out of the text of comments and raw strings.
func lexemeEnd(src string, start int, tok token.Token, lit string) int {
	rest := src[start:]
	switch {
	case strings.HasPrefix(rest, "//") && tok == token.COMMENT:
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			return start + i
		}
		return len(src)
	case strings.HasPrefix(rest, "/*") && tok == token.COMMENT:
		if i := strings.Index(rest[2:], "*/"); i >= 0 {
			return start + 2 + i + 2
		}
		return len(src)
	case strings.HasPrefix(rest, "`") && tok == token.STRING:
		if i := strings.IndexByte(rest[1:], '`'); i >= 0 {
			return start + 1 + i + 1
		}
		return len(src)
	case tok.IsOperator() && lit == "":
		return min(len(src), start+len(tok.String()))
	}
	return min(len(src), start+len(lit))
}

var predeclared = map[string]Class{
	"any": Type, "bool": Type, "byte": Type, "comparable": Type, "complex64": Type, "complex128": Type,
	"error": Type, "float32": Type, "float64": Type, "int": Type, "int8": Type, "int16": Type,
	"int32": Type, "int64": Type, "rune": Type, "string": Type, "uint": Type, "uint8": Type,
	"uint16": Type, "uint32": Type, "uint64": Type, "uintptr": Type,

	"append": Builtin, "cap": Builtin, "clear": Builtin, "close": Builtin, "complex": Builtin,
	"copy": Builtin, "delete": Builtin, "imag": Builtin, "len": Builtin, "make": Builtin,
	"max": Builtin, "min": Builtin, "new": Builtin, "panic": Builtin, "print": Builtin,
	"println": Builtin, "real": Builtin, "recover": Builtin,
	"false": Builtin, "iota": Builtin, "nil": Builtin, "true": Builtin,
}
