package interp

import (
	"fmt"
	"go/scanner"
	"go/token"
	"path"
	"strings"
)

// emittedFile maps positions of source units to positions in the interpreter's
// file set. The interpreter tells import names apart by the base name of the
// file a node stands in, so that all of one compile unit must share a base name
// that no other has: a node of door.go compiled in generation 3 stands in
// "door.go/v3.go".
type emittedFile struct {
	file   *token.File
	base   string // "v3.go"
	hidden token.Pos
	next   int // offset of the next segment

	from, to token.Pos // source range of the current segment
	start    int       // its offset
}

// emittedSize is the room of one emitted file. Nothing is allocated for it.
const emittedSize = 1 << 32

// hiddenName is the file in which code stands that no person wrote.
const hiddenName = "hotloop"

func newEmittedFile(fset *token.FileSet, gen int) *emittedFile {
	f := &emittedFile{base: fmt.Sprintf("v%d.go", gen)}
	f.file = fset.AddFile(hiddenName+"/"+f.base, -1, emittedSize)
	f.hidden = f.file.Pos(1)
	f.next = 16
	return f
}

// segment makes the positions of a unit available to pos.
func (f *emittedFile) segment(p *program, u *unit) {
	if f.from == u.decl.Pos() && f.to == u.decl.End() {
		return
	}
	src := p.fset.File(u.decl.Pos())
	f.from, f.to, f.start = u.decl.Pos(), u.decl.End(), f.next
	at := p.position(f.from)
	first := src.PositionFor(f.from, false).Line
	f.file.AddLine(f.start)
	f.file.AddLineColumnInfo(f.start, at.Filename+"/"+f.base, at.Line, at.Column)
	for line := first + 1; line <= src.LineCount(); line++ {
		pos := src.LineStart(line)
		if pos > f.to {
			break
		}
		f.file.AddLine(f.start + int(pos-f.from))
	}
	f.next = f.start + int(f.to-f.from) + 2
}

// pos gives the emitted position for a source position of the current segment.
func (f *emittedFile) pos(p token.Pos) token.Pos {
	if p < f.from || p > f.to {
		return f.hidden
	}
	return f.file.Pos(f.start + int(p-f.from))
}

// sourceFile undoes the naming: the source file and generation that a position
// of the interpreter speaks of.
func sourceFile(emitted string) (file string, gen int, ok bool) {
	dir, base := path.Split(emitted)
	if _, err := fmt.Sscanf(base, "v%d.go", &gen); err != nil {
		return emitted, 0, false
	}
	file = strings.TrimSuffix(dir, "/")
	return file, gen, file != hiddenName
}

// symbol says what an emitted function was compiled from.
type symbol struct {
	display string
	id      string
	text    string // the unit's text then
	file    string
	line    int // where the text began then
	column  int
	shape   string
	meaning string
	version int // 0 until it is published
}

// lineNow finds where a line of a unit stands after edits that moved it: the
// first token on that line is looked up in the unit's text as it is now. When
// the unit changed its meaning since, the line is the one it was compiled at.
func lineNow(s symbol, line int, p *program) (file string, now int) {
	u := p.unit(s.id)
	if u == nil || u.shape != s.shape {
		return s.file, line
	}
	at := p.position(u.pos)
	text := p.text(u)
	if text == s.text {
		return at.Filename, at.Line + line - s.line
	}
	old, cur := tokenLines(s.text), tokenLines(text)
	for i, l := range old {
		if l == line-s.line && i < len(cur) {
			return at.Filename, at.Line + cur[i]
		}
	}
	return at.Filename, at.Line + line - s.line
}

// tokenLines gives the line, from 0, of every token that formatting does not
// add or take away. interface{} counts as one, as any does.
func tokenLines(text string) []int {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(text))
	var s scanner.Scanner
	s.Init(f, []byte(text), nil, 0)
	var lines []int
	var before, last token.Token
	for {
		pos, tok, _ := s.Scan()
		switch tok {
		case token.EOF:
			return lines
		case token.SEMICOLON, token.COMMA, token.LPAREN, token.RPAREN:
			continue
		}
		lines = append(lines, f.Line(pos)-1)
		if before == token.INTERFACE && last == token.LBRACE && tok == token.RBRACE {
			lines = lines[:len(lines)-2]
		}
		before, last = last, tok
	}
}
