package interp

import (
	"go/parser"
	"go/token"
	"slices"
	"sort"
	"strings"
)

// fileEdit is what a save changed in one file: the bodies of functions, and
// where everything stands afterwards.
type fileEdit struct {
	layout int // index in program.layouts
	after  *fileLayout
	funcs  []funcEdit
	lines  bool // lines moved, of declarations that did not change
	consts []constEdit
	gone   []int // indices of the units of functions that are gone
	order  bool  // there are other declarations than before
	was    []int // of the declarations now: their index before; -1 for new ones. Nil without order
}

// funcEdit is a function that reads otherwise, or is new.
type funcEdit struct {
	decl int  // index in the layout
	unit int  // index of the unit; -1 for a new one
	head bool // not only its body is another one
	text string
}

// constEdit is a declaration of the same constants that reads otherwise.
type constEdit struct {
	decl int // index in the layout
	text string
}

// before is the index that a declaration had, -1 for a new one.
func (e *fileEdit) before(decl int) int {
	if e.was == nil {
		return decl
	}
	return e.was[decl]
}

// edits compares a source with the program's. It gives nil unless all that
// changed are bodies of functions, and comments and blanks.
func (p *program) edits(src Source) []fileEdit {
	old := p.src
	if src.GoVersion != old.GoVersion || len(src.Imports) != len(old.Imports) {
		return nil
	}
	out := []fileEdit{}
	files := func(old, now []File) bool {
		if len(old) != len(now) {
			return false
		}
		for i := range now {
			if old[i].Name != now[i].Name {
				return false
			}
			if old[i].Text == now[i].Text {
				continue
			}
			at := p.layoutOf(now[i].Name)
			if at < 0 {
				return false
			}
			e, ok := p.edit(at, old[i].Text, now[i].Text)
			if !ok {
				return false
			}
			out = append(out, e)
		}
		return true
	}
	for i := range src.Imports {
		if src.Imports[i].Path != old.Imports[i].Path || !files(old.Imports[i].Files, src.Imports[i].Files) {
			return nil
		}
	}
	if !files(old.Files, src.Files) {
		return nil
	}
	return out
}

// edit finds what became of one file. Only the lines between the last
// declaration that the change does not touch and the first one after it are
// parsed.
func (p *program) edit(index int, old, now string) (fileEdit, bool) {
	l := p.layouts[index]
	e := fileEdit{layout: index}
	first, same := CommonEnds(old, now)
	last := len(old) - same // of the change in old

	// The first declaration that is touched. One above it ends in a line of its
	// own: what stands in the line that a declaration ends in may belong to it.
	i := sort.Search(len(l.now), func(i int) bool { return l.now[i].end >= first })
	above := func() int {
		if i > 0 {
			return l.now[i-1].end
		}
		return l.head
	}
	if above() > first {
		return e, false
	}
	newline := strings.IndexByte(old[above():first], '\n')
	if newline < 0 {
		if i--; i < 0 {
			return e, false
		}
		if above() > first {
			return e, false
		}
		if newline = strings.IndexByte(old[above():first], '\n'); newline < 0 {
			return e, false
		}
	}
	from := above() + newline + 1
	j := sort.Search(len(l.now), func(j int) bool { return l.now[j].start >= last })
	to := len(old)
	if j < len(l.now) {
		to = l.now[j].start
	}
	if to < last || j < i {
		return e, false
	}
	toNow := to + len(now) - len(old)
	if from > toNow || j < len(l.now) && now[toNow-1] != '\n' {
		return e, false
	}
	was, region := old[from:to], now[from:toNow]
	if lineComments(was) || lineComments(region) || strings.Contains(was, keepMark) || strings.Contains(region, keepMark) {
		return e, false
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", redrawnHead+region, parser.SkipObjectResolution)
	if err != nil {
		return e, false
	}
	m, ok := p.match(l.now[i:j], f.Decls, old, region, fset)
	if !ok {
		return e, false
	}
	after := *l
	after.now = slices.Concat(l.now[:i], make([]placed, len(f.Decls)), l.now[j:])
	line := strings.Count(old[:from], "\n") + 1
	tf := fset.File(f.FileStart)
	for k, d := range f.Decls {
		at, is := tf.Position(d.Pos()), &after.now[i+k]
		if at.Column != 1 {
			return e, false
		}
		start, end := tf.Offset(d.Pos())-len(redrawnHead), tf.Offset(d.End())-len(redrawnHead)
		before, text := "", region[start:end]
		if m.was[k] >= 0 {
			*is = l.now[i+m.was[k]]
			before = old[is.start:is.end]
			e.lines = e.lines || is.line != line+at.Line-redrawnLine
		} else {
			is.unit, is.first, is.n = -1, -1, 1 // until it has a unit
		}
		is.start, is.end, is.line = from+start, from+end, line+at.Line-redrawnLine
		if before == text {
			continue
		}
		if !p.changedDecl(&e, d, i+k, *is, before, strings.Clone(text)) {
			return e, false
		}
	}
	for k := i; k < j; k++ {
		if !slices.Contains(m.was, k-i) {
			e.gone = append(e.gone, l.now[k].unit)
		}
	}
	if e.order = len(e.gone) > 0 || slices.Contains(m.was, -1); e.order {
		for k := range after.now {
			switch {
			case k < i:
				e.was = append(e.was, k)
			case k < i+len(f.Decls):
				if e.was = append(e.was, m.was[k-i]); m.was[k-i] >= 0 {
					e.was[k] += i
				}
			default:
				e.was = append(e.was, k-len(f.Decls)+j-i)
			}
		}
		after.still = stillAt(l.still, len(l.was), e.was)
	}
	shift, lines := toNow-to, strings.Count(region, "\n")-strings.Count(was, "\n")
	e.lines = e.lines || lines != 0
	for k := i + len(f.Decls); k < len(after.now); k++ {
		is := &after.now[k]
		is.start, is.end, is.line = is.start+shift, is.end+shift, is.line+lines
	}
	e.after = &after
	return e, true
}

// CommonEnds gives the lengths of the common beginning and, of what is left,
// the common end of two texts.
func CommonEnds(a, b string) (prefix, suffix int) {
	n := min(len(a), len(b))
	const block = 1024 // blocks are compared by the runtime, far faster than bytes
	for prefix+block <= n && a[prefix:prefix+block] == b[prefix:prefix+block] {
		prefix += block
	}
	for prefix < n && a[prefix] == b[prefix] {
		prefix++
	}
	n -= prefix
	endA, endB := len(a), len(b)
	for suffix+block <= n && a[endA-suffix-block:endA-suffix] == b[endB-suffix-block:endB-suffix] {
		suffix += block
	}
	for suffix < n && a[endA-suffix-1] == b[endB-suffix-1] {
		suffix++
	}
	return prefix, suffix
}
