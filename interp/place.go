package interp

import (
	"go/ast"
	"go/token"
	"slices"
	"sort"
	"strings"
)

// fileLayout says where the declarations of one file stand in the text that the
// file has now. The syntax keeps the positions it was parsed with: when a save
// changes only some functions, what is below them moves, and nothing is parsed
// again for that. A layout is never changed once its program is made.
type fileLayout struct {
	name  string // of the file
	head  int    // offset of the end of the package clause
	from  token.Pos
	to    token.Pos // the file as it was parsed as a whole
	was   []origin  // as parsed then; shared by all layouts that follow from one
	now   []placed
	still []int // of was: where in now, -1 for what is gone; nil while they are the same
}

// origin is where a declaration stood in the file as it was parsed as a whole.
type origin struct {
	pos  token.Pos
	line int
}

// placed is where a declaration stands now.
type placed struct {
	start, end int // offsets
	line       int // of the start
	unit       int // index of the unit of a function; -1 for other declarations
	first, n   int // the units that it declares: the first one's index, and how many
}

// newLayout describes a file that was just parsed. next gives the index of the
// first unit of the declaration that follows, and how many it has.
func newLayout(fset *token.FileSet, name string, f *ast.File, next func(ast.Decl) (first, n int)) *fileLayout {
	tf := fset.File(f.FileStart)
	l := &fileLayout{name: name, head: tf.Offset(f.Name.End()), from: f.FileStart, to: f.FileEnd,
		was: make([]origin, len(f.Decls)), now: make([]placed, len(f.Decls))}
	for i, d := range f.Decls {
		line := tf.PositionFor(d.Pos(), false).Line
		l.was[i] = origin{d.Pos(), line}
		at := placed{start: tf.Offset(d.Pos()), end: tf.Offset(d.End()), line: line, unit: -1}
		at.first, at.n = next(d)
		if _, ok := d.(*ast.FuncDecl); ok {
			at.unit = at.first
		}
		l.now[i] = at
	}
	return l
}

// lines tells how far below where it was parsed a position stands now, which
// is in the file as it was parsed as a whole.
func (l *fileLayout) lines(pos token.Pos) int {
	i := sort.Search(len(l.was), func(i int) bool { return l.was[i].pos > pos }) - 1
	if i < 0 {
		return 0
	}
	now := i
	if l.still != nil {
		now = l.still[i]
	}
	if now < 0 {
		return 0
	}
	return l.now[now].line - l.was[i].line
}

// redrawn is a function whose text was parsed by itself since its file was
// parsed as a whole.
type redrawn struct {
	layout int // index in program.layouts
	decl   int // index in the layout
}

// position tells where a position of the program's syntax stands in its files
// as they are now.
func (p *program) position(pos token.Pos) token.Position {
	at := p.fset.Position(pos)
	tf := p.fset.File(pos)
	if tf == nil || !p.moved {
		return at
	}
	if r, ok := p.redrawn[tf]; ok {
		at.Line += p.layouts[r.layout].now[r.decl].line - redrawnLine
		return at
	}
	for _, l := range p.layouts {
		if l.from <= pos && pos <= l.to {
			at.Line += l.lines(pos)
			break
		}
	}
	return at
}

// place lays out the files of a program that was checked as a whole, and finds
// out what keeps a later change from being checked in part.
func (p *program) place() {
	at := slices.IndexFunc(p.units, func(u *unit) bool { return !u.hidden() }) // units are in the order of the text
	next := func(d ast.Decl) (first, n int) {
		for first = max(at, 0); at >= 0 && at < len(p.units) && p.units[at].decl == d; n++ {
			at++
		}
		return first, n
	}
	for _, pk := range p.pkgs {
		if pk.std {
			continue
		}
		for i, f := range pk.files {
			p.layouts = append(p.layouts, newLayout(p.fset, pk.names[i], f, next))
			if lineComments(pk.texts[i]) {
				p.whole = "a comment says more than a comment does"
			}
			for _, spec := range f.Imports {
				if spec.Name != nil && spec.Name.Name == "." {
					p.whole = "what a dot import brings is used without a mark"
				}
			}
		}
	}
	if p.sharedLoops() != nil {
		p.whole = "its loops are those of an older language"
	}
}

// layoutOf finds the layout of a file.
func (p *program) layoutOf(name string) int {
	for i, l := range p.layouts {
		if l.name == name {
			return i
		}
	}
	return -1
}

// lineComments tells whether a text has comments that the toolchain reads as
// more than comments: those that number lines, set the language version or
// mark a variable.
func lineComments(text string) bool {
	return strings.Contains(text, "//line ") || strings.Contains(text, "/*line ") || strings.Contains(text, "//go:") || strings.Contains(text, "// +build")
}
